// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Applies and takes back the busy-polling profile; see napi.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "napi.h"
#include "tandem.h"
#include "topology.h"

#define DEFER_ATTR "napi_defer_hard_irqs"
#define FLUSH_ATTR "gro_flush_timeout"

const struct napi_values napi_interrupts;

/*
 * How long the application may stay away before the kernel polls by itself:
 * longer than a round over many queues takes on a slow machine, since every
 * such poll that finds nothing brings the interrupt back.
 */
const struct napi_values napi_driven = {
	.defer_hard_irqs = 2,
	.gro_flush_ns = 20000000,
};

/*
 * Whether busy polling of a socket that copies drives a queue depends on the driver:
 * if it does not, each frame waits for as long.
 */
const struct napi_values napi_copied = {
	.defer_hard_irqs = 2,
	.gro_flush_ns = 200000,
};

/*
 * Here epoll keeps the interrupt off, for as long as it finds work; the two
 * other values only bridge the way back to interrupts, so they are short. But
 * each look of epoll at a socket that asks for a wakeup is one, whose poll finds
 * nothing and counts one off: with 2, thousands of interrupts per million frames.
 */
const struct napi_values napi_suspended = {
	.defer_hard_irqs = 100,
	.gro_flush_ns = 200000,
	.irq_suspend_ns = 20000000,
};

/* The queue of @wanted that it serves, or UNKNOWN. */
static int served_by(const struct nl_queue *queues, int n, uint32_t napi,
		     uint64_t wanted)
{
	int k;

	for (k = 0; k < n; k++)
		if (queues[k].napi_id == napi && queues[k].id < 64 &&
		    (wanted >> queues[k].id & 1))
			return (int)queues[k].id;
	return UNKNOWN;
}

/* The number of NAPIs found, 0 if this kernel or driver has no such thing. */
static unsigned int read_per_napi(struct napi_profile *p, uint64_t wanted)
{
	static struct nl_napi napis[TOPOLOGY_MAX];
	static struct nl_queue queues[2 * TOPOLOGY_MAX];
	struct netdev_nl *nl = netdev_nl_open();
	int n = 0, nq = 0, k, queue;

	if (!nl)
		return 0;
	n = netdev_nl_napis(nl, p->port.ifindex, napis, TOPOLOGY_MAX);
	nq = netdev_nl_queues(nl, p->port.ifindex, queues, 2 * TOPOLOGY_MAX);
	for (k = 0; k < n && p->n < PORT_MAX_QUEUES; k++) {
		queue = served_by(queues, nq, napis[k].id, wanted);
		if (!napis[k].has_settings || queue == UNKNOWN)
			continue;
		p->queue[p->n] = queue;
		p->old[p->n++] = napis[k];
	}
	netdev_nl_close(nl);
	return p->n;
}

int napi_profile_read(struct napi_profile *p, const struct port *port,
		      uint64_t queues)
{
	memset(p, 0, sizeof(*p));
	p->port = *port;
	p->queues = queues;
	if (read_per_napi(p, queues))
		return 0;
	if (!port_sysfs_read(port, DEFER_ATTR, p->old_defer,
			     sizeof(p->old_defer)) ||
	    !port_sysfs_read(port, FLUSH_ATTR, p->old_flush,
			     sizeof(p->old_flush)))
		return fail(TD_NOTSUP, "this kernel cannot hold interrupts "
			    "back (no %s); use --wakeup irq", DEFER_ATTR);
	p->sysfs = true;
	return 0;
}

static int refused(const struct port *port)
{
	if (errno == EACCES || errno == EPERM)
		return fail(TD_PERM, "setting %s of %s needs CAP_NET_ADMIN",
			    DEFER_ATTR, port->name);
	return fail(TD_FAIL, "cannot set %s of %s: %s", DEFER_ATTR,
		    port->name, strerror(errno));
}

void napi_profile_choose(struct napi_profile *p,
			 const struct napi_values *values)
{
	p->ours = *values;
	p->chosen = true;
}

static int apply_per_napi(const struct napi_profile *p)
{
	struct netdev_nl *nl = netdev_nl_open();
	unsigned int k;
	int err = 0;

	if (!nl)
		return refused(&p->port);
	for (k = 0; k < p->n && !err; k++) {
		struct nl_napi set = p->old[k];

		set.defer_hard_irqs = p->ours.defer_hard_irqs;
		set.gro_flush_timeout = p->ours.gro_flush_ns;
		set.irq_suspend_timeout = p->ours.irq_suspend_ns;
		if (netdev_nl_napi_set(nl, &set))
			err = refused(&p->port);
	}
	netdev_nl_close(nl);
	return err;
}

