# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# On which queue of p0 a flow arrives; sourced behind lib.sh and traffic.sh. RX is
# what the driver calls a queue's counters.
: "${RX:=rx}"

# table: the queues that the RSS table of p0 names, entry after entry
table() { ethtool -x p0 | awk '$1 ~ /^[0-9]+:$/ { for (i = 2; i <= NF; i++) printf "%s ", $i }'; }

# Frames of each queue so far
counts() { ethtool -S p0 | awk -v n="^${RX}[0-9]+_packets:\$" '$1 ~ n { printf "%s ", $2 }'; }

# arrives NS QUEUE PROTOCOL SRC DST: frames of that flow, from p1 in NS, do, all of them
# and nowhere else
arrives() {
	local want
	read -ra want <<<"$(counts)"
	want[$2]=$((want[$2] + 8))
	in_ns "$1" python3 /src/tests/vm/helpers/tuple.py p1 "$(mac_of p0)" 8 "${@:3}"
	gets_to "${want[*]} " counts
}
