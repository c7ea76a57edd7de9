#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=6.12,debug timeout=400
# xdp-trafficgen udp of Debian's xdp-tools: all that the port took from it
# arrives, with one thread and with two. 6.12 only, as xdp-bench.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet

# generate THREADS ARGUMENTS...: the tool floods, so that what finds no descriptor is
# refused; what is taken must arrive. No run sends more than the receiver has buffers,
# since the device does not say how many frames it had none for.
generate() {
	local threads=$1 start received sent=0 n
	shift
	start=$(sum_stat p1 'xdp[0-9]+_packets' peer)
	received=$(link_stat p0 rx_packets)
	for ((n = 1; n <= 12 && sent < 5000; n++)); do
		peer timeout -s INT 100 xdp-trafficgen udp p1 -t "$threads" -n $((3800 / threads)) \
			-m "$(mac_of p0)" "$@" >/tmp/gen 2>&1 || true
		sent=$(($(settled sum_stat p1 'xdp[0-9]+_packets' peer) - start))
		gets_to $((received + sent)) link_stat p0 rx_packets
	done
	tail -n 2 /tmp/gen
	note "xdp-trafficgen -t $threads $*: $sent sent and received, $((n - 1)) runs"
	assert_ge "$sent" 5000 "frames sent"
}

ethtool -G p0 rx 4096
wait_link p0
generate 1
generate 2 -s 512
generate 1 -d 100
