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
pools_watch
rounds=20
for ((n = 0; n < rounds; n++)); do
	wait_for 20 at_least $(($(stat p0 rx0_xdp_tx) + 50)) stat p0 rx0_xdp_tx
	xsk bind p0 0 -x -n 1 >/dev/null
	queue_free p0 0
done
kill "$BG"
pools_whole "$rounds"
xdp p0 off
to_p0 300 -f 8
