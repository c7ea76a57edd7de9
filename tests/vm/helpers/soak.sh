# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Random abuse under traffic, the guest's half of tests/soak; sourced behind
# lib.sh. Needs four ports. "soak" draws what it does for a time, "counts" does
# each thing a number of times.
#
# p0 (p1 at its other end) carries a flow whose content is checked, on queue 0,
# through the stack or a zero-copy socket. It may lose nothing, whatever is
# done to the other queues of p0 and to p2 and p3, which are abused without
# mercy. The few things that stop the whole machine's traffic end the flow
# before. Everything after the seed is decided before anything is done, so that
# the same seed gives the same order.

. /src/tests/vm/helpers/traffic.sh
. /src/tests/vm/helpers/vanish.sh

# What is done to p0 while the flow on its queue 0 runs
CALM=(calm-bind calm-kill calm-swap calm-channels calm-coalesce calm-rules calm-busy)
# What is done to p2 and p3 meanwhile
ABUSE=(bind kill kill-tool swap program channels rings coalesce features rules rss updown
	reset flr mtu netns rename vfs remove unplug vanish aer-nonfatal aer-fatal suspend cpu flap hostile)
# What stops the flow
STOP=(reload)

# What "counts" does: how often, looked after each so many rounds, what the
# operation is, by which of the kinds above. Of those that are quick the flow's end and
# the log are looked at less often, or looking would take most of the time.
COUNTS=(
	"1000|25|zero-copy socket bound, killed by -9|kill calm-kill"
	"1000|10|program swapped|swap calm-swap"
	"1000|20|ethtool -L, -G, -C, -K, -N|channels rings coalesce features rules calm-channels calm-coalesce calm-rules"
	"200|10|down and up|updown"
	"100|5|module unloaded and loaded|reload"
	"100|1|function-level reset, socket bound|flr"
	"50|1|hot unplug and replug, socket bound|unplug"
	"20|1|surprise removal, socket bound|vanish"
	"50|1|VFs enabled and disabled|vfs"
	"50|1|AER not fatal, recovered, socket bound|aer-nonfatal"
	"20|1|AER fatal, port taken away and found|aer-fatal"
	"20|1|suspend and resume, socket bound|suspend"
	"50|5|CPU off and on|cpu"
	"200|10|MTU changed|mtu"
	"100|5|to another network namespace and back|netns"
	"100|1|hostile process (helpers/hostile.c)|hostile"
)

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

declare -A ROUNDS=() FAILED=() OPS=()
ROUND=0 FIRST=1 FAILURES=0 FRAMES=0 DONE=0 RECOVERED=0 NOISE_FRAMES=0 kind='' why=''

# did [N]: so many operations of this kind were done, one
did() {
	DONE=$((DONE + ${1:-1}))
	OPS[$kind]=$((${OPS[$kind]:-0} + ${1:-1}))
}

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
	rm -f /tmp/calm /tmp/calm-echo # what the last one said
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
	[ "$(stat p0 resets) $(stat p0 tx_timeouts)" = "0 0" ] ||
		bad "p0 had $(stat p0 resets) resets and $(stat p0 tx_timeouts) timeouts"
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

# noise_sent IF: how many frames one sent that has ended; one that failed does not say
noise_sent() {
	local n
	read -r _ n <"/tmp/noise-$1"
	NOISE_FRAMES=$((NOISE_FRAMES + ${n:-0}))
	unset "NOISE[$1]"
}

