#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# A socket outlives its port: bound while down, over down and up, a reset, other
# rings, other queues, and the module may go below it.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
both_up() {
	wait_link p0
	wait_link p1 peer
}
under_way() { echo "$(stat p0 rx0_xsk_packets) $(stat p0 xdp0_xsk_packets) $(link_stat p1 rx_packets peer)"; }

ip link set p0 down
xsk_start a echo p0 0
ip link set p0 up
both_up
round_trip 300
note "good: bound while down"
for n in 1 2 3; do
	ip link set p0 down
	ip link set p0 up
done
both_up
round_trip 300
note "good: down and up"
ethtool -r p0
sleep 0.1
both_up
round_trip 300
note "good: reset"
# in the middle of traffic
before=$(stat p0 rx0_xsk_packets)
run_bg pkt send p1 -N peer -n 0 -g 100 -m "$(mac_of p0)" >/tmp/out 2>&1
wait_for 20 at_least $((before + 1)) stat p0 rx0_xsk_packets
ip link set p0 down
ip link set p0 up
both_up
kill "$BG"
wait "$BG" || true
# what the socket has yet to send back is not what comes back below
settled under_way >/dev/null
round_trip 300
note "good: down and up under traffic"

# Rings and queues may change or be refused, but never break the socket
for o in "-G p0 rx 128" "-G p0 rx 4096 tx 4096" "-L p0 combined 1" "-L p0 combined 3" "-L p0 combined 2"; do
	# shellcheck disable=SC2086 # words
	if ethtool $o; then note "ethtool $o works"; else note "ethtool $o is refused"; fi
	round_trip 300
done
xsk_stop a

# the queue of a socket cannot be taken away
xsk_start b echo p0 1
assert_fails ethtool -L p0 combined 1
# closed while the port is down
ip link set p0 down
xsk_stop b
ethtool -L p0 combined 1
ip link set p0 up
both_up
to_p0 300
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"

# the driver goes below a socket that is busy
xsk_start c echo p0 0
before=$(stat p0 rx0_xsk_packets)
run_bg pkt send p1 -N peer -n 0 -g 100 -m "$(mac_of p0)" >/tmp/out 2>&1
wait_for 20 at_least $((before + 1)) stat p0 rx0_xsk_packets
timeout 30 rmmod "$DRIVER"
kill -9 "${XSK_PID[c]}"
