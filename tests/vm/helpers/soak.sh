# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Random abuse under traffic, the guest's half of tests/soak; sourced behind
# lib.sh. Needs four ports.
#
# p0 (p1 at its other end) carries a flow whose content is checked, on queue 0,
# through the stack or a zero-copy socket. It may lose nothing, whatever is
# done to the other queues of p0 and to p2 and p3, which are abused without
# mercy. The few things that stop the whole machine's traffic end the flow
# before. Everything after the seed is decided before anything is done, so that
# the same seed gives the same order.

. /src/tests/vm/helpers/traffic.sh

# What is done to p0 while the flow on its queue 0 runs
CALM=(calm-bind calm-kill calm-swap calm-channels calm-coalesce calm-rules calm-busy)
# What is done to p2 and p3 meanwhile
ABUSE=(bind kill kill-tool swap program channels rings coalesce features rules rss updown
	reset flr mtu netns rename vfs remove unplug aer-nonfatal aer-fatal suspend cpu flap)
# What stops the flow
STOP=(reload)

# What is not possible here, with the reason
impossible() {
	case $1 in
	aer-*) [ -c /dev/aer_inject ] || echo "no /dev/aer_inject" ;;
	suspend) [ -e "$SLEEPER" ] || echo "no $SLEEPER" ;;
	cpu) [ -e /sys/devices/system/cpu/cpu1/online ] || echo "one CPU" ;;
	esac
}

# random N: a number below N, in RANDOM_IS; by a generator of its own, so that
# what bash does with RANDOM elsewhere does not matter
random() {
	SOAK_STATE=$(((SOAK_STATE * 6364136223846793005 + 1442695040888963407) & 0x7fffffffffffffff))
	RANDOM_IS=$(((SOAK_STATE >> 33) % $1))
}

declare -A ROUNDS=() FAILED=()
ROUND=0 FAILURES=0 kind='' why=''

# bad WHAT: this round failed
bad() {
	why+="${why:+; }$*"
	return 1
}

