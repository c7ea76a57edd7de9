#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every subcommand explains itself; what is not a command, an option or a value
# gets one line and exit code 2.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

commands='bench bind demo doctor export load pair show steer top trace unbind unload unpair vectors version'
expect 0 tandem --help
grep -q "'man tandem'" <<<"$OUT" || die "--help does not say where to begin"
for c in $commands; do
	grep -qw "$c" <<<"$OUT" || die "--help does not list $c"
done
for c in $commands; do
	expect 0 tandem "$c" --help
	grep -q '^Usage: tandem '"$c" <<<"$OUT" || die "$c --help has no usage line"
	expect 0 tandem "$c" -h
done
expect 0 tandem version
grep -q "^kernel $(uname -r)" <<<"$OUT" || die "version: $OUT"
expect 0 tandem version --json
jq -e '.tandem and .kernel and .module and has("module_installed") and all(.libbpf, .libxdp, .libmnl, .json_c, .ncurses; test("^[0-9]+[.][0-9]"))' >/dev/null <<<"$OUT" || die "version --json: $OUT"

note 'what cannot be written is a failure, a reader who leaves is none'
for words in --help --version version 'version --json' 'vectors --json' vectors 'bench --help'; do
	rc=0
	# shellcheck disable=SC2086 # words
	tandem $words >/dev/full 2>/tmp/expect.err || rc=$?
	ERR=$(</tmp/expect.err)
	assert_eq $rc 1 "exit code of tandem $words >/dev/full ($ERR)"
	says 'standard output'
	# shellcheck disable=SC2086 # words
	tandem $words | true || die "tandem $words and a reader that leaves: $?"
done

expect 2 tandem
expect 2 tandem nonsense && says "no command named 'nonsense'" --help
expect 2 tandem bench && says 'argument missing'
expect 2 tandem bench pair lo && says 'two devices'
expect 2 tandem bench nonsense lo && says "no mode 'nonsense'" rxdrop txonly l2fwd pair
expect 2 tandem bench txonly lo lo && says 'same device'
expect 2 tandem bench l2fwd lo lo lo && says 'several times two'
expect 2 tandem bench txonly lo a b c d e f g h && says 'too many'
expect 2 tandem vectors a b && says 'too many'
expect 2 tandem load a && says 'argument missing'
expect 2 tandem bench txonly lo --nonsense && says 'no option --nonsense'
expect 2 tandem bench txonly lo -z && says 'no option -z'
expect 2 tandem bench txonly lo --threads=1 && says 'takes no value'
expect 2 tandem bench txonly lo --batch=0 && says "--batch"
expect 2 tandem bench txonly lo --batch && says 'needs a value'

# option: values that it must refuse
while read -r option values; do
	for v in $values; do
		[ "$v" != EMPTY ] || v=''
		expect 2 tandem bench txonly lo "--$option" "$v"
		says "--$option" "'$v' is not"
	done
done <<'END'
batch 0 -1 1025 1.5 x 0x 0x10 010 00 +5 EMPTY 99999999999999999999
size 63 4097 -64 big EMPTY
duration 0 -1 nan inf 1s 0x1 EMPTY 1e9
packets 0 -1 many
warmup -1 61
interval -1 x
ring 0 63 32768 x
fill 0 63 32768 x
chunk 0 1024 8192 x
headroom -1 3073
inflight -1 99999
cpu -1 x
queues EMPTY x 1- -1 64 3-1 0,,1 0-64 1, 0-3x 01 0-03 0x1
wakeup EMPTY fast IRQ
attach EMPTY skb
END
expect 2 tandem bench txonly lo --batch 010 && says "'010' is not a decimal number" 'zero in front'
expect 2 tandem bench txonly lo --ring 100 && says 'powers of two'
expect 2 tandem bench txonly lo --fill 3000 && says 'powers of two'
expect 2 tandem bench txonly lo --chunk 3000 && says '2048 or 4096'
expect 2 tandem bench txonly lo --ring 64 --batch 64 && says 'more than half'
expect 2 tandem bench txonly lo --inflight 4 && says 'l2fwd and pair'
expect 2 tandem bench l2fwd lo --inflight 1025 && says 'more than half'
expect 2 tandem bench txonly lo --size 2000 --chunk 2048 && says 'do not fit'
expect 2 tandem bench rxdrop lo --no-prog && says 'nothing is received'
expect 2 tandem bench txonly lo --no-prog --prog x && says contradicts
expect 2 tandem bench txonly lo --skb --attach dispatcher && says contradicts
expect 2 tandem bench txonly lo --dst 1:2:3 && says 'not a MAC address'
expect 2 tandem bench rxdrop lo --dst 02:00:00:00:00:01 && says 'for txonly'
expect 2 tandem load x lo --native --skb && says contradict
