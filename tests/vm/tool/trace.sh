#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=400 cpus=2
# tandem trace: the events of a vector's life and work, as many as ethtool and
# /proc/interrupts count; histograms; other drivers; nothing left behind.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

links() { bpftool link list | grep -c '^[0-9]' || true; }
BEFORE=$(links)

# Does the process hold a link for each of its programs?
attached() {
	local fds
	fds=$(readlink "/proc/$BG/fd/"* | sort | uniq -c)
	note "$fds"
	awk '/bpf-prog/ { p = $1 } /bpf_link/ { l = $1 } END { exit !(p && l == p) }' <<<"$fds"
}

# Attached, or over
settled() { ! kill -0 "$BG" || attached; }
no_links() { [ "$(links)" = "$BEFORE" ]; }

# trace_start ARGS...: everything is attached when this returns
trace_start() {
	run_bg tandem trace "$@" >/tmp/trace.out 2>/tmp/trace.err
	wait_for 60 settled
	kill -0 "$BG" || die "trace $* ended: $(cat /tmp/trace.err)"
}

# printed FILTER: an event like that has been
printed() { jq -e -s "any(.[]; $1)" /tmp/trace.out; }

# All that came has been printed: a signal ends it with what was not. It sleeps, and
# what it has printed stays as it is.
caught_up() {
	local size
	size=$(wc -c </tmp/trace.out)
	sleep 0.5
	grep -q '^State:.S' "/proc/$BG/status" && [ "$(wc -c </tmp/trace.out)" = "$size" ]
}

# trace_stop CODE SIGNAL
trace_stop() {
	local rc=0
	kill -"$2" "$BG"
	wait "$BG" || rc=$?
	assert_eq $rc "$1" "exit code of trace ($(cat /tmp/trace.err))"
	assert_eq "$(links)" "$BEFORE" "BPF links afterwards"
}

# Counts of both queues of p1, which sends, as the driver and the kernel have them. The
# kernel does not count an interrupt that comes while its handler runs on another CPU,
# and runs that once more: what arrived may be less than what was handled, never more.
counts() {
	ethtool -S p1 | awk '{ sub(":", "", $1); v[$1] = $2 } END { for (q = 0; q < 2; q++) {
		print "wakeup", q, v["vec" q "_wakeups"]
		print "poll", q, v["vec" q "_polls"]
		print "doorbell", q, v["tx" q "_doorbells"] + v["xdp" q "_doorbells"]
		print "complete", q, v["tx" q "_doorbells"] + v["xdp" q "_doorbells"]
		print "irq", q, v["vec" q "_interrupts"]
	} }'
	awk '$NF ~ /^p1-TxRx-[01]$/ { print "arrived", substr($NF, length($NF)), $2 + $3 }' /proc/interrupts
}

setup_ports 2
SETTINGS=$(settings p0 p1)

note 'the life of a vector'
trace_start p0 --json -e vector,irq
ethtool -L p0 combined 3
irq=$(awk '$NF == "p0-TxRx-2" { sub(":", "", $1); print $1 }' /proc/interrupts)
wait_for 20 printed ".event == \"unmask\" and .irq == $irq"
ethtool -L p0 combined 2
wait_for 20 printed '.event == "free"'
trace_stop 0 INT
[ ! -s /tmp/trace.err ] || die "$(cat /tmp/trace.err)"
entry=$(jq -r 'select(.event == "reserve") | .entry' /tmp/trace.out)
jq -r --argjson e "$entry" 'select(.entry == $e) | .event' /tmp/trace.out | uniq >/tmp/life
note "$(xargs </tmp/life)"
assert_eq "$(grep -vE 'mask|irq' /tmp/life | xargs)" 'reserve map request free' "steps of a vector's life"
jq -e -s --argjson i "$irq" --argjson e "$entry" 'all(.[]; .dev == "p0" and .t >= 0 and .cpu < 2) and
	any(.[]; .event == "request" and .irq == $i and .name == "p0-TxRx-2" and .entry == $e) and
	any(.[]; .event == "reserve" and .dynamic == 1) and any(.[]; .event == "unmask" and .irq == $i)' \
	/tmp/trace.out >/dev/null || die "$(cat /tmp/trace.out)"

note 'a vector that comes while nobody looks for such events'
trace_start p0 --json -e irq
ethtool -L p0 combined 3
wait_link p0
# within a second
sleep 1.5
expect 0 tandem bench txonly p0 -q 2 -n 2000 --wakeup irq
wait_for 20 printed '.event == "irq" and .queue == 2'
trace_stop 0 INT
ethtool -L p0 combined 2
wait_link p0

