// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See probe.h. */
#include <time.h>

#include "netlink.h"
#include "probe.h"
#include "tandem.h"
#include "topology.h"
#include "umem.h"

/* More than a driver's receive ring wants to see before it starts. */
#define PROBE_CHUNKS 512

#define RELEASED_NS 5000000000ull

/* False as well if this kernel does not tell. */
static bool has_pool(const struct port *port, unsigned int queue)
{
	static struct nl_queue queues[2 * TOPOLOGY_MAX];
	struct netdev_nl *nl = netdev_nl_open();
	bool yes = false;
	int n, i;

	n = nl ? netdev_nl_queues(nl, port->ifindex, queues,
				  2 * TOPOLOGY_MAX) : 0;
	for (i = 0; i < n; i++)
		yes |= queues[i].id == queue && queues[i].has_xsk;
	netdev_nl_close(nl);
	return yes;
}

/*
 * The kernel takes the pool of a closed socket away some time later, and the
 * driver restarts the queue then. Where the kernel does not say when that was,
 * whoever can bind is behind it; but that leaves a pool too, though one that
 * concerns no driver.
 */
static void wait_released(const struct xsk *xsk, bool told)
{
	const struct timespec step = { .tv_nsec = 5 * 1000 * 1000 };
	const struct timespec settle = { .tv_nsec = 200 * 1000 * 1000 };
	uint64_t start = now_ns();
	char why[200];

	fail_capture(why, sizeof(why));
	while ((told ? has_pool(xsk->port, xsk->queue) :
		xsk_require_free(xsk)) && now_ns() - start < RELEASED_NS)
		nanosleep(&step, NULL);
	fail_capture(NULL, 0);
	if (!told)
		nanosleep(&settle, NULL);
}

int probe_queue(const struct port *port, unsigned int queue,
		enum xsk_demand demand, bool *zerocopy)
{
	const struct xsk_config config = {
		.ring_size = 64,
		.fill_size = PROBE_CHUNKS,
		.wakeup = WAKEUP_NEED,
		.demand = demand,
		.segments = port->mtu > PROBE_MTU_ONE_CHUNK,
	};
	struct umem umem;
	struct xsk xsk;
	bool told;
	int err = umem_create(&umem, PROBE_CHUNKS, 4096, 0);

	*zerocopy = false;
	if (err)
		return err;
	err = xsk_create(&xsk, port, queue, &umem, PROBE_CHUNKS, &config);
	if (!err) {
		xsk_fill(&xsk, 0, PROBE_CHUNKS);
		err = xsk_bind(&xsk, &config);
		*zerocopy = xsk.zerocopy;
	}
	told = has_pool(port, queue);
	xsk_close(&xsk);
	if (!err)
		wait_released(&xsk, told);
	umem_destroy(&umem);
	return err;
}
