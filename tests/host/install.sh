#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make install into an empty directory puts everything where it belongs, make
# uninstall leaves nothing of it and all that is somebody else's.
. "$(dirname "$0")/../vm/helpers/host.sh"

[ -x build/user/tandem ] || ./scripts/lab/in make -s -f scripts/build.mk user

for prefix in /usr /usr/local /opt/net/tandem; do
	note "prefix $prefix"
	d=$WORK/root
	make install DESTDIR="$d" prefix="$prefix" VERSION=1.2
	find "$d" -type f -printf '%m /%P\n' | sort >"$WORK/got"
	{
		echo "755 $prefix/sbin/tandem"
		for f in bpf/*.bpf.c; do
			f=${f##*/}
			echo "644 $prefix/lib/tandem/${f%.c}.o"
		done
		for f in user/man/*.1; do
			echo "644 $prefix/share/man/man1/${f##*/}"
		done
		echo "644 $prefix/share/bash-completion/completions/tandem"
		echo "644 $prefix/share/tandem/grafana/tandem.json"
		echo "644 /usr/src/tandem-1.2/dkms.conf"
		find kernel -type f -printf '%m /usr/src/tandem-1.2/%P\n'
	} | sort >"$WORK/wanted"
	diff -u "$WORK/wanted" "$WORK/got" || die "installed is not what should be"
	grep -qx 'PACKAGE_VERSION="1.2"' "$d/usr/src/tandem-1.2/dkms.conf" || die "no version in dkms.conf"

	note 'another version over it, then gone'
	make install DESTDIR="$d" prefix="$prefix" VERSION=1.3
	make uninstall DESTDIR="$d" prefix="$prefix"
	[ -z "$(ls -A "$d")" ] || die "left: $(find "$d")"
	make uninstall DESTDIR="$d" prefix="$prefix" # nothing there: no error

	note 'what is not ours stays'
	mkdir -p "$d$prefix/share/man/man1" "$d/usr/src/other-1.2"
	echo x >"$d$prefix/share/man/man1/tandemx.1"
	make install DESTDIR="$d" prefix="$prefix" VERSION=1.2
	make uninstall DESTDIR="$d" prefix="$prefix"
	assert_eq "$(find "$d" -type f -o -type d -empty | sort)" \
		"$(printf '%s\n' "$d$prefix/share/man/man1/tandemx.1" "$d/usr/src/other-1.2" | sort)" left
	rm -r "$d"
done

note 'no root, no DESTDIR'
if setpriv --reuid 65534 --clear-groups make install >"$WORK/out" 2>&1; then
	die "installed without root"
fi
grep -q 'needs root; or DESTDIR=' "$WORK/out" || die "$(cat "$WORK/out")"
