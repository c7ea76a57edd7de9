// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Makes a benchmark in the order that drivers need: program, sockets with a
 * filled fill ring, bind, map entry, carrier, and the NAPI settings last,
 * because an attach or a bind may restart the queues. Undone in reverse.
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "cpus.h"
#include "frame.h"
#include "state.h"
#include "tandem.h"
#include "wakeup.h"

#define CARRIER_MS 15000

static int open_ports(struct bench *b)
{
	const struct bench_config *c = b->config;
	unsigned int p, i;
	int err;

	for (p = 0; p < c->ndevs; p++) {
		err = port_open(&b->port[p], c->dev[p]);
		if (err)
			return err;
		b->nports++;
		for (i = 0; i < p; i++)
			if (b->port[i].ifindex == b->port[p].ifindex)
				return fail(TD_USAGE, "bench: %s and %s are the "
					    "same device", c->dev[i],
					    c->dev[p]);
	}
	for (p = 0; p < b->nports; p++) {
		err = port_require_up(&b->port[p]);
		if (!err)
			err = port_require_queues(&b->port[p], c->queues);
		if (err)
			return err;
	}
	return 0;
}

static int check_size(const struct bench_config *c, const struct port *port)
{
	if (c->size - FRAME_FCS > port->mtu + 14)
		return fail(TD_USAGE, "bench: --size %u is more than the MTU "
			    "%u of %s allows (%u)", (unsigned int)c->size,
			    port->mtu, port->name, port->mtu + 14 + FRAME_FCS);
	return 0;
}

/* What the kernel and the device need of a chunk besides the frame's MTU. */
#define CHUNK_RESERVE 256
#define FRAME_OVERHEAD 26

/*
 * A frame has to fit in one chunk. The kernel refuses to bind otherwise, or
 * drops what is too long, and says neither why.
 */
static int check_chunk(const struct bench_config *c, const struct port *port)
{
	unsigned int chunk = (unsigned int)c->chunk;
	unsigned int head = (unsigned int)c->headroom;
	unsigned int room = (chunk - CHUNK_RESERVE - head) & ~127u;

	if (port->mtu + FRAME_OVERHEAD <= room)
		return 0;
	if (chunk < 4096)
		return fail(TD_FAIL, "a frame of %s's MTU %u does not fit in a "
			    "chunk of %u bytes: use --chunk 4096", port->name,
			    port->mtu, chunk);
	return fail(TD_FAIL, "a frame of %s's MTU %u does not fit in a chunk of "
		    "%u bytes: 'ip link set %s mtu %u'%s", port->name,
		    port->mtu, chunk, port->name, room - FRAME_OVERHEAD,
		    head ? ", or less --headroom" : "");
}

static enum attach_how attach_how(const struct bench_config *c)
{
	return c->skb ? ATTACH_SKB :
	       c->attach ? ATTACH_DISPATCHER : ATTACH_NATIVE;
}

/* To a socket, waiting in an epoll is one more way to have nothing to do. */
static enum wakeup_mode socket_wakeup(const struct bench_config *c)
{
	return c->wakeup == WAKEUP_SUSPEND ? WAKEUP_NEED : c->wakeup;
}

static struct xsk *new_socket(struct bench *b, unsigned int port,
			      unsigned int queue, uint32_t chunks, int *err)
{
	const struct bench_config *c = b->config;
	const struct xsk_config config = {
		.ring_size = (uint32_t)c->ring,
		.fill_size = (uint32_t)c->fill,
		.wakeup = socket_wakeup(c),
	};
	struct umem *umem = &b->umem[b->numems];
	struct xsk *x = &b->xsk[b->nxsks];

	/* Ports that forward share one memory: that is the zero copy. */
	if (b->two_way && b->numems) {
		umem = &b->umem[0];
	} else {
		uint32_t n = b->two_way ? chunks * b->nports * (uint32_t)
			     __builtin_popcountll(c->queues) : chunks;

		*err = umem_create(umem, n, (uint32_t)c->chunk,
				   (uint32_t)c->headroom);
		if (*err)
			return NULL;
		b->numems++;
	}
	b->nxsks++;
	*err = xsk_create(x, &b->port[port], queue, umem, chunks, &config);
	return *err ? NULL : x;
}

static int new_lane(struct bench *b, struct xsk *rx, struct xsk *tx)
{
	const struct bench_config *c = b->config;
	struct lane *l = &b->lane[b->nlanes++];

	l->rx = rx;
	l->tx = tx;
	l->batch = (uint32_t)c->batch;
	l->window = (uint32_t)(c->inflight > c->batch ? c->inflight : c->batch);
	l->laps_of = c->mode == BENCH_L2FWD ? (uint32_t)c->inflight : 0;
	l->frame_len = (uint32_t)(c->size - FRAME_FCS);
	if (rx)
		b->row[rx - b->xsk].rx = true;
	if (tx)
		b->row[tx - b->xsk].tx = true;
	if (c->latency) {
		l->place = (unsigned int)(l - b->lane);
		l->times = l->place ? b->lane[0].times :
			   calloc(1, sizeof(*l->times));
		if (!l->times)
			return fail(TD_FAIL, "out of memory");
	}
	if (c->verify && rx) {
		l->flows = calloc(LANE_FLOWS, sizeof(*l->flows));
		if (!l->flows)
			return fail(TD_FAIL, "out of memory");
	}
	return 0;
}

