#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=400 cpus=2
# tandem pair, show and unpair: the profile is set, an application finds the
# pinned map, and everything comes back, also after SIGKILL at any moment.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

PINS=/sys/fs/bpf/tandem
# nothing_left, and no trace of a pairing
unpaired() {
	nothing_left p0
	[ ! -e $PINS ] || die "pins are left: $(find $PINS)"
	[ ! -e /run/tandem ] || die "state is left: $(ls -d /run/tandem /run/tandem/*)"
}
# of queue $1: field $2 in tandem vectors, or the device's on 6.12
value() {
	if [ "$LINUX" = 6.12 ]; then
		cat "/sys/class/net/p0/$3"
	else
		tandem vectors p0 -i 0 --json | jq --argjson q "$1" ".[] | select(.rx_queue == \$q) | .$2"
	fi
}
defer() { value "$1" defer_hard_irqs napi_defer_hard_irqs; }
affinity() { tandem vectors p0 -i 0 --json | jq -r --argjson q "$1" '.[] | select(.rx_queue == $q) | .affinity'; }

expect 1 tandem pair p0 && says 'p0 is down' 'ip link set p0 up'
setup_ports 4
SETTINGS=$(settings p0)

note 'bad input'
expect 2 tandem pair && says 'argument missing'
expect 2 tandem pair p0 p1 && says 'too many'
expect 1 tandem pair nope && says 'no interface named nope'
expect 1 tandem unpair nope && says 'no interface named nope'
expect 1 tandem show nope && says 'no interface named nope'
expect 1 tandem unpair p0 && says 'p0 is not paired'
expect 2 tandem pair p0 -q 4-2 && says --queues
expect 1 tandem pair p0 -q 4 && says 'p0 has queues 0-3, not 4'
expect 2 tandem pair p0 --wakeup fast && says --wakeup irq need busy suspend
expect 2 tandem pair p0 --attach skb && says --attach native dispatcher
for v in x 1- 3-1 '1,' -1 0,,1 99999; do
	expect 2 tandem pair p0 --cpu "$v" && says --cpu "'$v'"
done
expect 1 tandem pair p0 --cpu 1,7 && says 'CPU 7 is not online'
if [ "$LINUX" = 6.12 ]; then
	expect 4 tandem pair p0 --wakeup suspend && says suspend 'Linux 6.13' '--wakeup busy'
fi
unpaired

note 'each profile'
for w in irq need busy suspend; do
	[ "$w-$LINUX" != suspend-6.12 ] || continue
	expect 0 tandem pair p0 -q 1-2 --wakeup $w --cpu 1,0 --json
	jq -e --arg w $w '.dev == "p0" and .wakeup == $w and .program > 0 and .attach == "native" and
		.map == "/sys/fs/bpf/tandem/p0/xsks" and [.queues[].queue] == [1, 2] and
		all(.queues[]; .mode == "zero-copy" and .irq > 0 and .napi_id > 0) and
		.queues[0].affinity == "1" and .queues[1].affinity == "0"' >/dev/null <<<"$OUT" || die "$w: $OUT"
	case $w in irq) want=0 ;; suspend) want=100 ;; *) want=2 ;; esac
	assert_eq "$(defer 1)" $want "deferral in mode $w"
	assert_eq "$(jq -c '[.queues[].defer_hard_irqs]' <<<"$OUT")" "[$want,$want]"
	if [ $w = suspend ]; then
		assert_eq "$(jq -c '[.queues[].irq_suspend_timeout]' <<<"$OUT")" '[20000000,20000000]'
	fi
	[ "$LINUX" = 6.12 ] || assert_eq "$(defer 3)" 0 "deferral of a queue that was not asked for"
	assert_eq "$(affinity 1) $(affinity 2)" '1 0' 'affinity'
	expect 0 tandem unpair p0 --json
	assert_eq "$(jq -c . <<<"$OUT")" '{"dev":"p0","settings":"restored"}' 'what unpair says'
	unpaired
done

note 'modes, twice, show, what stands in the way'
expect 0 tandem pair p0 -q 2
grep -q "sockets go into $PINS/p0/xsks" <<<"$OUT" || die "$OUT"
for d in $PINS $PINS/p0 /run/tandem; do
	assert_eq "$(/usr/bin/stat -c %a "$d")" 700 "mode of $d"
