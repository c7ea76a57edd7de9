#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180
# Rules of ethtool -N: what is taken, what the registers are to hold, what is
# refused and why. The emulated device stores none of these registers and does
# not steer by them: what the driver writes is seen through its tracepoints,
# that a frame lands on the queue is not exercised by the emulator.
. /src/tests/vm/lib.sh

T=/sys/kernel/tracing
mountpoint -q $T || mount -t tracefs none $T
echo 1 >$T/events/tandem/tandem_steer_tuple/enable
echo 1 >$T/events/tandem/tandem_steer_etype/enable

clear_trace() { : >$T/trace; }
# written: what has been written since clear_trace, one filter per line
written() { sed -n 's/.* tandem_steer_\(tuple\|etype\): ifindex=[0-9]* /\1 /p' $T/trace; }
rule() { ethtool -N p0 "$@" >/dev/null; }
locations() { ethtool -n p0 | sed -n 's/^Filter: //p' | sort -n | xargs; }
# refused TEXT RULE...: with this error
refused() {
	local want=$1
	shift
	assert_fails ethtool -N p0 "$@"
	[[ $OUTPUT == *"$want"* ]] || die "'$*' gives '$OUTPUT', not '$want'"
}

ip link set p0 up
wait_link p0

note "registers"
clear_trace
rule flow-type tcp4 src-ip 192.0.2.2 dst-ip 192.0.2.1 src-port 4660 dst-port 80 action 1
assert_eq "$(written)" "tuple filter=0 owner=1 ftqf=00018106 saqf=020200c0 daqf=010200c0 spqf=00003412 imir=e0005000 imirext=00081000"
clear_trace
rule flow-type udp4 dst-port 53 action 0
assert_eq "$(written)" "tuple filter=1 owner=1 ftqf=e0008111 saqf=00000000 daqf=00000000 spqf=00000000 imir=c0003500 imirext=00081000"
clear_trace
rule flow-type sctp4 dst-ip 192.0.2.1 action 1 loc 9
assert_eq "$(written)" "tuple filter=2 owner=1 ftqf=a0018184 saqf=00000000 daqf=010200c0 spqf=00000000 imir=40020000 imirext=00081000"
clear_trace
rule flow-type ether proto 0x88b5 action 1 loc 14
assert_eq "$(written)" "etype filter=0 etqf=840188b5"

note "listed"
assert_eq "$(locations)" "0 1 9 14"
ethtool -n p0 rule 0 | found 'Src port: 4660' || die "rule 0 is not shown as given"
ethtool -n p0 rule 14 | found -i '0x88b5' || die "rule 14 is not shown as given"

note "refused"
refused "not supported" flow-type tcp4 src-ip 192.0.2.0 m 0.0.0.255 action 1
refused "not supported" flow-type udp4 dst-port 80 m 0xff action 1
refused "not supported" flow-type tcp4 dst-port 80 tos 4 action 1
refused "not supported" flow-type tcp4 dst-port 80 vlan 5 action 1
refused "not supported" flow-type tcp4 dst-port 80 action -1
refused "not supported" flow-type tcp6 dst-port 80 action 1
refused "not supported" flow-type ip4 l4proto 47 action 1
refused "not supported" flow-type ether dst 52:54:00:00:00:01 action 1
refused "not supported" flow-type ether proto 0x0800 action 1
refused "Invalid argument" flow-type tcp4 dst-port 81 action 2
refused "Invalid argument" flow-type tcp4 dst-port 81 action 1 loc 16
refused "File exists" flow-type udp4 dst-port 53 action 1 loc 12
refused "File exists" flow-type ether proto 0x88b5 action 0
refused "No such file" delete 3
assert_eq "$(locations)" "0 1 9 14" "rules after refusals"

reasons() { dmesg | sed -n 's/.* p0: rule refused: //p'; }
assert_eq "$(reasons | grep -c '^only TCP, UDP, SCTP over IPv4 or an ether type')" 9 "reasons in the log"
assert_eq "$(reasons | grep -c '^no such queue or location$')" 2 "reasons in the log"
assert_eq "$(reasons | grep -c '^another rule is the same$')" 2 "reasons in the log"

note "a rule in the way of fewer channels"
assert_fails ethtool -L p0 combined 1

note "put back after down and up, and after a reset"
clear_trace
ip link set p0 down
ip link set p0 up
all=$(written | sort)
assert_eq "$(wc -l <<<"$all")" 4 "filters written"
clear_trace
ethtool -r p0
assert_eq "$(written | sort)" "$all" "filters after a reset"

note "given while down, written when up"
ip link set p0 down
clear_trace
rule flow-type tcp4 dst-port 443 action 0 loc 3
assert_eq "$(written)" "" "writes while down"
ip link set p0 up
assert_eq "$(written | grep -c imir=8000bb01)" 1 "filter of loc 3"

note "replaced and deleted"
clear_trace
rule flow-type udp4 dst-port 54 action 1 loc 3
assert_eq "$(written | tail -n 1 | cut -d' ' -f1-4)" "tuple filter=3 owner=1 ftqf=e0018111"
refused "not supported" flow-type tcp6 dst-port 80 action 1 loc 3
ethtool -n p0 rule 3 | found 'Dest port: 54' || die "a refused replacement took the old rule away"
rule delete 3
assert_eq "$(written | tail -n 1 | cut -d' ' -f1-3)" "tuple filter=3 owner=0"
assert_eq "$(locations)" "0 1 9 14"

note "full"
for port in 1001 1002 1003 1004 1005; do
	rule flow-type udp4 dst-port $port action 0
done
refused "No space" flow-type udp4 dst-port 1006 action 0
for type in 1 2 3 4 5 6; do
	rule flow-type ether proto 0x880$type action 0
done
assert_eq "$(locations | wc -w)" 15 "rules"
refused "No space" flow-type ether proto 0x8810 action 0
refused "No space" flow-type ether proto 0x8810 action 0 loc 0
ethtool -n p0 rule 0 | found 'Src port: 4660' || die "a refused replacement took rule 0 away"
rule delete 0
refused "No space" flow-type ether proto 0x8810 action 0
rule flow-type tcp4 dst-port 1 action 0

note "a change that fails takes none with it"
before=$(locations)
qemu_monitor set_link port0 off
ethtool -K p0 ntuple off loopback on >/tmp/ethtool 2>&1 || true
ethtool -k p0 | grep -q '^ntuple-filters: on' || die "ntuple went: $(cat /tmp/ethtool)"
assert_eq "$(locations)" "$before" "rules"
ethtool -K p0 loopback off
qemu_monitor set_link port0 on
wait_link p0

note "all go with the feature"
ethtool -K p0 ntuple off
assert_eq "$(locations)" "" "rules with ntuple off"
refused "not supported" flow-type tcp4 dst-port 80 action 1
ethtool -K p0 ntuple on
ethtool -L p0 combined 1
