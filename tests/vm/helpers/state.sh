# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The whole state of a port as text, to compare before and after whatever resets
# it. Sourced behind lib.sh, or where there is little more than busybox.

T=/sys/kernel/tracing

# furnish IF: settings of all kinds, none as it comes by itself. Frames of flows go
# to queue 2 of 4, all others to queue 0.
furnish() {
	local d
	ethtool -L "$1" combined 4
	ethtool -G "$1" rx 512 tx 1024
	ethtool -C "$1" adaptive-rx off adaptive-tx off rx-usecs 33 tx-usecs 44
	ethtool --per-queue "$1" queue_mask 2 --coalesce rx-usecs 66 tx-usecs 55
	ethtool -X "$1" weight 0 0 1 0
	certain_hash "$1"
	ethtool -N "$1" rx-flow-hash udp4 sd
	ethtool -K "$1" rx-vlan-offload off
	ip link set "$1" mtu 2000
	ip maddr add 01:00:5e:7f:01:02 dev "$1"
	ip link add link "$1" name mv0 address 52:54:00:aa:00:07 type macvlan
	ip link add link "$1" name v5 type vlan id 5
	for d in mv0 v5; do
		# it would send, and join groups, when it likes
		echo 1 >"/proc/sys/net/ipv6/conf/$d/disable_ipv6"
		ip link set "$d" up
	done
	echo 1 >$T/events/tandem/tandem_steer_tuple/enable
	echo 1 >$T/events/tandem/tandem_steer_etype/enable
	: >$T/trace
	ethtool -N "$1" flow-type tcp4 dst-port 443 action 1 >/dev/null
	ethtool -N "$1" flow-type ether proto 0x88b6 action 3 >/dev/null
	filters_written >/tmp/filters
}

# The emulated device stores no 5-tuple filter: those count that were written since
# furnish or the last same_state.
filters_written() { sed -n 's/.* \(tandem_steer_[a-z]*: .*\)/\1/p' $T/trace | sort -u; }

# registers IF: offset and value of what ethtool -d shows, without what the device
# changes (STATUS, EECD), where the rings are and how far they got
registers() {
	ethtool -d "$1" raw on | od -An -v -tx4 -w8 | awk '
		$1 ~ /^000000(08|10)$/ { next }
		$1 ~ /^0000[23][89ab](00|04|10|18)$/ { next }
		$1 ~ /^0000[ce][1-3]([048c][04]|[159d][08])$/ { next }
		{ print $1, $2 }'
}

# port_snapshot IF: one fact a line, or a paragraph of ethtool's
port_snapshot() {
	local irq name o
	awk -v i="$1" '$NF == i || index($NF, i "-") == 1 { sub(":", "", $1); print $1, $NF }' /proc/interrupts |
		while read -r irq name; do
			echo "IRQ $irq $name on CPU $(cat "/proc/irq/$irq/smp_affinity_list")"
		done
	for o in -l -g -c -k -x -a -n; do
		ethtool $o "$1"
	done
	ethtool --per-queue "$1" --show-coalesce
	ethtool -n "$1" rx-flow-hash udp4
	ip -d link show dev "$1"	# with promisc, MTU, the program's id
	ip maddr show dev "$1"
	nl queues "$1"			# with NAPIs, and sockets where the kernel says so
	nl napis "$1"
	devlink -j health diagnose "pci/$(basename "$(readlink -f "/sys/class/net/$1/device")")" reporter vector |
		jq -c '.type, .total, .free, .up, (.entries[] | del(.interrupts, .polls, .wakeups, .cpu))'
	registers "$1"
}

# same_state IF FILE WHAT: it comes to be as port_snapshot wrote it to FILE, and the
# filters were written again. Vectors at work are armed a moment later, a link takes
# its time.
same_state() {
	local end=$((SECONDS + 10 * SLOW))
	until port_snapshot "$1" >/tmp/state && cmp -s "$2" /tmp/state && filters_written | cmp -s /tmp/filters -; do
		[ $SECONDS -lt $end ] ||
			die "$3 changed $1: $(diff "$2" /tmp/state || true; filters_written | diff /tmp/filters - || true)"
	done
	: >$T/trace
}
