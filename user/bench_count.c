// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Takes samples of a running benchmark and decides when it is over. */
#include <linux/if_xdp.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "tandem.h"

static int place(struct eth_stats *stats, unsigned int queue, const char *what)
{
	char name[32];

	if (!stats->n)
		return -1;
	snprintf(name, sizeof(name), "vec%u_%s", queue, what);
	return eth_stats_find(stats, name);
}

/* Called when all is bound: drivers may have changed their vectors by then. */
void bench_count_open(struct bench *b)
{
	unsigned int p, i;

	for (p = 0; p < b->nports; p++) {
		topology_read(&b->topology[p], &b->port[p]);
		eth_stats_open(&b->stats[p], &b->port[p]);
	}
	for (i = 0; i < b->nxsks; i++) {
		struct row *row = &b->row[i];
		unsigned int q = b->xsk[i].queue;
		const struct vector *v;

		p = (unsigned int)(b->xsk[i].port - b->port);
		row->xsk = &b->xsk[i];
		row->stats = &b->stats[p];
		row->place_interrupts = place(row->stats, q, "interrupts");
		row->place_polls = place(row->stats, q, "polls");
		row->place_wakeups = place(row->stats, q, "wakeups");
		row->place_doorbells = place(row->stats, q, "doorbells");
		v = topology_queue(&b->topology[p], q, !row->rx);
		if (v)
			row->vector = *v;
		else
			vector_unknown(&row->vector);
	}
}

void bench_count_close(struct bench *b)
{
	unsigned int p;

	for (p = 0; p < b->nports; p++)
		if (b->stats[p].n)
			eth_stats_close(&b->stats[p]);
}

/* A split driver has another vector for the other direction of the queue. */
static uint64_t row_interrupts(const struct bench *b, const struct row *row)
{
	const struct topology *t = &b->topology[row->xsk->port - b->port];
	const struct vector *rx = topology_queue(t, row->xsk->queue, false);
	const struct vector *tx = topology_queue(t, row->xsk->queue, true);
	uint64_t n = 0;

	if (rx)
		n += irq_count(rx->irq);
	if (tx && (!rx || tx->irq != rx->irq))
		n += irq_count(tx->irq);
	return n;
}

/*
 * What came since the last sample. After `ethtool -L` a driver may have other
 * interrupts, which count from 0 on.
 */
static void add_interrupts(struct row *row, uint64_t now)
{
	row->now.interrupts += now >= row->seen_interrupts ?
			       now - row->seen_interrupts : now;
	row->seen_interrupts = now;
}

void bench_sample(struct bench *b)
{
	unsigned int p, i;

	/* What follows takes time, which belongs to no interval. */
	b->now_ns = now_ns();
	for (p = 0; p < b->nports; p++)
		if (b->stats[p].n)
			eth_stats_read(&b->stats[p]);
	for (i = 0; i < b->nxsks; i++) {
		struct row *row = &b->row[i];
		struct counters *c = &row->now;

		c->rx = row->rx ? row->xsk->rx_packets : 0;
		c->tx = row->tx ? row->xsk->tx_packets : 0;
		c->syscalls = row->xsk->syscalls;
		c->polls = eth_stats_value(row->stats, row->place_polls);
		c->wakeups = eth_stats_value(row->stats, row->place_wakeups);
		c->doorbells = eth_stats_value(row->stats,
					       row->place_doorbells);
		add_interrupts(row, row->place_interrupts >= 0 ?
			eth_stats_value(row->stats, row->place_interrupts) :
			row_interrupts(b, row));
	}
}

/* Frames that did what the mode is about. */
static uint64_t packets_so_far(const struct bench *b, bool sampled)
{
	bool count_rx = bench_counts_rx(b);
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < b->nxsks; i++) {
		const struct row *row = &b->row[i];

		if (count_rx && row->rx)
			sum += (sampled ? row->now.rx : row->xsk->rx_packets) -
			       row->start.rx;
		else if (!count_rx && row->tx)
			sum += (sampled ? row->now.tx : row->xsk->tx_packets) -
			       row->start.tx;
	}
	return sum;
}

