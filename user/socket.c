// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Creates and binds AF_XDP sockets with plain system calls. A library would
 * hide which flag was asked for and which mode the kernel gave; both are what
 * this tool is about.
 */
#include <errno.h>
#include <linux/if_xdp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "socket.h"
#include "tandem.h"

#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#endif
#ifndef SO_BUSY_POLL_BUDGET
#define SO_BUSY_POLL_BUDGET 70
#endif

/* How long a queue may stay busy after its socket was closed. */
#define BUSY_NS 500000000ull

static int map_ring(struct ring *r, int fd, const struct xdp_ring_offset *off,
		    uint32_t size, size_t entry, uint64_t pgoff)
{
	char *map;

	r->map_bytes = off->desc + size * entry;
	map = mmap(NULL, r->map_bytes, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_POPULATE, fd, (off_t)pgoff);
	if (map == MAP_FAILED)
		return fail(TD_FAIL, "cannot map a socket ring: %s",
			    strerror(errno));
	r->map = map;
	r->producer = (void *)(map + off->producer);
	r->consumer = (void *)(map + off->consumer);
	r->flags = (void *)(map + off->flags);
	r->entries = map + off->desc;
	r->size = size;
	r->mask = size - 1;
	r->local = 0;
	return 0;
}

static int set_ring_size(int fd, int option, uint32_t size)
{
	if (!setsockopt(fd, SOL_XDP, option, &size, sizeof(size)))
		return 0;
	return fail(TD_FAIL, "the kernel refuses a ring of %u entries: %s",
		    size, strerror(errno));
}

static int size_rings(int fd, const struct xsk_config *config)
{
	int err = set_ring_size(fd, XDP_UMEM_FILL_RING, config->fill_size);

	if (!err)
		err = set_ring_size(fd, XDP_UMEM_COMPLETION_RING,
				    config->ring_size);
	if (!err)
		err = set_ring_size(fd, XDP_RX_RING, config->ring_size);
	if (!err)
		err = set_ring_size(fd, XDP_TX_RING, config->ring_size);
	return err;
}

static int create_rings(struct xsk *xsk, const struct xsk_config *config)
{
	const size_t addr = sizeof(uint64_t), desc = sizeof(struct xdp_desc);
	const uint32_t n = config->ring_size;
	struct xdp_mmap_offsets off;
	socklen_t len = sizeof(off);
	int fd = xsk->fd;
	int err = size_rings(fd, config);

	if (err)
		return err;
	if (getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &off, &len))
		return fail(TD_FAIL, "cannot get the rings' layout: %s",
			    strerror(errno));
	err = map_ring(&xsk->fill, fd, &off.fr, config->fill_size, addr,
		       XDP_UMEM_PGOFF_FILL_RING);
	if (!err)
		err = map_ring(&xsk->comp, fd, &off.cr, n, addr,
			       XDP_UMEM_PGOFF_COMPLETION_RING);
	if (!err)
		err = map_ring(&xsk->rx, fd, &off.rx, n, desc,
			       XDP_PGOFF_RX_RING);
	if (!err)
		err = map_ring(&xsk->tx, fd, &off.tx, n, desc,
			       XDP_PGOFF_TX_RING);
	return err;
}

static int open_socket(struct xsk *xsk)
{
	xsk->fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (xsk->fd >= 0)
		return 0;
	if (errno == EPERM || errno == EACCES)
		return fail(TD_PERM, "AF_XDP sockets need CAP_NET_RAW (and "
			    "CAP_BPF, CAP_NET_ADMIN for the program); run it "
			    "with sudo");
	if (errno == EAFNOSUPPORT)
		return fail(TD_NOTSUP, "this kernel has no AF_XDP sockets: boot "
			    "one that was built with CONFIG_XDP_SOCKETS");
	return fail(TD_FAIL, "cannot create an AF_XDP socket: %s",
		    strerror(errno));
}