/* Sockets and lane of one queue of @port (and of the next one, which sends), in
 * modes where one side sends.
 */
static int make_queue(struct bench *b, unsigned int port, unsigned int q)
{
	const struct bench_config *c = b->config;
	const uint32_t fill = (uint32_t)c->fill, ring = (uint32_t)c->ring;
	struct xsk *rx = NULL, *tx = NULL;
	unsigned int sender = port + bench_group(b) - 1;
	int err = 0;

	if (c->mode != BENCH_TXONLY)
		rx = new_socket(b, port, q, fill, &err);
	if (!err && c->mode != BENCH_RXDROP)
		tx = new_socket(b, sender, q, fill + ring, &err);
	if (!err)
		err = new_lane(b, rx, tx);
	if (err)
		return err;
	if (rx)
		xsk_fill(rx, 0, fill);
	if (tx)
		xsk_fill(tx, 0, fill);
	return 0;
}

/* What will go round is not posted for reception. */
static int make_forwarder(struct bench *b, unsigned int port, unsigned int q)
{
	const uint32_t fill = (uint32_t)b->config->fill;
	const unsigned int n = bench_group(b);
	struct xsk *x[2];
	unsigned int p;
	int err;

	for (p = 0; p < n; p++) {
		x[p] = new_socket(b, port + p, q, fill, &err);
		if (err)
			return err;
		xsk_fill(x[p], 0, fill - (uint32_t)b->config->inflight);
	}
	for (p = 0; p < n; p++) {
		err = new_lane(b, x[p], x[n - 1 - p]);
		if (err)
			return err;
	}
	return 0;
}

static int make_sockets(struct bench *b)
{
	unsigned int q, p;
	int err = 0;

	for (q = 0; q < PORT_MAX_QUEUES; q++) {
		if (!(b->config->queues >> q & 1))
			continue;
		for (p = 0; p < b->nports && !err; p += bench_group(b))
			err = b->config->mode == BENCH_L2FWD ?
			      make_forwarder(b, p, q) : make_queue(b, p, q);
	}
	return err;
}

static int bind_sockets(struct bench *b)
{
	const struct bench_config *c = b->config;
	const struct xsk_config config = {
		.wakeup = socket_wakeup(c),
		.demand = c->copy ? XSK_COPY : c->allow_copy ? XSK_ANY :
			  XSK_ZEROCOPY,
		.busy_budget = (uint32_t)c->batch,
		.busy_usecs = 20,
	};
	unsigned int i;
	int err;

	for (i = 0; i < b->nxsks; i++) {
		struct xsk *x = &b->xsk[i];

		err = xsk_bind(x, &config);
		if (!err && !c->no_prog)
			err = pairing_add(&b->pairing[x->port - b->port],
					  x->queue, x->fd);
		if (err)
			return err;
	}
	return 0;
}

/*
 * A program that is there already is most likely another run's. If its sockets
 * are on our queues, that is what the user wants to hear.
 */
static int attach_programs(struct bench *b)
{
	const struct bench_config *c = b->config;
	unsigned int p, i;
	int err;

	for (p = 0; p < b->nports; p++) {
		for (i = 0; i < b->nxsks && port_has_program(&b->port[p]); i++) {
			if (b->xsk[i].port != &b->port[p])
				continue;
			err = xsk_require_free(&b->xsk[i]);
			if (err)
				return err;
		}
		err = pairing_attach(&b->pairing[p], &b->port[p], c->prog,
				     attach_how(c), c->allow_copy || c->skb);
		if (err)
			return err;
	}
	return 0;
}

/* A forwarder takes frames for any address, as a bridge does. */
static int accept_all(struct bench *b)
{
	unsigned int p;

	b->promisc_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	for (p = 0; p < b->nports && b->promisc_fd >= 0; p++) {
		struct packet_mreq mreq = {
			.mr_ifindex = (int)b->port[p].ifindex,
			.mr_type = PACKET_MR_PROMISC,
		};

		if (setsockopt(b->promisc_fd, SOL_PACKET,
			       PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq)))
			break;
	}
	if (p == b->nports)
		return 0;
	return fail(errno == EPERM ? TD_PERM : TD_FAIL, "cannot make the ports "
		    "promiscuous (CAP_NET_RAW): %s", strerror(errno));
}

/* More frames under way than the receiver has descriptors can get lost. */
static void warn_of_overrun(const struct bench *b)
{
	const struct bench_config *c = b->config;
	uint64_t window = c->inflight > c->batch ? c->inflight : c->batch;
	unsigned int p, ring;

	for (p = 0; c->mode == BENCH_PAIR && p < b->nports; p += 2) {
		const char *name = b->port[p].name;

		ring = port_rx_ring(&b->port[p]);
		if (ring && window >= ring)
			fail(0, "note: %u frames may be under way, but the "
			     "receive ring of %s has %u entries; 'ethtool -G "
			     "%s rx N' makes it larger", (unsigned int)window,
			     name, ring, name);
	}
}

