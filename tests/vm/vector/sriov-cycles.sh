#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=2 ports=2 timeout=400
# VFs come and go: how many, what the port gives up for them, what is refused
# and why, and twenty times over.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/vf.sh

setup_peers
numvfs=$PF_DEV/sriov_numvfs
channels() { ethtool -l p0 | awk '/Combined/ { v = $2 } END { print v }'; }
most() { ethtool -l p0 | awk '/Combined/ && !n++ { print $2 }'; }
refuses() {
	local n
	n=$(dmesg | wc -l)
	assert_fails sh -c "echo $1 >$numvfs"
	grep -q "$2" <(dmesg | tail -n +$((n + 1))) || die "$1 VFs refused without '$2': $(dmesg | tail -n 3)"
	assert_eq "$(<"$numvfs")" 0 sriov_numvfs
}

note "seven at most"
assert_eq "$(<"$PF_DEV/sriov_totalvfs")" 7 sriov_totalvfs
assert_fails sh -c "echo 8 >$numvfs"

note "reasons"
ethtool -L p0 combined 2
ethtool -X p0 weight 1 1
refuses 2 'RSS'
ethtool -X p0 default
assert_eq "$(channels)" 2 channels

note "VLANs of the port"
for i in $(seq 2 34); do
	ip link add link p0 name "p0.$i" type vlan id "$i"
done
refuses 1 'VLANs'
# nor when the core keeps them from the port, which needs them with VFs
ethtool -K p0 rx-vlan-filter off
refuses 1 'VLANs'
ethtool -K p0 rx-vlan-filter on
for i in $(seq 2 34); do
	ip link del "p0.$i"
done

note "each number, the causes that it takes"
most=$(most)
diag() { devlink -j health diagnose "pci/${PF_DEV##*/}" reporter vector | jq -r "$1"; }
reserved() { diag '[.entries[] | select(.state == "reserved for VFs") | .index] | join(" ")'; }
TABLE=$(diag .total)
echo 0 >"$PF_DEV/sriov_drivers_autoprobe"
for n in 1 2 3 4 5 6 7; do
	vfs_enable "$n"
	assert_eq "$(channels) of $(most)" "1 of 1" "channels with $n VFs"
	# of 25 causes each VF has three
	assert_eq "$(reserved)" "$(seq -s ' ' $((25 - 3 * n)) $((TABLE - 1)))" "entries of $n VFs"
	wait_link p0
	wait_for 20 ping -q -c 1 -W 1 192.0.2.2
	vfs_disable
	assert_eq "$(channels) of $(most)" "2 of $most" "channels after $n VFs"
done

note "a port that is down"
ip link set p0 down
vfs_enable 3
vfs_disable
assert_eq "$(channels)" 2 channels
ip link set p0 up
echo 1 >"$PF_DEV/sriov_drivers_autoprobe"

note "igbvf on a port that is down"
ip link set p0 down
vfs_enable 1
wait_for 20 vf_net 0
ip link set p0 up
vf_up 0
vf_back 0
vfs_disable

times=20
[ "$KERNEL" != debug ] || times=7
note "$times times"
# igbvf speaks before it noticed that the port was reset
bad=$(stat p0 vf_bad_messages)
for i in $(seq $times); do
	vfs_enable $((i % 7 + 1))
	[ $((i % 3)) -ne 0 ] || ethtool -r p0
	vfs_disable
done
assert_eq "$(channels)" 2 channels
wait_link p0
wait_for 20 ping -q -c 1 -W 1 192.0.2.2
assert_eq "$(stat p0 vf_bad_messages)" "$bad" "refused messages"
