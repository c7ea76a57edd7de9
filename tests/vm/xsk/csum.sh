#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=90
# TX metadata: the device fills in the checksum that a socket asks for; what it
# can't do is counted and completed, not sent, and the rest goes on.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet

# Checks UDP checksums of what p1 receives, until COUNT frames came
cat >/tmp/sums.py <<'END'
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
s.bind(("p1", 0x0800))
s.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
s.settimeout(20)
print("ready", flush=True)
good = bad = 0
while good + bad < int(sys.argv[1]):
    p = s.recv(65536)
    if p[12:14] != b"\x08\x00" or p[23] != 17 or p[26:28] != b"\xc6\x12":
        continue
    udp = p[34:]
    words = p[26:34] + struct.pack("!HH", 17, len(udp)) + udp + bytes(len(udp) % 2)
    total = sum(struct.unpack("!%dH" % (len(words) // 2), words))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    if total == 0xffff and udp[6:8] != bytes(2):
        good += 1
    else:
        bad += 1
print("good", good, "bad", bad)
END

# less than the receive ring holds: nothing gets lost for want of a descriptor
for size in 60 61 777 1514; do
	invalid=$(stat p0 xdp0_xsk_invalid) offloads=$(stat p0 xdp0_csum_offloads)
	run_bg peer python3 /tmp/sums.py 140 >/tmp/sums
	wait_for 30 grep -q ready /tmp/sums
	xsk csum p0 0 -x -n 160 -s $size -b 32 >/tmp/xsk || die "$(cat /tmp/xsk)"
	wait "$BG" || die "the receiver: $(cat /tmp/sums)"
	assert_eq "$(tail -n 1 /tmp/sums)" "good 140 bad 0" "checksums of $size-byte frames"
	assert_eq $(($(stat p0 xdp0_xsk_invalid) - invalid)) 20 "frames refused"
	assert_eq $(($(stat p0 xdp0_csum_offloads) - offloads)) 140 "checksums offloaded"
done
