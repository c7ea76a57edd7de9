// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Prints a benchmark: live lines, the table per queue vector, and JSON. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "output.h"
#include "tandem.h"
#include "wakeup.h"

const char *bench_mode_name(unsigned int mode)
{
	static const char *const names[] = {
		"rxdrop", "txonly", "l2fwd", "pair",
	};

	return names[mode];
}

/* One line per interval: the rate, and what each million packets cost. */
void bench_live_line(struct bench *b)
{
	double s = seconds_between(b->last_ns, b->now_ns);
	uint64_t rx = 0, tx = 0, irqs = 0, wakes = 0, bells = 0, calls = 0, n;
	bool vectors = true;
	unsigned int i;

	for (i = 0; i < b->nxsks; i++) {
		const struct row *r = &b->row[i];

		rx += r->now.rx - r->last.rx;
		tx += r->now.tx - r->last.tx;
		irqs += r->now.interrupts - r->last.interrupts;
		wakes += r->now.wakeups - r->last.wakeups;
		bells += r->now.doorbells - r->last.doorbells;
		calls += r->now.syscalls - r->last.syscalls;
		vectors &= r->place_wakeups >= 0;
	}
	n = bench_counts_rx(b) ? rx : tx;
	printf("%s%5.1f s%s  %12s pps   per million packets: %s%s%s interrupts",
	       dim(), seconds_between(b->start_ns, b->now_ns), plain(),
	       grouped((double)n / s), bold(), grouped(per_million(irqs, n)),
	       plain());
	if (vectors)
		printf(", %s wakeups, %s doorbells",
		       grouped(per_million(wakes, n)),
		       grouped(per_million(bells, n)));
	printf(", %s syscalls\n", grouped(per_million(calls, n)));
	fflush(stdout);
}

static const char *role(const struct row *row)
{
	return row->rx && row->tx ? "rx+tx" : row->rx ? "rx" : "tx";
}

static void cell_rate(struct table *t, bool known, uint64_t count, uint64_t n)
{
	if (known)
		table_cell(t, "%s", grouped(per_million(count, n)));
	else
		table_cell(t, "-");
}

static void print_rows(const struct bench_result *result)
{
	static const char *const heads[] = {
		"<DEV", "QUEUE", "<ROLE", "ENTRY", "IRQ", "<CPU", "NAPI", "FD",
		"COOKIE", "<MODE", "PPS", "INT/M", "WAKE/M", "BELL/M", "POLL/M",
		"CALL/M",
	};
	static struct table t;
	const struct bench *b = result->bench;
	unsigned int i;

	table_start(&t, heads, ARRAY_SIZE(heads));
	for (i = 0; i < b->nxsks; i++) {
		const struct row *r = &b->row[i];
		const struct counters *s = &r->start, *e = &r->now;
		uint64_t n = row_packets(s, e);

		table_row(&t);
		table_cell(&t, "%s", r->xsk->port->name);
		table_cell(&t, "%u", r->xsk->queue);
		table_cell(&t, "%s", role(r));
		table_int(&t, r->vector.entry);
		table_int(&t, r->vector.irq);
		table_text(&t, vector_cpu(&r->vector));
		table_int(&t, r->vector.napi_id);
		table_cell(&t, "%d", r->xsk->fd);
		table_cell(&t, "%llu", (unsigned long long)r->xsk->cookie);
		table_cell(&t, "%s", r->xsk->zerocopy ? "zero-copy" : "copy");
		table_cell(&t, "%s", grouped((double)n / result->seconds));
		cell_rate(&t, r->place_interrupts >= 0 || r->vector.irq > 0,
			  e->interrupts - s->interrupts, n);
		cell_rate(&t, r->place_wakeups >= 0, e->wakeups - s->wakeups, n);
		cell_rate(&t, r->place_doorbells >= 0,
			  e->doorbells - s->doorbells, n);
		cell_rate(&t, r->place_polls >= 0, e->polls - s->polls, n);
		cell_rate(&t, true, e->syscalls - s->syscalls, n);
	}
	table_print(&t);
}

