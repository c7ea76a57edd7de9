# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What bash completes for the tandem command; sourced behind lib.sh.
. /src/scripts/completion/tandem
# complete WORD...: the last one is what has been typed of it
completed() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
	COMP_POINT=${#COMP_LINE}
	COMPREPLY=()
	_tandem
	printf '%s\n' "${COMPREPLY[@]}" | sort | xargs
}
# has GOT WORD...
has() {
	local got=" $1 " w
	shift
	for w in "$@"; do
		[[ $got == *" $w "* ]] || die "completion gives$got, without $w"
	done
}
