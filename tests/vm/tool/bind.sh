#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300 driver=igb
# tandem bind takes a port from the in-tree driver and unbind gives it back;
# what the machine may be reached by is refused; nothing is half done.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

read -r A0 A1 < <(lab_ports_pci | xargs)
driver() { basename "$(readlink "/sys/bus/pci/devices/$1/driver" || echo none)"; }
override() { cat "/sys/bus/pci/devices/$1/driver_override"; }
dev_of() { ls "/sys/bus/pci/devices/$1/net"; }
# untouched: igb has both, no override, no record
untouched() {
	assert_eq "$(driver "$A0") $(driver "$A1")" 'igb igb' drivers
	assert_eq "$(override "$A0")$(override "$A1")" '(null)(null)' driver_override
	[ ! -e /run/tandem ] || die "a record is left: $(ls -d /run/tandem/* /run/tandem)"
}

note 'bad input'
expect 2 tandem bind && says 'argument missing'
expect 2 tandem unbind && says 'argument missing'
for a in x 1 00:00 0000:01:00 0000:01:00.8 01:20.0 '01:00.0 ' ../../x 1:2:3:4.5; do
	expect 2 tandem bind "$a" && says 'not a PCI address' 0000:01:00.0
	expect 2 tandem unbind "$a" && says 'not a PCI address'
done
expect 2 tandem bind p0 && says "$A0"
expect 1 tandem bind 0000:7f:1f.7 && says 'no PCI device 0000:7f:1f.7'
expect 1 tandem bind "$A0" && says 'driver tandem is not loaded: modprobe tandem'
expect 1 tandem unbind "$A0" && says 'not with tandem but with igb'
untouched

ko=$(lab_build_dir)/tandem.ko
modinfo -F depends "$ko" | tr ',' '\n' | xargs -r modprobe -a
insmod "$ko"
untouched
other=$(lspci -Dn | awk '$3 != "8086:10c9" && !n++ { print $1 }')
expect 4 tandem bind "$other" && says "$other is not an Intel 82576"
expect 3 setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all tandem bind "$A0" && says CAP_DAC_OVERRIDE sudo

note 'what the doctor says of igb'
ip link set p0 up
wait_link p0
if [ "$LINUX" = 6.12 ]; then
	expect 4 tandem doctor p0 --json
	jq -e --arg a "$A0" '.findings[] | select(.check == "zero-copy") | .severity == "error" and .fix == "tandem bind " + $a' \
		>/dev/null <<<"$OUT" || die "$OUT"
	expect 4 tandem pair p0 && says 'no AF_XDP zero-copy'
	expect 0 tandem pair p0 --allow-copy --wakeup busy --cpu 1 --json
	jq -e '.queues[0].mode == "copy" and .queues[0].affinity == "1"' >/dev/null <<<"$OUT" || die "$OUT"
else
	expect 0 tandem pair p0 --wakeup busy --cpu 1 --json
	jq -e '.queues[0].mode == "zero-copy" and .queues[0].affinity == "1"' >/dev/null <<<"$OUT" || die "$OUT"
fi
expect 1 tandem bind "$A0" && says 'p0' 'tandem unpair p0'
expect 0 tandem unpair p0
! has_prog p0 || die 'the program is left'
untouched