static void note_interval(struct bench *b)
{
	bool count_rx = bench_counts_rx(b);
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < b->nxsks; i++) {
		const struct counters *last = &b->row[i].last;
		const struct counters *now = &b->row[i].now;

		sum += count_rx ? now->rx - last->rx : now->tx - last->tx;
	}
	if (sum && b->nintervals < BENCH_MAX_INTERVALS)
		b->interval_ns[b->nintervals++] =
			(double)(b->now_ns - b->last_ns) / (double)sum;
}

/* The next live line counts from the last sample on. */
static void mark(struct bench *b)
{
	unsigned int i;

	for (i = 0; i < b->nxsks; i++)
		b->row[i].last = b->row[i].now;
	b->last_ns = now_ns();
}

static void start_measuring(struct bench *b)
{
	unsigned int i;

	bench_sample(b);
	for (i = 0; i < b->nxsks; i++)
		b->row[i].start = b->row[i].now;
	mark(b);
	if (b->lane[0].times)
		lap_reset(b->lane[0].times);
	b->start_ns = b->last_ns;
	b->measuring = true;
}

static bool is_over(const struct bench *b, uint64_t now)
{
	const struct bench_config *c = b->config;

	if (c->packets)
		return packets_so_far(b, false) >= c->packets;
	return seconds_between(b->start_ns, now) >= c->duration;
}

bool bench_tick(struct bench *b)
{
	const struct bench_config *c = b->config;
	uint64_t now = now_ns();

	if (!b->measuring) {
		if (seconds_between(b->born_ns, now) >= c->warmup)
			start_measuring(b);
		return true;
	}
	if (c->interval > 0 &&
	    seconds_between(b->last_ns, now) >= c->interval) {
		bench_sample(b);
		note_interval(b);
		if (!c->quiet)
			bench_live_line(b);
		mark(b);
	}
	if (!is_over(b, now))
		return true;
	bench_sample(b);
	b->sampled = true;
	return false;
}

static void add_row(struct bench_result *r, const struct row *row)
{
	struct xdp_statistics stats;

	r->total.rx += row->now.rx - row->start.rx;
	r->total.tx += row->now.tx - row->start.tx;
	r->total.interrupts += row->now.interrupts - row->start.interrupts;
	r->total.polls += row->now.polls - row->start.polls;
	r->total.wakeups += row->now.wakeups - row->start.wakeups;
	r->total.doorbells += row->now.doorbells - row->start.doorbells;
	r->total.syscalls += row->now.syscalls - row->start.syscalls;
	if (row->place_polls < 0)
		r->has_vectors = false;
	if (!row->xsk->zerocopy)
		r->zerocopy = false;
	if (row->rx && xsk_statistics(row->xsk, &stats)) {
		r->ring_full += stats.rx_ring_full;
		r->fill_empty += stats.rx_fill_ring_empty_descs;
	}
}

/* A lap that is shorter than it was at the start has lost frames. */
static uint64_t lost_on_the_way_round(const struct lane *l)
{
	uint64_t lost = 0;
	unsigned int i;

	for (i = 0; i < LANE_FLOWS && l->flows && l->laps_of; i++)
		if (l->flows[i].last_lap &&
		    l->flows[i].last_lap < l->laps_of)
			lost += l->laps_of - l->flows[i].last_lap;
	return lost;
}

void bench_result(const struct bench *b, struct bench_result *r)
{
	unsigned int i;

	memset(r, 0, sizeof(*r));
	r->bench = b;
	r->has_vectors = b->nxsks > 0;
	r->zerocopy = b->nxsks > 0;
	if (!b->measuring)
		return;
	for (i = 0; i < b->nxsks; i++)
		add_row(r, &b->row[i]);
	for (i = 0; i < b->nlanes; i++) {
		r->lost += b->lane[i].lost +
			   lost_on_the_way_round(&b->lane[i]);
		r->corrupt += b->lane[i].corrupt;
		r->reordered += b->lane[i].reordered;
		r->foreign += b->lane[i].foreign;
	}
	r->seconds = seconds_between(b->start_ns, b->now_ns);
	r->packets = packets_so_far(b, true);
}
