#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120
# What becomes of a frame that is not delivered is counted under its reason: the
# socket's ring was full, the fill ring was empty, no descriptor to send it back
# with, a wrong checksum. Invalid descriptors of sockets: xsk/bad. A descriptor that
# the device must not write, or a frame of too many pieces, it can't be brought
# to: tests/fuzz.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet

# Nobody reads: its ring takes so many and no more, and the buffers go round.
before=$(stat p0 rx0_drop_xsk_full)
xsk_start full rx p0 0 -r 64
kill -STOP "$BG"
blind 600
gets_to $((before + 600 - 64)) stat p0 rx0_drop_xsk_full
assert_eq "$(stat p0 rx0_xsk_packets)" 600 "frames that came"
kill -CONT "$BG"
xsk_stop full
assert_eq "$(xsk_count full received)" 64 "frames that the socket got"

assert_eq "$(stat p0 rx0_xsk_unfed)" 0 "times that a full fill ring was empty"
xsk_start dry rx p0 0 -F 0 -A 60000
wait_for 20 at_least 1 stat p0 rx0_xsk_unfed
# The device had no descriptor. It says so, but not how often: its counts of missed
# packets stay 0 in the emulator.
before=$(stat p0 rx_overrun_events)
blind 100
wait_for 20 at_least $((before + 1)) stat p0 rx_overrun_events
xsk_stop dry

# A poll looks at 64 frames and rings once: with as many descriptors, of which one
# stays empty, the ring is full now and then.
ethtool -G p0 tx 64
wait_link p0
xdp p0 tx
defer_far p0 200
came=$(stat p0 rx0_packets) tx=$(stat p0 rx0_xdp_tx) aborted=$(stat p0 rx0_xdp_aborted) full=$(stat p0 xdp0_xdp_full)
refused() { echo $(($(stat p0 xdp0_xdp_full) - full)); }
flood() {
	blind 200 -g 0
	at_least 1 refused
}
wait_for 20 flood
defer p0 0 0
came=$(($(settled stat p0 rx0_packets) - came))
note "$came came, $(refused) found no room"
assert_eq "$(($(stat p0 rx0_xdp_tx) - tx + $(refused)))" "$came" "frames sent back or refused"
assert_eq "$(($(stat p0 rx0_xdp_aborted) - aborted))" "$(refused)" "frames given up, of those refused"
xdp p0 off

# The stack gets it all the same and looks itself.
before=$(sum_stat p0 'rx[0-9]+_csum_error')
for sum in wrong none; do
	peer python3 /src/tests/vm/helpers/tuple.py p1 "$(mac_of p0)" 20 $sum 192.0.2.2:9 192.0.2.1:9
done
gets_to $((before + 20)) sum_stat p0 'rx[0-9]+_csum_error'
