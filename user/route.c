// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See route.h. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <dirent.h>

#include "route.h"

#define RTF_REJECT 0x0200
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

static bool in_ipv4(const char *dev)
{
	FILE *f = fopen("/proc/net/route", "re");
	unsigned int dest, mask;
	char line[256], name[32];
	bool yes = false;

	while (f && !yes && fgets(line, sizeof(line), f))
		if (sscanf(line, "%31s %x %*x %*x %*d %*d %*d %x", name, &dest,
			   &mask) == 3 && !dest && !mask)
			yes = carries(name, dev, MAX_DEPTH);
	if (f)
		fclose(f);
	return yes;
}

static bool in_ipv6(const char *dev)
{
	FILE *f = fopen("/proc/net/ipv6_route", "re");
	char line[256], dest[40], name[32];
	unsigned int bits, flags;
	bool yes = false;

	while (f && !yes && fgets(line, sizeof(line), f))
		if (sscanf(line, "%39s %x %*s %*x %*s %*x %*x %*x %x %31s",
			   dest, &bits, &flags, name) == 4 && !bits &&
		    strspn(dest, "0") == strlen(dest) && !(flags & RTF_REJECT))
			yes = carries(name, dev, MAX_DEPTH);
	if (f)
		fclose(f);
	return yes;
}

bool route_is_default(const char *dev)
{
	return in_ipv4(dev) || in_ipv6(dev);
}
