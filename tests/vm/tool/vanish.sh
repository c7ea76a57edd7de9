#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180 driver=none
# A device that vanishes in the middle of a run ends it with a word about it.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

for m in 'pair va vb' 'txonly va' 'rxdrop va' 'l2fwd va vb --inflight 64'; do
	for w in irq need busy; do
		ip link add va type veth peer name vb
		ip link set va up
		ip link set vb up
		: >/tmp/out # the last run's
		# shellcheck disable=SC2086 # words
		tandem bench $m -d 60 --allow-copy --wakeup $w >/tmp/out 2>&1 &
		pid=$!
		# a line per second, once all is set up
		wait_for 20 grep -q ' pps ' /tmp/out
		ip link del va
		rc=0
		(sleep $((20 * SLOW)) && kill -KILL $pid) 2>/dev/null &
		watchdog=$!
		wait $pid || rc=$?
		kill $watchdog 2>/dev/null || die "$m, $w: it went on: $(cat /tmp/out)"
		assert_eq $rc 1 "exit code of $m, $w: $(cat /tmp/out)"
		grep -q '^tandem: .*v[ab]' /tmp/out || die "$m, $w: no word about it: $(cat /tmp/out)"
	done
done

note 'the others'
veth() {
	ip link add va type veth peer name vb
	ip link set va up
	ip link set vb up
}
# over SECONDS PID: it ends within that time; its exit code is in $rc
over() {
	rc=0
	(sleep $(($1 * SLOW)) && kill -KILL "$2") 2>/dev/null &
	watchdog=$!
	wait "$2" || rc=$?
	kill $watchdog 2>/dev/null || die "it went on: $(cat /tmp/out)"
	wait $watchdog 2>/dev/null || true
}
nothing() { [ ! -e /run/tandem ] && [ ! -e /sys/fs/bpf/tandem ]; }

veth
tandem demo va vb --seconds 60 -q 1 --allow-copy >/tmp/out 2>&1 &
pid=$!
wait_for 20 grep -q ' pps ' /tmp/out
ip link del va
over 20 $pid
assert_eq $rc 1 "exit code of demo: $(cat /tmp/out)"
grep -q '^tandem: v[ab] vanished' /tmp/out || die "no word about it: $(cat /tmp/out)"

# at any moment of a pairing: it fails, or is made and can be taken back
for after in 0 0.1 0.2 0.3 0.5; do
	veth
	tandem pair va --allow-copy --wakeup need >/tmp/out 2>&1 &
	pid=$!
	sleep $after
	ip link del va
	over 20 $pid
	note "pair, $after s: $rc, $(head -n 1 /tmp/out)"
	case $rc in
	0) expect 0 tandem unpair va ;;
	1|4) grep -q '^tandem: ' /tmp/out || die "no word about it: $(cat /tmp/out)" ;;
	*) die "pair ended with $rc: $(cat /tmp/out)" ;;
	esac
	nothing || die "left: $(ls -d /run/tandem/* /sys/fs/bpf/tandem/*)"
done
for after in 0 0.1 0.2 0.4; do
	veth
	tandem doctor va --try --json >/tmp/out 2>/tmp/err &
	pid=$!
	sleep $after
	ip link del va
	over 20 $pid
	note "doctor, $after s: $rc"
	case $rc in
	4) jq -e '.dev == "va"' /tmp/out >/dev/null || die "$(cat /tmp/out)" ;;
	1) grep -q '^tandem: no interface named va' /tmp/err || die "$(cat /tmp/err)" ;;
	*) die "doctor ended with $rc: $(cat /tmp/out /tmp/err)" ;;
	esac
done

# who watches a device for long has nothing to say of it until it is back
ip link set lo up
veth
run_bg tandem export va --listen 127.0.0.1:9576 >/tmp/out 2>&1
wait_for 20 grep -q '^listening' /tmp/out
run_bg tandem export va --textfile /tmp/va.prom --interval 0.2
told() { curl -sf http://127.0.0.1:9576/metrics >/tmp/text && grep -q '{dev="va"' /tmp/text && grep -q '{dev="va"' /tmp/va.prom; }
silent() { curl -sf http://127.0.0.1:9576/metrics >/tmp/text && ! grep -q va /tmp/text && [ -s /tmp/va.prom ] && ! grep -q '"va"' /tmp/va.prom; }
wait_for 20 told
ip link del va
wait_for 20 silent
veth
wait_for 20 told
for pid in "${BG_PIDS[@]: -2}"; do
	kill -TERM "$pid"
	wait "$pid" || die "export ended with $?: $(cat /tmp/out)"
done
ip link del va
