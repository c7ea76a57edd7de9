# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests of the tandem command; sourced behind lib.sh.

BPF=/src/build/bpf
export BPF

# expect CODE COMMAND...: it must end with that code; what it said is in $OUT
# (stdout) and $ERR (stderr)
expect() {
	local want=$1 rc=0
	shift
	"$@" >/tmp/expect.out 2>/tmp/expect.err || rc=$?
	OUT=$(</tmp/expect.out) ERR=$(</tmp/expect.err)
	[ "$rc" = "$want" ] ||
		die "'$*' ended with $rc, not $want; stdout: $OUT; stderr: $ERR"
}

# says WORD...: the complaint is one line and has all the words in it
says() {
	local w
	[[ $ERR != *$'\n'* ]] || die "not one line: $ERR"
	for w in "$@"; do
		case $ERR in *"$w"*) ;; *) die "'$ERR' does not say '$w'" ;; esac
	done
}

# has_prog IF: an XDP program of any kind is attached
has_prog() { ip link show "$1" | found 'prog/xdp'; }

# The settings that a run may change, for comparison
settings() {
	local i
	for i in "$@"; do
		show_file '' "/sys/class/net/$i/napi_defer_hard_irqs"
		show_file '' "/sys/class/net/$i/gro_flush_timeout"
		show_file '' "/sys/class/net/$i/flags"
		tandem vectors "$i" -i 0 --json |
			jq -c '.[] | [.rx_queue, .affinity, .defer_hard_irqs, .gro_flush_timeout, .irq_suspend_timeout]'
	done
	find /sys/fs/bpf -mindepth 1 ! -type d
}

# nothing_left IF...: no program, and settings as in $SETTINGS
nothing_left() {
	local i
	for i in "$@"; do
		! has_prog "$i" || die "a program was left on $i: $(ip link show "$i")"
	done
	assert_eq "$(settings "$@")" "$SETTINGS" "settings afterwards"
}

# to_igb IF: the port goes to the in-tree driver, where it is $dev, and up
to_igb() {
	local bus
	bus=$(basename "$(readlink "/sys/class/net/$1/device")")
	ip link set "$1" down
	modprobe igb
	echo "$bus" >"/sys/bus/pci/devices/$bus/driver/unbind"
	echo igb >"/sys/bus/pci/devices/$bus/driver_override"
	echo "$bus" >/sys/bus/pci/drivers/igb/bind 2>/dev/null || true
	wait_for 20 sh -c "ls /sys/bus/pci/devices/$bus/net"
	dev=$(ls "/sys/bus/pci/devices/$bus/net")
	ip link set "$dev" up
}

# A background job of a script is born deaf to SIGINT: wait until the tool, no
# longer the shell that starts it, catches it.
# hears PID; for wait_for
hears() { grep -qx tandem "/proc/$1/comm" && grep -q '^SigCgt:.*[2367abef]$' "/proc/$1/status"; }

# For one that ends by itself, which a slow shell may look at too late
hears_or_over() { ! kill -0 "$1" || hears "$1"; }

# sending IF: frames leave by it; for wait_for. A bench attaches its program first; when
# it sends, its sockets are bound and its settings made. Twice: frames of one that has
# just ended are counted once more.
sending() {
	local before now _
	before=$(link_stat "$1" tx_packets)
	for _ in 1 2; do
		sleep 0.2
		now=$(link_stat "$1" tx_packets)
		[ "$now" -gt "$before" ] || return 1
		before=$now
	done
}

# Two ports of ours, up, with link and quiet, Q queues each
setup_ports() {
	local i
	for i in p0 p1; do
		echo 1 >"/proc/sys/net/ipv6/conf/$i/disable_ipv6"
		ethtool -L "$i" combined "$1" 2>/dev/null || true
		ip link set "$i" up
	done
	wait_link p0
	wait_link p1
}
