#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=250 boot=icount
# Verdicts and redirection to a port work as the driver announces: the kernel's own
# xdp_features sends to p0 for each, and looks at what comes of it. (It does not know the
# features of AF_XDP and of several buffers: xskxceiver, xdp/frags.) It gives each answer
# a second, which is one in a guest that counts instructions.
. /src/tests/vm/lib.sh

FEATURES=/src/build/selftests/$LINUX/xdp_features
here=::ffff:192.0.2.1 there=::ffff:192.0.2.2

setup_peers
for f in XDP_PASS XDP_DROP XDP_ABORTED XDP_TX XDP_REDIRECT XDP_NDO_XMIT; do
	run_bg "$FEATURES" -f $f -D $here -T $there p0
	wait_for 20 sh -c "ss -Htlp | grep -q '\"xdp_features\",pid=$BG,'"
	peer "$FEATURES" -t -f $f -D $here -C $here -T $there p1 >/tmp/features 2>&1 ||
		die "$f: $(cat /tmp/features)"
	wait "$BG" || die "$f: p0's side has status $?"
	# without its colours
	assert_eq "$(tail -n 1 /tmp/features | sed 's/\x1b[^m]*m//g')" "Feature $f: [DETECTED][ADVERTISED]" "what it says"
done
