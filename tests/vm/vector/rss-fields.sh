#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=90
# What RSS hashes: ports of UDP or not, seen by where flows go.
. /src/tests/vm/lib.sh

fields() {
	ethtool -n p0 rx-flow-hash "$1" |
		awk '/IP SA/ { f = f "s" } /IP DA/ { f = f "d" } /bytes 0/ { f = f "f" } /bytes 2/ { f = f "n" } END { print f }'
}

setup_peers
certain_hash p0
assert_eq "$(fields tcp4) $(fields udp4) $(fields sctp4) $(fields tcp6) $(fields udp6)" "sdfn sdfn sd sdfn sdfn"
for kind in "tcp4 sd" "tcp6 sd" "sctp4 sdfn" "udp4 s" "udp6 sdf" "udp4 v"; do
	# shellcheck disable=SC2086 # two words
	assert_fails ethtool -N p0 rx-flow-hash $kind
done
ethtool -N p0 rx-flow-hash tcp4 sdfn

# Queues that 64 UDP flows between the same two addresses arrive on
flows() {
	local a0 a1 b0 b1
	a0=$(stat p0 rx0_packets) a1=$(stat p0 rx1_packets)
	peer python3 - "$1" "$2" <<'END'
import socket, sys
for port in range(64):
    s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((sys.argv[2], 20000 + port))
    s.sendto(b"x", (sys.argv[1], 9))
END
	arrived() { [ $(($(stat p0 rx0_packets) + $(stat p0 rx1_packets))) -ge $((a0 + a1 + 64)) ]; }
	wait_for 20 arrived
	b0=$(stat p0 rx0_packets) b1=$(stat p0 rx1_packets)
	note "$1: $((b0 - a0)) and $((b1 - a1))"
	FEWER=$((b0 - a0 < b1 - a1 ? b0 - a0 : b1 - a1))
}
ping -q -c 1 192.0.2.2 >/dev/null
ping -q -c 1 2001:db8::2 >/dev/null

for family in "4 192.0.2.1 192.0.2.2" "6 2001:db8::1 2001:db8::2"; do
	read -r v there here <<<"$family"
	flows "$there" "$here"
	assert_ge "$FEWER" 12 "flows on the lesser queue, with ports"
	ethtool -N p0 rx-flow-hash "udp$v" sd
	assert_eq "$(fields "udp$v")" sd
	flows "$there" "$here"
	assert_le "$FEWER" 6 "flows on the lesser queue, without ports"
	ip link set p0 down
	ip link set p0 up
	wait_link p0
	assert_eq "$(fields "udp$v")" sd "after down and up"
	ip -6 addr replace 2001:db8::1/64 dev p0 nodad
	wait_for 20 ping -q -c 1 -W 1 "$here"
	flows "$there" "$here"
	assert_le "$FEWER" 6 "flows on the lesser queue after down and up"
	ethtool -N p0 rx-flow-hash "udp$v" sdfn
done
