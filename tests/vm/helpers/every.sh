# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests that watch the tool itself (sanitizers, valgrind): every
# subcommand, what works and what fails. Sourced behind tool.sh, on two ports of
# ours that are up. A test sets WATCHED, the command that runs the tool so that
# it is watched, with the tool's own exit code, and defines "verdict", which
# fails if something was found and prints it. nothing_found tells all of it.

FOUND=/tmp/found
: >$FOUND

# judge ARGS...: false if something was found in a run with these
judge() {
	local report
	if report=$(verdict); then
		return 0
	fi
	printf '== tandem %s\n%s\n' "$*" "$report" >>$FOUND
	return 1
}

nothing_found() { [ ! -s $FOUND ] || die "$(cat $FOUND)"; }

# run CODE ARGS...: the tool with these must end with one of the codes (0|1)
run() {
	local want=$1 rc=0
	shift
	note "$SECONDS s: $*"
	"${WATCHED[@]}" "$@" >/tmp/run.out 2>/tmp/run.err </dev/null || rc=$?
	judge "$@" || return 0
	[[ "|$want|" == *"|$rc|"* ]] ||
		die "'tandem $*' ended with $rc, not $want: $(tail -n 5 /tmp/run.out /tmp/run.err)"
}

# run_until SIGNAL SECONDS ARGS...: until then
run_until() {
	local signal=$1 after=$2 rc=0
	shift 2
	note "$SECONDS s: $*, SIG$signal"
	"${WATCHED[@]}" "$@" >/tmp/run.out 2>/tmp/run.err </dev/null &
	BG=$!
	BG_PIDS+=("$BG")
	# one that is deaf to SIGINT yet would not end
	wait_for 60 hears_or_over "$BG"
	sleep "$after"
	kill -"$signal" "$BG" 2>/dev/null || true
	wait "$BG" || rc=$?
	judge "$@" || return 0
	case $rc in 0|1|129|130|143) ;; *) die "'tandem $*' ended with $rc: $(tail -n 5 /tmp/run.out /tmp/run.err)" ;; esac
}

# What prints and changes nothing
every_reader() {
	local c
	run 0 --help
	run 2
	run 2 nonsense
	# between them they have options of each type
	for c in bench pair version; do
		run 0 $c --help
	done
	run 2 bench --nonsense
	run 2 bench txonly p0 --batch 0
	for c in version 'vectors' 'vectors p0 --domains' 'show p0'; do
		# shellcheck disable=SC2086 # words
		run 0 $c
		# shellcheck disable=SC2086 # words
		run 0 $c --json
	done
	run 1 vectors nope
	run 1 show nope
	run '0|1' doctor p0 -q 0-1 --cpu 1
	run '0|1' doctor p0 --json
	run 4 doctor p0 -q 40
	run 4 doctor lo --json
	run 0 top -b -n 2 -i 0.1
	run 0 top p0 --json -n 2 -i 0.1 --sort packets -r
	run 1 top nope -b
	run 0 steer p0 --show tcp 192.0.2.2:1 192.0.2.1:2
	run 0 steer p0 --show udp '[2001:db8::2]:1' '[2001:db8::1]:2' --json
	run 4 steer lo --show ip 192.0.2.2 192.0.2.1
	run 2 steer p0 -q 1 udp 192.0.2.2 192.0.2.1
	run 0 export --textfile /tmp/run.prom
	run 1 export --textfile /nope/x
	run 1 bind 0000:7f:1f.7
	run 2 unbind x
}

every_writer() {
	run 0 load "$BPF/xdp_pass.bpf.o" p0
	run 1 bench rxdrop p0
	run 0 unload p0 --json
	run 1 unload p0
	run 0 load "$BPF/xdp_pass.bpf.o" p0 --dispatcher
	run 0 unload p0
	run 1 load /etc/passwd p0
	run 4 load "$BPF/xdp_pass.bpf.o" lo
	run 0 pair p0 -q 0-1 --wakeup busy --cpu 1,0
	run 1 pair p0
	run 0 show p0
	run 0 show p0 --json
	run '0|1' doctor p0 -q 0-1 --try
	run 1 bench rxdrop p0 -d 0.3
	run 0 unpair p0
	run 1 unpair p0
	run 1 pair p0 -q 40
	run 0 pair p0 --attach dispatcher --wakeup irq --json
	run 0 unpair p0 --json
	ethtool -X p0 equal 1
	run 0 steer p0 -q 0 ip 192.0.2.2 192.0.2.1
	run 0 steer p0 -q 1 ip 192.0.2.2 192.0.2.1 --json
	run 0 steer p0 -q 0 ip 192.0.2.2 192.0.2.1
	run 0 steer p0 -q 1 ip 192.0.2.2 192.0.2.3
	run 1 steer p0 -q 40 ip 192.0.2.2 192.0.2.3
	run 0 steer p0 --undo --json
	run 1 steer p0 --undo
	ethtool -X p0 default
}

