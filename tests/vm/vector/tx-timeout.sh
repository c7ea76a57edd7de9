#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240 append=iomem=relaxed
# expects-dmesg: NETDEV WATCHDOG|transmit queue .* timed out
# A transmit queue that hangs is reported through devlink, and a reset brings
# it and all settings back; with automatic recovery off the administrator does. The
# stack's watchdog finds those of the stack, while there is a link; the driver the
# others.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh
. /src/tests/vm/helpers/state.sh

setup_peers
dev=$(readlink -f /sys/class/net/p0/device)
pci=pci/$(basename "$dev")
tx() { devlink -j health show "$pci" reporter tx | jq -r ".health[][0].$1"; }
rings() { devlink -j health diagnose "$pci" reporter tx | jq -r "$1"; }

# Take TCTL.EN away behind the driver's back.
transmit_off() {
	python3 - "$dev/resource0" <<'END'
import mmap, struct, sys
with open(sys.argv[1], "r+b") as f:
    m = mmap.mmap(f.fileno(), 0x1000)
    v, = struct.unpack_from("<I", m, 0x400)
    struct.pack_into("<I", m, 0x400, v & ~2)
END
}

hang() {
	transmit_off
	# large and many, so that the queue stops, whatever its limit (BQL) has grown to;
	# who sends into a queue that has stopped has no end of its own
	timeout $((2 * SLOW)) ping -q -c 40 -l 40 -W 1 -s 1400 192.0.2.2 >/dev/null 2>&1 || true
}

ping -q -c 2 192.0.2.2 >/dev/null
assert_eq "$(rings '[.rings[] | select(.running)] | length')" \
	$(($(find /sys/class/net/p0/queues -maxdepth 1 -name "tx-*" | wc -l) * 2)) "running rings"

furnish p0
# the socket gets what answers come by RSS: nobody is to wait for one
ip neigh replace 192.0.2.2 lladdr "$(mac_of p1 peer)" dev p0 nud permanent
xsk_start s echo p0 2
settled port_snapshot p0 >/tmp/before
as_before() {
	wait_link p0
	wait_link p1 peer
	settled sum_stat p0 'rx[0-9]+_packets' >/dev/null
	same_state p0 /tmp/before "$1"
	round_trip 100 -f 8
	to_p0 100
	to_p1 100 -f 8
}

note "hung, reported, reset"
hang
wait_for 30 at_least 1 tx recover
assert_ge "$(stat p0 tx_timeouts)" 1 tx_timeouts
assert_ge "$(stat p0 resets)" 1 resets
as_before "a timeout"

note "the ring of a socket hung, reported, reset"
# which the watchdog of the stack does not look at: its own queues stay empty
before=$(tx recover)
said=$(dmesg | grep -c 'NETDEV WATCHDOG')
transmit_off
blind 100 -f 8
wait_for 60 at_least $((before + 1)) tx recover
assert_eq "$(dmesg | grep -c 'NETDEV WATCHDOG')" "$said" "complaints of the watchdog"
as_before "a timeout of a socket's ring"

note "left in the rings when the link went"
resets=$(stat p0 resets) timeouts=$(stat p0 tx_timeouts)
transmit_off
timeout $((2 * SLOW)) ping -q -c 3 -i 0.2 -W 1 192.0.2.2 >/dev/null 2>&1 || true
qemu_monitor set_link port0 off >/dev/null
wait_for 30 at_least $((resets + 1)) stat p0 resets
qemu_monitor set_link port0 on >/dev/null
as_before "a reset for what was left"
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "$((resets + 1)) $timeouts" "resets and timeouts"

note "hung, reported, left to the administrator"
devlink health set "$pci" reporter tx auto_recover false
before=$(tx error)
resets=$(stat p0 resets)
hang
wait_for 30 at_least $((before + 1)) tx error
assert_eq "$(stat p0 resets)" "$resets" resets
assert_eq "$(tx state)" error state
devlink health recover "$pci" reporter tx
assert_eq "$(tx state)" healthy state
as_before "recovery by hand"
xsk_stop s
