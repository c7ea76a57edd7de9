#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120
# The port's PTP clock, and stamps of PTP frames: of the stack, of XDP programs
# and of AF_XDP sockets, all in the time of the clock of the port that sent or
# received.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

ptp() { python3 /src/tests/vm/helpers/ptp.py "$@"; }
clock_of() { in_ns "${2:-}" ethtool -T "$1" | sed -n 's/^PTP Hardware Clock: *\|^Hardware timestamp provider index: *//p' | sed -n 1p; }
# stamps FILE: the nanoseconds at the ends of its lines
stamps() { sed -n 's/.* at //p' "$1"; }
# rising FILE COUNT: that many stamps, none 0, each later than the one before
rising() {
	local last=0 n=0 t
	while read -r t; do
		[ "$t" -gt "$last" ] 2>/dev/null || die "stamp $t after $last: $(cat "$1")"
		last=$t n=$((n + 1))
	done < <(stamps "$1")
	assert_eq "$n" "$2" "stamps"
}

# messages COUNT: so many from p0 to p1; /tmp/sent and /tmp/received have their stamps
messages() {
	run_bg peer python3 /src/tests/vm/helpers/ptp.py receive p1 "$1" >/tmp/received
	wait_for 20 grep -q ready /tmp/received
	ptp send p0 "$1" /tmp/received >/tmp/sent
	wait "$BG" || die "the receiver: $(cat /tmp/received)"
}

setup_quiet
index=$(clock_of p0)
note "p0 has /dev/ptp$index"
assert_eq "$(cat "/sys/class/ptp/ptp$index/clock_name")" tandem "name of the clock"
ptp clock "/dev/ptp$index" | tee /tmp/clock
assert_eq "$(sed 's/.*: //' /tmp/clock | tr '\n' ' ')" "True True True faster by 0.20 True " "what the clock can do"

note "what is stamped"
assert_eq "$(ptp config p0 1 12)" "filter 9" "PTP v2 events come down to those over Ethernet"
ptp config p0 0 9 | found 'filter 9'
OUTPUT=$(ptp config p0 1 1 2>&1) && die "stamping of all frames was accepted: $OUTPUT"
OUTPUT=$(ptp config p0 2 0 2>&1) && die "one-step sync was accepted: $OUTPUT"
ptp config p0 1 0

note "the stack: 20 sync messages from p0 to p1"
peer python3 /src/tests/vm/helpers/ptp.py config p1 0 10	# sync over Ethernet
messages 20
rising /tmp/sent 20
rising /tmp/received 20
got=$(ethtool -I -T p0 | sed -n 's/^ *tx_pkts: *//p')
assert_eq "$got" 20 "stamps counted"

note "a rule for PTP does not keep it from being stamped"
peer ethtool -N p1 flow-type ether proto 0x88f7 action 0 loc 0
messages 3
rising /tmp/received 3
peer ethtool -N p1 delete 0

note "the stack has the stamp with a program that passes, and of a zero-copy queue"
passes() {
	messages 3
	rising /tmp/received 3
}
peer tandem load $BPF/xdp_pass.bpf.o p1
passes
run_bg ip netns exec peer xsk rx p1 0 -x >/tmp/zero 2>&1
zero=$BG
wait_for 20 grep -q '^bound zero-copy' /tmp/zero
before=$(stat p1 rx0_xsk_packets peer)
passes
assert_ge "$(stat p1 rx0_xsk_packets peer)" $((before + 3)) "frames through the zero-copy ring"
kill -TERM "$zero"
wait "$zero" || die "$(cat /tmp/zero)"
peer tandem unload p1

note "a stamp whose frame never came is not the last"
# of a group that nobody has joined: the device stamps it, and drops it
one_stamped() {
	messages 1
	[ "$(stamps /tmp/received)" != 0 ]
}
ptp lose p0
wait_for 30 one_stamped

note "delay requests are not sync messages"
peer python3 /src/tests/vm/helpers/ptp.py config p1 0 11
messages 5
assert_eq "$(stamps /tmp/received | sort -u)" 0 "stamps of messages of another type"

note "AF_XDP asks when its frames were sent, an XDP program when they came"
run_bg peer meta rx p1 >/tmp/program
wait_for 30 grep -q ready /tmp/program
meta tx p0 20 1 /tmp/program >/tmp/sent || die "$(cat /tmp/sent)"
rising /tmp/sent 20
program_saw() { grep -cE "^type $1" /tmp/program || true; }
gets_to 20 program_saw 88f7
sed -n 's/^type 88f7.* stamp 0 / at /p' /tmp/program >/tmp/received
rising /tmp/received 20

note "one stamp for sixteen frames at once: the others are told that there is none"
meta tx p0 -16 1 >/tmp/sent || die "$(cat /tmp/sent)"
assert_eq "$(wc -l </tmp/sent)" 16 "frames completed"
assert_eq "$(stamps /tmp/sent | grep -cvx 0)" 1 "frames with a stamp"
assert_eq "$(ethtool -I -T p0 | sed -n 's/^ *tx_lost: *//p')" 0 "stamps lost"

note "frames of other kinds have no stamp"
gets_to 36 program_saw 88f7
pkt send p0 -n 5 -g 1000 >/dev/null
gets_to 5 program_saw '88b5 .* hash -61 .* vlan -61 .* stamp -61 0$'
# hashes TYPE ALL: four flows come, which makes ALL of IPv4; of each the program sees the
# type, and the value that software computes of the same fields
hashes() {
	local f want
	pkt send p0 -n 4 -f 4 -g 1000 >/dev/null
	gets_to "$2" program_saw '0800 .* vlan -61 .* stamp -61 0$'
	for f in 0 1 2 3; do
		want=$(peer tandem steer p1 --show udp "198.18.7.$f:$((9000 + f))" 198.19.0.1:9 --json | jq .hash)
		assert_eq "$(program_saw "0800 .* hash 0 $(printf %08x "$want") $1 vlan")" 1 "frames of flow $f with its hash and type"
	done
}
hashes 0x29 4
peer ethtool -N p1 rx-flow-hash udp4 sd
hashes 0x1 8
peer ethtool -N p1 rx-flow-hash udp4 sdfn
ip link add link p0 name tagged type vlan id 77
peer ip link add link p1 name tagged type vlan id 77
peer ip link set tagged up
ip link set tagged up
pkt send tagged -n 5 -g 1000 >/dev/null
gets_to 5 program_saw '88b5 .* vlan 0 8100 77 stamp'

note "the clock and its settings outlive resets"
before=$(ptp read "/dev/ptp$index")
ethtool -r p0
sleep 0.1
wait_link p0
wait_link p1 peer
after=$(ptp read "/dev/ptp$index")
assert_ge "$after" "$before" "the clock after the reset"
assert_le $((after - before)) 60000000000 "nanoseconds that the clock went on"
meta tx p0 3 1 >/tmp/sent || die "$(cat /tmp/sent)"
rising /tmp/sent 3
