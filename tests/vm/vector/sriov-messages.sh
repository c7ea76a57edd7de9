#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=2 ports=2 timeout=180
# expects-dmesg: VF [0-9]: message 0x[0-9a-f]* refused
# What VFs say to the PF, by hand: messages that are malformed, out of turn or
# too much are refused and counted, and do no harm.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/vf.sh

setup_peers
echo 0 >/sys/class/net/p0/device/sriov_drivers_autoprobe
vfs_enable 7

coproc python3 /src/tests/vm/helpers/vf_mail.py "$PF_DEV"
BG_PIDS+=("$COPROC_PID")

# mail I COMMAND: to VF I; the answer is in $ANSWER
mail() {
	echo "$@" >&"${COPROC[1]}"
	read -r -t 60 ANSWER <&"${COPROC[0]}" || die "no answer to $*"
}

# says I WANTED COMMAND: the start of the answer
says() {
	mail "$1" "$3"
	case $ANSWER in
	"$2"*) ;;
	*) die "VF $1 said $3 and got '$ANSWER', not '$2'" ;;
	esac
}

bad=0
refused() {
	says "$1" nack "$2"
	bad=$((bad + 1))
	assert_eq "$(stat p0 vf_bad_messages)" "$bad" "refused messages after $2"
}

note "before it says hello, nothing is believed"
refused 0 2,0x33221102,0x5544
refused 0 4,0
refused 0 0x1e0003

note "hello: no address assigned"
says 0 "nack 0x40000001" 1
says 0 "ack cts 0xa0000002" 2,0x33221102,0x5544
ip link show p0 | found 'vf 0 .*02:11:22:33:44:55' || die "address not seen"

note "each is told by an interrupt, none has to wait until the driver looks by itself"
misc_irqs() { awk '$NF == "p0" { for (n = 2; $n ~ /^[0-9]+$/; n++) s += $n } END { print s + 0 }' /proc/interrupts; }
before=$(misc_irqs)
for i in {1..40}; do
	says 0 "ack cts" 5,1522
done
assert_ge $(($(misc_irqs) - before)) 40 "interrupts for 40 messages"

note "malformed"
refused 0 0x7
refused 0 0x100
refused 0 0xffff
refused 0 0x10001
refused 0 0x80000001
refused 0 0x40000002,0x33221102,0x5544
refused 0 0x01000002,0x33221102,0x5544
refused 0 2,0,0
refused 0 2,0x33221103,0x5544
refused 0 2,0xffffffff,0xffff
refused 0 0x30002,0x33221102,0x5544
refused 0 0x1f0003
refused 0 0xff0003
refused 0 0x10004,4096
refused 0 0x20004,1
refused 0 5,20
refused 0 5,9729
refused 0 5,0xffffffff
refused 0 0x10006

note "somebody else's"
p0mac=$(</sys/class/net/p0/address)
refused 0 "2,$(echo "$p0mac" | awk -F: '{ printf "0x%s%s%s%s,0x%s%s", $4, $3, $2, $1, $6, $5 }')"
says 1 "nack 0x40000001" 1
refused 1 2,0x33221102,0x5544
refused 1 0x20002,0x33221102,0x5544
refused 1 0x20006
ip link set p0 vf 1 trust on
says 1 "ack cts" 0x20006
ip link set p0 vf 1 trust off

note "further addresses, of the port and of another VF"
ip link add link p0 name mv type macvlan mode bridge
ip link set mv address 02:11:22:33:77:01
ip link set mv up
refused 1 0x20002,0x33221102,0x0177
refused 1 2,0x33221102,0x0177
ip link del mv
says 1 "ack cts" 0x20002,0x33221102,0x0177
refused 0 0x20002,0x33221102,0x0177
says 1 "ack cts" 0x10002,0,0
says 0 "ack cts" 0x20002,0x33221102,0x0177
says 0 "ack cts" 0x10002,0,0

note "too much: addresses, VLANs"
says 1 "ack cts" 2,0x44221102,0x5544
for i in 1 2 3 4 5 6 7 8; do
	says 1 "ack cts" "0x20002,0x${i}0221102,0x5544"
done
refused 1 0x20002,0x90221102,0x5544
says 1 "ack cts" 0x10002,0,0
says 1 "ack cts" 0x20002,0x90221102,0x5544
# 24 VLANs for seven VFs, and VLAN 0 for all
for i in 0 1 2 3 3; do
	says 1 "ack cts" "0x10004,$i"
done
refused 1 0x10004,4
says 1 "ack cts" 0x4,2
says 1 "ack cts" 0x10004,4
says 1 "ack cts" 0x4,4000
says 1 "ack cts" 0x1e0003

note "a message that was an answer"
mail 0 request
[[ $ANSWER = nack* ]] || die "an answer was taken for a request: $ANSWER"
bad=$((bad + 1))

note "VFs that keep the mailbox, or go in the middle"
mail 2 hold
says 2 "nack 0x40000001" 1
says 3 "nack 0x40000001" 1
mail 3 hold
mail 3 reset
says 3 "nack 0x40000001" 1
refused 2 0x10006

note "one whose hello was lost is told to say it again, and once more"
told_again() {
	mail 6 look
	[[ $ANSWER = "nack 0x"* ]]
}
for i in 1 2; do
	mail 6 lose 1
	says 6 "neither 0x1 " look
	wait_for 20 told_again
done
says 6 "nack 0x40000001" 1

note "a flood"
mail 4 flood 10
note "$ANSWER"
vf_bad=$(stat p0 vf_bad_messages)
assert_ge "$vf_bad" $((bad + 10)) "refused messages in the flood"
note "$vf_bad refused"

note "the port and the other VFs go on"
ping -q -c 3 -W 5 192.0.2.2 >/dev/null
says 0 "ack cts" 5,1522
says 5 "nack 0x40000001" 1
vfs_disable
wait_link p0
ping -q -c 3 -W 5 192.0.2.2 >/dev/null
