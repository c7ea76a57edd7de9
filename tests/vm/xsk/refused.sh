#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=100
# What cannot be is refused, and what was before goes on: a taken queue, a queue
# that does not exist, chunks too small for the MTU, an MTU too large for chunks.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
xsk_start a echo p0 0
assert_fails xsk rx p0 0
grep -q 'busy' <<<"$OUTPUT" || die "a taken queue: $OUTPUT"
round_trip 200
assert_fails xsk rx p0 2
grep -q 'Invalid argument' <<<"$OUTPUT" || die "queue 2 of 2: $OUTPUT"
assert_fails xsk rx p0 63
# one on the other queue is welcome
xsk_start b echo p0 1
round_trip 200
xsk_stop b

# a program that does not declare frags, and a socket whose chunks hold no whole frame
xsk_stop a
xdp p0 pass
assert_fails xsk rx p0 1 -x -g -C 2048
dmesg | found 'p0: no zero-copy socket on queue 1: frames take several chunks, and the program' || die 'no reason in the log'
xdp p0 off
xsk_start c rx p0 1 -x -g -C 2048
assert_fails ip link set p0 xdp obj $BPF/xdp_pass.bpf.o sec xdp
grep -q 'declares frags' <<<"$OUTPUT" || die "no reason: $OUTPUT"
xdp p0 pass_frags
xdp p0 off
xsk_stop c
xdp p0 pass
xdp p0 off
xsk_start a echo p0 0
round_trip 200

# chunks of 4096 hold frames of 3072, of 2048 those of MTU 1500
assert_fails ip link set p0 mtu 9000
round_trip 200 -s 1514
ip link set p0 mtu 1600
round_trip 200
# memory of a socket that is gone no longer counts, also while it is still there
xsk_stop a at-once
ip link set p0 mtu 9000
assert_fails xsk rx p0 0 -x
# refused by the driver, or by a kernel that looks itself
grep -qE 'not supported|Invalid argument' <<<"$OUTPUT" || die "MTU 9000: $OUTPUT"
ip link set p0 mtu 2000
assert_fails xsk rx p0 0 -x -C 2048
ip link set p0 mtu 1500
xsk_start a echo p0 0 -C 2048
round_trip 200 -s 1514
assert_fails ip link set p0 mtu 2000
assert_eq "$(cat /sys/class/net/p0/mtu)" 1500 "MTU"
round_trip 200 -s 1514
xsk_stop a
to_p0 200 -s 1514
