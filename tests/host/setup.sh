#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300
# Setting up the lab where something is missing: one line that says what, and
# nothing that a later run takes for a whole tree. Interrupted, it keeps what it
# has downloaded.
. "$(dirname "$0")/../vm/helpers/host.sh"

# refused WORDS COMMAND...: fails, and its last line has them
refused() {
	local words=$1 out
	shift
	! out=$("$@" 2>&1 </dev/null) || die "'$*' succeeded: $out"
	note "$(tail -n 1 <<<"$out")"
	tail -n 1 <<<"$out" | grep -q -- "$words" || die "'$*' does not say '$words': $out"
}

# shellcheck disable=SC2016 # the inner shell's
refused 'MB free, the lab needs 8 GB' unshare -m sh -c \
	'mkdir "$1/small" && mount -t tmpfs -o size=20m none "$1/small" && TANDEM_CACHE=$1/small scripts/lab/setup' sh "$WORK"
refused 'cannot make' env TANDEM_CACHE=/proc/none scripts/lab/setup
mkdir "$WORK/bin"
for p in bash dirname sed grep sha256sum id cat cut awk; do
	ln -s "$(command -v $p)" "$WORK/bin/"
done
# where anybody can read it
open=$(mktemp -d)
cp -r scripts "$open"
chmod -R a+rX "$open" "$WORK/bin"
refused 'needs root' setpriv --reuid 65534 --clear-groups env PATH="$WORK/bin" TANDEM_CACHE="$WORK/nobody" "$open/scripts/lab/setup"
rm -r "$open"
refused 'not privileged enough' setpriv --bounding-set -sys_admin env TANDEM_CACHE="$WORK/cache" scripts/lab/setup

# one at a time: who comes second says that it waits
# shellcheck disable=SC2016 # the inner shell's
key=$(bash -c '. scripts/lab/common.sh; echo "$ROOT_KEY"')
mkdir "$WORK/busy"
exec {lock}>"$WORK/busy/root-$key.lock"
flock "$lock"
! TANDEM_CACHE=$WORK/busy timeout 10 scripts/lab/setup {lock}>&- >"$WORK/said" 2>&1 || die "it did not wait: $(cat "$WORK/said")"
grep -q 'waiting for another run' "$WORK/said" || die "it does not say that it waits: $(cat "$WORK/said")"
exec {lock}>&-

packages() { find "$WORK/cache" -path '*.debs/*.deb' 2>/dev/null | wc -l; }
setsid env TANDEM_CACHE="$WORK/cache" scripts/lab/setup >"$WORK/log" 2>&1 </dev/null &
run=$!
until [ "$(packages)" -ge 5 ]; do
	kill -0 $run 2>/dev/null || { cat "$WORK/log"; skip "packages can't be had, is the network there?"; }
	sleep 0.2
done
kill -KILL -- -$run
wait $run || true
sleep 0.5
n=$(packages)
refused 'is the network there' env TANDEM_CACHE="$WORK/cache" unshare -n scripts/lab/setup
note "$n packages when it was interrupted, $(packages) after a run in vain"
[ "$(packages)" -ge "$n" ] || die "packages went"
[ -z "$(find "$WORK/cache" -maxdepth 1 -type d -name 'root-*' ! -name '*.new' ! -name '*.debs')" ] || die "half a tree passes for one"
