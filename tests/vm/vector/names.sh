#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=100
# /proc/interrupts: one vector per ring pair, named after the interface and
# what it serves, one for the rest; each counts the traffic of its queue only;
# the names follow the interface.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
lines() { awk '{ print $NF }' /proc/interrupts | { grep -E "^$1(-|\$)" || true; } | sort | xargs; }

assert_eq "$(lines p0)" "p0 p0-TxRx-0 p0-TxRx-1" "interrupts of p0"
ethtool -L p0 combined 4
assert_eq "$(lines p0)" "p0 p0-TxRx-0 p0-TxRx-1 p0-TxRx-2 p0-TxRx-3" "interrupts of p0 with 4 queues"
for q in 0 1 2 3; do
	only_queue p0 $q
	before=()
	for i in 0 1 2 3; do before+=("$(irq_count p0-TxRx-$i)"); done
	to_p0 200 -f 8 -w 8
	for i in 0 1 2 3; do
		n=$(($(irq_count p0-TxRx-$i) - before[i]))
		if [ $i = $q ]; then
			assert_ge $n 2 "interrupts of queue $i"
		else
			# a frame that the kernel sends by itself
			assert_le $n 1 "interrupts of queue $i, traffic is on $q"
		fi
		[ $i != $q ] || note "queue $i: $n interrupts"
	done
	irqs_counted p0 $q
done
ethtool -X p0 default

# another name, up and down
old=$(irq_of p0-TxRx-3)
ip link set p0 name uplink
assert_eq "$(lines p0)" "" "interrupts under the old name"
assert_eq "$(lines uplink)" "uplink uplink-TxRx-0 uplink-TxRx-1 uplink-TxRx-2 uplink-TxRx-3" "interrupts after renaming"
assert_eq "$(irq_of uplink-TxRx-3)" "$old" "IRQ number"
ip link set uplink down
assert_eq "$(lines uplink)" "" "interrupts of a closed port"
ip link set uplink name p0
ip link set p0 up
wait_link p0
assert_eq "$(lines p0)" "p0 p0-TxRx-0 p0-TxRx-1 p0-TxRx-2 p0-TxRx-3" "interrupts after coming up"
assert_eq "$(irq_of p0-TxRx-3)" "$old" "IRQ number after down and up"
ethtool -L p0 combined 1
assert_eq "$(lines p0)" "p0 p0-TxRx-0" "interrupts with one queue"
