#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120
# load and unload: native, generic, by libxdp's dispatcher, replaced in place,
# refused with a reason.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

setup_ports 2
SETTINGS=$(settings p0 p1)
pin=/sys/fs/bpf/tandem-links/p0
prog() { ip link show p0 | sed -n 's/.*prog\/xdp.* name \([^ ]*\).*/\1/p'; }

for n in pass drop tx; do
	expect 0 tandem load "$BPF/xdp_$n.bpf.o" p0
	grep -q "p0 runs xdp_$n (section xdp) in the driver" <<<"$OUT" || die "$OUT"
	assert_eq "$(prog)" "xdp_$n"
done
expect 0 tandem load "$BPF/xdp_drop.bpf.o" p0 --section xdp.frags
assert_eq "$(prog)" xdp_drop_frags
expect 0 tandem unload p0
nothing_left p0 p1
[ ! -e "${pin%/*}" ] || die "unload left ${pin%/*}"
expect 1 tandem unload p0 && says 'p0 has no XDP program'

note 'the link'
expect 0 tandem load "$BPF/xdp_pass.bpf.o" p0
# bpftool's exit status is 255 for a link of a device
link() { { bpftool -j link show pinned $pin || true; } | jq .id; }
id=$(link)
! ip link set p0 xdp off 2>/dev/null || die 'ip link took the program away'
expect 1 tandem load "$BPF/xdp_drop.bpf.o" p0 --skb && says 'p0 already has an XDP program'
assert_eq "$(prog)" xdp_pass 'what runs after a refused one'
# what the driver refuses replaces nothing, and the next try has the reason
ip link set p0 mtu 4000 2>/dev/null && die 'a program without frags and an MTU of 4000'
expect 0 tandem load "$BPF/xdp_drop.bpf.o" p0
assert_eq "$(link) $(prog)" "$id xdp_drop" 'link and program after replacing'
tandem show p0 --json | jq -e --arg pin $pin '.link == $pin and .program.name == "xdp_drop"' >/dev/null || die 'show'
# another name: still found, for replacing and for unloading
ip link set p0 name uplink
expect 0 tandem load "$BPF/xdp_tx.bpf.o" uplink
assert_eq "$(link)" "$id" 'link of a renamed device'
expect 0 tandem unload uplink
ip link set uplink name p0
nothing_left p0 p1

note 'what ip link attached is replaced as it was attached'
ip link set p0 xdp obj "$BPF/xdp_pass.bpf.o" sec xdp
expect 0 tandem load "$BPF/xdp_drop.bpf.o" p0 --json
jq -e '.link == null' >/dev/null <<<"$OUT" || die "$OUT"
assert_eq "$(prog)" xdp_drop
ip link set p0 xdp off
# iproute2 leaves directories of its own in the BPF file system
SETTINGS=$(settings p0 p1)

note 'the pin of a device that is gone'
ip link add v0 type veth peer name v1
expect 0 tandem load "$BPF/xdp_pass.bpf.o" v0
ip link del v0
[ -e ${pin%p0}v0 ] || die 'no pin to be stale'
ip link add v0 type veth peer name v1
expect 0 tandem load "$BPF/xdp_pass.bpf.o" v0
ip link add w0 type veth peer name w1
ip netns add elsewhere
ip link set w0 netns elsewhere name v0
expect 1 nsenter --net=/run/netns/elsewhere tandem load "$BPF/xdp_pass.bpf.o" v0 && says 'in another network namespace'
# /sys has the settings of a namesake, or none
expect 1 nsenter --net=/run/netns/elsewhere tandem vectors v0 && says 'in another network namespace' 'ip netns exec'
expect 0 tandem unload v0
ip netns del elsewhere
ip link del v0
ip link del w1 2>/dev/null || true
nothing_left p0 p1

note 'without a BPF file system'
# shellcheck disable=SC2016 # the inner shell's
unshare -m sh -c 'umount -l /sys/fs/bpf && tandem load "$BPF/xdp_pass.bpf.o" p0 --json' | jq -e '.link == null' >/dev/null ||
	die 'a link without a BPF file system'
expect 0 tandem unload p0
nothing_left p0 p1

expect 0 tandem load "$BPF/xdp_pass.bpf.o" p0 --dispatcher
assert_eq "$(prog)" xdp_dispatcher
pins() { find /sys/fs/bpf ! -type d; }
pins=$(pins)
for how in --native --skb; do
	expect 1 tandem load "$BPF/xdp_drop.bpf.o" p0 $how
	says 'dispatcher runs 1 program on p0' --dispatcher 'tandem unload p0'
	assert_eq "$(prog)" xdp_dispatcher "program after a load $how over a dispatcher"
	assert_eq "$(pins)" "$pins" "pins after a load $how over a dispatcher"
done
expect 0 tandem load "$BPF/xdp_drop.bpf.o" p0 --dispatcher
expect 1 tandem load "$BPF/xdp_drop.bpf.o" p0 && says 'runs 2 programs'
expect 0 tandem unload p0
nothing_left p0 p1
expect 0 tandem load "$BPF/xdp_pass.bpf.o" p0 --skb
ip link show p0 | found xdpgeneric || die "not generic"
expect 0 tandem unload p0

# said as JSON
for how in native=native dispatcher=dispatcher skb=generic; do
	expect 0 tandem load "$BPF/xdp_pass.bpf.o" p0 "--${how%=*}" --json
	held=$([ $how = dispatcher=dispatcher ] && echo null || echo "\"$pin\"")
	jq -e --arg m "${how#*=}" --argjson l "$held" \
		'. == {dev: "p0", program: "xdp_pass", section: "xdp", mode: $m, link: $l}' >/dev/null <<<"$OUT" || die "$OUT"
	expect 0 tandem unload p0 --json
	assert_eq "$(jq -c . <<<"$OUT")" '{"dev":"p0","program":null}' 'what unload says'
done

expect 1 tandem load /nope p0 && says 'no file /nope'
expect 1 tandem load /etc/passwd p0 && says 'not a BPF object'
expect 1 tandem load "$BPF/xdp_pass.bpf.o" p0 --section nope && says "no section 'nope'"
for how in --native --skb --dispatcher; do
	expect 1 tandem load /src/build/helpers/rejected.bpf.o p0 $how && says 'Permission denied' ' outside of the '
done
expect 4 tandem load "$BPF/xdp_pass.bpf.o" lo && says 'lo' --skb
nothing_left p0 p1
