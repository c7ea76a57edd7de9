#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180
# While there are VFs, filters are off and entries are theirs; both come back.
. /src/tests/vm/lib.sh

T=/sys/kernel/tracing
mountpoint -q $T || mount -t tracefs none $T
echo 1 >$T/events/tandem/tandem_steer_tuple/enable
on() { sed -n 's/.* filter=\([0-9]*\) owner=1 ftqf=\([0-9a-f]*\) .*/\1 \2/p' $T/trace | tail -n 1; }

dev=$(readlink -f /sys/class/net/p0/device)
diag() { devlink -j health diagnose "pci/${dev##*/}" reporter vector | jq -r "$1"; }
reserved() { diag '[.entries[] | select(.state == "reserved for VFs") | .index] | join(" ")'; }
# VFs without a driver, or with one that takes no time
[ ! -w "$dev/sriov_drivers_autoprobe" ] || echo 0 >"$dev/sriov_drivers_autoprobe"

ip link set p0 up
wait_link p0
ethtool -N p0 flow-type udp4 dst-port 53 action 1 >/dev/null
assert_eq "$(on)" "0 e0018111" "filter"
assert_eq "$(reserved)" "" "entries of VFs"

echo 7 >"$dev/sriov_numvfs"
: >$T/trace
note "with 7 VFs: $(diag '"\(.free) free"'), reserved: $(reserved)"
# 25 causes, three for each VF
assert_eq "$(reserved)" "$(seq -s ' ' 4 $(($(diag .total) - 1)))" "entries of VFs"
assert_fails ethtool -N p0 flow-type udp4 dst-port 54 action 0
[[ $OUTPUT == *busy* ]] || die "refused with '$OUTPUT'"
ip link set p0 down
ip link set p0 up
assert_eq "$(on)" "" "filters with VFs"
assert_fails ethtool -L p0 combined 2

echo 0 >"$dev/sriov_numvfs"
assert_eq "$(on)" "0 e0018111" "filter after the VFs"
assert_eq "$(reserved)" "" "entries after the VFs"
assert_eq "$(diag '[.entries[] | select(.queue)] | length')" 2 "queues"
