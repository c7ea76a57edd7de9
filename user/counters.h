/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What a device has counted, per queue, whatever its driver calls it. Read as
 * a whole each time, because vectors come and go.
 */
#ifndef TANDEM_COUNTERS_H
#define TANDEM_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "ethtool.h"
#include "port.h"
#include "topology.h"

/* Names that drivers have for the same thing; "%u" is the queue. */
#define COUNTER_NAMES 4

struct counters {
	struct port port;
	struct topology topology;
	struct eth_stats stats;		/* stats.n is 0 if the driver has none */
	unsigned int queues;
};

/* False if there is no such device (any more); close it either way. */
bool counters_open(struct counters *c, const char *dev);
void counters_close(struct counters *c);

/* The first of @names that the driver has. False if it has none of them. */
bool counters_get(const struct counters *c, const char *const *names,
		  unsigned int queue, uint64_t *value);

/* One of /sys/class/net/<dev>/statistics. */
bool counters_device(const struct counters *c, const char *name,
		     uint64_t *value);

/* Calls @fn for every device but loopback, in the kernel's order. */
void every_device(void (*fn)(const char *dev, void *data), void *data);

/* Names of what more than one subcommand shows. */
extern const char *const counter_rx_packets[COUNTER_NAMES];
extern const char *const counter_tx_packets[COUNTER_NAMES];
extern const char *const counter_xdp_packets[COUNTER_NAMES];
extern const char *const counter_polls[COUNTER_NAMES];
extern const char *const counter_wakeups[COUNTER_NAMES];

#endif
