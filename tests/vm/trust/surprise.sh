#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: ports=2 timeout=400
# A device that is pulled out under a zero-copy socket with traffic both ways: the
# driver notices and says so once, whatever finds out first; whatever is asked of
# the port then comes to an end; the module unloads; a device that is plugged in
# again works as before.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh
. /src/tests/vm/helpers/vanish.sh

PCI=$(basename "$(readlink -f /sys/class/net/p0/device)")
dev=/sys/bus/pci/devices/$PCI
SLOT=$(basename "$(dirname "$(readlink -f "$dev")")")
cases=0
# a slot that stays off would be another test's trouble
trap '_on_exit; slot_on "$SLOT"' EXIT

# ends COMMAND...: in good time, with whatever status; in $RC
ends() {
	RC=0
	timeout -k 5 $((30 * SLOW)) "$@" >/tmp/ends 2>&1 || RC=$?
	case $RC in 124|137) die "$now: no end of $*" ;; esac
}
no_port() { [ ! -e "$dev" ]; }
a_port() { [ -e "$dev/net" ]; }

# the port as it is found again, p0, with a link
back() {
	local net
	wait_for 30 a_port
	net=$(ls "$dev/net")
	[ "$net" = p0 ] || ip link set "$net" name p0
	echo 1 >/proc/sys/net/ipv6/conf/p0/disable_ipv6
	ip link set p0 up
	wait_link p0
	wait_link p1 peer
	certain_hash p0 # some of the 16 flows are the socket's
}

# again: a device in the slot, fresh; the driver is loaded
again() {
	[ ! -e "$dev" ] || echo 1 >"$dev/remove"
	slot_on "$SLOT"
	echo 1 >/sys/bus/pci/rescan
	back
}

said() { lab_log_since "surprise: $cases " | grep -c 'device is gone' || true; }
noticed() { [ "$(said)" -gt 0 ]; }

# pulled WHAT [COMMAND...]: traffic through a socket on queue 0 and the stack, then
# the device goes, and the command is the first to find out; none: the driver by
# itself. Then what is left of the device goes.
pulled() {
	now=$1
	shift
	cases=$((cases + 1))
	xsk_start s echo p0 0
	round_trip 200 -w 16
	run_bg pkt send p1 -N peer -n 0 -f 16 -g 500 -m "$(mac_of p0)" >/tmp/noise 2>&1
	in=$BG
	run_bg pkt send p0 -n 0 -f 16 -g 500 -m "$(mac_of p1 peer)" >/tmp/noise-out 2>&1
	out=$BG
	received=$(sum_stat p0 'rx[0-9]+_xsk_packets')
	wait_for 20 at_least $((received + 100)) sum_stat p0 'rx[0-9]+_xsk_packets'
	echo "surprise: $cases $now" >/dev/kmsg
	vanish "$PCI" || die "$now: the device cannot be made to go"
	[ $# = 0 ] || ends "$@"
	wait_for 30 noticed
	slot_off "$SLOT"
	[ ! -e "$dev" ] || assert_eq "$(setpci -s "$PCI" VENDOR_ID)" ffff "$now: vendor of a device that left"
}

# rest: what ran is over
rest() {
	local p
	for p in "$in" "$out" "${XSK_PID[s]}"; do
		kill -KILL "$p" 2>/dev/null || true
		wait "$p" 2>/dev/null || true
	done
	rm -f /sys/fs/bpf/xsks-p0
}

works() {
	assert_eq "$(said)" 1 "$now: times that the driver said so"
	[ ! -e /sys/fs/bpf/xsks-p0 ] || die "a pin is left"
	to_p0 200 -f 16
	to_p1 200 -f 16
	xsk_start e echo p0 0
	round_trip 200 -w 16
	xsk_stop e
	note "good: $now"
}

setup_quiet
# from now on one with a ROM
echo 1 >"$dev/remove"
qemu_monitor device_del port0
wait_for 20 no_port
wait_for 20 plug 0
again

pulled "nobody asks"
# everybody may ask now, and gets an answer
ends ethtool -S p0
for what in "-i p0" "-d p0" "-T p0" "-t p0 online" "-t p0 offline" "-m p0" "-e p0" "-c p0" "-a p0" "-x p0" "-n p0" "-g p0" \
	"-C p0 rx-usecs 20" "-L p0 combined 4" "-L p0 combined 1" "-G p0 rx 128 tx 128" "-X p0 default" "-K p0 rxvlan off" \
	"-N p0 flow-type udp4 dst-port 5 action 0 loc 1" "-r p0" "-A p0 rx off" "-p p0 1" "-s p0 speed 100 duplex full autoneg on"; do
	# shellcheck disable=SC2086 # words
	ends ethtool $what
done
ends devlink -j health diagnose "pci/$PCI" reporter vector
ends devlink dev info "pci/$PCI"
ends tandem vectors p0
ends tandem doctor p0
ends ip -s -d link show p0
ends ip link set p0 mtu 4000
ends ip link set p0 promisc on
ends ip link set p0 vf 0 vlan 3
ends ip maddr add 01:00:5e:7f:01:02 dev p0
ends ip link set p0 address 02:00:00:00:00:77
ends ip link set p0 xdp off
ends xdp p0 pass
ends xdp p0 off
ends timeout 3 xsk rx p0 1 -x
ends sh -c "echo 2 >$dev/sriov_numvfs"
ends cat "/sys/class/net/p0/statistics/rx_packets"
assert_le "$(cat /tmp/ends)" 4000000000 "frames received, by a device that is gone,"
ends ip link set p0 down
ends ip link set p0 up
rest
ends ip link set p0 down
ends sh -c "echo 1 >$dev/remove"
again
works

pulled "its socket is closed" pkill -KILL -x xsk
rest
again
works

pulled "the port is closed" ip link set p0 down
rest
again
works

pulled "vectors are asked for" ethtool -L p0 combined 4
rest
again
works

pulled "rings are asked for" ethtool -G p0 rx 128 tx 128
rest
again
works

pulled "a reset is asked for" ethtool -r p0
rest
again
works

pulled "a second socket" xsk bind p0 1 -x -n 1
rest
again
works

# the bus takes it away from under everything
pulled "the function is removed" sh -c "echo 1 >$dev/remove"
rest
again
works

pulled "the driver is unbound" sh -c "echo $PCI >/sys/bus/pci/drivers/tandem/unbind"
rest
again
works

pulled "nobody asks, and the module is unloaded"
rest
ends rmmod tandem
assert_eq "$RC" 0 "rmmod: $(cat /tmp/ends)"
echo 1 >"$dev/remove"
slot_on "$SLOT"
echo 1 >/sys/bus/pci/rescan
wait_for 20 test -e "$dev"
lab_load_driver tandem
ip netns del peer
setup_quiet
works
note "$cases times gone"
