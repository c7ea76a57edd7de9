#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=100
# ethtool -C is honoured: never more interrupts than the interval allows, per queue
# if asked for; adaptive is the default; nonsense is refused.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
ethtool -c p0 | found 'Adaptive RX: on' || die "not adaptive at the start"
for mask in 1 2; do
	ethtool --per-queue p0 queue_mask $mask --show-coalesce | found 'Adaptive RX: on' || die "a queue is not adaptive"
done
usecs() { ethtool -c p0 | awk '/^rx-usecs:/ { print $2 }'; }
# interrupts for 600 frames, at most 4 under way
cost() {
	local before
	before=$(irq_count p0-TxRx-0)
	to_p0 600 -w 4
	echo $(($(irq_count p0-TxRx-0) - before))
}
# interval Q: what the device holds for the vector of queue Q
interval() {
	local entry value
	entry=$(cat "/sys/kernel/irq/$(irq_of "p0-TxRx-$1")/hwirq")
	value=$(ethtool -d p0 raw on | od -An -v -tx4 -w8 |
		awk -v r="$(printf '%08x' $((0x1680 + 4 * entry)))" '$1 "" == r "" { v = $2 } END { print v }')
	echo $(((0x$value >> 2) & 0x1fff))
}
ethtool -C p0 adaptive-rx off adaptive-tx off rx-usecs 0 tx-usecs 0
assert_eq "$(usecs) $(interval 0)" "0 0" "rx-usecs, and the device's"
none=$(cost)
ethtool -C p0 rx-usecs 5000 tx-usecs 5000
assert_eq "$(usecs) $(interval 0)" "5000 5000" "rx-usecs, and the device's"
start=${EPOCHREALTIME/./}
slow=$(cost)
took=$((${EPOCHREALTIME/./} - start))
note "interrupts for 600 frames: $none at 0 us, $slow at 5000 us in $((took / 1000)) ms"
assert_ge "$none" 100 "interrupts without moderation"
assert_le $((slow * 2)) $((none * 3)) "interrupts with moderation (twice, against three times those without)"
# the emulated device's microsecond has 4.096, and it tells the end of each interval
assert_le "$slow" $((took / 10240 + 4)) "interrupts in $took us"

ethtool --per-queue p0 queue_mask 2 --coalesce rx-usecs 700 tx-usecs 700
ethtool --per-queue p0 queue_mask 2 --show-coalesce | found -E 'rx-usecs:\s+700' || die "queue 1 does not show 700"
ethtool --per-queue p0 queue_mask 1 --show-coalesce | found -E 'rx-usecs:\s+5000' || die "queue 0 changed too"
assert_eq "$(interval 0) $(interval 1)" "5000 700" "the device's intervals"
assert_fails ethtool -C p0 rx-usecs 8192
assert_fails ethtool -C p0 rx-frames 5
assert_fails ethtool --per-queue p0 queue_mask 0x80 --coalesce rx-usecs 5
assert_eq "$(usecs)" 5000 "rx-usecs after refusals"
# kept over down and up, and given to queues that come
ip link set p0 down
ip link set p0 up
wait_link p0
wait_link p1 peer
assert_eq "$(usecs)" 5000 "rx-usecs after down and up"
ethtool --per-queue p0 queue_mask 2 --show-coalesce | found -E 'rx-usecs:\s+700' || die "queue 1 lost its setting"
assert_eq "$(interval 0) $(interval 1)" "5000 700" "the device's intervals after down and up"
ethtool -L p0 combined 3
ethtool --per-queue p0 queue_mask 4 --show-coalesce | found -E 'rx-usecs:\s+5000' || die "the new queue has another setting"
assert_eq "$(interval 2)" 5000 "the new queue's interval"

# of receiving alone: what nobody asked for of sending does not count
ethtool -C p0 adaptive-rx off adaptive-tx on rx-usecs 300
assert_eq "$(interval 0)" 300 "interval, with only receiving's set"
ethtool -C p0 adaptive-tx off tx-usecs 200
assert_eq "$(interval 0)" 200 "interval, with a shorter one of sending"
ethtool -C p0 adaptive-tx on rx-usecs 8000

# adaptive: what the device holds is the library's at once, and traffic changes it
ethtool -C p0 adaptive-rx on
first=$(interval 0)
assert_le "$first" 256 "interval when moderation has just become adaptive"
# also when something else is set meanwhile, and for a vector that comes
ethtool -C p0 tx-usecs 9
assert_le "$(interval 0)" 256 "interval after another setting"
ethtool -L p0 combined 2
ethtool -L p0 combined 3
assert_le "$(interval 2)" 256 "interval of a vector that came"
window=1
adapted() {
	window=$((33 - window))
	to_p0 600 -w $window >/dev/null
	[ "$(interval 0)" != "$first" ]
}
wait_for 60 adapted
note "adapted from $first to $(interval 0) us"
