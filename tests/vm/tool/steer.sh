#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240 cpus=4
# tandem steer: a flow of each kind arrives where it says, and where it is told
# to; one entry of the table changes and goes back; what cannot be is refused.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/traffic.sh
. /src/tests/vm/helpers/tool.sh
. /src/tests/vm/helpers/steer.sh

setup_quiet
assert_eq "$(channels p0)" 4 'queues at the start'
certain_hash p0

# lands FLOW...: where --show says; ENTRY is what it hashes to
lands() {
	expect 0 tandem steer p0 --show "$@" --json
	ENTRY=$(jq .entry <<<"$OUT")
	jq -e '.queue_before == .queue_after and .entries == 128' >/dev/null <<<"$OUT" || die "$OUT"
	QUEUE=$(jq .queue_before <<<"$OUT")
}
undone() {
	expect 0 tandem steer p0 --undo
	[ ! -e /run/tandem ] || die "left behind: $(find /run/tandem)"
	assert_eq "$(table)" "$TABLE" 'the table after --undo'
}

# changed ENTRY QUEUE...: these differ from the table at the start, and no others do
changed() {
	local want
	read -ra want <<<"$TABLE"
	while [ $# -gt 0 ]; do
		want[$1]=$2
		shift 2
	done
	assert_eq "$(table)" "${want[*]} " 'the table'
}

TABLE=$(table)
assert_eq "$(wc -w <<<"$TABLE")" 128 'entries'

note 'the hash, by a value of Microsoft'
expect 0 tandem steer p0 --show tcp 66.9.149.187:2794 161.142.100.80:1766 --json
jq -e '. == {dev: "p0", driver: "tandem", flow: "tcp 66.9.149.187:2794 161.142.100.80:1766", hashed: "addresses and ports",
	hash: 1372373368, entry: 120, entries: 128, queue_before: 0, queue_after: 0}' >/dev/null <<<"$OUT" || die "$OUT"

note 'each kind of flow on each queue'
other='udp 192.0.2.9:9 192.0.2.1:9'
# shellcheck disable=SC2086 # words
lands $other
OTHER_ENTRY=$ENTRY OTHER_QUEUE=$QUEUE
while read -r proto src dst; do
	lands "$proto" "$src" "$dst"
	first=$QUEUE
	[ "$ENTRY" != "$OTHER_ENTRY" ] || die "'$proto $src $dst' shares the entry of '$other'"
	arrives peer "$QUEUE" "${proto/ip/icmp}" "$src" "$dst"
	for q in 0 1 2 3; do
		expect 0 tandem steer p0 -q $q "$proto" "$src" "$dst" --json
		jq -e --argjson e "$ENTRY" --argjson b "$QUEUE" --argjson q $q '.entry == $e and .queue_before == $b and
			.queue_after == $q' >/dev/null <<<"$OUT" || die "$OUT"
		QUEUE=$q
		changed "$ENTRY" $q
		arrives peer $q "${proto/ip/icmp}" "$src" "$dst"
	done
	# shellcheck disable=SC2086 # words
	arrives peer "$OTHER_QUEUE" $other
	if [ "$first" = 3 ]; then
		# it was led back
		expect 1 tandem steer p0 --undo && says 'nothing of p0 is steered'
		assert_eq "$(table)" "$TABLE" 'the table of a flow that was led back'
	else
		undone
	fi
	arrives peer "$first" "${proto/ip/icmp}" "$src" "$dst"
done <<'END'
udp 192.0.2.2:4000 192.0.2.1:5000
tcp 192.0.2.2:4000 192.0.2.1:5000
udp [2001:db8::2]:4000 [2001:db8::1]:5000
tcp [2001:db8::2]:4000 [2001:db8::1]:5000
ip 192.0.2.2 192.0.2.1
ip 2001:db8::2 2001:db8::1
END

note 'what a person is told'
lands udp 192.0.2.2:4000 192.0.2.1:5000
next=$(((QUEUE + 1) % 4))
expect 0 tandem steer p0 --show udp 192.0.2.2:4000 192.0.2.1:5000
hash=$(awk '$1 == "hash" { print $2 }' <<<"$OUT")
assert_eq "$OUT" "device  p0 (driver tandem)
flow    udp 192.0.2.2:4000 192.0.2.1:5000
hash    $hash of its addresses and ports
entry   $ENTRY of 0-127
queue   $QUEUE"
expect 0 tandem steer p0 -q $next udp 192.0.2.2:4000 192.0.2.1:5000
assert_eq "$(tail -n 3 <<<"$OUT")" "before  queue $QUEUE
after   queue $next
share   1/128 of all flows moves with it"
expect 0 tandem steer p0 -q $next udp 192.0.2.2:4000 192.0.2.1:5000
assert_eq "$(tail -n 1 <<<"$OUT")" "queue   $next, as before"