note 'as many as there were'
counts >/tmp/a0
trace_start p1 -e irq,poll,wakeup,doorbell,complete --json
counts >/tmp/a1
expect 0 tandem bench pair p0 p1 -n 3000 -q 0-1 --wakeup need
sleep 1
counts >/tmp/b1
wait_for 20 caught_up
trace_stop 0 TERM
counts >/tmp/b2
[ ! -s /tmp/trace.err ] || die "$(cat /tmp/trace.err)"
jq -r '[.event, .queue] | @tsv' /tmp/trace.out | sort | uniq -c | awk '{ print $2, $3, $1 }' >/tmp/seen
while read -r event queue a0; do
	a1=$(awk -v e="$event" -v q="$queue" '$1 == e && $2 == q { print $3 }' /tmp/a1)
	b1=$(awk -v e="$event" -v q="$queue" '$1 == e && $2 == q { print $3 }' /tmp/b1)
	b2=$(awk -v e="$event" -v q="$queue" '$1 == e && $2 == q { print $3 }' /tmp/b2)
	n=$(awk -v e="${event/arrived/irq}" -v q="$queue" '$1 == e && $2 == q { print $3; f = 1 } END { if (!f) print 0 }' /tmp/seen)
	note "$event of queue $queue: $n, counted $((b1 - a1)) to $((b2 - a0))"
	assert_ge "$n" $((b1 - a1)) "traced $event events of queue $queue"
	[ "$event" = arrived ] || assert_le "$n" $((b2 - a0)) "traced $event events of queue $queue"
	case $event in poll|wakeup|doorbell) assert_ge "$n" 1 "$event events of queue $queue" ;; esac
done </tmp/a0
jq -e -s 'any(.[]; .event == "poll" and .ns > 0 and .budget > 0 and .work > 0) and
	any(.[]; .event == "doorbell" and .xdp == 1)' /tmp/trace.out >/dev/null || die "$(head /tmp/trace.out)"

note histograms
counts >/tmp/a0
trace_start p1 --hist --json
counts >/tmp/a1
expect 0 tandem bench pair p0 p1 -n 3000 -q 0-1 --wakeup need
expect 0 tandem bench pair p0 p1 -n 1000 -q 0-1 --wakeup irq
sleep 1
counts >/tmp/b1
trace_stop 0 INT
counts >/tmp/b2
# at KEY FILE QUEUE
at() { awk -v e="$1" -v q="$3" '$1 == e && $2 == q { print $3 }' "$2"; }
for q in 0 1; do
	jq --argjson q $q '.vectors[] | select(.queue == $q)' /tmp/trace.out >/tmp/hist
	n=$(jq .poll.count /tmp/hist)
	assert_ge "$n" $(($(at poll /tmp/b1 $q) - $(at poll /tmp/a1 $q))) "measured polls"
	assert_le "$n" $(($(at poll /tmp/b2 $q) - $(at poll /tmp/a0 $q))) "measured polls"
	assert_le "$(jq .wakeup_to_doorbell.count /tmp/hist)" $(($(at wakeup /tmp/b2 $q) - $(at wakeup /tmp/a0 $q))) wakeups
	assert_le "$(jq .irq_to_poll.count /tmp/hist)" $(($(at irq /tmp/b2 $q) - $(at irq /tmp/a0 $q))) interrupts
	jq -e 'all(.irq_to_poll, .poll, .wakeup_to_doorbell, .doorbell_to_complete; .count >= 1 and
		.count == (.log2_ns | add) and .sum_ns >= .max_ns and .max_ns > 0 and
		.max_ns < 3e9 and (.log2_ns | last) > 0)' /tmp/hist >/dev/null || die "$(cat /tmp/trace.out)"
done
note "$(jq -c '[.irq_to_poll, .poll, .wakeup_to_doorbell, .doorbell_to_complete | .sum_ns / .count | floor]' /tmp/hist)"

note 'text, and ends by itself'
run_bg tandem bench txonly p1 -d 600 >/dev/null
wait_for 20 sending p1
expect 0 tandem trace p1 -n 7
assert_eq "$(wc -l <<<"$OUT")" 7 "lines"
grep -qE '^ +[0-9]+\.[0-9]{6}  cpu [01] +p[01] +q [0-9-]+ +v [0-9-]+ +[a-z_]+' <<<"$OUT" || die "$OUT"
expect 0 tandem trace p1 --hist -d 2
grep -qE '^p1 queue 0 vector [0-9]+: doorbell to completion: [0-9,]+ times' <<<"$OUT" || die "$OUT"
# whoever reads it may go
tandem trace p1 2>/dev/null | head -n 3 >/tmp/three
assert_eq "$(wc -l </tmp/three)" 3 "lines through head"
kill "$BG"
wait "$BG" || true
# killed: links go with the process, the module can go too
trace_start p0
kill -KILL "$BG"
wait "$BG" || true
wait_for 20 no_links
# programs go some time after their links
unreferenced() { [ "$(cat /sys/module/tandem/refcnt)" = 0 ]; }
wait_for 20 unreferenced
nothing_left p0 p1

