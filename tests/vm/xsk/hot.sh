#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# Binding and unbinding a hundred sockets (ROUNDS) on queue 1: no carrier change, and
# not one frame lost on queue 0, whether that has a socket or not.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

rounds=${ROUNDS:-100}
[ "$KERNEL" != debug ] || rounds=$((rounds / 4))
setup_quiet
changes=$(carrier_changes p0)

# all_came: of as many frames as there were rounds, at least
all_came() {
	flow_end
	assert_ge "$SENT" "$rounds" "frames sent meanwhile"
	assert_eq "$RECEIVED" "$SENT" "frames that came"
	tail -n 1 /tmp/flow | found ' lost 0 corrupt 0 reordered 0' || die "the flow: $(tail -n 1 /tmp/flow)"
}

flow_start
xsk bind p0 1 -n "$rounds"
all_came
note "good: a flow to the stack"

xsk_start zero echo p0 0
round_flow_start
xsk bind p0 1 -n "$rounds"
all_came
xsk_stop zero
assert_eq "$(xsk_count zero lost)" 0 "frames lost on the way to the socket"

# on the busy queue itself: frames may be lost, the queue not
flow_start
xsk bind p0 0 -n $((rounds / 2)) -x
flow_end
queue_free p0 0
to_p0 500
xsk_start zero echo p0 0
round_trip 500
xsk_stop zero

assert_eq "$(carrier_changes p0)" "$changes" "carrier changes"
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
