// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See pins.h. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "pins.h"
#include "tandem.h"

#define BPFFS "/sys/fs/bpf"
#define BPFFS_MAGIC 0xcafe4a11

void pins_name(char name[PINS_NAME_SIZE], const char *dev)
{
	char *p;

	snprintf(name, PINS_NAME_SIZE, "%s", dev);
	for (p = name; *p; p++)
		if (*p == '.')
			*p = ':';
}

void pins_paths(struct pins *pins, const char *dev)
{
	char name[PINS_NAME_SIZE];

	pins_name(name, dev);
	snprintf(pins->dir, sizeof(pins->dir), PINS_ROOT "/%s", name);
	snprintf(pins->map, sizeof(pins->map), "%s/xsks", pins->dir);
	snprintf(pins->link, sizeof(pins->link), "%s/link", pins->dir);
	snprintf(pins->unpaired, sizeof(pins->unpaired), "%s/unpaired",
		 pins->dir);
}

/*
 * The file system may be writable for everyone: a folder that is not ours
 * alone could be exchanged below us.
 */
int pins_make_dir(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) && errno != EEXIST) {
		if (errno == EPERM || errno == EACCES)
			return fail(TD_PERM, "making %s needs root, or "
				    "CAP_DAC_OVERRIDE; run it with sudo",
				    path);
		return fail(TD_FAIL, "cannot make %s: %s", path,
			    strerror(errno));
	}
	if (lstat(path, &st) || !S_ISDIR(st.st_mode) ||
	    st.st_uid != geteuid() || (st.st_mode & 022))
		return fail(TD_FAIL, "%s is not a folder of this user's alone; "
			    "remove it", path);
	return 0;
}

bool pins_possible(void)
{
	struct statfs fs;

	return !statfs(BPFFS, &fs) && (unsigned int)fs.f_type == BPFFS_MAGIC;
}

int pins_create(const struct pins *pins, const char *dev)
{
	int err;

	if (!pins_possible())
		return fail(TD_FAIL, "no BPF file system to pin the map of %s "
			    "in: mount -t bpf none " BPFFS, dev);
	err = pins_make_dir(PINS_ROOT);
	return err ? err : pins_make_dir(pins->dir);
}

int pins_add(int fd, const char *path)
{
	if (!bpf_obj_pin(fd, path))
		return 0;
	if (errno == EPERM || errno == EACCES)
		return fail(TD_PERM, "pinning %s needs CAP_BPF and "
			    "CAP_DAC_OVERRIDE; run it with sudo", path);
	return fail(TD_FAIL, "cannot pin %s: %s", path, strerror(errno));
}

/*
 * The kernel takes a link that nobody holds away some time later; a device
 * that is said to be free has to be free.
 */
static void detach(const char *path)
{
	int fd = bpf_obj_get(path);

	if (fd < 0)
		return;
	bpf_link_detach(fd);
	close(fd);
}

static bool gone(const char *path, int err)
{
	if (!err || errno == ENOENT)
		return true;
	fail(0, "cannot remove %s: %s", path, strerror(errno));
	return false;
}

bool pins_remove(const struct pins *pins)
{
	bool ok;

	detach(pins->link);
	ok = gone(pins->link, unlink(pins->link));
	ok &= gone(pins->map, unlink(pins->map));
	ok &= gone(pins->unpaired, unlink(pins->unpaired));
	ok = ok && gone(pins->dir, rmdir(pins->dir));
	/* another device's may be there */
	rmdir(PINS_ROOT);
	return ok;
}

bool pins_exist(const struct pins *pins)
{
	return !access(pins->dir, F_OK);
}

int pins_open_link(const char *path, struct bpf_link_info *info)
{
	uint32_t len = sizeof(*info);
	int fd = bpf_obj_get(path);

	memset(info, 0, sizeof(*info));
	if (fd >= 0 && bpf_link_get_info_by_fd(fd, info, &len)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A dispatcher's pairing has no link to ask; its map is known by its name alone. */
static bool link_is_of(const char *path, const struct port *port)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	struct bpf_link_info info;
	int fd = pins_open_link(path, &info);

	if (fd < 0)
		return errno == ENOENT;
	close(fd);
	return info.xdp.ifindex == port->ifindex &&
	       !bpf_xdp_query((int)port->ifindex, 0, &query) &&
	       query.prog_id == info.prog_id;
}

int pins_open_map(const struct port *port)
{
	struct pins pins;

	pins_paths(&pins, port->name);
	return link_is_of(pins.link, port) ? bpf_obj_get(pins.map) : -1;
}
