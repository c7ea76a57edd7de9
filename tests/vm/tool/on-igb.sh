#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=400 cpus=2 driver=igb
# Every subcommand on the in-tree driver: what it shows is there, what it does
# works. Before Linux 6.14 that driver has copy mode only, in which all of it
# takes minutes: on 6.12 one of each kind.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh
. /src/tests/vm/helpers/tool.sh
RX=rx_queue_
. /src/tests/vm/helpers/steer.sh

# With eight channels each has a vector for both directions; with fewer, a
# socket that is polled never gets its transmissions back from this driver.
setup_ports 8
zc=true copy='' hows='--native --dispatcher --skb' modes='irq need busy suspend' wakeups='irq need busy' packets=3000
cases='pair|l2fwd --inflight 32'
if [ "$LINUX" = 6.12 ]; then
	zc=false copy=--allow-copy hows=--native modes=busy wakeups=busy packets=300 cases=pair
fi
wait_quiet() { sleep 1; wait_link p0; wait_link p1; } # it restarts the port for programs
SETTINGS=$(settings p0 p1)

note 'vectors, show, version, doctor'
expect 0 tandem vectors p0 --json
irq=$(awk '$NF == "p0-TxRx-3" { sub(":", "", $1); print $1 }' /proc/interrupts)
jq -e --argjson irq "$irq" 'any(.[]; .irq == $irq and .name == "p0-TxRx-3" and .rx_queue == 3 and .tx_queue == 3 and
	.affinity != null and .cpu != null)' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 tandem vectors p0 --domains --json
jq -e --argjson irq "$irq" --arg chip "$(cat "/sys/kernel/irq/$irq/chip_name")" --argjson hw "$(cat "/sys/kernel/irq/$irq/hwirq")" \
	'.[] | select(.irq == $irq) | .domains[0].chip == $chip and .domains[0].hwirq == $hw and .xsk == null and
	.pid == null and .interrupts_per_s != null' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 tandem vectors p0
grep -q p0-TxRx-7 <<<"$OUT" || die "$OUT"
expect 0 tandem show p0 --json
jq -e '.driver == "igb" and .paired == false and .sockets == []' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 tandem version
grep -q '^module not loaded' <<<"$OUT" || die "$OUT"
if $zc; then
	rc=0
	OUT=$(tandem doctor p0 -q 0-7 --try --json) || rc=$?
	assert_le $rc 1 'exit code of the doctor'
	jq -e 'any(.findings[]; .check == "trial" and .severity == "ok")' >/dev/null <<<"$OUT" || die "$OUT"
else
	expect 4 tandem doctor p0 --try --json
	jq -e 'any(.findings[]; .check == "trial" and .severity == "error")' >/dev/null <<<"$OUT" || die "$OUT"
fi
wait_quiet
nothing_left p0 p1

note 'load, unload'
for how in $hows; do
	expect 0 tandem load "$BPF/xdp_pass.bpf.o" p0 "$how"
	has_prog p0 || die "no program by $how"
	expect 0 tandem unload p0
	wait_quiet
done
nothing_left p0 p1

note 'pair, unpair'
$zc || { expect 4 tandem pair p0 && says 'no AF_XDP zero-copy'; }
for w in $modes; do
	expect 0 tandem pair p0 -q 1-2 --wakeup "$w" --cpu 1,0 --json $copy
	jq -e --argjson zc $zc '.driver == "igb" and [.queues[].affinity] == ["1", "0"] and
		all(.queues[]; .mode == (if $zc then "zero-copy" else "copy" end))' >/dev/null <<<"$OUT" || die "$w: $OUT"
	expect 0 tandem show p0
	expect 0 tandem unpair p0
	wait_quiet
	nothing_left p0 p1
done

note steer
TABLE=$(table)
for flow in 'udp 192.0.2.2:4000 192.0.2.1:5000' 'tcp [2001:db8::2]:4000 [2001:db8::1]:5000'; do
	# shellcheck disable=SC2086 # words
	expect 0 tandem steer p0 --show $flow --json
	q=$(jq .queue_after <<<"$OUT")
	# shellcheck disable=SC2086 # words
	arrives '' "$q" $flow
	q=$(((q + 3) % 8))
	# shellcheck disable=SC2086 # words
	expect 0 tandem steer p0 -q $q $flow
	# shellcheck disable=SC2086 # words
	arrives '' $q $flow
done
expect 0 tandem steer p0 --undo
assert_eq "$(table)" "$TABLE" 'the table after --undo'
nothing_left p0 p1

note 'bench, demo'
$zc || { expect 4 tandem bench pair p0 p1 -d 0.5 && says 'no AF_XDP zero-copy' --allow-copy; wait_quiet; }
for w in $wakeups; do
	while read -r -d '|' m; do
		# shellcheck disable=SC2086 # words
		expect 0 tandem bench $m p0 p1 -n $packets --verify -q 0-1 --wakeup $w --json $copy
		jq -e --argjson zc $zc '.zerocopy == $zc and .packets >= 300 and .lost == 0 and .corrupt == 0' \
			>/dev/null <<<"$OUT" || die "$m, $w: $OUT"
		wait_quiet
	done <<<"$cases|"
done
if ! $zc; then
	# nor does its igb link NAPIs
	expect 0 tandem trace p1 -d 0.2 --hist && says 'no times' 'which NAPI'
	nothing_left p0 p1
	exit 0
fi
expect 0 tandem bench txonly p0 -n 2000 --json $copy
jq -e --argjson zc $zc '.zerocopy == $zc and .packets >= 2000' >/dev/null <<<"$OUT" || die "$OUT"
wait_quiet
expect 0 tandem demo p0 p1 --seconds 1 -q 2 $copy
wait_quiet
nothing_left p0 p1

note 'trace, top, export under traffic'
run_bg tandem bench txonly p1 -d 600 -q 0-1 $copy >/dev/null
# this driver restarts the port for a socket: nothing moves for seconds
wait_for 30 sending p1
expect 0 tandem vectors p1 --json -i 1
jq -e --argjson pid "$BG" --argjson zc $zc '.[] | select(.tx_queue == 1) | .pid == $pid and .command == "tandem" and
	.xsk == (if $zc then "zero-copy" else "copy" end) and .chunk > 0 and .program.id > 0 and
	(.mode == "interrupt" or .mode == "polled") and .interrupts >= 0' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 tandem trace p1 -n 20 --json
jq -e -s 'length == 20 and any(.[]; .event == "irq" or .event == "poll")' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 tandem trace p1 -d 1 --hist --json
expect 4 tandem trace p1 -e doorbell && says 'tandem driver'
expect 0 tandem top p1 --json -n 2 -i 0.5
jq -e -s 'any(.[].vectors[]; .queue == 0 and .packets_per_s > 0)' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 tandem export p1 --textfile /tmp/igb.prom
promtool check metrics </tmp/igb.prom || die "promtool: $(cat /tmp/igb.prom)"
kill "$BG"
wait "$BG" || true
wait_quiet
nothing_left p0 p1

note 'bind, unbind'
a=$(lab_ports_pci | sed -n 1p)
expect 1 tandem bind "$a" && says 'modprobe tandem'
expect 1 tandem unbind "$a" && says 'not with tandem but with igb'
