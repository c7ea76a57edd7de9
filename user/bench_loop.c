// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The loops that move frames. Their cost is part of what is measured, so the
 * work per frame is a handful of instructions: a batch is split where a ring
 * wraps, and between the wraps addresses are simply copied. What can be done
 * once (building frames, writing send descriptors) is done before the start.
 *
 * Each loop is compiled twice, with and without checking of content.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "frame.h"
#include "tandem.h"
#include "wakeup.h"

/* Always, or the checks for --verify would stay in the loops without it. */
#define INLINE __always_inline

/* Rounds between two looks at the clock, when something moves all the time. */
#define TICK_FRAMES 4096
/* Rounds in vain before a need_wakeup application goes to sleep. */
#define SPIN_ROUNDS 4096
/* Rounds before it asks again for what it has asked for already. */
#define PATIENCE 64
#define SLEEP_MS 10
/* Frames that did not come back for so long are lost. */
#define LOST_NS 1000000000ull
/* At the end a false alarm is for good, and waiting costs only who lost some. */
#define LAST_LOST_NS (5 * LOST_NS)

static INLINE uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Entries from @index to where the ring wraps. */
static INLINE uint32_t until_wrap(const struct ring *r, uint32_t index)
{
	return r->size - (index & r->mask);
}

/* Takes back what was sent; the frames are at fixed places, so only counts. */
static INLINE uint32_t reclaim(struct xsk *tx)
{
	uint32_t n = ring_ready(&tx->comp);

	if (n)
		ring_release(&tx->comp, n);
	tx->tx_packets += n;
	return n;
}

/* Every frame that was submitted shows up in the completion ring once. */
static INLINE uint32_t tx_room(const struct xsk *tx)
{
	return tx->tx.size - (tx->tx.local - tx->comp.local);
}

/*
 * Receives up to @max frames and posts their chunks again. The fill ring has
 * an entry for every chunk of the socket, so there is always room.
 */
static INLINE uint32_t recycle(struct lane *l, uint32_t max,
			       const bool verify)
{
	struct xsk *x = l->rx;
	uint32_t n = min_u32(ring_ready(&x->rx), max), left, run, i;
	uint32_t from = x->rx.local, to = x->fill.local;

	if (!n)
		return 0;
	if (verify)
		bench_check_frames(l, n);
	for (left = n; left; left -= run, from += run, to += run) {
		const struct xdp_desc *src =
			ring_descs(&x->rx) + (from & x->rx.mask);
		uint64_t *dst = ring_addrs(&x->fill) + (to & x->fill.mask);

		run = min_u32(left, min_u32(until_wrap(&x->rx, from),
					    until_wrap(&x->fill, to)));
		for (i = 0; i + 4 <= run; i += 4) {
			dst[i] = src[i].addr;
			dst[i + 1] = src[i + 1].addr;
			dst[i + 2] = src[i + 2].addr;
			dst[i + 3] = src[i + 3].addr;
		}
		for (; i < run; i++)
			dst[i] = src[i].addr;
	}
	ring_submit(&x->fill, n);
	ring_release(&x->rx, n);
	x->rx_packets += n;
	return n;
}

static INLINE bool step_rxdrop(struct lane *l, const bool verify)
{
	if (recycle(l, l->batch, verify))
		return true;
	wakeup_rx(l->rx);
	return false;
}

/*
 * The sender was woken and is not done. With need_wakeup the driver is at it,
 * and asking again in every round would only keep it from working. Otherwise
 * it is our calls that make it advance: busy polling, copy mode (which sends a
 * share per call), and the interrupt mode comes here once per sleep.
 */
static INLINE void wakeup_tx_again(struct lane *l)
{
	if (l->tx->wakeup == WAKEUP_NEED && l->tx->zerocopy &&
	    ++l->waits % PATIENCE)
		return;
	wakeup_tx(l->tx);
}

/* The send ring's descriptors and frames were written before the start. */
static INLINE bool step_txonly(struct lane *l, const bool verify)
{
	struct xsk *tx = l->tx;
	bool room;

	reclaim(tx);
	room = tx_room(tx) >= l->batch;
	if (likely(room)) {
		if (verify)
			bench_stamp_frames(l, l->batch);
		ring_submit(&tx->tx, l->batch);
	}
	if (likely(room))
		wakeup_tx(tx);
	else
		wakeup_tx_again(l);
	return room;
}

/*
 * Sends a burst as soon as the one before is back, and fetches what arrived.
 * The sender is called again as long as it has not taken everything.
 */
