#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# A socket binds while XDP_TX sends pages of the queue: none of them is lost to the
# page_pool that goes, and none is unmapped before it was sent.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
only_queue p0 0
xdp p0 tx
# reports of what was sent come late: some are always under way
ethtool -C p0 adaptive-rx off adaptive-tx off rx-usecs 2000 tx-usecs 2000
run_bg pkt send p1 -N peer -n 0 -f 8 -g 20 -m "$(mac_of p0)" >/tmp/send
t=/sys/kernel/tracing
echo 1 >$t/events/page_pool/page_pool_release/enable
rounds=20
for ((n = 0; n < rounds; n++)); do
	wait_for 20 at_least $(($(stat p0 rx0_xdp_tx) + 50)) stat p0 rx0_xdp_tx
	xsk bind p0 0 -x -n 1 >/dev/null
	queue_free p0 0
done
kill "$BG"
# The kernel looks every second after a pool that misses pages.
sleep 2
echo 0 >$t/events/page_pool/page_pool_release/enable
pools=$(grep -oE 'page_pool=[^ ]+' $t/trace | sort -u | wc -l)
grep -oE 'inflight=-?[0-9]+' $t/trace | sort | uniq -c
assert_ge "$(grep -c 'inflight=0 ' $t/trace)" "$rounds" "page_pools that went, of $pools seen"
assert_eq "$(grep 'inflight=' $t/trace | grep -vc 'inflight=0 ' || true)" 0 "page_pools that missed pages when they went"
xdp p0 off
to_p0 300 -f 8
