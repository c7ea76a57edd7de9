#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# VLANs: tags set and stripped by the device and by the stack, full frames
# below two tags, and the filter keeps out what nobody asked for.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_peers

vlan() { # LOWER_NAME UPPER_NAME VID ADDRESS-SUFFIX
	ip link add link "p0$1" name "p0$2" type vlan id "$3"
	peer ip link add link "p1$1" name "p1$2" type vlan id "$3"
	ip addr add "10.0.$4.1/24" dev "p0$2"
	peer ip addr add "10.0.$4.2/24" dev "p1$2"
	ip link set "p0$2" up
	peer ip link set "p1$2" up
}
vlan '' .a 5 5
vlan '' .b 4094 94
vlan .a .c 7 7

check() {
	local n
	for n in 5 94 7; do
		ping -q -M 'do' -c 2 -i 0.05 -W 20 -s 1472 10.0.$n.2 >/tmp/ping ||
			die "VLAN net $n, $*: $(cat /tmp/ping)"
	done
	note "good: $*"
}

check "tags by the device"
ethtool -K p0 rxvlan off
check "tag not stripped"
ethtool -K p0 txvlan off
check "tag neither stripped nor inserted"
ethtool -K p0 rxvlan on
check "tag stripped, not inserted"
ethtool -K p0 txvlan on
ip link set p0 down
ip link set p0 up
wait_link p0
check "after down and up"

# A tag that p0 has no device for; the frame is for p0 otherwise.
peer ip link add link p1 name p1.x type vlan id 100
peer ip link set p1.x up
arrived() { sum_stat p0 'rx[0-9]+_packets'; }
send_tagged() {
	before=$(settled arrived)
	pkt send p1.x -N peer -n 50 -m "$(mac_of p0)" >/dev/null
}
let_in() {
	send_tagged
	wait_for 20 at_least $((before + 50)) arrived
	note "good: $1"
}
kept_out() {
	send_tagged
	# behind them one that must come: then they are over
	to_p0 1
	assert_le $(($(settled arrived) - before)) 10 "$1 that came through"
}
kept_out "frames of a filtered VLAN"
ip link set p0 promisc on
let_in "frames of any VLAN while promiscuous"
ip link set p0 promisc off
kept_out "frames of a filtered VLAN after promiscuous"
ip link add link p0 name p0.x type vlan id 100
ip link set p0.x up
let_in "frames of a VLAN that was added"
ip link del p0.x
kept_out "frames of a VLAN that was deleted"
