# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Devices that leave without a word, as one that is pulled out; sourced behind
# lib.sh. QEMU's own device_del asks first, and what reads a device that is not
# there gets zeros from it, not the ones of a bus. So a port gets a ROM full of ones,
# which is laid over its registers: whatever reads them gets ones from then on, and
# what is written is lost. Then its slot is switched off, and the rest of it goes;
# switched on again, it is as new.

ONES=/out/ones

# plug N: port N with such a ROM, as soon as QEMU is done with the one before
plug() {
	# as long as the registers
	[ -e $ONES ] || head -c 131072 /dev/zero | tr '\0' '\377' >$ONES
	[ -z "$(qemu_monitor device_add "igb,id=port$1,bus=rp$1,netdev=net$1,mac=52:54:00:82:76:0$1,romfile=$ONES")" ]
}

# vanish PCI: no DMA, no interrupts, all reads are ones; in use by the driver or not
vanish() {
	local bar
	bar=$(setpci -s "$1" BASE_ADDRESS_0) || return
	[ -e "/sys/bus/pci/devices/$1/rom" ] || return
	setpci -s "$1" COMMAND=0:4 "ROM_ADDRESS=$(printf %x $((16#$bar & ~15 | 1)))"
}

# slot_off ROOT-PORT: the slot without power (bits: power controller, indicator),
# which the kernel does not hear of; slot_on: with it, the device was reset
slot_off() { setpci -s "$1" CAP_EXP+18.w=700:700; }
slot_on() { setpci -s "$1" CAP_EXP+18.w=300:700; }
