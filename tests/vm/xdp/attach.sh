#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=150
# Programs come by ip, by xdp-loader's dispatcher and by the tool, are shown,
# replaced and taken away, all without touching the link.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
changes=$(carrier_changes p0)
shown() { ip -d link show p0 | grep -o 'prog/xdp id [0-9]*' || true; }

[ -e "/sys/kernel/btf/$DRIVER" ] || die "the module has no BTF"
ip link set dev p0 xdp obj $BPF/xdp_pass.bpf.o sec xdp
first=$(shown)
[ -n "$first" ] || die "no program shown"
to_p0 100
# ip does not replace what is there unless it is told to; same mode does
ip -force link set dev p0 xdp obj $BPF/xdp_tx.bpf.o sec xdp
[ "$(shown)" != "$first" ] || die "not replaced"
flow p1 p1 -N peer -M peer -n 100
ip -force link set dev p0 xdpdrv obj $BPF/xdp_drop.bpf.o sec xdp
before=$(sum_stat p0 'rx[0-9]+_xdp_drop')
blind 100
gets_to $((before + 100)) sum_stat p0 'rx[0-9]+_xdp_drop'
assert_fails ip link set dev p0 xdpoffload obj $BPF/xdp_pass.bpf.o sec xdp
ip link set dev p0 xdp off
assert_eq "$(shown)" "" "program after off"
to_p0 100
ip link set dev p0 xdp off	# twice does no harm

# two programs at once, run in order of priority
xdp-loader load -m native -P 10 p0 $BPF/xdp_pass.bpf.o
to_p0 100
xdp-loader load -m native -P 20 p0 $BPF/xdp_drop.bpf.o
xdp-loader status p0
[ "$(xdp-loader status p0 | grep -Ec ' xdp_(pass|drop) ')" = 2 ] || die "dispatcher does not show both"
before=$(sum_stat p0 'rx[0-9]+_xdp_drop')
blind 100
gets_to $((before + 100)) sum_stat p0 'rx[0-9]+_xdp_drop'
xdp-loader unload p0 --all
assert_eq "$(shown)" "" "program after unload"
xdp-loader features p0 >/tmp/features
for f in NETDEV_XDP_ACT_BASIC NETDEV_XDP_ACT_REDIRECT NETDEV_XDP_ACT_NDO_XMIT NETDEV_XDP_ACT_XSK_ZEROCOPY \
	NETDEV_XDP_ACT_RX_SG; do
	grep -q "$f:.*yes" /tmp/features || die "feature $f is missing: $(cat /tmp/features)"
done

# It stays over down and up, more and other rings, a reset.
xdp p0 pass
p=$(shown)
ip link set p0 down
ip link set p0 up
wait_link p0
wait_link p1 peer
ethtool -G p0 rx 256
ethtool -L p0 combined 1
ethtool -L p0 combined 2
ethtool -X p0 weight 0 1
to_p0 100 -f 4
gets_to 100 stat p0 rx1_xdp_pass
assert_eq "$(shown)" "$p" "program after all that"
xdp p0 off
# down and up is the one change of carrier here
assert_le "$(($(carrier_changes p0) - changes))" 2 "carrier changes"

# attached while down
ip link set p0 down
xdp p0 drop
ip link set p0 up
wait_link p0
wait_link p1 peer
blind 50
gets_to "50 3000" xdp p0 seen
