#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180
# After a function-level reset by the administrator, and after recovery from a
# PCI error, everything is as it was: vectors, moderation, RSS table, filters,
# program, socket; traffic goes on. Fatal errors are left out: the emulated root
# port never says that its link is back after its reset. So is suspend: virtio's
# 9p, on which lies what was built, does not survive it.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
dev=$(readlink -f /sys/class/net/p0/device)
both_up() {
	sleep 0.1
	wait_link p0
	wait_link p1 peer
}
ethtool -L p0 combined 4
ethtool -C p0 adaptive-rx off adaptive-tx off rx-usecs 33 tx-usecs 44
ethtool -X p0 weight 0 0 1 0
ip maddr add 01:00:5e:7f:01:02 dev p0
ip link add link p0 name mv0 address 52:54:00:aa:00:07 type macvlan
ip link set mv0 up
xdp p0 pass
xsk_start s echo p0 1 -x
state() {
	grep -oE 'p0(-TxRx-[0-9])?$' /proc/interrupts | sort | xargs
	for q in 0 1 2 3; do irq_of p0-TxRx-$q; done | xargs
	ethtool -x p0
	ethtool -c p0
	nl queues p0
	ip -d link show p0 | grep -o 'prog/xdp id [0-9]*'
}
state >/tmp/before
reset_and_check() {
	local before
	both_up
	# what was sent to a port without link waits in the emulator
	settled sum_stat p0 'rx[0-9]+_packets' >/dev/null
	state >/tmp/after
	diff /tmp/before /tmp/after || die "$1 changed what is above"
	before=$(stat p0 rx2_xdp_pass)
	to_p0 100 -f 8
	gets_to $((before + 100)) stat p0 rx2_xdp_pass
	for m in 01:00:5e:7f:01:02 52:54:00:aa:00:07; do
		before=$(sum_stat p0 'rx[0-9]+_packets')
		pkt send p1 -N peer -n 20 -m $m >/dev/null
		gets_to $((before + 20)) sum_stat p0 'rx[0-9]+_packets'
	done
	to_p1 100 -f 8
	note "good: $1"
}
reset_and_check "nothing"
for n in 1 2 3; do
	echo 1 >"$dev/reset"
	reset_and_check "reset $n"
done
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
recovered() { dmesg | grep -c 'AER: device recovery successful' | found -x "$1"; }
aer_error 0x4000	# completion timeout
wait_for 20 recovered 1
reset_and_check "error without traffic"
run_bg pkt send p1 -N peer -n 0 -f 16 -g 200 -m "$(mac_of p0)" >/tmp/out
aer_error 0x8000	# completer abort
wait_for 20 recovered 2
kill "$BG"
wait "$BG" || true
reset_and_check "error under traffic"
xsk_stop s
