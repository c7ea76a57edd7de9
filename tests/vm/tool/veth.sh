#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240 driver=none
# On a device without zero-copy: refused by default, with the reason; in copy
# mode every benchmark works, verified; the result says copy. What differs from
# kernel to kernel is the driver's and in other tests: on 6.12 one of each kind.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

wakeups='irq need busy' modes='rxdrop va|txonly va|l2fwd va|pair va vb|l2fwd va vb'
[ "$LINUX" != 6.12 ] || { wakeups=need modes='pair va vb'; }
# full: all of it
full() { [ "$LINUX" != 6.12 ]; }
ip link add va numrxqueues 4 numtxqueues 4 type veth peer name vb numrxqueues 4 numtxqueues 4
ethtool -L va rx 4 tx 4
ethtool -L vb rx 4 tx 4
for i in va vb; do
	echo 1 >"/proc/sys/net/ipv6/conf/$i/disable_ipv6"
	ip link set "$i" up
done
SETTINGS=$(settings va vb)

while read -r -d '|' m; do
	# shellcheck disable=SC2086 # words
	expect 4 tandem bench $m -d 0.2
	says 'no AF_XDP zero-copy' --allow-copy veth
	nothing_left va vb
done <<<"$modes|"

for w in $wakeups; do
	expect 0 tandem bench pair va vb -n 4000 --allow-copy --verify -q 0-3 --wakeup "$w" --json
	jq -e --arg w "$w" '.wakeup == $w and .packets > 0 and .lost == 0 and .corrupt == 0 and
		.zerocopy == false and (.queues | length) == 8 and all(.queues[]; .mode == "copy")' \
		>/dev/null <<<"$OUT" || die "$w: $OUT"
	nothing_left va vb
done

if full; then
	expect 0 tandem bench pair va vb -n 5000 --copy --size 1500 --batch 7 --json
	jq -e '.packets >= 5000 and .size == 1500' >/dev/null <<<"$OUT" || die "$OUT"
	expect 0 tandem bench pair va vb -n 2000 --allow-copy --threads -q 0-3
	expect 0 tandem bench txonly va -n 2000 --allow-copy
fi
expect 0 tandem bench pair va vb -n 2000 --skb --json
expect 0 tandem bench l2fwd va vb -n 3000 --allow-copy --inflight 32 --verify --json
jq -e '.packets > 1000 and .lost == 0' >/dev/null <<<"$OUT" || die "$OUT"
for w in $wakeups; do
	# a lap is one frame from vb to va and one back; but for those at either end
	expect 0 tandem bench l2fwd va vb -n 2000 --allow-copy --latency --verify --wakeup "$w" --json
	jq -e 'def near($a; $b): $a - $b > -8 and $a - $b < 8;
		def ordered: .p50_ns > 0 and .p50_ns <= .p99_ns and .p99_ns <= .p99_9_ns and .p99_9_ns <= .max_ns and
			(.laps == ([.histogram[][1]] | add)) and .histogram[-1][0] >= .max_ns;
		.inflight == 1 and .lost == 0 and .corrupt == 0 and near(.latency.laps * 2; .packets) and
		(.latency | ordered) and .latency.max_ns < .seconds * 1e9 and
		([.latency.one_way[] | .from + ">" + .to] == ["vb>va", "va>vb"]) and
		(.latency as $l | all($l.one_way[]; ordered and near(.laps; $l.laps) and .p50_ns <= $l.p50_ns))' \
		>/dev/null <<<"$OUT" || die "$w: $OUT"
	nothing_left va vb
done
full || exit 0
# somebody else's frames on the way are no laps, and go round with nobody
ip link add vc numrxqueues 1 numtxqueues 1 type veth peer name vd numrxqueues 1 numtxqueues 1
ip link set vc up
ip link set vd up
ip addr add 198.51.100.1/24 dev vc
ip neigh add 198.51.100.2 lladdr "$(cat /sys/class/net/vd/address)" dev vc
run_bg ping -q -i 0.02 198.51.100.2
expect 0 tandem bench l2fwd vc vd -n 8000 --allow-copy --latency --verify --json
jq -e '.foreign >= 1 and .foreign * 4 < .packets and .lost == 0 and .corrupt == 0 and .reordered == 0' \
	>/dev/null <<<"$OUT" || die "$OUT"
kill "$BG"
wait "$BG" || true
ip link del vc
# one interval in which this machine did something else may be slower than all of it
expect 0 tandem bench txonly va --allow-copy -d 2 -i 0.1 --json
jq -e '(.interval_ns_per_packet | length) as $n | $n >= 1 and $n <= 20 and all(.interval_ns_per_packet[]; . > 0) and
	.ns_per_packet >= (.interval_ns_per_packet | min) / 2' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 tandem bench txonly va --allow-copy -d 0.1 --json
jq -e '.interval_ns_per_packet == []' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 tandem bench pair va vb -n 2000 --allow-copy -q 0-1 --csv
awk -F, 'NR == 1 { n = NF; ok = /^case,wakeup,batch,size,seconds,dev,queue,role,/; next }
	{ ok = ok && NF == n && /^pair,need,64,64,/ } END { exit !(ok && NR == 5) }' <<<"$OUT" || die "$OUT"
expect 2 tandem bench pair va vb --csv --json
says contradicts
expect 0 tandem bench l2fwd va vb -n 500 --allow-copy --latency
found 'va to vb: .* 99.9 % within' <<<"$OUT" || die "$OUT"
expect 2 tandem bench pair va vb --latency
expect 2 tandem bench l2fwd va vb --latency --inflight 8
expect 2 tandem bench l2fwd va vb --latency -q 0-1
expect 1 tandem bench rxdrop va -d 0.3 --allow-copy
says 'no packet arrived'
# nobody tells which NAPI serves a queue of it: what is known stands for itself
run_bg tandem bench txonly va -q 2 -d 600 --allow-copy >/dev/null
wait_for 20 sending va
expect 0 tandem vectors va --domains --json
jq -e --argjson pid "$BG" --argjson id "$(ip -j link show va | jq '.[0].xdp.prog.id')" '[.[] | select(.rx_queue == 2)] |
	length == 1 and (.[0] | .xsk == "copy" and .pid == $pid and .command == "tandem" and .chunk > 0 and
	.program.id == $id and .irq == null and .interrupts == null and .interrupts_per_s == null and .mode == null and
	.domains == [])' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 tandem vectors va
grep -qE "^va +- +- .* 2 +2 +copy +[0-9]+ +$BG +tandem +[0-9]+ [a-z_]+ +- +- +-$" <<<"$OUT" || die "$OUT"
kill "$BG"
wait "$BG" || true
nothing_left va vb
expect 0 tandem demo va vb --seconds 2 --allow-copy
grep -q 'what wakeups save' <<<"$OUT" || die "demo: $OUT"
expect 4 tandem demo va vb --seconds 0.5
nothing_left va vb
