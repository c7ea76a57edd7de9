/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* An AF_XDP socket bound to one queue of one device. */
#ifndef TANDEM_SOCKET_H
#define TANDEM_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "port.h"
#include "ring.h"
#include "umem.h"

enum wakeup_mode {
	WAKEUP_IRQ,	/* the kernel works by interrupts; we sleep in poll() */
	WAKEUP_NEED,	/* system calls only where a ring's flag asks for one */
	WAKEUP_BUSY,	/* we drive NAPI; the vector's interrupt stays masked */
	WAKEUP_SUSPEND,	/* an epoll does; to the sockets it is WAKEUP_NEED */
};

enum xsk_demand {
	XSK_ZEROCOPY,	/* zero-copy or nothing */
	XSK_ANY,	/* zero-copy if the driver can, else copy */
	XSK_COPY,	/* copy mode, also where zero-copy would work */
};

struct xsk_config {
	uint32_t ring_size;	/* RX, TX and completion rings */
	uint32_t fill_size;
	enum wakeup_mode wakeup;
	enum xsk_demand demand;
	bool segments;		/* frames may be longer than a chunk */
	uint32_t busy_budget;
	uint32_t busy_usecs;
};

struct xsk {
	/* What the loops touch comes first. */
	int fd;
	enum wakeup_mode wakeup;
	struct ring rx, tx, fill, comp;
	struct umem *umem;
	uint64_t rx_packets, tx_packets;
	uint64_t syscalls;
	int error;		/* first errno that a wakeup did not expect */

	const struct port *port;
	unsigned int queue;
	uint32_t first_chunk;	/* of the chunks that belong to this socket */
	uint32_t chunks;
	uint64_t cookie;
	uint32_t napi_id;
	bool zerocopy;
};

/*
 * Creates the socket with its rings, taking @chunks chunks of @umem. It is not
 * bound yet, so that the fill ring can be filled first: some drivers never
 * receive when they find it empty at bind.
 */
int xsk_create(struct xsk *xsk, const struct port *port, unsigned int queue,
	       struct umem *umem, uint32_t chunks,
	       const struct xsk_config *config);
int xsk_bind(struct xsk *xsk, const struct xsk_config *config);
void xsk_close(struct xsk *xsk);

/* Fails, with the reason, if the socket's queue belongs to another socket. */
int xsk_require_free(const struct xsk *xsk);

/* Posts @n of the socket's chunks, from the @first on, for reception. */
void xsk_fill(struct xsk *xsk, uint32_t first, uint32_t n);

/* Why frames were lost, as the kernel counts it. */
struct xdp_statistics;
bool xsk_statistics(const struct xsk *xsk, struct xdp_statistics *stats);

#endif