static INLINE bool step_pair(struct lane *l, const bool verify)
{
	struct xsk *tx = l->tx, *rx = l->rx;
	bool send = l->inflight + l->batch <= l->window;
	uint64_t strangers;
	uint32_t n;

	reclaim(tx);
	if (send && likely(tx_room(tx) >= l->batch)) {
		if (verify)
			bench_stamp_frames(l, l->batch);
		ring_submit(&tx->tx, l->batch);
		l->inflight += l->batch;
		l->waits = 0;
		wakeup_tx(tx);
	} else if (send || ring_pending(&tx->tx)) {
		wakeup_tx_again(l);
	}
	if (!ring_ready(&rx->rx))
		wakeup_rx(rx);
	strangers = verify ? l->foreign : 0;
	n = recycle(l, UINT32_MAX, verify);
	if (verify)
		n -= (uint32_t)(l->foreign - strangers);
	l->inflight -= min_u32(n, l->inflight);
	return n;
}

/* What @tx has sent came from @rx's chunks: back into its fill ring. */
static INLINE void return_sent(struct xsk *tx, struct xsk *rx)
{
	uint32_t n = ring_ready(&tx->comp), left, run, i;
	uint32_t from = tx->comp.local, to = rx->fill.local;

	if (!n)
		return;
	for (left = n; left; left -= run, from += run, to += run) {
		const uint64_t *src =
			ring_addrs(&tx->comp) + (from & tx->comp.mask);
		uint64_t *dst = ring_addrs(&rx->fill) + (to & rx->fill.mask);

		run = min_u32(left, min_u32(until_wrap(&tx->comp, from),
					    until_wrap(&rx->fill, to)));
		for (i = 0; i < run; i++)
			dst[i] = src[i];
	}
	ring_submit(&rx->fill, n);
	ring_release(&tx->comp, n);
	tx->tx_packets += n;
}

static INLINE void forward(struct lane *l, uint32_t n, const bool swap)
{
	struct xsk *rx = l->rx, *tx = l->tx;
	uint32_t from = rx->rx.local, to = tx->tx.local, left, run, i;

	for (left = n; left; left -= run, from += run, to += run) {
		const struct xdp_desc *src =
			ring_descs(&rx->rx) + (from & rx->rx.mask);
		struct xdp_desc *dst =
			ring_descs(&tx->tx) + (to & tx->tx.mask);

		run = min_u32(left, min_u32(until_wrap(&rx->rx, from),
					    until_wrap(&tx->tx, to)));
		for (i = 0; i < run; i++) {
			if (swap)
				frame_swap_macs(umem_data(rx->umem,
							  src[i].addr));
			dst[i] = src[i];
		}
	}
}

/* Nothing to forward: push what was not sent yet, ask for more. */
static INLINE void ask_for_more(struct lane *l)
{
	if (tx_room(l->tx) < l->tx->tx.size)
		wakeup_tx_again(l);
	wakeup_rx(l->rx);
}

static INLINE bool step_l2fwd(struct lane *l, const bool verify,
			      const bool swap)
{
	struct xsk *rx = l->rx, *tx = l->tx;
	uint32_t n;

	return_sent(tx, rx);
	n = min_u32(ring_ready(&rx->rx), min_u32(l->batch, tx_room(tx)));
	if (n) {
		if (verify)
			bench_check_frames(l, n);
		forward(l, n, swap);
		ring_submit(&tx->tx, n);
		ring_release(&rx->rx, n);
		rx->rx_packets += n;
		wakeup_tx(tx);
		return true;
	}
	ask_for_more(l);
	return false;
}

/* The two lanes of two ports pass descriptors on as they are. */
static INLINE bool step_l2fwd_swap(struct lane *l, const bool verify)
{
	return step_l2fwd(l, verify, true);
}

static INLINE bool step_l2fwd_pass(struct lane *l, const bool verify)
{
	return step_l2fwd(l, verify, false);
}

static INLINE bool is_ours(const struct xsk *rx, const struct xdp_desc *desc)
{
	return frame_is_ours(umem_data(rx->umem, desc->addr), desc->len);
}

/*
 * Each lane has a frame, one of them is under way: when it arrives, it waits, and
 * the other lane's leaves, by the device that this one came to. So it is one way
 * and back, by frames that are addressed to where they go.
 */
