#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240 cpus=2
# What can't work: one line that says what and what to do, no exit code 0, and
# nothing left behind.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

SETTINGS=$(settings p0 p1)
expect 1 tandem bench txonly nope && says 'no interface named nope' 'ip link' p0 lo
expect 1 tandem bench pair p0 nope && says 'no interface named nope'
expect 1 tandem bench txonly a-name-that-is-too-long-for-a-device && says 'no interface named'
expect 1 tandem load "$BPF/xdp_pass.bpf.o" nope && says 'no interface named nope'
expect 1 tandem vectors nope && says 'no interface named nope'
expect 1 tandem bench txonly p0 && says 'p0 is down' 'ip link set p0 up'

nothing_left p0 p1

setup_ports 2
SETTINGS=$(settings p0 p1)

note 'values that other tests do not have'
a=$(lab_ports_pci | sed -n 1p)
while IFS='|' read -r code words said; do
	# shellcheck disable=SC2086 # words
	expect "$code" tandem ${words/ADDRESS/$a}
	says "$said"
done <<'END'
1|demo p0 nope|no interface named nope
2|demo p0 p0 -q 1|same device
1|unload nope|no interface named nope
1|bench txonly p0 --cpu 900|CPU 900 is not online
1|bench txonly p0 --cpu 3 --threads -q 0-1|CPU 3 is not online
1|bind ADDRESS --driver ../../devices|driver ../../devices is not loaded
1|bind ADDRESS --driver ..|driver .. is not loaded
1|unbind ADDRESS --driver .|driver . is not loaded
1|unbind ADDRESS --driver a-name-of-more-than-thirty-one-characters|is not loaded
END
nothing_left p0 p1

note 'a CPU that is online, but not for this process'
echo +cpuset >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/narrow
echo 0 >/sys/fs/cgroup/narrow/cpuset.cpus
# shellcheck disable=SC2016 # the inner shell's
narrow() { sh -c 'echo $$ >/sys/fs/cgroup/narrow/cgroup.procs && exec "$@"' sh "$@"; }
expect 0 narrow tandem bench txonly p0 -n 2000 --cpu 0
for o in '--cpu 1' '--cpu 0 --threads -q 0-1'; do
	# shellcheck disable=SC2086 # words
	expect 1 narrow tandem bench txonly p0 -d 10 -i 0 --json $o
	says 'may not run on CPU 1'
	assert_eq "$OUT" '' 'figures of a run that was not where it should be'
done
rmdir /sys/fs/cgroup/narrow
nothing_left p0 p1

note 'what the devices do not have'
expect 1 tandem bench txonly p0 -q 2 && says 'p0 has queues 0-1, not 2' ethtool
expect 1 tandem bench pair p0 p1 -q 0-5 && says 'queues 0-1, not 5'
expect 2 tandem bench pair p0 p0 && says 'same device'
expect 2 tandem bench txonly p0 --size 1600 && says 'MTU 1500'
expect 2 tandem bench txonly p0 --size 1519 && says 'MTU 1500'
expect 1 tandem bench txonly p0 --prog /nope && says 'no file /nope'
expect 1 tandem bench txonly p0 --prog /etc/passwd && says 'not a BPF object'
expect 1 tandem bench txonly p0 --prog "$BPF/xdp_pass.bpf.o" && says XSKMAP
nothing_left p0 p1

ip link set p0 mtu 2000
expect 1 tandem bench txonly p0 --chunk 2048 && says 'MTU 2000' '--chunk 4096'
ip link set p0 mtu 9000
expect 1 tandem bench txonly p0 && says 'MTU 9000' 'ip link set p0 mtu'
# the advice is right
read -r -a advice < <(grep -o "ip link set p0 mtu [0-9]*" <<<"$ERR")
"${advice[@]}"
expect 0 tandem bench txonly p0 -n 2000
ip link set p0 mtu 1500

# a queue that is taken, by a run that goes on undisturbed
tandem bench txonly p0 -q 1 -d 600 --json >/tmp/first.json &
first=$!
wait_for 20 sending p0
expect 1 tandem bench txonly p0 -q 1 && says 'queue 1 of p0 already has an AF_XDP socket' -q
expect 1 tandem bench txonly p0 -q 0 && says 'p0 already has an XDP program' 'tandem unload p0'
expect 1 tandem bench txonly p0 -q 1 --no-prog && says 'queue 1 of p0 already has'
expect 0 tandem bench txonly p0 -q 0 -n 2000 --no-prog
expect 1 tandem unload p0 && says 'running process'
kill -INT $first
wait $first || die "the first run ended with $?"
jq -e '.packets > 0' >/dev/null /tmp/first.json || die "$(cat /tmp/first.json)"
nothing_left p0 p1

# a program that was there before stays
ip link set p0 xdp obj "$BPF/xdp_pass.bpf.o" sec xdp
expect 1 tandem bench rxdrop p0 && says 'already has an XDP program'
has_prog p0 || die "the program that was there is gone"
ip link set p0 xdp off
# iproute2 leaves directories of its own in the BPF file system
SETTINGS=$(settings p0 p1)

# without privileges: the capability is named
expect 3 setpriv --reuid 65534 --clear-groups --bounding-set=-all tandem bench txonly p0
says CAP_NET_RAW
expect 3 setpriv --reuid 65534 --clear-groups --inh-caps=-all,+net_raw --ambient-caps=+net_raw \
	tandem bench txonly p0
says CAP_
expect 3 setpriv --reuid 65534 --clear-groups --bounding-set=-all tandem load "$BPF/xdp_pass.bpf.o" p0
says CAP_
nothing_left p0 p1
