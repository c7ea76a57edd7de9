#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120
# The fill ring may be empty at bind, or run dry: the queue receives as soon as
# there are buffers, with and without need_wakeup, woken or not.
# (A reference says that in-tree igb 7.2 never receives on such a queue.)
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
receives() {
	local before
	before=$(stat p0 rx0_xsk_packets)
	blind 1
	sleep 0.1
	[ "$(stat p0 rx0_xsk_packets)" -gt "$before" ]
}
for o in "-F 0" "-F 0 -w" "-F 1" "-F 16 -C 2048"; do
	# shellcheck disable=SC2086 # words
	xsk_start f rx p0 0 -A 500 $o
	blind 100	# nowhere to put most of them
	# a busy machine may be late with the buffers
	wait_for 20 grep -q '^given' /tmp/f
	wait_for 20 receives
	before=$(settled stat p0 rx0_xsk_packets)
	blind 200
	gets_to $((before + 200)) stat p0 rx0_xsk_packets
	xsk_stop f
	assert_ge "$(xsk_count f received)" 200 "frames received with '$o'"
	assert_eq "$(xsk_count f corrupt)" 0 "corrupt frames with '$o'"
done
# nothing leaks into the next life of the queue
to_p0 300
