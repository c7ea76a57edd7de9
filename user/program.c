// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Loads XDP programs and attaches them; see program.h. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dispatcher.h"
#include "pair.skel.h"
#include "pins.h"
#include "program.h"
#include "tandem.h"

static char complaint[256];

/*
 * What the verifier did not like is the last line of its log before it counts
 * what it processed.
 */
static char *verdict(char *log)
{
	char *end = strstr(log, "\nprocessed ");
	char *last;

	if (!end)
		return NULL;
	*end = '\0';
	last = strrchr(log, '\n');
	return last ? last + 1 : log;
}

/*
 * libbpf prints the kernel's own explanation (extack) and the verifier's log
 * through this hook. Only the most telling line is kept.
 */
static int capture(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	static const char extack[] = "Kernel error message: ";
	char *all, *text;

	if (level == LIBBPF_DEBUG || vasprintf(&all, fmt, ap) < 0)
		return 0;
	text = strstr(all, extack);
	text = text ? text + strlen(extack) :
	       strstr(all, "BEGIN PROG LOAD LOG") ? verdict(all) : NULL;
	if (!text && !complaint[0])
		text = all;
	if (text)
		snprintf(complaint, sizeof(complaint), "%.*s",
			 (int)strcspn(text, "\n"), text);
	free(all);
	return 0;
}

void program_capture_messages(void)
{
	complaint[0] = '\0';
	libbpf_set_print(capture);
}

const char *program_complaint(void)
{
	return complaint;
}

static int cannot_load(const char *what, int err)
{
	/* EACCES is the verifier's */
	if (err == -EPERM)
		return fail(TD_PERM, "loading %s needs CAP_BPF and "
			    "CAP_NET_ADMIN; run it with sudo", what);
	return fail(TD_FAIL, "cannot load %s: %s%s%s", what, strerror(-err),
		    complaint[0] ? ": " : "", complaint);
}

/* Only the chosen program of an object is loaded. */
static void choose(struct bpf_object *obj, const struct bpf_program *chosen)
{
	struct bpf_program *p;

	bpf_object__for_each_program(p, obj)
		bpf_program__set_autoload(p, p == chosen);
}

static struct bpf_program *first_xdp(struct bpf_object *obj,
				     const char *section)
{
	struct bpf_program *p;

	bpf_object__for_each_program(p, obj) {
		if (section ? !strcmp(bpf_program__section_name(p), section) :
		    bpf_program__type(p) == BPF_PROG_TYPE_XDP)
			return p;
	}
	return NULL;
}

static int no_program(const char *file, const char *section)
{
	if (section)
		return fail(TD_FAIL, "%s has no section '%s'", file, section);
	return fail(TD_FAIL, "%s has no XDP program (a section named 'xdp')",
		    file);
}

static int open_file(struct bpf_object **obj, const char *file)
{
	char why[128];
	int err;

	program_capture_messages();
	*obj = bpf_object__open_file(file, NULL);
	if (*obj)
		return 0;
	err = errno;
	if (err == ENOENT)
		return fail(TD_FAIL, "no file %s", file);
	/* libbpf has error numbers of its own */
	libbpf_strerror(err, why, sizeof(why));
	return fail(TD_FAIL, "%s is not a BPF object: %s", file, why);
}

int program_open_file(struct bpf_object **obj, struct bpf_program **prog,
		      const char *file, const char *section)
{
	int err = open_file(obj, file);

	if (err)
		return err;
	*prog = first_xdp(*obj, section);
	if (!*prog)
		return no_program(file, section);
	bpf_program__set_type(*prog, BPF_PROG_TYPE_XDP);
	choose(*obj, *prog);
	return 0;
}

int program_load_file(struct bpf_object **obj, struct bpf_program **prog,
		      const char *file, const char *section)
{
	int err = program_open_file(obj, prog, file, section);

	if (err)
		return err;
	err = bpf_object__load(*obj);
	return err ? cannot_load(file, err) : 0;
}

static int refused(const struct port *port, enum attach_how how, int err)
{
	const char *dev = port->name;

	if (err == -EPERM || err == -EACCES)
		return fail(TD_PERM, "attaching a program to %s needs "
			    "CAP_NET_ADMIN and CAP_BPF; run it with sudo", dev);
	if (err == -EBUSY || err == -EEXIST)
		return fail(TD_FAIL, "%s already has an XDP program: 'tandem "
			    "unload %s' or 'ip link set %s xdp off' detaches "
			    "it", dev, dev, dev);
	if (err == -EOPNOTSUPP && how != ATTACH_SKB)
		return fail(TD_NOTSUP, "%s (driver %s) cannot run this program "
			    "in the driver%s%s; --skb runs it in the stack",
			    dev, port_driver(port), complaint[0] ? ": " : "",
			    complaint);
	return fail(TD_FAIL, "cannot attach the program to %s: %s%s%s", dev,
		    strerror(-err), complaint[0] ? ": " : "", complaint);
}

