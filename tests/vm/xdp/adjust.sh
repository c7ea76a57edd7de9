#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# A program that makes the frame begin earlier, or end elsewhere: the stack and
# the wire get the frame as the program left it.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
# The program puts a tag of VLAN 5 in front; what comes out of p0.5 or p1.5 is
# the frame that was sent.
ip link add link p0 name p0.5 type vlan id 5
peer ip link add link p1 name p1.5 type vlan id 5
echo 1 >/proc/sys/net/ipv6/conf/p0.5/disable_ipv6
peer sh -c 'echo 1 >/proc/sys/net/ipv6/conf/p1.5/disable_ipv6'
ip link set p0.5 up
peer ip link set p1.5 up

xdp p0 tag_pass
for s in 60 200 1510; do
	pkt flow p1 p0.5 -N peer -n 100 -s $s -m "$(mac_of p0)"
done
gets_to 300 sum_stat p0 'rx[0-9]+_xdp_pass'
xdp p0 tag_tx
for s in 60 200 1510; do
	pkt flow p1 p1.5 -N peer -M peer -n 100 -s $s -m "$(mac_of p0)"
done
gets_to 300 sum_stat p0 'rx[0-9]+_xdp_tx'
xdp p0 tail_pass
# 100 bytes became zeroes: all arrive, none with the content that was sent
pkt flow p1 p0 -N peer -n 50 -s 400 -m "$(mac_of p0)" >/tmp/out && die "the end of the frame was not cut"
grep -q 'received 50 lost 0 corrupt 50' /tmp/out || die "$(cat /tmp/out)"

# What a program puts in front of a frame comes with it to the stack, from a page,
# from several and from a socket's buffer.
tc qdisc add dev p0 clsact
tc filter add dev p0 ingress bpf da obj /src/build/helpers/carried.bpf.o sec tc
carried() { tc -s -j qdisc show dev p0 clsact | jq 'map(.drops) | add'; }
xdp p0 meta_pass
blind 100 -s 60
blind 100 -s 1514
gets_to 200 carried
xsk_start meta rx p0 0 -x
blind 100 -s 700
gets_to 300 carried
xsk_stop meta
xdp p0 off
to_p0 100
assert_eq "$(carried)" 300 "frames with something in front"
ip link set p0 mtu 9000
peer ip link set p1 mtu 9000
xdp p0 meta_pass_frags
blind 100 -s 9014
gets_to 400 carried
