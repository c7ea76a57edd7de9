/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Loads the programs of bpf/trace.bpf.c that are asked for and that kernel and
 * driver can serve. All are attached by links, which go with the process.
 */
#ifndef TANDEM_TRACER_H
#define TANDEM_TRACER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "../bpf/trace.h"
#include "port.h"

struct tracer {
	struct trace_bpf *bpf;
	struct ring_buffer *ring;
	struct port *port;
	unsigned int ports;
	struct trace_slot slot[TRACE_SLOTS];
	int napi[TRACE_SLOTS];
	bool live[TRACE_SLOTS];		/* the vector still exists */
	unsigned int slots;
	unsigned int left;		/* vectors that found no slot */
	uint32_t events;		/* wanted: bits of enum trace_kind */
	bool hists;
	uint32_t served;		/* of those, the ones that can come */
	uint32_t hists_served;		/* bits of enum trace_hist */
	bool ours;			/* one of the devices is of tandem.ko */
	bool foreign;
};

typedef int (*tracer_fn)(void *ctx, void *event, size_t size);

/* Adds one device, or all but loopback when @dev is NULL. An exit code. */
int tracer_add(struct tracer *t, const char *dev);

/* Loads and attaches for t->events and t->hists. An exit code. */
int tracer_start(struct tracer *t, tracer_fn fn, void *ctx);
void tracer_stop(struct tracer *t);

/* Looks again which vectors there are. */
void tracer_refresh(struct tracer *t);

const struct port *tracer_port(const struct tracer *t, int ifindex);
/* Events that there was no room for. */
uint64_t tracer_lost(const struct tracer *t);
bool tracer_histogram(const struct tracer *t, unsigned int slot,
		      enum trace_hist what, struct trace_histogram *h);

#endif