int xsk_create(struct xsk *xsk, const struct port *port, unsigned int queue,
	       struct umem *umem, uint32_t chunks,
	       const struct xsk_config *config)
{
	int err;

	memset(xsk, 0, sizeof(*xsk));
	err = open_socket(xsk);
	if (err)
		return err;
	xsk->port = port;
	xsk->queue = queue;
	xsk->umem = umem;
	xsk->wakeup = config->wakeup;
	xsk->first_chunk = umem->taken;
	xsk->chunks = chunks;
	umem->taken += chunks;

	if (umem->owner_fd < 0) {
		err = umem_register(umem, xsk->fd);
		if (err)
			return err;
	}
	return create_rings(xsk, config);
}

static int set_busy_poll(struct xsk *xsk, const struct xsk_config *config)
{
	int prefer = 1, usecs = (int)config->busy_usecs;
	int budget = (int)config->busy_budget;

	if (setsockopt(xsk->fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &prefer,
		       sizeof(prefer)) ||
	    setsockopt(xsk->fd, SOL_SOCKET, SO_BUSY_POLL, &usecs,
		       sizeof(usecs)) ||
	    setsockopt(xsk->fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budget,
		       sizeof(budget))) {
		if (errno == EPERM)
			return fail(TD_PERM, "busy polling with a budget of %d "
				    "needs CAP_NET_ADMIN", budget);
		return fail(TD_NOTSUP, "this kernel refuses preferred busy "
			    "polling: %s; use --wakeup need", strerror(errno));
	}
	return 0;
}

static int bind_refused(const struct xsk *xsk, enum xsk_demand demand)
{
	const char *dev = xsk->port->name;
	unsigned int q = xsk->queue;

	switch (errno) {
	case EBUSY:
		return fail(TD_FAIL, "queue %u of %s already has an AF_XDP "
			    "socket; stop the other program or choose another "
			    "queue with -q", q, dev);
	case EOPNOTSUPP:
	case EPROTONOSUPPORT:
		if (demand != XSK_ZEROCOPY)
			break;
		return fail(TD_NOTSUP, "%s (driver %s) has no AF_XDP zero-copy "
			    "on this kernel; --allow-copy runs it in copy mode",
			    dev, port_driver(xsk->port));
	case ENETDOWN:
		return fail(TD_FAIL, "%s is down: ip link set %s up", dev, dev);
	case EPERM:
		return fail(TD_PERM, "binding to %s needs CAP_NET_RAW", dev);
	default:
		break;
	}
	return fail(TD_FAIL, "cannot bind a socket to queue %u of %s: %s", q,
		    dev, strerror(errno));
}

/*
 * Asks by a bind in copy mode of a socket that is thrown away again: the
 * kernel looks for another owner of the queue before anything else.
 */
int xsk_require_free(const struct xsk *xsk)
{
	const struct xsk_config config = { .ring_size = 64, .fill_size = 64 };
	const struct sockaddr_xdp sxdp = {
		.sxdp_family = AF_XDP,
		.sxdp_ifindex = xsk->port->ifindex,
		.sxdp_queue_id = xsk->queue,
		.sxdp_flags = XDP_COPY,
	};
	struct umem umem;
	struct xsk probe;
	int err = umem_create(&umem, 64, 4096, 0);

	if (err)
		return err;
	err = xsk_create(&probe, xsk->port, xsk->queue, &umem, 64, &config);
	if (!err && probe.fd >= 0 &&
	    bind(probe.fd, (const struct sockaddr *)&sxdp, sizeof(sxdp)) &&
	    errno == EBUSY)
		err = bind_refused(xsk, XSK_COPY);
	xsk_close(&probe);
	umem_destroy(&umem);
	return err;
}

static void read_identity(struct xsk *xsk)
{
	socklen_t len = sizeof(xsk->cookie);

	if (getsockopt(xsk->fd, SOL_SOCKET, SO_COOKIE, &xsk->cookie, &len))
		xsk->cookie = 0;
	len = sizeof(xsk->napi_id);
	if (getsockopt(xsk->fd, SOL_SOCKET, SO_INCOMING_NAPI_ID, &xsk->napi_id,
		       &len))
		xsk->napi_id = 0;
}

