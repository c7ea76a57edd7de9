#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=200
# Who drives the queues: interrupts by themselves, or the application, with next to
# none. By count, not by time.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

ip link set p0 up
ip link set p1 up
wait_link p0
wait_link p1
packets=200000
[ "$KERNEL" != debug ] || packets=50000
bench() { # MODE
	tandem bench pair p0 p1 -q 0-1 -w "$1" -n $packets --json -i 0 >/tmp/bench || die "bench: $(cat /tmp/bench)"
	jq -e '.zerocopy' /tmp/bench >/dev/null || die "not zero-copy"
}
proc() { echo $(($(irqs p0) + $(irqs p1))); }
driver() { echo $(($(sum_stat p0 'vec[0-9]+_interrupts') + $(sum_stat p1 'vec[0-9]+_interrupts'))); }

before=$(driver)
bench irq
n=$(jq .interrupts /tmp/bench)
assert_ge $(($(driver) - before)) "$n" "interrupts that the driver counted"

before=$(proc)
bench busy
assert_ge "$(jq .packets /tmp/bench)" $packets "packets"
# An application that is off its CPU for 40 ms, on a busy machine, lets the vectors
# drive for a moment; bench/budget looks where that cannot be.
assert_le "$(jq .interrupts /tmp/bench)" 20 "interrupts when the application drives"
assert_ge "$n" 100 "interrupts when they drive"
# with setting up, taking down and the link's own
assert_le $(($(proc) - before)) 300 "interrupts with set-up"
# woken, its NAPI comes without the device's interrupt
bench need
assert_le "$(jq .interrupts /tmp/bench)" 20 "interrupts with need_wakeup"
assert_ge "$(jq '.wakeups_per_mpkt | floor' /tmp/bench)" 1000 "wakeups per million packets"
# the interrupt takes over again
ip netns add peer
ip link set p1 netns peer
echo 1 >/proc/sys/net/ipv6/conf/p0/disable_ipv6
peer ip link set p1 up
wait_link p0
wait_link p1 peer
to_p0 300 -f 8
to_p1 300 -f 8
