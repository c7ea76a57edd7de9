#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# (The emulator applies the multicast hash to unicast addresses too: those that
# must not come through end in bytes that no multicast address in use has.)
# Which destination addresses come through: own, added, foreign, multicast,
# promiscuous; exact in number, and the same after down and up.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
arrived() { sum_stat p0 'rx[0-9]+_packets'; }

# expect N MAC WHAT: of 20 frames to MAC, N come through
expect() {
	local before
	before=$(arrived)
	pkt send p1 -N peer -n 20 -m "$2"
	if [ "$1" = 0 ]; then
		# behind them one that must come, and be the only one: then they are over
		to_p0 1 >/dev/null
		gets_to $((before + 1)) arrived
		assert_eq "$(($(settled arrived) - before - 1))" 0 "frames through: $3"
	else
		gets_to $((before + $1)) arrived
	fi
	note "good: $3"
}

own=$(mac_of p0)
foreign=52:54:00:99:99:99
expect 20 "$own" "own address"
expect 20 ff:ff:ff:ff:ff:ff "broadcast"
expect 0 $foreign "foreign address"
expect 0 01:00:5e:7f:01:02 "multicast not asked for"

ip maddr add 01:00:5e:7f:01:02 dev p0
expect 20 01:00:5e:7f:01:02 "multicast asked for"
expect 0 01:00:5e:11:22:33 "another multicast"
ip link set p0 allmulticast on
expect 20 01:00:5e:11:22:33 "all multicast"
expect 0 $foreign "foreign address with all multicast"
ip link set p0 allmulticast off
expect 0 01:00:5e:11:22:33 "another multicast again"

ip link set p0 promisc on
expect 20 $foreign "foreign address while promiscuous"
ip link set p0 promisc off
expect 0 $foreign "foreign address after promiscuous"

# Second addresses of its own: the device has room for 23
ip link add link p0 name mv0 address 52:54:00:aa:00:00 type macvlan
ip link set mv0 up
expect 20 52:54:00:aa:00:00 "address of a macvlan"
expect 0 52:54:00:aa:77:88 "address of no macvlan"
for n in {10..39}; do
	ip link add link p0 name "mv$n" address 52:54:00:aa:00:"$n" type macvlan
	ip link set "mv$n" up
done
expect 20 52:54:00:aa:00:39 "the thirty-first address"
for n in {10..39}; do
	ip link del "mv$n"
done
expect 0 52:54:00:aa:00:39 "an address that is gone"

# The emulated device takes a unicast frame by its bit in the multicast table,
# too, and IPv6 would set the new address's there.
sysctl -qw net.ipv6.conf.p0.disable_ipv6=1
ip link set p0 down
ip link set p0 address 52:54:00:bb:11:22
ip link set p0 up
wait_link p0
expect 20 52:54:00:bb:11:22 "new address"
expect 0 "$own" "the old address"
expect 20 52:54:00:aa:00:00 "macvlan after down and up"
expect 20 01:00:5e:7f:01:02 "multicast after down and up"
ip link set p0 address "$own"
expect 20 "$own" "address changed while up"
expect 0 52:54:00:bb:11:22 "the address before"
