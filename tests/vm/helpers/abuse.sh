# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What a soak does to ports, one function "do_KIND" for each kind; sourced by
# soak.sh, which says when. Each gets numbers drawn beforehand as $1, $2, $3, says
# "did" of what was really done, and "bad" of what should not be.
# shellcheck disable=SC2034,SC2154 # kind and why are soak.sh's

# a_socket IF QUEUE KIND: in the background, A_PID; fails when it was refused. What
# it sends is for nobody: beside the checked flow it would be counted as its.
a_socket() {
	local modes=("echo $1 $2" "tx $1 $2 -x -b 64 -N" "rx $1 $2 -F 0 -A 60000" "rx $1 $2 -w" "echo $1 $2 -g" "echo $1 $2 -u") mode
	read -ra mode <<<"${modes[$3 % ${#modes[@]}]}"
	rm -f /tmp/a-socket
	xsk "${mode[@]}" >/tmp/a-socket 2>&1 &
	A_PID=$!
	soon 20 grep -qE '^bound|xsk:' /tmp/a-socket
	grep -q '^bound zero-copy' /tmp/a-socket || bad "no socket on $1: $(tail -n 1 /tmp/a-socket)"
}
# an_end: fails if it had ended by itself before it was killed
an_end() {
	local rc=0
	kill -KILL "$A_PID" 2>/dev/null
	wait "$A_PID" 2>/dev/null || rc=$?
	unpin p2
	[ $rc = 137 ]
}
# what a socket leaves that was killed
unpin() {
	[ -e "/sys/fs/bpf/xsks-$1" ] || return 0
	rm "/sys/fs/bpf/xsks-$1"
	[ ! -e "/sys/class/net/$1" ] || xdp "$1" off
}

do_calm-bind() {
	local n=$(($1 % 5 + 1))
	xsk bind p0 1 -x -n $n || bad "bind beside the flow" || return
	did $n
}
do_calm-kill() {
	a_socket p0 1 1
	sleep "0.0$(($1 % 10))"
	an_end && did
}
do_calm-swap() {
	# a flow through a socket needs its program
	if [ "$CALM_IS" != stack ]; then
		kind=swap
		do_swap "$@"
		return
	fi
	swaps p0 $(($1 % 20 + 1))
}
# swaps IF N
swaps() {
	xdp "$1" swap "$2" pass pass_frags || bad "swap" || return
	xdp "$1" off || bad "program off" || return
	did "$2"
}
# set_port ARGUMENTS...: of ethtool; one operation
set_port() {
	ethtool "$@" >/dev/null || bad "ethtool $*" || return
	did
}
do_calm-channels() {
	local n=$(($1 % 7 + 2))
	# the number that is there already is no change, and an error
	[ $n = 2 ] || set_port -L p0 combined $n
	[ $n = 2 ] || set_port -L p0 combined 2
}
do_calm-coalesce() { set_port -C p0 adaptive-rx off adaptive-tx off rx-usecs $(($1 % 300)) tx-usecs $(($2 % 300)); }
do_calm-rules() {
	set_port -N p0 flow-type udp4 dst-port $(($1 % 1000 + 1)) action 1 loc 3
	set_port -N p0 delete 3
}
do_calm-busy() {
	tandem bench txonly p0 -q 1 --no-prog -w busy -d 60 -i 0 >/tmp/busy 2>&1 &
	A_PID=$!
	sleep "0.$(($1 % 7 + 1))"
	an_end && did
}

