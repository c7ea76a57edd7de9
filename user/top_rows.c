// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Turns counters into the rows of `tandem top`. */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "tandem.h"
#include "top.h"

static struct top_row *find_row(struct top *top, const char *dev,
				const struct vector *v)
{
	struct top_row *r;

	for (r = top->row; r < top->row + top->rows; r++)
		if (!strcmp(r->dev, dev) && r->vector.irq == v->irq &&
		    r->vector.entry == v->entry &&
		    r->vector.napi_id == v->napi_id &&
		    r->vector.rx_queue == v->rx_queue)
			return r;
	top->row = array_grow(top->row, top->rows, sizeof(*r));
	r = &top->row[top->rows++];
	memset(r, 0, sizeof(*r));
	memcpy(r->dev, dev, sizeof(r->dev));
	return r;
}

static bool add(const struct counters *c, const char *const *names, int queue,
		uint64_t *sum)
{
	uint64_t value;

	if (queue < 0 || !counters_get(c, names, (unsigned int)queue, &value))
		return false;
	*sum += value;
	return true;
}

/* Both directions, and the ring of XDP and AF_XDP. */
static bool packets(const struct counters *c, const struct vector *v,
		    uint64_t *sum)
{
	uint64_t value;
	bool known;

	*sum = 0;
	if (!c->topology.n) {
		/* no vectors at all: the row is the device's */
		known = counters_device(c, "rx_packets", sum) &&
			counters_device(c, "tx_packets", &value);
		*sum += known ? value : 0;
		return known;
	}
	known = add(c, counter_rx_packets, v->rx_queue, sum);
	known |= add(c, counter_tx_packets, v->tx_queue, sum);
	known |= add(c, counter_xdp_packets, v->tx_queue, sum);
	return known;
}

static void read_values(const struct counters *c, const struct vector *v,
			bool *known, uint64_t *now)
{
	memset(now, 0, TOP_VALUES * sizeof(*now));
	known[TOP_PACKETS] = packets(c, v, &now[TOP_PACKETS]);
	known[TOP_INTERRUPTS] = v->irq > 0;
	now[TOP_INTERRUPTS] = irq_count(v->irq);
	known[TOP_WAKEUPS] = add(c, counter_wakeups, v->rx_queue,
				 &now[TOP_WAKEUPS]);
	known[TOP_POLLS] = add(c, counter_polls, v->rx_queue, &now[TOP_POLLS]);
}

/* A counter that is smaller than before has begun anew. */
static void update(struct top_row *r, const uint64_t *now, double seconds)
{
	bool is_first = !r->samples;
	unsigned int i;

	for (i = 0; i < TOP_VALUES; i++) {
		uint64_t more = now[i] >= r->last[i] ? now[i] - r->last[i] :
				now[i];

		r->rate[i] = is_first || seconds <= 0 ? 0 :
			     (double)more / seconds;
		memmove(r->history[i] + 1, r->history[i],
			(TOP_HISTORY - 1) * sizeof(r->history[i][0]));
		r->history[i][0] = r->rate[i];
		r->last[i] = now[i];
	}
	r->samples++;
}

static void add_vector(struct top *top, const struct counters *c,
		       const struct vector *v, double seconds)
{
	struct top_row *r = find_row(top, c->port.name, v);
	uint64_t now[TOP_VALUES];

	r->vector = *v;
	r->seen = true;
	read_values(c, v, r->known, now);
	update(r, now, seconds);
}

struct walk {
	struct top *top;
	double seconds;
};

static void add_device(const char *dev, void *data)
{
	static struct counters c;
	struct walk *walk = data;
	struct vector none;
	unsigned int i;

	if (!counters_open(&c, dev))
		return;
	for (i = 0; i < c.topology.n; i++)
		add_vector(walk->top, &c, &c.topology.vector[i],
			   walk->seconds);
	walk->top->left += c.topology.left;
	if (!c.topology.n) {
		vector_unknown(&none);
		add_vector(walk->top, &c, &none, walk->seconds);
	}
	counters_close(&c);
}

bool top_sample(struct top *top)
{
	struct walk walk = { .top = top };
	uint64_t now = now_ns();
	unsigned int i, kept = 0;

	if (!top->start_ns)
		top->start_ns = now;
	if (top->last_ns)
		walk.seconds = (double)(now - top->last_ns) / 1e9;
	top->last_ns = now;
	top->left = 0;
	for (i = 0; i < top->rows; i++)
		top->row[i].seen = false;
	if (top->dev)
		add_device(top->dev, &walk);
	else
		every_device(add_device, &walk);
	for (i = 0; i < top->rows; i++) {
		if (!top->row[i].seen)
			continue;
		if (kept != i)
			top->row[kept] = top->row[i];
		kept++;
	}
	top->rows = kept;
	return kept || !top->dev;
}

/* qsort() has no argument for it */
static const struct top *sorting;

static int by_place(const struct top_row *a, const struct top_row *b)
{
	int n = strcmp(a->dev, b->dev);

	if (!n)
		n = a->vector.entry - b->vector.entry;
	if (!n)
		n = a->vector.irq - b->vector.irq;
	return n ? n : a->vector.napi_id - b->vector.napi_id;
}

static int compare(const void *x, const void *y)
{
	const struct top_row *a = x, *b = y;
	int n = 0;

	/* the busiest comes first */
	if (sorting->order < TOP_VALUES)
		n = (a->rate[sorting->order] < b->rate[sorting->order]) -
		    (a->rate[sorting->order] > b->rate[sorting->order]);
	if (!n)
		n = by_place(a, b);
	return sorting->reverse ? -n : n;
}

void top_sort(struct top *top)
{
	sorting = top;
	qsort(top->row, top->rows, sizeof(top->row[0]), compare);
}

/* Served without its interrupt: what keeps that off? */
static const char *driven_mode(const struct top_row *row)
{
	return row->vector.irq_suspend_ns > 0 ? "suspended" : "polled";
}

const char *top_mode(const struct top_row *row)
{
	const double *rate = row->rate;

	if (!row->known[TOP_POLLS]) {
		if (row->known[TOP_INTERRUPTS] && rate[TOP_INTERRUPTS] > 0)
			return "interrupt";
		if (row->known[TOP_PACKETS] && rate[TOP_PACKETS] > 0 &&
		    row->known[TOP_INTERRUPTS])
			return driven_mode(row);
		return row->known[TOP_INTERRUPTS] ? "idle" : NULL;
	}
	if (rate[TOP_POLLS] <= 0)
		return "idle";
	if (2 * rate[TOP_INTERRUPTS] >= rate[TOP_POLLS])
		return "interrupt";
	if (2 * rate[TOP_WAKEUPS] >= rate[TOP_POLLS])
		return "woken";
	return driven_mode(row);
}
