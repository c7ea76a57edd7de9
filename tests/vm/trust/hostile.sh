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
bound=0 sent=0 least=15 seeds=3
[ "$KERNEL" != debug ] || least=5 seeds=1
for ((seed = 1; seed <= seeds || (seed <= 10 && (bound < least || sent < least)); seed++)); do
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
assert_ge $bound $least "sockets bound for zero-copy"
assert_ge $sent $least "calls to send that passed"
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
	denials=$((denials + 1))
}
denials=0
dev=$(readlink -f /sys/class/net/p0/device)
pci=${dev##*/}
clock=$(ls "$dev/ptp")
ptp=/src/tests/vm/helpers/ptp.py
napi=$(nl napis p0 | awk 'NR == 1 { print $2 }')
nobody true # or all that follows fails for another reason
nobody python3 -c pass
denied xsk rx p0 0 -x
denied xsk rx p0 0
denied xdp p0 pass
denied xdp p0 off
denied ip link set p0 down
denied ip link set p0 mtu 1400
denied ip link set p0 name mine
denied ip link set p0 address 02:00:00:00:00:01
denied ip link set p0 promisc on
denied ip link set p0 netns peer
denied ip link set p0 vf 0 vlan 5
denied ip link set p0 vf 0 trust on
denied ip link set p0 xdp off
denied ip maddr add 01:00:5e:00:00:05 dev p0
denied ethtool -L p0 combined 1
denied ethtool -G p0 rx 64
denied ethtool -C p0 rx-usecs 1
denied ethtool -N p0 flow-type udp4 dst-port 1 action 0
denied ethtool -N p0 delete 0
denied ethtool -N p0 rx-flow-hash udp4 sdfn
denied ethtool -K p0 gro off
denied ethtool -K p0 ntuple off
denied ethtool -X p0 equal 1
denied ethtool -X p0 hkey 6d:5a:56:da:25:5b:0e:c2:41:67:25:3d:43:a3:8f:b0:d0:ca:2b:cb:ae:7b:30:b4:77:cb:2d:a3:80:30:f2:0c:6a:42:b7:3b:be:ac:01:fa
denied ethtool -s p0 speed 100 duplex full autoneg on
denied ethtool -s p0 wol g
denied ethtool -A p0 rx off
denied ethtool -p p0 1
denied ethtool -e p0
denied ethtool -d p0
denied ethtool -t p0 online
denied ethtool -t p0 offline
denied ethtool -r p0
denied sh -c "echo 1 >$dev/reset"
denied sh -c "echo 1 >$dev/sriov_numvfs"
denied sh -c "echo 1 >$dev/remove"
denied sh -c "echo $pci >/sys/bus/pci/drivers/tandem/unbind"
denied sh -c "echo $pci >/sys/bus/pci/drivers/tandem/bind"
denied sh -c "echo 8086 10c9 >/sys/bus/pci/drivers/tandem/new_id"
denied sh -c "echo none >$dev/driver_override"
denied sh -c ": <>$dev/resource0"
denied sh -c ": >$dev/config"
denied sh -c ": <>/dev/$clock"
denied sh -c ": </dev/$clock"
denied devlink dev reload "pci/$pci"
denied devlink health set "pci/$pci" reporter vector auto_recover false
denied devlink health recover "pci/$pci" reporter vector
denied devlink health diagnose "pci/$pci" reporter vector
denied python3 $ptp config p0 1 0
denied python3 $ptp read "/dev/$clock"
# 6.12 cannot set these at all
if [ "$LINUX" != 6.12 ]; then
	denied nl set "$napi" 1 1000 0
	denied nl threaded "$napi" 1
fi
for what in /sys/class/net/p0/{napi_defer_hard_irqs,gro_flush_timeout,threaded,mtu,queues/rx-0/rps_cpus} \
	/proc/irq/"$(irq_of p0-TxRx-0)"/smp_affinity /sys/kernel/tracing/events/tandem/enable; do
	[ -e "$what" ] || die "no $what"
	denied sh -c "echo 1 >$what"
done
denied rmmod tandem
denied insmod "$(lab_build_dir)/tandem.ko"
denied tandem bench txonly p0 -q 0 -n 1
denied tandem load /src/build/bpf/xdp_pass.bpf.o p0
# not with the rights of a namespace of its own either
assert_fails nobody unshare -Ur xsk rx p0 0 -x
nobody ethtool -S p0 >/tmp/open
nobody ethtool -l p0 >>/tmp/open
note "good: nobody is refused, $denials times"

# writable: what everybody may write to; some of it goes while find looks
writable() { { find /sys /dev /run /tmp /proc/irq /proc/sys/net -mindepth 1 ! -type l -perm -002 2>/dev/null || true; } | sort; }

# With as little protection of its own as can be: a program, a pairing and a
# listener. What is then writable has to be so without all of them, too.
umask 0
peer tandem load /src/build/bpf/xdp_pass.bpf.o p1
tandem pair p0 >/tmp/pair
ip link set lo up
run_bg tandem export --listen 127.0.0.1:9100 >/tmp/export 2>&1
wait_for 20 grep -q ^listening /tmp/export
umask 022
pins=/sys/fs/bpf/tandem
denied ls $pins
denied rm -r $pins
denied ls /run/tandem
denied rm -r /run/tandem
denied cat $pins/p0/xsks
denied rm $pins/p0/xsks
# these say in other words why not
assert_fails nobody bpftool map dump pinned $pins/p0/xsks
assert_fails nobody bpftool map create $pins/p0/mine type array key 4 value 4 entries 1 name mine
assert_fails nobody bpftool map create /sys/fs/bpf/mine type array key 4 value 4 entries 1 name mine
assert_fails nobody tandem unpair p0
for what in $pins/p0 /run/tandem; do
	[ -n "$(find "$what" -mindepth 1)" ] || die "nothing in $what"
done
writable >/tmp/with
# this finds what there is to find
chmod o+w $pins/p0/xsks
writable >/tmp/spoiled
assert_eq "$(comm -13 /tmp/with /tmp/spoiled)" $pins/p0/xsks "what is writable and was not before"
chmod o-w $pins/p0/xsks
kill "$BG"
wait "$BG" || true
tandem unpair p0
peer tandem unload p1
to_p0 100
peer ip link set p1 netns 1
rmmod tandem
writable >/tmp/without
assert_eq "$(comm -23 /tmp/with /tmp/without)" "" "what everybody can write"
note "good: nothing of it is writable for everybody"
