# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For tests that make the driver's steps fail (debug kernel); sourced behind lib.sh.
#
# A step is an allocation with the driver's code on the stack, its own or the
# kernel's on its behalf (request_irq(), coherent DMA memory and a page pool fail by
# theirs; a mapping of a buffer has none without an IOMMU), or a call of one of the
# driver's functions that shake hands with the device, which fail by fail_function.
# Which steps an operation has is seen in a first run of it, without failures; then,
# for each call site of the driver, one of them fails in a run of its own. Of the
# call sites that failed in another operation of the same test every third is taken,
# all with FAULTS_ALL=1. FAULTS_EACH=1 looks whether all is well after each failure,
# not only after those of one operation.

. /src/tests/vm/helpers/traffic.sh

FAULT=/sys/kernel/debug
FAULTS_EACH=${FAULTS_EACH:-}
FAULTS_ALL=${FAULTS_ALL:-}
TRACE=/sys/kernel/tracing/instances/faults
# Marked with ALLOW_ERROR_INJECTION in the driver
HANDSHAKES="tandem_hw_reset tandem_nvm_read_mac tandem_phy_identify tandem_link_start
	tandem_rx_queue_start tandem_rx_queue_stop tandem_tx_queue_start tandem_tx_queue_stop"
# What the driver calls in the kernel that may allocate
FALLIBLE='__alloc_pages|__kmalloc|__kvmalloc|__pskb_pull_tail|__skb_pad|__xdp_rxq_info_reg|alloc_cpu_rmap|alloc_etherdev'
FALLIBLE+='|cpu_rmap_add|devl_health_reporter_create|devl_port_register|devlink_alloc|devlink_fmsg_.*(put|start|end)$'
FALLIBLE+='|devlink_health_report$|dma_alloc|dma_map|napi_alloc_skb|napi_build_skb|netif_set_real_num_queues|page_pool_alloc'
FALLIBLE+='|page_pool_create|pci_alloc_irq|pci_enable|pci_ioremap|pci_msix_alloc|pci_request|pci_save_state|pskb_expand'
FALLIBLE+='|ptp_clock_register|register_netdev|request_threaded_irq|skb_checksum_help|xdp_convert_zc|xdp_do_redirect|xdp_rxq_info_reg_mem|xp_dma_map'

# Of these the first step only: the kernel (6.12) itself does not survive a
# failure further in. pci_enable_sriov() keeps the VF's resource then, and the
# next call runs into a BUG_ON().
FIRST_ONLY='pci_enable_sriov'
# And none of these: what fails is an ACPI method's, whose interpreter loses
# count of its objects then.
LEFT_OUT='pci_enable_device'

# A command of its own, so that failnth can run it: write TEXT FILE
mkdir -p /tmp/bin
# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\necho "$1" >"$2"\n' >/tmp/bin/write
chmod +x /tmp/bin/write
PATH=/tmp/bin:$PATH

faults_init() {
	local d f leak_from leak_to
	mkdir -p /out/sites
	mountpoint -q ${TRACE%/instances*} || mount -t tracefs none ${TRACE%/instances*}
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
	for f in $HANDSHAKES; do
		echo "$f" >$FAULT/fail_function/inject
		printf '0x%x\n' -110 >"$FAULT/fail_function/$f/retval" # ETIMEDOUT
	done
	# Behind those: the kernel disarms two probes of a function in the way that
	# the first was armed in, and leaves it armed if that was ours.
	# shellcheck disable=SC2086 # one word for each
	read -r driver_from driver_to leak_from leak_to <<<"$(failnth attach $HANDSHAKES)"
	[ -n "$leak_to" ] || die "nothing to watch"
	all_sites | sort >/tmp/all
	for d in failslab fail_page_alloc fail_function; do
		echo 0 >$FAULT/$d/probability
		echo -1 >$FAULT/$d/times
		echo 0 >$FAULT/$d/verbose
		echo 32 >$FAULT/$d/stacktrace-depth
	done
	for d in failslab fail_page_alloc; do
		echo N >$FAULT/$d/ignore-gfp-wait
		# kmemleak gives up when it gets no memory
		echo "$leak_from" >$FAULT/$d/reject-start
		echo "$leak_to" >$FAULT/$d/reject-end
	done
	echo 0 >$FAULT/fail_page_alloc/min-order
	echo N >$FAULT/fail_page_alloc/ignore-gfp-highmem
	# what page pools say when they are destroyed
	mkdir -p $TRACE
	echo 1 >$TRACE/events/page_pool/page_pool_release/enable
	total_faults=0 known=0
	: >/tmp/failed-sites
	echo "faults: begin" >/dev/kmsg
	# small rings: a page is like another
	for d in p0 p1; do
		ethtool -G $d rx 64 tx 64
	done
}

