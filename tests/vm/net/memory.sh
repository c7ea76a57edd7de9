#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=200 kernel=6.12,7.2
# What a ring pair costs: at most 1.5 MiB at the default ring sizes, and no
# allocation per packet, in zero-copy or by XDP. On the debug kernel both would be
# of what watches there, which takes memory for each object.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

# KiB free in the guest, with what each CPU keeps to itself and the page cache
unused() {
	sleep 0.3
	echo 1 >/proc/sys/vm/stat_refresh
	awk '$1 ~ /^nr_(free|file)_pages$/ || $1 == "count:" { n += $2 } END { print n * 4 }' /proc/zoneinfo
}

# KiB that each of seven more ring pairs takes, the median of seven looks
pair_costs() {
	local n most
	for n in {1..7}; do
		ethtool -L p0 combined 8
		most=$(unused)
		ethtool -L p0 combined 1
		echo $((($(unused) - most) / 7))
	done | sort -n | sed -n 4p
}

ip link set p0 up
wait_link p0
kib=$(pair_costs)
note "a ring pair of $(ethtool -g p0 | awk '/^RX:/ { n = $2 } END { print n }') descriptors: $kib KiB"
assert_le "$kib" 1536 "KiB per ring pair"
assert_ge "$kib" 256 "KiB per ring pair (is anything measured?)"

# allocations COUNT BENCH...: objects and pages allocated in the whole guest while so
# many packets go from p1 to p0; the start of the tool is part of it.
kmem=(/sys/kernel/tracing/events/kmem/{kmalloc,kmem_cache_alloc,mm_page_alloc})
allocations() {
	local e n=$1
	shift
	for e in "${kmem[@]}"; do
		echo 'hist:keys=common_pid' >"$e/trigger"
	done
	tandem bench "$@" -w busy -n "$n" -i 0 --json >/tmp/bench || die "$(cat /tmp/bench)"
	cat "${kmem[@]/%//hist}" |
		awk '/Hits:/ { n += $2 } END { print n + 0 }'
	for e in "${kmem[@]}"; do
		echo '!hist:keys=common_pid' >"$e/trigger"
	done
}

# none_per_packet WHAT BENCH...: of those that come to p0; a machine that is busy loses
# most of a flood
none_per_packet() {
	local what=$1 few many came n
	shift
	few=$(allocations 20000 "$@")
	for n in 220000 1000000; do
		came=$(link_stat p0 rx_packets)
		many=$(allocations $n "$@")
		came=$(($(link_stat p0 rx_packets) - came))
		note "$what: allocations in the guest: $few with 20000 packets, $many with $n, of which $came came"
		[ "$came" -lt 10000 ] || break
	done
	assert_ge "$few" 100 "allocations (is anything counted?)"
	assert_ge "$came" 10000 "packets that came"
	# one per packet would be more than all; the guest has its own, a thousand more or less
	assert_le $((many - few)) $((came / 4)) "allocations for $came packets"
}

# what XDP_TX sends back would be for its stack on another queue than the socket's
ethtool -L p1 combined 1
ip link set p1 up
wait_link p0
wait_link p1
none_per_packet zero-copy pair p0 p1
for act in drop tx; do
	xdp p0 $act
	none_per_packet "XDP $act" txonly p1 --dst "$(mac_of p0)"
	xdp p0 off
done
