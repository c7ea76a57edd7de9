#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=100
# Descriptors that cannot be sent, between good ones: counted as invalid, never
# sent, and they hold up nothing, be they a ring full of the same. The kernel counts
# none of a frame that has too many buffers.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
for o in "" "-C 2048" "-u" "-w" "-g"; do
	run_bg pkt recv p1 -M peer -n 101 -d $((60 * SLOW)) >/tmp/recv
	rpid=$BG
	wait_for 20 grep -q ready /tmp/recv
	before=$(stat p0 xdp0_xsk_invalid)
	# shellcheck disable=SC2086 # words
	xsk bad p0 0 -x -n 100 $o | tee /tmp/bad
	wait $rpid || die "good frames did not come: $(cat /tmp/recv)"
	n=$(awk '/tx_invalid/ { print $NF }' /tmp/bad)
	# seven each time, and at the end as many as there is room for before a good one
	assert_eq "$n" $((700 + 2047)) "descriptors that the kernel counted as invalid"
	# too short for the device, and too long in three pieces
	want=100
	[ "$o" != -g ] || want=400
	assert_eq $(($(stat p0 xdp0_xsk_invalid) - before)) $want "descriptors that the driver counted as invalid"
done
# a frame as short as they come from the stack
before=$(stat p0 xdp0_xsk_invalid)
xsk tx p0 0 -x -n 64 -s 60
assert_eq "$(stat p0 xdp0_xsk_invalid)" "$before" "invalid frames"
to_p1 300
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
