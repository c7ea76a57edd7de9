#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every command has a page, every option of its --help is there and nothing
# else, and bash completes commands, options, choices and devices.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh
. /src/tests/vm/helpers/completion.sh
cd /src || exit

commands=$(tandem --help | awk '/^Commands:/ { on = 1; next } on && !NF { exit } on { print $1 }')
assert_ge "$(wc -w <<<"$commands")" 12 'commands in --help'

# the long options of --help, and those that a page explains
in_help() { tandem "$1" --help | sed -nE 's/^ +(-[a-z], )?--([a-z-]+).*/\2/p' | sort; }
letters() { tandem "$1" --help | sed -nE 's/^ +-([a-z]), --.*/\1/p' | sort; }
plain() { mandoc -T ascii "user/man/$1.1" | sed 's/.\x08//g'; }
page() { plain "tandem-$1"; }
listed() { page "$1" | awk '/^     The options are:/ { on = 1; next } /^ ? ? ?[A-Z]/ { on = 0 } on && /^     -/'; }
in_page() { listed "$1" | sed -nE 's/^ +(-[a-z][^-]*, )?--([a-z-]+).*/\2/p' | sort; }
page_letters() { listed "$1" | sed -nE 's/^ +-([a-z])( [A-Z]+)?, --.*/\1/p' | sort; }

mandoc -T lint -W warning user/man/*.1 >/tmp/lint || die "mandoc: $(head -n 5 /tmp/lint)"
for c in $commands; do
	[ -e "user/man/tandem-$c.1" ] || die "no man page of tandem $c"
	assert_eq "$(in_page "$c")" "$(in_help "$c")" "options in user/man/tandem-$c.1"
	assert_eq "$(page_letters "$c")" "$(letters "$c")" "letters in user/man/tandem-$c.1"
	grep -qE "^ +$c " <<<"$(plain tandem)" || die "tandem.1 does not list $c"
	# each choice that --help offers is explained
	for w in $(tandem "$c" --help | sed -nE 's/.*\(([a-z]+(\|[a-z]+)+)\).*/\1/p' | tr '|' ' '); do
		grep -qw "$w" <<<"$(page "$c")" || die "user/man/tandem-$c.1 does not mention $w"
	done
done
for f in user/man/tandem-*.1; do
	c=${f#user/man/tandem-} c=${c%.1}
	grep -qx "$c" <<<"$commands" || die "$f is about no command"
done

note completion
# shellcheck disable=SC2086 # words
has "$(completed tandem '')" $commands
assert_eq "$(completed tandem unp)" unpair
for c in $commands; do
	# shellcheck disable=SC2046 # words
	has "$(completed tandem "$c" -)" $(in_help "$c" | sed 's/^/--/') $(letters "$c" | sed 's/^/-/')
done
assert_eq "$(completed tandem pair lo --wa)" --wakeup
assert_eq "$(completed tandem pair lo --wakeup '')" 'busy irq need suspend'
assert_eq "$(completed tandem pair lo -w s)" suspend
assert_eq "$(completed tandem bench txonly lo --attach '')" 'dispatcher native'
assert_eq "$(completed tandem bench '')" 'l2fwd pair rxdrop txonly'
has "$(completed tandem bench txonly '')" lo
has "$(completed tandem bench -b 3 txonly '')" lo
has "$(completed tandem doctor '')" lo
has "$(completed tandem steer -q 1 '')" lo
assert_eq "$(completed tandem steer lo -q 1 '')" 'ip tcp udp'
assert_eq "$(completed tandem steer lo udp '')" ''

note 'completion of names that are commands'
cd "$(mktemp -d)" || exit
# shellcheck disable=SC2016 # that is the point
touch '$(touch ran)' 'a file.o' b.o
# shellcheck disable=SC2016
assert_eq "$(completed tandem load '')" '$(touch ran) a file.o b.o' 'names of files'
assert_eq "$(completed tandem bench --prog b)" b.o
# shellcheck disable=SC2016,SC2317 # such a device is nobody's here, so said to be
_tandem_interfaces() { echo 'lo $(touch${IFS}ran) `touch${IFS}ran`'; }
assert_eq "$(completed tandem doctor '')" lo 'names of devices'
[ ! -e ran ] || die 'completion ran what a name says'