do_bind() {
	local n=$(($2 % 9 + 1))
	xsk bind p2 $(($1 % 2)) -x -n $n || bad "bind" || return
	did $n
}
do_kill() {
	a_socket p2 $(($1 % 2)) "$2"
	sleep "0.0$(($3 % 10))"
	an_end && did
}
do_kill-tool() {
	local modes=(busy need irq)
	tandem bench pair p2 p3 -q $(($1 % 2)) -w "${modes[$2 % 3]}" -d 60 -i 0 >/tmp/tool 2>&1 &
	A_PID=$!
	sleep "0.$(($3 % 9 + 1))"
	an_end && did
	# the program of a tool that was killed
	ip link set p2 xdp off
	ip link set p3 xdp off
}
do_swap() { swaps p2 $(($1 % 50 + 1)); }
do_program() {
	local progs=(pass drop tx aborted)
	xdp p2 "${progs[$1 % 4]}" || bad "program ${progs[$1 % 4]}" || return
	sleep "0.0$(($2 % 10))"
	xdp p2 off || bad "program off" || return
	did
}
do_channels() {
	local n is=2
	for n in $(($1 % 8 + 1)) $(($2 % 8 + 1)) 2; do
		[ $n = $is ] || set_port -L p2 combined $n
		is=$n
	done
}
do_rings() {
	set_port -G p2 rx $((64 << ($1 % 7))) tx $((64 << ($2 % 7)))
	set_port -G p2 rx 256 tx 256
}
do_coalesce() {
	set_port -C p2 adaptive-rx off adaptive-tx off rx-usecs $(($1 % 8000)) tx-usecs $(($2 % 8000))
	set_port -C p2 adaptive-rx on adaptive-tx on
}
do_features() {
	local f=(gro rx tx tso rxvlan txvlan rxhash sg ntuple) n=$(($1 % 9))
	set_port -K p2 "${f[n]}" off
	set_port -K p2 "${f[n]}" on
}
do_rules() {
	local n
	for n in 1 2 3; do
		set_port -N p2 flow-type tcp4 dst-port $(($1 % 1000 + n)) action $((n % 2)) loc $n
	done
	set_port -K p2 ntuple off
	set_port -K p2 ntuple on
}
do_rss() {
	set_port -X p2 weight $(($1 % 3)) $(($2 % 3 + 1))
	set_port -X p2 default
}
do_updown() {
	local n
	for ((n = 0; n <= $1 % 3; n++)); do
		{ ip link set p2 down && ip link set p2 up; } || bad "down and up" || return
		did
	done
}
do_reset() { set_port -r p2; }
# with_socket COMMAND...: while one is bound; fails when either could not be had
with_socket() {
	local before=$why
	a_socket p2 $((A % 2)) "$B"
	"$@" || bad "$*"
	an_end
	[ "$why" = "$before" ]
}
# by that alone, not by a reset of the bus
flr() {
	echo flr >"/sys/bus/pci/devices/$P2_PCI/reset_method" &&
		echo 1 >"/sys/bus/pci/devices/$P2_PCI/reset"
}
do_flr() { A=$1 B=$2 with_socket flr && did; }
do_mtu() {
	local n
	for n in $((68 + $1 % 9149)) $((68 + $2 % 9149)) 1500; do
		ip link set p2 mtu $n || bad "MTU $n" || return
		did
	done
}
do_netns() {
	ip netns add away
	ip link set p2 netns away || bad "cannot move"
	ip netns exec away ip link set p2 up
	sleep "0.$(($1 % 5))"
	if [ $(($2 % 2)) = 0 ]; then
		ip -n away link set p2 netns 1
		ip netns del away
	else
		# goes back by itself
		ip netns del away
	fi
	soon 10 test -e /sys/class/net/p2 || bad "p2 did not come back from the namespace" || return
	quiet_port p2
	did
}
do_rename() {
	{ ip link set p2 name uplink && ip link set uplink name p2; } || bad "cannot rename" || return
	did
}
do_vfs() {
	ethtool -X p2 default
	echo $(($1 % 7 + 1)) >"/sys/bus/pci/devices/$P2_PCI/sriov_numvfs" || bad "no VFs" || return
	[ $(($2 % 3)) != 0 ] || ethtool -r p2
	sleep "0.$(($3 % 5))"
	echo 0 >"/sys/bus/pci/devices/$P2_PCI/sriov_numvfs" || bad "VFs stay" || return
	did
}
no_port() { [ ! -e "/sys/bus/pci/devices/$P2_PCI" ]; }
a_port() { [ -e "/sys/bus/pci/devices/$P2_PCI/net" ]; }
port_returns() {
	local net
	soon 15 a_port || bad "the port did not come back" || return 1
	net=$(ls "/sys/bus/pci/devices/$P2_PCI/net")
	[ "$net" = p2 ] || ip link set "$net" name p2
	quiet_port p2
}
sysfs_remove() {
	echo 1 >"/sys/bus/pci/devices/$P2_PCI/remove"
}
# what with_socket is asked for, and then the port is found again
found_again() {
	local rc=0
	with_socket "$@" || rc=1
	echo 1 >/sys/bus/pci/rescan
	port_returns || rc=1
	return $rc
}
do_remove() { A=$1 B=$2 found_again sysfs_remove && did; }
said_gone() { lab_log_since "soak: round $ROUND " | found 'device is gone'; }
# the driver looks every two seconds if nothing else makes it
leave() {
	vanish "$P2_PCI" || return
	soon 20 said_gone || bad "nobody noticed that the device is gone"
	slot_off "$P2_SLOT" && sysfs_remove
}
do_vanish() {
	local rc=0
	# one with a ROM, see vanish.sh
	if [ -z "$ROM" ]; then
		unplug && replug || return
	fi
	A=$1 B=$2 with_socket leave || rc=1
	slot_on "$P2_SLOT"
	echo 1 >/sys/bus/pci/rescan
	port_returns && [ $rc = 0 ] && did
}
unplug() {
	qemu_monitor device_del port2 >/tmp/monitor
	soon 20 no_port || bad "the port did not go: $(cat /tmp/monitor)"
}
replug() {
	# QEMU has to be done with the old one
	soon 10 plug 2 || bad "QEMU does not plug it again" || return
	ROM=1
	port_returns
}
do_unplug() {
	local rc=0
	A=$1 B=$2 with_socket unplug || rc=1
	replug && [ $rc = 0 ] && did
}
# aer BITS: an uncorrectable error of p2, by the kernel's own aer_inject
# (QEMU's pcie_aer_inject_error raises nothing that this root port reports)
aer() {
	local bus=$((16#${P2_PCI:5:2})) bytes
	# struct aer_error_inj: bus, device, function, padding, then 32-bit words
	bytes=$(printf '\\x%02x\\0\\0\\0\\x%02x\\x%02x\\x%02x\\0' $bus $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)))
	# shellcheck disable=SC2059 # the bytes are the format
	printf "$bytes"'\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >/dev/aer_inject || return
	soon 10 aer_ended 'successful|failed'
}
aer_ended() { lab_log_since "soak: round $ROUND " | found -E "device recovery ($1)"; }
do_aer-nonfatal() {
	local bits=(0x4000 0x10000 0x8000)	# completion timeout, unexpected completion, completer abort
	A=$1 B=$2 with_socket aer "${bits[$3 % 3]}" || return
	aer_ended successful || bad "no recovery" || return
	did
}
do_aer-fatal() {
	local rc=0
	A=$1 B=$2 with_socket aer 0x10 || rc=1	# data link protocol
	if aer_ended successful; then
		RECOVERED=$((RECOVERED + 1))
		[ $rc != 0 ] || did
		return
	fi
	# QEMU's root port does not report its link after the reset, on which
	# the kernel gives the device up. Then the administrator's way must work.
	sysfs_remove
	echo 1 >/sys/bus/pci/rescan
	port_returns && [ $rc = 0 ] && did
}
# the function alone: the guest as a whole would not get its file systems back
do_suspend() {
	local n=$(($3 % 3 + 1))
	A=$1 B=$2 with_socket insmod "$SLEEPER" dev="$P2_PCI" times=$n && did $n
	rmmod sleeper
}
do_cpu() {
	echo 0 >/sys/devices/system/cpu/cpu1/online || bad "CPU 1 stays" || return
	sleep "0.$(($1 % 5))"
	echo 1 >/sys/devices/system/cpu/cpu1/online || bad "CPU 1 does not come" || return
	did
}
do_flap() {
	qemu_monitor set_link port2 off
	sleep "0.$(($1 % 5))"
	qemu_monitor set_link port2 on
	did
}
# What it does is in helpers/hostile.c; an operation is a process full of that. It
# tries any device that it sees, and that shall not be the one of the flow.
do_hostile() {
	local rc=0
	ip netns add away
	ip link set p2 netns away || bad "cannot move"
	ip -n away link set p2 up
	soon 15 carrier_of p2 away || bad "no link on p2"
	# "ip netns exec" has another /sys, and hostile has to see whether DMA is checked
	nsenter --net=/run/netns/away hostile p2 2 "$1" >/tmp/hostile || rc=$?
	ip -n away link set p2 netns 1
	ip netns del away
	[ $rc = 0 ] || bad "hostile: status $rc, $(tail -n 1 /tmp/hostile)"
	soon 10 test -e /sys/class/net/p2 || bad "p2 did not come back from the namespace" || return
	quiet_port p2
	[ $rc != 0 ] || did "$(awk '$1 == "processes" { print $2 }' /tmp/hostile)"
}
do_reload() {
	noise_stop
	rmmod tandem || bad "rmmod"
	lab_load_driver tandem || bad "the module does not load" || return
	ports_up && did
}
