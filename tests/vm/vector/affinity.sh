#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=4 timeout=240
# Vectors start spread over the CPUs; what the administrator writes is kept over
# down and up, -L and a reset, and the work follows it; on 6.12 also over a CPU that
# went away and came back, and what is written just before the port goes down, or while
# it is down: later kernels have the keeping, and forget that.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
aff() { cat "/proc/irq/$(irq_of "p0-TxRx-$1")/smp_affinity_list"; }
eff() { cat "/proc/irq/$(irq_of "p0-TxRx-$1")/effective_affinity_list"; }
set_aff() { echo "$2" >"/proc/irq/$(irq_of "p0-TxRx-$1")/smp_affinity_list"; }
# without interrupt remapping a move waits for the next interrupt
nudge() {
	local q
	for q in 0 1 2 3; do
		only_queue p0 $q
		to_p0 16 -f 8 -w 8
	done
	ethtool -X p0 default
}

ethtool -L p0 combined 4
nudge
assert_eq "$(for q in 0 1 2 3; do eff $q; done | sort | xargs)" "0 1 2 3" "CPUs at the start"
# not only by what the kernel chooses for interrupts that may go anywhere
assert_eq "$(for q in 0 1 2 3; do aff $q; done | sort | xargs)" "0 1 2 3" "affinity at the start"

start3=$(aff 3)
set_aff 0 3
set_aff 1 0-1
set_aff 2 0
nudge
check() {
	nudge
	assert_eq "$(aff 0) $(aff 1) $(aff 2)" "3 0-1 0" "affinity $1"
	assert_eq "$(eff 0) $(eff 2)" "3 0" "CPUs $1"
	case $(eff 1) in 0|1) ;; *) die "queue 1 is on CPU $(eff 1) $1" ;; esac
	note "kept $1"
}
check "as written"
ip link set p0 down
ip link set p0 up
wait_link p0
wait_link p1 peer
check "over down and up"
if [ "$LINUX" = 6.12 ]; then
	first=$(irq_of p0-TxRx-0) second=$(irq_of p0-TxRx-1)
	set_aff 0 1
	ip link set p0 down
	echo 2-3 >"/proc/irq/$second/smp_affinity_list"
	ip link set p0 up
	wait_link p0
	wait_link p1 peer
	assert_eq "$(aff 0) $(aff 1)" "1 2-3" "affinity written right before down, and while down"
	set_aff 0 3
	set_aff 1 0-1
	assert_eq "$(irq_of p0-TxRx-0) $(irq_of p0-TxRx-1)" "$first $second" "Linux IRQs"
	check "as written again"
	# a vector that goes and comes again starts where it did at first
	set_aff 3 0-3
	ethtool -L p0 combined 3
	ethtool -L p0 combined 4
	assert_eq "$(aff 3)" "$start3" "affinity of a vector that came again"
fi
ethtool -L p0 combined 8
check "with more queues"
ethtool -L p0 combined 4
check "with fewer queues"
ethtool -G p0 rx 256
check "with other rings"
ethtool -r p0
sleep 0.1
wait_link p0
wait_link p1 peer
check "over a reset"
xsk_start s rx p0 0 -x
xsk_stop s
check "over a socket"

# the interrupt really comes there
count() { awk -v n=p0-TxRx-0 '$NF == n { print $5 }' /proc/interrupts; }
before=$(count)
to_p0 100 -w 8
assert_ge "$(count)" $((before + 2)) "interrupts of queue 0 on CPU 3"

# a CPU goes and comes back; traffic goes on
flow_start -f 32
echo 0 >/sys/devices/system/cpu/cpu3/online
sleep 0.5
[ "$(eff 0)" != 3 ] || die "queue 0 is still on a CPU that is off"
echo 1 >/sys/devices/system/cpu/cpu3/online
sleep 0.5
flow_stop
check_up() {
	ip link set p0 down
	ip link set p0 up
	wait_link p0
	wait_link p1 peer
}
[ "$LINUX" = 6.12 ] || exit 0
check_up
check "over a CPU that went and came back"
echo 0 >/sys/devices/system/cpu/cpu3/online
check_up
case $(eff 0) in 0|1|2) ;; *) die "queue 0 is on CPU $(eff 0), which is off" ;; esac
echo 1 >/sys/devices/system/cpu/cpu3/online
check_up
check "over down and up while its CPU was off"
