#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120
# expects-dmesg: NETDEV WATCHDOG
# A transmit queue that is taken away, or waits for new rings, does not hang, however
# long that takes the driver: the watchdog of the stack has the port not reset. (One
# that does hang: vector/tx-timeout.)
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
# stalled COMMAND...: each vector that it takes down takes 11 s for that
stalled() {
	bpftool prog loadall /src/build/helpers/stall.bpf.o /sys/fs/bpf/stall autoattach
	"$@"
	rm -r /sys/fs/bpf/stall
}
complaints() { dmesg | grep -c 'NETDEV WATCHDOG' || true; }

ethtool -L p0 combined 2
to_p0 100 -f 8
to_p1 100 -f 8
start=$SECONDS
stalled ethtool -L p0 combined 1
assert_ge $((SECONDS - start)) 11 "seconds that it took"
assert_eq "$(complaints)" 0 "complaints about a queue that is gone"
# it says so of one that waits, whatever the driver thinks
stalled ethtool -G p0 rx 128
assert_ge "$(complaints)" 1 "complaints about a queue that waits"
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
to_p0 100
to_p1 100