note 'there and back'
expect 0 tandem bind "$A0"
grep -q "^$A0: tandem, interface " <<<"$OUT" || die "$OUT"
assert_eq "$(driver "$A0") $(driver "$A1")" 'tandem igb'
ip link set "$(dev_of "$A0")" up
expect 0 tandem bind "$A0" # again
expect 0 tandem unbind "$A0"
grep -q "^$A0: igb, interface " <<<"$OUT" || die "$OUT"
untouched
expect 1 tandem unbind "$A0" && says 'not with tandem'
short=${A0#0000:}
expect 0 tandem bind "$short" --json
jq -e --arg a "$A0" --arg i "$(dev_of "$A0")" '. == {address: $a, driver: "tandem", interface: $i}' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 tandem unbind "$short" --driver none --json
jq -e --arg a "$A0" '. == {address: $a, driver: null, interface: null}' >/dev/null <<<"$OUT" || die "$OUT"
assert_eq "$(driver "$A0")" none
expect 0 tandem bind "$A0"
assert_eq "$(driver "$A0")" tandem
expect 0 tandem unbind "$A0"
assert_eq "$(driver "$A0")" none 'who had it: nobody'
echo "$A0" >/sys/bus/pci/drivers/igb/bind
untouched

note 'a driver that does not want it'
expect 1 tandem bind "$A0" --driver pcieport && says 'pcieport does not take' 'back with igb'
untouched
expect 1 tandem bind "$A0" --driver nonsense && says 'not loaded'
expect 0 tandem bind "$A0"
expect 1 tandem unbind "$A0" --driver pcieport && says 'back with tandem'
assert_eq "$(driver "$A0")" tandem
# it stays with the driver that has it, not with the one that had it at first
expect 1 tandem bind "$A0" --driver pcieport && says 'back with tandem'
assert_eq "$(driver "$A0") $(override "$A0")" 'tandem tandem'
expect 0 tandem unbind "$A0"
untouched

note 'the default route'
d=$(dev_of "$A0")
ip link set "$d" up
ip addr add 192.0.2.1/24 dev "$d"
ip route add default via 192.0.2.9 dev "$d"
expect 1 tandem bind "$A0" && says "default route goes by $d" --force
ip route del default
ip link add link "$d" name vlan5 type vlan id 5
ip link set vlan5 up
ip addr add 198.51.100.1/24 dev vlan5
ip route add default via 198.51.100.9 dev vlan5
expect 1 tandem bind "$A0" && says "default route goes by $d"
ip link del vlan5
ip link set "$(dev_of "$A1")" up
ip addr add 198.51.100.1/24 dev "$(dev_of "$A1")"
ip route add default nexthop via 198.51.100.9 dev "$(dev_of "$A1")" nexthop via 192.0.2.9 dev "$d"
for a in "$A0" "$A1"; do
	expect 1 tandem bind "$a" && says "default route goes by $(dev_of "$a")"
done
ip route del default
ip addr flush dev "$(dev_of "$A1")"
ip route add default via 192.0.2.9 dev "$d" table 123
expect 1 tandem bind "$A0" && says "default route goes by $d"
ip route flush table 123
# neither one that goes nowhere nor one to a part of the world
ip route add unreachable default
ip route add 203.0.113.0/24 via 192.0.2.9 dev "$d"
expect 0 tandem bind "$A0"
expect 0 tandem unbind "$A0"
ip route del unreachable default
untouched
d=$(dev_of "$A0")
ip link set "$d" up
ip -6 addr add 2001:db8::1/64 dev "$d" nodad
ip -6 route add default via 2001:db8::9 dev "$d"
expect 1 tandem bind "$A0" && says "default route goes by $d"
ip -6 route del default
ip -6 route add default via 2001:db8::9 dev "$d" table 123
expect 1 tandem bind "$A0" && says "default route goes by $d"
expect 0 tandem bind "$A1" # not the other one
expect 0 tandem unbind "$A1"
untouched
expect 0 tandem bind "$A0" --force
assert_eq "$(driver "$A0")" tandem
expect 0 tandem unbind "$A0"
untouched

note 'elsewhere'
ip netns add x
ip link set "$(dev_of "$A0")" netns x
expect 1 tandem bind "$A0" && says 'another network namespace' --force
untouched
ip netns del x
# a namespace that was just deleted lets go of its devices late
is_back() { [ -n "$(dev_of "$A0")" ]; }
wait_for 20 is_back
echo 1 >"/sys/bus/pci/devices/$A1/sriov_numvfs"
expect 1 tandem bind "$A1" && says 'has 1 VFs'
echo 0 >"/sys/bus/pci/devices/$A1/sriov_numvfs"
untouched

note 'killed in the middle: once more does it'
for n in 1 2 3; do
	tandem bind "$A0" >/dev/null 2>&1 &
	pid=$!
	sleep "0.0$((n * 3))"
	kill -KILL $pid 2>/dev/null || true
	wait $pid || true
	note "round $n: $(driver "$A0")"
	expect 0 tandem bind "$A0"
	assert_eq "$(driver "$A0")" tandem
	expect 0 tandem unbind "$A0"
	untouched
done
