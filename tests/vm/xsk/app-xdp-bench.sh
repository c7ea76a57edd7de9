#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=6.12,debug timeout=600
# xdp-bench of Debian's xdp-tools in all its modes: what it counts is what was
# sent. 6.12 only: the programs of version 1.5 ask for the tracepoint
# xdp_redirect_map_err, which 7.2 no longer has.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
ip link add veth0 type veth peer name veth1
for p in veth0 veth1; do
	echo 1 >/proc/sys/net/ipv6/conf/$p/disable_ipv6
	ip link set $p up
done
# a veth takes frames by redirection if its other end runs NAPI
xdp veth1 pass

# less than a receive ring holds: nothing gets lost for want of a descriptor
count=250

total() { sed -n "s/^  $1 *: \([0-9]*\).*/\1/p" /tmp/bench | tail -n 1; }
counters() {
	echo "$(link_stat p0 rx_packets) $(link_stat p0 tx_packets) $(link_stat p1 rx_packets peer) $(link_stat veth1 rx_packets)"
}

# have bench()'s counters got to where they should?
all_came() {
	local i
	read -ra after <<<"$(counters)"
	for i in 0 1 2 3; do
		[ $((after[i] - before[i])) -ge "${w[i]}" ] || return 1
	done
}

# bench RX TX PEER VETH ARGUMENTS...: how many of the frames p0 receives and
# sends, and the peer and the veth receive
bench() {
	local want got before after i end rc=0 w=("$1" "$2" "$3" "$4")
	shift 4
	rm -f /tmp/bench	# what the last one printed is no sign of this one
	xdp-bench "$@" -i 1 >/tmp/bench 2>&1 &
	BG=$!
	BG_PIDS+=("$BG")
	wait_for 60 grep -q '/s' /tmp/bench
	read -ra before <<<"$(counters)"
	blind "$count" -f 4 >/dev/null
	end=$((SECONDS + 20 * SLOW))
	until all_came || [ $SECONDS -ge $end ]; do
		sleep 0.1
	done
	read -ra after <<<"$(settled counters)"
	sleep 1.5	# its next report
	kill -INT "$BG"
	wait "$BG" || rc=$?
	for i in 0 1 2 3; do
		want+="${w[i]} "
		got+="$((after[i] - before[i])) "
	done
	if [ "$rc $(total 'Packets received') $got" != "0 $count $want" ]; then
		tail -n 30 /tmp/bench
		die "xdp-bench $*: status $rc, counted $(total 'Packets received') of $count; received, sent, peer's, veth's: $got, not $want"
	fi
	note "good: xdp-bench $*"
}

for op in no-touch read-data parse-ip swap-macs; do
	bench $count 0 0 0 drop p0 -p $op
	assert_eq "$(total 'Rx dropped')" $count "dropped"
done
bench $count 0 0 0 drop p0 -r -l load-bytes -p read-data
bench $count 0 0 0 pass p0
bench $count $count $count 0 tx p0
bench $count $count $count 0 redirect p0 p0
bench $count 0 0 $count redirect p0 veth0
bench $count $count $count 0 redirect-map p0 p0 -s
assert_eq "$(total 'Packets transmitted')" $count "transmitted"
bench $count 0 0 $count redirect-map p0 veth0 -s -X
bench $count 0 0 $count redirect-multi p0 veth0 -s
bench $count 0 0 0 redirect-cpu p0 -c 1 -r drop -s
bench $count 0 0 0 redirect-cpu p0 -c 0 -c 1 -r pass -s
bench $count 0 0 $count redirect-cpu p0 -c 1 -r redirect -D veth0
assert_eq "$(carrier_changes p0)" 1 "carrier changes of p0"
