/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Which UDP flow a receiver puts on which of its queues. */
#ifndef TANDEM_STEER_H
#define TANDEM_STEER_H

#include <stdbool.h>
#include <stdint.h>

#include "ethtool.h"

/* In network byte order, as in the frame. */
struct flow {
	uint32_t saddr, daddr;
	uint16_t sport, dport;
};

/* Bytes of a flow that a device may hash */
#define STEER_FLOW 12

/* The key has to be four bytes longer than @data. */
uint32_t toeplitz(const uint8_t *key, const uint8_t *data, unsigned int len);

/* The entry of a table that a device looks at for a hash. */
unsigned int steer_entry(const struct rss *rss, uint32_t hash);

/*
 * What keeps a device from doing with @len bytes what toeplitz() and
 * steer_entry() do, as what follows its name in a sentence; NULL if nothing.
 */
const char *steer_obstacle(const struct rss *rss, unsigned int len);

/*
 * A flow that lands on @queue whether the device hashes only the addresses of
 * UDP (what most do by default) or the ports too. False if there is none.
 */
bool steer_flow(const struct rss *rss, unsigned int queue, struct flow *flow);

/* The n-th of many flows that differ in all that a device may hash. */
void steer_any_flow(unsigned int n, struct flow *flow);

#endif
