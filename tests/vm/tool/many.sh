#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240 driver=none
# More devices and vectors than anybody would have: all are shown.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

# A NAPI for each queue, where a program is attached
note 'three devices of 64 queues'
for n in 0 1 2; do
	ip link add "m$n" numrxqueues 64 numtxqueues 64 type veth peer name "n$n" numrxqueues 64 numtxqueues 64
	ethtool -L "m$n" rx 64 tx 64
	ip link set "m$n" xdp obj "$BPF/xdp_pass.bpf.o" sec xdp
	ip link set "m$n" up
	ip link set "n$n" up
done
expect 0 tandem top --json -n 1 -i 0.1
assert_eq "$(jq '[.vectors[] | select(.dev | startswith("m"))] | length' <<<"$OUT")" 192 'vectors in top'
expect 0 tandem top -b -n 1 -i 0.1
assert_eq "$(grep -c '^m[012] ' <<<"$OUT")" 192 'lines of top'
expect 0 tandem vectors -i 0 --json
assert_eq "$(jq '[.[] | select(.dev | startswith("m"))] | length' <<<"$OUT")" 192 'vectors in vectors'
expect 0 tandem vectors -i 0
assert_eq "$(grep -c '^m[012] ' <<<"$OUT")" 192 'lines of vectors'
expect 4 tandem doctor m0 -q 0-63 --json
# two findings for each queue, and those behind them are still there
assert_eq "$(jq '[.findings[] | select(.check == "interrupt" or .check == "napi")] | length' <<<"$OUT")" 128 'findings about queues'
jq -e 'any(.findings[]; .check == "driver") and any(.findings[]; .check == "huge pages")' >/dev/null <<<"$OUT" || die "$OUT"
for n in 0 1 2; do
	ip link del "m$n"
done

note '70 devices'
for n in {1..35}; do
	ip link add "x$n" type veth peer name "y$n"
done
expect 0 tandem export --textfile /tmp/many.prom
assert_eq "$(grep -c '^tandem_device_info{dev="[xy]' /tmp/many.prom)" 70 'devices in export'
# the last one, too, is traced
ip link set x35 xdp obj "$BPF/xdp_pass.bpf.o" sec xdp
ip link set x35 up
ip link set y35 up
ip netns add far
ip link set y35 netns far
ip -n far link set y35 up
ip addr add 198.51.100.1/24 dev x35
ip -n far addr add 198.51.100.2/24 dev y35
run_bg tandem trace -e poll --json >/tmp/trace.out 2>/tmp/trace.err
answered() { ping -c 1 -W 1 198.51.100.2 >/dev/null; grep -q '"dev":"x35"' /tmp/trace.out; }
wait_for 60 answered
kill -INT "$BG"
wait "$BG" || die "trace ended with $?: $(cat /tmp/trace.err)"
