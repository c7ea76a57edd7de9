#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300 cpus=2
# The heart of it: pair, l2fwd, txonly and rxdrop in zero-copy over several
# queues in every wakeup mode, every frame's number and content verified.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

setup_ports 4
SETTINGS=$(settings p0 p1)

for w in irq need busy; do
	expect 0 tandem bench pair p0 p1 -n 32000 --verify -q 0-3 --wakeup $w --json
	jq -e '.zerocopy and .packets > 1000 and .lost == 0 and .corrupt == 0 and
		(.queues | length) == 8 and
		all(.queues[]; .mode == "zero-copy" and .entry > 0 and .irq > 0 and .napi_id > 0 and
			.rx + .tx > 0 and .doorbells_per_mpkt != null)' \
		>/dev/null <<<"$OUT" || die "$w: $OUT"
	note "$w: $(jq -c '[.pps, .interrupts_per_mpkt, .wakeups_per_mpkt, .syscalls_per_mpkt]' <<<"$OUT")"
	nothing_left p0 p1
	expect 0 tandem bench l2fwd p0 p1 -n 8000 --verify -q 0-3 --inflight 64 --wakeup $w --json
	jq -e '.zerocopy and .packets > 1000 and .lost == 0 and .corrupt == 0' >/dev/null <<<"$OUT" ||
		die "l2fwd $w: $OUT"
	nothing_left p0 p1
done

# an epoll that polls the queue: one queue of one device per thread, as of 6.13
if [ "$LINUX" = 6.12 ]; then
	expect 4 tandem bench rxdrop p0 --wakeup suspend && says suspend 'Linux 6.13' '--wakeup busy'
else
	for o in 'pair p0 p1 --verify' 'pair p0 p1 --verify -q 0-3 --threads' 'txonly p0'; do
		# shellcheck disable=SC2086 # words
		expect 0 tandem bench $o -n 20000 --wakeup suspend --json
		jq -e '.zerocopy and .packets > 10000 and .lost == 0 and .corrupt == 0 and
			(.interrupts_per_mpkt < 5000 or (.queues | length) > 2)' >/dev/null <<<"$OUT" || die "$o: $OUT"
		note "suspend: $o: $(jq -c '[.pps, .interrupts_per_mpkt, .wakeups_per_mpkt, .syscalls_per_mpkt]' <<<"$OUT")"
		nothing_left p0 p1
	done
fi
nothing_left p0 p1

# sizes, batches, rings, headroom, chunks, threads, other attachments
for o in '--size 1518' '--size 65 --batch 1' '--batch 32 --inflight 192' '--ring 64 --fill 128 --batch 32' \
	'--headroom 256 --chunk 2048' '--threads -q 0-3 --cpu 0' \
	'--prog libxdp --attach dispatcher' '--attach dispatcher' '--prog libxdp' '--no-rss -q 1,3' \
	'--allow-copy'; do
	# shellcheck disable=SC2086 # words
	expect 0 tandem bench pair p0 p1 -n 5000 --verify --wakeup busy $o --json
	jq -e '.zerocopy and .lost == 0' >/dev/null <<<"$OUT" || die "$o: $OUT"
	note "$o"
	nothing_left p0 p1
done
note 'latency, and lines of values'
for w in irq need busy; do
	expect 0 tandem bench l2fwd p0 p1 -n 1000 --latency --verify --wakeup $w --json
	jq -e '.zerocopy and .inflight == 1 and .lost == 0 and .corrupt == 0 and .latency.laps >= 400 and
		([.latency.one_way[] | .from + ">" + .to] == ["p1>p0", "p0>p1"]) and
		all(.latency, .latency.one_way[]; .p50_ns > 0 and .p50_ns <= .p99_ns and .p99_ns <= .p99_9_ns and
			.p99_9_ns <= .max_ns and .laps == ([.histogram[][1]] | add))' >/dev/null <<<"$OUT" || die "$w: $OUT"
	nothing_left p0 p1
done
# csv WORD...: the columns, by name, of each line
csv() { python3 -c 'import csv, json, sys; print(json.dumps(list(csv.DictReader(sys.stdin))))' <<<"$OUT" >/tmp/csv; }
expect 0 tandem bench l2fwd p0 p1 -n 1000 --latency --verify --csv
csv
jq -e '[.[].dev] == ["p0", "p1"] and all(.[]; .case == "l2fwd" and .mode == "zero-copy" and .lost == "0" and .corrupt == "0" and
	(.laps | tonumber) >= 400 and (.one_way_laps | tonumber) >= 400 and (.one_way_p50_ns | tonumber) > 0 and
	(.one_way_p50_ns | tonumber) <= (.p50_ns | tonumber) and (.p99_9_ns | tonumber) <= (.max_ns | tonumber))' \
	/tmp/csv >/dev/null || die "$OUT"
expect 0 tandem bench pair p0 p1 -d 1 -q 0-1 --csv
csv
jq -e 'length == 4 and all(.[]; .mode == "zero-copy" and (.rx | tonumber) + (.tx | tonumber) > 0 and
	(has("lost") or has("laps") | not))' /tmp/csv >/dev/null || die "$OUT"
nothing_left p0 p1

expect 0 tandem bench pair p0 p1 -n 2000 --copy --verify --json
jq -e '.zerocopy == false and .lost == 0' >/dev/null <<<"$OUT" || die "copy: $OUT"

note 'two processes'
# two processes: one sends, the other receives and verifies; then one bounces
expect 0 tandem bench txonly p0 -n 5000 --no-prog
tandem bench txonly p1 -d 600 --verify --dst "$(cat /sys/class/net/p0/address)" >/dev/null &
sender=$!
# one that is ended before it has measured anything says so, and fails
wait_for 20 sending p1
expect 0 tandem bench rxdrop p0 -q 0-3 -n 2000 --verify --json
jq -e '.packets > 1000 and .corrupt == 0 and .reordered == 0' >/dev/null <<<"$OUT" || die "rxdrop: $OUT"
expect 0 tandem bench l2fwd p0 -q 0-3 -n 2000 --json
jq -e '.packets > 1000' >/dev/null <<<"$OUT" || die "l2fwd: $OUT"
if [ "$LINUX" != 6.12 ]; then
	for o in 'rxdrop p0 --verify' 'l2fwd p0'; do
		# shellcheck disable=SC2086 # words
		expect 0 tandem bench $o -q 0-3 --threads -n 20000 --wakeup suspend --json
		jq -e '.packets > 10000 and (.corrupt // 0) == 0' >/dev/null <<<"$OUT" || die "$o: $OUT"
		note "suspend: $o: $(jq -c '[.pps, .interrupts_per_mpkt, .wakeups_per_mpkt, .syscalls_per_mpkt]' <<<"$OUT")"
	done
fi
kill $sender
wait $sender || die "the sender ended with $?"
nothing_left p0 p1

note demo
expect 0 tandem demo p0 p1 --seconds 2
for word in zero-copy 'what wakeups save' need busy; do
	grep -q -- "$word" <<<"$OUT" || die "demo says nothing of $word: $OUT"
done
for word in ENTRY IRQ CPU NAPI QUEUE FD MODE PPS INT/M WAKE/M BELL/M; do
	grep -qwF -- "$word" <<<"$OUT" || die "demo has no column $word: $OUT"
done
expect 0 tandem bench pair p0 p1 -d 3
assert_ge "$(grep -c 'pps   per million packets' <<<"$OUT")" 2 "live lines in three seconds"
nothing_left p0 p1
