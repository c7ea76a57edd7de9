#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=240 cpus=2
# tandem export: both formats read by a strict parser and by promtool, numbers
# as ethtool and /proc/interrupts have them, a listener that lets nobody take
# more than his share, a file that is never half written.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

metrics() { python3 /src/tests/vm/helpers/metrics.py "$@"; }
URL=http://127.0.0.1:9576
dir=/tmp/prom
mkdir $dir
ip link set lo up

# check FILE: as text format 0.0.4
check() {
	metrics prometheus "$1" || die "$(cat "$1")"
	promtool check metrics <"$1" || die "promtool: $(cat "$1")"
}

# export_start ARGS...: listens when this returns
export_start() {
	run_bg tandem export "$@" >/tmp/export.out 2>/tmp/export.err
	wait_for 20 grep -q '^listening on' /tmp/export.out
}

# export_stop SIGNAL
export_stop() {
	local rc=0
	kill -"$1" "$BG"
	wait "$BG" || rc=$?
	assert_eq $rc 0 "exit code of export after SIG$1"
}

# What the kernel's own tools say, as metrics
expected() {
	local q irq
	for q in 0 1; do
		irq=$(awk -v n="p0-TxRx-$q" '$NF == n { sub(":", "", $1); print $1 }' /proc/interrupts)
		l="dev=p0 queue=$q irq=$irq vector=$(cat "/sys/kernel/irq/$irq/hwirq")"
		awk -v n="p0-TxRx-$q" -v l="$l" '$NF == n {
			print $2 + $3, "tandem_vector_interrupts_total", l }' /proc/interrupts
		awk -v q=$q -v l="$l" '{ sub(":", "", $1); name[$1] = $2 } END {
			print name["vec" q "_polls"], "tandem_vector_polls_total", l
			print name["vec" q "_wakeups"], "tandem_vector_wakeups_total", l
			print name["vec" q "_spurious"], "tandem_vector_spurious_interrupts_total", l
			print name["xdp" q "_bytes"], "tandem_tx_bytes_total", l, "ring=xdp"
			print name["tx" q "_packets"], "tandem_tx_packets_total", l, "ring=stack"
			print name["rx" q "_drop_no_buffer"], "tandem_rx_drops_total", l, "reason=no_buffer"
		}' <(ethtool -S p0)
		awk -v q=$q '{ sub(":", "", $1); name[$1] = $2 } END {
			print name["rx" q "_xsk_packets"], "tandem_rx_xsk_packets_total", "dev=p1", "queue=" q
			print name["rx" q "_xdp_redirect"], "tandem_rx_xdp_actions_total dev=p1 action=redirect queue=" q
		}' <(ethtool -S p1)
	done
	echo 1 tandem_vector_info dev=p0 name=p0-TxRx-1 queue=1
	echo 1 tandem_device_info dev=p0 driver=tandem
	echo 1 tandem_device_carrier dev=p0
}

# same FILE COMMAND...: what the command writes there is that. Between two equal
# readings nothing came; queues of sockets that were just closed are at work once more.
same() {
	local file=$1 _
	shift
	for _ in {1..30}; do
		expected >/tmp/before
		"$@"
		expected >/tmp/expected
		! cmp -s /tmp/before /tmp/expected || break
	done
	metrics prometheus "$file" same </tmp/expected || die "$(cat "$file")"
}

setup_ports 2
SETTINGS=$(settings p0 p1)
expect 0 tandem bench pair p0 p1 -n 6000 -q 0-1 --wakeup need

note textfile
same $dir/a.prom expect 0 tandem export --textfile $dir/a.prom
note "$(cat /tmp/expected)"
assert_eq "$(command stat -c %a $dir/a.prom)" 644 mode
assert_eq "$(ls $dir)" a.prom "files left"
check $dir/a.prom
! grep -q 'dev="lo"' $dir/a.prom || die "loopback"
expect 0 tandem export p1 --textfile $dir/a.prom
check $dir/a.prom
! grep -q 'dev="p0"' $dir/a.prom || die "p0 in the export of p1"
# what is read is always whole, and goes with the writer
run_bg tandem export --textfile $dir/b.prom --interval 0.1
wait_for 20 test -e $dir/b.prom
for n in {1..4}; do
	cat $dir/b.prom >/tmp/copy
	metrics prometheus /tmp/copy
