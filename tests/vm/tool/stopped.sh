#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300 cpus=2
# However a run ends - Ctrl-C, SIGTERM, SIGKILL, at any moment - nothing is left
# behind, and the next run works.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

clean() { (nothing_left p0 p1); }

setup_ports 2
SETTINGS=$(settings p0 p1)

modes=(irq need busy)
[ "$LINUX" = 6.12 ] || modes+=('suspend --threads')
for n in {1..12}; do
	w=${modes[n % ${#modes[@]}]}
	signal=$(echo INT TERM HUP | cut -d' ' -f$((n / 3 % 3 + 1)))
	# shellcheck disable=SC2086 # words
	tandem bench pair p0 p1 -q 0-1 -d 600 -i 0 --wakeup $w >/tmp/out 2>&1 &
	pid=$!
	wait_for 20 hears $pid
	sleep "0.$((n * 7 % 10))"
	kill -"$signal" $pid
	start=$SECONDS rc=0
	wait $pid || rc=$?
	# before the handlers stand, or before anything was measured
	case $rc in 0|1|130|143|129) ;; *) die "$signal in mode $w: $rc: $(cat /tmp/out)" ;; esac
	# by itself it would go on for ten minutes
	assert_le $((SECONDS - start)) $((20 * SLOW)) "seconds until $signal was obeyed in mode $w (round $n: $(cat /tmp/out))"
	nothing_left p0 p1
done

tandem demo p0 p1 -q 2 --seconds 600 >/tmp/out 2>&1 &
pid=$!
wait_for 20 hears $pid
sleep 2
kill -INT $pid || die "the demo ended: $(cat /tmp/out)"
rc=0
wait $pid || rc=$?
assert_eq $rc 1 "exit code of an interrupted demo"
nothing_left p0 p1

# the others that go on until they are told
while read -r words; do
	for signal in INT TERM; do
		# shellcheck disable=SC2086 # words
		tandem $words >/tmp/out 2>&1 </dev/null &
		pid=$!
		wait_for 20 hears $pid
		sleep 0.5
		kill -$signal $pid || die "tandem $words ended: $(cat /tmp/out)"
		start=$SECONDS rc=0
		wait $pid || rc=$?
		case $rc in 0|1) ;; *) die "$signal for tandem $words: $rc: $(cat /tmp/out)" ;; esac
		assert_le $((SECONDS - start)) $((20 * SLOW)) "seconds until tandem $words obeyed $signal"
		nothing_left p0 p1
	done
done <<'END'
vectors p0 -i 600
top p0 -b -n 1000
trace p0
trace p0 --hist
export p0 --listen 127.0.0.1:9115
export p0 --textfile /tmp/stopped.prom --interval 600
END
! compgen -G '/tmp/stopped.prom*' || die 'export left its file'

# a pairing in the making takes back what it did, one that is made stays
for n in 0 2 4 6 8; do
	tandem pair p0 -q 0-1 --wakeup need >/tmp/out 2>&1 &
	pid=$!
	wait_for 20 hears_or_over $pid
	sleep "0.$n"
	kill -INT $pid 2>/dev/null || true
	rc=0
	wait $pid || rc=$?
	case $rc in
	0) expect 0 tandem unpair p0 ;;
	1) ;;
	*) die "INT for tandem pair: $rc: $(cat /tmp/out)" ;;
	esac
	note "pair, after 0.$n s: $rc"
	nothing_left p0 p1
done

for n in 1 2 3; do
	tandem bench pair p0 p1 -q 0-1 -d 600 --wakeup need -i 0 >/tmp/out 2>&1 &
	pid=$!
	sleep "1.$n"
	kill -KILL $pid
	wait $pid || true
	wait_for 20 clean
done
expect 0 tandem bench pair p0 p1 -q 0-1 -n 5000 --verify

# On 6.12 what holds interrupts back is the device's: whoever ends last of two that
# overlapped has found what the other one set.
note 'runs that overlap'
tandem bench txonly p0 -q 1 -d 600 -i 0 >/tmp/out 2>&1 &
first=$!
wait_for 20 sending p0
tandem bench txonly p0 -q 0 -d 600 -i 0 --no-prog >/tmp/out2 2>&1 &
second=$!
wait_for 20 at_least 1000 stat p0 xdp0_xsk_packets
kill -INT $first
wait $first || die "the first of two: $?: $(cat /tmp/out)"
kill -INT $second
wait $second || die "the second of two: $?: $(cat /tmp/out2)"
nothing_left p0 p1

