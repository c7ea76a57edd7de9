#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# tests/run itself: its last line and its exit status say the same. CI takes
# the one for a person and the other for itself.
# shellcheck disable=SC2016 # what stands in single quotes is the guest's

. "$(dirname "$0")/../vm/helpers/host.sh"

mkdir -p "$WORK/tests/vm/net" "$WORK/tests/host"
cp tests/run tests/soak tests/fault-sites "$WORK/tests/"
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

note 'a test that fails once'
# results LINE...: what the guest says of its tests, a line for each boot; "died STATUS"
# is of one that died in net/one
results() {
	rm -f boots
	printf '%s\n' "$@" >says
	guest 'while [ "$1" != --out ]; do shift; done
echo >>boots
sed -n "$(wc -l <boots)p" says | tr ";" "\n" >"$2/results"
mkdir -p "$2/log/net"
echo failure >"$2/log/net/one.log"
status=$(sed -n "s/^died //p" "$2/results")
[ -z "$status" ] || { rm "$2/results"; echo net/one >"$2/current"; exit "$status"; }'
}
results 'FAIL net/one ' 'ok net/one '
runs 1 '0 passed, 1 failed' net/one
results 'FAIL net/one ' 'ok net/one '
runs 0 '1 passed, 0 failed, 1 flaky' --again net/one
grep -qx 'flaky: 6.12 net/one, log build/tests/6.12/net/one.first.log' out ||
	die "the flaky one is not named: $(cat out)"
[ -s build/tests/6.12/net/one.first.log ] || die "the log of the failure is gone"
results 'FAIL net/one ' 'FAIL net/one '
runs 1 '0 passed, 1 failed' --again net/one
results 'FAIL net/one final' 'ok net/one '
runs 1 '0 passed, 1 failed' --again net/one
cp tests/vm/net/one.sh tests/vm/net/two.sh
cp tests/vm/net/one.sh tests/vm/net/three.sh
results 'FAIL net/one ;FAIL net/two ;FAIL net/three ' 'ok net/one '
runs 1 '0 passed, 3 failed' --again net/one net/two net/three

note 'a guest that dies, by the fault of QEMU or not'
results 'died 125' 'ok net/one '
runs 1 '0 passed, 1 failed' net/one
results 'died 123' 'ok net/one '
runs 0 '1 passed, 0 failed, 1 flaky' net/one
grep -qx 'flaky: 6.12 net/one by QEMU, log build/tests/6.12/net/one.first.log' out ||
	die "the one that QEMU ended is not named: $(cat out)"
grep -qx failure build/tests/6.12/net/one.first.log || die "its log is gone"
results 'died 123' 'died 123' 'ok net/one '
runs 1 '0 passed, 1 failed' net/one

note 'a guest that dies when its tests are over, and a pattern for nothing'
guest 'while [ "$1" != --out ]; do shift; done
echo "ok net/one " >"$2/results"
exit 1'
runs 1 '1 passed, 1 failed' net/one
guest 'while [ "$1" != --out ]; do shift; done
echo "FAIL boot final" >"$2/results"
exit 1'
runs 1 '0 passed, 3 failed' net/one
results 'ok net/one ' 'ok net/one '
runs 0 '1 passed, 0 failed' net/one
runs 1 '1 passed, 1 failed' -k debug net/one
grep -q 'no word from kmemleak' out || die "not asked for: $(cat out)"
runs 2 'tests/run: no test matches net/four' net/one net/four
echo '# needs: kernel=7.2' >>tests/vm/net/two.sh
runs 2 'tests/run: none of these runs on 6.12' net/two
results 'FAIL net/one ' 'skip net/one '
runs 1 '0 passed, 1 failed' --again net/one

note 'a soak whose guest dies, by the fault of QEMU or not'
# soaks LINE...: what each guest says last of its rounds, and the status it leaves with
soaks() {
	rm -f boots
	printf '%s\n' "$@" >says
	guest 'while [ "$1" != --out ]; do shift; done
echo >>boots
echo "$*" >>calls
: >"$2/begun"
touch -d "40 seconds ago" "$2/begun"
read -r status rounds <<END
$(sed -n "$(wc -l <boots)p" says)
END
echo "$rounds" >"$2/rounds"
exit "$status"'
}
# soaked STATUS LAST-LINE GUESTS
soaked() {
	local rc=0
	rm -f calls
	tests/soak --seconds 100 --seed 7 >out 2>&1 </dev/null || rc=$?
	[ "$rc $(tail -n 1 out) $(wc -l <calls)" = "$1 $2 $3" ] ||
		die "tests/soak: status $rc, not $1, or not '$2' of $3 guests: $(cat out calls)"
}
soaks '0 9 0 done'
soaked 0 '9 rounds, 0 failed' 1
soaks '123 9 0 swap' '0 4 0 done'
soaked 0 '12 rounds, 0 failed' 2
grep -q ' soak 60 1007 ' calls || die "not for the rest of the time, or with the same seed: $(cat calls)"
grep -qx '1 guests ended by QEMU' out || die "not said: $(cat out)"
[ -s build/soak/6.12-7/ended-1/rounds ] || die "its log is gone"
soaks '123 9 0 swap' '123 9 0 swap' '123 9 0 swap' '0 1 0 done'
soaked 0 '24 rounds, 0 failed' 3
soaks '123 9 1 swap' '0 4 0 done'
soaked 1 '9 rounds, 2 failed' 1
soaks '125 9 0 swap' '0 4 0 done'
soaked 1 '9 rounds, 1 failed' 1
soaks '123 9 0 swap' '0 4 1 done'
soaked 1 '12 rounds, 1 failed' 2

note 'too late for one more, or for a long one'
guest 'while [ "$1" != --out ]; do shift; done
sleep 6
echo "ok net/one " >"$2/results"'
echo '# needs: timeout=1' | tee -a tests/vm/net/one.sh >>tests/vm/net/three.sh
printf '#!/bin/sh\n# needs: timeout=1000\n' >tests/vm/net/long.sh
runs 0 '1 passed, 0 failed, 3 skipped' --within 6 -k 6.12 -k 7.2 net/one net/three
grep -qx 'skip  6.12 net/three (0 s): not begun within 6 s' out || die "not named: $(cat out)"
runs 0 '0 passed, 0 failed, 1 skipped' --within 90 net/long
grep -qx 'skip  6.12 net/long (0 s): not begun within 90 s' out || die "not named: $(cat out)"
runs 2 "tests/run: --within cannot be '1m'" --within 1m net/one

note 'what the fault tests made fail together'
all() { printf "# %s of the driver's 3 calls that may allocate failed (x)\n" "$1"; }
{ printf '# failed at %s\n' a+0x1; printf '# not failed %s\n' 'b+0x2 kmalloc' 'c+0x3 kmalloc'; all 1; } >one
{ printf '# failed at %s\n' 'b+0x2>shake'; printf '# not failed %s\n' 'a+0x1 kmalloc' 'c+0x3 kmalloc'; all 1; } >two
echo '# ended early' >three
tests/fault-sites one two three >out || die "$(cat out)"
grep -qx "2 of the driver's 3 calls that may allocate failed in one test at least" out || die "$(cat out)"
grep -qx 'not failed: kmalloc c+0x3' out || die "$(cat out)"
[ "$(wc -l <out)" = 2 ] || die "$(cat out)"
! tests/fault-sites three 2>out || die "of no log: $(cat out)"
