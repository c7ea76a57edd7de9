#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=200
# ethtool -L under load: vectors come and go alone. A flow on queue 0 loses no
# frame, its vector keeps its IRQ and goes on counting; what cannot be is
# refused; nothing leaks. (How many are free: vector/fewer.)
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
changes=$(carrier_changes p0)
irq=$(irq_of p0-TxRx-0)
all_irqs() { find /sys/kernel/irq -mindepth 1 -maxdepth 1 | wc -l; }

before=$(irq_count p0-TxRx-0) irqs_before=$(all_irqs) polls=$(stat p0 vec0_polls)
flow_start	# EtherType 88b5: always on queue 0
for n in 3 8 1 2 5 4 8 2; do
	ethtool -L p0 combined $n
	assert_eq "$(channels p0)" $n "queues"
	assert_eq "$(irq_of p0-TxRx-0)" "$irq" "IRQ of queue 0 with $n queues"
done
flow_stop
assert_ge "$(irq_count p0-TxRx-0)" $((before + 2)) "interrupts of queue 0"
assert_ge "$(stat p0 vec0_polls)" $((polls + 2)) "polls of queue 0"
irqs_counted p0 0
assert_eq "$(all_irqs)" "$irqs_before" "Linux IRQs"

# too many, none, of kinds that there are not
most=$(ethtool -l p0 | awk '/^Combined/ && !n++ { print $2 }')
assert_fails ethtool -L p0 combined $((most + 1))
[[ $OUTPUT == *"exceeds maximum"* ]] || die "the refusal is '$OUTPUT'"
assert_fails ethtool -L p0 combined 0
assert_fails ethtool -L p0 rx 1
assert_fails ethtool -L p0 other 0
assert_eq "$(channels p0)" 2 "queues after refusals"

# flows on all queues, some of which go: they find their way again
ethtool -L p0 combined 4
flow_start -f 64
for n in 1 4 2 8 4; do
	ethtool -L p0 combined $n
	# by count: how fast they come is the machine's affair
	wait_for 20 at_least $(($(link_stat p0 rx_packets) + 200)) link_stat p0 rx_packets
done
flow_end
assert_ge "$RECEIVED" 1000 "frames meanwhile"
to_p0 640 -f 64 -w 16
to_p1 640 -f 64 -w 16

# a table that was set and taken back is spread again, over fewer and over more
ethtool -X p0 weight 1 2 3 4
ethtool -X p0 default
for n in 2 4; do
	ethtool -L p0 combined $n
	certain_hash p0
	to_p0 640 -f 64 -w 16
	assert_ge "$(stat p0 rx$((n - 1))_packets)" 1 "frames on the last of $n queues"
done

# a hundred times, both ports, while all send; totals never fall
fallen() {
	local last=0 n
	while n=$(</sys/class/net/p0/statistics/rx_packets); do
		[ "$n" -ge "$last" ] || echo "from $last to $n"
		last=$n
	done
}
rounds=100
[ "$KERNEL" != debug ] || rounds=25
run_bg pkt send p1 -N peer -n 0 -f 64 -g 200 -m "$(mac_of p0)" >/tmp/out
run_bg pkt send p0 -n 0 -f 64 -g 200 >/tmp/out
run_bg fallen >/tmp/fallen
for ((n = 0; n < rounds; n++)); do
	ethtool -L p0 combined $((n * 5 % 8 + 1))
done
assert_eq "$(cat /tmp/fallen)" "" "times that rx_packets fell"
ethtool -L p0 combined 2
kill "${BG_PIDS[@]}" 2>/dev/null || true
wait
assert_eq "$(all_irqs)" "$irqs_before" "Linux IRQs at the end"
# what p0 had no room for waits in the emulator; the next flow would count it
settled link_stat p0 rx_packets >/dev/null
to_p0 300 -f 16
assert_eq "$(carrier_changes p0)" "$changes" "carrier changes"
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