note 'another name meanwhile'
tandem bench txonly p0 -d 600 -i 0 >/tmp/out 2>&1 &
pid=$!
wait_for 20 sending p0
ip link set p0 name other
rc=0
wait $pid || rc=$?
ip link set other name p0
assert_eq "$rc" 1 "exit code of a run whose port got another name ($(cat /tmp/out))"
nothing_left p0 p1

# the link goes down under traffic and comes again: traffic goes on
tandem bench pair p0 p1 -d 600 --json >/tmp/out &
pid=$!
# a run that finds a port down does not start
wait_for 20 sending p1
ip link set p1 down
sleep 0.5
ip link set p1 up
wait_for 20 sending p1
kill -INT $pid
wait $pid || die "down and up ended the run with $?"
jq -e '.packets > 0' >/dev/null /tmp/out
nothing_left p0 p1

note 'the port is down when the run ends'
# left: what a run has changed, when it ended with RC and the port was down. On 6.12 the
# settings are the device's, which can be set at any time; later the kernel has them per
# NAPI, and there is none.
left() {
	if [ "$LINUX" = 6.12 ]; then
		assert_eq "$rc" 0 "exit code of a run whose port is down at its end: $(cat /tmp/err)"
	else
		[ "$rc" = "$1" ] || die "exit code of a run whose port is down at its end is $rc, not $1: $(cat /tmp/err)"
		jq -e '.complete == false and .prog_id == 0 and (.napis | length) == 2' /run/tandem/*-p0.json >/dev/null ||
			die "no record of it: $(ls /run/tandem)"
		expect 1 tandem unpair p0 && ERR=$(head -n 1 <<<"$ERR") && says p0 NAPI
		expect 1 tandem pair p0 && says 'p0 is down'
	fi
	ip link set p0 up
	wait_link p0
	if [ "$LINUX" != 6.12 ]; then
		expect 0 tandem show p0
		grep -q '^pairing  none, but a run left NAPI settings' <<<"$OUT" || die "$OUT"
		expect 0 tandem show p0 --json
		jq -e '.paired and .complete == false and .wakeup == null' <<<"$OUT" >/dev/null || die "$OUT"
		tandem vectors p0 -i 0 --json | jq -e 'any(.[]; .defer_hard_irqs == 2)' >/dev/null ||
			die 'nothing was left, so nothing is proved'
		expect 1 tandem pair p0 && says interrupted 'tandem unpair p0'
		expect 0 tandem unpair p0
	fi
	nothing_left p0 p1
	[ ! -e /run/tandem ] || die "left: $(ls -d /run/tandem /run/tandem/*)"
}
for signal in INT KILL; do
	tandem bench pair p0 p1 -q 0-1 -d 600 --wakeup need --json >/tmp/out 2>/tmp/err &
	pid=$!
	wait_for 20 sending p1
	ip link set p0 down
	kill -$signal $pid
	rc=0
	wait $pid || rc=$?
	if [ $signal = KILL ]; then
		rc=0
		[ "$LINUX" = 6.12 ] || wait_for 20 compgen -G '/run/tandem/*-p0.json'
		# the guard has ended
		no_guard() { ! grep -qx tandem-guard /proc/[0-9]*/comm; }
		wait_for 20 no_guard
		left 0
	else
		[ "$LINUX" = 6.12 ] || grep -q "^tandem: p0 is down, .*'ip link set p0 up' and 'tandem unpair p0'" /tmp/err ||
			die "no word about it: $(cat /tmp/err)"
		left 1
	fi
done

if [ "$LINUX" != 6.12 ]; then
	note 'one record of two such runs'
	for q in 0 1; do
		tandem bench txonly p0 -q $q -d 600 -i 0 >/tmp/out 2>/tmp/err &
		pid=$!
		wait_for 20 sending p0
		ip link set p0 down
		kill -INT $pid
		wait $pid && die "run $q restored what cannot be restored"
		ip link set p0 up
		wait_link p0
	done
	assert_eq "$(jq -c '[.napis[].queue]' /run/tandem/*-p0.json)" '[0,1]' 'queues of the record'
	expect 0 tandem unpair p0
	nothing_left p0 p1
fi
