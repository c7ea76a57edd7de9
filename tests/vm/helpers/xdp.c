// SPDX-License-Identifier: GPL-2.0
/*
 * xdp: attaches the programs of verdict.bpf.o in the driver.
 *
 *   xdp IF PROGRAM [TARGET]   TARGET: a device (redirect, devmap), a CPU (cpumap)
 *   xdp IF swap N P Q         attaches P and Q in turn, N times; Q may be "off"
 *   xdp IF seen               "frames bytes" that the program saw
 *   xdp IF off
 *
 * A refusal prints the errno and what the driver said.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OBJECT "/src/build/helpers/verdict.bpf.o"

static char pin[64];

static int fail(const char *what, int err)
{
	fprintf(stderr, "xdp: %s: %s\n", what, strerror(err < 0 ? -err : err));
	return 1;
}

/* libbpf prints what the kernel said as a warning. */
static int show(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, fmt, args) : 0;
}

static int seen(void)
{
	unsigned long long v[2];
	int fd = bpf_obj_get(pin), key;

	if (fd < 0)
		return fail(pin, errno);
	for (key = 0; key < 2; key++)
		if (bpf_map_lookup_elem(fd, &key, &v[key]))
			return fail("seen", errno);
	printf("%llu %llu\n", v[0], v[1]);
	return 0;
}

/* Loads programs @name and @other (or none) of the object. */
static struct bpf_object *load(const char *name, const char *other)
{
	struct bpf_object *obj = bpf_object__open(OBJECT);
	struct bpf_program *p;

	if (!obj)
		return NULL;
	bpf_object__for_each_program(p, obj) {
		const char *n = bpf_program__name(p);

		bpf_program__set_autoload(p, !strcmp(n, name) || (other && !strcmp(n, other)));
	}
	if (bpf_object__load(obj))
		return NULL;
	unlink(pin);
	if (bpf_map__pin(bpf_object__find_map_by_name(obj, "seen"), pin))
		return NULL;
	return obj;
}

/* -1: the kernel detaches. */
static int prog_fd(struct bpf_object *obj, const char *name)
{
	struct bpf_program *p = bpf_object__find_program_by_name(obj, name);

	return p ? bpf_program__fd(p) : -1;
}

static int set(struct bpf_object *obj, const char *map, unsigned int key, const void *value)
{
	return bpf_map_update_elem(bpf_map__fd(bpf_object__find_map_by_name(obj, map)), &key,
				   value, 0);
}

static int aim(struct bpf_object *obj, const char *prog, const char *at)
{
	struct bpf_cpumap_val c = { .qsize = 2048 };
	unsigned int i = if_nametoindex(at), cpu = strtoul(at, NULL, 0);

	if (!strncmp(prog, "devmap", 6))
		return set(obj, "dev", 0, &i);
	if (!strncmp(prog, "redirect", 8))
		return set(obj, "target", 0, &i);
	return set(obj, "target", 0, &cpu) ?: set(obj, "cpu", cpu, &c);
}

int main(int argc, char **argv)
{
	unsigned int ifindex, i;
	struct bpf_object *obj;
	int err, n;

	if (argc < 3)
		return 2;
	libbpf_set_print(show);
	snprintf(pin, sizeof(pin), "/sys/fs/bpf/seen-%s", argv[1]);
	ifindex = if_nametoindex(argv[1]);
	if (!ifindex)
		return fail(argv[1], errno);
	if (!strcmp(argv[2], "seen"))
		return seen();
	if (!strcmp(argv[2], "off")) {
		err = bpf_xdp_detach(ifindex, XDP_FLAGS_DRV_MODE, NULL);
		return err ? fail("detach", err) : 0;
	}
	if (!strcmp(argv[2], "swap") && argc == 6) {
		obj = load(argv[4], argv[5]);
		n = atoi(argv[3]);
		for (i = 0; obj && i < (unsigned int)n; i++) {
			err = bpf_xdp_attach(ifindex, prog_fd(obj, argv[4 + i % 2]),
					     XDP_FLAGS_DRV_MODE, NULL);
			if (err)
				return fail("attach", err);
		}
		return !obj;
	}
	obj = load(argv[2], NULL);
	if (!obj)
		return fail("load", errno);
	if (argc > 3) {
		err = aim(obj, argv[2], argv[3]);
		if (err)
			return fail(argv[3], err);
	}
	err = bpf_xdp_attach(ifindex, prog_fd(obj, argv[2]), XDP_FLAGS_DRV_MODE, NULL);
	return err ? fail(argv[2], err) : 0;
}
