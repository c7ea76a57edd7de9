#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120
# Frames of several buffers (XDP_USE_SG), both ways, around every limit.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
ip link set p0 mtu 9000
peer ip link set p1 mtu 9000
n=0 sizes="60 1023 1024 1025 1514 2048 3071 3072 3073 6144 6145 9014"
# a size takes seconds there
[ "$KERNEL" != debug ] || sizes="60 1025 3072 3073 9014"
all=$((40 * $(wc -w <<<"$sizes")))
for o in "-g" "-g -C 2048" "-g -H 256" "-g -w" "-g -u"; do
	# shellcheck disable=SC2086 # words
	xsk_start g$n echo p0 0 $o
	for s in $sizes; do
		round_trip 40 -s "$s" -w 16
	done
	xsk_stop g$n
	assert_eq "$(xsk_count g$n received) $(xsk_count g$n corrupt)" "$all 0" "socket with '$o'"
	n=$((n + 1))
done
# back out by a program, copied from the socket's buffers
xdp p0 tx_frags
xsk_start tx rx p0 0 -g -x
before=$(stat p0 rx0_xdp_tx)
for s in $sizes; do
	round_trip 40 -s "$s" -w 16
done
xsk_stop tx
assert_eq "$(stat p0 rx0_xdp_tx) $(xsk_count tx received)" "$((before + all)) 0" "frames that XDP_TX sent, and received"
# and to the stack
xdp p0 pass_frags
xsk_start pass rx p0 0 -g -x
before=$(stat p0 rx0_xdp_pass)
for s in $sizes; do
	to_p0 40 -s "$s"
done
assert_eq "$(xdp p0 seen | cut -d' ' -f1)" $all "frames that the program has seen"
xsk_stop pass
assert_eq "$(stat p0 rx0_xdp_pass) $(xsk_count pass received)" "$((before + all)) 0" "frames that XDP_PASS let through, and received"
xdp p0 off
to_p0 100 -s 9014
assert_eq "$(stat p0 rx0_drop_bad_desc) $(stat p0 rx0_drop_too_long)" "0 0" "frames given up"