static void print_latency(const char *what, const struct latency *l)
{
	printf("%s: %s times, half within %.1f us, 99 %% within %.1f us, "
	       "99.9 %% within %.1f us, longest %.1f us\n", what,
	       grouped((double)l->laps),
	       (double)latency_percentile(l, 50) / 1e3,
	       (double)latency_percentile(l, 99) / 1e3,
	       (double)latency_percentile(l, 99.9) / 1e3, (double)l->max / 1e3);
}

static void print_laps(const struct bench *b)
{
	const struct lap_times *t = b->lane[0].times;
	char way[2 * IF_NAMESIZE + 8];
	unsigned int i;

	print_latency("there and back", &t->lap);
	for (i = 0; i < ARRAY_SIZE(t->way); i++) {
		snprintf(way, sizeof(way), "%s to %s",
			 b->lane[i].tx->port->name, b->lane[i].rx->port->name);
		print_latency(way, &t->way[i]);
	}
}

void bench_print(const struct bench_result *result)
{
	const struct bench *b = result->bench;
	const struct bench_config *c = b->config;
	unsigned int queues = b->nlanes / (b->two_way ? 2 : 1);

	printf("\n%s%s%s: %s pps, %s packets in %.3f s, %.1f ns per packet "
	       "(wakeup %s, batch %u, %u-byte frames, %u queue%s)\n",
	       bold(), bench_mode_name(c->mode), plain(),
	       grouped((double)result->packets / result->seconds),
	       grouped((double)result->packets), result->seconds,
	       result->packets ? result->seconds * 1e9 /
	       (double)result->packets : 0, wakeup_name(c->wakeup),
	       (unsigned int)c->batch, (unsigned int)c->size,
	       queues, queues == 1 ? "" : "s");
	print_rows(result);
	printf("INT interrupts, WAKE wakeups, BELL doorbells, POLL NAPI polls, "
	       "CALL system calls; each per million packets\n");
	if (c->verify)
		printf("verified: %s lost, %s corrupt, %s out of order, "
		       "%s not ours\n", grouped((double)result->lost),
		       grouped((double)result->corrupt),
		       grouped((double)result->reordered),
		       grouped((double)result->foreign));
	if (result->ring_full || result->fill_empty)
		printf("the kernel found the RX ring full %s times, the fill "
		       "ring empty %s times\n",
		       grouped((double)result->ring_full),
		       grouped((double)result->fill_empty));
	if (!c->verify && result->lost)
		printf("%s frames did not come back\n",
		       grouped((double)result->lost));
	if (c->latency)
		print_laps(b);
	fflush(stdout);
}

static void add_double(struct json_object *o, const char *key, bool known,
		       double value)
{
	json_object_object_add(o, key, known ? json_object_new_double(value) :
			       NULL);
}

static void add_rate(struct json_object *o, const char *key, bool known,
		     uint64_t count, uint64_t n)
{
	add_double(o, key, known && n, per_million(count, n));
}

static void add_str(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, value && *value ?
			       json_object_new_string(value) : NULL);
}

/* What was asked for, the mode under the name @mode. */
static void add_config(struct json_object *o, const char *mode,
		       const struct bench_config *c)
{
	add_str(o, mode, bench_mode_name(c->mode));
	add_str(o, "wakeup", wakeup_name(c->wakeup));
	json_add_number(o, "batch", c->batch);
	json_add_number(o, "size", c->size);
}

