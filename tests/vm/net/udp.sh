#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# UDP datagrams of all sizes are echoed unchanged, with checksums by the device
# and without, in one frame and in fragments, with MTU 1500 and 9000.
. /src/tests/vm/lib.sh

setup_peers
run_bg peer socat -b 65536 UDP4-LISTEN:7,fork,reuseaddr PIPE
run_bg peer socat -b 65536 UDP6-LISTEN:7,fork,reuseaddr PIPE
both_listen() { [ "$(peer ss -lun | grep -c ':7 ')" = 2 ]; }
wait_for 20 both_listen

# an even and an odd number of bytes, both sides of each limit
sizes="1 2 17 18 19 63 64 65 100 999 1000 1451 1452 1453 1471 1472 1473 3000 4001 8192"

echo_all() {
	# shellcheck disable=SC2086 # a list of words
	for a in 192.0.2.2 2001:db8::2; do
		python3 /src/tests/vm/helpers/udp_echo.py $a 7 $sizes ||
			die "UDP to $a: $*"
	done
}

# A receiver that does not trust its device
ethtool -K p0 rx off
peer ethtool -K p1 rx off
echo_all "sender's device makes checksums"
ethtool -K p0 rx on tx off
peer ethtool -K p1 rx on tx off
echo_all "receiver's device checks"
ethtool -K p0 tx on
peer ethtool -K p1 tx on
ip link set p0 mtu 9000
peer ip link set p1 mtu 9000
sizes="1 1473 3000 3030 3031 6100 6101 8951 8952 8953 8972 8973 20000"
echo_all "MTU 9000"

for ns in '' peer; do
	for c in UdpInCsumErrors Udp6InCsumErrors; do
		assert_eq "$(in_ns "$ns" nstat -asz $c | awk "/$c/ { print \$2 }")" 0 "$c of ${ns:-here}"
	done
done
