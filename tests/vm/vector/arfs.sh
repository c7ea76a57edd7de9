#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180
# Accelerated RFS: the stack asks for a flow on the queue of the CPU that reads
# it, and the driver sets a filter, drops it when the flow is over, and lets
# rules push it out. The emulated device does not heed the filters: what is
# written is seen through tracepoints, that the flow moves is not exercised by
# the emulator.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

T=/sys/kernel/tracing
mountpoint -q $T || mount -t tracefs none $T
echo 1 >$T/events/tandem/tandem_steer_tuple/enable
written() { sed -n 's/.* tandem_steer_tuple: ifindex=[0-9]* //p' $T/trace; }
# queue_of LINE: the queue field of its FTQF
queue_of() {
	local ftqf=${1#*ftqf=}
	echo $(((0x${ftqf%% *} >> 16) & 0x3ff))
}

# home QUEUE CPU: where its interrupt goes
home() { echo "$2" >"/proc/irq/$(irq_of "p0-TxRx-$1")/smp_affinity_list"; }
# keep COUNT: so many flows of each queue are steered
keep() {
	local q
	for q in /sys/class/net/p0/queues/rx-*; do
		echo "$1" >"$q/rps_flow_cnt"
	done
}

setup_peers
home 0 0
home 1 1
echo 1024 >/proc/sys/net/core/rps_sock_flow_entries
ping -q -c 2 192.0.2.2 >/dev/null

# flow PORT CPU: a datagram every 5 ms from PORT of the peer, read here on CPU
flow() {
	# not by a function, of which only the shell would be killed
	run_bg ip netns exec peer python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("192.0.2.2", int(sys.argv[1])))
s.connect(("192.0.2.1", 22136))
while True:
    try: s.send(b"x")
    except OSError: pass
    time.sleep(0.005)' "$1"
	sender=$BG
	run_bg taskset -c "$2" python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("192.0.2.1", 22136))
s.connect(("192.0.2.2", int(sys.argv[1])))
while True: s.recv(64)' "$1"
	reader=$BG
}
asked() { written | found "filter=7 owner=2 .* spqf=$1 "; }
gone() { written | grep filter=7 | tail -n 1 | found "owner=0"; }
flow_ends() {
	kill "$sender" "$reader"
	# the next reader wants this one's port
	wait "$sender" "$reader" || true
	keep 0
	wait_for 20 gone
}

# Port 4660 arrives on queue 0 and is read on CPU 1, port 4661 the reverse.
for cpu in 1 0; do
	note "a flow that is read on CPU $cpu"
	ethtool -X p0 weight $cpu $((1 - cpu))
	keep 64
	: >$T/trace
	flow $((4661 - cpu)) $cpu
	# as on the wire: 0x1234, 0x1235
	wait_for 20 asked "0000$((35 - cpu))12"
	line=$(written | awk '/owner=2/ && !n++')
	note "$line"
	assert_eq "$(queue_of "$line")" $cpu "queue"
	[[ $line == *" ftqf=000"[01]"8111 saqf=020200c0 daqf=010200c0 "*" imir=20007856 imirext=00081000" ]] ||
		die "the filter is '$line'"

	note "its filter goes when it is over"
	flow_ends
done

note "the queue of a CPU is the one whose interrupt goes there now"
home 0 1
home 1 0
keep 64
ethtool -X p0 weight 1 0
: >$T/trace
flow 4661 0
wait_for 20 asked 00003512
assert_eq "$(queue_of "$(written | awk '/owner=2/ && !n++')")" 1 "queue of CPU 0"
flow_ends
home 0 0
home 1 1

note "a rule that needs the filter takes it"
ethtool -X p0 weight 1 0
keep 64
: >$T/trace
flow 4660 1
wait_for 20 asked 00003412
for port in 1 2 3 4 5 6 7 8; do
	ethtool -N p0 flow-type tcp4 dst-port $port action 0 >/dev/null
done
taken() { written | grep "filter=7" | tail -n 1 | found "owner=1"; }
taken || die "filter 7 is not the rules': $(written | tail -n 3)"
sleep 1
taken || die "the flow took the filter back: $(written | tail -n 3)"
