#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=90
# TX metadata: the device fills in the checksum that a socket asks for; what it
# can't do is counted and completed, not sent, and the rest goes on.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet

# sums.py COUNT PROTOCOL: checks the checksums of what p1 receives of one protocol of
# IP, until COUNT frames came
cat >/tmp/sums.py <<'END'
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
s.bind(("p1", 0x0800))
s.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
s.settimeout(20)
print("ready", flush=True)
count, protocol = int(sys.argv[1]), int(sys.argv[2])
at = {6: 16, 17: 6}[protocol]
good = bad = 0
while good + bad < count:
    p = s.recv(65536)
    if p[12:14] != b"\x08\x00" or p[23] != protocol or p[26:28] != b"\xc6\x12":
        continue
    data = p[34:]
    words = p[26:34] + struct.pack("!HH", protocol, len(data)) + data + bytes(len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(words) // 2), words))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    if total == 0xffff and data[at:at + 2] != bytes(2):
        good += 1
    else:
        bad += 1
print("good", good, "bad", bad)
END

# less than the receive ring holds: nothing gets lost for want of a descriptor
fills_in() { # MODE PROTOCOL SIZE
	local invalid offloads
	invalid=$(stat p0 xdp0_xsk_invalid) offloads=$(stat p0 xdp0_csum_offloads)
	run_bg peer python3 /tmp/sums.py 140 "$2" >/tmp/sums
	wait_for 30 grep -q ready /tmp/sums
	xsk "$1" p0 0 -x -n 160 -s "$3" -b 32 >/tmp/xsk || die "$(cat /tmp/xsk)"
	wait "$BG" || die "the receiver: $(cat /tmp/sums)"
	assert_eq "$(tail -n 1 /tmp/sums)" "good 140 bad 0" "checksums of $3-byte frames ($1)"
	assert_eq $(($(stat p0 xdp0_xsk_invalid) - invalid)) 20 "frames refused"
	assert_eq $(($(stat p0 xdp0_csum_offloads) - offloads)) 140 "checksums offloaded"
}
for size in 60 61 777 1514; do
	fills_in csum 17 $size
	fills_in csum-tcp 6 $size
done
