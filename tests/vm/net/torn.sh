#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=120 cpus=2
# A ring is taken apart in the middle of a frame of several buffers, and a queue is
# taken away from one who goes on sending to it: nothing is lost but these frames.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_peers
peer ip link set p1 mtu 9000
ip link set p0 mtu 9000
ethtool -X p0 weight 1 0

# halfway: a frame of which a poll has seen some buffers, and nobody polls for a while.
# The socket polls with a budget of two buffers, its frames have three.
halfway() {
	python3 - <<-'END'
		import socket, subprocess
		def send(n):
		    script = f"import socket; s = socket.socket(2, 2); [s.sendto(bytes(8900), ('192.0.2.1', 5000)) for n in range({n})]"
		    subprocess.run(["ip", "netns", "exec", "peer", "python3", "-c", script], check=True)
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		for option, value in ((46, 1), (69, 1), (70, 2)):  # SO_BUSY_POLL, SO_PREFER_BUSY_POLL, its budget
		    s.setsockopt(socket.SOL_SOCKET, option, value)
		s.bind(("192.0.2.1", 5000))
		s.settimeout(10)
		send(1)
		s.recv(9000)
		for name, value in ("napi_defer_hard_irqs", 1000), ("gro_flush_timeout", 4 * 10**9):
		    with open(f"/sys/class/net/p0/{name}", "w") as f:
		        f.write(str(value))
		send(1)  # the last that an interrupt brings
		s.recv(9000)
		send(8)
		s.setblocking(False)
		for n in range(2):
		    try:
		        s.recv(9000)
		    except BlockingIOError:
		        pass
	END
	note "polls $(stat p0 vec0_polls), frames $(stat p0 rx0_packets)"
}
again() {
	defer p0 0 0
	wait_link p0
	wait_link p1 peer
	# a timer may be on its way yet
	wait_for 20 ping -q -c 1 -W 1 -s 8000 192.0.2.2
	ping -q -c 3 -i 0.2 -s 8000 192.0.2.2 >/dev/null || die "$1"
	note "good: $1"
}

halfway
ip link set p0 down
ip link set p0 up
again "down"
halfway
ethtool -G p0 rx 128
again "other rings"
halfway
xsk bind p0 0 -x -g -n 1 >/dev/null
queue_free p0 0
again "a socket's memory"

# a thread that polls busily, and keeps the NAPI for itself
if [ "$LINUX" != 6.12 ]; then
	ethtool -L p0 combined 4
	nl threaded "$(nl queues p0 | awk '$1 == "rx" && $2 == 3 { print $4 }')" 2
	ethtool -X p0 weight 0 0 0 1
	ping -q -c 3 -i 0.2 192.0.2.2 >/dev/null
	ethtool -X p0 weight 1
	timeout $((30 * SLOW)) ethtool -L p0 combined 1 || die "a queue with a thread that polls busily does not go"
	again "a queue with a thread that polls busily"
fi

# no module of the debug kernel
if modprobe pktgen 2>/dev/null; then
	ethtool -L p0 combined 4
	pg() { echo "$2" >"/proc/net/pktgen/$1"; }
	pg kpktgend_1 "add_device p0"
	pg p0 "count 0"
	# the same frame again and again, so that nobody asks which queue: the first
	# that it takes is the second
	pg p0 "clone_skb 100000000"
	pg p0 "queue_map_max 3"
	pg p0 "dst_mac $(mac_of p1 peer)"
	echo start >/proc/net/pktgen/pgctrl &
	generator=$!
	for n in 1 2 3; do
		wait_for 20 at_least $(($(stat p0 tx1_packets) + 100)) stat p0 tx1_packets
		ethtool -L p0 combined 1
		sleep 0.3
		ethtool -L p0 combined 4
	done
	kill $generator
	note "3 times while pktgen sent to queue 1"
	wait $generator || true
	rmmod pktgen
	again "a queue that pktgen sends to"
fi
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
