#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: ports=4 timeout=150
# Frames of several buffers through programs that declare frags: PASS, TX,
# REDIRECT, whole in content; a program without frags and a large MTU exclude
# each other, in either order, and the driver says why.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
for p in p2 p3; do
	echo 1 >/proc/sys/net/ipv6/conf/$p/disable_ipv6
	ip link set $p mtu 9000
	ip link set $p up
	wait_link $p
done
ip link set p3 promisc on	# the frames are for p0
big() {
	ip link set p0 mtu 9000
	peer ip link set p1 mtu 9000
}

xdp p0 pass
assert_fails ip link set p0 mtu 9000
grep -qi 'mtu greater than' <<<"$OUTPUT" || die "the refusal does not say why: $OUTPUT"
assert_eq "$(cat /sys/class/net/p0/mtu)" 1500 "MTU after the refusal"
to_p0 50 -s 1514
xdp p0 off
big
assert_fails xdp p0 pass
grep -qi 'frags' <<<"$OUTPUT" || die "the refusal does not say what to do: $OUTPUT"
assert_fails ip link set dev p0 xdp obj $BPF/xdp_pass.bpf.o sec xdp
grep -qi 'frags' <<<"$OUTPUT" || die "ip does not show the reason: $OUTPUT"
note "refused either way: $OUTPUT"

sizes="60 1514 2048 3000 3072 3073 4096 6144 6145 8192 9014"
each() {
	local s
	for s in $sizes; do
		"$@" -n 20 -s "$s"
	done
}
xdp p0 pass_frags
each flow p1 p0 -N peer
total=0 count=0
for s in $sizes; do
	total=$((total + 20 * s)) count=$((count + 20))
done
# the program saw whole frames, not pieces
gets_to "$count $total" xdp p0 seen
xdp p0 tx_frags
each flow p1 p1 -N peer -M peer
xdp p0 devmap_frags p2
each flow p1 p3 -N peer
xdp p0 redirect_frags p2
each flow p1 p3 -N peer
xdp p0 tail_pass_frags
pkt flow p1 p0 -N peer -n 20 -s 9014 >/tmp/out && die "the end was not cut"
grep -q 'received 20 lost 0 corrupt 20' /tmp/out || die "tail: $(cat /tmp/out)"
xdp p0 drop_frags
before=$(sum_stat p0 'rx[0-9]+_xdp_drop')
# less than a ring at a time: they take three buffers each
blind 50 -s 9014
gets_to $((before + 50)) sum_stat p0 'rx[0-9]+_xdp_drop'
blind 50 -s 9014
gets_to $((before + 100)) sum_stat p0 'rx[0-9]+_xdp_drop'
# back: after the large MTU a program without frags is welcome again
xdp p0 off
ip link set p0 mtu 1500
xdp p0 pass
to_p0 50 -s 1514
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
