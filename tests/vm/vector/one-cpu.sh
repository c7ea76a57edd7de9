#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=1 timeout=150
# With one CPU the driver asks for two vectors: one ring pair and one for the
# rest. Everything works, and more ring pairs come by dynamic vectors.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
assert_eq "$(channels p0)" 1 "queues"
to_p0 300 -f 8
xsk_start s echo p0 0
round_trip 300
xsk_stop s
ethtool -L p0 combined 8
certain_hash p0
to_p0 640 -f 64 -w 16
for q in 0 3 7; do
	assert_ge "$(stat p0 rx${q}_packets)" 1 "frames on queue $q"
done
ethtool -L p0 combined 1
to_p0 300 -f 8
pair_every_way
