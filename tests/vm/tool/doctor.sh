#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240 cpus=2
# tandem doctor: each trouble that can be made here is found, with its severity,
# exit code and a command that really helps. Nothing is changed by looking.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

# finding CHECK SEVERITY [WORD...]: in the JSON of the last run. Whatever is wrong there
# has a command that helps.
finding() {
	local text
	jq -e 'all(.findings[]; .fix or .severity == "ok" or .severity == "info")' >/dev/null <<<"$OUT" ||
		die "something without a command that helps: $OUT"
	text=$(jq -r --arg c "$1" --arg s "$2" '.findings[] | select(.check == $c and .severity == $s) |
		"\(.text) -> \(.fix)"' <<<"$OUT")
	[ -n "$text" ] || die "no '$1' with severity '$2': $OUT"
	shift 2
	for w in "$@"; do
		grep -qF -- "$w" <<<"$text" || die "'$text' does not say '$w'"
	done
}
# the fix of CHECK, run as it stands
follow() {
	local text
	text=$(jq -r --arg c "$1" '[.findings[] | select(.check == $c and .fix) | .fix][0]' <<<"$OUT")
	[ "$text" != null ] || die "no fix for '$1': $OUT"
	note "fix for $1: $text"
	read -r -a words <<<"$text"
	"${words[@]}"
}
# 0, or 1 for what this machine is not to blame for (idle states of the host's CPU)
fine() {
	local rc=0
	OUT=$(tandem doctor "$@" --json) || rc=$?
	assert_le $rc 1 "exit code of doctor $*"
	jq -e '[.findings[] | select(.severity == "error")] == []' >/dev/null <<<"$OUT" || die "$OUT"
	jq -e '[.findings[] | select(.severity == "warn" and .check != "idle")] == []' >/dev/null <<<"$OUT" || die "$OUT"
}

note 'bad input'
expect 2 tandem doctor && says 'argument missing'
expect 2 tandem doctor p0 p1 && says 'too many'
expect 1 tandem doctor nope && says 'no interface named nope'
expect 2 tandem doctor p0 -q x && says --queues
expect 2 tandem doctor p0 --chunk 3000 && says '2048 or 4096'
expect 2 tandem doctor p0 --chunk 100 && says --chunk
expect 2 tandem doctor p0 --cpu x && says --cpu
expect 1 tandem doctor p0 --cpu 7 && says 'CPU 7 is not online'

expect 4 tandem doctor p0 --json
finding link error 'p0 is down' 'ip link set p0 up'
follow link
setup_ports 2
SETTINGS=$(settings p0 p1)

note fine
fine p0 -q 0-1
finding zero-copy ok
finding kernel ok "$(uname -r)"
finding rights ok
finding driver ok tandem
finding sockets ok
finding napi info 'tandem pair p0 -q 0'
fine p0 -q 0-1 --try
finding trial ok 'queue 1 took'
nothing_left p0 p1
rc=0
tandem doctor p0 >/tmp/out || rc=$?
assert_le $rc 1
grep -q '^ok     driver' /tmp/out || die "$(cat /tmp/out)"

note 'queue range'
expect 4 tandem doctor p0 -q 2 --json
finding queues error 'queues 0-1, not 2'
follow queues
wait_link p0
fine p0 -q 2
ethtool -L p0 combined 2
wait_link p0

note 'MTU'
ip link set p0 mtu 2000
rc=0
OUT=$(tandem doctor p0 --chunk 2048 --json) || rc=$?
assert_eq $rc 1 'exit code for a long MTU on a device with multi-buffer'
finding mtu warn 'several chunks' 'ip link set p0 mtu'
follow mtu
wait_link p0
fine p0 --chunk 2048
ip link set p0 mtu 1500
wait_link p0

note 'a socket, a program'
run_bg tandem bench txonly p0 -q 1 -d 600
wait_for 20 sending p0
expect 4 tandem doctor p0 -q 0-1 --json
finding sockets error 'queue 1 already has a socket' "kill $BG"
finding program warn
expect 4 tandem doctor p0 -q 1 --try --json
finding trial error 'queue 1 of p0 already has' 'tandem show p0'
follow sockets
wait $BG || true
wait_for 20 sh -c 'tandem show p0 --json | jq -e ".sockets == []"'
tandem load "$BPF/xdp_pass.bpf.o" p0
expect 1 tandem doctor p0 --json
finding program warn 'tandem unload p0'
follow program
tandem load "$BPF/xdp_pass.bpf.o" p0 --skb
expect 4 tandem doctor p0 --json
finding program error 'in the stack'
follow program
fine p0

note 'CPU of interrupt and application'
irq=$(tandem vectors p0 -i 0 --json | jq '.[] | select(.rx_queue == 0) | .irq')
echo 0 >"/proc/irq/$irq/smp_affinity_list"
expect 1 tandem doctor p0 --cpu 1 --json
finding interrupt warn "interrupt $irq runs on CPU 0, the application on 1"
expect 1 taskset -c 1 tandem doctor p0 --json
finding interrupt warn
follow interrupt >/dev/null
fine p0 --cpu 1
finding interrupt ok
finding napi ok
finding program ok 'tandem pair'
tandem unpair p0 >/dev/null

note irqbalance
cp /usr/bin/sleep /tmp/irqbalance
run_bg /tmp/irqbalance 60
wait_for 20 grep -qx irqbalance "/proc/$BG/comm"
expect 1 tandem doctor p0 --json
finding irqbalance warn 'systemctl stop irqbalance'
kill $BG
wait $BG || true

note 'rights, limits, compiler'
# "works" is not asked: the rest of the machine is in order
expect 3 setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all tandem doctor p0 --json
finding rights error CAP_NET_RAW sudo
# a socket whose owner is not to be seen, and a trial without rights
run_bg tandem bench txonly p0 -q 1 -d 600
wait_for 20 sending p0
expect 4 setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all tandem doctor p0 -q 0-1 --try --json
finding sockets error 'not to be seen' 'sudo tandem show p0'
finding trial error CAP_NET_RAW 'sudo tandem doctor p0 --try'
kill "$BG"
wait "$BG" || true
wait_for 20 sh -c 'tandem show p0 --json | jq -e ".sockets == []"'
expect 3 prlimit --memlock=65536 setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
	tandem doctor p0 --json
finding memlock warn 'ulimit -l unlimited'
if echo 0 >/proc/sys/net/core/bpf_jit_enable; then
	expect 1 tandem doctor p0 --json
	finding jit warn
	follow jit
else
	note 'this kernel always compiles'
fi 2>/dev/null

note veth
ip link add va type veth peer name vb
ip link set va up
expect 4 tandem doctor va --json
finding link warn 'no carrier' 'ethtool -r va'
ip link set vb up
expect 4 tandem doctor va --json
finding zero-copy error veth --allow-copy
expect 4 tandem doctor va --try --json
finding trial error 'no AF_XDP zero-copy' 'tandem bench rxdrop va --allow-copy'
expect 4 tandem doctor lo --json
assert_eq "$(cat /proc/sys/net/core/bpf_jit_enable)" 1 'bpf_jit_enable'
