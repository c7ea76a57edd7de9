#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=2 ports=2 timeout=180
# The health reporter "vector" says of every entry what the kernel says of it.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

pci=pci/$(basename "$(readlink -f /sys/class/net/p0/device)")

# diag FILTER: of the diagnosis, by jq
diag() { devlink -j health diagnose "$pci" reporter vector | jq -r "$1"; }
entry_of() { diag ".entries[] | select(.queue == $1) | $2"; }

ip link set p0 up
ip link set p1 up
wait_link p0

note "one line per entry of the table"
table=$(diag .total)
assert_eq "$(diag '[.entries[].index] | join(" ")')" "$(seq -s ' ' 0 $((table - 1)))" indices
assert_eq "$(diag '[.entries[] | select(.state == "free")] | length')" "$(diag .free)" free
assert_eq "$(diag '[.entries[] | select(.misc)] | length')" 1 "misc entries"
misc=$(diag '.entries[] | select(.misc) | .virq')
grep -qE "^ *$misc:.* p0$" /proc/interrupts || die "virq $misc is not p0's"
of_misc() { diag '.entries[] | select(.misc) | .interrupts'; }
before=$(of_misc)
qemu_monitor set_link port0 off
wait_for 20 grep -qx 0 /sys/class/net/p0/carrier
qemu_monitor set_link port0 on
wait_link p0
assert_ge "$(of_misc)" $((before + 2)) "interrupts of the misc entry, for two changes of the link"
assert_eq "$(of_misc)" "$(awk '$NF == "p0" { print $2 + $3 }' /proc/interrupts)" "interrupts of the misc entry"

note "each queue's entry, against the kernel's own account"
check_queue() {
	local virq index hwirq chip last outer
	read -r index virq hwirq chip last outer < <(entry_of "$1" \
		'"\(.index) \(.virq) \(.domains[0].hwirq) \(.domains[0].chip) \(.domains[-1].domain) \(.domains[-1].hwirq)"')
	[ "$2" = down ] || grep -qE "^ *$virq:.* p0-TxRx-$1$" /proc/interrupts ||
		die "virq $virq is not queue $1's"
	assert_eq "$index" "$(<"/sys/kernel/irq/$virq/hwirq")" "index of virq $virq"
	assert_eq "$hwirq" "$index" "innermost hwirq"
	assert_eq "$chip" "$(<"/sys/kernel/irq/$virq/chip_name")" "innermost chip"
	assert_eq "$last" VECTOR "outermost domain"
	# that domain numbers what it has as Linux does
	assert_eq "$outer" "$virq" "outermost hwirq"
}
queues=$(find /sys/class/net/p0/queues -maxdepth 1 -name "rx-*" | wc -l)
for ((q = 0; q < queues; q++)); do
	check_queue "$q" up
done

note "the CPU follows smp_affinity"
for cpu in 1 0; do
	virq=$(entry_of 0 .virq)
	echo "$cpu" >"/proc/irq/$virq/smp_affinity_list"
	moved() {
		# without interrupt remapping the move waits for an interrupt
		python3 -c 'import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(("p1", 0))
s.send(b"\xff" * 6 + b"\x02\0\0\0\0\1\x88\xb5" + bytes(46))'
		[ "$(entry_of 0 .cpu)" = "$cpu" ]
	}
	wait_for 30 moved
	assert_eq "$(entry_of 0 .cpu)" "$(<"/proc/irq/$virq/effective_affinity_list")" cpu
done

note "counters and moderation"
ip link set p1 down
counted() { echo "$(stat p0 vec0_interrupts) $(stat p0 vec0_polls) $(stat p0 vec0_wakeups)"; }
# IPv6 asks for routers when it likes: what is read between two equal readings is
# of the same moment
for ((;;)); do
	before=$(counted)
	read -r interrupts polls wakeups napi pool < <(entry_of 0 '"\(.interrupts) \(.polls) \(.wakeups) \(.napi_id) \(.pool)"')
	[ "$before" != "$(counted)" ] || break
done
assert_eq "$interrupts $polls $wakeups" "$before" "interrupts, polls, wakeups"
assert_ge "$interrupts" 1 interrupts
assert_eq "$napi" "$(nl queues p0 | awk '$1 == "rx" && $2 == 0 { print $4 }')" "NAPI id"
assert_eq "$pool" false "pool bound"
ethtool -C p0 adaptive-rx off adaptive-tx off rx-usecs 77 tx-usecs 90
assert_eq "$(entry_of 0 '"\(.usecs) \(.adaptive)"')" "77 false" moderation

note "a vector more is a dynamic one, and goes again"
ethtool -L p0 combined $((queues + 1))
assert_eq "$(entry_of "$queues" .state)" dynamic state
assert_eq "$(diag '[.entries[] | select(.state == "dynamic")] | length')" 1 "dynamic entries"
assert_eq "$(diag '[.entries[] | select(.state == "static")] | length')" $((queues + 1)) "static entries"
check_queue "$queues" up

note "a socket on it: its pool, and the wakeups it asks for"
ip link set p1 up
wait_link p0
with_pool() { diag '[.entries[] | select(.pool) | "\(.queue) \(.state)"] | join(", ")'; }
assert_eq "$(with_pool)" "" "queues with a pool"
before=$(entry_of "$queues" .wakeups)
xsk_start s rx p0 "$queues"
assert_eq "$(with_pool)" "$queues dynamic" "queues with a pool, while a socket is bound"
xsk_stop s
assert_eq "$(with_pool)" "" "queues with a pool, after the socket"
# it calls the kernel only when that asks for it, and says how often it did
xsk wake p0 "$queues" -n 50 >/tmp/wake
queue_free p0 "$queues"
note "$(xargs </tmp/wake)"
calls=$(sed -n 's/^rounds 50 calls //p' /tmp/wake)
assert_ge "$calls" 1 "calls of the kernel"
wakeups=$(entry_of "$queues" .wakeups)
assert_ge $((wakeups - before)) "$calls" "wakeups for $calls calls"
assert_eq "$wakeups" "$(stat p0 "vec${queues}_wakeups")" "wakeups, against the statistics"
ip link set p1 down
ethtool -L p0 combined "$queues"
assert_eq "$(entry_of "$queues" .state)" "" "entry of a queue that is gone"
assert_eq "$(diag '[.entries[] | select(.state == "dynamic")] | length')" 0 "dynamic entries"

note "the same while the port is down"
before=$(diag '[.entries[] | [.index, .state, .virq, .queue]] | tostring')
ip link set p0 down
assert_eq "$(diag .up)" false up
assert_eq "$(diag '[.entries[] | [.index, .state, .virq, .queue]] | tostring')" "$before" "table"
for ((q = 0; q < queues; q++)); do
	check_queue "$q" down
done

note "what devlink says of the port"
devlink -j port show "$pci/0" | jq -e '.port[].netdev == "p0"' >/dev/null
info=$(devlink -j dev info "$pci")
assert_eq "$(jq -r '.info[].driver' <<<"$info")" tandem driver
assert_eq "$(jq -r '.info[].versions.fixed["board.id"]' <<<"$info")" 8086:10c9:1af4:1100 board
