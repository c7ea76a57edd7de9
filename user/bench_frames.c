// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Finds a flow for every queue of a receiver and builds the frames. The flow
 * is computed from the receiver's RSS key; drivers that do not tell the key
 * are asked by trial: frames of many flows are sent, and the sockets tell
 * which flow arrived where.
 */
#include <string.h>
#include <time.h>

#include "bench.h"
#include "frame.h"
#include "tandem.h"
#include "wakeup.h"

#define TRIAL_FLOWS 256
#define TRIAL_REPEATS 20
#define TRIAL_ROUNDS 400
#define TRIAL_STEP_NS 500000

/* Devices whose queue n sends to queue n of their peer, without any hash. */
static bool queue_to_queue(const struct port *port)
{
	return !strcmp(port->driver, "veth") || port->rx_queues == 1;
}

/* Memory of a lane that holds its outgoing frames; see bench_setup.c. */
static uint64_t frame_addr(const struct bench *b, const struct lane *l,
			   uint32_t n)
{
	const uint32_t fill = (uint32_t)b->config->fill;

	if (b->config->mode == BENCH_L2FWD && l->rx)
		return umem_addr(l->rx->umem, l->rx->first_chunk + fill -
				 (uint32_t)b->config->inflight + n);
	return umem_addr(l->tx->umem, l->tx->first_chunk + fill + n);
}

static uint32_t frame_count(const struct bench *b, const struct lane *l)
{
	return b->config->mode == BENCH_L2FWD ?
	       (uint32_t)b->config->inflight : l->tx->tx.size;
}

static void put_frame(const struct bench *b, struct lane *l, uint32_t slot,
		      const uint8_t *dst, const struct flow *flow, uint16_t id)
{
	struct ring *tx = &l->tx->tx;
	struct xdp_desc *desc = &ring_descs(tx)[(tx->local + slot) & tx->mask];

	desc->addr = frame_addr(b, l, slot);
	desc->len = l->frame_len;
	desc->options = 0;
	frame_build(umem_data(l->tx->umem, desc->addr), l->frame_len, dst,
		    l->tx->port->mac, flow, id);
}

/* Looks at what one socket received and posts the chunks again. */
static uint32_t note_arrivals(struct bench *b, struct xsk *x)
{
	struct flow *flows = b->flow[x->port - b->port];
	uint32_t n = ring_ready(&x->rx), i, seq;
	uint16_t id;

	for (i = 0; i < n; i++) {
		const struct xdp_desc *desc =
			&ring_descs(&x->rx)[(x->rx.local + i) & x->rx.mask];

		ring_addrs(&x->fill)[(x->fill.local + i) & x->fill.mask] =
			desc->addr;
		if (frame_check(umem_data(x->umem, desc->addr), desc->len, &id,
				&seq) == FRAME_GOOD && id < TRIAL_FLOWS)
			steer_any_flow(id, &flows[x->queue]);
	}
	ring_submit(&x->fill, n);
	ring_release(&x->rx, n);
	return n;
}

/* One burst of trial frames; the lane's receiver is the port that learns. */
static void try_burst(struct bench *b, struct lane *l, uint32_t n)
{
	const struct timespec step = { .tv_nsec = TRIAL_STEP_NS };
	uint32_t arrived = 0, sent = 0, round, done;
	unsigned int i;

	ring_submit(&l->tx->tx, n);
	for (round = 0; round < TRIAL_ROUNDS && !stop_requested; round++) {
		wakeup_tx(l->tx);
		for (i = 0; i < b->nxsks; i++) {
			if (b->xsk[i].port != l->rx->port)
				continue;
			wakeup_rx(&b->xsk[i]);
			arrived += note_arrivals(b, &b->xsk[i]);
		}
		done = ring_ready(&l->tx->comp);
		ring_release(&l->tx->comp, done);
		sent += done;
		if (sent == n && arrived >= n)
			return;
		/* Those for queues without a socket never arrive. */
		if (sent == n && round > TRIAL_ROUNDS / 8)
			return;
		nanosleep(&step, NULL);
	}
}