# What is in the log that should not be
log_clean() {
	local out
	out=$(lab_log_since "faults: begin" | lab_unexpected "$TEST") || return 0
	die "kernel log, see there behind which \"faults:\" line: $(head -n 3 <<<"$out")"
}

# only KIND ADDRESS: from here on a step counts if it is one that the driver's
# call that returns to ADDRESS leads to; KIND is alloc or call
only() {
	local d
	for d in failslab fail_page_alloc fail_function; do
		echo 0 >$FAULT/$d/require-start
		case $1,$d in
		call,fail_function|alloc,failslab|alloc,fail_page_alloc) printf '0x%x\n' $(($2 + 1)) >$FAULT/$d/require-end
			echo "$2" >$FAULT/$d/require-start ;;
		*) echo 0 >$FAULT/$d/require-end ;;
		esac
	done
}

# op NAME COMMAND UNDO CHECK: COMMAND and UNDO are words to run, UNDO takes
# back what COMMAND may have done, CHECK says whether all is well after UNDO
op() {
	local name=$1 cmd undo check=$4 n tries turn=0 s addr kind hits=0 refused=0 out start=$SECONDS
	read -ra cmd <<<"$2"
	read -ra undo <<<"$3"
	failnth list "${cmd[@]}" >/tmp/failnth
	[ "$(tail -n 1 /tmp/failnth)" = "status 0 missed" ] || die "$name fails by itself: $(tail -n 3 /tmp/failnth)"
	"${undo[@]}" >/dev/null
	# how often each, in the order of the first time
	awk '$1 == "site" { s = $2 " " $3; if (!n[s]++) order[++sites] = s }
		END { for (i = 1; i <= sites; i++) print n[order[i]], order[i] }' /tmp/failnth >/tmp/sites
	assert_ge "$(wc -l </tmp/sites)" 1 "$name: call sites"
	: >/tmp/hit
	while read -r n s addr; do
		if [ -z "$FAULTS_ALL" ] && grep -qxF "$s" /tmp/failed-sites; then
			known=$((known + 1))
			[ $((known % 3)) = 0 ] || continue
		fi
		! grep -qE "^${s//+/\\+} ($LEFT_OUT)" /tmp/all || continue
		kind=alloc
		[[ $s != *'>'* ]] || kind=call
		only $kind "$addr"
		# One of the later half and the last but one in turn: what was done
		# for other rings and vectors is undone for them. (The last is mostly
		# kmemleak's own.) How many there are depends on the allocator's
		# stock, so there may be less of them the next time.
		turn=$((turn + 1)) tries=($((n / 2 + 1)) 1)
		[ $((turn % 2)) = 1 ] || [ "$n" -lt 3 ] || tries=($((n - 1)) "${tries[@]}")
		! grep -qE "^${s//+/\\+} ($FIRST_ONLY)" /tmp/all || tries=(1)
		for n in "${tries[@]}"; do
			echo "faults: $name, $s, $n" >/dev/kmsg
			failnth "$n" "${cmd[@]}" >/tmp/failnth 2>&1 </dev/null
			out=$(tail -n 1 /tmp/failnth)
			"${undo[@]}" >/dev/null 2>&1 </dev/null || true
			[ "$out" = "status 0 missed" ] || break
			[ "$n" -gt 1 ] || break
		done
		case $out in
		"status 0 missed") continue ;;
		status*missed) die "$name, $s: failed without a failure: $(tail -n 3 /tmp/failnth)" ;;
		"status 0 hit") ;;
		status*hit) refused=$((refused + 1)) ;;
		*) die "$name, $s: $(tail -n 3 /tmp/failnth)" ;;
		esac
		hits=$((hits + 1))
		echo "$s" >>/tmp/hit
		[ -z "$FAULTS_EACH" ] || $check
		[ -z "$FAULTS_EACH" ] || log_clean
	done </tmp/sites
	$check
	log_clean
	cat /tmp/hit >>/tmp/failed-sites
	out=$(awk '{ print $2 }' /tmp/sites | sort | comm -23 - <(sort -u /tmp/failed-sites) | xargs)
	note "$name: $(awk '{ n += $1 } END { print n }' /tmp/sites) steps at $(wc -l </tmp/sites) call sites;" \
		"$hits made to fail, $refused refused the operation; $((SECONDS - start)) s${out:+; never failed: $out}"
	assert_ge "$hits" 1 "$name: failures"
	total_faults=$((total_faults + hits))
}

