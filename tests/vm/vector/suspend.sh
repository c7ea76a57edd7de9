#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: boot=alone timeout=300
# Suspend and resume, six times, with a socket bound: vectors, RSS, moderation,
# filters, program and socket are as before (helpers/state.sh), and traffic goes on.
#
# virtio's 9p, on which lies what was built, does not survive a suspend. So
# all that is needed is copied to RAM first, and the verdict goes to the console.
# What is suspended are the devices (pm_test); the machine goes on.

RAM=/tmp/ram
# the kernel takes no line of over a thousand bytes
say() { printf '<0>%.700s' "${*//$'\n'/ }" >/dev/kmsg; }
finish() {
	say "RESULT $*"
	echo o >/proc/sysrq-trigger
	sleep 60
}

move_to_ram() {
	local p lib a
	mkdir -p $RAM
	mount -t tmpfs ram $RAM	# "ip netns exec" wants a mount point as its root
	mkdir -p $RAM/{bin,proc,sys,dev,tmp,run}
	for p in bash ip ethtool devlink jq od /src/build/helpers/{pkt,xsk,nl} busybox; do
		p=$(command -v "$p") || finish "FAIL: no $p"
		cp -L "$p" $RAM/bin/
		ldd "$p" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
			mkdir -p "$RAM${lib%/*}"
			cp -L "$lib" "$RAM$lib"
		done
	done
	for a in $(busybox --list); do
		[ -e "$RAM/bin/$a" ] || ln -s busybox "$RAM/bin/$a"
	done
	cp "$0" /src/tests/vm/helpers/state.sh /tmp/filters $RAM/
	bash -c '. /src/scripts/lab/guest-lib.sh; declare -f lab_splats' >$RAM/splats.sh
	mv $RAM/filters $RAM/tmp/
	mount --rbind /dev $RAM/dev
	mount --rbind /run $RAM/run
	mount -t proc proc $RAM/proc
	mount -t sysfs sysfs $RAM/sys
	mount -t tracefs tracefs $RAM/sys/kernel/tracing
	mount -t bpf bpf $RAM/sys/fs/bpf
	echo 1 >/proc/sys/kernel/printk
	export PATH=$PATH:/usr/sbin:/sbin
	exec chroot $RAM /bin/env PATH=/bin SLOW="${SLOW:-1}" /bin/bash /suspend.sh in-ram
}

peer() { ip netns exec peer "$@"; }
traffic() {
	local mac out
	mac=$(cat /sys/class/net/p0/address)
	# back by the socket on queue 2, where RSS sends all
	out=$(pkt flow p1 p1 -N peer -M peer -n 300 -f 8 -m "$mac" 2>&1) || finish "FAIL: $1: echo: $out"
	out=$(pkt flow p0 p1 -M peer -n 300 -f 8 -m "$(peer cat /sys/class/net/p1/address)" 2>&1) ||
		finish "FAIL: $1: from p0: $out"
}
both_up() {
	local n
	for ((n = 0; n < 100 * SLOW; n++)); do
		[ "$(cat /sys/class/net/p0/carrier 2>/dev/null)$(peer cat /sys/class/net/p1/carrier)" != 11 ] || return
		sleep 0.1
	done
	finish "FAIL: $1: no link"
}

if [ "${1:-}" != in-ram ]; then
	ip netns add peer
	echo 1 >/proc/sys/net/ipv6/conf/p0/disable_ipv6
	ip link set p1 netns peer
	peer sh -c 'echo 1 >/proc/sys/net/ipv6/conf/p1/disable_ipv6'
	ip link set p0 up
	peer ip link set p1 up
	# in a shell of its own, for what lib.sh does when a command fails
	bash -c '. /src/tests/vm/lib.sh; . /src/tests/vm/helpers/state.sh; furnish p0' ||
		finish "FAIL: p0 cannot be furnished"
	move_to_ram
fi

. /state.sh
. /splats.sh
die() { finish "FAIL: $*"; }
both_up start
xsk echo p0 2 >/tmp/xsk 2>&1 &
for ((n = 0; n < 100 * SLOW; n++)); do
	! grep -q 'bound zero-copy' /tmp/xsk || break
	sleep 0.1
done
grep -q 'bound zero-copy' /tmp/xsk || finish "FAIL: no socket: $(cat /tmp/xsk)"
traffic start
port_snapshot p0 >/tmp/before
same_state p0 /tmp/before "nothing"
echo 1 >/sys/module/suspend/parameters/pm_test_delay
echo devices >/sys/power/pm_test
for i in $(seq 6); do
	echo freeze >/sys/power/state || finish "FAIL: suspend $i"
	both_up "resume $i"
	same_state p0 /tmp/before "resume $i"
	traffic "resume $i"
done
! dmesg | lab_splats >/tmp/found || finish "FAIL: the kernel's log: $(head -n 1 /tmp/found)"
finish ok
