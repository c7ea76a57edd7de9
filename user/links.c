// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See links.h. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "links.h"
#include "pins.h"
#include "tandem.h"

#define LINKS_ROOT "/sys/fs/bpf/tandem-links"

/*
 * The index alone would not do: a device of another network namespace may have
 * the same. A program is attached by one link only.
 */
int links_find(const struct port *port, char path[LINKS_PATH_SIZE])
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	struct bpf_link_info info;
	struct dirent *entry;
	int fd = -1;
	DIR *dir;

	path[0] = '\0';
	if (bpf_xdp_query((int)port->ifindex, 0, &query) || !query.prog_id)
		return -1;
	dir = opendir(LINKS_ROOT);
	if (!dir)
		return -1;
	while (fd < 0 && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, LINKS_PATH_SIZE, LINKS_ROOT "/%.32s",
			 entry->d_name);
		fd = pins_open_link(path, &info);
		if (fd < 0)
			continue;
		if (info.xdp.ifindex == port->ifindex &&
		    info.prog_id == query.prog_id)
			break;
		close(fd);
		fd = -1;
	}
	closedir(dir);
	if (fd < 0)
		path[0] = '\0';
	return fd;
}

/* What a device left that is gone; its link is attached to nothing. */
static void remove_dead(const char *path)
{
	struct bpf_link_info info;
	int fd = pins_open_link(path, &info);

	if (fd < 0)
		return;
	close(fd);
	if (!info.xdp.ifindex)
		unlink(path);
}

int links_pin(const struct port *port, int link_fd,
	      char path[LINKS_PATH_SIZE])
{
	char name[PINS_NAME_SIZE];
	int err;

	err = pins_make_dir(LINKS_ROOT);
	if (err)
		return err;
	pins_name(name, port->name);
	snprintf(path, LINKS_PATH_SIZE, LINKS_ROOT "/%s", name);
	remove_dead(path);
	if (!access(path, F_OK))
		return fail(TD_FAIL, "%s belongs to a device that had this "
			    "name or is in another network namespace: 'tandem "
			    "unload' it there, or remove the file", path);
	return pins_add(link_fd, path);
}

int links_remove(int link_fd, const char *path)
{
	int err = bpf_link_detach(link_fd);

	if (err)
		return fail(err == -EPERM ? TD_PERM : TD_FAIL, "cannot detach "
			    "%s: %s", path, strerror(-err));
	if (unlink(path))
		return fail(TD_FAIL, "cannot remove %s: %s", path,
			    strerror(errno));
	/* another device's may be there */
	rmdir(LINKS_ROOT);
	return 0;
}
