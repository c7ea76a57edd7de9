#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# Frames of every size around the limits of a buffer come whole; one too long
# is dropped; the MTU changes under traffic without losing the link.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
mtu() {
	ip link set p0 mtu "$1"
	peer ip link set p1 mtu "$1"
}

changes=$(carrier_changes p0)
mtu 9216
# buffers of 1, 2 and 3 KiB, of a page; the last frame fills the MTU
for base in 1024 2048 3072 4096 6144 9216; do
	for s in $((base - 5)) $((base - 4)) $((base - 1)) $base $((base + 1)) $((base + 4)) $((base + 14)); do
		[ "$s" -gt 9230 ] || to_p0 8 -s "$s"
	done
done
to_p1 50 -s 9230
note "frames to 9230 bytes came whole"

# Too long for p0, not for p1; the emulator does not count them
ip link set p0 mtu 1500
before=$(link_stat p0 rx_packets)
blind 20 -s 1800
blind 20 -s 9000
to_p0 20 -s 1514
gets_to $((before + 20)) link_stat p0 rx_packets

flow_start -s 1000
for m in 9000 1500 2000 576 4000 1500 3058 3059; do
	ip link set p0 mtu $((m > 986 ? m : 1000))
	sleep 0.1
done
flow_stop
assert_eq "$(carrier_changes p0)" "$changes" "carrier changes"

assert_fails ip link set p0 mtu 9217
assert_fails ip link set p0 mtu 67
assert_eq "$(cat /sys/class/net/p0/mtu)" 3059 "MTU after refusals"
# set while down, in force when up
ip link set p0 down
ip link set p0 mtu 9216
ip link set p0 up
wait_link p0
wait_link p1 peer
to_p0 20 -s 9230