# failing PERCENT FROM TO: from here on that many of the driver's allocations fail, of
# those that its calls that return to between FROM and TO lead to, in every task and
# interrupt
failing() {
	local d
	# dma-debug and ODEBUG give up, too, when they get nothing: not of their caches
	for d in /sys/kernel/slab/*/failslab; do
		case $d in
		*/radix_tree_node/*|*/debug_objects_cache/*) ;;
		*) echo 1 >"$d" ;;
		esac
	done
	echo Y >$FAULT/failslab/cache-filter
	# A page for such a cache is asked for eight calls below the driver or
	# deeper, a page of the driver's own by less: it is not looked for below.
	echo 10 >$FAULT/fail_page_alloc/stacktrace-depth
	failnth watch
	for d in failslab fail_page_alloc; do
		echo "$2" >$FAULT/$d/require-start
		echo "$3" >$FAULT/$d/require-end
		echo "$1" >$FAULT/$d/probability
	done
}

# failing_ends: the call sites of the steps that there were since are in /tmp/hit
failing_ends() {
	local d
	for d in failslab fail_page_alloc; do
		echo 0 >$FAULT/$d/probability
	done
	echo N >$FAULT/failslab/cache-filter
	echo 32 >$FAULT/fail_page_alloc/stacktrace-depth
	failnth seen | awk '$1 == "site" { print $2 }' >/tmp/hit
}

# all_fail PERCENT COMMAND...: while it runs, that many of the driver's
# allocations fail. Its own end does not matter.
all_fail() {
	local p=$1 n
	shift
	echo "faults: $p % of all, $*" >/dev/kmsg
	failing "$p" "$driver_from" "$driver_to"
	"$@" >/dev/null 2>&1 || true
	failing_ends
	n=$(wc -l </tmp/hit)
	[ "$p" -lt 100 ] || { cat /tmp/hit >>/tmp/failed-sites; total_faults=$((total_faults + n)); }
	note "$p % of $n steps at $(sort -u /tmp/hit | wc -l) call sites: $*"
}

# traffic NAME CHECK COMMAND...: as op for what interrupts do. At one call site after
# the other that COMMAND leads to, of those that did not fail yet (FAULTS_ALL=1: of
# all), every step fails while it runs, which costs frames; then CHECK says whether all
# is well. BEFORE names what makes such steps likely, run before each COMMAND.
traffic() {
	local name=$1 check=$2 n hits=0 s addr start=$SECONDS
	shift 2
	${BEFORE:-true}
	failnth watch
	"$@" >/tmp/out 2>&1 </dev/null || die "$name fails by itself: $(tail -n 3 /tmp/out)"
	failnth seen | awk '$1 == "site" && !n[$2]++ { print $2, $3 }' >/tmp/sites
	while read -r s addr; do
		# a hand-shake is none of a frame's
		[[ $s != *'>'* ]] || continue
		[ -n "$FAULTS_ALL" ] || ! grep -qxF "$s" /tmp/failed-sites || continue
		echo "faults: $name, $s, all" >/dev/kmsg
		${BEFORE:-true}
		failing 100 "$addr" "$(printf '0x%x' $((addr + 1)))"
		"$@" >/tmp/out 2>&1 </dev/null || true
		failing_ends
		$check
		log_clean
		# there may be none the next time, as with what op() does
		n=$(grep -cxF "$s" /tmp/hit) || continue
		hits=$((hits + n))
		echo "$s" >>/tmp/failed-sites
		note "$name: $n failures at $s"
	done </tmp/sites
	note "$name: $(wc -l </tmp/sites) call sites, $hits failures; $((SECONDS - start)) s"
	total_faults=$((total_faults + hits))
}

# The call sites of the driver's text that may fail, as function+offset of where
# they return to
all_sites() {
	local ko
	ko=$(lab_build_dir)/tandem.ko
	{
		awk '{ print "f", $1, $2 }' /tmp/failnth.symbols | sort -k 2
		objdump -r -j .text "$ko" | awk '$2 == "R_X86_64_PLT32" { sub(/-0x.*/, "", $3); print "c", $1, $3 }' |
			grep -E " ($FALLIBLE)"
	} | python3 -c '
