#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=2 ports=2 timeout=90
# VFs that another driver of the port has left behind go when ours takes it. With our
# own the device filters by VLAN and takes tags out, and the stack knows, whatever
# was set.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/vf.sh
. /src/tests/vm/helpers/traffic.sh

pci=${PF_DEV##*/}
# to DRIVER: the port's
to() {
	echo "$pci" >"$PF_DEV/driver/unbind"
	echo "$1" >"$PF_DEV/driver_override"
	echo "$pci" >"/sys/bus/pci/drivers/$1/bind"
}
modprobe pci-pf-stub
to pci-pf-stub
echo 0 >"$PF_DEV/sriov_drivers_autoprobe"
echo 2 >"$PF_DEV/sriov_numvfs"
assert_eq "$(<"$PF_DEV/sriov_numvfs")" 2 "VFs of pci-pf-stub"
to tandem
lab_name_ports
assert_eq "$(<"$PF_DEV/sriov_numvfs")" 0 "VFs"
dmesg | found 'the 2 VFs that another driver left go'
ethtool -L p0 combined 2
setup_quiet
assert_eq "$(ethtool -l p0 | awk '/Combined/ { v = $2 } END { print v }')" 2 channels
to_p0 200
to_p1 200

note 'VLANs with VFs of our own'
ethtool -K p0 rx-vlan-filter off rxvlan off
for p in '' peer; do
	dev=p0 n=1
	[ -z "$p" ] || dev=p1 n=2
	in_ns "$p" ip link add link $dev name $dev.5 type vlan id 5
	in_ns "$p" ip addr add 203.0.113.$n/24 dev $dev.5
	in_ns "$p" ip link set $dev.5 up
done
all_are() {
	local f
	for f in rx-vlan-filter rx-vlan-offload; do
		ethtool -k p0 | found "$f: $1" || die "$(ethtool -k p0 | grep rx-vlan), not $1"
	done
}
all_are off
echo 2 >"$PF_DEV/sriov_numvfs"
all_are 'on \[requested off\]'
wait_for 20 ping -q -c 1 -W 1 203.0.113.2
to_p1 200
echo 0 >"$PF_DEV/sriov_numvfs"
all_are off
wait_for 20 ping -q -c 1 -W 1 203.0.113.2
echo 1 >"$PF_DEV/sriov_drivers_autoprobe"
