#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240 cpus=2
# What --json prints has the keys that the man page of the command explains, and no
# others: scripts may rely on them.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

# explained COMMAND: the keys (.Va) in the section JSON of its page
explained() {
	awk '/^\.S[hs] / { on = $0 == ".Ss JSON" }
		on && /^\./ { key = 0
			for (i = 1; i <= NF; i++) {
				if ($i ~ /^\.?(Va)$/) key = 1
				else if ($i ~ /^[A-Z][a-z]$/) key = 0
				else if (key && $i ~ /^[a-z][a-z0-9_]*$/) print $i } }' \
		"/src/user/man/tandem-$1.1" | sort -u
}

# of COMMAND...: its output is among what that page is about
declare -A said
of() {
	local c=$1
	shift
	expect 0 tandem "$c" "$@" --json
	said[$c]+=$OUT
}

# compare COMMAND: the keys in all that it has said with its page, which may say that
# some objects are those of another page
compare() {
	local c=$1 other
	jq -r '.. | objects | keys[]' <<<"${said[$c]}" | sort -u >/tmp/printed
	explained "$c" >/tmp/explained
	[ -s /tmp/printed ] || die "tandem $c printed no keys: ${said[$c]}"
	other=$(awk '/^\.S[hs] / { on = $0 == ".Ss JSON" } on && $1 == ".Xr" { print $2 }' "/src/user/man/tandem-$c.1")
	assert_eq "$(comm -13 /tmp/printed /tmp/explained | xargs)" '' "keys in the page of tandem $c that it did not print"
	for other in $other; do
		explained "${other#tandem-}"
	done >/tmp/others
	assert_eq "$(sort -u /tmp/explained /tmp/others | comm -23 /tmp/printed - | xargs)" '' \
		"keys that tandem $c prints and its page does not explain"
	note "$c: $(wc -l </tmp/printed) keys"
}

setup_ports 2
SETTINGS=$(settings p0 p1)

of version
of load "$BPF/xdp_pass.bpf.o" p0
of show p0
of unload p0
of pair p0 --wakeup need
of doctor p1
of bench pair p0 p1 -n 2000
run_bg tandem bench txonly p0 -d 600 --no-prog
wait_for 20 sending p0
of show p0
of vectors p0 --domains
of top p0 -n 1 -i 0.5
of trace p0 -n 5 -e wakeup
of trace p0 -n 5 -e doorbell
of trace p0 -n 20 -e poll
of trace p0 --hist -d 1
kill "$BG"
wait "$BG" || true
of unpair p0
of steer p0 --show ip 192.0.2.2 192.0.2.1
of steer p0 -q $((1 - $(jq .queue_after <<<"$OUT"))) ip 192.0.2.2 192.0.2.1
of steer p0 --undo
of bench l2fwd p0 p1 -n 300 --latency
of demo p0 p1 --seconds 0.5 -q 1

note 'events of each kind'
run_bg tandem trace p0 --json >/tmp/trace.out 2>/tmp/trace.err
printed() { jq -e -s "any(.[]; $1)" /tmp/trace.out; }
# its list of vectors is read before the first event
wait_for 60 sh -c 'bpftool link list | grep -q tp_btf.tandem || ls -l /proc/'"$BG"'/fd | grep -q bpf_link'
sleep 1
ethtool -L p0 combined 3
wait_for 20 printed '.event == "request"'
wait_link p0
irq=$(awk '$NF == "p0-TxRx-1" { sub(":", "", $1); print $1 }' /proc/interrupts)
if [ "$LINUX" = 6.12 ]; then
	echo 1 >"/proc/irq/$irq/smp_affinity_list"
	wait_for 20 printed '.event == "affinity"'
else
	# later kernels tell no driver of a move
	said[trace]+='{"first_cpu": 1}'
fi
mac=$(cat /sys/class/net/p0/address)
for verdict in aborted redirect; do
	/src/build/helpers/xdp p0 $verdict
	expect 0 tandem bench txonly p1 -n 200 --no-prog --dst "$mac"
	case $verdict in
	aborted) wait_for 20 printed '.event == "xdp_exception"' ;;
	redirect) wait_for 20 printed '.event == "xdp_redirect_err"' ;;
	esac
	/src/build/helpers/xdp p0 off
done
ethtool -L p0 combined 2
wait_link p0
kill -INT "$BG"
wait "$BG" || die "trace ended with $?: $(cat /tmp/trace.err)"
said[trace]+=$(</tmp/trace.out)

note 'a port that moves, and a driver of another kind'
a=$(lab_ports_pci | sed -n 2p)
modprobe igb
of unbind "$a" --driver igb
dev=$(jq -r .interface <<<"$OUT")
ip link set "$dev" up
of trace "$dev" --hist -d 0.5
of bind "$a"

for c in "${!said[@]}"; do
	compare "$c"
done
# no page promises it for a command that has none, or forgets one
for c in $(tandem --help | awk '/^Commands:/ { on = 1; next } on && !NF { exit } on { print $1 }'); do
	! tandem "$c" --help | found -w -- --json || [ -n "${said[$c]:-}" ] || die "tandem $c --json was not compared"
done
