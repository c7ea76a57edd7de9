#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120
# The link goes while the stack's queue is full and stopped, and the frames are
# taken back without it: when it is there again, the queue goes on by itself, not
# by the watchdog's reset.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
# Completions come long after the ring is full.
ethtool -G p0 tx 64
wait_link p0
ethtool -C p0 adaptive-rx off adaptive-tx off rx-usecs 8191 tx-usecs 8191
run_bg pkt send p0 -n 0 -f 64 -g 0 >/tmp/send
sender=$BG
stops() { sum_stat p0 'tx[0-9]+_stopped'; }
for ((n = 0; n < 5; n++)); do
	wait_for 20 at_least $(($(stops) + 3)) stops
	qemu_monitor set_link port0 off >/dev/null
	wait_for 20 grep -qx 0 /sys/class/net/p0/carrier
	qemu_monitor set_link port0 on >/dev/null
	wait_link p0
	# both queues, for longer than the watchdog waits
	before=$(link_stat p0 tx_packets)
	wait_for 20 at_least $((before + 500)) link_stat p0 tx_packets
done
kill "$sender"
ethtool -C p0 adaptive-rx on adaptive-tx on
settled link_stat p0 tx_packets >/dev/null
for q in 0 1; do
	assert_ge "$(stat p0 tx${q}_stopped)" 1 "times that queue $q was stopped"
done
to_p1 300 -f 64
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
