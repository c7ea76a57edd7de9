#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: ports=4 timeout=300
# xdp-forward of Debian's xdp-tools routes between two of our ports: the
# kernel's own path sees the first packets only.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

# peer (p1) - p0 [router] p2 - (p3) far
ip netns add peer
ip netns add far
ip link set p1 netns peer
ip link set p3 netns far
for n in 0:p0:198.51.100.1: 1:p1:198.51.100.2:peer 2:p2:203.0.113.1: 3:p3:203.0.113.2:far; do
	IFS=: read -r _ p address ns <<<"$n"
	in_ns "$ns" sh -c "echo 1 >/proc/sys/net/ipv6/conf/$p/disable_ipv6"
	in_ns "$ns" ip addr add "$address/24" dev "$p"
	in_ns "$ns" ip link set "$p" up
	wait_link "$p" "$ns"
done
peer ip route add default via 198.51.100.1
ip -n far route add default via 203.0.113.1
echo 1 >/proc/sys/net/ipv4/ip_forward
peer ping -q -c 3 203.0.113.2 >/dev/null

redirected() { sum_stat p0 'rx[0-9]+_xdp_redirect'; }
for mode in full direct; do
	xdp-forward load -F $mode p0 p2
	before=$(redirected)
	peer ping -q -c 500 -i 0.002 -W 20 203.0.113.2 >/tmp/ping || true
	cat /tmp/ping
	grep -q '500 received' /tmp/ping || die "xdp-forward -F $mode: $(grep received /tmp/ping)"
	assert_ge $(($(redirected) - before)) 500 "frames that XDP forwarded"
	xdp-forward unload p0 p2
	note "good: xdp-forward -F $mode"
done
