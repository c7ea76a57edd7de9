#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180 cpus=2 driver=igb
# Somebody new, on a machine whose ports have the in-tree driver, types what
# tandem(1) shows, line by line, and has a zero-copy socket on queue 2 that is
# driven from CPU 1 and takes no interrupts, but for those of moments in which
# this machine did not let it run; afterwards all is as it was.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

page=/src/user/man/tandem.1
awk '/^\.Sh EXAMPLES/ { on = 1 } /^\.Sh/ && !/EXAMPLES/ { on = 0 } /^\.Ed/ { code = 0 }
	on && code; /^\.Bd -literal/ { code = 1 }' $page >/tmp/session
note "$(cat /tmp/session)"
assert_ge "$(wc -l </tmp/session)" 10 'lines in the examples'

# the names that a machine of its own gives
read -r A0 _ < <(lab_ports_pci | xargs)
for i in 0 1; do
	ip link set "p$i" name "eth$i"
	echo 1 >"/proc/sys/net/ipv6/conf/eth$i/disable_ipv6"
done
ip link set eth1 up
# modprobe finds the driver, as it does where it was installed
ko=$(lab_build_dir)/tandem.ko
modinfo -F depends "$ko" | tr ',' '\n' | xargs -r modprobe -a
echo "install tandem /usr/sbin/insmod $ko" >/etc/modprobe.d/tandem.conf

while IFS= read -r line; do
	line=${line//0000:01:00.0/$A0}
	note "\$ $line"
	case $line in
	'tandem bench '*)
		# someone at the other end sends
		run_bg tandem bench txonly eth1 -d 600 --allow-copy --dst "$(cat /sys/class/net/eth0/address)" >/dev/null
		# its driver restarts the port for the program: that takes seconds
		wait_for 30 sending eth1
		line+=' --json -d 2' ;;
	esac
	rc=0
	bash -c "$line" >/tmp/out 2>/tmp/err || rc=$?
	cat /tmp/out /tmp/err
	case $line in
	'tandem doctor '*) assert_le $rc 1 'exit code of the doctor' ;;
	*) assert_eq $rc 0 "exit code of '$line'" ;;
	esac
	case $line in
	'tandem bind '*) grep -q ' eth0$' /tmp/out || die 'the interface is not called eth0' ;;
	'ip link set '*) wait_link eth0 ;;
	'tandem pair '*)
		irq=$(awk '$NF == "eth0-TxRx-2" { sub(":", "", $1); print $1 }' /proc/interrupts)
		assert_eq "$(cat "/proc/irq/$irq/smp_affinity_list")" 1 'CPUs of the interrupt of queue 2' ;;
	'tandem bench '*)
		jq -e '.zerocopy and .packets > 100 and .interrupts_per_mpkt < 1000 and (.queues | length) == 1 and
			(.queues[0] | .queue == 2 and .mode == "zero-copy" and .cpu == "1")' /tmp/out >/dev/null || die "$(cat /tmp/out)"
		kill "$BG"
		wait "$BG" || true ;;
	esac
done </tmp/session
assert_eq "$(basename "$(readlink "/sys/bus/pci/devices/$A0/driver")")" igb 'driver afterwards'
left=$(find /run/tandem /sys/fs/bpf/tandem -type f 2>/dev/null || true)
assert_eq "$left" '' 'files left'