done
export_stop TERM
assert_eq "$(ls $dir)" a.prom "files left"
# nor does it stay when it can no longer be written
mkdir /tmp/small
mount -t tmpfs -o size=256k none /tmp/small
run_bg tandem export --textfile /tmp/small/c.prom --interval 0.1 2>/tmp/export.err
wait_for 20 test -e /tmp/small/c.prom
dd if=/dev/zero of=/tmp/small/filler bs=4k 2>/dev/null || true
rc=0
wait "$BG" || rc=$?
assert_eq $rc 1 'exit code of an export that cannot write any more'
assert_eq "$(cat /tmp/export.err)" 'tandem: cannot write /tmp/small/c.prom: No space left on device'
assert_eq "$(ls /tmp/small)" filler 'files left'
umount /tmp/small
# written by somebody who may do nothing else
chmod 777 $dir
same $dir/c.prom expect 0 setpriv --reuid 65534 --clear-groups --bounding-set=-all tandem export --textfile $dir/c.prom
check $dir/c.prom
rm $dir/*.prom

note listener
export_start
assert_eq "$(cat /tmp/export.out)" "listening on $URL/metrics"
assert_eq "$(ss -Hltn 'sport = :9576' | awk '{ print $4 }')" 127.0.0.1:9576 "listener"
same /tmp/text curl -sf -D /tmp/head $URL/metrics -o /tmp/text
grep -q '^Content-Type: text/plain; version=0.0.4' /tmp/head || die "$(cat /tmp/head)"
check /tmp/text
curl -sf -D /tmp/head -H 'Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5' $URL/metrics?x=1 -o /tmp/open
grep -q '^Content-Type: application/openmetrics-text; version=1.0.0' /tmp/head || die "$(cat /tmp/head)"
metrics openmetrics /tmp/open || die "$(cat /tmp/open)"
assert_eq "$(metrics openmetrics /tmp/open names)" "$(metrics prometheus /tmp/text names)" "names in both formats"
# the dashboard asks for nothing that is not there
metrics prometheus /tmp/text names >/tmp/names
jq -e '.title == "Tandem" and (.panels | length) > 5' >/dev/null /src/scripts/grafana/tandem.json
grep -oE 'tandem_[a-z_]+' /src/scripts/grafana/tandem.json | sort -u >/tmp/asked
assert_ge "$(wc -l </tmp/asked)" 8 "metrics in the dashboard"
assert_eq "$(comm -23 /tmp/asked /tmp/names)" '' "metrics of the dashboard that do not exist"

# code METHOD PATH [curl options]
code() { curl -s -o /tmp/body -w '%{http_code}' -X "$1" "$URL$2" "${@:3}"; }
assert_eq "$(code GET /)" 200
assert_eq "$(code GET /nope)" 404
assert_eq "$(code POST /metrics)" 405
assert_eq "$(code GET /metrics -d x=1)" 413
assert_eq "$(code GET "/$(printf '%0100d' 0)")" 414
assert_eq "$(code GET /metrics -H "X: $(printf '%05000d' 0)")" 431
assert_eq "$(curl -sI -o /tmp/body -w '%{http_code}' $URL/metrics)" 200
# raw TEXT: the first line of the answer
raw() {
	printf '%b' "$1" | timeout 20 socat -t 10 - TCP:127.0.0.1:9576 >/tmp/raw || true
	sed -n '1s/\r$//p' /tmp/raw
}
assert_eq "$(raw 'GET /metrics HTTP/1.1\r\n\r\n')" 'HTTP/1.1 400 Bad Request'
assert_eq "$(raw 'GET /metrics HTTP/1.0\r\n\r\n')" 'HTTP/1.1 200 OK'
assert_eq "$(raw 'GET /metrics HTTP/3.0\r\n\r\n')" 'HTTP/1.1 505 HTTP Version Not Supported'
assert_eq "$(raw '\001\002\003')" 'HTTP/1.1 400 Bad Request'
assert_eq "$(raw 'GET /metrics HTTP/1.0\n\n')" 'HTTP/1.1 400 Bad Request'

# a request that does not come to its end is not waited for
exec {fd}<>/dev/tcp/127.0.0.1/9576
printf 'GET /metrics HTTP/1.1\r\n' >&"$fd"
IFS= read -r -t $((20 * SLOW)) line <&"$fd" || die 'no answer to half a request'
assert_eq "${line%$'\r'}" 'HTTP/1.1 408 Request Timeout'
exec {fd}>&-

note 'clients that do nothing'
# more than there are places for; a scrape gets its turn when they are out
for n in {1..12}; do
	(exec 3<>/dev/tcp/127.0.0.1/9576; sleep 20) &
	BG_PIDS+=($!)
done
sleep 1
assert_le "$(find "/proc/$BG/fd" -lname 'socket:*' | wc -l)" 10 "sockets of the listener"
curl -sf --max-time $((20 * SLOW)) $URL/metrics -o /tmp/text || die "no answer behind idle clients"
check /tmp/text
expect 1 tandem export && says '127.0.0.1:9576 is in use' --listen
# a device comes and goes under the listener
ip link add va type veth peer name vb
curl -sf $URL/metrics -o /tmp/text
check /tmp/text
assert_eq "$(metrics prometheus /tmp/text tandem_device_info dev=va driver=veth)" 1
ip link del va
ethtool -L p0 combined 4
curl -sf $URL/metrics -o /tmp/text
check /tmp/text
ethtool -L p0 combined 2
curl -sf $URL/metrics -o /tmp/text
! grep -q 'dev="va"' /tmp/text || die "va is still there"
export_stop INT
[ ! -s /tmp/export.err ] || die "$(cat /tmp/export.err)"
export_start --listen '[::1]:0' p0
grep -q '^listening on http://\[::1\]:[0-9]*/metrics' /tmp/export.out || die "$(cat /tmp/export.out)"
curl -sf "$(sed 's/^listening on //' /tmp/export.out)" -o /tmp/text
check /tmp/text
export_stop TERM
# nohup's business
run_bg nohup tandem export --listen '[::1]:0' p0 >/tmp/export.out 2>/tmp/export.err
wait_for 20 grep -q '^listening on' /tmp/export.out
kill -HUP "$BG"
sleep 0.5
curl -sf "$(sed 's/^listening on //' /tmp/export.out)" -o /tmp/text
export_stop TERM
nothing_left p0 p1

