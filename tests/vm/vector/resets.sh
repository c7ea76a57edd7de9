#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240
# After a function-level reset by the administrator, after recovery from a PCI
# error and after a suspend of the function, everything is as it was: vectors,
# moderation, RSS, filters, rules, program, socket (helpers/state.sh has all of
# it); traffic goes on. Fatal errors are left out: the emulated root port never says
# that its link is back after its reset. The machine's suspend is vector/suspend.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh
. /src/tests/vm/helpers/state.sh

setup_quiet
dev=$(readlink -f /sys/class/net/p0/device)
both_up() {
	sleep 0.1
	wait_link p0
	wait_link p1 peer
}
furnish p0
echo 1 >"/proc/irq/$(irq_of p0-TxRx-1)/smp_affinity_list"
xsk_start s echo p0 2
arrived() { sum_stat p0 'rx[0-9]+_packets'; }
reset_and_check() {
	local before m
	both_up
	# what was sent to a port without link waits in the emulator
	settled arrived >/dev/null
	same_state p0 /tmp/before "$1"
	# by RSS to the socket, and back by it
	round_trip 100 -f 8
	for m in "$(mac_of p0)" 01:00:5e:7f:01:02 52:54:00:aa:00:07; do
		before=$(arrived)
		pkt send p1 -N peer -n 20 -m "$m" >/dev/null
		gets_to $((before + 20)) arrived
	done
	to_p1 100 -f 8
	note "good: $1"
}
settled port_snapshot p0 >/tmp/before
reset_and_check "nothing"
echo 1 >"$dev/reset"
reset_and_check "reset"
run_bg pkt send p1 -N peer -n 0 -f 16 -g 200 -m "$(mac_of p0)" >/tmp/out
echo 1 >"$dev/reset"
kill "$BG"
wait "$BG" || true
reset_and_check "reset under traffic"
ip link set p0 down
echo 1 >"$dev/reset"
assert_eq "$(cat /sys/class/net/p0/operstate)" down "state of a closed port after a reset"
ip link set p0 up
reset_and_check "reset while down"

# what a sender has queued goes on by itself, for nobody may come after it
blocked=$(mac_of p1 peer)
run_bg pkt send p0 -n 0 -f 1 -g 1 -m "$blocked" >/tmp/out
echo 1 >"$dev/reset"
both_up
goes_on() { local n; n=$(sum_stat p0 'tx[0-9]+_packets'); sleep 0.5; [ "$(sum_stat p0 'tx[0-9]+_packets')" -gt "$n" ]; }
wait_for 10 goes_on
kill "$BG"
wait "$BG" || true
reset_and_check "reset under what the port sends"

# aer_error STATUS: an uncorrectable, non-fatal error of p0, as the core sees it
modprobe aer-inject
aer_error() {
	python3 - "$(basename "$dev")" "$1" <<-'END'
	import struct, sys
	bus = int(sys.argv[1].split(":")[1], 16)
	error = struct.pack("=BBBBIIIIIIH2x", bus, 0, 0, 0, int(sys.argv[2], 0), 0, 0, 0, 0, 0, 0)
	open("/dev/aer_inject", "wb", 0).write(error)
	END
}
recoveries() { dmesg | grep -c 'AER: device recovery successful' || true; }
recovered=$(recoveries)
aer_error 0x4000	# completion timeout
wait_for 20 at_least $((recovered + 1)) recoveries
reset_and_check "error without traffic"
run_bg pkt send p1 -N peer -n 0 -f 16 -g 200 -m "$(mac_of p0)" >/tmp/out
aer_error 0x8000	# completer abort
wait_for 20 at_least $((recovered + 2)) recoveries
kill "$BG"
wait "$BG" || true
reset_and_check "error under traffic"

sleeper=/src/build/helpers/$KERNEL/sleeper/sleeper.ko
insmod "$sleeper" dev="${dev##*/}" times=2
rmmod sleeper
reset_and_check "suspend, twice"
run_bg pkt send p1 -N peer -n 0 -f 16 -g 200 -m "$(mac_of p0)" >/tmp/out
insmod "$sleeper" dev="${dev##*/}"
rmmod sleeper
kill "$BG"
wait "$BG" || true
reset_and_check "suspend under traffic"

# neither address nor VLAN is filtered then
ip link set p0 promisc on
settled port_snapshot p0 >/tmp/before
echo 1 >"$dev/reset"
reset_and_check "reset of a promiscuous port"
xsk_stop s
