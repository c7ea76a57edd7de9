#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240
# Knot's kxdpgun (AF_XDP) sends DNS queries to a UDP sink: all arrive.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_peers
# One thread: its second one gives up when the first has not loaded the
# program within 20 ms, which a busy guest does not.
ethtool -L p0 combined 1
wait_link p0
# It waits for nobody: room for two seconds in which a busy machine is late.
peer ethtool -G p1 rx 4096
wait_link p1 peer
printf 'example.com. A\nexample.org. AAAA\nexample.net. TXT\n' >/tmp/queries
ip neigh replace 192.0.2.2 lladdr "$(mac_of p1 peer)" dev p0

run_bg ip netns exec peer socat -u UDP-RECV:53,bind=192.0.2.2,rcvbuf=16000000 OPEN:/dev/null
wait_for 20 peer sh -c 'ss -lun | grep -q :53'
# shellcheck disable=SC2016 # the fields are awk's
udp() { peer awk '/^Udp: [0-9]/ { print $2 + $3 + $4 }' /proc/net/snmp; }

before=$(udp) sent=$(sum_stat p0 'xdp[0-9]+_xsk_packets')
kxdpgun -t 3 -Q 2000 -b 10 -i /tmp/queries -I p0 -l 192.0.2.1 192.0.2.2 | tee /tmp/gun
total=$(sed -n 's/^total queries: *\([0-9]*\).*/\1/p' /tmp/gun)
# how many it gets done in its time is the machine's matter
assert_ge "${total:-0}" 100 "queries"
got() { echo $(($(udp) - before)); }
gets_to "$total" got
# counted when the port takes them back
gets_to $((sent + total)) sum_stat p0 'xdp[0-9]+_xsk_packets'
