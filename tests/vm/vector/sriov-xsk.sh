#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=2 ports=2 timeout=180
# AF_XDP beside VFs: a socket beyond the first queue keeps VFs away, one on the
# first queue stays and works on.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/vf.sh
. /src/tests/vm/helpers/traffic.sh

ip link set p0 up
ip link set p1 up promisc on
ethtool -L p0 combined 2
wait_link p0
wait_link p1

sent() { stat p0 "xdp${1}_xsk_packets"; }
# sender QUEUE: a zero-copy socket there that sends
sender() {
	run_bg tandem bench txonly p0 -q "$1" --no-prog -w busy -d 600 -i 0 >/tmp/bench 2>&1
	more() { [ "$(sent "$1")" -gt "${2:-0}" ]; }
	wait_for 20 more "$1" 0 || die "$(cat /tmp/bench)"
}

note "a socket on queue 1"
sender 1
assert_fails sh -c "echo 2 >$PF_DEV/sriov_numvfs"
grep -q 'no VFs: .*queue 1 has an AF_XDP socket' <(dmesg) || die "no reason given"
before=$(sent 1)
wait_for 20 more 1 "$before"
kill "$BG"
wait "$BG" || true

note "one of copy mode"
run_bg tandem bench txonly p0 -q 1 --copy --no-prog -d 600 -i 0 >/tmp/bench 2>&1
copied() { stat p0 tx1_packets; }
wait_for 20 at_least 10 copied || die "$(cat /tmp/bench)"
assert_fails sh -c "echo 2 >$PF_DEV/sriov_numvfs"
kill "$BG"
wait "$BG" || true

note "a socket on queue 0"
sender 0
vfs_enable 2
wait_link p0
before=$(sent 0)
wait_for 20 more 0 "$before"
before=$(link_stat p1 rx_packets)
wait_for 20 at_least $((before + 10)) link_stat p1 rx_packets
kill "$BG"
wait "$BG" || true
# what p1 had no room for waits in the emulator; the next socket would take it for
# its own
settled link_stat p1 rx_packets >/dev/null

note "both directions, with VFs there"
tandem bench pair p0 p1 -q 0 --no-rss -n 2000 --verify --json >/tmp/bench ||
	die "$(cat /tmp/bench)"
jq -e '.zerocopy and .lost == 0 and .corrupt == 0' </tmp/bench >/dev/null ||
	die "$(cat /tmp/bench)"

note "and without"
vfs_disable
wait_link p0
tandem bench pair p0 p1 -q 0 --no-rss -n 2000 --verify --json >/tmp/bench ||
	die "$(cat /tmp/bench)"
