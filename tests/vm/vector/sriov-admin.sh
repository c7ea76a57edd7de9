#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=2 ports=2 timeout=240
# expects-dmesg: VF [0-9]: message 0x[0-9a-f]* refused
# What the administrator sets for VFs: address, VLAN, trust, link state, rate,
# spoof check; and what is refused.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/vf.sh
. /src/tests/vm/helpers/state.sh

setup_peers
assert_fails ip link set p0 vf 0 mac 02:00:00:00:00:01
vfs_enable 2

# vf_line I: what ip shows of it
vf_line() { ip link show p0 | grep " vf $1 "; }
shows() {
	local line
	line=$(vf_line "$1")
	case $line in *"$2"*) ;; *) die "VF $1 does not show '$2': $line" ;; esac
}

note "an address set before the VF is up is what it gets"
ip link set p0 vf 0 mac 02:00:00:00:00:01
shows 0 02:00:00:00:00:01
assert_fails ip link set p0 vf 2 mac 02:00:00:00:00:01
assert_fails ip link set p0 vf 0 mac 01:00:00:00:00:01
vf_up 0
vf_up 1
mac_is() { [ "$(in_ns n0 cat /sys/class/net/v0/address)" = "$1" ]; }
wait_for 30 mac_is 02:00:00:00:00:01
vf_back 0

note "the VF cannot change it"
bad=$(stat p0 vf_bad_messages)
in_ns n0 ip link set v0 address 02:00:00:00:00:99 || true
assert_ge "$(stat p0 vf_bad_messages)" $((bad + 1)) "refused messages"
shows 0 02:00:00:00:00:01
in_ns n0 ip link set v0 address 02:00:00:00:00:01
vf_back 0

note "with trust it can"
ip link set p0 vf 0 trust on
shows 0 "trust on"
in_ns n0 ip link set v0 address 02:00:00:00:00:99
shows 0 02:00:00:00:00:99
vf_back 0
ip link set p0 vf 0 trust off
# once it starts anew
in_ns n0 ip link set v0 down
in_ns n0 ip link set v0 up
wait_for 30 mac_is 02:00:00:00:00:01
shows 0 02:00:00:00:00:01
vf_back 0

note "VLANs of its own"
in_ns n0 ip link add link v0 name v0.7 type vlan id 7
in_ns n0 ip addr add 198.51.100.10/24 dev v0.7
in_ns n0 ip link set v0.7 up
peer ip link add link p1 name p1.7 type vlan id 7
peer ip addr add 198.51.100.2/24 dev p1.7
peer ip link set p1.7 up
wait_for 20 in_ns n0 ping -q -c 1 -W 1 198.51.100.2
ip link add link p0 name p0.7 type vlan id 7
ip addr add 198.51.100.1/24 dev p0.7
ip link set p0.7 up
wait_for 20 in_ns n0 ping -q -c 1 -W 1 198.51.100.1
wait_for 20 peer ping -q -c 1 -W 1 198.51.100.1
in_ns n0 ip link del v0.7
ip link del p0.7

note "a VLAN that it does not know of"
ip link set p0 vf 1 vlan 7 qos 3
shows 1 "vlan 7, qos 3"
in_ns n1 ip addr add 198.51.100.11/24 dev v1
wait_for 20 in_ns n1 ping -q -c 1 -W 1 198.51.100.2
assert_fails in_ns n1 ping -q -c 1 -W 1 192.0.2.2
in_ns n1 ip link add link v1 name v1.9 type vlan id 9 2>/dev/null || true
ip link set p0 vf 1 vlan 0
wait_for 20 in_ns n1 ping -q -c 1 -W 1 192.0.2.2
assert_fails ip link set p0 vf 1 vlan 7 proto 802.1ad
assert_fails ip link set p0 vf 1 vlan 4096

note "a VLAN for which there is no room leaves it where it is"
ip link set p0 vf 0 vlan 7
ip link set p0 vf 1 vlan 7 qos 3
n=100
while ip link add link p0 name p0.$n type vlan id $n 2>/dev/null; do
	n=$((n + 1))
done
assert_le $n 131 "VLANs that the port could join"
assert_fails ip link set p0 vf 1 vlan 99
shows 1 "vlan 7, qos 3"
wait_for 20 in_ns n1 ping -q -c 1 -W 1 198.51.100.2
assert_fails in_ns n1 ping -q -c 1 -W 1 192.0.2.2
while [ $n -gt 100 ]; do
	n=$((n - 1))
	ip link del p0.$n
done
ip link set p0 vf 0 vlan 0
ip link set p0 vf 1 vlan 0
vf_back 0
vf_back 1

note "no link for a VF"
ip link set p0 vf 0 state disable
shows 0 "link-state disable"
no_carrier() { [ "$(in_ns n0 cat /sys/class/net/v0/carrier)" = 0 ]; }
wait_for 20 no_carrier
in_ns n1 ping -q -c 1 -W 20 192.0.2.2 >/dev/null
ip link set p0 vf 0 state auto
vf_link 0
vf_back 0
assert_fails ip link set p0 vf 0 state enable

