#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150 cpus=4
# Owners of sockets that do what they should not: wake one queue from several CPUs
# at the same moment, give a chunk twice, write where the kernel notes the pieces of
# a frame. It costs them their frames, and nobody else anything.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
note "wakeups from three CPUs"
irq=/proc/irq/$(irq_of p0-TxRx-0)
echo 0 >"$irq/smp_affinity_list"
# the next interrupt moves it
moved() { to_p0 20 && [ "$(<"$irq/effective_affinity_list")" = 0 ]; }
wait_for 20 moved
n=20000
[ "$KERNEL" != debug ] || n=3000
rude storm p0 0 -n $n
assert_ge "$(stat p0 vec0_wakeups)" $((3 * n)) "wakeups"
assert_ge "$(stat p0 vec0_wakeup_ipis)" 1 "wakeups by another CPU"
queue_free p0 0
timeout 20 taskset -c 0 true || die "CPU 0 does not answer"
to_p0 100

# the next socket and the stack: nothing of a frame that was given up stays
survives() {
	xsk_start s echo p0 0 -g
	round_trip 100 -s 60
	round_trip 100 -s 9014 -w 16
	xsk_stop s
	to_p0 100 -s 9014 -w 16
	note "good: $1"
}

ip link set p0 mtu 9000
peer ip link set p1 mtu 9000
note "chunks given twice"
for o in "" "-x" "-C 2048"; do
	# shellcheck disable=SC2086 # words
	BIN=rude xsk_start t twice p0 0 $o
	blind 100 -s 9014
	blind 100 -s 60
	blind 50 -s 3500
	kill "${XSK_PID[t]}"
	wait "${XSK_PID[t]}" || die "rude: $(cat /tmp/t)"
	queue_free p0 0
	survives "twice '$o'"
done
assert_ge "$(stat p0 rx0_drop_bad_desc)" 1 "frames with a buffer twice"

note "tails written by the socket's owner"
BIN=rude xsk_start t scribble p0 0 -x
# no program: copied for the stack
to_p0 100 -s 9014 -w 16
assert_eq "$(sum_stat p0 'rx0_bytes')" "$(link_stat p0 rx_bytes)" "bytes"
xdp p0 tx_frags
round_trip 100 -s 9014 -w 16
xdp p0 off
kill "${XSK_PID[t]}"
wait "${XSK_PID[t]}" || die "rude: $(cat /tmp/t)"
queue_free p0 0
survives scribble
