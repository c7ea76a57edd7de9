// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Writes down what was traced; see trace_print.h. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "output.h"
#include "tandem.h"
#include "trace_print.h"

static const struct {
	const char *name;
	const char *a, *b;	/* what the two numbers mean */
} kinds[TRACE_KINDS] = {
	[TRACE_RESERVE] = { "reserve", "dynamic", NULL },
	[TRACE_MAP] = { "map", NULL, NULL },
	[TRACE_REQUEST] = { "request", NULL, NULL },
	[TRACE_AFFINITY] = { "affinity", "first_cpu", NULL },
	[TRACE_MASK] = { "mask", NULL, NULL },
	[TRACE_UNMASK] = { "unmask", NULL, NULL },
	[TRACE_FREE] = { "free", NULL, NULL },
	[TRACE_IRQ] = { "irq", NULL, NULL },
	[TRACE_POLL] = { "poll", "work", "budget" },
	[TRACE_WAKEUP] = { "wakeup", "flags", NULL },
	[TRACE_DOORBELL] = { "doorbell", "xdp", "end" },
	[TRACE_COMPLETE] = { "complete", "xdp", "end" },
	[TRACE_XDP_EXCEPTION] = { "xdp_exception", "action", NULL },
	[TRACE_XDP_REDIRECT_ERR] = { "xdp_redirect_err", "error", NULL },
};

/* "irq_to_poll" is also the key in JSON. */
static const struct {
	const char *key, *title;
} hists[HISTS] = {
	[HIST_IRQ_TO_POLL] = { "irq_to_poll", "interrupt to poll" },
	[HIST_POLL] = { "poll", "poll length" },
	[HIST_WAKEUP_TO_DOORBELL] = { "wakeup_to_doorbell",
				      "wakeup to doorbell" },
	[HIST_DOORBELL_TO_COMPLETE] = { "doorbell_to_complete",
					"doorbell to completion" },
};

#define BITS(from, to) ((2u << (to)) - (1u << (from)))

static uint32_t kind_of(const char *name, size_t len)
{
	unsigned int k;

	if (len == 6 && !strncmp(name, "vector", len))
		return BITS(TRACE_RESERVE, TRACE_FREE);
	if (len == 3 && !strncmp(name, "xdp", len))
		return BITS(TRACE_XDP_EXCEPTION, TRACE_XDP_REDIRECT_ERR);
	for (k = 0; k < TRACE_KINDS; k++)
		if (strlen(kinds[k].name) == len &&
		    !strncmp(name, kinds[k].name, len))
			return 1u << k;
	return 0;
}

uint32_t trace_kinds(const char *list, const char **bad)
{
	uint32_t bits = 0, one;
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		one = kind_of(list, len);
		if (!one) {
			*bad = list;
			return 0;
		}
		bits |= one;
		if (!list[len])
			return bits;
	}
}

const char *trace_names(uint32_t bits)
{
	static char text[256];
	unsigned int k;
	size_t len = 0;

	text[0] = '\0';
	for (k = 0; k < TRACE_KINDS; k++)
		if (bits & (1u << k))
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						"%s%s", len ? ", " : "",
						kinds[k].name);
	return text;
}

static void print_number(const char *what, int value)
{
	if (what)
		printf(" %s=%d", what, value);
}

static void print_line(const struct vector_event *e, const char *dev, double t)
{
	printf("%12.6f  cpu %-3u %-8s", t, e->cpu, dev);
	printf(e->queue < 0 ? " q -  " : " q %-3d", e->queue);
	printf(e->entry < 0 ? " v -  " : " v %-3d", e->entry);
	printf(" %s", kinds[e->kind].name);
	if (e->irq > 0)
		printf(" irq=%d", e->irq);
	print_number(kinds[e->kind].a, e->a);
	print_number(kinds[e->kind].b, e->b);
	if (e->length)
		printf(" ns=%llu", (unsigned long long)e->length);
	if (e->name[0])
		printf(" name=%.*s", (int)sizeof(e->name), e->name);
	putchar('\n');
}

static void print_json(const struct vector_event *e, const char *dev, double t)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "t", json_seconds(t));
	json_object_object_add(o, "event",
			       json_object_new_string(kinds[e->kind].name));
	json_object_object_add(o, "dev", json_object_new_string(dev));
	json_object_object_add(o, "cpu", json_object_new_int((int)e->cpu));
	json_object_object_add(o, "queue", json_known(e->queue));
	json_object_object_add(o, "entry", json_known(e->entry));
	json_object_object_add(o, "irq", json_known(e->irq));
	if (kinds[e->kind].a)
		json_object_object_add(o, kinds[e->kind].a,
				       json_object_new_int(e->a));
	if (kinds[e->kind].b)
		json_object_object_add(o, kinds[e->kind].b,
				       json_object_new_int(e->b));
	if (e->length || e->kind == TRACE_POLL)
		json_object_object_add(o, "ns", e->length ?
				       json_object_new_uint64(e->length) :
				       NULL);
	if (e->name[0])
		json_object_object_add(o, "name",
				       json_object_new_string(e->name));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

