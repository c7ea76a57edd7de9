#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=100
# The tracepoints of a vector's life, in order and with their fields, as a queue
# comes, works, moves and goes; and of all vectors of a port, from the moment that
# it is bound until it is given back.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
t=/sys/kernel/tracing
for e in reserve map request free mask unmask affinity; do
	[ -d $t/events/tandem/tandem_vector_$e ] || die "no tracepoint tandem_vector_$e"
done
# the fields of each, which kernel/trace.h promises to keep
fields() {
	sed -n 's/^\tfield:.*[ *]\([a-z_]*\)\(\[.*\]\)\?;\toff.*/\1/p' "$t/events/tandem/tandem_$1/format" |
		grep -v ^common_ | xargs
}
while read -r e names; do
	assert_eq "$(fields "$e")" "$names" "fields of tandem_$e"
done <<'END'
vector_reserve ifindex entry dynamic
vector_map ifindex entry virq
vector_request ifindex entry virq name
vector_mask ifindex entry virq
vector_unmask ifindex entry virq
vector_affinity ifindex entry virq cpu
vector_free ifindex entry
wakeup ifindex queue flags
doorbell ifindex queue xdp end
complete ifindex queue xdp end
steer_tuple ifindex filter owner ftqf saqf daqf spqf imir imirext
steer_etype ifindex filter etqf
vf_rate ifindex vf rttbcnrc
END
assert_eq "$(find $t/events/tandem -mindepth 1 -maxdepth 1 -type d | wc -l)" 13 "tracepoints"
# on a slow machine the socket's polls push out what is looked for at the end
echo 8192 >$t/buffer_size_kb
echo 1 >$t/events/tandem/enable
ethtool -L p0 combined 3
irq=$(irq_of p0-TxRx-2)
ethtool -X p0 weight 0 0 1
to_p0 50 -f 4
ethtool -X p0 default
# each tracepoint under load: one that leaks the preempt count is a splat
xsk_start e echo p0 0
round_trip 300
xsk_stop e
ethtool -L p0 combined 2
echo 0 >$t/events/tandem/enable
i=$(cat /sys/class/net/p0/ifindex)
entry=$(grep -oP "tandem_vector_reserve: ifindex=$i entry=\K[0-9]+" $t/trace)
grep -oE "tandem_vector_[a-z]+: ifindex=$i entry=$entry( |\$).*" $t/trace >/tmp/life
note "$(cat /tmp/life)"
assert_eq "$(grep -oE 'vector_(reserve|map|request|free)' /tmp/life | xargs)" \
	"vector_reserve vector_map vector_request vector_free" "steps of the life of entry $entry"
grep -q "reserve: .* dynamic=1" /tmp/life || die "not a dynamic entry"
grep -q "map: .* virq=$irq" /tmp/life || die "mapped to another IRQ than $irq"
grep -q "request: .* virq=$irq name=p0-TxRx-2" /tmp/life || die "no request under its name"
assert_ge "$(grep -c unmask /tmp/life)" 1 "unmask events"

note "a port that comes, works, changes and goes"
steps() {
	local e
	for e in reserve map request free mask unmask; do
		echo "$1" >$t/events/tandem/tandem_vector_$e/enable
	done
}
# the events of all CPUs in one order
echo counter >$t/trace_clock
pci=$(basename "$(readlink -f /sys/class/net/p0/device)")
driver=/sys/bus/pci/drivers/tandem
echo "$pci" >$driver/unbind
: >$t/trace
steps 1
echo "$pci" >$driver/bind
ip link set "$(ls "/sys/bus/pci/devices/$pci/net")" name p0
echo 1 >/proc/sys/net/ipv6/conf/p0/disable_ipv6
ip link set p0 up
wait_link p0
wait_link p1 peer
run_bg pkt send p1 -N peer -n 0 -f 16 -g 200 -m "$(mac_of p0)" >/tmp/out
sender=$BG
for n in 4 1 5; do
	ethtool -L p0 combined $n
done
xsk_start e echo p0 0
ethtool -r p0
xsk_stop e
ip link set p0 down
ip link set p0 up
wait_link p0
kill "$sender"
i=$(cat /sys/class/net/p0/ifindex)
echo "$pci" >$driver/unbind
steps 0

# Which step may follow on which; an entry that is free has none. A port that is being
# probed has no ifindex yet: no other is. Who takes a vector away masks it, and once
# more if a last poll armed it meanwhile.
cat >/tmp/order.awk <<'EOF'
function after(steps) { if (!index(" " steps " ", " " last[entry] " ")) bad("after " last[entry]) }
function bad(why) { print why ": " $0; failed = 1 }
{
	step = $1; ifindex = substr($2, 9); entry = substr($3, 7)
	if (ifindex != 0 && ifindex != port) next
	if ((step == "reserve") == (entry in last)) bad(step == "reserve" ? "not free" : "free")
	if (step == "map") after("reserve")
	if (step == "request") after("map mask")
	if (step == "unmask") after("request unmask mask")
	if (step == "mask") after("request unmask mask")
	if (step == "free") after("map mask")
	last[entry] = step
	if (step == "free") delete last[entry]
	times[step]++
}
END {
	for (entry in last) { $0 = "entry " entry; bad("never free again") }
	print times["reserve"], times["map"], times["free"], times["request"]
	exit failed
}
EOF
cat $t/trace >/tmp/trace
echo local >$t/trace_clock
assert_eq "$(grep -c LOST /tmp/trace || true)" 0 "gaps in the trace"
grep -oP 'tandem_vector_\K.*' /tmp/trace | sed 's/:/ /' >/tmp/lives
awk -v port="$i" -f /tmp/order.awk /tmp/lives >/tmp/order || die "out of order: $(head -n 20 /tmp/order)"
assert_ge "$(grep -c ^mask /tmp/lives)" 9 "masks"
# at first misc and two queues; then 2 more, 3 fewer, 4 more; all five of them again
# by the reset, and by down and up; misc at first and by the last two
assert_eq "$(cat /tmp/order)" "9 9 9 21" "entries reserved, mapped and freed, and requests"
