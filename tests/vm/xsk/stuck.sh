#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=60
# Descriptors that the core cannot take, since the completion ring is full or the
# rest of a frame is not there yet: nobody polls for them until user space moves,
# and then they are sent.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
for o in "-k 2 -c 64" "-k 2 -c 64 -w" "-k 1 -g" "-k 1 -g -w"; do
	sent=$(stat p0 xdp0_xsk_packets)
	# shellcheck disable=SC2086 # words
	BIN=many xsk_start s stuck p0 0 $o
	wait_for 20 grep -q stuck /tmp/s
	sleep 1
	polls=$(stat p0 vec0_polls)
	sleep 1
	assert_le $(($(stat p0 vec0_polls) - polls)) 400 "polls of a second with '$o'"
	kill -USR1 "${XSK_PID[s]}"
	wait "${XSK_PID[s]}" || die "many stuck $o: $(cat /tmp/s)"
	queue_free p0 0
	case $o in *-g*) want=1 ;; *) want=128 ;; esac
	assert_eq $(($(stat p0 xdp0_xsk_packets) - sent)) $want "frames sent with '$o'"
done
