#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180 append=iomem=relaxed
# expects-dmesg: NETDEV WATCHDOG|transmit queue .* timed out
# A transmit queue that hangs is reported through devlink, and a reset brings
# it back; with automatic recovery off the administrator does.
. /src/tests/vm/lib.sh

setup_peers
dev=$(readlink -f /sys/class/net/p0/device)
pci=pci/$(basename "$dev")
tx() { devlink -j health show "$pci" reporter tx | jq -r ".health[][0].$1"; }
rings() { devlink -j health diagnose "$pci" reporter tx | jq -r "$1"; }

# Take TCTL.EN away behind the driver's back.
hang() {
	python3 - "$dev/resource0" <<'END'
import mmap, struct, sys
with open(sys.argv[1], "r+b") as f:
    m = mmap.mmap(f.fileno(), 0x1000)
    v, = struct.unpack_from("<I", m, 0x400)
    struct.pack_into("<I", m, 0x400, v & ~2)
END
	# large ones, so that the queue stops, whatever its limit (BQL) has grown to
	ping -q -c 3 -i 0.2 -W 1 -s 1400 192.0.2.2 >/dev/null 2>&1 || true
}

ping -q -c 2 192.0.2.2 >/dev/null
assert_eq "$(rings '[.rings[] | select(.running)] | length')" \
	$(($(find /sys/class/net/p0/queues -maxdepth 1 -name "tx-*" | wc -l) * 2)) "running rings"

note "hung, reported, reset"
hang
wait_for 30 at_least 1 tx recover
assert_ge "$(stat p0 tx_timeouts)" 1 tx_timeouts
assert_ge "$(stat p0 resets)" 1 resets
wait_link p0
wait_for 20 ping -q -c 1 -W 1 192.0.2.2

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
wait_link p0
wait_for 20 ping -q -c 1 -W 1 192.0.2.2
