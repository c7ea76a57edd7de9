#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300
# A file arrives unchanged by TCP, both ways, IPv4 and IPv6, with every
# combination of offloads that matters, and with large frames.
. /src/tests/vm/lib.sh

setup_peers
size=20000000
[ "$KERNEL" != debug ] || size=1000000
head -c $size /dev/urandom >/tmp/file
head -c $((size / 5)) /tmp/file >/tmp/small
port=7000

csum_errors() { in_ns "$1" nstat -asz TcpInCsumErrors 2>/dev/null | awk '/TcpInCsumErrors/ { print $2 }'; }

# transfer FROM_NS TO_NS ADDRESS FILE
transfer() {
	local server
	port=$((port + 1))
	in_ns "$2" socat -u "TCP-LISTEN:$port,pf=$5" "CREATE:/tmp/got" &
	server=$!
	wait_for 20 in_ns "$2" sh -c "ss -ltn | grep -q :$port"
	in_ns "$1" socat -u "FILE:$4" "TCP:$3:$port"
	wait "$server"
	cmp "$4" /tmp/got || die "what came from $1 to $3 differs"
}

both_ways() { # FILE
	transfer '' peer 192.0.2.2 "$1" ip4
	transfer peer '' 192.0.2.1 "$1" ip4
}

features() {
	ethtool -K p0 "$@"
	peer ethtool -K p1 "$@"
	note "features $*"
}

# What the device cut into frames is counted as frames, each with its headers; the
# emulated device itself counts it as one.
tx_stat() { cat "/sys/class/net/p0/statistics/tx_$1"; }
packets=$(tx_stat packets) bytes=$(tx_stat bytes)
both_ways /tmp/file
frames=$((size / 1460))
assert_ge $(($(tx_stat packets) - packets)) $frames "frames sent"
assert_ge $(($(tx_stat bytes) - bytes)) $((size + frames * 54)) "bytes sent"
transfer '' peer '[2001:db8::2]' /tmp/small ip6
transfer peer '' '[2001:db8::1]' /tmp/small ip6
# the receiver checks what the sender's device computed, and the reverse
features tx on tso on sg on rx off
both_ways /tmp/small
transfer '' peer '[2001:db8::2]' /tmp/small ip6
features tso off
both_ways /tmp/small
features rx on tx off
both_ways /tmp/small
features tx on sg on tso on gro off
both_ways /tmp/small
features gro on

ip link set p0 mtu 9000
peer ip link set p1 mtu 9000
both_ways /tmp/small
transfer '' peer '[2001:db8::2]' /tmp/small ip6
features rx off tso off
both_ways /tmp/small

for ns in '' peer; do
	assert_eq "$(csum_errors "$ns")" 0 "TCP checksum errors of ${ns:-here}"
done
assert_eq "$(stat p0 tx_timeouts)" 0 tx_timeouts
assert_eq "$(stat p0 resets)" 0 resets