void trace_print_event(const struct vector_event *e, const struct port *port,
		       uint64_t start_ns, bool json)
{
	/* the first ones may have come while programs were attached */
	double t = e->ns > start_ns ? (double)(e->ns - start_ns) / 1e9 : 0;

	if (e->kind >= TRACE_KINDS)
		return;
	if (json)
		print_json(e, port ? port->name : "?", t);
	else
		print_line(e, port ? port->name : "?", t);
}

static void print_buckets(const struct trace_histogram *h)
{
	unsigned int first = TRACE_BUCKETS, last = 0, b;
	uint64_t most = 1;

	for (b = 0; b < TRACE_BUCKETS; b++) {
		if (!h->bucket[b])
			continue;
		if (first == TRACE_BUCKETS)
			first = b;
		last = b;
		if (h->bucket[b] > most)
			most = h->bucket[b];
	}
	for (b = first; b <= last && b < TRACE_BUCKETS; b++)
		printf("  %13s ns  %12llu  %.*s\n", grouped((double)(1ull << b)),
		       (unsigned long long)h->bucket[b],
		       (int)(40 * h->bucket[b] / most),
		       "****************************************");
}

static const char *title_of(const struct tracer *t, unsigned int slot,
			    unsigned int what)
{
	if (what == HIST_IRQ_TO_POLL && !t->slot[slot].ours)
		return "interrupt to end of poll";
	return hists[what].title;
}

static bool is_served(const struct tracer *t, unsigned int slot,
		      unsigned int what)
{
	/* of other drivers what is known is when one vector's NAPI was polled */
	if (!t->slot[slot].ours)
		return what == HIST_IRQ_TO_POLL && t->slot[slot].irq > 0 &&
		       t->napi[slot] > 0;
	return t->hists_served & (1u << what);
}

static void print_text(const struct tracer *t, unsigned int slot)
{
	const struct port *port = tracer_port(t, t->slot[slot].ifindex);
	struct trace_histogram h;
	unsigned int what;

	for (what = 0; what < HISTS; what++) {
		if (!is_served(t, slot, what) ||
		    !tracer_histogram(t, slot, what, &h) || !h.count)
			continue;
		printf("%s%s queue %d vector %d: %s%s: %s times, mean %s ns, longest %s ns\n",
		       bold(), port ? port->name : "?", t->slot[slot].queue,
		       t->slot[slot].entry, title_of(t, slot, what), plain(),
		       grouped((double)h.count),
		       grouped((double)h.sum / (double)h.count),
		       grouped((double)h.max));
		print_buckets(&h);
	}
}

static struct json_object *hist_object(const struct trace_histogram *h)
{
	struct json_object *o = json_object_new_object();
	struct json_object *buckets = json_object_new_array();
	unsigned int b, last = 0;

	for (b = 0; b < TRACE_BUCKETS; b++)
		if (h->bucket[b])
			last = b + 1;
	for (b = 0; b < last; b++)
		json_object_array_add(buckets,
				      json_object_new_uint64(h->bucket[b]));
	json_object_object_add(o, "count", json_object_new_uint64(h->count));
	json_object_object_add(o, "sum_ns", json_object_new_uint64(h->sum));
	json_object_object_add(o, "max_ns", json_object_new_uint64(h->max));
	json_object_object_add(o, "log2_ns", buckets);
	return o;
}

static struct json_object *slot_object(const struct tracer *t,
				       unsigned int slot)
{
	const struct trace_slot *s = &t->slot[slot];
	const struct port *port = tracer_port(t, s->ifindex);
	struct json_object *o = json_object_new_object();
	struct trace_histogram h;
	unsigned int what;

	json_object_object_add(o, "dev",
			       json_object_new_string(port ? port->name : "?"));
	json_object_object_add(o, "queue", json_known(s->queue));
	json_object_object_add(o, "entry", json_known(s->entry));
	json_object_object_add(o, "irq", json_known(s->irq));
	for (what = 0; what < HISTS; what++) {
		const char *key = hists[what].key;
		bool known = is_served(t, slot, what) &&
			     tracer_histogram(t, slot, what, &h);

		if (what == HIST_IRQ_TO_POLL && !s->ours) {
			json_object_object_add(o, key, NULL);
			key = "irq_to_poll_end";
		}
		json_object_object_add(o, key, known ? hist_object(&h) : NULL);
	}
	return o;
}

void trace_print_hists(const struct tracer *t, double seconds, bool json)
{
	struct json_object *o = NULL, *vectors = NULL;
	unsigned int slot;

	if (json) {
		o = json_object_new_object();
		vectors = json_object_new_array();
		json_object_object_add(o, "seconds",
				       json_seconds(seconds));
		json_object_object_add(o, "vectors", vectors);
	}
	for (slot = 0; slot < t->slots; slot++) {
		/* the misc vector has no queue, and no poll */
		if (t->slot[slot].queue < 0 && t->napi[slot] < 0)
			continue;
		if (json)
			json_object_array_add(vectors, slot_object(t, slot));
		else
			print_text(t, slot);
	}
	if (json)
		json_print(o);
	else
		printf("in %.1f s\n", seconds);
}