static void add_row(struct json_object *o, const struct row *r, double secs)
{
	const struct counters *s = &r->start, *e = &r->now;
	uint64_t n = row_packets(s, e);

	add_str(o, "dev", r->xsk->port->name);
	json_add_number(o, "queue", r->xsk->queue);
	add_str(o, "role", role(r));
	json_object_object_add(o, "entry", json_known(r->vector.entry));
	json_object_object_add(o, "irq", json_known(r->vector.irq));
	add_str(o, "cpu", vector_cpu(&r->vector));
	json_object_object_add(o, "napi_id", json_known(r->vector.napi_id));
	json_add_number(o, "fd", (uint64_t)r->xsk->fd);
	json_add_number(o, "cookie", r->xsk->cookie);
	add_str(o, "mode", r->xsk->zerocopy ? "zero-copy" : "copy");
	json_add_number(o, "rx", e->rx - s->rx);
	json_add_number(o, "tx", e->tx - s->tx);
	add_double(o, "pps", true, (double)n / secs);
	add_rate(o, "interrupts_per_mpkt",
		 r->place_interrupts >= 0 || r->vector.irq > 0,
		 e->interrupts - s->interrupts, n);
	add_rate(o, "wakeups_per_mpkt", r->place_wakeups >= 0,
		 e->wakeups - s->wakeups, n);
	add_rate(o, "doorbells_per_mpkt", r->place_doorbells >= 0,
		 e->doorbells - s->doorbells, n);
	add_rate(o, "polls_per_mpkt", r->place_polls >= 0, e->polls - s->polls,
		 n);
	add_rate(o, "syscalls_per_mpkt", true, e->syscalls - s->syscalls, n);
}

static void add_checks(struct json_object *o, const struct bench_result *result)
{
	json_add_number(o, "lost", result->lost);
	json_add_number(o, "corrupt", result->corrupt);
	json_add_number(o, "reordered", result->reordered);
	json_add_number(o, "foreign", result->foreign);
}

static void add_total(struct json_object *o, const struct bench_result *result)
{
	const struct counters *t = &result->total;
	uint64_t n = result->packets;

	json_add_number(o, "packets", n);
	add_double(o, "seconds", true, result->seconds);
	add_double(o, "pps", true, (double)n / result->seconds);
	add_double(o, "ns_per_packet", n, result->seconds * 1e9 / (double)n);
	json_add_number(o, "rx", t->rx);
	json_add_number(o, "tx", t->tx);
	json_add_number(o, "interrupts", t->interrupts);
	json_add_number(o, "syscalls", t->syscalls);
	add_rate(o, "interrupts_per_mpkt", true, t->interrupts, n);
	add_rate(o, "wakeups_per_mpkt", result->has_vectors, t->wakeups, n);
	add_rate(o, "doorbells_per_mpkt", result->has_vectors, t->doorbells, n);
	add_rate(o, "polls_per_mpkt", result->has_vectors, t->polls, n);
	add_rate(o, "syscalls_per_mpkt", true, t->syscalls, n);
	add_checks(o, result);
	json_add_number(o, "rx_ring_full", result->ring_full);
	json_add_number(o, "fill_ring_empty", result->fill_empty);
}

/* Pairs of "at most so many ns" and how many took that, without empty steps. */
static struct json_object *histogram_json(const struct latency *l)
{
	struct json_object *a = json_object_new_array(), *pair;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(l->step); i++) {
		if (!l->step[i])
			continue;
		pair = json_object_new_array();
		json_object_array_add(pair, json_object_new_uint64(latency_step_end(i)));
		json_object_array_add(pair, json_object_new_uint64(l->step[i]));
		json_object_array_add(a, pair);
	}
	return a;
}

/* @of: what the names begin with */
static void add_latency(struct json_object *o, const char *of,
			const struct latency *l)
{
	const struct {
		const char *name;
		uint64_t value;
	} fields[] = {
		{ "laps", l->laps },
		{ "p50_ns", latency_percentile(l, 50) },
		{ "p99_ns", latency_percentile(l, 99) },
		{ "p99_9_ns", latency_percentile(l, 99.9) },
		{ "max_ns", l->max },
	};
	char name[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		snprintf(name, sizeof(name), "%s%s", of, fields[i].name);
		json_add_number(o, name, fields[i].value);
	}
}