note 'kept over down and up, a reset, another name'
ip link set p0 down
# a device that is down can be set as well
udp=$ENTRY
lands tcp 192.0.2.7:1 192.0.2.1:2
tcp=$ENTRY q=$(((QUEUE + 1) % 4))
[ "$tcp" != "$udp" ] || die 'two flows of this test share an entry'
expect 0 tandem steer p0 -q $q tcp 192.0.2.7:1 192.0.2.1:2
ip link set p0 up
wait_link p0
wait_link p1 peer
arrives peer $q tcp 192.0.2.7:1 192.0.2.1:2
arrives peer "$next" udp 192.0.2.2:4000 192.0.2.1:5000
changed "$udp" $next "$tcp" $q
ethtool -r p0
sleep 0.1
wait_link p0
wait_link p1 peer
arrives peer "$next" udp 192.0.2.2:4000 192.0.2.1:5000
# a table that was set keeps the queues that it names
assert_fails ethtool -L p0 combined 2
ip link set p0 down
ip link set p0 name q0
expect 0 tandem steer q0 --undo
ip link set q0 name p0
ip link set p0 up
wait_link p0
wait_link p1 peer
assert_eq "$(table)" "$TABLE" 'the table after --undo by another name'
# it does not count as set any more
ethtool -L p0 combined 2
assert_eq "$(table | tr ' ' '\n' | sort -u | xargs)" '0 1' 'queues in the table of two'
ethtool -L p0 combined 4
wait_link p0
assert_eq "$(table)" "$TABLE" 'the table of four again'

note 'of addresses alone: UDP by choice, fragments always'
for v in 4 6; do
	ethtool -N p0 rx-flow-hash udp$v sd
done
for ends in '192.0.2.2 192.0.2.1' '[2001:db8::2] [2001:db8::1]'; do
	read -r src dst <<<"$ends"
	lands ip "${src//[\[\]]/}" "${dst//[\[\]]/}"
	entry=$ENTRY
	lands udp "$src:4000" "$dst:5000"
	assert_eq "$ENTRY" "$entry" 'entry by addresses alone'
	assert_eq "$(jq -r .hashed <<<"$OUT")" addresses
	expect 0 tandem steer p0 -q $(((QUEUE + 2) % 4)) udp "$src:4000" "$dst:5000"
	arrives peer $(((QUEUE + 2) % 4)) udp "$src:4000" "$dst:5000"
	# whatever the ports
	arrives peer $(((QUEUE + 2) % 4)) udp "$src:77" "$dst:78"
	undone
done
for v in 4 6; do
	ethtool -N p0 rx-flow-hash udp$v sdfn
done
lands ip 192.0.2.2 192.0.2.1
q=$(((QUEUE + 1) % 4))
expect 0 tandem steer p0 -q $q ip 192.0.2.2 192.0.2.1
arrives peer $q frag 192.0.2.2:4000 192.0.2.1:5000
undone

note 'a table that others change as well'
ethtool -X p0 weight 0 0 0 1
expect 0 tandem steer p0 -q 0 udp 192.0.2.2:4000 192.0.2.1:5000
expect 0 tandem steer p0 -q 1 tcp 192.0.2.7:1 192.0.2.1:2
ethtool -X p0 equal 1
ethtool -L p0 combined 2
wait_link p0
# one of ours waits for its queue, one is somebody else's now
expect 1 tandem steer p0 --undo
says "entry $udp of p0 was on queue 3" 'ethtool -L p0 combined 4' 'tandem steer p0 --undo'
assert_eq "$(sort <<<"$OUT")" "$(printf '%s\n' "p0: entry $udp stays on queue 0" \
	"p0: entry $tcp stays on queue 0, which somebody else has set" | sort)"
assert_eq "$(jq -c '[.entries[].entry]' /run/tandem/steer-*.json)" "[$udp]" 'what is still written'
ethtool -L p0 combined 4
wait_link p0
expect 0 tandem steer p0 --undo --json
assert_eq "$(jq -c . <<<"$OUT")" '{"dev":"p0","driver":"tandem","restored":[{"entry":'"$udp"',"queue":3}],"left":[]}'
ethtool -X p0 weight 0 0 1 0
expect 0 tandem steer p0 -q 0 udp 192.0.2.2:4000 192.0.2.1:5000
ethtool -X p0 weight 0 1 0 0
expect 0 tandem steer p0 --undo --json
assert_eq "$(jq -c . <<<"$OUT")" '{"dev":"p0","driver":"tandem","restored":[],"left":[{"entry":'"$udp"',"queue":1}]}'
ethtool -X p0 default

