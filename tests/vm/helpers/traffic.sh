# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Traffic and counting for the guest tests; sourced behind lib.sh.

: "${SLOW:=1}"
PATH=/src/build/helpers:$PATH
BPF=/src/build/bpf
export BPF

command -v pkt >/dev/null || die "no helpers in build/helpers: make -C tests/vm/helpers"

# Both ports up with link, p1 in the namespace "peer", no addresses and no
# IPv6, so that nothing is on the cable but what a test puts there.
setup_quiet() {
	ip netns add peer
	echo 1 >/proc/sys/net/ipv6/conf/p0/disable_ipv6
	ip link set p1 netns peer
	peer sh -c 'echo 1 >/proc/sys/net/ipv6/conf/p1/disable_ipv6'
	ip link set p0 up
	peer ip link set p1 up
	wait_link p0
	wait_link p1 peer
}

mac_of() { show_file "${2:-}" "/sys/class/net/$1/address"; }

# pair_every_way: p1 comes back from its namespace; zero-copy from it to p0 loses
# nothing, by interrupts, by need_wakeup and by busy polling; the last result is
# in /tmp/bench
pair_every_way() {
	local w
	peer ip link set p1 netns 1
	ip link set p1 up
	wait_link p1
	wait_link p0
	for w in irq need busy; do
		tandem bench pair p0 p1 -w $w -n 20000 --verify --json -i 0 >/tmp/bench || die "$w: $(cat /tmp/bench)"
		jq -e '.lost == 0 and .corrupt == 0 and .zerocopy' /tmp/bench >/dev/null || die "$w: $(cat /tmp/bench)"
	done
}

# flow TXIF RXIF [pkt options]: frames all of which arrive
flow() { pkt flow "$@" >/tmp/pkt 2>&1 || die "pkt flow $*: $(tail -n 1 /tmp/pkt)"; }

# to_p0 COUNT [pkt options]: frames from the peer to p0, all of which arrive
to_p0() {
	local n=$1
	shift
	flow p1 p0 -N peer -n "$n" -m "$(mac_of p0)" "$@"
}

# to_p1 COUNT [pkt options]: the other way
to_p1() {
	local n=$1
	shift
	flow p0 p1 -M peer -n "$n" -m "$(mac_of p1 peer)" "$@"
}

# blind COUNT [pkt options]: frames from the peer to p0 that nobody receives
blind() {
	local n=$1
	shift
	pkt send p1 -N peer -n "$n" -m "$(mac_of p0)" -g $((1000 * SLOW)) "$@" >/dev/null
}

# shellcheck disable=SC2120 # arguments are optional
# flow_start [pkt options]: a flow from the peer to p0 that goes on in the
# background until flow_stop, which fails unless every frame came
flow_start() {
	run_bg pkt flow p1 p0 -N peer -n 0 -m "$(mac_of p0)" "$@" >/tmp/flow
	FLOW=$BG
	wait_for 20 grep -q ready /tmp/flow
}

# round_flow_start: the same, to p0 and back by what echoes there
round_flow_start() {
	run_bg pkt flow p1 p1 -N peer -M peer -n 0 -m "$(mac_of p0)" >/tmp/flow
	FLOW=$BG
	wait_for 20 grep -q ready /tmp/flow
}

flow_stop() {
	local rc=0
	kill -TERM "$FLOW"
	wait "$FLOW" || rc=$?
	note "$(tail -n 1 /tmp/flow)"
	assert_eq "$rc" 0 "status of the flow ($(tail -n 1 /tmp/flow))"
}

# flow_end: as flow_stop, but does not judge; SENT and RECEIVED say how many
flow_end() {
	kill -TERM "$FLOW"
	wait "$FLOW" || true
	# shellcheck disable=SC2034 # for those who call it
	read -r _ SENT _ RECEIVED _ <<<"$(tail -n 1 /tmp/flow)"
	note "$(tail -n 1 /tmp/flow)"
}

# sum_stat IF REGEX [NS]: the sum of the values of ethtool -S that match
sum_stat() {
	in_ns "${3:-}" ethtool -S "$1" | awk -v n="^$2:\$" '$1 ~ n { s += $2; f = 1 } END { print s + 0; exit !f }' ||
		die "$1 has no statistic $2"
}

# pools_watch: from here on the kernel's log of page pools that go is kept
POOLS=/sys/kernel/tracing
pools_watch() {
	echo >$POOLS/trace
	echo 1 >$POOLS/events/page_pool/page_pool_release/enable
}

# pools_whole COUNT: so many went since pools_watch, and none of them missed a page
pools_whole() {
	# the kernel looks every second after a pool that misses pages
	sleep 2
	echo 0 >$POOLS/events/page_pool/page_pool_release/enable
	grep -oE 'inflight=-?[0-9]+' $POOLS/trace | sort | uniq -c
	assert_ge "$(grep -c 'inflight=0 ' $POOLS/trace)" "$1" \
		"page_pools that went, of $(grep -oE 'page_pool=[^ ]+' $POOLS/trace | sort -u | wc -l) seen"
	assert_eq "$(grep 'inflight=' $POOLS/trace | grep -vc 'inflight=0 ' || true)" 0 \
		"page_pools that missed pages when they went"
}

# settled COMMAND...: its output when it has not changed for half a second; for
# counters that trail what they count, by more when a CPU of the guest has to wait
settled() {
	local last='' this since=0 end=$((SECONDS + 20 * SLOW))
	while [ $SECONDS -lt $end ]; do
		this=$("$@")
		if [ "$this" != "$last" ] || [ "$since" = 0 ]; then
			last=$this since=${EPOCHREALTIME/./}
		elif [ $((${EPOCHREALTIME/./} - since)) -ge 500000 ]; then
			break
		fi
		sleep 0.1
	done
	echo "$this"
}

