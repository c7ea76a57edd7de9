#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=400
# Applications that hold to no rule of AF_XDP (helpers/hostile.c), under traffic:
# the port and its other users do not notice, and the kernel's log stays clean.
# Who has no privileges gets EPERM, and nothing is writable for everybody.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
changes=$(carrier_changes p0)
run_bg pkt send p1 -N peer -n 0 -f 16 -g 1000 -m "$(mac_of p0)" >/tmp/noise 2>&1
noise=$BG
# More seeds where they come to less: what counts is what was done, not the time.
bound=0 sent=0
for ((seed = 1; seed <= 3 || (seed <= 10 && (bound < 15 || sent < 15)); seed++)); do
	hostile p0 12 $seed >/tmp/hostile || die "hostile: $(cat /tmp/hostile)"
	note "seed $seed: $(tail -n 1 /tmp/hostile); $(grep passed /tmp/hostile | awk '{ printf "%s %s/%s ", $1, $4, $2 }')"
	count() { awk -v w="$1" '{ for (i = 1; i < NF; i++) if ($i == w) print $(i + 1) }' /tmp/hostile | sed -n 1p; }
	bound=$((bound + $(count zero-copy)))
	sent=$((sent + $(awk '$1 == "send" { print $4 }' /tmp/hostile)))
	# what it left is gone, and the queue is anybody's
	xsk_start e echo p0 0
	round_trip 100
	xsk_stop e
done
assert_ge $bound 15 "sockets bound for zero-copy"
assert_ge $sent 15 "calls to send that passed"
kill "$noise"
wait "$noise" || true
to_p0 300 -f 16
to_p1 300 -f 16
assert_eq "$(carrier_changes p0)" "$changes" "carrier changes"
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
note "good: applications without rules"

nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --ambient-caps=-all --bounding-set=-all "$@"; }
denied() {
	assert_fails nobody "$@"
	grep -qiE 'not permitted|permission denied|CAP_' <<<"$OUTPUT" || die "'$*' as nobody: $OUTPUT"
}
dev=$(readlink -f /sys/class/net/p0/device)
denied xsk rx p0 0 -x
denied xsk rx p0 0
denied xdp p0 pass
denied ip link set p0 down
denied ethtool -L p0 combined 1
denied ethtool -G p0 rx 64
denied ethtool -C p0 rx-usecs 1
denied ethtool -N p0 flow-type udp4 dst-port 1 action 0
denied ethtool -d p0
denied ethtool -t p0 online
denied ethtool -r p0
denied sh -c "echo 1 >$dev/reset"
denied sh -c "echo 1 >$dev/sriov_numvfs"
denied sh -c "echo 1 >$dev/remove"
denied tandem bench txonly p0 -q 0 -n 1
denied tandem load /src/build/bpf/xdp_pass.bpf.o p0
# not with the rights of a namespace of its own either
assert_fails nobody unshare -Ur xsk rx p0 0 -x
nobody ethtool -S p0 >/tmp/open
nobody ethtool -l p0 >>/tmp/open
note "good: nobody is refused"

tandem load /src/build/bpf/xdp_pass.bpf.o p0
found=$(find /sys/module/tandem/ "$dev/" /sys/fs/bpf /run /tmp/tandem* -mindepth 1 ! -type l -perm -002 2>/dev/null |
	grep -vE '^/run/(lab|netns)' || true)
assert_eq "$found" "" "what everybody can write"
tandem unload p0
to_p0 100
