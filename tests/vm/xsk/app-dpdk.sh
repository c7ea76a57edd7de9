#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: mem=1536 timeout=400 debug=dma_debug=off
# DPDK's testpmd on two of our ports by its net_af_xdp driver: frames bounce
# between them, with io and with macswap forwarding, and none is lost. Its mbufs
# cross pages: see echo.sh for what dma-debug makes of that.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

command -v dpdk-testpmd >/dev/null || skip "no dpdk-testpmd: the lab's package is dpdk-dev"

echo 160 >/proc/sys/vm/nr_hugepages
for p in p0 p1; do
	# testpmd's own frames are UDP: with one queue they are for queue 0
	ethtool -L $p combined 1
	echo 1 >/proc/sys/net/ipv6/conf/$p/disable_ipv6
	ip link set $p up
	wait_link $p
done
xsk() { sum_stat "$1" "$2[0-9]+_xsk_packets"; }
# enough for what is asked for below
forwarded() { [ $(($(xsk p0 rx) + $(xsk p1 rx) - received)) -ge 4000 ]; }

# testpmd MODE: one burst of each port's, then what comes is forwarded
testpmd() {
	local mode=$1
	mkfifo /tmp/stdin
	rm -f /tmp/testpmd	# its prompt is no sign of the next one
	stdbuf -oL dpdk-testpmd -l 0,1 -m 256 --no-pci --no-telemetry \
		--vdev net_af_xdp0,iface=p0 --vdev net_af_xdp1,iface=p1 -- \
		-i --forward-mode="$mode" --total-num-mbufs=16384 </tmp/stdin >/tmp/testpmd 2>&1 &
	BG=$!
	BG_PIDS+=("$BG")
	exec {to}>/tmp/stdin
	wait_for 100 grep -q 'testpmd>' /tmp/testpmd
	echo "start tx_first 1" >&$to
	wait_for 60 forwarded
	echo stop >&$to
	wait_for 60 grep -q '^Done\.' /tmp/testpmd
	echo quit >&$to
	exec {to}>&-
	wait "$BG" || { tail -n 40 /tmp/testpmd; die "testpmd ended with $?"; }
	rm /tmp/stdin
}

total() { sed -n "/Accumulated/,\$s/.*$1: *\([0-9]*\).*/\1/p" /tmp/testpmd | sed -n 1p; }

for mode in io macswap; do
	sent=$(($(xsk p0 xdp) + $(xsk p1 xdp)))
	received=$(($(xsk p0 rx) + $(xsk p1 rx)))
	testpmd $mode
	sed -n '/Accumulated/,/+++$/p' /tmp/testpmd
	sent=$(($(xsk p0 xdp) + $(xsk p1 xdp) - sent))
	received=$(($(xsk p0 rx) + $(xsk p1 rx) - received))
	note "$mode: ports sent $sent, received $received by zero-copy"
	# 64 frames, forwarded again and again
	assert_ge "$(total RX-packets)" 2000 "frames received by testpmd"
	assert_eq "$(total TX-dropped)" 0 "frames that testpmd could not send"
	# all that were sent came, but those under way at the end
	assert_le $((sent - received)) 64 "frames sent and not received"
	note "good: $mode"
done
