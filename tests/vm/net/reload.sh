#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300
# The module goes and comes twenty times in the middle of traffic, and some more
# while its ports are coming up; a quarter of that on the debug kernel.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

# here, and without namespaces: a device moves out of one that is deleted late
step=1
[ "$KERNEL" != debug ] || step=4
for ((n = 1; n <= 26; n += step)); do
	ip link set p0 up
	ip link set p1 up
	if [ "$n" -le 20 ]; then
		wait_link p0
		wait_link p1
		run_bg pkt flow p$((n % 2)) p$(((n + 1) % 2)) -n 0 -f 4 >/tmp/out 2>&1
		pid=$BG
		wait_for 20 at_least 50 link_stat p$((n % 2)) tx_packets
	else
		# at every stage of coming up
		pid=
		sleep "0.$(((n - 20) * 2 - 1))"
	fi
	rmmod "$DRIVER"
	# it may have ended when its ports went
	[ -z "$pid" ] || { kill -KILL "$pid" 2>/dev/null || true; wait "$pid" || true; }
	assert_eq "$(irqs p0)" 0 "interrupts after rmmod"
	[ ! -e /sys/class/net/p0 ] || die "p0 is still there"
	lab_load_driver "$DRIVER"
done
ip link set p0 up
ip link set p1 up
wait_link p0
wait_link p1
pkt flow p1 p0 -n 200 -m "$(mac_of p0)"
