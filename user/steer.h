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

uint32_t toeplitz(const uint8_t *key, const uint8_t *data, unsigned int len);

/*
 * A flow that lands on @queue whether the device hashes only the addresses of
 * UDP (what most do by default) or the ports too. False if there is none.
 */
bool steer_flow(const struct rss *rss, unsigned int queue, struct flow *flow);

/* The n-th of many flows that differ in all that a device may hash. */
void steer_any_flow(unsigned int n, struct flow *flow);

#endif
