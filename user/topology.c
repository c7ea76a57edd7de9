// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Reads the vectors of a device: MSI-X entries and IRQs from sysfs and procfs,
 * NAPI instances and queues from netlink. Where a driver has not linked its
 * queues to its NAPI instances, the interrupt's name tells the queue, by the
 * convention of <dev>-TxRx-N, <dev>-rx-N and <dev>-tx-N.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cpus.h"
#include "diag.h"
#include "netlink.h"
#include "port.h"
#include "tandem.h"
#include "topology.h"

void vector_unknown(struct vector *v)
{
	memset(v, 0, sizeof(*v));
	v->entry = UNKNOWN;
	v->irq = UNKNOWN;
	v->napi_id = UNKNOWN;
	v->rx_queue = UNKNOWN;
	v->tx_queue = UNKNOWN;
	v->defer_hard_irqs = UNKNOWN;
	v->gro_flush_ns = UNKNOWN;
	v->irq_suspend_ns = UNKNOWN;
}

static void read_vector(struct vector *v, int irq)
{
	char path[80], text[64];

	vector_unknown(v);
	v->irq = irq;
	snprintf(path, sizeof(path), "/sys/kernel/irq/%d/hwirq", irq);
	if (read_line(path, text, sizeof(text)))
		v->entry = atoi(text);
	snprintf(path, sizeof(path), "/sys/kernel/irq/%d/actions", irq);
	read_line(path, v->name, sizeof(v->name));
	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity_list", irq);
	read_line(path, v->affinity, sizeof(v->affinity));
	snprintf(path, sizeof(path), "/proc/irq/%d/effective_affinity_list",
		 irq);
	read_line(path, v->effective, sizeof(v->effective));
}

static int by_entry(const void *a, const void *b)
{
	const struct vector *x = a, *y = b;

	return x->entry != y->entry ? x->entry - y->entry : x->irq - y->irq;
}

static void read_irqs(struct topology *t, const struct port *port)
{
	/* virtio devices sit one level below the PCI function. */
	static const char *const places[] = { "device", "device/.." };
	struct dirent *e;
	char path[96];
	DIR *dir = NULL;
	size_t i;

	for (i = 0; i < 2 && !dir; i++) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/%s/msi_irqs",
			 port->name, places[i]);
		dir = opendir(path);
	}
	if (!dir)
		return;
	while ((e = readdir(dir))) {
		if (atoi(e->d_name) <= 0)
			continue;
		if (t->n < TOPOLOGY_MAX)
			read_vector(&t->vector[t->n++], atoi(e->d_name));
		else
			t->left++;
	}
	closedir(dir);
	qsort(t->vector, t->n, sizeof(t->vector[0]), by_entry);
}

static int queue_in_name(const char *name, const char *kind)
{
	const char *p = strcasestr(name, kind);

	return p ? atoi(p + strlen(kind)) : UNKNOWN;
}

static void queues_from_names(struct topology *t)
{
	struct vector *v;

	for (v = t->vector; v < t->vector + t->n; v++) {
		int both = queue_in_name(v->name, "-txrx-");

		v->rx_queue = both != UNKNOWN ? both :
			      queue_in_name(v->name, "-rx-");
		v->tx_queue = both != UNKNOWN ? both :
			      queue_in_name(v->name, "-tx-");
	}
}

static struct vector *vector_of_napi(struct topology *t, uint32_t napi)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if (t->vector[i].napi_id == (int)napi)
			return &t->vector[i];
	return NULL;
}

