#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: ports=4 timeout=240 named=random-abuse-is-for-make-soak
# A minute of tests/soak: random abuse of two ports, and of the other queues of a
# third, whose flow on queue 0 loses nothing.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/soak.sh

soak $((60 * SLOW)) 1
assert_eq "$FAILURES" 0 "failed rounds of $ROUND"
assert_ge "$ROUND" 5 "rounds"
assert_ge "$FRAMES" 1000 "frames checked"
note "$ROUND rounds, $FAILURES failed"
