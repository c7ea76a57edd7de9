#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=100
# netdev-genl links queue, NAPI and IRQ rightly at any moment: up, down, with
# more and fewer queues, with a socket; the NAPI's id and settings stay where
# the kernel keeps them.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
check() { # QUEUES WHAT
	local q napi irq
	nl queues p0 >/tmp/queues
	nl napis p0 >/tmp/napis
	assert_eq "$(grep -c '^rx' /tmp/queues) $(grep -c '^tx' /tmp/queues) $(wc -l </tmp/napis)" "$1 $1 $1" \
		"receive and transmit queues and NAPIs ($2)"
	for ((q = 0; q < $1; q++)); do
		napi=$(awk -v q=$q '$1 == "rx" && $2 == q { print $4 }' /tmp/queues)
		assert_eq "$(awk -v q=$q '$1 == "tx" && $2 == q { print $4 }' /tmp/queues)" "$napi" "NAPI of transmit queue $q ($2)"
		irq=$(irq_of p0-TxRx-$q)
		assert_eq "$(awk -v n="$napi" '$2 == n { print $4 }' /tmp/napis)" "$irq" "IRQ of NAPI $napi of queue $q ($2)"
	done
	assert_eq "$(awk '/^rx/ { print $4 }' /tmp/queues | sort -u | wc -l)" "$1" "different NAPIs ($2)"
	note "good: $2"
}
napi_ids() { nl queues p0 | awk '/^rx/ { print $4 }' | xargs; }

check 2 up
first=$(napi_ids)
tandem vectors p0 --json >/tmp/vectors
assert_eq "$(jq -r '[.[] | select(.rx_queue != null)] | sort_by(.rx_queue) | map(.napi_id) | join(" ")' /tmp/vectors)" \
	"$first" "NAPIs as the tool shows them"
ip link set p0 down
assert_eq "$(nl queues p0 | grep -vc 'napi -1' || true)" 0 "links of a closed port"
ip link set p0 up
check 2 "down and up"
if [ "$LINUX" != 6.12 ]; then
	assert_eq "$(napi_ids)" "$first" "NAPI ids after down and up"
fi
ethtool -L p0 combined 6
check 6 "six queues"
ethtool -L p0 combined 3
check 3 "three queues"
if [ "$LINUX" != 6.12 ]; then
	assert_eq "$(napi_ids | cut -d' ' -f1,2)" "$first" "NAPI ids of queues that stayed"
fi
ethtool -r p0
check 3 "a reset"
ethtool -G p0 rx 256
check 3 "other rings"
ip link set p0 down
ethtool -L p0 combined 4
ip link set p0 up
check 4 "changed while down"
xsk_start s rx p0 1 -x
check 4 "with a socket"
if [ "$LINUX" != 6.12 ]; then
	assert_eq "$(nl queues p0 | grep xsk | awk '{ print $1 $2 }' | xargs)" "rx1 tx1" "queues with a socket"
fi
xsk_stop s
check 4 "after a socket"
if [ "$LINUX" != 6.12 ]; then
	assert_eq "$(nl queues p0 | grep -c xsk || true)" 0 "queues with a socket that is gone"
fi

[ "$LINUX" != 6.12 ] || exit 0
note "what was set of one NAPI stays with its queue"
settings() {
	local napi
	napi=$(nl queues p0 | awk -v q="$1" '$1 == "rx" && $2 == q { print $4 }')
	nl napis p0 | sed -n "s/^napi $napi irq [0-9]* //p"
}
nl set "$(nl queues p0 | awk '$1 == "rx" && $2 == 1 { print $4 }')" 7 54321 9000
mine="defer 7 flush 54321 suspend 9000" none="defer 0 flush 0 suspend 0"
stays() {
	assert_eq "$(settings 1)" "$mine" "settings of queue 1 ($1)"
	assert_eq "$(settings 0)" "$none" "settings of queue 0 ($1)"
}
stays "just set"
ip link set p0 down
ip link set p0 up
stays "down and up"
ethtool -L p0 combined 2
stays "two queues"
ethtool -r p0
stays "a reset"
ethtool -L p0 combined 1
ethtool -L p0 combined 4
stays "its queue gone and back"