static void try_flows(struct bench *b, unsigned int p, struct lane *l)
{
	uint32_t room = frame_count(b, l), next = 0, n;
	struct flow flow;

	while (next < TRIAL_FLOWS && room && !stop_requested) {
		for (n = 0; n < room && n < 64 && next < TRIAL_FLOWS; n++) {
			steer_any_flow(next, &flow);
			put_frame(b, l, n, b->port[p].mac, &flow,
				  (uint16_t)next++);
		}
		try_burst(b, l, n);
	}
}

/* The first queue of port @p that is wanted and has no flow, or -1. */
static int flow_missing(const struct bench *b, unsigned int p)
{
	int q;

	for (q = 0; q < PORT_MAX_QUEUES; q++)
		if ((b->config->queues >> q & 1) && !b->flow[p][q].saddr)
			return q;
	return -1;
}

/* By trial. A machine that is busy, or a port whose link has just come back,
 * may lose or delay the frames of a whole trial: hence several.
 */
static int learn_flows(struct bench *b, unsigned int p, struct lane *l)
{
	int tries, q = -1;

	memset(b->flow[p], 0, sizeof(b->flow[p]));
	for (tries = 0; tries < TRIAL_REPEATS; tries++) {
		try_flows(b, p, l);
		q = flow_missing(b, p);
		if (q < 0 || stop_requested)
			return 0;
	}
	return fail(TD_FAIL, "none of %d flows sent to %s %d times arrived on its queue %d",
		    TRIAL_FLOWS, b->port[p].name, TRIAL_REPEATS, q);
}

/* One flow for each queue of port @p, which receives what @l sends. */
static int choose_flows(struct bench *b, unsigned int p, struct lane *l)
{
	const struct port *receiver = &b->port[p];
	static struct rss rss;
	unsigned int q;

	if (queue_to_queue(receiver) || b->config->mode == BENCH_TXONLY ||
	    (b->config->mode == BENCH_L2FWD && !b->two_way)) {
		for (q = 0; q < PORT_MAX_QUEUES; q++)
			steer_any_flow(q, &b->flow[p][q]);
		return 0;
	}
	if (b->config->no_rss || rss_read(&rss, receiver) ||
	    steer_obstacle(&rss, STEER_FLOW))
		return learn_flows(b, p, l);
	for (q = 0; q < PORT_MAX_QUEUES; q++)
		if ((b->config->queues >> q & 1) &&
		    !steer_flow(&rss, q, &b->flow[p][q]))
			return fail(TD_FAIL, "the RSS table of %s sends nothing "
				    "to queue %u; 'ethtool -X %s default' "
				    "resets it", receiver->name, q,
				    receiver->name);
	return 0;
}

/*
 * Every slot of a transmitter's ring gets a frame of its own. A forwarder's
 * frames are sent here and now; from then on they go round.
 */
static void fill_lane(struct bench *b, struct lane *l)
{
	const struct xsk *to = l->rx ? l->rx : l->tx;
	unsigned int p = (unsigned int)(to->port - b->port);
	const uint8_t *dst = b->config->mode == BENCH_PAIR || b->two_way ?
			     b->port[p].mac : b->config->dst_mac;
	uint32_t n = frame_count(b, l), i;

	for (i = 0; i < n; i++)
		put_frame(b, l, i, dst, &b->flow[p][to->queue],
			  (uint16_t)to->queue);
	if (b->config->mode != BENCH_L2FWD)
		return;
	for (i = 0; i < n; i++)
		frame_stamp(umem_data(l->tx->umem, frame_addr(b, l, i)),
			    l->frame_len, i);
	if (l->times && l->place)
		l->waiting = ring_descs(&l->tx->tx)[l->tx->tx.local &
						    l->tx->tx.mask];
	else
		ring_submit(&l->tx->tx, n);
}

int bench_make_frames(struct bench *b)
{
	bool chosen[PORT_MAX_DEVICES] = { false };
	unsigned int i, p;
	int err;

	for (i = 0; i < b->nlanes; i++) {
		struct lane *l = &b->lane[i];

		if (!l->tx || !frame_count(b, l))
			continue;
		p = (unsigned int)((l->rx ? l->rx : l->tx)->port - b->port);
		if (chosen[p])
			continue;
		chosen[p] = true;
		err = choose_flows(b, p, l);
		if (err)
			return err;
	}
	for (i = 0; i < b->nlanes; i++)
		if (b->lane[i].tx)
			fill_lane(b, &b->lane[i]);
	return 0;
}
