#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300 cpus=2
# tandem top: rates that agree with what ethtool and /proc/interrupts count, in
# frames for scripts and on a terminal, which is clean afterwards.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

export SLOW
terminal() { python3 /src/tests/vm/helpers/terminal.py "$@"; }

# total: packets, interrupts, wakeups and polls of p0's queues, as counted
total() {
	ethtool -S p0 | awk '{ sub(":", "", $1); v[$1] = $2 } END { for (q = 0; q < 2; q++)
		print q, v["rx" q "_packets"] + v["tx" q "_packets"] + v["xdp" q "_packets"],
			v["vec" q "_wakeups"], v["vec" q "_polls"] }' >"$1"
	awk '$NF ~ /^p0-TxRx-[01]$/ { print substr($NF, length($NF)), $2 + $3 }' /proc/interrupts >"$1.irq"
}

setup_ports 2
SETTINGS=$(settings p0 p1)

note 'frames as JSON against the counters'
total /tmp/a
tandem top p0 --json -i 0.5 -n 2000 >/tmp/top.out 2>/tmp/top.err &
pid=$!
wait_for 20 test -s /tmp/top.out
# one after the other: of two senders at once, how much each sends is the scheduler's choice
for q in 0 1; do
	expect 0 tandem bench pair p0 p1 -n 4000 -q $q --wakeup need
done
# one may be on its way, which has not all of it; the next has
frames=$(wc -l </tmp/top.out)
wait_for 20 at_least $((frames + 2)) grep -c '' /tmp/top.out
kill -INT $pid
wait $pid || die "top ended with $?: $(cat /tmp/top.err)"
total /tmp/b
assert_ge "$(wc -l </tmp/top.out)" 3 frames
# The sum of rate times interval is what was counted, but for what came before
# the first reading and after the last.
jq -s -r '. as $f | [range(1; length)] | map($f[.] as $n | ($n.t - $f[. - 1].t) as $s |
	$n.vectors[] | select(.queue != null) | [.queue, .packets_per_s * $s, .interrupts_per_s * $s,
	.wakeups_per_s * $s, .polls_per_s * $s]) | .[] | @tsv' /tmp/top.out |
	awk '{ for (i = 2; i <= 5; i++) s[$1, i] += $i } END { for (q = 0; q < 2; q++)
		printf "%d %.0f %.0f %.0f %.0f\n", q, s[q, 2], s[q, 3], s[q, 4], s[q, 5] }' >/tmp/sums
note "$(cat /tmp/sums)"
for q in 0 1; do
	read -r _ packets interrupts wakeups polls < <(grep "^$q " /tmp/sums)
	read -r _ p0 w0 o0 < <(grep "^$q " /tmp/a)
	read -r _ p1 w1 o1 < <(grep "^$q " /tmp/b)
	i0=$(awk -v q=$q '$1 == q { print $2 }' /tmp/a.irq) i1=$(awk -v q=$q '$1 == q { print $2 }' /tmp/b.irq)
	assert_le "$packets" $((p1 - p0 + 2)) "packets of queue $q"
	assert_ge "$packets" $(((p1 - p0) * 95 / 100)) "packets of queue $q"
	assert_ge "$packets" 500 "packets of queue $q"
	assert_le "$wakeups" $((w1 - w0 + 2)) "wakeups of queue $q"
	assert_ge "$wakeups" $(((w1 - w0) * 95 / 100 - 2)) "wakeups of queue $q"
	assert_le "$polls" $((o1 - o0 + 2)) "polls of queue $q"
	assert_ge "$polls" $(((o1 - o0) * 95 / 100 - 5)) "polls of queue $q"
	assert_le "$interrupts" $((i1 - i0 + 2)) "interrupts of queue $q"
done
jq -e -s 'all(.[]; (.vectors | length) == 3 and all(.vectors[]; .dev == "p0" and .irq > 0)) and
	any(.[]; any(.vectors[]; .mode == "woken" or .mode == "polled")) and
	any(.[]; any(.vectors[]; .mode == "idle"))' /tmp/top.out >/dev/null || die "$(cat /tmp/top.out)"

note 'frames as text'
expect 0 tandem top --batch -n 2 -i 0.2
assert_eq "$(grep -c '^time ' <<<"$OUT")" 2 frames
assert_eq "$(grep -c '^DEV .* PACKETS/S .* POLLS/S' <<<"$OUT")" 2 "heads"
assert_eq "$(grep -c '^p[01] ' <<<"$OUT")" 12 "rows of p0 and p1"
! grep -q $'\033' <<<"$OUT" || die "escape sequences in a pipe"
run_bg tandem bench txonly p1 -q 1 -d 600 >/dev/null
wait_for 20 sending p1
expect 0 tandem top -b -n 1 -i 1 --sort packets
assert_eq "$(sed -n '3p' <<<"$OUT" | awk '{ print $1, $2 }')" 'p1 1' "busiest row"
expect 0 tandem top -b -n 1 -i 1 --sort packets --reverse
assert_eq "$(tail -n 1 <<<"$OUT" | awk '{ print $1, $2 }')" 'p1 1' "busiest row, reversed"

