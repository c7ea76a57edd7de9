/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The hierarchy of interrupt domains that a Linux IRQ goes through, from the
 * device's MSI-X table to the CPU's vectors.
 */
#ifndef TANDEM_DOMAINS_H
#define TANDEM_DOMAINS_H

#include <stdint.h>

#include "port.h"
#include "topology.h"

#define DOMAIN_LEVELS 6

struct domain_level {
	char domain[48], chip[48];	/* "" if nobody tells */
	uint64_t hwirq;
};

struct domain_chain {
	int irq;
	unsigned int n;
	struct domain_level level[DOMAIN_LEVELS];
};

struct domains {
	unsigned int n;
	struct domain_chain chain[TOPOLOGY_MAX];
};

/*
 * What the driver diagnoses by devlink of all its vectors; -EPERM if that needs
 * CAP_NET_ADMIN. A driver without such a diagnosis is no error.
 */
int domains_read(struct domains *domains, const struct port *port);

/*
 * The chain of one IRQ: the driver's, else what the kernel has in debugfs, else
 * the chip next to the device, which is all that sysfs tells.
 */
void domains_of(const struct domains *domains, int irq,
		struct domain_chain *chain);

/* "domain#hwirq > domain#hwirq"; a level without a domain by its chip. */
void domains_text(const struct domain_chain *chain, char *buf, size_t size);

#endif
