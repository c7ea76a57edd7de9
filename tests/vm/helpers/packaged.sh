#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest's half of tests/host/package.sh: what is installed is used, nothing
# of the checkout.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
. /src/tests/vm/lib.sh

assert_eq "$(command -v tandem)" /usr/sbin/tandem 'the tool'
read -r A0 A1 < <(lab_ports_pci | xargs)
driver() { basename "$(readlink "/sys/bus/pci/devices/$1/driver")"; }

modprobe tandem
case $(modinfo -F filename tandem) in
"/lib/modules/$(uname -r)/updates/dkms/tandem.ko"*) ;;
*) die "the driver is $(modinfo -F filename tandem)" ;;
esac
assert_eq "$(driver "$A0") $(driver "$A1")" 'igb igb' 'loading it took a port; drivers'
for a in $A0 $A1; do
	tandem bind "$a"
	assert_eq "$(driver "$a")" tandem "driver of $a"
	dev=$(ls "/sys/bus/pci/devices/$a/net")
	ip link set "$dev" up
	devs+=("$dev")
done
for dev in "${devs[@]}"; do
	wait_link "$dev"
done
tandem bench pair "${devs[@]}" -n 20000 --verify --json >/tmp/result
jq -e '.zerocopy and .lost == 0 and .corrupt == 0 and .packets >= 20000' /tmp/result >/dev/null || die "$(cat /tmp/result)"
note "$(jq -c '[.packets, .zerocopy, .interrupts_per_mpkt]' /tmp/result)"
tandem load /usr/lib/tandem/xdp_pass.bpf.o "${devs[0]}"
tandem unload "${devs[0]}"
for a in $A0 $A1; do
	tandem unbind "$a"
	assert_eq "$(driver "$a")" igb "driver of $a"
done
rmmod tandem
! dmesg | lab_splats || die 'the kernel complains'
