# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the guest tests: ". /src/tests/vm/lib.sh" is their first command.
#
# A test finds the driver freshly loaded and the ports named p0, p1, ... (down,
# no addresses, wired 0-1, 2-3, ...). It passes with exit status 0; any command
# that fails ends it. $SLOW is by how much more time things may take (the debug
# kernel, a busy machine), $KERNEL is 6.12, 7.2 or debug, $LINUX the version whose
# features it has, 6.12 or 7.2. Processes, namespaces, pinned objects and /tmp
# need no cleaning up. The kernel's log is read after every test.

set -euo pipefail

SLOW=${SLOW:-1}
# shellcheck disable=SC2034 # for tests
LINUX=$(uname -r | cut -d. -f1-2)
BG_PIDS=()

. /src/scripts/lab/guest-lib.sh

note() { printf '# %s\n' "$*"; }
# To stderr: on stdout, in $(...), it would be taken for what was asked for.
die() { printf 'FAIL: %s\n' "$*" >&2; exit 1; }
skip() { printf 'SKIP: %s\n' "$*"; exit 77; }

_on_error() {
	local rc=$? i
	printf 'FAIL: "%s" gave status %s\n' "$BASH_COMMAND" "$rc" >&2
	for ((i = 1; i < ${#FUNCNAME[@]}; i++)); do
		printf '  at %s:%s\n' "${BASH_SOURCE[i]#/src/}" "${BASH_LINENO[i - 1]}" >&2
	done
}
set -E
trap _on_error ERR

# port_state [NS]: what each port of ours counted beside the ordinary, for the
# log of a test that failed
port_state() {
	local d
	for d in $(in_ns "${1:-}" ls /sys/class/net); do
		case $(in_ns "${1:-}" ethtool -i "$d" 2>/dev/null) in *"driver: tandem"*) ;; *) continue ;; esac
		echo "# $d: $(in_ns "${1:-}" sh -c "
			grep -H . /sys/class/net/$d/statistics/[rt]x_*[st] | sed 's/.*statistics.//; s/:/ /'
			ethtool -S $d | tail -n +2" | sed 's/://' | awk '$2 > 0 && !/bytes/ { printf "%s=%s ", $1, $2 }')"
	done
}

_on_exit() {
	local rc=$? p
	trap - ERR
	if [ "$rc" -ne 0 ] && [ "$rc" -ne 77 ]; then
		port_state
		for p in $(ip netns list | cut -d' ' -f1); do
			port_state "$p"
		done
	fi 2>/dev/null || true
	for p in "${BG_PIDS[@]}"; do
		kill "$p" 2>/dev/null || true
	done
}
trap _on_exit EXIT

# assert_eq GOT WANTED [WHAT]
assert_eq() { [ "$1" = "$2" ] || die "${3:-value} is '$1', not '$2'"; }
# assert_ge GOT LEAST [WHAT], assert_le GOT MOST [WHAT]
assert_ge() { [ "$1" -ge "$2" ] || die "${3:-value} is $1, less than $2"; }
assert_le() { [ "$1" -le "$2" ] || die "${3:-value} is $1, more than $2"; }

# found GREP-ARGUMENTS...: grep -q for the end of a pipe. It reads all: grep -q leaves
# at the first match, and what then writes on dies of it and fails the pipe.
found() { [ -n "$(grep "$@" || true)" ]; }

# assert_fails COMMAND...: it must fail; its output is in $OUTPUT
assert_fails() {
	local rc=0
	OUTPUT=$("$@" 2>&1) || rc=$?
	[ "$rc" -ne 0 ] || die "'$*' succeeded; output: $OUTPUT"
	# not run, not found, ended by a signal: no refusal. Above that are ethtool's
	# statuses, an errno with its sign: 242 is EFAULT.
	[ "$rc" -lt 126 ] || [ "$rc" -gt 159 ] || die "'$*': status $rc; output: $OUTPUT"
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	local limit=$(($1 * SLOW)) end
	end=$((SECONDS + limit))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || die "not within $limit s: $*"
		sleep 0.1
	done
}

# at_least N COMMAND...: does it print N or more? For wait_for
at_least() {
	local least=$1
	shift
	[ "$("$@")" -ge "$least" ]
}

# in_ns NS COMMAND...: NS may be empty
in_ns() {
	local ns=$1
	shift
	if [ -n "$ns" ]; then
		ip netns exec "$ns" "$@"
	else
		"$@"
	fi
}

# show_file NS FILE: where no other namespace is asked for, no program has to start
show_file() {
	local text
	if [ -n "$1" ]; then
		in_ns "$1" cat "$2"
	else
		text=$(<"$2") || return
		[ -n "$text" ] || return # bash says nothing of a read that failed
		printf '%s\n' "$text"
	fi
}

# wait_link IF [NS]
wait_link() {
	local end=$((SECONDS + 30 * SLOW))
	until [ "$(show_file "${2:-}" "/sys/class/net/$1/carrier" 2>/dev/null || true)" = 1 ]; do
		[ "$SECONDS" -lt "$end" ] || die "no link on $1 after $((30 * SLOW)) s"
		sleep 0.05
	done
}

# defer IF POLLS NS: so many polls in vain leave the interrupts of IF masked, and a
# timer polls instead every NS; 0 0 ends that
defer() {
	echo "$2" >"/sys/class/net/$1/napi_defer_hard_irqs"
	echo "$3" >"/sys/class/net/$1/gro_flush_timeout"
}

# defer_far IF MS: a poll that found something to receive leaves the interrupt masked,
# for a timer to poll instead MS later, a million times. Longer where all is slow, but
# less than the time (2 s) between two looks of the driver at what stands.
defer_far() {
	local ms=$(($2 * SLOW))
	defer "$1" 1000000 $(((ms < 1600 ? ms : 1600) * 1000000))
}

# A command at the other end of the cable
peer() { ip netns exec peer "$@"; }

# p0 stays here with .1, p1 goes to the namespace "peer" with .2; both up,
# with link, and with each other's address known
setup_peers() {
	ip netns add peer
	peer ip link set lo up
	ip link set p1 netns peer
	echo 0 >/proc/sys/net/ipv6/conf/p0/accept_dad
	peer sh -c 'echo 0 >/proc/sys/net/ipv6/conf/p1/accept_dad'
	ip addr add 192.0.2.1/24 dev p0
	ip -6 addr add 2001:db8::1/64 dev p0 nodad
	peer ip addr add 192.0.2.2/24 dev p1
	peer ip -6 addr add 2001:db8::2/64 dev p1 nodad
	ip link set p0 up
	peer ip link set p1 up
	wait_link p0
	wait_link p1 peer
}

# stat IF NAME [NS]: a value of ethtool -S
stat() {
	in_ns "${3:-}" ethtool -S "$1" | awk -v n="$2:" '$1 == n { print $2; f = 1 } END { exit !f }' ||
		die "$1 has no statistic $2"
}

# link_stat IF NAME [NS]: a value of ip -s link (rx_packets, tx_dropped, ...)
link_stat() { show_file "${3:-}" "/sys/class/net/$1/statistics/$2"; }

carrier_changes() { show_file "${2:-}" "/sys/class/net/$1/carrier_changes"; }

# certain_hash IF: an RSS key that spreads. The kernel's own is drawn at boot, and now
# and then ignores the few bits in which the flows of a test differ.
certain_hash() {
	ethtool -X "$1" hkey 6d:5a:56:da:25:5b:0e:c2:41:67:25:3d:43:a3:8f:b0:d0:ca:2b:cb:ae:7b:30:b4:77:cb:2d:a3:80:30:f2:0c:6a:42:b7:3b:be:ac:01:fa
}

# run_bg COMMAND...: in the background until the test ends; its pid is in $BG
run_bg() {
	"$@" &
	BG=$!
	BG_PIDS+=("$BG")
}

# irqs IF: interrupts so far of all vectors of IF
irqs() {
	awk -v i="$1" 'NR > 1 && ($NF ~ "^" i "(-|$)" || $NF ~ "^" i ":") {
		for (n = 2; n <= NF && $n ~ /^[0-9]+$/; n++) s += $n } END { print s + 0 }' /proc/interrupts
}
