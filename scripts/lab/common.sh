# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the scripts in scripts/lab: where things are, how to become root,
# how to get into the root tree. Sourced, never run.

set -euo pipefail

LAB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034 # for those who source this
SRC=$(cd "$LAB/../.." && pwd -P)
CACHE=${TANDEM_CACHE:-/var/cache/tandem}
PROG=${0##*/}

# Everything that decides what the root tree contains is part of its key.
ROOT_KEY=$(grep -hv -e '^#' -e '^$' "$LAB/packages" "$LAB/mkroot" | sha256sum)
ROOT_KEY=${ROOT_KEY:0:12}
ROOT=$CACHE/root-$ROOT_KEY
DEBUG_KEY=$(sed -n '/^inside()/,/^}/p' "$LAB/kernel-debug" | cat - "$LAB/debug.config" | sha256sum)
DEBUG_KEY=${DEBUG_KEY:0:12}
# shellcheck disable=SC2034 # for those who source this
DEBUG=$CACHE/debug-$ROOT_KEY-$DEBUG_KEY

say() { printf 'lab: %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "$PROG" "$*" >&2; exit 1; }

# Continue as root, keeping the arguments and the cache's place.
need_root() {
	[ "$(id -u)" -eq 0 ] && return
	command -v sudo >/dev/null ||
		die "needs root to make the root tree and its mounts, and there is no sudo"
	exec sudo --preserve-env=TANDEM_CACHE,LAB_LAYER,V,TERM,http_proxy,https_proxy,no_proxy \
		-- "$0" "$@"
}

# What root wrote into a user's checkout goes back to that user.
give_back() {
	[ -n "${SUDO_UID:-}" ] || return 0
	chown -Rh "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$@" 2>/dev/null || true
}

# Version (as in /lib/modules) of a kernel of the root tree: 6.12 or 7.2
kernel_release() {
	local d
	for d in "$ROOT/usr/lib/modules/$1".*-amd64; do
		[ -d "$d/kernel" ] && echo "${d##*/}"
	done | sort -V | tail -n 1
}

make_cache() {
	mkdir -p "$CACHE" 2>/dev/null || die "cannot make $CACHE; set TANDEM_CACHE to a place that can be written"
}

# need_space GB WHAT
need_space() {
	local free
	make_cache
	free=$(df --output=avail -k "$CACHE" | tail -n 1)
	[ "$free" -ge $(($1 * 1024 * 1024)) ] ||
		die "$CACHE has $((free / 1024)) MB free, $2 needs $1 GB; free some or set TANDEM_CACHE"
}

# with_lock NAME COMMAND...: one at a time on this machine
with_lock() {
	local fd name=$1
	shift
	make_cache
	exec {fd}>"$CACHE/$name.lock"
	if ! flock -n "$fd"; then
		say "waiting for another run that makes $name"
		flock "$fd"
	fi
	"$@"
	exec {fd}>&-
}
