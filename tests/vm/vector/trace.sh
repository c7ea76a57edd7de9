#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=60
# The tracepoints of a vector's life, in order and with their fields, as a queue
# comes, works, moves and goes.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
t=/sys/kernel/tracing
for e in reserve map request free mask unmask affinity; do
	[ -d $t/events/tandem/tandem_vector_$e ] || die "no tracepoint tandem_vector_$e"
done
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
