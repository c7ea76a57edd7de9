#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120
# load and unload: native, generic, by libxdp's dispatcher, replaced in place,
# refused with a reason.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

setup_ports 2
SETTINGS=$(settings p0 p1)
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
expect 1 tandem unload p0 && says 'p0 has no XDP program'

expect 0 tandem load "$BPF/xdp_pass.bpf.o" p0 --dispatcher
assert_eq "$(prog)" xdp_dispatcher
expect 0 tandem unload p0
nothing_left p0 p1
expect 0 tandem load "$BPF/xdp_pass.bpf.o" p0 --skb
ip link show p0 | found xdpgeneric || die "not generic"
expect 0 tandem unload p0

# said as JSON
for how in native=native dispatcher=dispatcher skb=generic; do
	expect 0 tandem load "$BPF/xdp_pass.bpf.o" p0 "--${how%=*}" --json
	jq -e --arg m "${how#*=}" '. == {dev: "p0", program: "xdp_pass", section: "xdp", mode: $m}' >/dev/null <<<"$OUT" || die "$OUT"
	expect 0 tandem unload p0 --json
	assert_eq "$(jq -c . <<<"$OUT")" '{"dev":"p0","program":null}' 'what unload says'
done

expect 1 tandem load /nope p0 && says 'no file /nope'
expect 1 tandem load /etc/passwd p0 && says 'not a BPF object'
expect 1 tandem load "$BPF/xdp_pass.bpf.o" p0 --section nope && says "no section 'nope'"
expect 4 tandem load "$BPF/xdp_pass.bpf.o" lo && says 'lo' --skb
nothing_left p0 p1
