#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: boot=icount cpus=1 timeout=120 kernel=6.12,7.2
# What a packet costs, in instructions, must stay within the budget that stands
# in the file "budget" beside this one; that file says how to move it. And the
# application drives, polling busily or by wakeups: at most 10 interrupts per million
# packets, one doorbell per 32 packets sent. Exact here, where no CPU has to wait for
# another.
. /src/tests/vm/lib.sh

[ "$DRIVER" = tandem ] || skip "the budget is tandem's"

for p in p0 p1; do
	echo 1 >"/proc/sys/net/ipv6/conf/$p/disable_ipv6"
	ip link set "$p" up
	ethtool -L "$p" combined 8
	ethtool -G "$p" rx 1024 tx 1024
done
wait_link p0
wait_link p1

over=''
checked=0
while read -r kernel case budget; do
	# shellcheck disable=SC2153 # the runner sets it
	[ "$kernel" = "$KERNEL" ] || continue
	case $case in
	txonly) args=(txonly p0) ;;
	pair) args=(pair p0 p1) ;;
	drop) args=(txonly p1) ;;
	*) die "no case '$case'" ;;
	esac
	if [ "$case" = drop ]; then
		ip link set p0 xdp obj /src/build/bpf/xdp_drop.bpf.o sec xdp
		ip link set p0 promisc on
	fi
	tandem bench "${args[@]}" --wakeup busy --size 64 --batch 64 --warmup 0.02 \
		--packets 100000 --json >/tmp/bench
	cost=$(jq .ns_per_packet /tmp/bench)
	checked=$((checked + 1))
	# the interrupts of what is dropped are p0's, which is not counted here
	assert_le "$(jq '.interrupts_per_mpkt | ceil' /tmp/bench)" 10 "$case: interrupts per million packets"
	# a doorbell per 32 frames sent, and as many for buffers posted
	assert_le "$(jq '.doorbells_per_mpkt | ceil' /tmp/bench)" $((31250 * ${#args[@]} - 31250)) \
		"$case: doorbells per million packets"
	if [ "$case" = drop ]; then
		ip link set p0 xdp off
		dropped=$(ethtool -S p0 | awk '/rx[0-9]+_xdp_drop:/ { n += $2 } END { print n + 0 }')
		[ "$dropped" -ge 90000 ] || die "the program dropped $dropped of 100000 frames"
	fi
	printf '# %s: %.1f instructions per packet, budget %s\n' "$case" "$cost" "$budget"
	awk -v c="$cost" -v b="$budget" 'BEGIN { exit !(c <= b) }' ||
		over+=" $case takes $(printf %.1f "$cost") of $budget;"
done < <(grep -v '^#' /src/tests/vm/bench/budget)
assert_eq "$checked" 3 "cases in tests/vm/bench/budget"
tandem bench pair p0 p1 --wakeup need --size 64 --batch 64 --warmup 0.02 \
	--packets 100000 --json >/tmp/bench
assert_le "$(jq '.interrupts_per_mpkt | ceil' /tmp/bench)" 10 "pair, woken: interrupts per million packets"
assert_ge "$(jq '.wakeups_per_mpkt | floor' /tmp/bench)" 10000 "pair, woken: wakeups per million packets"
[ -z "$over" ] || die "over the budget:$over scripts/bench/profile shows where"
