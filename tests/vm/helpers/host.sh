# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests in tests/host, which run on this machine, as root; sourcing
# this is their first command. $WORK is a directory below build/ that goes away.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
# a make that called us is not to be talked to
unset MAKEFLAGS MAKELEVEL MFLAGS DESTDIR prefix PREFIX VERSION

note() { printf '# %s\n' "$*"; }
die() { printf 'FAIL: %s\n' "$*"; exit 1; }
skip() { printf 'SKIP: %s\n' "$*"; exit 77; }
assert_eq() { [ "$1" = "$2" ] || die "${3:-value} is '$1', not '$2'"; }

if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || skip 'needs root, and there is no sudo'
	exec sudo --preserve-env=TANDEM_CACHE -- "$PWD/tests/host/${0##*/}"
fi

mkdir -p build
WORK=$(mktemp -d "$PWD/build/host.XXXXXX")
chmod 755 "$WORK"

_on_exit() {
	rm -rf --one-file-system "$WORK"
	[ -z "${SUDO_UID:-}" ] || chown -Rh "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" build
}
trap _on_exit EXIT
trap 'echo "FAIL: line $LINENO: $BASH_COMMAND"' ERR
