# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What guest-init and the test runner both do inside a guest: load a driver,
# name the ports, read the kernel's log, talk to the QEMU that the guest runs in.

# Directory of what was built for the running kernel
lab_build_dir() {
	case $(uname -r) in
	*debug*) echo /src/build/debug ;;
	6.12.*) echo /src/build/6.12 ;;
	*) echo "/src/build/$(uname -r | cut -d. -f1-2)" ;;
	esac
}

# The ports (82576 physical functions) in PCI order. Whoever reads this through a
# pipe reads all of it: `head` would end it with SIGPIPE, now and then.
lab_ports_pci() {
	local d
	for d in /sys/bus/pci/devices/*; do
		[ "$(<"$d/vendor")" = 0x8086 ] && [ "$(<"$d/device")" = 0x10c9 ] &&
			echo "${d##*/}"
	done
}

# Names the ports p0, p1, ... in PCI order, whatever order they were probed in
lab_name_ports() {
	local pci n=0 net tries
	for pci in $(lab_ports_pci); do
		# probing may be asynchronous
		for ((tries = 0; tries < 50; tries++)); do
			net=$(ls "/sys/bus/pci/devices/$pci/net" 2>/dev/null)
			[ -n "$net" ] && break
			sleep 0.1
		done
		[ -n "$net" ] || return 1
		if [ "$net" != "p$n" ]; then
			ip link set dev "$net" down
			ip link set dev "$net" name "p$n" || return 1
		fi
		n=$((n + 1))
	done
}

# lab_load_driver tandem|igb|none
lab_load_driver() {
	local ko
	case $1 in
	none) return 0 ;;
	igb) modprobe igb || return 1 ;;
	tandem)
		# insmod resolves nothing by itself
		ko=$(lab_build_dir)/tandem.ko
		modinfo -F depends "$ko" | tr ',' '\n' | xargs -r modprobe -a || return 1
		insmod "$ko" || return 1
		;;
	esac
	lab_name_ports
}

# qemu_monitor COMMAND...: one command to the monitor of this guest's QEMU
# (device_del, device_add, info ...); prints the answer
qemu_monitor() {
	local line answer='' rc=1
	exec {qmp}<>/dev/virtio-ports/monitor || return 1
	jq -cn --arg c "$*" '{execute: "qmp_capabilities"},
		{execute: "human-monitor-command", id: "lab",
		 arguments: {"command-line": $c}}' >&"$qmp"
	# greetings, events and answers to others come in between
	while IFS= read -r -t 20 line <&"$qmp"; do
		case $line in
		*'"id": "lab"'*) answer=$line; rc=0; break ;;
		esac
	done
	exec {qmp}>&-
	jq -j '.return // .error.desc' <<<"$answer" | tr -d '\r'
	return "$rc"
}

# lab_log_since MARK: the kernel's log after the last line with MARK; fails if that is
# not there
lab_log_since() {
	dmesg | awk -v m="$1" 'index($0, m) { p = 1; n = 0; next } p { l[++n] = $0 }
		END { for (i = 1; i <= n; i++) print l[i]; exit !p }'
}

# lab_splats: the lines of stdin that nothing may leave in the kernel's log;
# fails if there are none
lab_splats() {
	# how the debug kernel's detectors announce themselves is no find of theirs
	local announced='DMA-API: (preallocated [0-9]+ debug entries|debugging (enabled by kernel config|disabled on kernel command line))'
	announced+='|kmemleak: Kernel memory leak detector initialized'
	local s='WARNING:|BUG:|Oops|general protection fault|Call Trace:|KASAN:|UBSAN:|ODEBUG:|DMA-API:|kmemleak: [1-9]'
	s+='|INFO: (task|rcu|trying|possible|lockdep)|possible (circular|recursive|irq lock)|suspicious RCU|refcount_t'
	s+='|NETDEV WATCHDOG|transmit queue [0-9]+ timed out|blocked for more than|soft lockup|hard LOCKUP|stalled pool shutdown'
	s+='|unregister_netdevice: waiting|[Mm]emory leak|scheduling while atomic|sleeping function called|leaked|Unable to handle'
	s+='|huh, entered softirq|No irq handler for|exceeding its budget|Budget exhausted after napi|suspect GRO'
	s+='|DMAR:.* fault'
	# the driver's own: vectors that were lost or given back twice
	s+='|was not taken|were not given back|vectors do not come back'
	# or a device that did not do as it was told
	s+='|does not stop, resetting|reset does not end|does not (en|dis)able'
	grep -E "$s" | grep -vE "$announced"
}

# lab_expects TEST: what of that its head says it will leave there, an expression
lab_expects() { sed -n '2,30s/^# expects-dmesg: *//p' "/src/tests/vm/$1.sh" | paste -sd '|'; }

# lab_unexpected TEST: what lab_splats finds on stdin and TEST does not expect; fails
# if that is nothing
lab_unexpected() {
	local expected
	expected=$(lab_expects "$1")
	# an empty expression would match every line
	lab_splats | grep -vE "${expected:-^no such line$}"
}

# lab_leaks: what kmemleak has to say; fails if that is nothing. An object must
# be 5 s old to be reported.
lab_leaks() {
	local k=/sys/kernel/debug/kmemleak
	sleep 6
	echo scan >$k || { echo "kmemleak does not scan"; return 0; }
	sleep 1
	echo scan >$k
	grep . $k
}