every_bench() {
	run 0 bench pair p0 p1 -n 2000 --verify -q 0-1
	run 0 bench pair p0 p1 -n 2000 --verify -q 0-1 --wakeup busy --threads --json
	run 0 bench pair p0 p1 -n 2000 --wakeup irq --no-rss --size 1518
	run 0 bench pair p0 p1 -n 1000 --prog libxdp --attach dispatcher --headroom 64
	run 0 bench l2fwd p0 p1 -n 1000 --inflight 32 --verify
	run 0 bench l2fwd p0 p1 -n 500 --latency --verify --csv
	run 0 bench l2fwd p0 p1 -n 500 --latency
	run 0 bench txonly p0 -n 2000 --no-prog --dst 02:00:00:00:00:01
	run 1 bench rxdrop p0 -d 0.2
	run 1 bench txonly p0 -q 40
	run 1 bench txonly p0 --prog /etc/passwd
	run_until INT 2 bench pair p0 p1 -d 60 -i 0.2
	run_until TERM 2 bench txonly p0 -d 60 -q 0-1
	run 0 demo p0 p1 --seconds 0.5 -q 2 --json
}

every_watcher() {
	run_bg /src/build/user/tandem bench txonly p1 -d 600 -q 0-1 >/dev/null
	local sender=$BG
	run 0 trace p1 -n 20 --json -e poll,wakeup,doorbell
	run 0 trace p1 -d 1 --hist
	run 2 trace p1 -e nonsense
	run 0 trace p1 -n 50
	# the port that has less to tell
	run_until INT 1 trace p0
	run_until TERM 3 top p1 -b -i 0.2
	kill "$sender"
	wait "$sender" || true
}

# Answers and refusals of the listener; it ends by SIGTERM
every_request() {
	local pid rc=0 url=http://127.0.0.1:9577
	"${WATCHED[@]}" export --listen 127.0.0.1:9577 >/tmp/run.out 2>/tmp/run.err </dev/null &
	pid=$!
	BG_PIDS+=("$pid")
	wait_for 60 grep -q '^listening' /tmp/run.out
	curl -sf $url/metrics -o /tmp/text
	curl -sf -H 'Accept: application/openmetrics-text' $url/metrics -o /tmp/text
	curl -s $url/nope -o /tmp/text
	curl -s -X POST $url/metrics -d x=1 -o /tmp/text
	curl -s -H "X: $(printf '%05000d' 0)" $url/metrics -o /tmp/text || true
	printf '\001\002' | timeout 20 socat -t 5 - TCP:127.0.0.1:9577 >/tmp/text || true
	kill -TERM $pid
	wait $pid || rc=$?
	judge export || return 0
	assert_eq $rc 0 'exit code of export'
}

# A port goes to igb and comes back
every_bind() {
	local a
	a=$(lab_ports_pci | sed -n 1p)
	modprobe igb
	run 0 unbind "$a" --driver igb
	run 0 bind "$a" --json
	run 0 unbind "$a"
	run 0 bind "$a"
	run 1 bind "$a" --driver nonsense
}

# every_veth SECONDS: a device without zero-copy, that goes after so many of the
# last run. All that needs no ports.
every_veth() {
	ip link add va type veth peer name vb
	ip link set va up
	ip link set vb up
	run 0 vectors va --json
	run 0 show va
	run 4 doctor va
	run 4 doctor va --try --json
	run 0 top va --json -n 2 -i 0.1
	run 0 export va --textfile /tmp/run.prom
	run 0 load "$BPF/xdp_pass.bpf.o" va
	run 1 bench rxdrop va --allow-copy
	run 0 unload va
	run 0 load "$BPF/xdp_pass.bpf.o" va --dispatcher
	run 0 unload va
	run 1 load /etc/passwd va
	run 4 load "$BPF/xdp_pass.bpf.o" lo
	run 4 pair va
	run 0 pair va --allow-copy --wakeup busy
	run 0 show va --json
	run 1 bench rxdrop va -d 0.2 --allow-copy
	run 0 unpair va
	run 0 pair va --allow-copy --attach dispatcher --json
	run 0 unpair va
	run 4 bench pair va vb
	run 0 bench pair va vb -n 500 --allow-copy --verify
	run 0 bench pair va vb -n 500 --copy --no-rss --threads --wakeup busy --json
	run 0 bench pair va vb -n 500 --copy --prog libxdp --attach dispatcher
	run 0 bench l2fwd va vb -n 500 --skb --inflight 32 --wakeup irq
	run 0 bench l2fwd va vb -n 200 --copy --latency --json
	run 1 bench txonly va --prog /etc/passwd --allow-copy
	run 0 demo va vb --seconds 0.5 --allow-copy -q 1
	run 0 trace va -d 0.5
	run 0 trace va -d 0.5 --hist --json
	run 4 trace va -e doorbell
	(sleep "$1"; ip link del va) &
	BG_PIDS+=($!)
	run 1 bench txonly va -d 60 --allow-copy
	run 1 vectors va
}