static struct json_object *latency_json(const struct latency *l)
{
	struct json_object *o = json_object_new_object();

	add_latency(o, "", l);
	json_object_object_add(o, "histogram", histogram_json(l));
	return o;
}

static struct json_object *laps_json(const struct bench *b)
{
	const struct lap_times *t = b->lane[0].times;
	struct json_object *o = latency_json(&t->lap), *ways, *way;
	unsigned int i;

	ways = json_object_new_array();
	for (i = 0; i < ARRAY_SIZE(t->way); i++) {
		way = latency_json(&t->way[i]);
		add_str(way, "from", b->lane[i].tx->port->name);
		add_str(way, "to", b->lane[i].rx->port->name);
		json_object_array_add(ways, way);
	}
	json_object_object_add(o, "one_way", ways);
	return o;
}

/* The fields are an interface: add to them, do not rename them. */
struct json_object *bench_json(const struct bench_result *result)
{
	const struct bench *b = result->bench;
	const struct bench_config *c = b->config;
	struct json_object *o = json_object_new_object(), *a;
	unsigned int i;

	add_config(o, "mode", c);
	json_add_number(o, "inflight", c->inflight);
	json_object_object_add(o, "zerocopy",
			       json_object_new_boolean(result->zerocopy));
	json_object_object_add(o, "verified",
			       json_object_new_boolean(c->verify));
	a = json_object_new_array();
	for (i = 0; i < b->nports; i++) {
		struct json_object *p = json_object_new_object();

		add_str(p, "dev", b->port[i].name);
		add_str(p, "driver", b->port[i].driver);
		add_str(p, "bus", b->port[i].bus);
		json_object_array_add(a, p);
	}
	json_object_object_add(o, "ports", a);
	add_total(o, result);
	a = json_object_new_array();
	for (i = 0; i < b->nintervals; i++)
		json_object_array_add(a, json_object_new_double(b->interval_ns[i]));
	json_object_object_add(o, "interval_ns_per_packet", a);
	json_object_object_add(o, "latency", c->latency ? laps_json(b) : NULL);
	a = json_object_new_array();
	for (i = 0; i < b->nxsks; i++) {
		struct json_object *row = json_object_new_object();

		add_row(row, &b->row[i], result->seconds);
		json_object_array_add(a, row);
	}
	json_object_object_add(o, "queues", a);
	return o;
}

static void csv_line(struct json_object *o, bool names)
{
	const char *before = "";

	json_object_object_foreach(o, key, value) {
		const char *text = value ? json_object_get_string(value) : "";
		bool quote = text[strcspn(text, ",\"\n")];

		/* no name or text of ours has a quotation mark */
		if (names)
			printf("%s%s", before, key);
		else
			printf(quote ? "%s\"%s\"" : "%s%s", before, text);
		before = ",";
	}
	putchar('\n');
}

/* There and back, and the way that ends in @x. */
static void add_laps(struct json_object *o, const struct bench *b,
		     const struct xsk *x)
{
	const struct lap_times *t = b->lane[0].times;
	unsigned int i;

	add_latency(o, "", &t->lap);
	for (i = 0; i < ARRAY_SIZE(t->way); i++)
		if (b->lane[i].rx == x)
			add_latency(o, "one_way_", &t->way[i]);
}

void bench_csv(const struct bench_result *result)
{
	const struct bench *b = result->bench;
	struct json_object *o;
	unsigned int i;

	for (i = 0; i < b->nxsks; i++) {
		o = json_object_new_object();
		/* a queue has a mode of its own: zero-copy or not */
		add_config(o, "case", b->config);
		add_double(o, "seconds", true, result->seconds);
		add_row(o, &b->row[i], result->seconds);
		if (b->config->verify)
			add_checks(o, result);
		if (b->config->latency)
			add_laps(o, b, b->row[i].xsk);
		if (!i)
			csv_line(o, true);
		csv_line(o, false);
		json_object_put(o);
	}
	fflush(stdout);
}
