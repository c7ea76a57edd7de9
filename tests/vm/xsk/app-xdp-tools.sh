#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=400
# xdp-loader, xdp-filter, xdpdump and xdp-monitor of Debian's xdp-tools.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

objects=/usr/lib/x86_64-linux-gnu/bpf
setup_quiet

xdp-loader features p0 >/tmp/features
for f in BASIC REDIRECT NDO_XMIT XSK_ZEROCOPY RX_SG NDO_XMIT_SG; do
	grep -Eq "^NETDEV_XDP_ACT_$f:[[:space:]]+yes" /tmp/features || die "xdp-loader features: no $f"
done

# two programs behind the dispatcher, native mode
xdp-loader load -m native p0 $objects/xdpfilt_alw_all.o $objects/xdpdump_xdp.o
xdp-loader status p0 | tee /tmp/status
grep -Eq 'p0 .*xdp_dispatcher +native' /tmp/status || die "no dispatcher in native mode"
assert_eq "$(grep -c '=>' /tmp/status)" 2 "programs behind the dispatcher"
to_p0 200 -f 4
xdp-loader unload -a p0
note "good: xdp-loader"

# drops what is not asked for, by port
xdp-filter load p0 -m native -f udp -p deny
before=$(sum_stat p0 'rx[0-9]+_xdp_drop')
blind 250 -f 4	# less than the receive ring holds
gets_to $((before + 250)) sum_stat p0 'rx[0-9]+_xdp_drop'
xdp-filter unload p0
to_p0 200 -f 4
note "good: xdp-filter"

xdpdump -i p0 --load-xdp-program -w /tmp/dump.pcap >/tmp/dump 2>&1 &
BG=$!
BG_PIDS+=("$BG")
wait_for 60 grep -q 'listening on p0' /tmp/dump
# it says so before it has its buffers; then it waits, in epoll_wait()
wait_for 20 grep -q '^232 ' /proc/$BG/syscall
to_p0 500 -f 4
sleep 1
kill -INT $BG
wait $BG || die "xdpdump: $(tail -n 3 /tmp/dump)"
grep -q '^500 packets captured' /tmp/dump || die "xdpdump: $(tail -n 3 /tmp/dump)"
assert_eq "$(tcpdump -nr /tmp/dump.pcap 2>/dev/null | wc -l)" 500 "frames in the file"
note "good: xdpdump"

if [ "$KERNEL" = 7.2 ]; then
	note "xdp-monitor 1.5 asks for the tracepoint xdp_redirect_map_err, which 7.2 no longer has"
	exit 0
fi
xdp-monitor -i 1 -s >/tmp/monitor 2>&1 &
BG=$!
BG_PIDS+=("$BG")
wait_for 60 grep -q '/s' /tmp/monitor
xdp p0 redirect p0
before=$(sum_stat p0 'rx[0-9]+_xdp_redirect')
blind 250 -f 4
gets_to $((before + 250)) sum_stat p0 'rx[0-9]+_xdp_redirect'
xdp p0 off
sleep 2
kill -INT $BG
wait $BG || die "xdp-monitor: $(tail -n 3 /tmp/monitor)"
tail -n 6 /tmp/monitor
grep -Eq 'Packets redirected +: 250|Packets transmitted +: 250' /tmp/monitor || die "xdp-monitor did not count 250"
note "good: xdp-monitor"