note 'veth: what any driver has'
ip netns add far
ip link add va type veth peer name vb netns far
ip addr add 198.51.100.1/24 dev va
ip netns exec far ip addr add 198.51.100.2/24 dev vb
echo 1 >/proc/sys/net/ipv6/conf/va/disable_ipv6
ip netns exec far sysctl -qw net.ipv6.conf.vb.disable_ipv6=1
ip link set va up
ip netns exec far ip link set vb up
ip link set va xdp obj "$BPF/xdp_pass.bpf.o" sec xdp
trace_start va --json
ping -c 5 -i 0.2 198.51.100.2 >/dev/null
wait_for 20 caught_up
trace_stop 0 INT
ERR=$(cat /tmp/trace.err)
says 'va: no reserve' wakeup doorbell 'tandem driver'
jq -e -s 'any(.[]; .event == "poll" and .dev == "va" and .work > 0 and .ns == null) and all(.[]; .dev == "va")' \
	/tmp/trace.out >/dev/null || die "$(cat /tmp/trace.out)"
note 'a device of another network namespace, with the same index'
ip netns add third
for n in far third; do
	ip netns exec $n sysctl -qw net.ipv6.conf.default.disable_ipv6=1
done
ip -n far link add name vc index "$(cat /sys/class/net/va/ifindex)" type veth peer name vd netns third
ip -n far addr add 203.0.113.1/24 dev vc
ip -n third addr add 203.0.113.2/24 dev vd
ip -n far link set vc up
ip -n third link set vd up
ip -n far link set vc xdp obj "$BPF/xdp_pass.bpf.o" sec xdp
trace_start va --json
ip netns exec far ping -c 5 -i 0.2 203.0.113.2 >/dev/null
ping -c 1 198.51.100.2 >/dev/null
wait_for 20 printed '.event == "poll"'
wait_for 20 caught_up
trace_stop 0 INT
assert_le "$(jq -s 'map(select(.event == "poll") | .work) | add' /tmp/trace.out)" 4 'frames in polls of va'
ip netns del third
expect 0 tandem trace va --hist --json -d 0.5
says 'va: no times'
expect 4 tandem trace va -e wakeup,doorbell && says 'va: no wakeup, doorbell events' 'tandem driver'
trace_start va
ip link del va
rc=0
wait "$BG" || rc=$?
assert_eq $rc 1 "exit code when the device vanished"
tail -n 1 /tmp/trace.err | found '^tandem: va is gone' || die "$(cat /tmp/trace.err)"
assert_eq "$(links)" "$BEFORE" "BPF links afterwards"

note 'bad input'
expect 1 tandem trace nope && says 'no interface named nope'
expect 2 tandem trace a b && says 'too many'
expect 2 tandem trace p0 -e poll,nonsense && says "'nonsense' is not an event"
expect 2 tandem trace p0 -e '' && says --events
expect 2 tandem trace p0 -e poll, && says "'' is not an event"
for v in 0 -1 x ''; do
	expect 2 tandem trace p0 -d "$v" && says --duration
	expect 2 tandem trace p0 -n "$v" && says --count
done
expect 2 tandem trace p0 --hist -n 5 && says --count
expect 2 tandem trace p0 --hist -e poll && says --events
expect 2 tandem trace p0 --hist=1 && says 'takes no value'
expect 3 setpriv --reuid 65534 --clear-groups --bounding-set=-all tandem trace p0
says CAP_BPF CAP_PERFMON sudo
assert_eq "$(links)" "$BEFORE" "BPF links afterwards"

note 'in-tree igb'
to_igb p0
wait_link "$dev"
trace_start "$dev" --json
ip addr add 203.0.113.1/24 dev "$dev"
ping -c 3 -i 0.3 -W 1 203.0.113.2 >/dev/null || true
wait_for 20 caught_up
trace_stop 0 INT
jq -e -s --arg d "$dev" 'any(.[]; .event == "irq" and .irq > 0 and .queue >= 0) and
	any(.[]; .event == "poll" and .budget == 64) and all(.[]; .dev == $d)' /tmp/trace.out >/dev/null ||
	die "$(cat /tmp/trace.out)"