note 'a record that is broken, a device that is gone'
expect 0 tandem steer p0 -q $next udp 192.0.2.2:4000 192.0.2.1:5000
file=$(echo /run/tandem/steer-*.json)
cp "$file" /tmp/record
for text in '' nonsense '{}' '{"entries":5}' '{"entries":[{"entry":1}]}' '{"entries":["x"]}'; do
	echo "$text" >"$file"
	expect 1 tandem steer p0 --undo && says 'cannot be understood' "$file"
	# who leaves the table as it is has no need of it
	expect 0 tandem steer p0 --show udp 192.0.2.2:4000 192.0.2.1:5000
	expect 1 tandem steer p0 -q 3 tcp 192.0.2.7:1 192.0.2.1:2 && says 'cannot be understood'
done
changed "$udp" $next
cp /tmp/record "$file"
undone
# another process is waited for
mkdir -m 700 /run/tandem
exec 8</run/tandem
flock 8
tandem steer p0 -q $next udp 192.0.2.2:4000 192.0.2.1:5000 >/tmp/waits 8<&- &
waits=$!
sleep 1
[ ! -s /tmp/waits ] || die "it did not wait for the lock: $(cat /tmp/waits)"
exec 8<&-
wait $waits || die "ended with $?: $(cat /tmp/waits)"
changed "$udp" $next
# what is written is of one network namespace
expect 0 peer tandem steer p1 --show udp 192.0.2.1:5000 192.0.2.2:4002 --json
q=$(jq .queue_after <<<"$OUT") # back to which is no record
for q in $(((q + 1) % 4)) $(((q + 2) % 4)); do
	expect 0 peer tandem steer p1 -q $q udp 192.0.2.1:5000 192.0.2.2:4002
done
assert_eq "$(find /run/tandem -name 'steer-*' | wc -l)" 2 'records'
expect 0 peer tandem steer p1 --undo
assert_eq "$(find /run/tandem -name 'steer-*' | wc -l)" 1 'records'
changed "$udp" $next
basename "$(readlink -f /sys/class/net/p0/device)" >/sys/bus/pci/drivers/tandem/unbind
expect 1 tandem steer p0 --undo && says 'no interface named p0'
peer ip link set p1 netns 1
expect 1 tandem steer p1 --undo && says 'nothing of p1 is steered' 'tandem steer p1 -q N'
[ ! -e /run/tandem ] || die "left behind: $(find /run/tandem)"

note 'what cannot be'
ethtool -L p1 combined 4
ip link add va type veth peer name vb
while IFS='|' read -r code words said; do
	# shellcheck disable=SC2086 # words
	expect "$code" tandem steer $words
	says "$said"
done <<'END'
1|p1 -q 4 udp 192.0.2.2:1 192.0.2.1:2|p1 has queues 0-3, not 4; 'ethtool -L p1 combined 5'
1|nope -q 1 udp 192.0.2.2:1 192.0.2.1:2|no interface named nope
1|nope --show udp 192.0.2.2:1 192.0.2.1:2|no interface named nope
1|nope --undo|no interface named nope
4|lo --show udp 192.0.2.2:1 192.0.2.1:2|lo (driver unnamed) has no RSS table
4|va -q 0 udp 192.0.2.2:1 192.0.2.1:2|va (driver veth) has no RSS table
2|p1 udp 192.0.2.2:1 192.0.2.1:2|one of --queue N, --show and --undo
2|p1 -q 1 --show udp 192.0.2.2:1 192.0.2.1:2|one of --queue N, --show and --undo
2|p1 -q 1 --undo|one of --queue N, --show and --undo
2|p1 --undo udp 192.0.2.2:1 192.0.2.1:2|leave 'udp' out
2|p1 -q 1|a flow is a protocol, a source and a destination
2|p1 -q 1 udp 192.0.2.2:1|a flow is a protocol, a source and a destination
2|p1 -q 64 udp 192.0.2.2:1 192.0.2.1:2|--queue
2|p1 -q 1 sctp 192.0.2.2:1 192.0.2.1:2|'sctp' is not tcp, udp or ip
2|p1 -q 1 frag 192.0.2.2:1 192.0.2.1:2|fragments
2|p1 -q 1 udp 192.0.2.2 192.0.2.1:2|'192.0.2.2' is not an address with a port
2|p1 -q 1 tcp 192.0.2.2:1 2001:db8::1:2|'2001:db8::1:2' is not an address with a port
2|p1 -q 1 ip 192.0.2.2:1 192.0.2.1|'192.0.2.2:1' is not an address
2|p1 -q 1 udp 192.0.2.2:1 [2001:db8::1]:2|is IPv4 and [2001:db8::1]:2 is IPv6
2|p1 -q 1 udp 192.0.2.2:1 192.0.2.1:2 more|too many
END
[ ! -e /run/tandem ] || die "left behind: $(find /run/tandem)"
