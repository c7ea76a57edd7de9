#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=6.12 timeout=400
# xdp-trafficgen udp of Debian's xdp-tools: all that the port took from it
# arrives, with one thread and with two. 6.12 only, as xdp-bench.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet

# generate ARGUMENTS...: the tool floods, so that what finds no descriptor is
# refused; what is taken must arrive
generate() {
	local start sent received came end tries
	start=$(sum_stat p1 'xdp[0-9]+_packets' peer)
	received=$(link_stat p0 rx_packets)
	# again where a busy machine has it find the ring full too often
	for tries in 1 2 3 4 5; do
		peer timeout -s INT 100 xdp-trafficgen udp p1 -n 20000 -m "$(mac_of p0)" "$@" >/tmp/gen 2>&1 || true
		sent=$(($(settled sum_stat p1 'xdp[0-9]+_packets' peer) - start))
		[ "$sent" -lt 5000 ] || break
	done
	came=$(settled link_stat p0 rx_packets)
	# what the device missed is read from it every two seconds
	end=$((SECONDS + 20 * SLOW))
	until missed=$(($(link_stat p0 rx_missed_errors) + $(link_stat p0 rx_dropped)))
		[ $((came - received + missed - last_missed)) -ge "$sent" ] || [ $SECONDS -ge $end ]; do
		sleep 0.5
	done
	received=$((came - received))
	note "xdp-trafficgen $*: $sent sent in $tries runs, $received received, $missed missed so far"
	tail -n 2 /tmp/gen
	assert_ge "$sent" 5000 "frames sent"
	[ "$((received + missed - last_missed))" = "$sent" ] ||
		die "$sent sent, but $received received and $((missed - last_missed)) missed"
	last_missed=$missed
}

last_missed=0
ethtool -G p0 rx 4096
wait_link p0
generate
generate -t 2 -s 512
generate -d 100
