#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=200
# kill -9 of the application under traffic, many times and in every way of
# driving the queue: the next one can bind at once, and everything flows.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
changes=$(carrier_changes p0)
# both directions never stop: frames for queue 0, the socket sends all back
run_bg pkt send p1 -N peer -n 0 -g 200 -m "$(mac_of p0)" >/tmp/out 2>&1
modes=("echo p0 0" "echo p0 0 -w" "tx p0 0 -b 64" "rx p0 0 -F 0 -A 60000" "rx p0 0")
rounds=50
[ "$KERNEL" != debug ] || rounds=20
for ((n = 1; n <= rounds; n++)); do
	read -ra mode <<<"${modes[n % ${#modes[@]}]}"
	xsk_start k "${mode[@]}"
	sleep "0.0$((n % 10))"
	kill -9 "${XSK_PID[k]}"
	wait "${XSK_PID[k]}" 2>/dev/null || true
done
for n in {1..6}; do
	tandem bench txonly p0 -q 1 --no-prog -w busy -d 60 -i 0 >/tmp/bench 2>&1 &
	pid=$!
	sleep "0.$n"
	kill -9 $pid
	wait $pid 2>/dev/null || true
done
# the application that dies was what held interrupts back
xsk_start last echo p0 0
before=$(stat p0 xdp0_xsk_packets)
wait_for 20 at_least $((before + 1)) stat p0 xdp0_xsk_packets
xsk_stop last
assert_ge "$(xsk_count last received)" 1 "frames received by the last socket"
kill "${BG_PIDS[0]}"
wait "${BG_PIDS[0]}" || true

xsk_start last echo p0 0
round_trip 500
xsk_stop last
xdp p0 off
to_p0 500 -f 8
to_p1 500 -f 8
assert_eq "$(carrier_changes p0)" "$changes" "carrier changes"
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
