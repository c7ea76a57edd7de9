#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=100
# Without carrier a socket's frames wait and nothing spins; when the link comes
# they go out, all of them. The same for a bind without carrier.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
# room for all that comes at once
peer ethtool -G p1 rx 1024
wait_link p1 peer
no_carrier() { [ "$(cat /sys/class/net/p0/carrier)" = 0 ]; }

for o in "" "-w"; do
	qemu_monitor set_link port0 off
	wait_for 20 no_carrier
	before=$(link_stat p1 rx_packets peer) polls=$(stat p0 vec0_polls)
	# shellcheck disable=SC2086 # words
	run_bg xsk tx p0 0 -x -n 256 -b 64 $o >/tmp/tx 2>&1
	pid=$BG
	wait_for 20 grep -q '^bound zero-copy' /tmp/tx
	sleep 1
	assert_eq "$(link_stat p1 rx_packets peer)" "$before" "frames that went out without carrier"
	assert_le $(($(stat p0 vec0_polls) - polls)) 50 "polls without carrier"
	qemu_monitor set_link port0 on
	wait_link p0
	wait $pid || die "not all was completed: $(cat /tmp/tx)"
	gets_to $((before + 256)) link_stat p1 rx_packets peer
	note "good: socket with '$o'"
done

# a flap in the middle
xsk_start e echo p0 0
round_trip 100
qemu_monitor set_link port0 off
wait_for 20 no_carrier
qemu_monitor set_link port0 on
wait_link p0
round_trip 300
xsk_stop e
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
