#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180 driver=none
# A device that vanishes in the middle of a run ends it with a word about it.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

for m in 'pair va vb' 'txonly va' 'rxdrop va' 'l2fwd va vb --inflight 64'; do
	for w in irq need busy; do
		ip link add va type veth peer name vb
		ip link set va up
		ip link set vb up
		: >/tmp/out # the last run's
		# shellcheck disable=SC2086 # words
		tandem bench $m -d 60 --allow-copy --wakeup $w >/tmp/out 2>&1 &
		pid=$!
		# a line per second, once all is set up
		wait_for 20 grep -q ' pps ' /tmp/out
		ip link del va
		rc=0
		(sleep $((20 * SLOW)) && kill -KILL $pid) 2>/dev/null &
		watchdog=$!
		wait $pid || rc=$?
		kill $watchdog 2>/dev/null || die "$m, $w: it went on: $(cat /tmp/out)"
		assert_eq $rc 1 "exit code of $m, $w: $(cat /tmp/out)"
		grep -q '^tandem: .*v[ab]' /tmp/out || die "$m, $w: no word about it: $(cat /tmp/out)"
	done
done