/*
 * A link's attachment does not hand out the kernel's explanation, the netlink
 * way does: when the link was refused, ask again to hear why.
 */
static void ask_why(const struct port *port, int prog_fd, uint32_t flags)
{
	program_capture_messages();
	if (!bpf_xdp_attach((int)port->ifindex, prog_fd,
			    flags | XDP_FLAGS_UPDATE_IF_NOEXIST, NULL))
		bpf_xdp_detach((int)port->ifindex, flags, NULL);
}

static uint32_t mode_flag(enum attach_how how)
{
	return how == ATTACH_SKB ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
}

static int create_link(const struct port *port, int prog_fd,
		       enum attach_how how)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = mode_flag(how));

	return bpf_link_create(prog_fd, (int)port->ifindex, BPF_XDP, &opts);
}

static int link_refused(const struct port *port, int prog_fd,
			enum attach_how how, int err)
{
	if (err != -EBUSY && err != -EEXIST && err != -EPERM)
		ask_why(port, prog_fd, mode_flag(how));
	return refused(port, how, err);
}

static int attach_link(struct pairing *p, bool or_skb)
{
	int prog_fd = bpf_program__fd(p->prog), err;

	p->link_fd = create_link(p->port, prog_fd, p->how);
	if (p->link_fd >= 0)
		return 0;
	err = p->link_fd;
	if (err == -EOPNOTSUPP && or_skb && p->how == ATTACH_NATIVE) {
		p->how = ATTACH_SKB;
		return attach_link(p, false);
	}
	return link_refused(p->port, prog_fd, p->how, err);
}

static int open_pairing(struct pairing *p, const char *file)
{
	const void *elf;
	size_t bytes;

	if (file)
		return open_file(&p->obj, file);
	program_capture_messages();
	elf = pair_bpf__elf_bytes(&bytes);
	p->obj = bpf_object__open_mem(elf, bytes, NULL);
	return p->obj ? 0 : cannot_load("the pairing program", -errno);
}

static int find_map(struct pairing *p, const char *what)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, p->obj) {
		if (bpf_map__type(map) == BPF_MAP_TYPE_XSKMAP) {
			p->map_fd = bpf_map__fd(map);
			return 0;
		}
	}
	return fail(TD_FAIL, "%s has no map of type XSKMAP to put sockets in",
		    what);
}

int pairing_attach(struct pairing *p, const struct port *port,
		   const char *file, enum attach_how how, bool or_skb)
{
	bool count = file && !strcmp(file, PROGRAM_COUNT);
	const char *what;
	char path[256];
	int err;

	memset(p, 0, sizeof(*p));
	p->port = port;
	p->how = how;
	p->link_fd = -1;
	p->unpaired_fd = -1;
	if (!file && how == ATTACH_NATIVE && port_has_program(port)) {
		p->map_fd = pins_open_map(port);
		p->pinned = p->map_fd >= 0;
		if (p->pinned)
			return 0;
	}
	if (file && !strcmp(file, PROGRAM_LIBXDP)) {
		err = dispatcher_find_default(path, sizeof(path));
		if (err)
			return err;
		file = path;
	}
	file = count ? NULL : file;
	what = file ? file : "the pairing program";
	err = open_pairing(p, file);
	if (err)
		return err;
	p->prog = count ? bpf_object__find_program_by_name(p->obj,
							   "pair_count") :
			  first_xdp(p->obj, NULL);
	if (!p->prog)
		return no_program(what, NULL);
	choose(p->obj, p->prog);
	if (how == ATTACH_DISPATCHER) {
		err = dispatcher_attach(&p->multi, p->obj, p->prog, port);
	} else {
		err = bpf_object__load(p->obj);
		err = err ? cannot_load(what, err) : attach_link(p, or_skb);
	}
	if (!err && count)
		p->unpaired_fd = bpf_object__find_map_fd_by_name(p->obj,
								 "unpaired");
	return err ? err : find_map(p, what);
}

int pairing_add(struct pairing *p, unsigned int queue, int socket_fd)
{
	uint32_t key = queue, value = (uint32_t)socket_fd;

	if (!bpf_map_update_elem(p->map_fd, &key, &value, 0))
		return 0;
	return fail(TD_FAIL, "cannot put the socket of queue %u of %s into the "
		    "program's map: %s", queue, p->port->name, strerror(errno));
}

