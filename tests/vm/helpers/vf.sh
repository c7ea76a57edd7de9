# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For tests of SR-IOV: VFs of p0 with the in-tree igbvf, VF i as vI in the
# namespace nI with the address 192.0.2.1I.

PF_DEV=$(readlink -f /sys/class/net/p0/device)
# what an earlier test said stays with the device
echo 1 >"$PF_DEV/sriov_drivers_autoprobe"

vfs_enable() {
	modprobe igbvf
	echo "$1" >"$PF_DEV/sriov_numvfs"
	assert_eq "$(<"$PF_DEV/sriov_numvfs")" "$1" sriov_numvfs
}

vfs_disable() {
	echo 0 >"$PF_DEV/sriov_numvfs"
}

# vf_net I: the name of VF I's interface, once it has one
vf_net() { ls "$PF_DEV/virtfn$1/net"; }

# vf_link I: until it has a link, for which igbvf may have to start again
vf_link() { wait_for 40 in_ns "n$1" grep -qx 1 "/sys/class/net/v$1/carrier"; }

# vf_up I
vf_up() {
	local net
	wait_for 20 vf_net "$1"
	net=$(vf_net "$1")
	ip netns add "n$1" 2>/dev/null || true
	in_ns "n$1" ip link set lo up
	ip link set "$net" name "v$1"
	ip link set "v$1" netns "n$1"
	in_ns "n$1" ip addr add "192.0.2.1$1/24" dev "v$1"
	in_ns "n$1" ip link set "v$1" up
	vf_link "$1"
}

# vf_back I: igbvf starts again at most every 10 s, and looks every 2 s; one that the
# port kept waiting for a second gave up and does so once more
vf_back() { wait_for 40 in_ns "n$1" ping -q -c 1 -W 1 192.0.2.2; }

# Everybody of p0, v0, v1 and p1 reaches everybody
all_reach() {
	local from to
	for from in '' n0 n1 peer; do
		for to in 1 2 10 11; do
			wait_for 20 in_ns "$from" ping -q -c 1 -W 2 "192.0.2.$to"
		done
	done
}
