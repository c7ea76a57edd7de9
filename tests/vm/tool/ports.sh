#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: ports=4 timeout=200
# tandem bench over four ports in one process: each of them works, and is given back.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

for p in p0 p1 p2 p3; do
	echo 1 >/proc/sys/net/ipv6/conf/$p/disable_ipv6
	ip link set $p up
done
for p in p0 p1 p2 p3; do
	wait_link $p
done

# measures SOCKETS DEV... -- ARGUMENTS: so many sockets, and each of the devices moved packets
measures() {
	local sockets=$1 devs=()
	shift
	while [ "$1" != -- ]; do
		devs+=("$1")
		shift
	done
	shift
	SETTINGS=$(settings "${devs[@]}")
	expect 0 tandem bench "$@" -i 0 --json
	jq -e '.zerocopy and .lost == 0 and .corrupt == 0' >/dev/null <<<"$OUT" || die "$*: $OUT"
	assert_eq "$(jq '.queues | length' <<<"$OUT")" "$sockets" "sockets of '$*'"
	assert_eq "$(jq -r '[.ports[].dev] | sort | join(" ")' <<<"$OUT")" "${devs[*]}" "ports of '$*'"
	assert_eq "$(jq -r '[.queues[] | select(.rx + .tx > 500) | .dev] | unique | join(" ")' <<<"$OUT")" "${devs[*]}" \
		"ports that moved packets with '$*' ($(jq -c '[.queues[] | [.dev, .queue, .rx, .tx]]' <<<"$OUT"))"
	nothing_left "${devs[@]}"
}

for w in need busy irq; do
	measures 8 p0 p1 p2 p3 -- pair p0 p1 p2 p3 -q 0-1 -w $w -d 1 --verify
done
measures 8 p0 p1 p2 p3 -- pair p0 p1 p2 p3 -q 0-1 -d 1 --verify --threads
measures 4 p0 p2 -- txonly p0 p2 -q 0-1 -d 1
measures 8 p0 p1 p2 p3 -- l2fwd p0 p1 p2 p3 -q 0-1 --inflight 16 -d 1 --verify
measures 8 p0 p1 p2 p3 -- l2fwd p0 p1 p2 p3 -q 0-1 --inflight 16 -d 1 --verify --threads
SENDERS=$(settings p1 p3)
run_bg tandem bench txonly p1 p3 -d 600 -i 0 --no-prog --dst ff:ff:ff:ff:ff:ff >/tmp/sender
sender=$BG
wait_for 20 sending p1
wait_for 20 sending p3
# on one of the queues, as the receiver's RSS key has it
measures 4 p0 p2 -- rxdrop p0 p2 -q 0-1 -d 1
if [ "$LINUX" != 6.12 ]; then
	expect 2 tandem bench rxdrop p0 p2 -w suspend && says 'one queue per thread'
	measures 4 p0 p2 -- rxdrop p0 p2 -q 0-1 -d 1 -w suspend --threads
fi
kill "$sender"
wait "$sender" || die "the sender ended with $?"
SETTINGS=$SENDERS
nothing_left p1 p3

SETTINGS=$(settings p0 p1 p2 p3)
expect 2 tandem bench pair p0 p1 p2 && says 'several times two'
expect 2 tandem bench l2fwd p0 p1 p2 && says 'several times two'
expect 2 tandem bench rxdrop p0 p2 p0 && says 'p0 and p0 are the same device'
expect 2 tandem bench l2fwd p0 p1 p2 p3 --latency && says 'two devices'
nothing_left p0 p1 p2 p3
