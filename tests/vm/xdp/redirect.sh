#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: ports=4 timeout=150
# XDP_REDIRECT out of our port and into it: another port, itself, a veth, a
# CPU; everything arrives, and a target that cannot take it costs only frames.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
for p in p2 p3; do
	echo 1 >/proc/sys/net/ipv6/conf/$p/disable_ipv6
	ip link set $p up
	wait_link $p
done
ip link set p3 promisc on	# the frames are for p0
frames() { xdp p0 seen | cut -d' ' -f1; }
redirected() { sum_stat p0 'rx[0-9]+_xdp_redirect'; }
# through RXIF COUNT [options]: from the peer through p0 to RXIF
through() {
	flow p1 "$1" -N peer -n "$2" -m "$(mac_of p0)" "${@:3}"
}

for how in redirect devmap; do
	xdp p0 $how p2
	before=$(redirected) sent=$(link_stat p2 tx_packets)
	through p3 300
	through p3 200 -s 1514 -f 8
	gets_to 500 frames
	gets_to $((before + 500)) redirected
	gets_to $((sent + 500)) link_stat p2 tx_packets
	note "good: $how to another port"
done

xdp p0 devmap p0
through p1 300 -M peer -f 8
gets_to 300 sum_stat p0 'xdp[0-9]+_packets'
note "good: devmap to itself"

xdp p0 cpumap 1
through p0 300 -s 900
through p0 300 -f 8
note "good: cpumap to the stack"

ip link add veth0 type veth peer name veth1
echo 1 >/proc/sys/net/ipv6/conf/veth0/disable_ipv6
echo 1 >/proc/sys/net/ipv6/conf/veth1/disable_ipv6
ip link set veth0 up
ip link set veth1 up
xdp veth1 pass
xdp p0 redirect veth0
through veth1 300 -s 1200
xdp veth1 off
xdp p0 off
note "good: to a veth"

# veth0's program gets what veth1 sends; foreign memory goes out of p0
xdp p0 pass
xdp veth0 redirect p0
before=$(sum_stat p0 'xdp[0-9]+_packets')
pkt flow veth1 p1 -M peer -n 300 -s 1200
gets_to $((before + 300)) sum_stat p0 'xdp[0-9]+_packets'
xdp veth0 off
note "good: from a veth"

# from a port's NAPI and a veth's, on two CPUs, into one ring; nobody waits for who
# takes them out, so it has room for all
ethtool -G p3 rx 4096
ethtool -G p2 tx 4096
ethtool -L p2 combined 1
wait_link p2
wait_link p3
xdp p0 redirect p2
xdp veth0 redirect p2
before=$(sum_stat p2 'xdp[0-9]+_packets') arrived=$(link_stat p3 rx_packets)
run_bg taskset -c 0 pkt send p1 -N peer -n 2000 -f 8 -m "$(mac_of p0)" >/tmp/one
one=$BG
run_bg taskset -c 1 pkt send veth1 -n 2000 >/tmp/two
wait "$one" "$BG"
gets_to $((before + 4000)) sum_stat p2 'xdp[0-9]+_packets'
gets_to $((arrived + 4000)) link_stat p3 rx_packets
assert_eq "$(sum_stat p2 'xdp0_packets')" "$(sum_stat p2 'xdp[0-9]+_packets')" "frames of the one ring"
ethtool -L p2 combined 2
ethtool -G p2 tx 256
ethtool -G p3 rx 256
wait_link p2
wait_link p3
xdp veth0 off
xdp p0 off
note "good: from both at once"

# frames of several buffers: a veth's, and through a CPU
for p in p0 veth0 veth1; do
	ip link set $p mtu 9000
done
peer ip link set p1 mtu 9000
xdp p0 pass_frags
xdp veth0 redirect_frags p0
before=$(sum_stat p0 'xdp[0-9]+_packets')
for s in 3000 4097 8192; do
	pkt flow veth1 p1 -M peer -n 100 -s $s
done
gets_to $((before + 300)) sum_stat p0 'xdp[0-9]+_packets'
xdp veth0 off
xdp p0 cpumap_frags 1
for s in 1514 3073 9014; do
	through p0 100 -s $s
done
xdp p0 off
ip link set p0 mtu 1500
peer ip link set p1 mtu 1500
note "good: of several buffers"

# out of a zero-copy queue, whose buffers stay the pool's
xsk_start zero rx p0 0 -x
xdp p0 redirect p2
before=$(stat p0 rx0_xsk_packets)
through p3 300
gets_to $((before + 300)) stat p0 rx0_xsk_packets
gets_to 300 frames
xsk_stop zero
xdp p0 off
note "good: from a zero-copy queue"

# A target whose ring is full: what it does not take is the sender's to free. Its
# reports wait for a timer that a received frame sets.
ethtool -G p2 tx 64
wait_link p2
wait_link p3
xdp p0 redirect p2
seen=$(frames) sent=$(sum_stat p2 'xdp[0-9]+_packets') full=$(sum_stat p2 'xdp[0-9]+_xdp_full')
defer_far p2 200
flood() {
	pkt send p3 -n 4 -f 4 -m "$(mac_of p2)" >/dev/null
	blind 200 -g 0
	at_least $((full + 1)) sum_stat p2 'xdp[0-9]+_xdp_full'
}
wait_for 20 flood
defer p2 0 0
seen=$(($(settled frames) - seen))
sent=$(($(settled sum_stat p2 'xdp[0-9]+_packets') - sent))
note "$seen frames came, $sent were sent on"
assert_ge $((seen - sent)) 1 "frames that found no room"
pools_watch
xdp p0 off
ip link set p0 down
pools_whole 1
ip link set p0 up
ethtool -G p2 tx 256
for p in p0 p2 p3; do
	wait_link $p
done
wait_link p1 peer
note "good: into a full ring"

# a target without carrier, then down: frames are gone, nothing else
xdp p0 redirect p2
qemu_monitor set_link port2 off
no_carrier() { [ "$(cat /sys/class/net/p2/carrier)" = 0 ]; }
wait_for 20 no_carrier
blind 200 -f 8
gets_to 200 frames
ip link set p2 down
blind 200 -f 8
gets_to 400 frames
ip link set p2 up
qemu_monitor set_link port2 on
wait_link p3
wait_link p2
through p3 200
assert_eq "$(stat p2 resets) $(stat p2 tx_timeouts) $(stat p0 resets)" "0 0 0" "resets and timeouts"
