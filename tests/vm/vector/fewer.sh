#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=4 timeout=400 driver=none
# expects-dmesg: loading out-of-tree module
# A machine that is short of interrupts (fewer/fewer.c): with one MSI-X entry the
# misc causes share it, with two there is one ring pair, and there is MSI; or the CPUs
# have no room when the handlers are installed. The driver says so in one line;
# traffic, programs and zero-copy work in each.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

# short PARAMETERS...: the driver, loaded in such a machine
short() {
	insmod "/src/build/helpers/$KERNEL/fewer/fewer.ko" "$@"
	lab_load_driver tandem
	setup_quiet
}

# all_work QUEUES: what there is of the port works
all_work() {
	assert_eq "$(channels p0)" "$1" "queues"
	to_p0 300 -f 8
	to_p1 300 -f 8
	xdp p0 tx
	pkt flow p1 p1 -N peer -M peer -n 200
	xdp p0 off
	xsk_start s echo p0 0
	round_trip 300
	xsk_stop s
	assert_eq "$(xsk_count s received)" 300 "frames received by the socket"
	link_by_interrupt p0
	pair_every_way
	assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
}

# long_enough: the machine has all its interrupts again
long_enough() {
	ip netns del peer 2>/dev/null || true
	rmmod fewer
	wait_for 20 rmmod tandem
}

said() { dmesg | grep -c "0000:01:00.0: $1" || true; }

# too_many WANTED MORE FREE: refused, and the log says how many there are. Neither
# kernel has a way for a driver to tell whoever called ethtool.
too_many() {
	local had
	had=$(channels p0)
	assert_fails ethtool -L p0 combined "$1"
	assert_eq "$(dmesg | grep -c "p0: $1 channels: tandem: $2 more vectors wanted, $3 could be had$")" 1 \
		"lines that say so ($(dmesg | tail -n 1))"
	assert_eq "$(channels p0)" "$had" "queues after the refusal"
}

note "enough of them"
short most=32
assert_eq "$(said '[0-9]* ring pairs on')" 0 "lines that say that there are fewer"
long_enough

note "no room for more than two handlers"
short most=32 room=2
assert_eq "$(channels p0)" 2 "queues"
assert_eq "$(dmesg | grep -c 'p0: 2 ring pairs: wanted 4')" 1 "lines that say so"
all_work 2
assert_fails ethtool -L p0 combined 4
room() { echo "$1" >/sys/module/fewer/parameters/room; }
room -1
ethtool -L p0 combined 4
# a table that counts on all of them
ethtool -X p0 equal 4
ip link set p0 down
room 3
assert_fails ip link set p0 up
[[ $OUTPUT == *'No space'* ]] || die "refused with '$OUTPUT'"
room -1
ip link set p0 up
wait_link p0
assert_eq "$(channels p0)" 4 "queues"
long_enough

note "one MSI-X entry and no more"
short most=1 kinds=4 later=0
assert_eq "$(said '1 ring pairs on MSI-X, misc causes shared')" 1 "lines that say so"
all_work 1
too_many 2 1 0
long_enough

note "one at first, three more on request"
short most=1 kinds=4 later=3
ethtool -L p0 combined 3
too_many 8 5 1
all_work 3
long_enough

note "two: one ring pair"
short most=2 later=0
assert_eq "$(said '1 ring pairs on MSI-X: wanted 4')" 1 "lines that say so"
too_many 4 3 0
all_work 1
long_enough

note "MSI"
short most=1 kinds=2
assert_eq "$(said '1 ring pairs on MSI, misc causes shared')" 1 "lines that say so"
grep -qE 'PCI-MSI[^X].* p0-TxRx-0' /proc/interrupts || die "no MSI: $(grep p0 /proc/interrupts)"
all_work 1
assert_fails ethtool -L p0 combined 2
long_enough