noise_keep() {
	local i other mac
	for i in p2 p3; do
		other=p$((5 - ${i#p}))
		if [ -z "${NOISE[$i]:-}" ] || ! kill -0 "${NOISE[$i]}" 2>/dev/null; then
			[ -z "${NOISE[$i]:-}" ] || { wait "${NOISE[$i]}" 2>/dev/null; noise_sent $i; }
			[ -e "/sys/class/net/$i" ] || continue
			[ -e "/sys/class/net/$other" ] || continue
			mac=$(mac_of $other)
			pkt send $i -n 0 -f 16 -g 2000 -m "$mac" >/tmp/noise-$i 2>/dev/null &
			NOISE[$i]=$!
		fi
	done
}

noise_stop() {
	local i
	for i in "${!NOISE[@]}"; do
		put_out "${NOISE[$i]}" 2>/dev/null
		noise_sent "$i"
	done
}
declare -A NOISE=()

. /src/tests/vm/helpers/abuse.sh

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

# The core takes a socket's memory from its queue some time after its end, which
# costs what is under way then.
no_pools() {
	devlink -j health diagnose "pci/$P2_PCI" reporter vector | jq -e 'all(.entries[]; .pool | not)'
}

# The abused ports work: whole frames both ways
healthy() {
	local way
	ip link set p2 up
	soon 15 carrier_of p2 || bad "no link on p2" || return
	soon 15 carrier_of p3 || bad "no link on p3" || return
	soon 20 no_pools || bad "p2 keeps the memory of a socket" || return
	for way in "p3 p2" "p2 p3"; do
		# shellcheck disable=SC2086 # two words
		pkt flow $way -n 50 -w 16 -m "$(mac_of "${way#* }")" >/tmp/healthy 2>&1 ||
			bad "$way: $(tail -n 1 /tmp/healthy)" || return
	done
}

log_check() {
	local found
	found=$(lab_log_since "soak: round $FIRST " | lab_splats | grep -vE "${SOAK_EXPECTS:-^none}") || return 0
	bad "kernel log: ${found%%$'\n'*}"
}

stops() { [[ " ${STOP[*]} " == *" $1 "* ]]; }

# act KIND: one round of it, with numbers drawn before anything is done
act() {
	local a b c
	ROUND=$((ROUND + 1)) kind=$1
	random 1000000; a=$RANDOM_IS
	random 1000000; b=$RANDOM_IS
	random 1000000; c=$RANDOM_IS
	WHAT="$kind $a $b $c"
	echo "soak: round $ROUND $kind" >/dev/kmsg
	[ ! -d /out ] || echo "$ROUND $FAILURES $WHAT" >>/out/rounds
	[ -z "${SOAK_VERBOSE:-}" ] || note "$((SECONDS - START)) s: round $ROUND $WHAT"
	if stops "$kind"; then
		calm_stop
	fi
	noise_keep
	"do_$kind" "$a" "$b" "$c" >/tmp/round.out 2>&1
	ROUNDS[$kind]=$((${ROUNDS[$kind]:-0} + 1))
}

# look MODE: at everything, after the rounds since FIRST. The flow is started that
# way (see calm_start) if a round stopped it.
look() {
	[ -n "${CALM_PID:-}" ] || calm_start "$1"
	noise_stop
	healthy
	calm_check
	log_check
	judge
}

# judge: blames the last round for what is bad
judge() {
	[ -n "$why" ] || return 0
	FAILURES=$((FAILURES + 1))
	FAILED[$kind]=$((${FAILED[$kind]:-0} + 1))
	echo "FAIL: round $ROUND $WHAT: $why"
	tail -n 5 /tmp/round.out
	[ "$FAILURES" -lt 5 ] || { echo "FAIL: too much, giving up"; return; }
	recover
}

# begin SEED: nothing is decided by anything else
begin() {
	local k
	SOAK_STATE=$1 START=$SECONDS FRAMES=0
	for k in ${SOAK_ONLY:-}; do
		declare -F "do_$k" >/dev/null ||
			die "there is no '$k' to be done; there are: ${CALM[*]} ${ABUSE[*]} ${STOP[*]}"
	done
	trap - ERR
	set +eE
	P2_PCI=$(basename "$(readlink -f /sys/class/net/p2/device)")
	P2_SLOT=$(basename "$(dirname "$(readlink -f /sys/class/net/p2/device)")")
	ROM=''
	SLEEPER=/src/build/helpers/$(basename "$(lab_build_dir)")/sleeper/sleeper.ko
	modprobe -q igbvf
	modprobe -q aer_inject
	ports_up
	soon 15 carrier_of p2
	[ -z "$why" ] || die "before the first round: $why"
}

# end SEED: what was done
end() {
	local k
	why='' kind='the flow' WHAT=''
	calm_stop
	noise_stop
	if [ -n "$why" ]; then
		FAILURES=$((FAILURES + 1))
		echo "FAIL: at the end: $why"
	fi
	for k in "${!ROUNDS[@]}"; do
		printf '# %-14s %5d rounds %6d operations%s\n' "$k" "${ROUNDS[$k]}" "${OPS[$k]:-0}" \
			"${FAILED[$k]:+, ${FAILED[$k]} failed}"
	done | sort
	for k in "${!ROUNDS[@]}"; do
		# one draw of many may come to nothing, such as the number of channels that is there
		if [ "${ROUNDS[$k]}" -ge 10 ] && [ "${OPS[$k]:-0}" = 0 ]; then
			FAILURES=$((FAILURES + 1))
			echo "FAIL: $k: ${ROUNDS[$k]} rounds and nothing done"
		fi
	done
	if [ "$ROUND" -ge 10 ] && [ "$NOISE_FRAMES" = 0 ]; then
		FAILURES=$((FAILURES + 1))
		echo "FAIL: no traffic on p2 and p3"
	fi
	note "$FRAMES frames checked on p0, $NOISE_FRAMES more sent on p2 and p3, seed $1, $((SECONDS - START)) s"
	set -eE
	trap _on_error ERR
}

# soak SECONDS SEED: does what it can do in that time
soak() {
	local t kinds=() possible=() deck=() k limit
	begin "$2"
	limit=$((SECONDS + $1))
	calm_start $(($2 % 2))
	kinds=("${CALM[@]}" "${ABUSE[@]}" "${STOP[@]}")
	[ -z "${SOAK_ONLY:-}" ] || read -ra kinds <<<"$SOAK_ONLY"
	for k in "${kinds[@]}"; do
		why=$(impossible "$k")
		if [ -n "$why" ]; then
			FAILURES=$((FAILURES + 1))
			echo "FAIL: $k is not possible here: $why"
		else
			possible+=("$k")
		fi
	done
	why=''
	while [ ${#possible[@]} -gt 0 ] && [ "$SECONDS" -lt "$limit" ] && [ "$FAILURES" -lt 5 ]; do
		# a deck of cards: everything in turn, in another order each time
		[ ${#deck[@]} -gt 0 ] || deck=("${possible[@]}")
		random ${#deck[@]}
		k=${deck[RANDOM_IS]}
		deck[RANDOM_IS]=${deck[-1]}
		unset 'deck[-1]'
		random 40; t=$RANDOM_IS
		FIRST=$((ROUND + 1))
		act "$k"
		# now and then the other way of receiving
		[ "$t" -ge 2 ] || calm_stop
		look $((t % 2))
	done
	end "$2"
}

# counted WHAT ASKED DONE FAILURES FRAMES SECONDS [NOTE]: a line of the table,
# and the same for programs
counted() {
	printf '%-42s %6s %6s %8s %9s %7s%s\n' "$1" "$2" "$3" "$4" "$5" "$6" "${7:+  $7}" >>"$TABLE"
	[ ! -d /out ] || [ "$2" = asked ] ||
		jq -cn --arg what "$1" --argjson asked "$2" --argjson "done" "$3" --argjson failures "$4" \
			--argjson frames "$5" --argjson seconds "$6" --arg note "${7:-}" \
			'$ARGS.named | if .note == "" then del(.note) else . end' >>/out/counts.jsonl
}

# line ASKED BATCH WHAT KIND...: one of COUNTS. An operation counts when it was
# done, not when it was tried.
line() {
	local asked=$1 batch=$2 what=$3 k n before kinds=() failures=$FAILURES frames=$FRAMES start=$SECONDS reason='' mode
	shift 3
	for k; do
		reason=$(impossible "$k")
		[ -n "$reason" ] || kinds+=("$k")
	done
	DONE=0 RECOVERED=0
	if [ ${#kinds[@]} -gt 0 ]; then
		reason=''
		# into a socket and into the stack in turn
		mode=$((++LINES_DONE % 2))
		calm_stop # of a line that failed
		calm_start $mode
	fi
	while [ ${#kinds[@]} -gt 0 ] && [ "$DONE" -lt "$asked" ] && [ $((FAILURES - failures)) -lt 2 ]; do
		before=$DONE FIRST=$((ROUND + 1))
		for ((n = 0; n < batch && DONE < asked; n++)); do
			random ${#kinds[@]}
			act "${kinds[RANDOM_IS]}"
			[ -z "$why" ] || break
		done
		# of many channels few rounds are none
		[ "$DONE" -gt "$before" ] || [ -n "$why" ] || bad "$n rounds and nothing done"
		look $mode
	done
	calm_stop
	judge
	# all that is lacking are modules and CPUs that are always to be had
	[ -z "$reason" ] || FAILURES=$((FAILURES + 1))
	counted "$what" "$asked" "$DONE" $((FAILURES - failures)) $((FRAMES - frames)) $((SECONDS - start)) "${reason:+not possible: $reason}"
	note "$(tail -n 1 "$TABLE")"
	if [ "$1" = aer-fatal ] && [ ${#kinds[@]} -gt 0 ] && [ "$RECOVERED" -lt "$DONE" ]; then
		counted "AER fatal, recovered" "$asked" "$RECOVERED" 0 0 0 \
			"not possible: the emulated root port never reports its link after a bus reset"
	fi
}

# counts PERCENT SEED: each of COUNTS, or those that have a kind of SOAK_ONLY, that
# part of their number
counts() {
	local l asked batch what list n k wanted
	TABLE=/tmp/counts LINES_DONE=0
	[ ! -d /out ] || TABLE=/out/counts
	begin "$2"
	counted what asked "done" failures frames seconds
	for l in "${COUNTS[@]}"; do
		IFS='|' read -r asked batch what list <<<"$l"
		read -ra list <<<"$list"
		wanted=${SOAK_ONLY:+no}
		for k in ${SOAK_ONLY:-}; do
			[[ " ${list[*]} " != *" $k "* ]] || wanted=''
		done
		[ -z "$wanted" ] || continue
		n=$((asked * $1 / 100))
		[ "$FAILURES" -lt 5 ] || break
		line $((n > 0 ? n : 1)) "$batch" "$what" "${list[@]}"
	done
	end "$2"
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
	why=''
}