# soon SECONDS COMMAND...: as wait_for, but does not end the test
soon() {
	local end=$((SECONDS + $1 * SLOW))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# put_out PID: SIGTERM, and wait for its end. Again when nothing comes of it:
# bash loses one that comes between its fork and the program's start.
put_out() {
	local tries=0
	while kill -0 "$1" 2>/dev/null; do
		[ $((tries++ % 100)) -gt 0 ] || kill -TERM "$1" 2>/dev/null
		sleep 0.1
	done
	wait "$1"
}

carrier_of() { [ "$(in_ns "${2:-}" cat "/sys/class/net/$1/carrier" 2>/dev/null)" = 1 ]; }
quiet_port() { echo 1 >"/proc/sys/net/ipv6/conf/$1/disable_ipv6"; }

# --- the flow that nothing may hurt

calm_start() {
	if [ "$1" = 0 ]; then
		CALM_IS="stack"
		pkt flow p1 p0 -N peer -n 0 -w 24 -m "$(mac_of p0)" >/tmp/calm 2>&1 &
	else
		CALM_IS="zero-copy"
		xsk echo p0 0 >/tmp/calm-echo 2>&1 &
		CALM_ECHO=$!
		soon 20 grep -q '^bound zero-copy' /tmp/calm-echo ||
			bad "no socket for the flow: $(cat /tmp/calm-echo)" || return
		pkt flow p1 p1 -N peer -M peer -n 0 -w 24 -m "$(mac_of p0)" >/tmp/calm 2>&1 &
	fi
	CALM_PID=$!
	soon 10 grep -q ready /tmp/calm || bad "the flow does not start: $(cat /tmp/calm)"
}

calm_stop() {
	local rc=0 sent
	[ -n "${CALM_PID:-}" ] || return 0
	put_out "$CALM_PID" || rc=$?
	[ "$rc" = 0 ] || bad "the $CALM_IS flow: status $rc, $(tail -n 1 /tmp/calm)"
	read -r _ sent _ <<<"$(tail -n 1 /tmp/calm)"
	FRAMES=$((FRAMES + ${sent:-0}))
	CALM_PID=''
	if [ "$CALM_IS" = zero-copy ]; then
		put_out "$CALM_ECHO" || bad "the flow's socket: $(tail -n 2 /tmp/calm-echo)"
		unpin p0
	fi
}

# a lost frame is noticed when it happens, not at the end of the flow
calm_check() {
	[ -n "${CALM_PID:-}" ] || return 0
	kill -0 "$CALM_PID" 2>/dev/null || bad "the $CALM_IS flow ended: $(tail -n 1 /tmp/calm)"
}

# --- the traffic on p2 and p3, which may lose what it wants

noise_keep() {
	local i other mac
	for i in p2 p3; do
		other=p$((5 - ${i#p}))
		if [ -z "${NOISE[$i]:-}" ] || ! kill -0 "${NOISE[$i]}" 2>/dev/null; then
			[ -z "${NOISE[$i]:-}" ] || wait "${NOISE[$i]}" 2>/dev/null
			[ -e "/sys/class/net/$i" ] || continue
			[ -e "/sys/class/net/$other" ] || continue
			mac=$(mac_of $other)
			pkt send $i -n 0 -f 16 -g 2000 -m "$mac" >/dev/null 2>&1 &
			NOISE[$i]=$!
		fi
	done
}

noise_stop() {
	local i
	for i in "${!NOISE[@]}"; do
		put_out "${NOISE[$i]}" 2>/dev/null
	done
	NOISE=()
}
declare -A NOISE=()

# --- the abuse; each gets numbers drawn beforehand as $1, $2, $3

# a_socket IF QUEUE KIND: in the background, A_PID; bound or refused. What it
# sends is for nobody: beside the checked flow it would be counted as its.
a_socket() {
	local modes=("echo $1 $2" "tx $1 $2 -x -b 64 -N" "rx $1 $2 -F 0 -A 60000" "rx $1 $2 -w" "echo $1 $2 -g" "echo $1 $2 -u") mode
	read -ra mode <<<"${modes[$3 % ${#modes[@]}]}"
	xsk "${mode[@]}" >/tmp/a-socket 2>&1 &
	A_PID=$!
	soon 5 grep -qE '^bound|xsk:' /tmp/a-socket || true
}
an_end() {
	kill -KILL "$A_PID" 2>/dev/null
	wait "$A_PID" 2>/dev/null
	unpin p2
}
# what a socket leaves that was killed
unpin() {
	[ -e "/sys/fs/bpf/xsks-$1" ] || return 0
	rm "/sys/fs/bpf/xsks-$1"
	[ ! -e "/sys/class/net/$1" ] || xdp "$1" off
}

do_calm-bind() { xsk bind p0 1 -x -n $(($1 % 5 + 1)) || bad "bind beside the flow"; }
do_calm-kill() {
	a_socket p0 1 1
	sleep "0.0$(($1 % 10))"
	an_end
}
do_calm-swap() {
	# a flow through a socket needs its program
	if [ "$CALM_IS" != stack ]; then
		kind=calm-bind
		do_calm-bind "$@"
		return
	fi
	xdp p0 swap $(($1 % 20 + 1)) pass pass_frags || bad "swap"
	xdp p0 off
}
do_calm-channels() {
	ethtool -L p0 combined $(($1 % 7 + 2)) || bad "-L"
	ethtool -L p0 combined 2 || bad "-L back"
}
do_calm-coalesce() { ethtool -C p0 adaptive-rx off adaptive-tx off rx-usecs $(($1 % 300)) tx-usecs $(($2 % 300)) || bad "-C"; }
do_calm-rules() {
	ethtool -N p0 flow-type udp4 dst-port $(($1 % 1000 + 1)) action 1 loc 3 >/dev/null || bad "-N"
	ethtool -N p0 delete 3 || bad "-N delete"
}
do_calm-busy() {
	tandem bench txonly p0 -q 1 --no-prog -w busy -d 60 -i 0 >/tmp/busy 2>&1 &
	A_PID=$!
	sleep "0.$(($1 % 7 + 1))"
	an_end
}

do_bind() { xsk bind p2 $(($1 % 2)) -x -n $(($2 % 9 + 1)) >/dev/null 2>&1; }
do_kill() {
	a_socket p2 $(($1 % 2)) "$2"
	sleep "0.0$(($3 % 10))"
	an_end
}
do_kill-tool() {
	local modes=(busy need irq)
	tandem bench pair p2 p3 -q $(($1 % 2)) -w "${modes[$2 % 3]}" -d 60 -i 0 >/tmp/tool 2>&1 &
	A_PID=$!
	sleep "0.$(($3 % 9 + 1))"
	an_end
	# the program of a tool that was killed
	ip link set p2 xdp off
	ip link set p3 xdp off
}
do_swap() { xdp p2 swap $(($1 % 50 + 1)) pass pass_frags && xdp p2 off; }
do_program() {
	local progs=(pass drop tx aborted)
	xdp p2 "${progs[$1 % 4]}" >/dev/null 2>&1 || true
	sleep "0.0$(($2 % 10))"
	xdp p2 off
}
do_channels() {
	local n
	for n in $(($1 % 8 + 1)) $(($2 % 8 + 1)) 2; do
		ethtool -L p2 combined $n || bad "-L $n"
	done
}
do_rings() {
	ethtool -G p2 rx $((64 << ($1 % 7))) tx $((64 << ($2 % 7))) || bad "-G"
	ethtool -G p2 rx 256 tx 256 || bad "-G back"
}
do_coalesce() { ethtool -C p2 adaptive-rx off adaptive-tx off rx-usecs $(($1 % 8000)) tx-usecs $(($2 % 8000)) && ethtool -C p2 adaptive-rx on adaptive-tx on; }
do_features() {
	local f=(gro rx tx tso rxvlan txvlan rxhash sg ntuple) n=$(($1 % 9))
	ethtool -K p2 "${f[n]}" off >/dev/null 2>&1
	ethtool -K p2 "${f[n]}" on >/dev/null 2>&1
}
do_rules() {
	local n
	for n in 1 2 3; do
		ethtool -N p2 flow-type tcp4 dst-port $(($1 % 1000 + n)) action $((n % 2)) loc $n >/dev/null || bad "-N"
	done
	ethtool -K p2 ntuple off && ethtool -K p2 ntuple on
}
do_rss() { ethtool -X p2 weight $(($1 % 3)) $(($2 % 3 + 1)) && ethtool -X p2 default; }
do_updown() {
	local n
	for ((n = 0; n <= $1 % 3; n++)); do
		ip link set p2 down
		ip link set p2 up
	done
}
do_reset() { ethtool -r p2; }
# with_socket COMMAND...: while one is bound
with_socket() {
	a_socket p2 $((A % 2)) "$B"
	"$@" || bad "$*"
	an_end
}
flr() { echo 1 >"/sys/bus/pci/devices/$P2_PCI/reset"; }
do_flr() { A=$1 B=$2 with_socket flr; }
do_mtu() {
	local n
	for n in $((68 + $1 % 9149)) $((68 + $2 % 9149)) 1500; do
		ip link set p2 mtu $n || bad "MTU $n"
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
	soon 10 test -e /sys/class/net/p2 || bad "p2 did not come back from the namespace"
	quiet_port p2
}
do_rename() {
	ip link set p2 name uplink || bad "cannot rename"
	ip link set uplink name p2
}
do_vfs() {
	ethtool -X p2 default
	echo $(($1 % 7 + 1)) >"/sys/bus/pci/devices/$P2_PCI/sriov_numvfs" || bad "no VFs"
	[ $(($2 % 3)) != 0 ] || ethtool -r p2
	sleep "0.$(($3 % 5))"
	echo 0 >"/sys/bus/pci/devices/$P2_PCI/sriov_numvfs" || bad "VFs stay"
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
do_remove() {
	A=$1 B=$2 with_socket sysfs_remove
	echo 1 >/sys/bus/pci/rescan
	port_returns
}
unplug() {
	qemu_monitor device_del port2 >/tmp/monitor
	soon 20 no_port || bad "the port did not go: $(cat /tmp/monitor)"
}
do_unplug() {
	A=$1 B=$2 with_socket unplug
	# QEMU has to be done with the old one
	plug() { [ -z "$(qemu_monitor device_add igb,id=port2,bus=rp2,netdev=net2,mac=52:54:00:82:76:02)" ]; }
	soon 10 plug || bad "QEMU does not plug it again" || return 1
	port_returns
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
	A=$1 B=$2 with_socket aer "${bits[$3 % 3]}"
	aer_ended successful || bad "no recovery"
}
do_aer-fatal() {
	A=$1 B=$2 with_socket aer 0x10	# data link protocol
	aer_ended successful && return
	# QEMU's root port does not report its link after the reset, on which
	# the kernel gives the device up. Then the administrator's way must work.
	sysfs_remove
	echo 1 >/sys/bus/pci/rescan
	port_returns
}
do_suspend() {
	A=$1 B=$2 with_socket insmod "$SLEEPER" dev="$P2_PCI" times=$(($3 % 3 + 1))
	rmmod sleeper
}
do_cpu() {
	echo 0 >/sys/devices/system/cpu/cpu1/online || bad "CPU 1 stays"
	sleep "0.$(($1 % 5))"
	echo 1 >/sys/devices/system/cpu/cpu1/online || bad "CPU 1 does not come"
}
do_flap() {
	qemu_monitor set_link port2 off
	sleep "0.$(($1 % 5))"
	qemu_monitor set_link port2 on
}
do_reload() {
	noise_stop
	rmmod tandem || bad "rmmod"
	lab_load_driver tandem || bad "the module does not load"
	ports_up
}

# --- rounds

ports_up() {
	local p
	ip netns add peer 2>/dev/null || true
	for p in p0 p2 p3; do
		quiet_port $p
		ip link set $p up
	done
	[ ! -e /sys/class/net/p1 ] || ip link set p1 netns peer
	peer sh -c 'echo 1 >/proc/sys/net/ipv6/conf/p1/disable_ipv6'
	# A sender that moves to another CPU moves to another queue, and what
	# waits in the first one's qdisc is overtaken: no fault of p0.
	peer ethtool -L p1 combined 1 2>/dev/null
	peer ip link set p1 up
	soon 15 carrier_of p0 || bad "no link on p0"
	soon 15 carrier_of p1 peer || bad "no link on p1"
}

# The abused ports work: whole frames both ways
healthy() {
	local way
	ip link set p2 up
	soon 15 carrier_of p2 || bad "no link on p2" || return
	soon 15 carrier_of p3 || bad "no link on p3" || return
	for way in "p3 p2" "p2 p3"; do
		# shellcheck disable=SC2086 # two words
		pkt flow $way -n 50 -w 16 -m "$(mac_of "${way#* }")" >/tmp/healthy 2>&1 ||
			bad "$way: $(tail -n 1 /tmp/healthy)" || return
	done
}

log_check() {
	local found
	found=$(lab_log_since "soak: round $ROUND " | lab_splats | grep -vE "${SOAK_EXPECTS:-^none}") || return 0
	bad "kernel log: ${found%%$'\n'*}"
}

# soak SECONDS SEED: does what it can do in that time
soak() {
	local seconds=$1 end t a b c kinds=() possible=() deck=() start=$SECONDS k
	SOAK_STATE=$2
	end=$((SECONDS + seconds))
	FRAMES=0
	trap - ERR
	set +eE
	P2_PCI=$(basename "$(readlink -f /sys/class/net/p2/device)")
	SLEEPER=/src/build/helpers/$(basename "$(lab_build_dir)")/sleeper/sleeper.ko
	modprobe -q igbvf
	modprobe -q aer_inject
	ports_up
	soon 15 carrier_of p2
	[ -z "$why" ] || die "before the first round: $why"
	calm_start $(($2 % 2))
	kinds=("${CALM[@]}" "${ABUSE[@]}" "${STOP[@]}")
	[ -z "${SOAK_ONLY:-}" ] || read -ra kinds <<<"$SOAK_ONLY"
	for k in "${kinds[@]}"; do
		why=$(impossible "$k")
		if [ -n "$why" ]; then
			note "$k is not possible here: $why"
		else
			possible+=("$k")
		fi
	done
	while [ "$SECONDS" -lt "$end" ]; do
		ROUND=$((ROUND + 1)) why=''
		# a deck of cards: everything in turn, in another order each time
		[ ${#deck[@]} -gt 0 ] || deck=("${possible[@]}")
		random ${#deck[@]}
		kind=${deck[RANDOM_IS]}
		deck[RANDOM_IS]=${deck[-1]}
		unset 'deck[-1]'
		random 1000000; a=$RANDOM_IS
		random 1000000; b=$RANDOM_IS
		random 1000000; c=$RANDOM_IS
		random 20; t=$RANDOM_IS
		echo "soak: round $ROUND $kind" >/dev/kmsg
		[ ! -d /out ] || echo "$ROUND $FAILURES $kind $a $b $c" >>/out/rounds
		[ -z "${SOAK_VERBOSE:-}" ] || note "$((SECONDS - start)) s: round $ROUND $kind $a $b $c"
		if [[ " ${STOP[*]} " == *" $kind "* ]]; then
			calm_stop
		fi
		noise_keep
		"do_$kind" "$a" "$b" "$c" >/tmp/round.out 2>&1
		if [[ " ${STOP[*]} " == *" $kind "* ]] || [ "$t" = 0 ]; then
			# the other way of receiving
			calm_stop
			calm_start $((a % 2))
		fi
		noise_stop
		healthy
		calm_check
		log_check
		ROUNDS[$kind]=$((${ROUNDS[$kind]:-0} + 1))
		if [ -n "$why" ]; then
			FAILURES=$((FAILURES + 1))
			FAILED[$kind]=$((${FAILED[$kind]:-0} + 1))
			echo "FAIL: round $ROUND $kind $a $b $c: $why"
			tail -n 5 /tmp/round.out
			[ "$FAILURES" -lt 5 ] || { echo "FAIL: too much, giving up"; break; }
			recover
		fi
	done
	why='' kind='the flow'
	calm_stop
	noise_stop
	if [ -n "$why" ]; then
		FAILURES=$((FAILURES + 1))
		echo "FAIL: at the end: $why"
	fi
	assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts of p0"
	for k in "${!ROUNDS[@]}"; do
		printf '# %-14s %5d rounds%s\n' "$k" "${ROUNDS[$k]}" "${FAILED[$k]:+, ${FAILED[$k]} failed}"
	done | sort
	note "$FRAMES frames checked on p0, seed $2, $((SECONDS - start)) s"
	set -eE
	trap _on_error ERR
}

# After a failed round: from the start, so that the next one is not blamed
recover() {
	local before=$FAILURES
	calm_stop
	noise_stop
	why=''
	rmmod tandem && lab_load_driver tandem
	ports_up
	calm_start 0
	[ -z "$why" ] || { echo "FAIL: no way back: $why"; FAILURES=$((before + 5)); }
}
