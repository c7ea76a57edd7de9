#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=200
# A zero-copy socket sends back what it receives: every frame comes home whole
# and in order, whatever the kind of memory and flags; all is counted, also
# after the socket is gone.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
snap() {
	echo "$(link_stat p0 rx_packets) $(link_stat p0 rx_bytes) $(link_stat p0 tx_packets) $(link_stat p0 tx_bytes)" \
		"$(stat p0 rx0_xsk_packets) $(stat p0 xdp0_xsk_packets) $(stat p0 rx0_xdp_redirect)"
}
n=0
frames=300
[ "$KERNEL" != debug ] || frames=100
all=$((4 * frames))
sysctl -q vm.nr_hugepages=16
assert_eq "$(cat /proc/sys/vm/nr_hugepages)" 16 "huge pages"
for o in "" "-w" "-C 2048" "-H 256" "-C 2048 -H 128" "-u" "-r 64 -b 16" "-b 1" \
	"-P" "-P -C 2048" "-P -u" "-P -u -C 2048 -H 64"; do
	# A chunk there reaches into the next page. The core maps page by page and syncs
	# by chunk (xp_dma_map(), xp_alloc()), and dma-debug takes that for an error.
	case $KERNEL$o in "debug-P -u"*) continue ;; esac
	read -r rx rxb tx txb zrx ztx redir <<<"$(snap)"
	# shellcheck disable=SC2086 # words
	xsk_start e$n echo p0 0 $o
	for s in 60 61 1000 1514; do
		round_trip $frames -s $s
	done
	b=$((frames * (60 + 61 + 1000 + 1514)))
	xsk_stop e$n
	assert_eq "$(xsk_count e$n received) $(xsk_count e$n sent) $(xsk_count e$n corrupt)" "$all $all 0" "socket with '$o'"
	assert_eq "$(snap)" "$((rx + all)) $((rxb + b)) $((tx + all)) $((txb + b)) $((zrx + all)) $((ztx + all)) $((redir + all))" \
		"statistics after a socket with '$o'"
	n=$((n + 1))
done

sysctl -q vm.nr_hugepages=0

# rings of every size, and the socket's with them
for r in 64 128 256 512 1024 2048 4096; do
	ethtool -G p0 rx $r tx $r
	xsk_start r$r echo p0 0 -r $r -b 16
	round_trip $((r + 100)) -w 48
	xsk_stop r$r
	assert_eq "$(xsk_count r$r received) $(xsk_count r$r corrupt)" "$((r + 100)) 0" "rings of $r"
done

# frames for the stack go to the stack: queue 1 has no socket
ethtool -X p0 weight 0 1
xsk_start s echo p0 0
to_p0 200 -f 4
round_trip 200
xsk_stop s
assert_eq "$(xsk_count s received)" 200 "frames of the socket's queue"
# and after it all go there
to_p0 200
assert_eq "$(stat p0 resets) $(stat p0 tx_timeouts)" "0 0" "resets and timeouts"
