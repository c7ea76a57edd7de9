#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300
# The release archive has what is committed and no more, and builds where there
# is no git and no network: driver, BPF programs and tool, with its version.
. "$(dirname "$0")/../vm/helpers/host.sh"

scripts/lab/setup # which may need a network
make dist
archive=$(ls build/dist/*.tar.gz)
name=$(basename "$archive" .tar.gz)
tar -xzf "$archive" -C "$WORK"
dir=$WORK/$name
assert_eq "$(ls "$WORK")" "$name" 'in the archive'
diff <(git -c safe.directory='*' ls-tree -r --name-only HEAD | sort) \
	<(cd "$dir" && find . -type f ! -path ./.version -printf '%P\n' | sort) || die 'other files than git has'

# a git that is called has been missed
mkdir "$WORK/bin"
# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\necho "$0 $*" >>%q\nexit 1\n' "$WORK/git-called" >"$WORK/bin/git"
chmod 755 "$WORK/bin/git"
cd "$dir" || exit
unshare -n sh -c '! ip route get 192.0.2.1 2>/dev/null' || die 'there is a network'
PATH=$WORK/bin:$PATH unshare -n make all KERNELS=7.2
[ ! -e "$WORK/git-called" ] || die "git was called: $(cat "$WORK/git-called")"
for f in build/7.2/tandem.ko build/bpf/pair.bpf.o build/bpf/trace.bpf.o; do
	[ -s "$f" ] || die "no $f"
done
assert_eq "$(scripts/lab/in build/user/tandem version --json | sed -nE 's/.*"tandem": *"([^"]*)".*/\1/p')" \
	"${name#tandem-}" 'version of the tool'
PATH=$WORK/bin:$PATH make install DESTDIR="$WORK/root"
[ -d "$WORK/root/usr/src/$name" ] || die "DKMS sources: $(ls "$WORK/root/usr/src")"
