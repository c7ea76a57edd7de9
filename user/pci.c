// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See pci.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pci.h"
#include "tandem.h"

#define PCI_BUS "/sys/bus/pci"

static bool read_attr(const char *address, const char *attr, char *text,
		      int size)
{
	char path[96];
	FILE *f;
	bool ok;

	text[0] = '\0';
	snprintf(path, sizeof(path), PCI_BUS "/devices/%s/%s", address, attr);
	f = fopen(path, "re");
	if (!f)
		return false;
	ok = fgets(text, size, f);
	fclose(f);
	text[strcspn(text, "\n")] = '\0';
	return ok;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text);
}

static unsigned long read_number(const char *address, const char *attr)
{
	char text[16];

	return read_attr(address, attr, text, sizeof(text)) ?
	       strtoul(text, NULL, 0) : 0;
}

bool pci_is_82576(const char *address)
{
	/* as in kernel/pci.c */
	static const unsigned int devices[] = {
		0x10c9, 0x10e6, 0x10e7, 0x10e8, 0x1526, 0x150a, 0x1518, 0x150d,
	};
	unsigned long device;
	size_t i;

	if (!*address || read_number(address, "vendor") != 0x8086)
		return false;
	device = read_number(address, "device");
	for (i = 0; i < ARRAY_SIZE(devices); i++)
		if (device == devices[i])
			return true;
	return false;
}

bool pci_address(char *address, const char *text)
{
	unsigned int domain = 0, bus, slot, function;
	int end = -1;

	if (strspn(text, "0123456789abcdefABCDEF:.") != strlen(text))
		return false;
	if (sscanf(text, "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function,
		   &end) != 4 || end < 0 || text[end]) {
		domain = 0;
		end = -1;
		if (sscanf(text, "%2x:%2x.%1x%n", &bus, &slot, &function,
			   &end) != 3 || end < 0 || text[end])
			return false;
	}
	if (slot > 31 || function > 7)
		return false;
	snprintf(address, PCI_ADDRESS_LEN, "%04x:%02x:%02x.%x", domain & 0xffff,
		 bus & 0xff, slot, function);
	return true;
}

bool pci_exists(const char *address)
{
	char path[96];

	snprintf(path, sizeof(path), PCI_BUS "/devices/%s", address);
	return !access(path, F_OK);
}

bool pci_driver_loaded(const char *driver)
{
	char path[96];

	snprintf(path, sizeof(path), PCI_BUS "/drivers/%s", driver);
	/* neither a way through the file system nor "." or ".." */
	return *driver && *driver != '.' && !strchr(driver, '/') &&
	       strlen(driver) < PCI_DRIVER_LEN && !access(path, F_OK);
}

void pci_driver(const char *address, char *driver)
{
	char path[96], target[256];
	const char *name;
	ssize_t n;

	driver[0] = '\0';
	snprintf(path, sizeof(path), PCI_BUS "/devices/%s/driver", address);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	name = strrchr(target, '/');
	snprintf(driver, PCI_DRIVER_LEN, "%.31s", name ? name + 1 : target);
}

void pci_override(const char *address, char *driver)
{
	if (!read_attr(address, "driver_override", driver, PCI_DRIVER_LEN) ||
	    !strcmp(driver, "(null)"))
		driver[0] = '\0';
}

bool pci_set_override(const char *address, const char *driver)
{
	char path[96];

	snprintf(path, sizeof(path), PCI_BUS "/devices/%s/driver_override",
		 address);
	/* an empty line takes it away */
	return write_file(path, *driver ? driver : "\n");
}

bool pci_give(const char *address, const char *driver)
{
	char path[96], now[PCI_DRIVER_LEN];

	/* First, or another driver could be quicker in between. */
	if (!pci_set_override(address, driver))
		return false;
	pci_driver(address, now);
	if (!strcmp(now, driver))
		return true;
	if (now[0]) {
		snprintf(path, sizeof(path), PCI_BUS "/drivers/%s/unbind", now);
		if (!write_file(path, address))
			return false;
	}
	if (!driver[0])
		return true;
	write_file(PCI_BUS "/drivers_probe", address);
	pci_driver(address, now);
	return !strcmp(now, driver);
}

void pci_netdevs(const char *address, struct pci_netdevs *out)
{
	struct dirent *e;
	char path[96];
	DIR *dir;

	memset(out, 0, sizeof(*out));
	snprintf(path, sizeof(path), PCI_BUS "/devices/%s/net", address);
	dir = opendir(path);
	if (!dir)
		return;
	out->any = true;
	while ((e = readdir(dir)) && out->n < PCI_MAX_NETDEVS)
		if (e->d_name[0] != '.')
			snprintf(out->name[out->n++], IFNAMSIZ, "%.15s",
				 e->d_name);
	closedir(dir);
}

unsigned int pci_vfs(const char *address)
{
	return (unsigned int)read_number(address, "sriov_numvfs");
}
