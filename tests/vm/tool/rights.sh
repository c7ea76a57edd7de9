#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=180 cpus=2
# Without root, what the kernel lets anybody do works and the rest ends with 3
# and names what is lacking; as root, no more rights are kept than are needed.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/tool.sh

nobody() { setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"; }

setup_ports 2
SETTINGS=$(settings p0 p1)
# as on any machine but this one
chmod 755 /run
chmod 1777 /tmp

note 'anybody may look'
for words in version 'version --json' vectors 'vectors p0 --json' 'show p0' 'show p0 --json' 'steer p0 --show ip 192.0.2.2 192.0.2.1' 'top p0 -b -n 1 -i 0.1' \
	'export p0 --textfile /tmp/anybody.prom'; do
	# shellcheck disable=SC2086 # words
	expect 0 nobody tandem $words
	assert_eq "$ERR" '' "what tandem $words complained of"
done

note 'and not do'
a=$(lab_ports_pci | sed -n 1p)
while IFS='|' read -r words lacks; do
	# shellcheck disable=SC2086 # words
	expect 3 nobody tandem ${words/ADDRESS/$a}
	says "$lacks"
	nothing_left p0 p1
done <<'END'
bench txonly p0|CAP_NET_RAW
demo p0 p1 -q 1 --seconds 1|CAP_NET_RAW
load /src/build/bpf/xdp_pass.bpf.o p0|CAP_BPF
pair p0|CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF, CAP_DAC_OVERRIDE
unpair p0|CAP_NET_ADMIN, CAP_BPF, CAP_DAC_OVERRIDE
steer p0 -q 1 ip 192.0.2.2 192.0.2.1|CAP_NET_ADMIN, CAP_DAC_OVERRIDE
steer p0 --undo|CAP_NET_ADMIN, CAP_DAC_OVERRIDE
trace p0|CAP_BPF
bind ADDRESS|CAP_DAC_OVERRIDE
unbind ADDRESS|CAP_DAC_OVERRIDE
export --listen 127.0.0.1:80|CAP_NET_BIND_SERVICE
END
expect 3 nobody tandem doctor p0 --json
for c in CAP_NET_RAW CAP_NET_ADMIN CAP_BPF; do
	jq -e --arg c "$c is missing" 'any(.findings[]; .check == "rights" and (.text | startswith($c)))' \
		>/dev/null <<<"$OUT" || die "the doctor misses no $c: $OUT"
done
tandem load "$BPF/xdp_pass.bpf.o" p0
expect 3 nobody tandem unload p0 && says CAP_NET_ADMIN
tandem unload p0
tandem pair p0 >/dev/null
expect 3 nobody tandem unpair p0 && says CAP_NET_ADMIN CAP_BPF sudo
# who may not look does not say that there is nothing
expect 0 nobody tandem show p0 --json
jq -e '.paired == null and .complete == null and .map == null and .program.id > 0' >/dev/null <<<"$OUT" || die "$OUT"
expect 0 nobody tandem show p0
grep -q '^pairing  root can see it' <<<"$OUT" || die "$OUT"
grep -q '^map      root can see it' <<<"$OUT" || die "$OUT"
tandem unpair p0 >/dev/null
expect 0 tandem show p0 --json
jq -e '.paired == false' >/dev/null <<<"$OUT" || die "$OUT"
# one that is missing is named alone
some() { setpriv --bounding-set="-$1" --inh-caps=-all "${@:2}"; }
expect 3 some net_admin tandem pair p0 && says 'pairing needs CAP_NET_ADMIN,'
expect 3 some net_raw tandem pair p0 && says 'pairing needs CAP_NET_RAW,'
expect 3 some bpf,-sys_admin tandem pair p0 && says 'pairing needs CAP_BPF,'
nothing_left p0 p1

note 'what root keeps'
# bits of the capabilities that matter here
net_bind=10 net_admin=12 net_raw=13 sys_module=16 sys_admin=21 bpf=39
setuid=7
# holds LINE: of /proc/PID/status of the process of BG
holds() { sed -n "s/^$1:\t//p" "/proc/$BG/status"; }
has_cap() { (($((16#$(holds CapPrm))) >> $1 & 1)); }
assert_ge $((16#$(sed -n 's/^CapEff:\t//p' /proc/self/status) >> sys_module & 1)) 1 'CAP_SYS_MODULE of this shell'
# running WHAT COMMAND...
running() {
	local what=$1
	shift
	run_bg "$@" >/tmp/rights.out 2>/tmp/rights.err
	# shellcheck disable=SC2086 # words
	wait_for 20 $what
}
ended() { kill -INT "$BG"; wait "$BG" || true; }

running 'grep -q ^p0 /tmp/rights.out' tandem top p0 -b -i 0.2
assert_eq "$(holds CapPrm)$(holds CapEff)" "$(printf '%032d' 0)" 'capabilities of top'
ended
ip link set lo up
running 'grep -q ^listening /tmp/rights.out' tandem export --listen 127.0.0.1:80
assert_eq "$(holds CapPrm)$(holds CapEff)" "$(printf '%032d' 0)" 'capabilities of the listener'
curl -sf http://127.0.0.1:80/metrics -o /tmp/text
grep -q '^tandem_vector_interrupts_total{dev="p0"' /tmp/text || die 'a listener without rights exports less'
ended
running 'has_prog p0' tandem bench txonly p0 -d 60
for c in $net_admin $net_raw $bpf; do
	has_cap "$c" || die "bench runs without capability $c"
done
for c in $sys_module $setuid $net_bind; do
	! has_cap "$c" || die "bench keeps capability $c: $(holds CapPrm)"
done
ended
running true tandem vectors p0 -i 60
# its name is there before it has given anything up, which it does in one call
lacks_some() { grep -qx tandem "/proc/$BG/comm" && [ "$(holds CapPrm)" != "$(sed -n 's/^CapPrm:\t//p' /proc/self/status)" ]; }
wait_for 20 lacks_some
has_cap $sys_admin || die 'vectors cannot name programs'
for c in $sys_module $setuid $net_raw $bpf; do
	! has_cap "$c" || die "vectors keeps capability $c: $(holds CapPrm)"
done
ended
nothing_left p0 p1
