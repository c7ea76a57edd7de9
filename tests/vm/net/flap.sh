#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120
# The link goes while the stack's queue is full and stopped, and the frames are
# taken back without it: when it is there again, the queue goes on by itself, not
# by the watchdog's reset.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
certain_hash p0 # frames for both queues
# Completions come long after the ring is full, however slow the sender is.
ethtool -G p0 tx 64
wait_link p0
defer_far p0 400
run_bg pkt send p0 -n 0 -f 64 -g 0 >/tmp/send
sender=$BG
blind 256 -f 64
stops() { sum_stat p0 'tx[0-9]+_stopped'; }
polls() { stat p0 "vec$1_polls"; }
for ((n = 0; n < 4; n++)); do
	wait_for 20 at_least $(($(stops) + 3)) stops
	qemu_monitor set_link port0 off >/dev/null
	wait_for 20 grep -qx 0 /sys/class/net/p0/carrier
	# here the frames are taken back
	for q in 0 1; do
		wait_for 20 at_least $(($(polls $q) + 1)) polls $q
	done
	qemu_monitor set_link port0 on >/dev/null
	wait_link p0
	# both queues, for longer than the watchdog waits
	before=$(link_stat p0 tx_packets)
	wait_for 20 at_least $((before + 500)) link_stat p0 tx_packets
done
kill "$sender"
defer p0 0 0
for q in 0 1; do
	assert_ge "$(stat p0 tx${q}_stopped)" 1 "times that queue $q was stopped"
done
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
# what the stack still holds of the sender goes with this
ip link set p0 down
ip link set p0 up
wait_link p0
wait_link p1 peer
to_p1 300 -f 64
