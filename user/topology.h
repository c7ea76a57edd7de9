/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * From a device's MSI-X entries to the queues they serve:
 * entry -> Linux IRQ -> CPU, and NAPI instance -> queue.
 */
#ifndef TANDEM_TOPOLOGY_H
#define TANDEM_TOPOLOGY_H

#include <stdbool.h>
#include <stdint.h>

#include "port.h"

#define TOPOLOGY_MAX 512

/* A value that neither driver nor kernel tells. */
#define UNKNOWN (-1)

enum xsk_kind {
	XSK_IS_NONE,
	XSK_IS_BOUND,		/* of a kind that this kernel does not tell */
	XSK_IS_COPY,
	XSK_IS_ZEROCOPY,
};

struct vector {
	int entry;		/* slot in the MSI-X table */
	int irq;		/* Linux IRQ number */
	int napi_id;
	int rx_queue, tx_queue;
	/* How its interrupt is held back; see napi.h */
	int defer_hard_irqs;
	int64_t gro_flush_ns, irq_suspend_ns;
	enum xsk_kind xsk;	/* what is bound to its queues */
	char name[48];		/* as in /proc/interrupts */
	char affinity[32];	/* CPUs that are allowed */
	char effective[32];	/* the CPU that is used */
};

struct topology {
	unsigned int n;
	unsigned int left;	/* more vectors than there is room for */
	struct vector vector[TOPOLOGY_MAX];
};

/* A vector of which nothing is known. */
void vector_unknown(struct vector *v);

void topology_read(struct topology *topology, const struct port *port);

/* Once per process: that there were more vectors, if @left is not 0. */
void topology_say_left(unsigned int left);

/* The vector that serves a queue's receive (or transmit) side, or NULL. */
const struct vector *topology_queue(const struct topology *topology,
				    unsigned int queue, bool tx);

/*
 * The CPU that its interrupts go to, "" if nobody tells. An interrupt moves when
 * it comes the next time: until then the kernel tells the old CPU, so one that
 * is allowed alone counts.
 */
const char *vector_cpu(const struct vector *v);

/* "zero-copy", "copy", "bound", or NULL for nothing. */
const char *xsk_kind_name(enum xsk_kind kind);

/* Interrupts of a Linux IRQ so far, over all CPUs. */
uint64_t irq_count(int irq);

#endif