static int make_workers(struct bench *b)
{
	const struct bench_config *c = b->config;
	unsigned int per_queue = b->two_way ? 2 : 1, i, k;
	int err;

	b->single = !c->threads;
	b->nworkers = b->single ? 1 : b->nlanes / per_queue;
	for (i = 0; i < b->nworkers; i++) {
		struct worker *w = &b->worker[i];

		w->bench = b;
		w->lanes = &b->lane[b->single ? 0 : i * per_queue];
		w->nlanes = b->single ? b->nlanes : per_queue;
		w->cpu = c->cpu == UINT64_MAX ? -1 :
			 (int)cpus_behind((unsigned int)c->cpu, i);
		for (k = 0; k < w->nlanes && k < WAKEUP_MAX; k++)
			w->sleepers[w->nsleepers++] = w->lanes[k].rx ?
				w->lanes[k].rx : w->lanes[k].tx;
		if (c->wakeup != WAKEUP_SUSPEND)
			continue;
		err = wakeup_epoll(w->sleepers, w->nsleepers,
				   c->mode == BENCH_TXONLY,
				   (uint32_t)c->batch, &w->epoll);
		if (err)
			return err;
	}
	return 0;
}

static bool copies(const struct bench *b, unsigned int p)
{
	unsigned int i;

	for (i = 0; i < b->nxsks; i++)
		if (b->xsk[i].port == &b->port[p] && !b->xsk[i].zerocopy)
			return true;
	return false;
}

/* A wakeup of a socket that copies runs no NAPI: its interrupts have to come. */
static bool needs_interrupts(const struct bench *b, unsigned int p)
{
	return b->config->wakeup == WAKEUP_IRQ ||
	       (b->config->wakeup == WAKEUP_NEED && copies(b, p));
}

/* Of a pair the first port's queues are those that are waited for. */
static int drive(struct bench *b, unsigned int p)
{
	bool suspend = b->config->wakeup == WAKEUP_SUSPEND &&
		       p % bench_group(b) == 0;
	int err = napi_profile_read(&b->napi[p], &b->port[p],
				    b->config->queues);

	if (!err && suspend)
		err = napi_require_suspend(&b->napi[p]);
	if (err)
		return err;
	napi_profile_choose(&b->napi[p], suspend ? &napi_suspended :
			    copies(b, p) ? &napi_copied : &napi_driven);
	guard_tell(&b->guard, &b->napi[p]);
	return napi_profile_apply(&b->napi[p]);
}

static int start(struct bench *b)
{
	unsigned int p;
	int err;

	err = ports_wait_carrier(b->port, b->nports, CARRIER_MS);
	for (p = 0; p < b->nports && !err; p++)
		if (!needs_interrupts(b, p))
			err = drive(b, p);
	if (!err)
		err = bench_make_frames(b);
	if (err)
		return err;
	warn_of_overrun(b);
	bench_count_open(b);
	err = make_workers(b);
	b->born_ns = now_ns();
	return err;
}

int bench_setup(struct bench *b, const struct bench_config *config)
{
	unsigned int p;
	int err;

	memset(b, 0, sizeof(*b));
	b->config = config;
	b->promisc_fd = -1;
	b->guard.fd = -1;
	if (config->wakeup != WAKEUP_IRQ)
		guard_open(&b->guard);
	for (p = 0; p < BENCH_MAX_SOCKETS; p++) {
		b->xsk[p].fd = -1;
		b->worker[p].epoll = -1;
	}
	err = open_ports(b);
	for (p = 0; p < b->nports && !err; p++) {
		err = check_size(config, &b->port[p]);
		if (!err)
			err = check_chunk(config, &b->port[p]);
	}
	b->two_way = config->mode == BENCH_L2FWD && b->nports > 1;
	if (!err)
		err = make_sockets(b);
	if (!err && !config->no_prog)
		err = attach_programs(b);
	if (!err)
		err = bind_sockets(b);
	if (!err && config->mode == BENCH_L2FWD)
		err = accept_all(b);
	return err ? err : start(b);
}

int bench_teardown(struct bench *b)
{
	unsigned int i;
	int err = 0;

	bench_count_close(b);
	for (i = 0; i < b->nports; i++)
		err |= state_give_back(&b->napi[i]);
	guard_close(&b->guard);
	for (i = 0; i < b->nworkers; i++)
		if (b->worker[i].epoll >= 0)
			close(b->worker[i].epoll);
	if (b->promisc_fd >= 0)
		close(b->promisc_fd);
	/* The program goes first: nothing is redirected into a dying socket. */
	for (i = 0; i < b->nports; i++)
		pairing_detach(&b->pairing[i]);
	for (i = b->nxsks; i > 0; i--)
		xsk_close(&b->xsk[i - 1]);
	for (i = 0; i < b->numems; i++)
		umem_destroy(&b->umem[i]);
	free(b->lane[0].times);
	for (i = 0; i < b->nlanes; i++)
		free(b->lane[i].flows);
	return err ? TD_FAIL : 0;
}
