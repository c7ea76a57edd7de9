#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/host/valgrind.sh runs in the root tree, in a network of its own.
mount -t sysfs sysfs /sys
mount -t bpf bpf /sys/fs/bpf
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh
. /src/tests/vm/helpers/every.sh

# valgrind does not know what the kernel writes behind the pointers inside of
# bpf()'s argument, which libxdp reads types and names from.
for kind in Cond Value1 Value2 Value4 Value8; do
	printf '{\n bpf-%s\n Memcheck:%s\n ...\n obj:*/libxdp.so*\n}\n' $kind $kind
done >/tmp/suppressions

WATCHED=(valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect
	--suppressions=/tmp/suppressions --log-file=/tmp/valgrind.%p /src/build/user/tandem)
verdict() {
	local f bad=0
	for f in /tmp/valgrind.*; do
		[ -e "$f" ] || continue
		grep -v 'WARNING: unhandled eBPF command' "$f" >/tmp/said || true
		rm "$f"
		[ -s /tmp/said ] || continue
		head -n 60 /tmp/said
		bad=1
	done
	return $bad
}

ip link set lo up
run 0 version --json
run 0 vectors
run 2 bench nonsense lo
every_veth 20
every_request
nothing_found