import bisect, sys
text, names, addrs = int(sys.argv[1], 16), {}, []
for line in sys.stdin:
    kind, addr, name = line.split()
    addr = int(addr, 16)
    if kind == "f":
        names.setdefault(addr, name)
    else:
        addrs.append((text + addr + 4, name))
starts = sorted(names)
for addr, name in addrs:
    f = starts[bisect.bisect_right(starts, addr - 1) - 1]
    print("%s+0x%x %s" % (names[f], addr - f, name))
' "$(</sys/module/tandem/sections/.text)"
}

# The module goes, and nothing stays
faults_end() {
	local d out pools
	sort -u /tmp/failed-sites >"/out/sites/${TEST//\//-}"
	cat /out/sites/* | sed 's/>.*//' | sort -u >/tmp/failed
	rm -r /sys/fs/bpf/failnth
	echo >$FAULT/fail_function/inject
	for d in failslab fail_page_alloc fail_function; do
		for out in require-start reject-start reject-end; do
			echo 0 >$FAULT/$d/$out
		done
		echo 0xffffffffffffffff >$FAULT/$d/require-end
	done
	ip netns del peer 2>/dev/null || true
	wait_for 20 rmmod tandem
	sed 's/^/# failed at /' <(sort -u /tmp/failed-sites)
	join -v 1 /tmp/all /tmp/failed | sed 's/^/# not failed /'
	note "$total_faults failures at $(sort -u /tmp/failed-sites | wc -l) call sites"
	note "$(join /tmp/all /tmp/failed | wc -l) of the driver's $(wc -l </tmp/all) calls that may allocate" \
		"failed ($(cd /out/sites && echo *))"
	assert_ge "$total_faults" 20 "failures"
	if lab_leaks >/tmp/leaks; then
		die "leaked: $(head -n 40 /tmp/leaks)"
	fi
	# by the last word of each pool
	pools=$(sed -n 's/.*page_pool_release: page_pool=\([^ ]*\) inflight=\([^ ]*\) .*/\1 \2/p' $TRACE/trace |
		awk '{ last[$1] = $2 } END { for (p in last) { n++; if (last[p]) left++ } print n + 0, left + 0 }')
	echo 0 >$TRACE/events/page_pool/page_pool_release/enable
	rmdir $TRACE
	note "page pools: ${pools% *} destroyed, ${pools#* } of them with pages away"
	assert_ge "${pools% *}" 4 "page pools seen"
	assert_eq "${pools#* }" 0 "page pools that miss pages"
	log_clean
}