note 'on a terminal'
terminal wait:POLL/S 'wait:d device  ' 'wait:r reverse  q quit' key:p sleep:1 key:r key:i key:w key:o key:d key:z \
	size:10x60 sleep:1 size:24x140 sleep:1 key:q -- tandem top p1 -i 0.3 >/tmp/screen || die "$(cat /tmp/screen)"
grep -qa 'p1 ' /tmp/screen || die "no row on the screen"
# left: cursor there again, alternate screen gone
clean_screen() {
	tail -c 200 "$1" | found -aF $'\033[?1049l' || die "the screen was not given back: $(tail -c 200 "$1" | od -c)"
	tail -c 300 "$1" | found -aF $'\033[?25h' || tail -c 300 "$1" | found -aF $'\033[?12l\033[?25h' ||
		die "the cursor was not given back"
}
clean_screen /tmp/screen
LC_ALL=C.UTF-8 terminal wait:POLL/S wait:█ key:q -- tandem top p1 -i 0.3 >/tmp/screen || die "$(cat /tmp/screen)"
grep -qa '█' /tmp/screen || die "no sparkline"
for s in INT TERM; do
	terminal wait:POLL/S signal:$s -- tandem top -i 5 >/tmp/screen || die "$s: $? $(cat /tmp/screen)"
	clean_screen /tmp/screen
done
# Ctrl-C from the terminal itself
terminal wait:POLL/S $'key:\003' -- tandem top -i 5 >/tmp/screen || die "^C: $? $(cat /tmp/screen)"
clean_screen /tmp/screen
kill "$BG"
wait "$BG" || true
ip link add va type veth peer name vb
rc=0
terminal wait:POLL/S 'run:ip link del va' -- tandem top va -i 0.3 >/tmp/screen || rc=$?
assert_eq $rc 1 "exit code when the device vanished"
clean_screen /tmp/screen
grep -qa '^tandem: va is gone' /tmp/screen || tail -n 2 /tmp/screen | found -a 'tandem: va is gone' || die "no word about it"
rc=0
terminal -t nonsense -- tandem top p0 >/tmp/screen || rc=$?
assert_eq $rc 1 "exit code on an unknown terminal"
grep -qa "tandem: nothing is known of a terminal 'nonsense'" /tmp/screen || die "$(cat /tmp/screen)"

note 'other drivers'
ip link add va type veth peer name vb
ip link set va up
ip link set vb up
expect 0 tandem top va --json -n 1 -i 0.2
jq -e '.vectors[0].dev == "va" and all(.vectors[]; .mode != "-") and any(.vectors[]; .mode == null)' \
	>/dev/null <<<"$OUT" || die "$OUT"
run_bg tandem top va -b -i 0.2 >/tmp/top.out 2>/tmp/top.err
wait_for 20 grep -q '^va' /tmp/top.out
ip link del va
rc=0
wait "$BG" || rc=$?
assert_eq $rc 1 "exit code when the device vanished"
assert_eq "$(cat /tmp/top.err)" 'tandem: va is gone'
nothing_left p0 p1

note 'bad input'
expect 1 tandem top nope -b && says 'no interface named nope'
expect 2 tandem top a b && says 'too many'
expect 2 tandem top p0 </dev/null && says 'needs a terminal' --batch
for v in 0 0.05 3601 x ''; do
	expect 2 tandem top -b -i "$v" && says --interval
done
for v in 0 -1 1.5 x ''; do
	expect 2 tandem top -b -n "$v" && says --count
done
expect 2 tandem top -b --sort bytes && says packets interrupts wakeups polls dev
expect 2 tandem top -b --nonsense && says 'no option --nonsense'
# needs no privilege
expect 0 setpriv --reuid 65534 --clear-groups --bounding-set=-all tandem top p0 -b -n 1 -i 0.1

note 'in-tree igb'
to_igb p0
expect 0 tandem top "$dev" --json -n 1 -i 0.5
jq -e 'any(.vectors[]; .queue == 0 and .irq > 0 and .packets_per_s != null and .interrupts_per_s != null and
	.polls_per_s == null)' >/dev/null <<<"$OUT" || die "$OUT"