static INLINE bool step_l2fwd_timed(struct lane *l, const bool verify)
{
	struct lane *other = l->place ? l - 1 : l + 1;
	struct xsk *rx = l->rx, *tx = other->tx;
	struct xdp_desc *desc;

	return_sent(l->tx, rx);
	if (ring_ready(&rx->rx) && tx_room(tx)) {
		desc = &ring_descs(&rx->rx)[rx->rx.local & rx->rx.mask];
		/* what somebody else sent has no lap, and would start a second */
		if (unlikely(!is_ours(rx, desc)))
			return recycle(l, 1, verify);
		lap_note(l->times, l->place, now_ns());
		if (verify)
			bench_check_frames(l, 1);
		l->waiting = *desc;
		ring_release(&rx->rx, 1);
		rx->rx_packets++;
		ring_descs(&tx->tx)[tx->tx.local & tx->tx.mask] = other->waiting;
		ring_submit(&tx->tx, 1);
		wakeup_tx(tx);
		return true;
	}
	ask_for_more(l);
	return false;
}

/* Nothing moved in this round. How to wait is what the wakeup modes differ in. */
static void wait_idle(struct worker *w)
{
	const struct bench_config *c = w->bench->config;
	unsigned int i;

	if (c->wakeup == WAKEUP_BUSY)
		return;
	if (c->wakeup == WAKEUP_SUSPEND) {
		w->idle = wakeup_wait(w->epoll, w->sleepers[0], SLEEP_MS);
		for (i = 0; i < w->nlanes && !w->idle; i++)
			w->lanes[i].waits = PATIENCE - 1;
		return;
	}
	if (c->wakeup == WAKEUP_NEED && ++w->idle < SPIN_ROUNDS)
		return;
	w->idle = 0;
	wakeup_sleep(w->sleepers, w->nsleepers, c->mode == BENCH_TXONLY,
		     SLEEP_MS);
}

/* A transmitter's receive side is not used; give back what strayed into it. */
static void drain_strays(struct lane *l)
{
	struct lane stray = { .rx = l->tx };
	uint64_t rx_packets = l->tx->rx_packets;

	recycle(&stray, UINT32_MAX, false);
	l->tx->rx_packets = rx_packets;
}

/* Frames of a pair that never came back must not stop it. */
static void check_stuck(struct lane *l, uint64_t now)
{
	/* at the first look, too, nothing has been missing for long */
	if (!l->inflight || !l->stuck_since ||
	    l->rx->rx_packets != l->stuck_rx) {
		l->stuck_rx = l->rx->rx_packets;
		l->stuck_since = now;
		return;
	}
	if (now - l->stuck_since < LOST_NS || ring_pending(&l->tx->tx))
		return;
	/* With --verify the numbers of later frames tell the same loss. */
	if (!l->flows)
		l->lost += l->inflight;
	l->inflight = 0;
	l->stuck_since = now;
}

static bool lane_failed(struct worker *w, const struct lane *l)
{
	const struct xsk *bad = l->rx && l->rx->error ? l->rx :
				l->tx && l->tx->error ? l->tx : NULL;

	if (!bad)
		return false;
	w->bench->stop = true;
	w->bench->failed = true;
	if (!port_exists(bad->port)) {
		fail(TD_FAIL, "%s vanished", bad->port->name);
		return true;
	}
	fail(TD_FAIL, "waking queue %u of %s failed: %s%s", bad->queue,
	     bad->port->name, strerror(bad->error),
	     bad->error == ENXIO ? " (does this driver want an XDP program "
	     "for it? leave out --no-prog)" : "");
	return true;
}

/* A socket whose device is gone sleeps on without a word: look once a second. */
static bool device_vanished(struct worker *w, uint64_t now)
{
	const struct bench *b = w->bench;
	unsigned int p;

	if (now - w->looked < 1000000000ull)
		return false;
	w->looked = now;
	for (p = 0; p < b->nports; p++) {
		if (port_exists(&b->port[p]))
			continue;
		fail(TD_FAIL, "%s vanished", b->port[p].name);
		w->bench->failed = true;
		return true;
	}
	return false;
}

/* What is not worth doing for every burst; false ends the loop. */
static bool housekeeping(struct worker *w)
{
	struct bench *b = w->bench;
	uint64_t now = now_ns();
	unsigned int i;

	if (device_vanished(w, now))
		b->stop = true;
	for (i = 0; i < w->nlanes && !b->stop; i++) {
		struct lane *l = &w->lanes[i];

		if (lane_failed(w, l))
			break;
		if (!l->rx || (l->tx && b->config->mode == BENCH_PAIR))
			drain_strays(l);
		if (l->rx && l->tx && b->config->mode == BENCH_PAIR)
			check_stuck(l, now);
	}
	if (!b->stop && b->single && !bench_tick(b))
		b->stop = true;
	return !b->stop && !stop_requested;
}

