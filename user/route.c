// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See route.h. */
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "netlink.h"
#include "route.h"

/* VLAN on bond on port, and then some */
#define MAX_DEPTH 8

/* @dev is @upper or below it. */
static bool carries(const char *upper, const char *dev, unsigned int depth)
{
	static const char prefix[] = "lower_";
	struct dirent *e;
	char path[64];
	bool yes = false;
	DIR *dir;

	if (!strcmp(upper, dev))
		return true;
	snprintf(path, sizeof(path), "/sys/class/net/%.15s", upper);
	dir = depth ? opendir(path) : NULL;
	while (dir && !yes && (e = readdir(dir)))
		if (!strncmp(e->d_name, prefix, sizeof(prefix) - 1))
			yes = carries(e->d_name + sizeof(prefix) - 1, dev,
				      depth - 1);
	if (dir)
		closedir(dir);
	return yes;
}

struct search {
	const char *dev;
	bool found;
};

static void on_route(unsigned int ifindex, void *data)
{
	struct search *search = data;
	char name[IF_NAMESIZE];

	search->found |= if_indextoname(ifindex, name) &&
			 carries(name, search->dev, MAX_DEPTH);
}

int route_is_default(const char *dev)
{
	struct search search = { .dev = dev };
	int err, tries = 3;

	/* interrupted: routes changed while they were listed */
	do {
		err = netlink_default_routes(on_route, &search);
	} while (err == -EINTR && --tries);
	return err ? err : search.found;
}
