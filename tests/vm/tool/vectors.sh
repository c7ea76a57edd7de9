#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180 cpus=2
# tandem vectors says what /proc/interrupts, sysfs, ethtool, devlink and the
# kernel's list of sockets say, and how each vector is served.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

setup_ports 4
expect 0 tandem vectors p0 --json
assert_eq "$(jq length <<<"$OUT")" 5 "vectors of p0 (four and the misc one)"
for q in 0 1 2 3; do
	irq=$(awk -v n="p0-TxRx-$q" '$NF == n { sub(":", "", $1); print $1 }' /proc/interrupts)
	jq -e --argjson q $q --argjson irq "$irq" --arg n "p0-TxRx-$q" \
		--arg eff "$(cat "/proc/irq/$irq/effective_affinity_list")" \
		--argjson hw "$(cat "/sys/kernel/irq/$irq/hwirq")" \
		'.[] | select(.irq == $irq) | .name == $n and .rx_queue == $q and .tx_queue == $q and
			.cpu == $eff and .entry == $hw and .napi_id > 0 and .xsk == null and
			.pid == null and .program == null and .interrupts_per_s != null and .mode != null' \
		>/dev/null <<<"$OUT" || die "queue $q, irq $irq: $OUT"
done
jq -e 'all(.[]; has("domains") | not)' >/dev/null <<<"$OUT" || die "domains, which nobody asked for: $OUT"
expect 0 tandem vectors p0
grep -q 'p0-TxRx-3' <<<"$OUT" || die "$OUT"
expect 0 tandem vectors
grep -q 'p1-TxRx-0' <<<"$OUT" || die "all devices: $OUT"
# no time to measure in, no rates
expect 0 tandem vectors p0 -i 0 --json
jq -e 'all(.[]; .interrupts_per_s == null and .mode == null and .interrupts != null)' >/dev/null <<<"$OUT" || die "$OUT"

note domains
devlink -j health diagnose "pci/$(basename "$(readlink -f /sys/class/net/p0/device)")" reporter vector |
	jq -S '[.entries[] | select(.virq) | {key: (.virq | tostring), value: .domains}] | from_entries' >/tmp/wanted
expect 0 tandem vectors p0 --domains --json
jq -S '[.[] | {key: (.irq | tostring), value: .domains}] | from_entries' <<<"$OUT" >/tmp/got
jq -e 'length == 5 and all(.[]; length >= 2 and last.domain == "VECTOR")' /tmp/got >/dev/null || die "$OUT"
diff /tmp/wanted /tmp/got || die 'not the domains of devlink'
expect 0 tandem vectors p0 -D
grep -qE "p0-TxRx-1 .*$(jq -r '.[0].domain' <<<"$(jq '[.[]][0]' /tmp/got)" | cut -c 1-8).*#[0-9]+ > VECTOR#[0-9]+$" <<<"$OUT" || die "$OUT"
# who may not ask devlink is told so, and gets what sysfs has
expect 0 setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all tandem vectors p0 -D --json
says 'domains of p0' CAP_NET_ADMIN
irq=$(awk '$NF == "p0-TxRx-1" { sub(":", "", $1); print $1 }' /proc/interrupts)
jq -e --argjson irq "$irq" --arg chip "$(cat "/sys/kernel/irq/$irq/chip_name")" '.[] | select(.irq == $irq) |
	.domains | length == 1 and .[0].domain == null and .[0].chip == $chip and .[0].hwirq >= 0' >/dev/null <<<"$OUT" || die "$OUT"

note 'a socket: its kind, its owner, the program, how it is driven'
# row QUEUE FILTER: of p0 while BG sends
row() {
	expect 0 tandem vectors p0 -i 1 --json
	jq -e --argjson q "$1" --argjson pid "$BG" ".[] | select(.rx_queue == \$q) | $2" >/dev/null <<<"$OUT" || die "queue $1: $OUT"
}
run_bg tandem bench txonly p0 -q 2 -d 600 --wakeup busy >/dev/null
wait_for 20 sending p0
id=$(ip -j link show p0 | jq '.[0].xdp.prog.id')
# shellcheck disable=SC2016 # jq's
row 2 '.xsk == "zero-copy" and .pid == $pid and .command == "tandem" and .chunk == 4096 and
	.program.id == '"$id"' and .program.name != null and .mode == "polled"'
