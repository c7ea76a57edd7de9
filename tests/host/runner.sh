#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tests/run itself: its last line and its exit status say the same. CI takes
# the one for a person and the other for itself.
. "$(dirname "$0")/../vm/helpers/host.sh"

mkdir -p "$WORK/tests/vm/net" "$WORK/tests/host"
cp tests/run "$WORK/tests/"
cd "$WORK" || exit

# a test that leaves with a status
leaves() {
	printf '#!/bin/sh\necho "SKIP: for a reason"\nexit %d\n' "$2" >"tests/host/$1.sh"
	chmod 755 "tests/host/$1.sh"
}

# runs STATUS LAST-LINE ARGUMENT...
runs() {
	local rc=0 status=$1 line=$2
	shift 2
	tests/run "$@" >out 2>&1 </dev/null || rc=$?
	[ "$rc $(tail -n 1 out)" = "$status $line" ] ||
		die "tests/run $*: status $rc, not $status, or not '$line': $(cat out)"
}

leaves good 0
leaves bad 1
leaves absent 77
runs 0 '1 passed, 0 failed' host/good
runs 1 '1 passed, 1 failed' host/good host/bad
grep -qx 'failed: host/bad' out || die "the one that failed is not named: $(cat out)"
runs 0 '1 passed, 0 failed, 1 skipped' host/good host/absent
grep -q '^skip .*: for a reason$' out || die "no reason: $(cat out)"
runs 2 'tests/run: no test matches host/nothing' host/nothing

note 'a guest'
printf '# needs: named=never\n' >tests/vm/net/one.sh
mkdir -p scripts/lab
guest() { printf '#!/bin/sh\n%s\n' "$1" >scripts/lab/run; chmod 755 scripts/lab/run; }
guest 'echo lab: no; exit 1'
runs 1 '0 passed, 1 failed' net/one
runs 1 '0 passed, 2 failed' -j 2 -k 6.12 -k 7.2 net/one
