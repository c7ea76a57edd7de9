#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# Replacing a program two hundred times (ROUNDS), and attaching and detaching, under
# traffic: no frame is lost, each is seen by one program, the link stays.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

rounds=${ROUNDS:-200}
setup_quiet
changes=$(carrier_changes p0)
counted() { sum_stat p0 'rx[0-9]+_xdp_pass'; }

xdp p0 pass
before=$(counted)
flow_start -f 8 -w 24
xdp p0 swap "$rounds" pass pass_frags
sleep 0.5
flow_end
assert_eq "$RECEIVED" "$SENT" "frames that came"
assert_ge "$SENT" "$rounds" "frames sent meanwhile"
gets_to $((before + SENT)) counted

flow_start -f 8 -w 24
xdp p0 swap $((rounds / 4)) pass off
flow_stop
assert_eq "$(carrier_changes p0)" "$changes" "carrier changes"
assert_eq "$(stat p0 resets)" 0 resets
