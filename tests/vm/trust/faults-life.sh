#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=debug timeout=900
# expects-dmesg: does not stop, resetting|reset does not end|does not (en|dis)able
# As trust/faults, for a port's life: open, close, VFs, function-level reset (and
# with it resume, which is the same function), probe.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/faults.sh

faults_init
dev=/sys/bus/pci/devices/0000:01:00.0
drv=/sys/bus/pci/drivers/tandem
echo 0 >$dev/sriov_drivers_autoprobe

irqs_of() { grep -cE " $1(-|\$)" /proc/interrupts || true; }
stopped() { [ "$(irqs_of p0)" = 0 ] || die "interrupts of a port that is down"; }
op open "ip link set p0 up" "ip link set p0 down" stopped
setup_quiet

works() {
	wait_link p0
	wait_link p1 peer
	to_p0 40 -w 8
}
op close "ip link set p0 down" "ip link set p0 up" works
op vfs "write 2 $dev/sriov_numvfs" "write 0 $dev/sriov_numvfs" works
# a device that did not come back is not there for the network; the next reset
# finds it
cat >/tmp/bin/again <<END
#!/bin/sh
echo 1 >$dev/reset
ip link set p0 up
END
chmod +x /tmp/bin/again
op flr "write 1 $dev/reset" again works

ip link set p0 down
unbound() {
	[ ! -e $dev/net ] || die "a network device without a driver"
	[ ! -e $dev/driver ] || die "a driver although it was unbound"
	[ "$(irqs_of p0)" = 0 ] || die "interrupts without a driver"
}
write 0000:01:00.0 $drv/unbind
op probe "write 0000:01:00.0 $drv/bind" "write 0000:01:00.0 $drv/unbind" unbound

# an NVM without an address is no failure: the port gets one by chance
only call "$(awk '$2 ~ />tandem_nvm_read_mac$/ { print $3 }' /tmp/sites)"
printf '0x%x\n' -99 >$FAULT/fail_function/tandem_nvm_read_mac/retval # EADDRNOTAVAIL
echo 100 >$FAULT/fail_function/probability
write 0000:01:00.0 $drv/bind
echo 0 >$FAULT/fail_function/probability
[ -e $dev/net ] || die "no network device"
assert_eq "$(cat $dev/net/*/addr_assign_type)" 1 "NET_ADDR_RANDOM"
faults_end