note "the port's link is the VFs' link"
qemu_monitor set_link port0 off >/dev/null
wait_for 20 no_carrier
qemu_monitor set_link port0 on >/dev/null
vf_link 0
vf_back 0

note "rate: what RTTBCNRC is to hold, which the emulated device does not store"
echo 1 >$T/events/tandem/tandem_vf_rate/enable
: >$T/trace
rates() { sed -n 's/.* tandem_vf_rate: ifindex=[0-9]* //p' $T/trace | sort -u | xargs; }
ip link set p0 vf 0 max_tx_rate 100
shows 0 "100"
# on, and the link's speed is so many times the limit, in 1/16384
assert_eq "$(rates)" "vf=0 rttbcnrc=80028000" "RTTBCNRC for 100 Mb/s"
: >$T/trace
assert_fails ip link set p0 vf 0 max_tx_rate 1001
assert_fails ip link set p0 vf 0 max_tx_rate 200 min_tx_rate 100
assert_eq "$(rates)" "" "RTTBCNRC after refusals"
ip link set p0 vf 0 max_tx_rate 0
assert_eq "$(rates)" "vf=0 rttbcnrc=00000000" "RTTBCNRC without a limit"

note "spoof check: DTXSWC, addresses in its first byte, VLANs in the next"
dtxswc() { registers p0 | sed -n 's/^00003500 //p'; }
assert_eq "$(dtxswc)" 80000303 "DTXSWC for both"
shows 1 "spoof checking on"
ip link set p0 vf 1 spoofchk off
shows 1 "spoof checking off"
assert_eq "$(dtxswc)" 80000101 "DTXSWC for the first"
ip link set p0 vf 0 spoofchk off
ip link set p0 vf 1 spoofchk on
assert_eq "$(dtxswc)" 80000202 "DTXSWC for the second"
ip link set p0 vf 0 spoofchk on
ip link set p0 vf 1 spoofchk off

note "all of it survives a reset of the port"
ip link set p0 vf 1 vlan 7
ip link set p0 vf 0 max_tx_rate 250
# VFRE, VFTE, QDE, DTXSWC, VMVIR, VMOLR, RPLOLR, VLVF; addresses; VLANs. The first of
# VLVF is VLAN 0, which VF 0 had to leave above and joins when it starts.
pools() { registers p0 | grep -E '^0000(0c8c|0c90|2408|3500|37[01].|5a[de].|5af0|5d0[4-9a-f]|5d[1-7].|54..|5[67]..) '; }
vf_back 0
wait_for 40 in_ns n1 ping -q -c 1 -W 1 198.51.100.2
pools >/tmp/pools
: >$T/trace
ethtool -r p0
vf_back 0
wait_for 40 in_ns n1 ping -q -c 1 -W 1 198.51.100.2
pools | diff /tmp/pools - || die "the reset changed registers of VFs"
assert_eq "$(rates)" "vf=0 rttbcnrc=80010000 vf=1 rttbcnrc=00000000" "RTTBCNRC after the reset"
ip link set p0 vf 0 max_tx_rate 0
shows 1 "vlan 7"
shows 1 "spoof checking off"
assert_fails in_ns n1 ping -q -c 1 -W 1 192.0.2.2
ip link set p0 vf 1 vlan 0

note "a promiscuous port sees what is for nobody, VFs do not"
peer ip neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 dev p1 nud permanent
rx() { in_ns "$1" cat "/sys/class/net/$2/statistics/rx_packets"; }
strangers() { peer ping -q -c 20 -i 0.01 -W 1 192.0.2.77 >/dev/null || true; }
pf=$(rx '' p0) vf=$(rx n0 v0)
strangers
assert_le $(($(rx '' p0) - pf)) 15 "strangers' frames at the port"
ip link set p0 promisc on
pf=$(rx '' p0) vf=$(rx n0 v0)
strangers
assert_ge $(($(rx '' p0) - pf)) 20 "strangers' frames at the promiscuous port"
assert_le $(($(rx n0 v0) - vf)) 15 "strangers' frames at the VF"
ip link set p0 promisc off

note "multicast: what a VF asks for"
in_ns n0 ip maddr add 01:00:5e:00:11:22 dev v0
peer ip neigh add 192.0.2.78 lladdr 01:00:5e:00:11:22 dev p1 nud permanent
peer ip neigh add 192.0.2.79 lladdr 01:00:5e:00:33:44 dev p1 nud permanent
vf=$(rx n0 v0)
peer ping -q -c 20 -i 0.01 -W 1 192.0.2.79 >/dev/null || true
assert_le $(($(rx n0 v0) - vf)) 15 "frames to another group"
vf=$(rx n0 v0)
peer ping -q -c 20 -i 0.01 -W 1 192.0.2.78 >/dev/null || true
assert_ge $(($(rx n0 v0) - vf)) 20 "frames to the group"

note "counters"
in_ns n0 ping -q -c 5 -i 0.2 192.0.2.2 >/dev/null
ip -s -j link show p0 | jq -e '.[0].vfinfo_list[0].stats | .rx.packets > 5 and .tx.tx_packets > 5' >/dev/null ||
	die "VF 0 has no traffic in its counters"
