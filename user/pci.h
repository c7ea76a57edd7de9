/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* PCI functions and their drivers, by sysfs. */
#ifndef TANDEM_PCI_H
#define TANDEM_PCI_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#define PCI_ADDRESS_LEN 16
#define PCI_DRIVER_LEN 32
#define PCI_MAX_NETDEVS 8

/* What the tandem driver can drive; false if there is no such function. */
bool pci_is_82576(const char *address);

/* "1:0.0" becomes "0000:01:00.0"; false if it is no address. */
bool pci_address(char *address, const char *text);
bool pci_exists(const char *address);

/* A driver of that name is there. */
bool pci_driver_loaded(const char *driver);
/* The driver of a function, "" if none. */
void pci_driver(const char *address, char *driver);
/* Its driver_override, "" if none. */
void pci_override(const char *address, char *driver);

/*
 * Takes the function from its driver, and gives it to @driver ("" for none).
 * Its driver_override is @driver then, until pci_set_override(). False if
 * @driver does not want it: then none has it.
 */
bool pci_give(const char *address, const char *driver);
bool pci_set_override(const char *address, const char *driver);

struct pci_netdevs {
	bool any;	/* its driver is a network driver */
	unsigned int n;	/* interfaces in this network namespace */
	char name[PCI_MAX_NETDEVS][IFNAMSIZ];
};

void pci_netdevs(const char *address, struct pci_netdevs *out);
/* Virtual functions that are switched on. */
unsigned int pci_vfs(const char *address);

#endif
