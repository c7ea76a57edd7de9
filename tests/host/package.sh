#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=600 named=two-builds-by-DKMS-and-two-boots-take-three-minutes
# The packages on a machine of their own: installed while it has kernel 6.12,
# DKMS builds the driver; the headers of 7.2 come, DKMS builds it again; on each
# kernel a port moves from igb to tandem and zero-copy runs; purge leaves nothing.
# shellcheck disable=SC2016 # single quotes: for the shell inside
. "$(dirname "$0")/../vm/helpers/host.sh"

export LAB_LAYER=$WORK/layer
old=6.12 new=7.2
inside() { scripts/lab/in sh -euc "$1" sh "${@:2}"; }
release() { inside 'cd /lib/modules && echo '"$1"'.*'; }
# All files of the machine, but for what dpkg and others note about their work
listing() {
	inside 'find / -xdev \( -path /src -o -path /out -o -path /lab -o -path /var/log -o -path /var/cache \) -prune \
		-o ! -path "/var/lib/dpkg/*-old" ! -path "/var/lib/dkms/mok.*" -printf "%y %m %u:%g %p %l\n" 2>/dev/null | sort -k4'
}
dkms_has() {
	local status
	status=$(inside 'dkms status')
	note "$status"
	grep -q "^tandem/.*, $(release "$1"), .*: installed" <<<"$status"
}
# try KERNEL: there in a guest
try() {
	note "kernel $1"
	scripts/lab/run --kernel "$1" --driver igb --timeout 300 --out "$WORK/out" -- \
		/src/tests/vm/helpers/packaged.sh
}

make deb
mapfile -t debs < <(printf '%s\n' build/deb/*.deb | grep -v dbgsym)
assert_eq "${#debs[@]}" 2 'number of packages'
listing >"$WORK/before"

note "installed with $old"
rm_build="/lib/modules/$(release $new)/build"
link=$(inside 'readlink "$1"; rm "$1"' "$rm_build")
scripts/lab/in dpkg -i "${debs[@]}"
dkms_has $old || die "DKMS has no module for $old"
! dkms_has $new || die "DKMS has a module for $new, which has no headers"
inside 'tandem version; bash -n /usr/share/bash-completion/completions/tandem; ls /usr/lib/tandem/pair.bpf.o /usr/share/tandem/grafana/tandem.json'
try $old

note "$new comes"
inside 'ln -s "$1" "$2"; "/var/lib/dpkg/info/linux-headers-$3.postinst" configure' "$link" "$rm_build" "$(release $new)"
dkms_has $old || die "DKMS no longer has a module for $old"
dkms_has $new || die "DKMS has no module for $new"
try $new

note purge
inside 'dpkg --purge tandem-dkms tandem-tools; ! grep -l tandem /lib/modules/*/modules.*'
listing >"$WORK/after"
diff "$WORK/before" "$WORK/after" || die 'purge left something, or took what was not ours'

note 'make install: one version at a time, and none beside the package'
# the running kernel is this machine's, which has no headers there; of the versions
# the first sorts behind the second
inside 'mkdir /root/bin; printf "#!/bin/sh\n[ \"\$1\" != -r ] || exec echo %s\nexec /usr/bin/uname \"\$@\"\n" "$1" >/root/bin/uname
	chmod 755 /root/bin/uname; cd /src; export PATH=/root/bin:$PATH
	for VERSION in 2-first 1-second; do export VERSION; scripts/packaging/install; done; rm -r /root/bin' "$(release $old)"
assert_eq "$(inside 'dkms status | cut -d, -f1 | sort -u; ls -d /usr/src/tandem-*' | xargs)" \
	'tandem/1-second /usr/src/tandem-1-second' 'versions that are installed'
inside '/src/scripts/packaging/install --uninstall'
