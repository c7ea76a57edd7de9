#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=250
# Several sockets on one queue, with one UMEM: what each of them publishes is
# sent and completed, called for by its own flag alone; what comes for each of
# them is delivered whole and in order; both at once.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
# all flows to queue 0
ethtool -X p0 weight 1 0
# nobody stops the sender: the ring of the other port holds all of it
peer ethtool -G p1 rx 4096
wait_link p1 peer
wait_link p0
n=4000
[ "$KERNEL" != debug ] || n=1000
half=$((n / 2))
for o in "-k 2" "-k 4" "-k 4 -w" "-k 4 -g" "-k 16 -r 64 -b 16"; do
	before=$(peer cat /sys/class/net/p1/statistics/rx_packets)
	run_bg pkt recv p1 -M peer -f 16 -n $n -d $((60 * SLOW)) >/tmp/recv
	wait_for 20 grep -q ready /tmp/recv
	# shellcheck disable=SC2086 # words
	many tx p0 0 -n $n $o >/tmp/many || die "many tx $o: $(cat /tmp/many)"
	wait "$BG" || die "many tx $o: $(cat /tmp/recv) of $(cat /tmp/many)"
	gets_to $((before + n)) link_stat p1 rx_packets peer

	# nor this one: the port's ring and those of the sockets hold all of it
	ethtool -G p0 rx 4096
	case $o in *"-k 16 -r 64"*) few=$((half < 960 ? half : 960)) ;; *) few=$half ;; esac
	before=$(stat p0 rx0_xsk_packets)
	# shellcheck disable=SC2086 # words
	BIN=many xsk_start m rx p0 0 $o
	blind $few -f 16
	gets_to $((before + few)) stat p0 rx0_xsk_packets
	xsk_stop m
	ethtool -G p0 rx 256
	assert_eq "$(xsk_count m received) $(xsk_count m lost) $(xsk_count m corrupt) $(xsk_count m reordered)" \
		"$few 0 0 0" "received, lost, corrupt, reordered with '$o'"
	assert_eq "$(grep -c 'received [1-9]' /tmp/m)" "$(($(awk '{ print $2 }' <<<"$o") + 1))" \
		"lines of sockets that received, and the sum"

	# shellcheck disable=SC2086 # words
	BIN=many xsk_start e echo p0 0 $o
	round_trip $half -f 16
	xsk_stop e
	assert_eq "$(xsk_count e received) $(xsk_count e sent) $(xsk_count e corrupt)" "$half $half 0" "echo with '$o'"
done
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
