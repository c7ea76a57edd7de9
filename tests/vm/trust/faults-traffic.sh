#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=debug boot=iommu timeout=900
# As trust/faults, for the way of a frame, in interrupts and out of them. What fails
# costs frames, and the next ones go through: sending and receiving, programs, foreign
# memory, zero-copy buffers that are sent or that the stack or another device gets, all
# of them with frames of one buffer and of several. An IOMMU gives the mapping of a
# buffer an allocation that can fail.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/faults.sh

faults_init
ip link set p0 mtu 9000
ip link set p1 mtu 9000
setup_quiet
mac=$(mac_of p0)
ip link add veth0 mtu 9000 type veth peer name veth1 mtu 9000
for d in veth0 veth1; do
	echo 1 >/proc/sys/net/ipv6/conf/$d/disable_ipv6
	ip link set $d up
done
xdp veth1 pass_frags # or a frame of another driver's memory does not get there

# On CPU 1 is all that is p0's. That CPU keeps the addresses of mappings that ended for
# the next ones, which need no memory then; not so when it has been away.
p0_to() {
	local q
	for q in 0 1; do
		echo "$1" >"/proc/irq/$(irq_of p0-TxRx-$q)/smp_affinity"
	done
}
# shellcheck disable=SC2329,SC2317 # by traffic()
cold() {
	p0_to 1
	echo 0 >/sys/devices/system/cpu/cpu1/online
	echo 1 >/sys/devices/system/cpu/cpu1/online
	p0_to 2
}
BEFORE=cold

# on_cpu1 NAME LINE: a command of its own, on CPU 1
on_cpu1() {
	printf '#!/bin/bash\ntaskset -p 2 $$ >/dev/null\n%s\n' "$2" >"/tmp/bin/$1"
	chmod +x "/tmp/bin/$1"
}
on_cpu1 frames-out 'pkt send p0 -n 64 && pkt send p0 -n 16 -s 9014'
on_cpu1 frames-in "pkt send p1 -N peer -n 64 -m $mac && pkt send p1 -N peer -n 16 -s 9014 -m $mac"
on_cpu1 foreign 'pkt send veth1 -n 64 -s 1200 && pkt send veth1 -n 16 -s 9014'
on_cpu1 short 'pkt send p0 -n 64 -s 15'
on_cpu1 datagrams 'for ((n = 0; n < 32; n++)); do echo x >/dev/udp/10.9.0.2/9; done'
on_cpu1 segments 'exec timeout 20 bash -c "head -c 300000 /dev/zero >/dev/tcp/10.9.0.2/9"'

# shellcheck disable=SC2329,SC2317 # by traffic()
{
sends() { to_p1 20 -w 8 && to_p1 8 -w 4 -s 9014; }
receives() { to_p0 20 -w 8 && to_p0 8 -w 4 -s 9014; }
bounces() { round_trip 20 -w 8 && round_trip 8 -w 4 -s 9014; }
crosses() { flow p1 veth1 -N peer -n 20 -w 8 -m "$mac"; }
from_veth() { flow veth1 p1 -M peer -n 20 -w 8; }
}

before=$(sum_stat p0 'tx[0-9]+_dropped')
traffic send sends frames-out
assert_ge "$(sum_stat p0 'tx[0-9]+_dropped')" $((before + 20)) 'frames that could not be mapped'
traffic receive receives frames-in

# What the stack sends while somebody listens to it: frames that are padded, datagrams and
# segments. Where a frame is written to, it is copied for that.
ip addr add 10.9.0.1/24 dev p0
ip neigh replace 10.9.0.2 lladdr "$(mac_of p1 peer)" dev p0 nud permanent
peer ip addr add 10.9.0.2/24 dev p1
peer ip neigh replace 10.9.0.1 lladdr "$mac" dev p1 nud permanent
run_bg python3 -c 'import socket as s
tap = s.socket(s.AF_PACKET, s.SOCK_RAW, s.htons(3))
tap.bind(("p0", 0))
while tap.recv(65536): pass'
tap=$BG
run_bg ip netns exec peer python3 -c 'import socket as s
sink = s.create_server(("10.9.0.2", 9))
while True:
	with sink.accept()[0] as c:
		while c.recv(65536): pass'
sink=$BG
# the fifth column is the interface that a packet socket is bound to
taps() { awk -v p0="$(</sys/class/net/p0/ifindex)" '$5 == p0 { n++ } END { exit !n }' /proc/net/packet; }
wait_for 20 taps
listens() { [ -n "$(ss -N peer -Hltn 'sport = 9')" ]; }
wait_for 20 listens
traffic padded sends short
traffic datagrams sends datagrams
traffic segments sends segments
kill "$tap" "$sink"
ip addr flush dev p0

xdp p0 tx_frags
traffic tx bounces frames-in
xdp p0 cpumap_frags 1
traffic cpumap receives frames-in
xdp p0 pass_frags
xdp veth0 redirect_frags p0
traffic xmit from_veth foreign
xdp veth0 off

# from here on the memory is a socket's
xsk_start s rx p0 0 -x -g
traffic 'zero-copy pass' receives frames-in
xdp p0 tx_frags
traffic 'zero-copy tx' bounces frames-in
xdp p0 redirect_frags veth0
traffic 'zero-copy redirect' crosses frames-in
xdp p0 cpumap_frags 1
traffic 'zero-copy cpumap' receives frames-in
xsk_stop s
xdp p0 off
ip link del veth0
note "what it cost: $(ethtool -S p0 | awk '/(dropped|alloc_failed|aborted|full): [1-9]/ { print $1 $2 }' | xargs)"
faults_end
