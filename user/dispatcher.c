// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Attaches through libxdp's dispatcher; see dispatcher.h. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#include "dispatcher.h"
#include "program.h"
#include "tandem.h"

#ifndef LIBXDP_LIBDIR
#define LIBXDP_LIBDIR "/usr/lib"
#endif

int dispatcher_find_default(char *path, size_t size)
{
	static const char *const dirs[] = {
		LIBXDP_LIBDIR "/bpf", "/usr/lib/bpf", "/usr/lib64/bpf",
		"/usr/local/lib/bpf",
	};
	const char *env = getenv("LIBXDP_OBJECT_PATH");
	size_t i;

	for (i = 0; i <= ARRAY_SIZE(dirs); i++) {
		const char *dir = i ? dirs[i - 1] : env;

		if (!dir)
			continue;
		snprintf(path, size, "%s/xsk_def_xdp_prog.o", dir);
		if (!access(path, R_OK))
			return 0;
	}
	return fail(TD_FAIL, "libxdp's xsk_def_xdp_prog.o is not installed; "
		    "LIBXDP_OBJECT_PATH can name its folder");
}

static int quiet(enum libxdp_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

int dispatcher_attach(struct xdp_program **multi, struct bpf_object *obj,
		      struct bpf_program *prog, const struct port *port)
{
	DECLARE_LIBXDP_OPTS(xdp_program_opts, opts, .obj = obj,
			    .prog_name = bpf_program__name(prog));
	struct xdp_program *p;
	int err;

	libxdp_set_print(quiet);
	p = xdp_program__create(&opts);
	err = (int)libxdp_get_error(p);
	if (err)
		return fail(TD_FAIL, "libxdp cannot use the program: %s",
			    strerror(-err));
	err = xdp_program__attach(p, (int)port->ifindex, XDP_MODE_NATIVE, 0);
	if (!err) {
		*multi = p;
		return 0;
	}
	xdp_program__close(p);
	/* EACCES is the verifier's */
	if (err == -EPERM)
		return fail(TD_PERM, "attaching a program to %s needs "
			    "CAP_NET_ADMIN and CAP_BPF", port->name);
	if (err == -EBUSY || err == -EEXIST)
		return fail(TD_FAIL, "%s already has an XDP program, which is "
			    "no dispatcher of libxdp: 'tandem unload %s' "
			    "detaches it", port->name, port->name);
	return fail(err == -EOPNOTSUPP ? TD_NOTSUP : TD_FAIL,
		    "libxdp cannot attach to %s: %s%s%s (is a bpffs on "
		    "/sys/fs/bpf?)", port->name, strerror(-err),
		    *program_complaint() ? ": " : "", program_complaint());
}

void dispatcher_detach(struct xdp_program *multi, const struct port *port)
{
	xdp_program__detach(multi, (int)port->ifindex, XDP_MODE_NATIVE, 0);
	xdp_program__close(multi);
}

void dispatcher_leave(struct xdp_program *multi)
{
	xdp_program__close(multi);
}

uint32_t dispatcher_id(const struct xdp_program *multi)
{
	return xdp_program__id(multi);
}

static bool is_wanted(const struct xdp_program *p, uint32_t id)
{
	const char *name = xdp_program__name(p);

	return id ? xdp_program__id(p) == id :
	       !strcmp(name, "pair") || !strcmp(name, "pair_count");
}

bool dispatcher_detach_one(const struct port *port, uint32_t id)
{
	struct xdp_program *p = NULL;
	struct xdp_multiprog *mp;
	bool gone = true;

	libxdp_set_print(quiet);
	mp = xdp_multiprog__get_from_ifindex((int)port->ifindex);
	if (libxdp_get_error(mp))
		return true;
	/* Where the kernel knows no dispatchers the program is there alone. */
	if (xdp_multiprog__is_legacy(mp)) {
		p = xdp_multiprog__main_prog(mp);
		if (p && !is_wanted(p, id))
			p = NULL;
	} else {
		do {
			p = xdp_multiprog__next_prog(p, mp);
		} while (p && !is_wanted(p, id));
	}
	if (p)
		gone = !xdp_program__detach(p, (int)port->ifindex,
					    XDP_MODE_NATIVE, 0);
	xdp_multiprog__close(mp);
	return gone;
}

unsigned int dispatcher_programs(const struct port *port)
{
	struct xdp_multiprog *mp;
	int n = 0;

	libxdp_set_print(quiet);
	mp = xdp_multiprog__get_from_ifindex((int)port->ifindex);
	if (libxdp_get_error(mp))
		return 0;
	if (!xdp_multiprog__is_legacy(mp))
		n = xdp_multiprog__program_count(mp);
	xdp_multiprog__close(mp);
	return n > 0 ? (unsigned int)n : 0;
}

bool dispatcher_detach_all(const struct port *port)
{
	struct xdp_multiprog *mp;
	bool gone;

	libxdp_set_print(quiet);
	mp = xdp_multiprog__get_from_ifindex((int)port->ifindex);
	if (libxdp_get_error(mp))
		return false;
	gone = !xdp_multiprog__is_legacy(mp) && !xdp_multiprog__detach(mp);
	xdp_multiprog__close(mp);
	return gone;
}