note 'bad input'
expect 1 tandem export nope && says 'no interface named nope'
expect 2 tandem export p0 p1 && says 'too many'
for a in 127.0.0.1 :9576 9576 127.0.0.1: localhost:9576 127.0.0.1:70000 127.0.0.1:-1 127.0.0.1:x ::1:9576 \
	'[::1]' '[]:1' 1.2.3:x '127.0.0.1:1 '; do
	expect 2 tandem export --listen "$a" && says "'$a' is not an address and a port"
done
expect 2 tandem export --listen '' && says '--listen'
expect 1 tandem export --listen 203.0.113.7:9576 && says 'no interface' 'ip addr'
expect 3 setpriv --reuid 65534 --clear-groups --bounding-set=-all tandem export --listen 127.0.0.1:80
says CAP_NET_BIND_SERVICE
expect 2 tandem export --listen 127.0.0.1:1 --textfile /tmp/x && says contradicts
expect 2 tandem export --interval 1 && says '--textfile'
expect 2 tandem export --textfile /tmp/x --interval 0 && says '--interval'
expect 2 tandem export --textfile '' && says '--textfile'
expect 1 tandem export --textfile /nope/x && says 'cannot write /nope/x'
expect 1 tandem export --textfile /dev/null && says 'not a file'
expect 1 tandem export --textfile /tmp && says 'not a file'
expect 3 setpriv --reuid 65534 --clear-groups --bounding-set=-all tandem export --textfile /root/x
says CAP_DAC_OVERRIDE
[ -c /dev/null ] || die "/dev/null was replaced"
assert_eq "$(find /tmp -maxdepth 1 -name 'x*')" '' "files left"

note 'in-tree igb'
to_igb p0
expect 0 tandem export "$dev" --textfile $dir/igb.prom
check $dir/igb.prom
assert_eq "$(metrics prometheus $dir/igb.prom tandem_device_info dev="$dev" driver=igb)" 1
metrics prometheus $dir/igb.prom tandem_rx_packets_total dev="$dev" queue=0 >/dev/null
metrics prometheus $dir/igb.prom tandem_vector_interrupts_total dev="$dev" queue=0 >/dev/null
