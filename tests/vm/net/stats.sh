#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# ip -s, ethtool -S and the queue statistics of netlink count exactly the
# frames and bytes that were sent, by the stack, by XDP and in zero-copy, both ways,
# and never fall.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
snap() {
	R=$(link_stat p0 rx_packets) RB=$(link_stat p0 rx_bytes)
	T=$(link_stat p0 tx_packets) TB=$(link_stat p0 tx_bytes)
}
check() { # WHAT RX RX_BYTES TX TX_BYTES, more than at the last snap
	gets_to $((R + $2)) link_stat p0 rx_packets
	gets_to $((RB + $3)) link_stat p0 rx_bytes
	gets_to $((T + $4)) link_stat p0 tx_packets
	gets_to $((TB + $5)) link_stat p0 tx_bytes
	note "good: $1"
}

snap
to_p0 300 -s 60 -f 16
to_p0 200 -s 1000
check "receive" 500 $((300 * 60 + 200 * 1000)) 0 0
snap
# whatever the key of this boot makes of the flows above
ethtool -X p0 weight 0 1
to_p0 50 -s 60 -f 16
ethtool -X p0 default
check "receive on queue 1" 50 $((50 * 60)) 0 0
snap
to_p1 300 -s 100 -f 16
to_p1 100 -s 1514
check "transmit" 0 0 400 $((300 * 100 + 100 * 1514))
snap
xdp p0 drop
blind 200 -s 70
check "XDP_DROP" 200 14000 0 0
snap
xdp p0 tx
round_trip 200 -s 300 -f 16
check "XDP_TX" 200 60000 200 60000
# which come back to p1 as they were: for p0
peer ip link set p1 promisc on
snap
xdp p0 redirect p0
round_trip 200 -s 300 -f 16
check "XDP_REDIRECT, to the port itself" 200 60000 200 60000
xdp p0 off
snap
xsk_start e echo p0 0
round_trip 150 -s 500
check "zero-copy, while bound" 150 75000 150 75000
xsk_stop e
check "zero-copy, unbound" 150 75000 150 75000

# a frame counts once, whatever the buffers that it takes
mtu() {
	ip link set p0 mtu "$1"
	peer ip link set p1 mtu "$1"
	wait_link p0
	wait_link p1 peer
}
mtu 9000
snap
to_p0 40 -s 9014 -w 4
to_p1 50 -s 9014 -w 4
check "several buffers: receive and transmit" 40 $((40 * 9014)) 50 $((50 * 9014))
bounce() { # WHAT
	snap
	round_trip 40 -s 9014 -w 4
	check "several buffers: $1" 40 $((40 * 9014)) 40 $((40 * 9014))
}
xdp p0 tx_frags
bounce XDP_TX
xdp p0 redirect_frags p0
bounce XDP_REDIRECT
xdp p0 off
xsk_start g echo p0 0 -g
bounce zero-copy
xsk_stop g
mtu 1500
peer ip link set p1 promisc off

ethtool_sums() {
	echo "$(sum_stat p0 'rx[0-9]+_packets') $(sum_stat p0 'rx[0-9]+_bytes')" \
		"$(($(sum_stat p0 'tx[0-9]+_packets') + $(sum_stat p0 'xdp[0-9]+_packets')))" \
		"$(($(sum_stat p0 'tx[0-9]+_bytes') + $(sum_stat p0 'xdp[0-9]+_bytes')))"
}
qstats_sums() {
	nl qstats p0 | awk '{ s[$1 $3] += $4 } END { print s["rxpackets"], s["rxbytes"], s["txpackets"], s["txbytes"] }'
}
all="$(link_stat p0 rx_packets) $(link_stat p0 rx_bytes) $(link_stat p0 tx_packets) $(link_stat p0 tx_bytes)"
assert_eq "$(ethtool_sums)" "$all" "sum of ethtool -S"
assert_eq "$(qstats_sums)" "$all" "sum of the queue statistics"
q0=$(nl qstats p0 | awk '$1 == "rx" && $2 == 0 && $3 == "packets" { print $4 }')
assert_eq "$q0" "$(stat p0 rx0_packets)" "netlink's packets of queue 0"

# over down, up, fewer queues, more queues, a reset
total() { echo "$(link_stat p0 rx_packets) $(link_stat p0 tx_packets)"; }
before=$(total)
ip link set p0 down
assert_eq "$(total)" "$before" "statistics while down"
ip link set p0 up
wait_link p0
wait_link p1 peer
ethtool -L p0 combined 1
assert_eq "$(total)" "$before" "statistics with fewer queues"
# what the queue that went had counted is the device's base now
device_sums() { nl devstats p0 | xargs; }
gone() { echo $(($(link_stat p0 rx_packets) - $(nl qstats p0 | awk '$1 == "rx" && $3 == "packets" { n += $4 } END { print n }'))); }
assert_ge "$(gone)" 50 "frames of the queue that went"
assert_eq "$(device_sums)" "rx packets $(link_stat p0 rx_packets) rx bytes $(link_stat p0 rx_bytes) tx packets $(link_stat p0 tx_packets) tx bytes $(link_stat p0 tx_bytes)" \
	"the device's statistics of netlink"
ethtool -L p0 combined 2
assert_eq "$(total)" "$before" "statistics with more queues"
ethtool -r p0
assert_eq "$(total)" "$before" "statistics after a reset"
sleep 0.1
wait_link p0
wait_link p1 peer
snap
to_p0 100 -s 200 -f 4
check "receive after all that" 100 20000 0 0
assert_eq "$(link_stat p0 rx_errors) $(link_stat p0 rx_dropped) $(link_stat p0 tx_errors) $(link_stat p0 tx_dropped)" \
	"0 0 0 0" "errors and drops"