int napi_require_suspend(const struct napi_profile *p)
{
	if (p->n && p->old[0].has_suspend)
		return 0;
	return fail(TD_NOTSUP, "this kernel or driver (%s) cannot suspend "
		    "interrupts per NAPI, Linux 6.13 can; use --wakeup busy",
		    port_driver(&p->port));
}

static bool write_number(const struct port *port, const char *attr,
			 uint32_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%u", value);
	return port_sysfs_write(port, attr, text);
}

int napi_profile_apply(const struct napi_profile *p)
{
	if (!p->sysfs)
		return apply_per_napi(p);
	if (!write_number(&p->port, DEFER_ATTR, p->ours.defer_hard_irqs) ||
	    !write_number(&p->port, FLUSH_ATTR, p->ours.gro_flush_ns))
		return refused(&p->port);
	return 0;
}

/* The NAPI that @queue has by now, or 0. */
static uint32_t napi_of(struct netdev_nl *nl, const struct port *port, int queue)
{
	static struct nl_queue queues[2 * TOPOLOGY_MAX];
	int k, n = netdev_nl_queues(nl, port->ifindex, queues, 2 * TOPOLOGY_MAX);

	for (k = 0; k < n; k++)
		if ((int)queues[k].id == queue && queues[k].napi_id)
			return queues[k].napi_id;
	return 0;
}

/*
 * A driver that restarted its queues in between may have given a NAPI another
 * number; the interrupt that it serves stayed, or else its queue.
 */
static uint32_t current_id(struct netdev_nl *nl, const struct port *port,
			   const struct nl_napi *old, int queue)
{
	static struct nl_napi now[TOPOLOGY_MAX];
	int k, n = netdev_nl_napis(nl, port->ifindex, now, TOPOLOGY_MAX);

	for (k = 0; k < n; k++)
		if (now[k].id == old->id)
			return old->id;
	for (k = 0; k < n; k++)
		if (old->irq && now[k].irq == old->irq)
			return now[k].id;
	return napi_of(nl, port, queue);
}

/*
 * A queue that restarts, because a socket of it was just closed, has no NAPI
 * for a moment. One that stays away was given back, and the kernel keeps what its
 * NAPI had for the next one; so it does while the device is down.
 */
static bool restore_one(struct netdev_nl *nl, const struct port *port,
			const struct nl_napi *old, int queue)
{
	const struct timespec step = { .tv_nsec = 20 * 1000 * 1000 };
	uint64_t start = now_ns();
	struct nl_napi set = *old;
	int err = 0;

	do {
		set.id = current_id(nl, port, old, queue);
		err = set.id ? netdev_nl_napi_set(nl, &set) : 0;
		if (set.id && !err)
			return true;
		if (!port_exists(port))
			return true;
		nanosleep(&step, NULL);
	} while (now_ns() - start < 2000000000ull && port_is_up(port));
	if (!port_is_up(port))
		err = -ENETDOWN;
	errno = err ? -err : ENXIO;
	/* of a queue that is not known none can say when it is back */
	return !err && queue == UNKNOWN;
}

static bool restore_per_napi(struct napi_profile *p)
{
	struct netdev_nl *nl = netdev_nl_open();
	unsigned int k;
	int err = 0;

	if (!nl)
		return false;
	p->gone = 0;
	for (k = 0; k < p->n; k++) {
		if (restore_one(nl, &p->port, &p->old[k], p->queue[k]))
			continue;
		err = errno;
		/* when the last of them is back, all are */
		if (err == ENXIO && (unsigned int)p->queue[k] > p->gone)
			p->gone = (unsigned int)p->queue[k];
	}
	netdev_nl_close(nl);
	errno = err;
	return !err;
}

/* Where ours are not known, as from the record of an earlier run, in any case. */
static bool restore_sysfs(const struct napi_profile *p, const char *attr,
			  uint32_t ours, const char *old)
{
	char now[24];

	if (p->chosen && port_sysfs_read(&p->port, attr, now, sizeof(now)) &&
	    strtoull(now, NULL, 10) != ours)
		return true;
	return port_sysfs_write(&p->port, attr, old);
}

bool napi_profile_restore(struct napi_profile *p)
{
	bool ok = true;

	port_follow(&p->port);
	if (p->n)
		ok = restore_per_napi(p);
	if (p->sysfs) {
		ok &= restore_sysfs(p, DEFER_ATTR, p->ours.defer_hard_irqs,
				    p->old_defer);
		ok &= restore_sysfs(p, FLUSH_ATTR, p->ours.gro_flush_ns,
				    p->old_flush);
	}
	if (ok) {
		p->n = 0;
		p->sysfs = false;
	}
	return ok;
}
