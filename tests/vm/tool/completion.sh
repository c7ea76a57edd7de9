#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=60 driver=none
# bash completes the addresses of ports; the rest of completion is in
# tests/host/inside/manpages.sh.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/completion.sh

a=$(lab_ports_pci | sed -n 1p)
has "$(completed tandem bind '')" "$a"
# behind the address, which readline splits
COMP_LINE="tandem bind $a --f" COMP_POINT=$((${#COMP_LINE}))
COMP_WORDS=(tandem bind 0000 : "${a:5:2}" : "${a:8}" --f) COMP_CWORD=7 COMPREPLY=()
_tandem
has "${COMPREPLY[*]}" --force
# what readline makes of 0000:01
COMP_WORDS=(tandem bind 0000 : "${a:5:2}") COMP_CWORD=4 COMP_LINE="tandem bind ${a:0:7}" COMP_POINT=19
COMPREPLY=()
_tandem
has "${COMPREPLY[*]}" "${a:5}"
