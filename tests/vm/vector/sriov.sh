#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=2 ports=2 timeout=240
# VFs with the in-tree igbvf: address, link, traffic in all directions, and a
# PF that resets, goes down and leaves under them.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/vf.sh

setup_peers
ethtool -L p0 combined 2
vfs_enable 2
vf_up 0
vf_up 1

note "addresses"
mac=$(in_ns n0 cat /sys/class/net/v0/address)
ip link show p0 | found "vf 0 .*$mac" || die "the PF does not know $mac"

note "VF to port 1, VF to PF, VF to VF"
all_reach
# so that it would see frames of theirs that take the wire
peer ip link set p1 promisc on
before=$(link_stat p1 rx_packets peer)
# many: ARP, and IPv6 in four namespaces, send a few frames of their own meanwhile
in_ns n0 ping -q -c 50 -i 0.02 -W 2 192.0.2.11 >/dev/null
after=$(link_stat p1 rx_packets peer)
peer ip link set p1 promisc off
assert_le $((after - before)) 30 "frames on the wire, of 100 between VFs"

note "queues: one ring pair, no RSS"
assert_eq "$(ethtool -l p0 | awk '/Combined/ { v = $2 } END { print v }')" 1 channels
assert_fails ethtool -L p0 combined 2
assert_fails ethtool -X p0 equal 1

note "the PF resets"
ethtool -r p0
vf_back 0
vf_back 1
all_reach

note "the PF is reset as a PCI function"
echo 1 >/sys/class/net/p0/device/reset
vf_back 0
vf_back 1
all_reach

note "the PF goes down and comes up"
ip link set p0 down
sleep 1
assert_fails in_ns n0 ping -q -c 1 -W 1 192.0.2.11
ip link set p0 up
vf_back 0
vf_back 1
all_reach
assert_eq "$(stat p0 vf_bad_messages)" 0 "refused messages"

note "VFs go, the ring pairs come back"
vfs_disable
assert_eq "$(ethtool -l p0 | awk '/Combined/ { v = $2 } END { print v }')" 2 channels
wait_link p0
ping -q -c 2 -W 5 192.0.2.2 >/dev/null

note "the driver leaves with VFs in use"
vfs_enable 1
vf_up 0
rmmod tandem
[ -z "$(ls -d /sys/bus/pci/devices/0000:01:1* 2>/dev/null)" ] || die "VFs stay without a PF"
