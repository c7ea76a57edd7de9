#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=debug driver=none timeout=120
# needs: append=kasan_multi_shot
# expects-dmesg: Call Trace:|WARNING:|BUG: (KASAN|sleeping)|DMA-API:|possible circular|suspicious RCU|leaked entries|kmemleak: 1 new
# The harness catches what it is there for: a module with one misdeed per load,
# each of which the debug kernel must see and the log's reader find; without
# one there is nothing to find. In a boot of its own (append=), since lockdep
# gives up after what is done here.
. /src/tests/vm/lib.sh

ko=/src/build/helpers/debug/broken/broken.ko
[ -e $ko ] || die "no $ko: 'make programs' makes it once the debug kernel is there"
echo 1 >/sys/kernel/debug/dma-api/all_errors

# misdeed KIND [TEXT]: the reader finds a line with TEXT, or nothing at all
misdeed() {
	local kind=$1 text=${2:-} found
	echo "broken: $caught $kind begins" >/dev/kmsg
	insmod $ko kind="$kind"
	echo broken >"$dev/driver_override"
	echo "${dev##*/}" >/sys/bus/pci/drivers_probe
	[ -e "$dev/driver" ] || die "broken was not bound to a port"
	rmmod broken
	echo >"$dev/driver_override"
	found=$(lab_log_since "broken: $caught $kind begins" | lab_splats) || true
	if [ -z "$text" ]; then
		assert_eq "$found" "" "what was found after doing nothing wrong"
	else
		grep -qE "$text" <<<"$found" || die "$kind is not caught; found: '$found'"
	fi
	note "$kind: ${found:+caught: }$(head -n 1 <<<"$found")"
	caught=$((caught + 1))
}

dev=/sys/bus/pci/devices/$(lab_ports_pci | sed -n 1p)
caught=0
misdeed none
# in this order: lockdep's report ends its checks and RCU's, KASAN's ends lockdep
misdeed rcu 'suspicious RCU usage'
misdeed sleep-in-atomic 'BUG: sleeping function called from invalid context'
misdeed deadlock 'possible circular locking'
misdeed dma-unmap 'DMA-API: .*not allocated'
misdeed none
misdeed use-after-free 'KASAN: slab-use-after-free'
misdeed out-of-bounds 'KASAN: slab-out-of-bounds'

# A leak is seen when the boot ends, by the same function
k=/sys/kernel/debug/kmemleak
if lab_leaks >/tmp/leaks; then
	die "something leaked before: $(head -n 20 /tmp/leaks)"
fi
misdeed leak
lab_leaks >/tmp/leaks || die "leak is not caught"
grep -q 'size 1024' /tmp/leaks || die "another leak than ours: $(cat /tmp/leaks)"
assert_eq "$(grep -c '^unreferenced object' /tmp/leaks)" 1 "leaked objects"
note "leak: caught: $(head -n 1 /tmp/leaks)"
echo clear >$k
assert_fails grep -q . $k

# last: every later unbind of the port reports it again
misdeed dma-leak 'DMA-API: .*pending DMA allocations'
note "$((caught - 2)) misdeeds caught, 2 loads without one silent"
