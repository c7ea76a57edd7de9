/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * One of the four rings of an AF_XDP socket, shared with the kernel.
 *
 * Both indices run freely and are masked on access. The side that the
 * application owns is kept in @local, so that only the other side's index is
 * ever read from the shared cache line, once per batch.
 */
#ifndef TANDEM_RING_H
#define TANDEM_RING_H

#include <linux/if_xdp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
	uint32_t *producer;
	uint32_t *consumer;
	uint32_t *flags;
	void *entries;		/* uint64_t (fill, completion) or xdp_desc */
	uint32_t local;		/* our own index: written, not yet published */
	uint32_t size;
	uint32_t mask;
	void *map;
	size_t map_bytes;
};

static inline uint64_t *ring_addrs(const struct ring *r)
{
	return r->entries;
}

static inline struct xdp_desc *ring_descs(const struct ring *r)
{
	return r->entries;
}

/* Entries that the kernel has produced and we have not consumed. */
static inline uint32_t ring_ready(const struct ring *r)
{
	return __atomic_load_n(r->producer, __ATOMIC_ACQUIRE) - r->local;
}

/* Gives @n consumed entries back to the kernel. */
static inline void ring_release(struct ring *r, uint32_t n)
{
	r->local += n;
	__atomic_store_n(r->consumer, r->local, __ATOMIC_RELEASE);
}

/* Entries that we may write before the kernel has to consume some. */
static inline uint32_t ring_free(const struct ring *r)
{
	return r->size -
	       (r->local - __atomic_load_n(r->consumer, __ATOMIC_ACQUIRE));
}

/* Publishes @n entries that were written at local, local + 1, ... */
static inline void ring_submit(struct ring *r, uint32_t n)
{
	r->local += n;
	__atomic_store_n(r->producer, r->local, __ATOMIC_RELEASE);
}

/* Entries that were published and that the kernel has not taken. */
static inline uint32_t ring_pending(const struct ring *r)
{
	return r->local - __atomic_load_n(r->consumer, __ATOMIC_ACQUIRE);
}

static inline bool ring_needs_wakeup(const struct ring *r)
{
	return __atomic_load_n(r->flags, __ATOMIC_RELAXED) &
	       XDP_RING_NEED_WAKEUP;
}

#endif
