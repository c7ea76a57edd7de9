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
