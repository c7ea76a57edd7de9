#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: cpus=4 timeout=150
# Flows spread over the queues, the table that the administrator sets is
# followed exactly and kept over down, up and a reset.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh

setup_quiet
queues=4
assert_eq "$(ethtool -l p0 | awk '/^Combined/ { n = $2 } END { print n }')" $queues "queues at the start"

queue() { stat p0 "rx$1_packets"; }
# spread N [FLOWS]: sends N frames of 64 flows; GOT holds how many each queue had
spread() {
	local q before=() all
	all=$(sum_stat p0 'rx[0-9]+_packets')
	for ((q = 0; q < queues; q++)); do before+=("$(queue $q)"); done
	to_p0 "$1" -f "${2:-64}" -w 24
	# they are counted when the poll that delivered them ends
	gets_to $((all + $1)) sum_stat p0 'rx[0-9]+_packets'
	GOT=()
	for ((q = 0; q < queues; q++)); do GOT+=($(($(queue $q) - before[q]))); done
	note "queues got ${GOT[*]}"
}

certain_hash p0
spread 640
for q in 0 1 2 3; do
	# four queues, 64 flows: none has less than a tenth by chance
	assert_ge "${GOT[q]}" 60 "frames on queue $q"
done
assert_eq $((GOT[0] + GOT[1] + GOT[2] + GOT[3])) 640 "frames on all queues"

ethtool -X p0 equal 1
spread 128
assert_eq "${GOT[*]}" "128 0 0 0" "frames with a table of queue 0"
ethtool -X p0 start 2 equal 2
spread 128
assert_eq "${GOT[0]} ${GOT[1]}" "0 0" "frames with a table of queues 2 and 3"
assert_ge "${GOT[2]}" 1 "frames on queue 2"
assert_ge "${GOT[3]}" 1 "frames on queue 3"
ethtool -X p0 weight 0 1 0 0
table=$(ethtool -x p0)
spread 128
assert_eq "${GOT[*]}" "0 128 0 0" "frames with all weight on queue 1"

ip link set p0 down
ip link set p0 up
wait_link p0
spread 128
assert_eq "${GOT[*]}" "0 128 0 0" "frames after down and up"
ethtool -r p0
sleep 0.1
wait_link p0
wait_link p1 peer
spread 128
assert_eq "${GOT[*]}" "0 128 0 0" "frames after ethtool -r"
assert_eq "$(ethtool -x p0)" "$table" "table and key"

# another key moves the flows
ethtool -X p0 default
moved=
for n in 1 2 3 4 5 6; do
	key=$(printf "%02x:" $(seq "$n" $((n + 39))))
	ethtool -X p0 hkey "${key%:}"
	ethtool -x p0 | found "^${key%:}" || die "key $n is not shown"
	spread 4 1
	moved+="${GOT[*]}/"
done
[ "$(tr '/' '\n' <<<"$moved" | sort -u | wc -l)" -gt 2 ] || die "a flow stays, whatever the key: $moved"
assert_fails ethtool -X p0 equal 5
assert_fails ethtool -L p0 combined 99
# a table that names queue 3 keeps it from going
ethtool -X p0 weight 0 0 0 1
assert_fails ethtool -L p0 combined 2
assert_eq "$(ethtool -l p0 | awk '/^Combined/ { n = $2 } END { print n }')" $queues "queues"
