#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# xdp_hw_metadata, the kernel's own program for what a device tells of frames:
# hash, VLAN tag and stamp to XDP programs; checksum and stamp at completion of
# what it sends back from AF_XDP sockets in zero-copy mode.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

program=/src/build/selftests/$LINUX/xdp_hw_metadata
setup_peers
# the other port's frames with a tag, too
peer ip link set p1 promisc on
ip link add link p0 name tagged type vlan id 77
ip addr add 198.51.100.1/24 dev tagged
ip link set tagged up
peer ip link add link p1 name tagged type vlan id 77
peer ip addr add 198.51.100.2/24 dev tagged
peer ip link set tagged up
# learnt while the stack still has the frames
peer ping -q -c 1 -W 20 192.0.2.1 >/dev/null
peer ping -q -c 1 -W 20 198.51.100.1 >/dev/null

run_bg peer stdbuf -oL "$program" p1 >/tmp/told 2>&1
wait_for 60 grep -q '^poll:' /tmp/told
times() { grep -cE "$1" /tmp/told || true; }

note 'UDP to port 9091: to the sockets, and back with checksum and stamp by the device'
python3 - <<'END' || die "$(tail -n 20 /tmp/told)"
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(30)
s.connect(("192.0.2.2", 9091))
for i in range(20):
    want = bytes([i] * (i * 50 + 1))
    s.send(want)
    if s.recv(2000) != want:
        raise SystemExit(f"frame {i} came back changed")
END
gets_to 20 times '^rx_hash: 0x[0-9A-F]*[1-9A-F][0-9A-F]* with RSS type:0x[1-9A-F]'
# what the frames do not have: a tag, and a stamp, since they are not PTP
assert_eq "$(times '^No rx_vlan_tci or rx_vlan_proto, err=-61')" 20 'frames without a tag'
assert_eq "$(times '^No rx_timestamp, err=-61')" 20 'frames without a stamp'
# After each frame it looks for a completion for a while only. One that comes later
# it finds behind the next frame.
completed() {
	sleep 1
	[ "$(times '^HW TX-complete-time: *[1-9]')" -lt 20 ] || return 0
	echo next >/dev/udp/192.0.2.2/9091
	return 1
}
wait_for 20 completed
assert_eq "$(times '^No tx_timestamp')" 0 'sent without a stamp'

note 'with a VLAN tag'
python3 - <<'END'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(5):
    s.sendto(b"tagged", ("198.51.100.2", 9091))
END
gets_to 5 times '^rx_vlan_tci: PCP=0, DEI=0, VID=0x4D'
assert_eq "$(times '^rx_vlan_proto: 0x8100')" 5 'tags'
peer tandem show p1 | found 'zero-copy' || die "$(peer tandem show p1)"

pkill -INT -x xdp_hw_metadata
# Its exit status is that of giving the stamping back by a name that it freed.
wait "$BG" || true
assert_eq "$(times '^detaching bpf program')" 1 'ends of the program'
! peer ip link show p1 | found 'prog/xdp' || die 'the program was left'
