#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=60
# A checksum behind headers of any length, as a virtual machine leaves it to the
# port: a context descriptor has room for 511 bytes of them, what is longer is
# summed up by the stack. None may come out wrong, nor another field.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_peers
lengths=(0 8 64 256 464 472 480 1000 1024 1200)
run_bg peer python3 /src/tests/vm/helpers/headers.py receive 4242 ${#lengths[@]} >/tmp/came
receiver=$BG
wait_for 20 grep -q ready /tmp/came
before=$(sum_stat p0 'tx[0-9]+_csum_offloads')
python3 /src/tests/vm/helpers/headers.py send p0 "$(</sys/class/net/p0/address)" \
	"$(peer cat /sys/class/net/p1/address)" 2001:db8::1 2001:db8::2 4242 "${lengths[@]}"
gets_to ${#lengths[@]} grep -c behind /tmp/came
wait "$receiver"
for l in "${lengths[@]}"; do
	grep -qx "behind a header of $l" /tmp/came || die "$l did not come: $(xargs </tmp/came)"
done
# 40 bytes of IPv6 are among the 511
assert_eq $(($(sum_stat p0 'tx[0-9]+_csum_offloads') - before)) 5 "checksums by the device"
