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

# under a socket: what the old program redirects and the new one both arrives
xdp p0 off
xsk_start zero echo p0 0
round_flow_start
id() { ip -j link show p0 | jq .[0].xdp.prog.id; }
first=$(id)
xsk swap p0 0 -n "$rounds"
assert_ge "$(id)" $((first + rounds)) "number of the last program"
flow_stop
xsk_stop zero
assert_eq "$(xsk_count zero lost)" 0 "frames lost on the way to the socket"

xdp p0 pass
flow_start -f 8 -w 24
xdp p0 swap $((rounds / 4)) pass off
flow_stop
assert_eq "$(carrier_changes p0)" "$changes" "carrier changes"
assert_eq "$(stat p0 resets)" 0 resets