typedef bool (*step_fn)(struct lane *l, const bool verify);

/* @step is a constant where this is inlined: there is no indirect call. */
static INLINE void run(struct worker *w, step_fn step, const bool verify)
{
	uint32_t per_round = w->nlanes * w->lanes[0].batch, frames = 0, i;
	bool moved;

	do {
		moved = false;
		for (i = 0; i < w->nlanes; i++)
			moved |= step(&w->lanes[i], verify);
		if (moved)
			w->idle = 0;
		else
			wait_idle(w);
		frames += per_round;
		if (frames < TICK_FRAMES && (moved || w->idle))
			continue;
		frames = 0;
		if (!housekeeping(w))
			return;
	} while (1);
}

#define LOOP(step)							\
static void loop_##step(struct worker *w)				\
{									\
	if (w->bench->config->verify)					\
		run(w, step_##step, true);				\
	else								\
		run(w, step_##step, false);				\
}

LOOP(rxdrop)
LOOP(txonly)
LOOP(pair)
LOOP(l2fwd_swap)
LOOP(l2fwd_pass)
LOOP(l2fwd_timed)

/*
 * When all was said to be verified, what is still under way has to arrive. The
 * gaps in between were seen; only the tail has no successor to tell of it.
 */
static void drain_pairs(struct worker *w)
{
	uint64_t end = now_ns() + LAST_LOST_NS;
	bool waiting = true;
	unsigned int i;

	for (i = 0; i < w->nlanes; i++)
		w->lanes[i].window = 0;
	while (waiting && now_ns() < end && !stop_requested) {
		waiting = false;
		for (i = 0; i < w->nlanes; i++) {
			step_pair(&w->lanes[i], true);
			waiting |= w->lanes[i].inflight > 0;
		}
		if (waiting)
			wait_idle(w);
	}
	for (i = 0; i < w->nlanes && !stop_requested; i++)
		w->lanes[i].lost += w->lanes[i].inflight;
}

/* To its CPU. A cpuset may leave that out, although it is online. */
static bool pin(struct worker *w)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(w->cpu, &set);
	if (!sched_setaffinity(0, sizeof(set), &set))
		return true;
	w->bench->failed = true;
	w->bench->stop = true;
	fail(TD_FAIL, "may not run on CPU %d: %s; 'taskset -pc $$' lists those "
	     "that are allowed", w->cpu, strerror(errno));
	return false;
}

static void *work(void *arg)
{
	struct worker *w = arg;

	if (w->cpu >= 0 && !pin(w))
		return NULL;
	switch (w->bench->config->mode) {
	case BENCH_RXDROP:
		loop_rxdrop(w);
		break;
	case BENCH_TXONLY:
		loop_txonly(w);
		break;
	case BENCH_PAIR:
		loop_pair(w);
		if (w->bench->config->verify)
			drain_pairs(w);
		break;
	case BENCH_L2FWD:
		if (w->bench->config->latency)
			loop_l2fwd_timed(w);
		else if (w->bench->two_way)
			loop_l2fwd_pass(w);
		else
			loop_l2fwd_swap(w);
		break;
	default:
		break;
	}
	return NULL;
}

static int loop_threads(struct bench *b)
{
	const struct timespec step = { .tv_nsec = 20 * 1000 * 1000 };
	unsigned int n, i;
	int err = 0;

	for (n = 0; n < b->nworkers; n++) {
		err = pthread_create(&b->worker[n].thread, NULL, work,
				     &b->worker[n]);
		if (err) {
			fail(TD_FAIL, "cannot start a thread: %s",
			     strerror(err));
			b->stop = true;
			break;
		}
	}
	while (!b->stop && !stop_requested && bench_tick(b))
		nanosleep(&step, NULL);
	b->stop = true;
	for (i = 0; i < n; i++)
		pthread_join(b->worker[i].thread, NULL);
	return err ? TD_FAIL : 0;
}

int bench_loop(struct bench *b)
{
	int err = 0;

	if (b->single)
		work(&b->worker[0]);
	else
		err = loop_threads(b);
	return b->failed ? TD_FAIL : err;
}
