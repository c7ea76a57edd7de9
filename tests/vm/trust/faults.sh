#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=debug timeout=900
# expects-dmesg: does not stop, resetting|reset does not end|does not (en|dis)able
# Whatever a port that is up may be asked for fails at each step: channels,
# rings, sockets, a reset and the rest. It works on or comes back, no splat, the
# module unloads, nothing leaks. What the driver does for other operations
# (programs, rules, VLANs, MTU, statistics) has no step that can fail.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/faults.sh

faults_init
setup_quiet

# after a hand-shake that failed the port resets itself
alive() {
	local tries
	for ((tries = 0; tries < 10; tries++)); do
		wait_link p0
		wait_link p1 peer
		! pkt flow p1 p0 -N peer -n 40 -w 8 -m "$(mac_of p0)" >/tmp/pkt 2>&1 || return 0
	done
	die "no traffic: $(tail -n 1 /tmp/pkt)"
}
back() {
	ip link set p0 up
	alive
}

op channels "ethtool -L p0 combined 4" "ethtool -L p0 combined 2" alive
op fewer "ethtool -L p0 combined 1" "ethtool -L p0 combined 2" alive
op rings "ethtool -G p0 rx 128 tx 128" "ethtool -G p0 rx 64 tx 64" alive
FAULTS_EACH=1 op socket "xsk bind p0 0 -n 1 -x" true alive
op diagnose "devlink -j health diagnose pci/0000:01:00.0 reporter vector" true true
op diagnose-tx "devlink -j health diagnose pci/0000:01:00.0 reporter tx" true true
# a port that did not come back is without a link until it is opened again
printf '#!/bin/sh\nip link set p0 down\nip link set p0 up\n' >/tmp/bin/reopen
chmod +x /tmp/bin/reopen
op reinit "ethtool -r p0" reopen alive

note "everything fails, in every task and interrupt"
# of a socket that goes the ring gets pages again, or a reset
xsk_start s rx p0 0
all_fail 100 sh -c "kill ${XSK_PID[s]}; sleep $SLOW; pkt send p1 -N peer -n 200 -f 16 -m $(mac_of p0)"
ip link set p0 down
back
# a ring that is put back, and vectors
all_fail 100 sh -c "ethtool -G p0 rx 256 tx 256; ethtool -L p0 combined 5; pkt send p0 -n 100"
ip link set p0 down
ethtool -L p0 combined 2
back
all_fail 50 pkt send p1 -N peer -n 2000 -f 16 -m "$(mac_of p0)"
alive
note "pages that were not to be had: $(sum_stat p0 'rx[0-9]+_alloc_failed')"
faults_end
