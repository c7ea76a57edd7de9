#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=100 append=pci=nomsi
# A machine without message-signalled interrupts: one INTx line for everything.
# Traffic, programs, zero-copy and busy polling work; the driver says so once.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

assert_eq "$(dmesg | grep -c '0000:01:00.0: 1 ring pairs on INTx')" 1 "lines that say so"
setup_quiet
assert_eq "$(channels p0)" 1 "queues"
assert_fails ethtool -L p0 combined 2
grep -qE 'IO-APIC.* p0-TxRx-0' /proc/interrupts || die "no INTx line: $(grep p0 /proc/interrupts)"

to_p0 500 -f 8
to_p1 500 -f 8
xdp p0 pass
to_p0 200
xdp p0 tx
pkt flow p1 p1 -N peer -M peer -n 200
xdp p0 off
xsk_start s echo p0 0
round_trip 500
xsk_stop s
assert_eq "$(xsk_count s received)" 500 "frames received by the socket"
pair_every_way
# None but when the application was kept waiting for longer than the kernel waits
# for it (40 ms). Without deferral there is one for each of 300 polls.
assert_le "$(jq .interrupts /tmp/bench)" 20 "interrupts when the application drives"
link_by_interrupt p0
ip link set p0 down
ip link set p0 up
wait_link p0
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
