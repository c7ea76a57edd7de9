#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: ports=4 timeout=400
# A hundredth of "make abuse": sockets killed, programs swapped, resets, unplugging
# and all the rest, counted, beside a flow that loses nothing.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/soak.sh

counts 1 1
cat "$TABLE"
assert_eq "$FAILURES" 0 "failures"
# what is not possible is few, and has its reason in the table
assert_ge "$(awk 'NR > 1 && $0 !~ /not possible/' "$TABLE" | wc -l)" 12 "things done"
