#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=600 cpus=2 kernel=7.2 named=takes-four-minutes
# Every subcommand, built with the address, leak and undefined-behaviour
# sanitizers: none of them has anything to say.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh
. /src/tests/vm/helpers/every.sh

tool=/src/build/asan/tandem
[ -x $tool ] || die "$tool is not there: make programs"
mkdir -m 777 /tmp/san
common=log_path=/tmp/san/report:exitcode=99:handle_abort=1
export ASAN_OPTIONS=$common:quarantine_size_mb=32:detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=$common:halt_on_error=1:print_stacktrace=1

WATCHED=("$tool")
verdict() {
	local f bad=0
	for f in /tmp/san/*; do
		[ -e "$f" ] || continue
		head -n 60 "$f"
		rm "$f"
		bad=1
	done
	return $bad
}

setup_ports 2
SETTINGS=$(settings p0 p1)
every_reader
every_writer
nothing_left p0 p1
every_bench
nothing_left p0 p1
every_watcher
every_request
run 0 top p0 -b -n 1
rc=0
SLOW=$SLOW python3 /src/tests/vm/helpers/terminal.py wait:POLL/S key:q -- $tool top p0 -i 0.3 >/tmp/run.out || rc=$?
! judge 'top on a terminal' || assert_eq $rc 0 'exit code of top on a terminal'
every_veth 4
every_bind
nothing_found
