# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the scripts that measure in a guest. Sourced.

# bench_link PORT...: waits for their link
bench_link() {
	local p tries
	for p in "$@"; do
		for ((tries = 0; tries < 300; tries++)); do
			[ "$(cat "/sys/class/net/$p/carrier" 2>/dev/null)" = 1 ] && continue 2
			sleep 0.1
		done
		echo "bench: no link on $p" >&2
		return 1
	done
}

# Both ports as every case wants them: up and alone with each other. In-tree
# igb gets its best: with eight combined channels each pair of rings has a
# vector, which it needs for busy polling to complete what it sends.
bench_ports_up() {
	local p
	echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
	echo 1 >/proc/sys/net/core/bpf_jit_kallsyms
	for p in p0 p1; do
		echo 1 >"/proc/sys/net/ipv6/conf/$p/disable_ipv6"
		ip link set "$p" up
		ethtool -L "$p" combined "${BENCH_CHANNELS:-8}" 2>/dev/null
		ethtool -G "$p" rx 1024 tx 1024 2>/dev/null
	done
	bench_link p0 p1
}