/* A NAPI without an MSI-X vector (veth, INTx) still gets a line. */
static void add_napis(struct topology *t, const struct nl_napi *napis, int n)
{
	struct vector *v;
	unsigned int i;
	int k;

	for (k = 0; k < n; k++) {
		v = NULL;
		for (i = 0; i < t->n && napis[k].irq; i++)
			if (t->vector[i].irq == (int)napis[k].irq &&
			    t->vector[i].napi_id == UNKNOWN)
				v = &t->vector[i];
		if (!v) {
			if (t->n == TOPOLOGY_MAX) {
				t->left++;
				continue;
			}
			v = &t->vector[t->n++];
			read_vector(v, napis[k].irq ? (int)napis[k].irq :
				    UNKNOWN);
		}
		v->napi_id = (int)napis[k].id;
		if (napis[k].has_settings) {
			v->defer_hard_irqs = (int)napis[k].defer_hard_irqs;
			v->gro_flush_ns = (int64_t)napis[k].gro_flush_timeout;
		}
		if (napis[k].has_suspend)
			v->irq_suspend_ns =
				(int64_t)napis[k].irq_suspend_timeout;
	}
}

static void add_queues(struct topology *t, const struct nl_queue *queues, int n)
{
	struct vector *v;
	int k;

	for (k = 0; k < n; k++) {
		v = queues[k].napi_id ? vector_of_napi(t, queues[k].napi_id) :
		    NULL;
		if (!v)
			continue;
		if (queues[k].is_tx)
			v->tx_queue = (int)queues[k].id;
		else
			v->rx_queue = (int)queues[k].id;
		if (queues[k].has_xsk)
			v->xsk = XSK_IS_BOUND;
	}
}

/* A pool that netlink tells of may be for copy mode as well. */
static void add_sockets(struct topology *t, const struct port *port)
{
	struct xsk_info *sockets;
	int n = xsk_list(port, &sockets), k;
	struct vector *v;

	for (v = t->vector; v < t->vector + t->n; v++)
		for (k = 0; k < n; k++)
			if (v->rx_queue == (int)sockets[k].queue ||
			    v->tx_queue == (int)sockets[k].queue)
				v->xsk = sockets[k].zerocopy ? XSK_IS_ZEROCOPY :
					 XSK_IS_COPY;
	free(sockets);
}

void topology_read(struct topology *t, const struct port *port)
{
	static struct nl_napi napis[TOPOLOGY_MAX];
	static struct nl_queue queues[2 * TOPOLOGY_MAX];
	struct netdev_nl *nl;
	int n;

	memset(t, 0, sizeof(*t));
	read_irqs(t, port);
	queues_from_names(t);
	nl = netdev_nl_open();
	if (nl) {
		n = netdev_nl_napis(nl, port->ifindex, napis, TOPOLOGY_MAX);
		add_napis(t, napis, n);
		n = netdev_nl_queues(nl, port->ifindex, queues,
				     2 * TOPOLOGY_MAX);
		add_queues(t, queues, n);
		netdev_nl_close(nl);
	}
	add_sockets(t, port);
}

void topology_say_left(unsigned int left)
{
	static bool said;

	if (left && !said)
		fail(0, "%u more vectors are left out: of a device there is "
		     "room for %u", left, TOPOLOGY_MAX);
	said |= left;
}

const char *xsk_kind_name(enum xsk_kind kind)
{
	static const char *const names[] = {
		[XSK_IS_BOUND] = "bound",
		[XSK_IS_COPY] = "copy",
		[XSK_IS_ZEROCOPY] = "zero-copy",
	};

	return names[kind];
}

const struct vector *topology_queue(const struct topology *t,
				    unsigned int queue, bool tx)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if ((tx ? t->vector[i].tx_queue : t->vector[i].rx_queue) ==
		    (int)queue)
			return &t->vector[i];
	return NULL;
}

const char *vector_cpu(const struct vector *v)
{
	struct cpu_list allowed;

	return cpus_parse(&allowed, v->affinity) && allowed.n == 1 ?
	       v->affinity : v->effective;
}

uint64_t irq_count(int irq)
{
	char path[64], text[4096], *p = text;
	uint64_t sum = 0;

	if (irq <= 0)
		return 0;
	snprintf(path, sizeof(path), "/sys/kernel/irq/%d/per_cpu_count", irq);
	if (!read_line(path, text, sizeof(text)))
		return 0;
	while (*p) {
		sum += strtoull(p, &p, 10);
		if (*p)
			p++;
	}
	return sum;
}