uint32_t pairing_program_id(const struct pairing *p)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (p->multi)
		return dispatcher_id(p->multi);
	if (!p->prog || bpf_prog_get_info_by_fd(bpf_program__fd(p->prog), &info,
						&len))
		return 0;
	return info.id;
}

void pairing_leave(struct pairing *p)
{
	if (p->multi)
		dispatcher_leave(p->multi);
	p->multi = NULL;
	if (p->link_fd > 0)
		close(p->link_fd);
	p->link_fd = -1;
}

void pairing_detach(struct pairing *p)
{
	if (p->pinned)
		close(p->map_fd);
	if (p->multi)
		dispatcher_detach(p->multi, p->port);
	if (p->link_fd > 0)
		close(p->link_fd);
	/* libxdp leaves an object that it was given to its owner */
	bpf_object__close(p->obj);
	memset(p, 0, sizeof(*p));
	p->link_fd = -1;
}

bool port_has_program(const struct port *port)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);

	return !bpf_xdp_query((int)port->ifindex, 0, &query) &&
	       query.attach_mode != XDP_ATTACHED_NONE;
}

/* The kernel does not say why when it is a link that is to change. */
static int replace(const struct port *port, int link_fd, int prog_fd,
		   enum attach_how how)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	int err = bpf_xdp_query((int)port->ifindex, 0, &query);
	bool is_skb = query.attach_mode == XDP_ATTACHED_SKB;
	bool want_skb = how == ATTACH_SKB;

	if (!err && is_skb != want_skb)
		return refused(port, how, -EBUSY);
	err = bpf_link_update(link_fd, prog_fd, NULL);
	if (err == -EPERM)
		return refused(port, how, err);
	return err ? fail(TD_FAIL, "cannot replace the program of %s: %s; "
			  "after 'tandem unload %s' another try says why",
			  port->name, strerror(-err), port->name) : 0;
}

static int attach_pinned(const struct port *port, int prog_fd,
			 enum attach_how how, char pin[LINKS_PATH_SIZE])
{
	int fd = create_link(port, prog_fd, how), err;

	if (fd < 0)
		return link_refused(port, prog_fd, how, fd);
	err = links_pin(port, fd, pin);
	/* what has no pin is detached with its last descriptor, but later */
	if (err)
		bpf_link_detach(fd);
	close(fd);
	return err;
}

int program_attach_persistent(const struct port *port,
			      struct bpf_program *prog, enum attach_how how,
			      char pin[LINKS_PATH_SIZE])
{
	int prog_fd = bpf_program__fd(prog), err, link_fd;
	unsigned int n;

	link_fd = links_find(port, pin);
	if (link_fd >= 0) {
		err = replace(port, link_fd, prog_fd, how);
		close(link_fd);
		return err;
	}
	if (!port_has_program(port) && pins_possible())
		return attach_pinned(port, prog_fd, how, pin);
	/* libxdp's pins would stay, of programs that run no more */
	n = dispatcher_programs(port);
	if (n)
		return fail(TD_FAIL, "libxdp's dispatcher runs %u program%s on "
			    "%s: with --dispatcher this one joins, after "
			    "'tandem unload %s' it has the device alone", n,
			    n == 1 ? "" : "s", port->name, port->name);
	pin[0] = '\0';
	program_capture_messages();
	err = bpf_xdp_attach((int)port->ifindex, prog_fd, mode_flag(how), NULL);
	return err ? refused(port, how, err) : 0;
}

int program_detach_persistent(const struct port *port)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	char pin[LINKS_PATH_SIZE];
	int err, link_fd;

	link_fd = links_find(port, pin);
	if (link_fd >= 0) {
		err = links_remove(link_fd, pin);
		close(link_fd);
		return err;
	}
	program_capture_messages();
	err = bpf_xdp_query((int)port->ifindex, 0, &query);
	if (err)
		return fail(TD_FAIL, "cannot ask %s for its program: %s",
			    port->name, strerror(-err));
	if (query.attach_mode == XDP_ATTACHED_NONE)
		return fail(TD_FAIL, "%s has no XDP program", port->name);
	if (dispatcher_detach_all(port))
		return 0;
	err = bpf_xdp_detach((int)port->ifindex,
			     query.attach_mode == XDP_ATTACHED_SKB ?
			     XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE, NULL);
	if (err == -EBUSY || err == -EINVAL)
		return fail(TD_FAIL, "the program of %s is held by a link of a "
			    "running process: end that process ('bpftool link' "
			    "lists links)", port->name);
	if (err == -EPERM)
		return fail(TD_PERM, "detaching needs CAP_NET_ADMIN");
	return err ? fail(TD_FAIL, "cannot detach the program of %s: %s%s%s",
			  port->name, strerror(-err), complaint[0] ? ": " : "",
			  complaint) : 0;
}
