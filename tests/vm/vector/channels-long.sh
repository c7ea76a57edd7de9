#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=6.12,7.2 timeout=400 named=takes-minutes
# A thousand changes of ethtool -L while frames come in on all queues: a flow on
# queue 0 whose content is checked loses nothing, its vector keeps its IRQ and
# goes on counting, and in the end nothing is held that was not held before.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

TIMES=1000

setup_quiet
pci=pci/$(basename "$(readlink -f /sys/class/net/p0/device)")
all_irqs() { find /sys/kernel/irq -mindepth 1 -maxdepth 1 | wc -l; }
lines() { awk '{ print $NF }' /proc/interrupts | { grep -E '^p0(-|$)' || true; } | sort | xargs; }
# of each state that an entry can be in, how many are
entries() { devlink -j health diagnose "$pci" reporter vector | jq -c '[.entries[].state] | sort'; }
# KiB that the kernel has given away; what waits in the lists of the CPUs, which
# come and go by megabytes, is free
pages() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(MemFree|Buffers|Cached):/ { n -= $2 } /^MemTotal:/ { n += $2 } $1 == "count:" { n -= 4 * $2 } END { print n }' \
		/proc/meminfo /proc/zoneinfo
}
held() { echo "$(all_irqs) IRQs, $(lines), $(entries)"; }

# the first ones take what stays for good
for n in 8 1 8 2; do
	ethtool -L p0 combined $n
done
held=$(held) kib=$(pages) irq=$(irq_of p0-TxRx-0) changes=$(carrier_changes p0)
count=$(irq_count p0-TxRx-0) polls=$(stat p0 vec0_polls)

# Beside the flow that is checked: frames for all queues, never more than fit in
# the rings, so that none of queue 0 is lost for want of room; and from all.
run_bg pkt flow p1 p0 -N peer -n 0 -f 64 -m "$(mac_of p0)" >/tmp/load 2>&1
run_bg pkt send p0 -n 0 -f 64 -g 2000 -m "$(mac_of p1 peer)" >/tmp/noise 2>&1
flow_start	# EtherType 88b5: always on queue 0
start=$EPOCHSECONDS
for ((n = 0; n < TIMES; n++)); do
	# never to what it is
	ethtool -L p0 combined $(((n * 5 + n / 8) % 8 + 1))
	((n % 100)) || {
		now=$(stat p0 vec0_interrupts)
		note "$n: $(channels p0) queues, $now interrupts of queue 0"
		assert_eq "$(irq_of p0-TxRx-0)" "$irq" "IRQ of queue 0"
	}
done
note "$TIMES changes in $((EPOCHSECONDS - start)) s"
flow_stop
kill "${BG_PIDS[@]}" 2>/dev/null || true
wait
note "beside it: $(tail -n 1 /tmp/load)"
ethtool -L p0 combined 2

assert_ge "$(irq_count p0-TxRx-0)" $((count + 100)) "interrupts of queue 0"
assert_ge "$(stat p0 vec0_polls)" $((polls + 100)) "polls of queue 0"
irqs_counted p0 0
assert_eq "$(held)" "$held" "what is held in the end"
assert_eq "$(carrier_changes p0)" "$changes" "carrier changes"
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
to_p0 640 -f 64 -w 16

# A queue vector's pages are 1 MiB, its rings 30 KiB: a page that leaked with each
# would show.
leaked=$(($(pages) - kib))
note "$leaked KiB more in use after $TIMES changes"
assert_le "$leaked" $((TIMES * 4)) "KiB in use"
