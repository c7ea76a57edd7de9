#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# Every verdict does what it says, to exactly the frames that were sent: program,
# driver and receiver count the same.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
frames() { xdp p0 seen | cut -d' ' -f1; }
counted() { sum_stat p0 "rx[0-9]+_xdp_$1"; }

xdp p0 pass
for s in 60 61 64 590 1514; do
	to_p0 100 -s $s
done
to_p0 200 -f 8
gets_to "700 $((100 * (60 + 61 + 64 + 590 + 1514) + 200 * 60))" xdp p0 seen
gets_to 700 counted pass

xdp p0 drop
before=$(link_stat p0 rx_packets)
# less than a ring at a time: the key may bring all flows to one queue
blind 150 -f 8
gets_to 150 frames
blind 150 -f 8
gets_to 300 frames
gets_to 300 counted drop
gets_to $((before + 300)) link_stat p0 rx_packets
# none_passes COUNT WANT: so many frames come, then the program has seen WANT, and the
# stack not one
none_passes() {
	run_bg pkt recv p0 -n 0 >/tmp/recv
	wait_for 20 grep -q ready /tmp/recv
	blind "$1"
	gets_to "$2" frames
	kill -TERM "$BG"
	wait "$BG" || true
	grep -q 'received 0' /tmp/recv || die "a dropped frame reached the stack: $(cat /tmp/recv)"
}
none_passes 50 350

t=/sys/kernel/tracing
echo >$t/trace
echo 1 >$t/events/xdp/xdp_exception/enable
traced() { grep -c "xdp_exception.*action=$1" $t/trace || true; }
xdp p0 aborted
none_passes 100 100
gets_to 100 counted aborted
gets_to 100 traced ABORTED
xdp p0 unknown
none_passes 100 100
gets_to 200 counted aborted
gets_to 200 traced ''
echo 0 >$t/events/xdp/xdp_exception/enable

xdp p0 tx
before=$(link_stat p0 tx_packets)
for s in 60 64 1000 1514; do
	pkt flow p1 p1 -N peer -M peer -n 100 -s $s -m "$(mac_of p0)"
done
pkt flow p1 p1 -N peer -M peer -n 400 -f 8
gets_to 800 frames
gets_to 800 counted tx
gets_to $((before + 800)) link_stat p0 tx_packets
gets_to 800 sum_stat p0 'xdp[0-9]+_packets'
assert_eq "$(counted redirect)" 0 "redirects"

xdp p0 off
to_p0 100
assert_eq "$(counted pass)" 700 "frames passed by a program that is gone"
assert_eq "$(counted drop)" 350 "frames dropped by a program that is gone"
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
