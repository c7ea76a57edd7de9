#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180
# The rest of ethtool: register dump, standard statistics, pause, self-test,
# identification.
. /src/tests/vm/lib.sh

setup_peers

# regs: offset and value of each register, in hexadecimal
regs() { ethtool -d p0 raw on | od -An -v -tx4 -w8; }
# (read to its end: who is left early dies of it, and fails the pipe)
reg() { regs | awk -v r="$1" '$1 "" == r "" { print $2 }'; }

note "driver and link"
ethtool -i p0 >/tmp/info
for words in 'driver: tandem' "bus-info: $(basename "$(readlink -f /sys/class/net/p0/device)")"; do
	grep -qx "$words" /tmp/info || die "no '$words' in: $(cat /tmp/info)"
done
ethtool p0 >/tmp/link
for words in 'Speed: 1000Mb/s' 'Duplex: Full' 'Auto-negotiation: on' 'Link detected: yes'; do
	grep -q "$words" /tmp/link || die "no '$words' in: $(cat /tmp/link)"
done

note "registers"
assert_eq $(((0x$(reg 00000008) >> 1) & 1)) 1 "link up in STATUS"
assert_eq $(((0x$(reg 00000100) >> 1) & 1)) 1 "receive on in RCTL"
assert_eq "$(regs | awk '{ print $1 }' | sort | uniq -d)" "" "registers dumped twice"
for clear in 000000c0 00001580 00005b50 00004074 0000c030; do
	assert_eq "$(reg $clear)" "" "register $clear, which reading changes"
done
ethtool -C p0 adaptive-rx off adaptive-tx off rx-usecs 77 tx-usecs 77
entry=$(devlink -j health diagnose "pci/$(basename "$(readlink -f /sys/class/net/p0/device)")" reporter vector |
	jq '.entries[] | select(.queue == 0) | .index')
assert_eq $(((0x$(reg "$(printf %08x $((0x1680 + 4 * entry)))") >> 2) & 0x1fff)) 77 "EITR of queue 0"
ethtool -X p0 weight 1 0
assert_eq "$(reg 00005c00)" 00000000 "RETA"
ethtool -X p0 weight 0 1
assert_eq "$(reg 00005c00)" 01010101 "RETA"
ethtool -X p0 default

note "standard statistics against the network device's"
group() { ethtool -S p0 --groups "$1" | awk -F': ' -v n="$2" '$1 == n { print $2 }'; }
before_rx=$(group eth-mac eth-mac-FramesReceivedOK)
before_tx=$(group eth-mac eth-mac-FramesTransmittedOK)
before_hist=$(ethtool -S p0 --groups rmon | awk -F': ' '/tx-rmon-etherStatsPkts512to1023|tx-pkts.*512/ { print $2 }')
ping -q -i 0.02 -c 100 -s 600 192.0.2.2 >/dev/null
assert_ge "$(group eth-mac eth-mac-FramesReceivedOK)" $((before_rx + 100)) FramesReceivedOK
assert_ge "$(group eth-mac eth-mac-FramesTransmittedOK)" $((before_tx + 100)) FramesTransmittedOK
after_hist=$(ethtool -S p0 --groups rmon | awk -F': ' '/tx-rmon-etherStatsPkts512to1023|tx-pkts.*512/ { print $2 }')
ethtool -S p0 --groups rmon | sed 's/^/# /'
assert_ge "${after_hist:-0}" $((${before_hist:-0} + 100)) "frames of 512 to 1023 bytes sent"
ip link set p0 down
total=$(group eth-mac eth-mac-FramesTransmittedOK)
ip link set p0 up
wait_link p0
assert_ge "$(group eth-mac eth-mac-FramesTransmittedOK)" "$total" "total after down and up"
ethtool -I -a p0 | found rx_pause_frames || die "no pause statistics"
[ "$(ethtool -a p0 | awk '/^Autonegotiate/ { print $2 }')" = on ] || die "pause is not negotiated"

note "self-test"
ethtool -t p0 online | tee /dev/stderr | found 'result is PASS'
ethtool -t p0 offline | tee /dev/stderr | found 'result is PASS'
wait_link p0
wait_for 20 ping -q -c 1 -W 1 192.0.2.2
ip link set p0 down
assert_fails ethtool -t p0 offline
[[ $OUTPUT == *FAIL* ]] || die "a port without link passes its test"
grep -q 'link.*1' <<<"$OUTPUT" || die "not the link failed: $OUTPUT"
grep -q 'registers.*0' <<<"$OUTPUT" || die "the registers failed: $OUTPUT"
ip link set p0 up
wait_link p0

note "identification"
before=$(reg 00000e00)
run_bg ethtool -p p0 10
blinking() { [ "$(reg 00000e00)" = 8e8e8e8e ]; }
wait_for 9 blinking
wait "$BG"
assert_eq "$(reg 00000e00)" "$before" "LEDCTL afterwards"
