# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The kernel's own AF_XDP conformance program, of the running kernel's own
# sources but for what scripts/lab/selftests mends; sourced behind lib.sh.
#
# conformance MODE TOPOLOGY [-b]
#   MODE drv or zc; TOPOLOGY ports (p0 sends, p1 receives) or loop (p0 does
#   both, through the device's loopback); -b with busy polling
#
# Every test of the program must pass, but for those that exempt() names. It
# runs in a guest that counts instructions (boot=icount): the program gives
# 3 s to each exchange, and only such a guest has 3 s whatever else this
# machine does. The debug kernel does it without dma-debug: where a chunk reaches
# into the next page, that searches all it knows for each sync, and finds nothing.

XSKXCEIVER=/src/build/selftests/$LINUX/xskxceiver

# Tests that cannot pass on this device or kernel, whatever the driver does, with
# what they do instead, and the reason.
# exempt TEST MODE TOPOLOGY [-b]
exempt() {
	case $1:$2:$3$4:$LINUX:$KERNEL in
	STAT_RX_DROPPED:zc:* | TX_QUEUE_CONSUMER:zc:*)
		echo "skipped: the program skips it in zero-copy mode: about the copying transmit and receive of the core" ;;
	BIDIRECTIONAL:*:loop*:7.2:*)
		# is_frag_valid() of the second step: base_addr is 0, what is
		# in the shared fill ring starts at umem_size
		echo "failed: the program takes the receiver's half of the shared UMEM for an invalid address once directions are swapped; runs over two ports" ;;
	HW_SW_MIN_RING_SIZE:zc:loop-b:*)
		echo "failed: the program leaves the busy-polling budget of its first step, 1, to the second, which sends 63 frames at once into a ring of 128: one poll per frame; runs without -b" ;;
	UNALIGNED_INV_DESC_MULTI_BUFF:zc:*)
		echo "failed: the program expects 3136 bytes in one buffer; the 82576 chains buffers in units of 1 KiB, 3072 of a 4096-byte chunk" ;;
	*ALIGNED_INV_DESC_MULTI_BUFF:drv:*:6.12:* | TOO_MANY_FRAGS:drv:*:6.12:*)
		# __xsk_generic_xmit() of 6.12.117; no driver has a part in it
		echo "failed: a fault of the kernel's copying transmit: xsk_drop_skb() cancels the completions of the descriptors that the invalid frame began with" ;;
	HW_SW_MAX_RING_SIZE:*:debug)
		echo "failed: two batches of 4088 may be under way, the device's ring holds 4095: a kernel this slow has not taken the first when the second comes" ;;
	*) return 1 ;;
	esac
}

conformance_ports() {
	local p
	for p in p0 p1; do
		# Frames that the program did not send are errors to it.
		echo 1 >"/proc/sys/net/ipv6/conf/$p/disable_ipv6"
		ip link set "$p" promisc on
		# The program's flow control is the number of its buffers, and
		# nothing else stops the sender: the ring must hold all of them.
		ethtool -G "$p" rx 4096
		ip link set "$p" up
	done
	wait_link p0
	wait_link p1
}

# conformance_judge OUTPUT MODE TOPOLOGY BUSY: the tests that did not pass and
# had to
conformance_judge() {
	local n=0 name line why out=$1 mode=$2 topology=$3 busy=$4
	while read -r name; do
		n=$((n + 1))
		line=$(grep -E "^(not )?ok $n( |$)" "$out" || true)
		case $line in
		"ok $n # SKIP"*) line=skipped ;;
		"ok $n "*) continue ;;
		"not ok"*) line=failed ;;
		*) line="not run" ;;
		esac
		why=$(exempt "$name" "$mode" "$topology" "$busy") || why=
		if [ "${why%%:*}" = "$line" ]; then
			note "$name $why" >&2
		else
			echo "$name ($line)"
		fi
	done < <(names)
}

names() { { "$XSKXCEIVER" -l || true; } | sed -n 's/^[0-9]*: //p'; } # its status is 3

conformance() {
	local mode=$1 topology=$2 busy=${3:-} second=p1 p out=/tmp/xskxceiver bad
	[ -x "$XSKXCEIVER" ] || die "no $XSKXCEIVER: scripts/lab/selftests makes it"
	conformance_ports
	if [ "$topology" = loop ]; then
		ethtool -K p0 loopback on
		wait_link p0
		second=p0
	fi
	if [ -n "$busy" ]; then
		for p in p0 p1; do
			defer "$p" 2 200000
		done
	fi
	[ "$KERNEL" != debug ] || export THREAD_TMOUT=60
	# as it comes, for whoever watches the log
	stdbuf -oL "$XSKXCEIVER" -i p0 -i "$second" -m "$mode" ${busy:+"$busy"} 2>&1 | tee "$out" || true
	grep -q '^1\.\.' "$out" || die "the program did not start"
	# as many as its sources have, and each by name
	assert_eq "$(sed -n 's/^1\.\.//p' "$out")" "$([ "$LINUX" = 6.12 ] && echo 31 || echo 36)" "tests of the program"
	assert_eq "$(names | wc -l)" "$(sed -n 's/^1\.\.//p' "$out")" "names of tests"
	bad=$(conformance_judge "$out" "$mode" "$topology" "$busy")
	[ -z "$bad" ] || die "$(wc -l <<<"$bad") of the program's tests: ${bad//$'\n'/, }"
}
