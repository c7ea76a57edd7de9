/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The memory that frames live in: an array of chunks, registered with the
 * first socket that uses it and shared by any further ones.
 */
#ifndef TANDEM_UMEM_H
#define TANDEM_UMEM_H

#include <stddef.h>
#include <stdint.h>

struct umem {
	char *area;
	size_t bytes;
	uint32_t chunk;
	uint32_t headroom;
	uint32_t chunks;
	uint32_t taken;		/* chunks handed to sockets so far */
	int owner_fd;		/* the socket that registered it, or -1 */
};

int umem_create(struct umem *umem, uint32_t chunks, uint32_t chunk,
		uint32_t headroom);
void umem_destroy(struct umem *umem);

/* Registers the area with the kernel through the socket @fd. */
int umem_register(struct umem *umem, int fd);

/* The address of chunk @n, and where a frame at @addr is in our memory. */
static inline uint64_t umem_addr(const struct umem *umem, uint32_t n)
{
	return (uint64_t)n * umem->chunk;
}

static inline void *umem_data(const struct umem *umem, uint64_t addr)
{
	return umem->area + addr;
}

#endif
