#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=200
# The hunt for lost wakeups: one frame at a time, the kernel called only if the
# flag asks for it, pauses of random length in between; on the CPU of the
# vector and on another. Each frame must go out. Then the same with the buffers
# that are received into. WAKE_ROUNDS: how often; xsk/wake-long.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
# The sender waits for nobody at the other end: room there for all that it sends
# at a time. That end may be late, for the emulator keeps the time of moderated
# interrupts in a thread that a busy machine holds up.
peer ethtool -G p1 rx 4096
peer ethtool -C p1 adaptive-rx off rx-usecs 0
wait_link p1 peer
wait_link p0
rounds=${WAKE_ROUNDS:-8000} gap=100 patience=500
# there a CPU with a flood of frames gets to nothing but interrupts: no grace period of
# RCU ended for minutes
[ "$KERNEL" != debug ] || rounds=$((rounds / 8)) gap=$((5000 * SLOW)) patience=$((10000 * SLOW))
piece=$((rounds < 4000 ? rounds : 4000))
irq=$(irq_of p0-TxRx-0)
for home in 0 1; do
	echo $home >"/proc/irq/$irq/smp_affinity_list"
	for ((n = 0; n < rounds; n += piece)); do
		before=$(peer cat /sys/class/net/p1/statistics/rx_packets)
		SEED=$n taskset -c 0 xsk wake p0 0 -x -n $piece >/tmp/wake || die "vector on CPU $home: $(cat /tmp/wake)"
		note "vector on CPU $home: $(sed -n 2p /tmp/wake)"
		# The emulated device reports a frame within the doorbell: no poll ends with
		# one under way, and the flag asks for a call each time.
		assert_ge "$(awk '$1 == "rounds" { print $4 }' /tmp/wake)" 1 "calls that the flag asked for"
		gets_to $((before + piece)) link_stat p1 rx_packets peer
	done
done
assert_ge "$(stat p0 vec0_wakeups)" 1 wakeups
assert_ge "$(stat p0 vec0_wakeup_ipis)" 1 "wakeups carried to the vector's CPU"

# around a quarter of the ring, where the flag changes; the sender's reports are nothing
# to hurry for
peer ethtool -C p1 rx-usecs 2000
ethtool -G p0 rx 64
wait_link p0
wait_link p1 peer
run_bg pkt send p1 -N peer -n 0 -g $gap -m "$(mac_of p0)" >/tmp/send
sender=$BG
for home in 0 1; do
	echo $home >"/proc/irq/$irq/smp_affinity_list"
	SEED=1 taskset -c 0 xsk feed p0 0 -F 40 -p $patience -n "$rounds" >/tmp/feed || die "vector on CPU $home: $(cat /tmp/feed)"
	note "vector on CPU $home: $(sed -n 2p /tmp/feed)"
	# both answers of the flag were met
	read -r looks calls < <(awk '$1 == "rounds" { print $4, $6 }' /tmp/feed)
	assert_ge "$calls" 1 "calls that the flag asked for"
	assert_le "$calls" $((looks - 1)) "calls that the flag asked for"
done
kill "$sender"
ethtool -G p0 rx 256
wait_link p0
wait_link p1 peer

# Receiving, buffers given one by one and late
xsk_start few echo p0 0 -F 4 -A 60000 -b 1
before=$(stat p0 xdp0_xsk_packets)
for n in {1..5}; do
	blind 2 -g 0
	sleep 0.05
done
gets_to $((before + 4)) stat p0 xdp0_xsk_packets
xsk_stop few
assert_eq "$(xsk_count few corrupt)" 0 "corrupt frames"
assert_ge "$(xsk_count few received)" 4 "frames with four buffers"
