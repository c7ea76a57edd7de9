#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# Frames of every size up to the MTU, both ways, IPv4 and IPv6.
. /src/tests/vm/lib.sh

setup_peers

ping_sizes() { # NAMESPACE ADDRESS SIZE...
	local ns=$1 to=$2 s
	shift 2
	for s in "$@"; do
		in_ns "$ns" ping -q -M 'do' -c 1 -W 20 -s "$s" "$to" >/tmp/ping ||
			die "ping -s $s $to from ${ns:-here}: $(cat /tmp/ping)"
	done
}

# 17: the shortest frame without padding by the device is 60 bytes
v4="0 1 17 18 19 63 64 100 982 983 1000 1471 1472"
v6="0 1 17 18 100 962 963 1000 1451 1452"
# shellcheck disable=SC2086 # lists of words
{
	ping_sizes '' 192.0.2.2 $v4
	ping_sizes peer 192.0.2.1 $v4
	ping_sizes '' 2001:db8::2 $v6
	ping_sizes peer 2001:db8::1 $v6
}

# fragments, and many at a time
ping -q -c 3 -i 0.02 -s 20000 192.0.2.2
peer ping -q -c 3 -i 0.02 -s 20000 2001:db8::1
# ping itself waits two round trips for the last of them, which a guest that stood still
# for a moment exceeds
replies() { awk '/^Icmp:/ { if (n++) print $at; else for (at = NF; $at != "InEchoReps"; at--); }' /proc/net/snmp; }
before=$(replies)
ping -q -f -c 500 -s 1400 192.0.2.2 >/tmp/ping || true
wait_for 10 at_least $((before + 500)) replies
grep -q '^500 packets transmitted' /tmp/ping || die "flood: $(cat /tmp/ping)"
assert_eq "$(stat p0 tx_timeouts)" 0 tx_timeouts
