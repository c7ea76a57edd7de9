#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# ethtool -G under traffic: every size works and is reported, the link stays,
# sizes that cannot be are refused.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
sizes() { ethtool -g p0 | awk '/^Current/ { c = 1 } c && /^(RX|TX):/ { printf "%s ", $2 }'; }
changes=$(carrier_changes p0)

for n in 64 128 256 512 1024 2048 4096; do
	ethtool -G p0 rx $n tx $n
	assert_eq "$(sizes)" "$n $n " "ring sizes"
	# more than a ring of frames, in windows that fit into it
	to_p0 $((n + 100)) -w 48
	to_p1 $((n + 100)) -w 48
done
ethtool -G p0 rx 256 tx 512
assert_eq "$(sizes)" "256 512 " "ring sizes"
ethtool -G p0 rx 300 # up to the next power of two
assert_eq "$(sizes)" "512 512 " "ring sizes"

for bad in "rx 4097" "tx 8192" "rx 0" "tx 1"; do
	# shellcheck disable=SC2086 # two words
	assert_fails ethtool -G p0 $bad
done
assert_eq "$(sizes)" "512 512 " "ring sizes after refusals"

# Frames that are in a ring that goes are lost, others not: traffic goes on, when
# the flow has given up what was lost (which may be all that was under way).
flow_start
for n in 64 4096 128 1024 256; do
	ethtool -G p0 rx $n tx $n
	# under way were 32 at most
	wait_for 20 at_least $(($(link_stat p0 rx_packets) + 40)) link_stat p0 rx_packets
done
flow_end
to_p0 500
# queues without a vector were stopped with the others: the watchdog sees all
sleep $((7 * SLOW))
assert_eq "$(stat p0 tx_timeouts)" 0 "timeouts"
assert_eq "$(carrier_changes p0)" "$changes" "carrier changes"
assert_eq "$(stat p0 resets)" 0 resets
ip link set p0 down
ethtool -G p0 rx 1024 tx 1024
ip link set p0 up
wait_link p0
assert_eq "$(sizes)" "1024 1024 " "ring sizes set while down"
to_p0 500
