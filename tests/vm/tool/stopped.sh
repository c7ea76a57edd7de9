#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300 cpus=2
# However a run ends - Ctrl-C, SIGTERM, SIGKILL, at any moment - nothing is left
# behind, and the next run works.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

# A background job of a script is born deaf to SIGINT: wait until the tool, no
# longer the shell that starts it, catches it.
hears() { grep -qx tandem "/proc/$1/comm" && (($(awk '/^SigCgt/ { print "0x" $2 }' "/proc/$1/status") & 2)); }

clean() { (nothing_left p0 p1); }

setup_ports 2
SETTINGS=$(settings p0 p1)

for n in {1..12}; do
	w=$(echo irq need busy | cut -d' ' -f$((n % 3 + 1)))
	signal=$(echo INT TERM HUP | cut -d' ' -f$((n / 3 % 3 + 1)))
	tandem bench pair p0 p1 -q 0-1 -d 60 --wakeup "$w" -i 0 >/tmp/out 2>&1 &
	pid=$!
	wait_for 10 hears $pid
	sleep "0.$((n * 7 % 10))"
	kill -"$signal" $pid
	start=$SECONDS rc=0
	wait $pid || rc=$?
	# before the handlers stand, or before anything was measured
	case $rc in 0|1|130|143|129) ;; *) die "$signal in mode $w: $rc: $(cat /tmp/out)" ;; esac
	assert_le $((SECONDS - start)) $((5 * SLOW)) "seconds until $signal was obeyed in mode $w (round $n: $(cat /tmp/out))"
	nothing_left p0 p1
done

tandem demo p0 p1 -q 2 --seconds 60 >/tmp/out 2>&1 &
pid=$!
wait_for 10 hears $pid
sleep 2
kill -INT $pid || die "the demo ended: $(cat /tmp/out)"
rc=0
wait $pid || rc=$?
assert_eq $rc 1 "exit code of an interrupted demo"
nothing_left p0 p1

for n in 1 2 3; do
	tandem bench pair p0 p1 -q 0-1 -d 60 --wakeup need -i 0 >/tmp/out 2>&1 &
	pid=$!
	sleep "1.$n"
	kill -KILL $pid
	wait $pid || true
	wait_for 5 clean
done
expect 0 tandem bench pair p0 p1 -q 0-1 -n 5000 --verify

# the link goes down under traffic and comes again: traffic goes on
tandem bench pair p0 p1 -d 4 --json >/tmp/out &
pid=$!
sleep 1
ip link set p1 down
sleep 0.5
ip link set p1 up
wait $pid || die "down and up ended the run with $?"
jq -e '.packets > 0' >/dev/null /tmp/out
nothing_left p0 p1
