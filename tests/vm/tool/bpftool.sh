#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240 cpus=2
# The README's recipes for bpftool, taken from there as they stand, do what it
# says of them.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

# recipe TITLE: the commands below **TITLE** in the README
recipe() {
	awk -v t="**$1" 'index($0, t) == 1 { on = 1; next } on && /^(\*\*|#)/ { exit } on && sub(/^    /, "")' /src/README.md >/tmp/recipe
	[ -s /tmp/recipe ] || die "the README has no recipe '$1'"
	sed 's/^/# /' /tmp/recipe
}
# step PATTERN: the recipe's first command with that; its output is in $OUT
step() {
	local line rc=0
	line=$(grep -m 1 -e "$1" /tmp/recipe) || die "no '$1' in the recipe: $(cat /tmp/recipe)"
	echo "$line" >>/tmp/done
	OUT=$(cd /src && bash -o pipefail -c "$line" 2>&1) || rc=$?
	RC=$rc
}
works() { step "$1"; [ $RC = 0 ] || die "'$1' in the README ended with $RC: $OUT"; }
# all_done: nothing in the recipe was left out
all_done() { diff <(sort -u /tmp/done) <(sort -u /tmp/recipe) || die 'commands of the recipe that were not run'; rm /tmp/done; }

setup_ports 4
SETTINGS=$(settings p0 p1)

recipe 'The program and the map of a pairing'
works 'tandem pair'
works 'net show'
grep -q "p0.*driver id\|p0.*id " <<<"$OUT" || die "net show: $OUT"
id=$(tandem show p0 --json | jq .program.id)
works 'link list'
grep -q "xdp  prog $id" <<<"$OUT" || die "link list: $OUT"
works 'prog show'
grep -q "^$id: xdp  name pair" <<<"$OUT" || die "prog show: $OUT"
works 'map show'
grep -q 'xskmap  name xsks' <<<"$OUT" || die "map show: $OUT"
all_done

recipe 'What the program costs'
works 'sysctl.*=1'
run_bg tandem bench txonly p1 -d 600 --no-prog --dst "$(cat /sys/class/net/p0/address)" >/dev/null
expect 0 tandem bench rxdrop p0 -q 0-3 -n 2000 --json
works 'prog show'
count=$(sed -nE "s/^$id: .* run_time_ns [1-9][0-9]* run_cnt ([0-9]+).*/\1/p" <<<"$OUT")
assert_ge "${count:-0}" 2000 "run_cnt in $OUT"
step 'prog profile'
case $RC,$OUT in
0,*cycles*) ;;
*'not supported'*|*'failed to create event'*|*'No such file'*) note "as the README says: $OUT" ;;
*) die "prog profile: $RC, $OUT" ;;
esac
works 'sysctl.*=0'
all_done
kill "$BG"
wait "$BG" || true
tandem unpair p0

recipe 'The types of the module'
works 'format c'
grep -q '^struct tandem_vector {' <<<"$OUT" || die "btf: $OUT"
works 'FUNC'
grep -q "FUNC 'tandem_poll'" <<<"$OUT" || die "btf: $OUT"
all_done

recipe 'What each vector does'
# as ethtool counts it: "queue polls wakeups doorbells"
counters() {
	ethtool -S p1 | awk '{ sub(":", "", $1); v[$1] = $2 } END { for (q = 0; q < 2; q++)
		print q, v["vec" q "_polls"], v["vec" q "_wakeups"], v["tx" q "_doorbells"] + v["xdp" q "_doorbells"] }'
	ethtool -S p0 | awk '{ sub(":", "", $1); v[$1] = $2 } END { for (q = 0; q < 2; q++)
		print "received", q, v["rx" q "_packets"] }'
}
received() { awk -v q="$q" '$1 == "received" && $2 == q { print $3 }' "/tmp/$1"; }
counters >/tmp/a0
works 'prog loadall'
counters >/tmp/a1
expect 0 tandem bench pair p0 p1 -n 2000 -q 0-1 --wakeup need
counters >/tmp/b1
works 'map dump'
counters >/tmp/b2
grep -q '"dev": "p1"' <<<"$OUT" || die "map dump: $OUT"
for q in 0 1; do
	# p0 receives, p1 sends
	value() { jq -e --arg d "$1" --argjson q $q '.[] | select(.key == {dev: $d, queue: $q}) | .value'"$2" <<<"$OUT"; }
	# a poll that used up its budget tells NAPI one frame less
	work=$(value p0 .work)
	assert_ge "$work" 1 "work of the receiving queue $q"
	assert_le "$work" $(($(received b2) - $(received a0))) "work of the receiving queue $q"
	assert_ge $((work + $(value p0 .polls))) $(($(received b1) - $(received a1))) "work and polls of the receiving queue $q"
	polls=$(value p1 .polls) wakeups=$(value p1 .wakeups) doorbells=$(value p1 .doorbells)
	note "queue $q: $polls polls, $wakeups wakeups, $doorbells doorbells"
	column=2
	for n in "$polls" "$wakeups" "$doorbells"; do
		at() { awk -v q=$q -v c=$column '$1 == q { print $c }' "/tmp/$1"; }
		assert_ge "$n" $(($(at b1) - $(at a1))) "column $column of queue $q"
		assert_le "$n" $(($(at b2) - $(at a0))) "column $column of queue $q"
		column=$((column + 1))
	done
done
works 'rm -r'
all_done
# a link goes some time after its pin
no_links() { [ "$(bpftool link list | grep -c tracing)" = 0 ]; }
wait_for 20 no_links
nothing_left p0 p1
