#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300
# What of the tool needs no device and no kernel of its own: help, man pages,
# completion, command lines that are wrong. In the root tree and a network
# namespace with nothing but lo; a guest takes minutes for the same.
. "$(dirname "$0")/../vm/helpers/host.sh"

for t in tests/host/inside/*.sh; do
	note "$t"
	# shellcheck disable=SC2016 # the inner shell's
	scripts/lab/in unshare -n -m sh -c 'mount -t sysfs sysfs /sys && PATH=/src/build/user:$PATH exec bash "$1"' sh "/src/$t"
done