row 1 '.xsk == null and .pid == null and .program.id == '"$id"' and .mode == "idle"'
jq -e '.[] | select(.name == "p0") | .program == null' >/dev/null <<<"$OUT" || die "a program on the misc vector: $OUT"
expect 0 tandem vectors p0 -i 1
grep -qE "p0-TxRx-2 .* 2 +2 +zero-copy +4096 +$BG +tandem +$id [a-z_]+ .* polled$" <<<"$OUT" || die "$OUT"
# an owner that may not be seen
expect 0 setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all tandem vectors p0 --json
jq -e '.[] | select(.rx_queue == 2) | .xsk == "zero-copy" and .chunk == 4096 and .pid == null and .command == null' \
	>/dev/null <<<"$OUT" || die "$OUT"
kill "$BG"
wait "$BG" || true

run_bg tandem bench txonly p0 -q 1 -d 600 --wakeup need >/dev/null
wait_for 20 sending p0
row 1 '.xsk == "zero-copy" and .mode == "woken"'
kill "$BG"
wait "$BG" || true

# frames for the stack, one at a time, come by interrupt
run_bg python3 -c 'import socket, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("p1", 0))
to = bytes.fromhex(open("/sys/class/net/p0/address").read().strip().replace(":", ""))
while True:
	s.send(to + bytes(6) + b"\x88\xb5" + bytes(46))
	time.sleep(0.02)'
wait_for 20 sending p1
row 0 '.xsk == null and .mode == "interrupt" and .interrupts_per_s > 1'
kill "$BG"
wait "$BG" || true

note 'copy mode is not called zero-copy'
run_bg tandem bench txonly p0 -q 3 -d 600 --copy >/dev/null
wait_for 20 sending p0
row 3 '.xsk == "copy"'
expect 0 tandem export p0 --textfile /tmp/copy.prom
assert_eq "$(grep -c '^tandem_vector_zerocopy.* 0$' /tmp/copy.prom)" 4 'queues without zero-copy'
kill "$BG"
wait "$BG" || true

if [ "$LINUX" != 6.12 ]; then
	note suspended
	run_bg tandem bench txonly p0 -q 2 -d 600 --wakeup busy >/dev/null
	wait_for 20 sending p0
	row 2 '.mode == "polled" and .irq_suspend_timeout == 0'
	python3 /src/tests/vm/helpers/napi_suspend.py "$(jq '.[] | select(.rx_queue == 2) | .napi_id' <<<"$OUT")" 20000000
	row 2 '.mode == "suspended" and .irq_suspend_timeout == 20000000'
	kill "$BG"
	wait "$BG" || true
fi

note 'which driver it is'
# by a modinfo that says so the installed one
mkdir /tmp/bin
id() { readelf -n "$1" 2>/dev/null | sed -n 's/.*Build ID: //p'; }
ko=$(lab_build_dir)/tandem.ko
loaded=$(id "$ko")
other=$(modinfo -n igb)
# unpacked, or as it is if it is not packed
xz -dcf "$other" >/tmp/other.ko
while IFS='|' read -r file installed said; do
	printf '#!/bin/sh\n[ "$*" = "-n tandem" ] && echo "%s" | grep .\n' "$file" >/tmp/bin/modinfo
	chmod 755 /tmp/bin/modinfo
	OUT=$(PATH=/tmp/bin:$PATH tandem version)
	grep -qxF "module $loaded ($said)" <<<"$OUT" || die "$OUT"
	OUT=$(PATH=/tmp/bin:$PATH tandem version --json)
	jq -e --arg l "$loaded" --arg i "$installed" '.module == $l and (.module_installed // "") == $i' >/dev/null <<<"$OUT" ||
		die "$OUT"
done <<END
$ko|$loaded|the installed one
$other|$(id /tmp/other.ko)|not the installed one, $(id /tmp/other.ko)
||none is installed for this kernel
END

note 'bad input, and a device that goes while it is looked at'
for v in -1 3601 x ''; do
	expect 2 tandem vectors p0 -i "$v" && says --interval
done
ip link add va type veth peer name vb
run_bg tandem vectors va -i 30 >/tmp/out 2>/tmp/err
# in poll(), which is 7: it has had its first look and sleeps
wait_for 20 grep -q '^7 ' "/proc/$BG/syscall"
ip link del va
kill -INT "$BG"
rc=0
wait "$BG" || rc=$?
assert_eq $rc 1 'exit code'
assert_eq "$(cat /tmp/err)" 'tandem: va is gone'