/*
 * A queue is free some time after its last socket was closed, as the kernel
 * takes the pool away later.
 */
static bool bind_patiently(int fd, const struct sockaddr_xdp *sxdp)
{
	const struct timespec step = { .tv_nsec = 10 * 1000 * 1000 };
	uint64_t start = now_ns();

	while (bind(fd, (const struct sockaddr *)sxdp, sizeof(*sxdp))) {
		if (errno != EBUSY || now_ns() - start > BUSY_NS)
			return false;
		nanosleep(&step, NULL);
	}
	return true;
}

int xsk_bind(struct xsk *xsk, const struct xsk_config *config)
{
	struct sockaddr_xdp sxdp = {
		.sxdp_family = AF_XDP,
		.sxdp_ifindex = xsk->port->ifindex,
		.sxdp_queue_id = xsk->queue,
	};
	struct xdp_options options = { 0 };
	socklen_t len = sizeof(options);
	int err;

	if (config->wakeup == WAKEUP_BUSY) {
		err = set_busy_poll(xsk, config);
		if (err)
			return err;
	}
	if (xsk->umem->owner_fd != xsk->fd) {
		/* The mode and need_wakeup come from the owner's bind. */
		sxdp.sxdp_flags = XDP_SHARED_UMEM;
		sxdp.sxdp_shared_umem_fd = (uint32_t)xsk->umem->owner_fd;
	} else {
		if (config->wakeup != WAKEUP_IRQ)
			sxdp.sxdp_flags |= XDP_USE_NEED_WAKEUP;
		if (config->demand == XSK_ZEROCOPY)
			sxdp.sxdp_flags |= XDP_ZEROCOPY;
		else if (config->demand == XSK_COPY)
			sxdp.sxdp_flags |= XDP_COPY;
		if (config->segments)
			sxdp.sxdp_flags |= XDP_USE_SG;
	}
	if (!bind_patiently(xsk->fd, &sxdp))
		return bind_refused(xsk, config->demand);

	/* What was asked for is not proof: ask what it became. */
	if (getsockopt(xsk->fd, SOL_XDP, XDP_OPTIONS, &options, &len))
		return fail(TD_NOTSUP, "this kernel does not say whether a "
			    "socket is zero-copy (%s): boot Linux 5.3 or newer",
			    strerror(errno));
	xsk->zerocopy = options.flags & XDP_OPTIONS_ZEROCOPY;
	if (config->demand == XSK_ZEROCOPY && !xsk->zerocopy)
		return fail(TD_NOTSUP, "queue %u of %s was bound in copy mode, "
			    "though zero-copy was demanded", xsk->queue,
			    xsk->port->name);
	read_identity(xsk);
	return 0;
}

static void unmap_ring(struct ring *r)
{
	if (r->map)
		munmap(r->map, r->map_bytes);
	r->map = NULL;
}

void xsk_close(struct xsk *xsk)
{
	unmap_ring(&xsk->rx);
	unmap_ring(&xsk->tx);
	unmap_ring(&xsk->fill);
	unmap_ring(&xsk->comp);
	if (xsk->fd >= 0)
		close(xsk->fd);
	xsk->fd = -1;
}

void xsk_fill(struct xsk *xsk, uint32_t first, uint32_t n)
{
	uint64_t *addrs = ring_addrs(&xsk->fill);
	uint32_t i;

	for (i = 0; i < n; i++)
		addrs[(xsk->fill.local + i) & xsk->fill.mask] =
			umem_addr(xsk->umem, xsk->first_chunk + first + i);
	ring_submit(&xsk->fill, n);
}

bool xsk_statistics(const struct xsk *xsk, struct xdp_statistics *stats)
{
	socklen_t len = sizeof(*stats);

	memset(stats, 0, sizeof(*stats));
	return !getsockopt(xsk->fd, SOL_XDP, XDP_STATISTICS, stats, &len);
}
