#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# Down and up with traffic both ways: everything comes back every time, no
# timeout, no reset, and a port that was closed stays closed.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_peers
echo 1 >/proc/sys/net/ipv6/conf/p0/keep_addr_on_down
run_bg ping -q -f -s 1000 192.0.2.2 >/tmp/ping.here 2>&1
run_bg peer ping -q -f -s 100 192.0.2.1 >/tmp/ping.peer 2>&1
run_bg pkt send p1 -N peer -n 0 -f 8 -m "$(mac_of p0)" >/tmp/out 2>&1

for n in {1..8}; do
	ip link set p0 down
	[ $((n % 2)) = 0 ] || sleep 0.1
	ip link set p0 up
	[ "$n" -le 4 ] || continue	# down again without a link
	wait_link p0
	# a flood may cost one or two of them
	wait_for 20 ping -q -c 1 -W 1 192.0.2.2
done
wait_link p0
wait_for 20 ping -q -c 1 -W 1 192.0.2.2
wait_for 20 ping -q -c 1 -W 1 2001:db8::2

# The watchdog and a link change must not open what was closed.
ip link set p0 down
irqs=$(irqs p0)
peer ip link set p1 down
peer ip link set p1 up
sleep 3
assert_eq "$(cat /sys/class/net/p0/operstate)" down "state of a closed port"
assert_eq "$(irqs p0)" "$irqs" "interrupts of a closed port"
assert_eq "$(stat p0 tx_timeouts) $(stat p0 resets)" "0 0" "timeouts and resets"
ip link set p0 up
wait_link p0
wait_link p1 peer
wait_for 20 ping -q -c 1 -W 1 192.0.2.2
