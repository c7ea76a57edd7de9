#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120 cpus=2
# tandem vectors says what /proc/interrupts, sysfs and ethtool say.
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
			.cpu == $eff and .entry == $hw and .napi_id > 0 and .xsk == null' \
		>/dev/null <<<"$OUT" || die "queue $q, irq $irq: $OUT"
done
expect 0 tandem vectors p0
grep -q 'p0-TxRx-3' <<<"$OUT" || die "$OUT"
expect 0 tandem vectors
grep -q 'p1-TxRx-0' <<<"$OUT" || die "all devices: $OUT"

# a paired queue shows, where the kernel tells
if [ "$KERNEL" = 7.2 ]; then
	run_bg tandem bench txonly p0 -q 2 -d 30
	wait_for 10 sh -c 'tandem vectors p0 --json | jq -e ".[] | select(.rx_queue == 2) | .xsk == \"zero-copy\""'
fi