# gets_to VALUE COMMAND...: waits until the command prints it, fails otherwise
gets_to() {
	local want=$1 got='' n
	shift
	for ((n = 0; n < 200 * SLOW; n++)); do
		got=$("$@")
		[ "$got" != "$want" ] || return 0
		sleep 0.1
	done
	die "'$*' gives $got, not $want"
}

# xsk_start NAME MODE IF QUEUE [xsk options]: a socket in the background, bound
# when this returns; its output is in /tmp/NAME, its pid in XSK_PID[NAME]
declare -A XSK_PID=() XSK_AT=()
xsk_start() {
	local name=$1
	shift
	run_bg "${BIN:-xsk}" "$@" >"/tmp/$name" 2>&1
	XSK_PID[$name]=$BG
	XSK_AT[$name]="$2 $3"
	local n
	for ((n = 0; n < 200 * SLOW; n++)); do
		grep -q '^bound' "/tmp/$name" && break
		kill -0 "$BG" 2>/dev/null || break
		sleep 0.1
	done
	grep -q '^bound zero-copy' "/tmp/$name" || die "xsk $*: $(cat "/tmp/$name")"
}

# queue_free IF QUEUE: waits until no socket's memory is on it. The core takes it
# away some time after the socket was closed, by restarting the ring: frames that
# are under way then are lost.
queue_pooled() {
	devlink -j health diagnose "pci/$(basename "$(readlink -f "/sys/class/net/$1/device")")" reporter vector |
		jq -e "any(.entries[]; .queue == $2 and .pool)"
}
queue_unpooled() { ! queue_pooled "$@"; }
queue_free() { wait_for 20 queue_unpooled "$1" "$2"; }

# xsk_stop NAME [at-once]: ends it, waits until its queue is free (not so with
# at-once) and shows what it counted
xsk_stop() {
	local rc=0 at
	kill -TERM "${XSK_PID[$1]}"
	wait "${XSK_PID[$1]}" || rc=$?
	note "$1: $(tail -n 2 "/tmp/$1" | xargs)"
	assert_eq "$rc" 0 "status of xsk $1 ($(cat "/tmp/$1"))"
	read -ra at <<<"${XSK_AT[$1]}"
	[ "${2:-}" = at-once ] || queue_free "${at[@]}"
}

# xsk_count NAME WHAT: a number that it printed at its end
xsk_count() { tail -n 2 "/tmp/$1" | xargs -n 2 | awk -v w="$2" '$1 == w { print $2 }'; }

# round_trip COUNT [pkt options]: from the peer to p0 and back, by what echoes there
round_trip() {
	local n=$1
	shift
	flow p1 p1 -N peer -M peer -n "$n" -m "$(mac_of p0)" "$@"
}

# link_by_interrupt IF: changes of the first port's link are seen through its interrupt,
# and not only by the look at it every two seconds, which looks once each time
link_by_interrupt() {
	local t=/sys/kernel/tracing looks services
	mountpoint -q $t || mount -t tracefs none $t
	printf '%s\n' 'p:lab/look tandem:tandem_link_task' 'p:lab/service tandem:tandem_service' >>$t/kprobe_events
	: >$t/trace
	echo 1 >$t/events/lab/enable
	for _ in 1 2 3; do
		qemu_monitor set_link port0 off >/dev/null
		wait_for 20 grep -qx 0 "/sys/class/net/$1/carrier"
		qemu_monitor set_link port0 on >/dev/null
		wait_link "$1"
	done
	echo 0 >$t/events/lab/enable
	looks=$(grep -c ' look: ' $t/trace || true) services=$(grep -c ' service: ' $t/trace || true)
	printf '%s\n' '-:lab/look' '-:lab/service' >>$t/kprobe_events
	note "$looks looks at the link, $services of the service task"
	assert_ge "$looks" $((services + 3)) "looks at the link"
}

# irq_of NAME: the Linux IRQ of a line of /proc/interrupts, or nothing
irq_of() { awk -v n="$1" '$NF == n { sub(":", "", $1); print $1 }' /proc/interrupts; }

# irq_count NAME: how often it came
irq_count() {
	awk -v w="$1" '$NF == w { for (n = 2; $n ~ /^[0-9]+$/; n++) s += $n } END { print s + 0 }' /proc/interrupts
}

# irqs_counted IF QUEUE: the driver counts what /proc/interrupts counts. The two
# are read one after the other; between two equal readings nothing came. One that
# comes while its handler runs is only noted by the kernel (IRQS_PENDING): the handler
# runs once more, uncounted, and finds its vector not armed.
irqs_counted() {
	local n counted spurious
	for ((;;)); do
		n=$(irq_count "$1-TxRx-$2")
		counted=$(stat "$1" "vec$2_interrupts")
		spurious=$(stat "$1" "vec$2_spurious")
		[ "$n" != "$(irq_count "$1-TxRx-$2")" ] || break
	done
	assert_le "$n" "$counted" "interrupts of queue $2 of $1, of which the driver counted $counted"
	assert_ge "$n" $((counted - spurious)) "interrupts of queue $2 of $1, of which the driver counted $counted, $spurious spurious"
}

# only_queue IF QUEUE: RSS brings every flow there
only_queue() {
	local w
	read -ra w <<<"$(printf '0 %.0s' $(seq "$(channels "$1")"))"
	w[$2]=1
	ethtool -X "$1" weight "${w[@]}"
}

channels() { ethtool -l "$1" | awk '/^Combined/ { n = $2 } END { print n }'; }
