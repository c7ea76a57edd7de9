#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# An application that waits in an epoll which polls busily, under load: with the
# deferral of its NAPI, and where the kernel has it (7.2) with the suspension of
# interrupts, not more than ten interrupts per million frames; without either,
# many. After it, interrupts drive the queue again.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
frames=100000
[ "$KERNEL" != debug ] || frames=20000
napi=$(nl queues p0 | awk '$1 == "rx" && $2 == 0 { print $4 }')

# set_napi DEFER FLUSH SUSPEND: of the queue's NAPI; times in ns
set_napi() {
	if [ "$KERNEL" = 7.2 ]; then
		nl set "$napi" "$@"
	else
		defer p0 "$1" "$2"
	fi
}

# under_load: interrupts of the queue while so many frames come are in $N
under_load() {
	local from
	xsk_start e rx p0 0 -e
	run_bg pkt send p1 -N peer -n 0 -g 0 -m "$(mac_of p0)" >/tmp/send
	sender=$BG
	wait_for 20 at_least $(($(stat p0 rx0_xsk_packets) + 2000)) stat p0 rx0_xsk_packets
	N=$(stat p0 vec0_interrupts)
	from=$(stat p0 rx0_xsk_packets)
	wait_for 60 at_least $((from + frames)) stat p0 rx0_xsk_packets
	N=$(($(stat p0 vec0_interrupts) - N))
	from=$(($(stat p0 rx0_xsk_packets) - from))
	kill "$sender"
	wait "$sender" || true
	note "$1: $N interrupts for $from frames"
	xsk_stop e
	assert_eq "$(xsk_count e corrupt)" 0 "corrupt frames"
}

# A hundred: each look of epoll at a socket that asks for a wakeup is one, and a poll
# that finds nothing counts one off.
few_under_load() {
	local n
	# again where the machine left the application out for seconds
	for n in 1 2 3; do
		under_load "$1"
		[ "$N" -gt $((frames / 100000)) ] || return 0
	done
	die "$N interrupts with $1"
}

under_load "nothing set"
assert_ge "$N" $((frames / 2000)) "interrupts without deferral"
set_napi 100 4000000000 0
few_under_load "deferral"
if [ "$KERNEL" = 7.2 ]; then
	set_napi 100 200000 4000000000
	few_under_load "suspension"
fi
set_napi 0 0 0
before=$(stat p0 vec0_interrupts)
to_p0 300
assert_ge "$(stat p0 vec0_interrupts)" $((before + 1)) "interrupts afterwards"
