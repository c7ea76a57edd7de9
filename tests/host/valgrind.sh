#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=900 named=loads-BPF-programs-into-the-kernel-of-this-machine-for-minutes
# Every subcommand that works without our ports, under valgrind's memcheck, on a
# veth pair: no error, and nothing that was allocated is lost. In a guest it
# would take an hour; what needs our ports is seen by the sanitizers there.
. "$(dirname "$0")/../vm/helpers/host.sh"

[ -e /sys/kernel/btf/vmlinux ] || skip 'this kernel has no types of its own (BTF)'
unshare -n ip link add va type veth peer name vb || skip 'this kernel has no veth'
scripts/lab/in unshare -n -m bash /src/tests/vm/helpers/valgrind.sh