done
for f in $PINS/p0/xsks $PINS/p0/link /run/tandem/*-p0.json; do
	assert_eq "$(/usr/bin/stat -c %a "$f")" 600 "mode of $f"
done
expect 1 tandem pair p0 && says 'p0 is paired already' 'tandem unpair p0'
expect 1 tandem unload p0 && says 'tandem unpair p0'
expect 1 tandem load "$BPF/xdp_pass.bpf.o" p0 && says 'p0 is paired' 'tandem unpair p0' --dispatcher
expect 0 tandem show p0
grep -q '^program .* pair, native' <<<"$OUT" || die "$OUT"
grep -q '^sockets  none' <<<"$OUT" || die "$OUT"
expect 0 tandem show p0 --json
jq -e '.paired and .complete and .program.name == "pair" and .sockets == [] and [.queues[].queue] == [2]' \
	>/dev/null <<<"$OUT" || die "$OUT"

note 'an application'
tandem bench txonly p1 -d 600 --dst "$(cat /sys/class/net/p0/address)" >/dev/null &
sender=$!
# one that is ended before it has measured anything says so, and fails
wait_for 20 sending p1
expect 0 tandem bench rxdrop p0 -q 0-3 -n 2000 --json
jq -e '.zerocopy and .packets >= 2000' >/dev/null <<<"$OUT" || die "bench on the pinned map: $OUT"
kill $sender
wait $sender || die "the sender ended with $?"
run_bg tandem bench txonly p0 -q 3 -d 600 --no-prog
wait_for 20 sh -c 'tandem show p0 --json | jq -e ".sockets | length == 1"'
expect 0 tandem show p0 --json
jq -e --argjson pid $BG '.sockets[0] | .queue == 3 and .mode == "zero-copy" and .pid == $pid and .command == "tandem"' \
	>/dev/null <<<"$OUT" || die "$OUT"
kill $BG
wait $BG || true
expect 0 tandem unpair p0
unpaired

note 'frames without a socket are counted'
# 500 to 700 frames: the ring takes them all, however late the first poll is
ethtool -G p0 rx 1024
burst() {
	expect 0 tandem bench txonly p1 -n 500 --ring 128 --warmup 0 --dst "$(cat /sys/class/net/p0/address)"
}
expect 0 tandem pair p0 -q 0 --count
before=$(link_stat p0 rx_packets)
burst
counted() { tandem show p0 --json | jq '.unpaired | add'; }
all_counted() { [ $(($(link_stat p0 rx_packets) - before)) = "$(counted)" ]; }
wait_for 20 all_counted
assert_ge "$(counted)" 500 'frames counted'
expect 0 tandem show p0
grep -q '^program .* pair_count, native' <<<"$OUT" || die "$OUT"
grep -qE '^unpaired .*queue [0-3]: [0-9,]+.*frames without a socket' <<<"$OUT" || die "$OUT"
# what a socket gets is not
run_bg tandem bench rxdrop p0 -q 0-3 -d 600 -i 0 >/tmp/out
wait_for 20 sh -c 'tandem show p0 --json | jq -e ".sockets | length == 4"'
before=$(counted) received=$(link_stat p0 rx_packets)
burst
assert_ge "$(link_stat p0 rx_packets)" $((received + 500)) 'frames that came'
assert_eq "$(counted)" "$before" 'frames counted, while all queues have a socket'
kill $BG
wait $BG || die "rxdrop ended with $?: $(cat /tmp/out)"
expect 0 tandem unpair p0
unpaired
expect 0 tandem pair p0
tandem show p0 --json | jq -e '.unpaired == null' >/dev/null || die 'counted without having been asked'
expect 0 tandem unpair p0
unpaired

note 'the administrator had other settings'
echo 3 >/sys/class/net/p0/napi_defer_hard_irqs
echo 12345 >/sys/class/net/p0/gro_flush_timeout
SETTINGS=$(settings p0)
expect 0 tandem pair p0 -q 0-3 --wakeup busy
expect 0 tandem unpair p0
unpaired
echo 0 >/sys/class/net/p0/napi_defer_hard_irqs
echo 0 >/sys/class/net/p0/gro_flush_timeout
SETTINGS=$(settings p0)

note 'refused halfway: everything comes back'
tandem load "$BPF/xdp_pass.bpf.o" p0
expect 1 tandem pair p0 && says 'already has an XDP program'
tandem unload p0
unpaired
run_bg tandem bench txonly p0 -q 1 -d 600 --no-prog
wait_for 20 sh -c 'tandem show p0 --json | jq -e ".sockets | length == 1"'
expect 1 tandem pair p0 -q 0-1 --cpu 1 && says 'queue 1 of p0 already has an AF_XDP socket'
kill $BG
wait $BG || true
unpaired
umount /sys/fs/bpf
expect 1 tandem pair p0 && says 'mount -t bpf'
mount -t bpf bpf /sys/fs/bpf
unpaired

note 'a namesake has nothing of it'
expect 0 tandem pair p0
ip link set p0 name other
ip link add p0 type veth peer name p0peer
ip link set p0 up
ip link set p0peer up
ip link set p0 xdp obj "$BPF/xdp_pass.bpf.o" sec xdp
expect 1 tandem bench rxdrop p0 --allow-copy -d 1 && says 'p0 already has an XDP program'
ip link del p0
ip link set other name p0
tandem show p0 --json | jq -e '.paired' >/dev/null || die 'the pairing is gone'
# iproute2 leaves directories of its own in the BPF file system
expect 0 tandem unpair p0
SETTINGS=$(settings p0)
unpaired

note dispatcher
expect 0 tandem pair p0 -q 1 --attach dispatcher --json
jq -e '.attach == "dispatcher" and .program > 0' >/dev/null <<<"$OUT" || die "$OUT"
ip link show p0 | found xdp_dispatcher || die "no dispatcher: $(ip link show p0)"
expect 0 tandem unpair p0
unpaired
expect 0 tandem pair p0 -q 1 --attach dispatcher --count
tandem show p0 --json | jq -e '.unpaired | length == 4' >/dev/null || die "$(tandem show p0)"
expect 0 tandem unpair p0
unpaired
# one that is refused leaves another's program alone, which has the same name
expect 0 tandem load --dispatcher "$BPF/pair.bpf.o" p0
expect 1 env LIBXDP_OBJECT_PATH=/none tandem pair p0 --attach dispatcher && says 'libxdp cannot'
expect 1 tandem load "$BPF/xdp_pass.bpf.o" p0 && says "libxdp's dispatcher runs 1 program on p0"
expect 0 tandem unload p0
unpaired

note 'killed at any moment'
# How long it takes, in microseconds: the moments are spread over that
start=${EPOCHREALTIME/./}
expect 0 tandem pair p0 -q 0-3 --wakeup busy --cpu 1
took=$((${EPOCHREALTIME/./} - start))
expect 0 tandem unpair p0
moment() { awk -v t=$took -v n="$1" -v of="$2" 'BEGIN { printf "%.4f", t * n / of / 1e6 }'; }
half=0
for n in {0..6}; do
	attach=native
	((n == 0 || n % 3)) || attach=dispatcher
	tandem pair p0 -q 0-3 --wakeup busy --cpu 1 --attach $attach >/tmp/out 2>&1 &
	pid=$!
	if [ "$n" = 0 ]; then
		# certainly halfway, however fast this machine is just now
		until compgen -G '/run/tandem/*.json' || ! kill -0 $pid; do :; done >/tmp/record 2>&1
	else
		sleep "$(moment "$n" 6)"
	fi
	kill -KILL $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	# A record that was being written does not count yet. The next run writes it anew,
	# and removes it with what it wrote.
	if compgen -G '/run/tandem/*.json' >/dev/null; then
		note "round $n: $(jq -c '[.complete, (.irqs | length), (.napis | length)]' /run/tandem/*.json)"
		jq -e .complete /run/tandem/*.json >/dev/null || half=$((half + 1))
		expect 1 tandem pair p0 && says 'tandem unpair p0'
		expect 0 tandem unpair p0
	fi
	unpaired
done
assert_ge $half 1 'runs that were killed halfway'
# as if it had been killed right behind each of its steps
expect 0 tandem pair p0 -q 0-3 --wakeup busy --cpu 1
f=$(ls /run/tandem/*-p0.json)
sed -i 's/"complete": *true/"complete": false/' "$f"
rm $PINS/p0/link
expect 1 tandem pair p0 && says 'interrupted' 'tandem unpair p0'
expect 0 tandem unpair p0
unpaired
expect 0 tandem pair p0 --wakeup irq # the settings would be lost with it
rm /run/tandem/*-p0.json
expect 1 tandem pair p0 && says "$PINS/p0" 'tandem unpair p0'
expect 0 tandem unpair p0
expect 0 tandem pair p0
f=$(ls /run/tandem/*-p0.json)
cp "$f" /tmp/good
echo nonsense >"$f"
expect 1 tandem unpair p0 && says 'cannot be understood'
cp /tmp/good "$f"
expect 0 tandem unpair p0
for n in 1 2; do
	tandem pair p0 -q 0-3 --wakeup busy --cpu 1 >/tmp/out 2>&1 &
	pid=$!
	sleep "$(moment "$n" 3)"
	kill -TERM $pid 2>/dev/null || true
	rc=0
	wait $pid || rc=$?
	# done before the signal came, or taken back, or no handler yet
	case $rc in 0) expect 0 tandem unpair p0 ;; 1|143) ;; *) die "SIGTERM: $rc: $(cat /tmp/out)" ;; esac
	unpaired
done

note 'a device that is gone, or another without zero-copy'
ip link add va type veth peer name vb
ip link set va up
ip link set vb up
expect 4 tandem pair va && says 'no AF_XDP zero-copy' --allow-copy
expect 0 tandem pair va --allow-copy --json
jq -e '.queues[0].mode == "copy"' >/dev/null <<<"$OUT" || die "$OUT"
# nothing but interrupts would run its NAPI
assert_eq "$(cat /sys/class/net/va/napi_defer_hard_irqs)" 0 'deferral of a device that copies'
expect 0 tandem vectors va -i 0 --json
jq -e 'all(.[]; (.defer_hard_irqs // 0) == 0)' >/dev/null <<<"$OUT" || die "$OUT"
expect 4 tandem pair vb --allow-copy --cpu 0 && says 'no interrupt' --cpu
ip link del va
expect 1 tandem show va && says 'no interface named va'
expect 0 tandem unpair va
unpaired

note 'a device that moves to another network namespace'
expect 0 tandem pair p0 -q 1 --cpu 1
ip netns add pod
ip link set p0 netns pod
expect 1 tandem unpair p0 && says 'p0 is in another network namespace now' --force
expect 0 ip netns exec pod tandem show p0 --json
jq -e '.paired == false and .wakeup == null and .queues == []' >/dev/null <<<"$OUT" || die "$OUT"
ip -n pod link set p0 netns 1
ip netns del pod
echo 1 >/proc/sys/net/ipv6/conf/p0/disable_ipv6
if [ "$LINUX" != 6.12 ]; then # what the device has can be set while it is down
	expect 1 tandem unpair p0
	grep -q "p0 is down.*'ip link set p0 up' and 'tandem unpair p0'" <<<"$ERR" || die "$ERR"
fi
ip link set p0 up
expect 0 tandem unpair p0
unpaired

if [ "$LINUX" != 6.12 ]; then
	note 'queues that were given back: the next ones have their settings'
	expect 0 tandem pair p0 -q 2-3
	ethtool -L p0 combined 2
	expect 1 tandem unpair p0
	grep -q "queue 3 of p0 is gone.*'ethtool -L p0 combined 4' and 'tandem unpair p0'" <<<"$ERR" || die "$ERR"
	ethtool -L p0 combined 4
	assert_eq "$(defer 2) $(defer 3)" '2 2' 'deferral of queues that came back'
	expect 0 tandem unpair p0
	unpaired
fi

note 'a device that was renamed'
expect 0 tandem pair p0 -q 0 --wakeup busy
ip link set p0 down
ip link set p0 name other.0
ip link set other.0 up
expect 1 tandem unload other.0 && says 'other.0 is paired' 'tandem unpair other.0'
expect 1 tandem load "$BPF/xdp_pass.bpf.o" other.0 && says 'other.0 is paired' 'tandem unpair other.0'
tandem doctor other.0 >/tmp/out || true
grep -q "program [0-9]* of 'tandem pair'" /tmp/out || die "$(cat /tmp/out)"
expect 0 tandem unpair other.0
ip link set other.0 down
ip link set other.0 name p0
ip link set p0 up
wait_link p0
unpaired

note 'a namesake in another network namespace'
expect 0 tandem pair p0
ip netns add x
ip link add va type veth peer name p0 netns x
ip -n x link set p0 up
ip link set va up
expect 1 ip netns exec x tandem pair p0 --allow-copy && says 'another network namespace'
expect 1 ip netns exec x tandem unpair p0 && says 'another network namespace' --force
expect 0 tandem unpair p0
unpaired

# without root: one line, and which right is missing
expect 3 setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all tandem pair p0 && says CAP_NET_ADMIN CAP_BPF sudo
