#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is wrong with a command line: one line that says it, and exit code 2,
# before any device is looked for.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

note 'each option of --help without its value, empty, or with one too many'
options=0
while read -r words; do
	c=${words%% *}
	tandem "$c" --help | sed -nE 's/^ +(-([a-z]), )?--([a-z-]+)( ([A-Z][A-Z:]*))? .*/\3 \5/p' >/tmp/options
	while read -r o value; do
		[ "$o" != help ] || continue
		options=$((options + 1))
		# shellcheck disable=SC2086 # words
		if [ -n "$value" ]; then
			expect 2 tandem $words "--$o" && says "--$o needs a value ($value)"
			expect 2 tandem $words "--$o=" && says "--$o: '' is not"
		else
			expect 2 tandem $words "--$o=1" && says "--$o takes no value"
		fi
	done </tmp/options
	# shellcheck disable=SC2086 # words
	expect 2 tandem $words a b c d e f g h && says 'too many'
	# shellcheck disable=SC2086 # words
	expect 2 tandem $words --nonsense && says 'no option --nonsense'
done <<'END'
bench txonly p0
bind 0000:01:00.0
demo p0 p1
doctor p0
export p0
load x p0
pair p0
show p0
steer p0
top p0
trace p0
unbind 0000:01:00.0
unload p0
unpair p0
vectors p0
version
END
assert_ge $options 60 'options in all --help'

note 'values that are not'
while IFS='|' read -r words said; do
	# shellcheck disable=SC2086 # words
	expect 2 tandem $words
	says "$said"
done <<'END'
demo p0|argument missing
demo p0 p1 --seconds 0.4|--seconds
demo p0 p1 --seconds 3601|--seconds
demo p0 p1 --seconds nan|--seconds
demo p0 p1 --queues 0|--queues
demo p0 p1 --queues 64|--queues
demo p0 p1 --queues 0-3|--queues
demo p0 p1 --batch 1025|--batch
bench pair p0 p1 --ring 1024 --batch 512 --fill 64|--fill 64
bench pair p0 p1 -q 0-1 --wakeup suspend|--threads
bench l2fwd p0 p1 --wakeup suspend|one device
doctor p0 --queues 64|--queues
doctor p0 --cpu -1|--cpu
load x p0 --dispatcher --skb|contradict
load x p0 --native --dispatcher|contradict
load|argument missing
unload|argument missing
show|argument missing
unpair|argument missing
trace p0 -d 1e7|--duration
trace p0 -n 1e3|--count
top p0 -b -i 1e9|--interval
export --textfile /tmp/x --interval 86401|--interval
END
