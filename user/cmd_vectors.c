// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * tandem vectors: which entry, interrupt, CPU, NAPI, queue, socket and program
 * belong together, and how each vector is served right now.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attached.h"
#include "diag.h"
#include "domains.h"
#include "options.h"
#include "output.h"
#include "port.h"
#include "queues.h"
#include "tandem.h"
#include "top.h"
#include "topology.h"

struct vectors_config {
	bool domains, json;
	double interval;
};

static const struct opt opts[] = {
	{ "domains", 'D', OPT_FLAG, offsetof(struct vectors_config, domains),
	  0, 0, NULL, NULL, "the chain of interrupt domains, too" },
	{ "interval", 'i', OPT_SECONDS, offsetof(struct vectors_config, interval),
	  0, 3600, NULL, "S", "seconds to measure rates in; default 0.2; 0: "
	  "no rates" },
	{ "json", 'j', OPT_FLAG, offsetof(struct vectors_config, json), 0, 0,
	  NULL, NULL, "print as JSON" },
};

static const struct opt_set set = {
	.command = "vectors",
	.synopsis = "[DEV]",
	.about = "One line per interrupt vector of a device, or of all. What "
		 "driver and kernel do\nnot tell is a dash.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.max_args = 1,
};

/* What the lines of one device share. */
struct device {
	char name[IFNAMSIZ];
	struct attached prog;
	int nsockets;
	struct xsk_info *socket;
	bool *listed;		/* each one on a line */
	struct domains domains;
};

/* One line, as text or JSON. */
struct line {
	const struct top_row *row;
	const struct vector *vector;
	const struct xsk_info *socket;	/* the first on its queue, or NULL */
	const struct device *device;
	bool serves;			/* a queue, so the program runs on it */
	bool known[TOP_VALUES];
};

static const struct vectors_config *config;
static struct json_object *array;
static struct table table;

static const char *line_mode(const struct line *l)
{
	return l->known[TOP_INTERRUPTS] ? top_mode(l->row) : NULL;
}

static const char *line_xsk(const struct line *l)
{
	return l->socket ? l->socket->zerocopy ? "zero-copy" : "copy" :
	       xsk_kind_name(l->vector->xsk);
}

static void print_socket(const struct line *l)
{
	const char *xsk = line_xsk(l);
	const struct xsk_info *x = l->socket;

	table_text(&table, xsk);
	table_int(&table, x && x->chunk ? (int)x->chunk : UNKNOWN);
	table_int(&table, x && x->pid ? x->pid : UNKNOWN);
	table_text(&table, x ? x->comm : NULL);
	if (l->serves && l->device->prog.id)
		table_cell(&table, "%u %s", l->device->prog.id,
			   l->device->prog.name);
	else
		table_cell(&table, "-");
}

static void print_line(const struct line *l)
{
	const struct vector *v = l->vector;
	struct domain_chain chain;
	char text[TABLE_CELL];

	table_row(&table);
	table_cell(&table, "%s", l->device->name);
	table_int(&table, v->entry);
	table_int(&table, v->irq);
	table_text(&table, v->name);
	table_text(&table, v->affinity);
	table_text(&table, v->effective);
	table_int(&table, v->napi_id);
	table_int(&table, v->rx_queue);
	table_int(&table, v->tx_queue);
	print_socket(l);
	if (v->irq > 0)
		table_cell(&table, "%llu",
			   (unsigned long long)irq_count(v->irq));
	else
		table_cell(&table, "-");
	if (l->known[TOP_INTERRUPTS])
		table_cell(&table, "%.0f", l->row->rate[TOP_INTERRUPTS]);
	else
		table_cell(&table, "-");
	table_text(&table, line_mode(l));
	if (config->domains) {
		domains_of(&l->device->domains, v->irq, &chain);
		domains_text(&chain, text, sizeof(text));
		table_cell(&table, "%s", text);
	}
}

static struct json_object *domains_json(const struct line *l)
{
	struct json_object *levels = json_object_new_array(), *o;
	struct domain_chain chain;
	unsigned int i;

	domains_of(&l->device->domains, l->vector->irq, &chain);
	for (i = 0; i < chain.n; i++) {
		const struct domain_level *level = &chain.level[i];

		o = json_object_new_object();
		json_object_object_add(o, "domain", json_text(level->domain));
		json_object_object_add(o, "chip", json_text(level->chip));
		json_object_object_add(o, "hwirq",
				       json_object_new_uint64(level->hwirq));
		json_object_array_add(levels, o);
	}
	return levels;
}

static void socket_json(struct json_object *o, const struct line *l)
{
	const struct xsk_info *x = l->socket;
	struct json_object *prog = NULL;

	json_object_object_add(o, "xsk", json_text(line_xsk(l)));
	json_object_object_add(o, "chunk", json_known(x && x->chunk ?
						      (int)x->chunk : UNKNOWN));
	json_object_object_add(o, "pid", json_known(x && x->pid ? x->pid :
						    UNKNOWN));
	json_object_object_add(o, "command", json_text(x ? x->comm : NULL));
	if (l->serves && l->device->prog.id) {
		const struct attached *info = &l->device->prog;

		prog = json_object_new_object();
		json_object_object_add(prog, "id",
				       json_object_new_int64(info->id));
		json_object_object_add(prog, "name", json_text(info->name));
	}
	json_object_object_add(o, "program", prog);
}

static void add_object(const struct line *l)
{
	struct json_object *o = json_object_new_object();
	const struct vector *v = l->vector;

	json_object_object_add(o, "dev", json_text(l->device->name));
	vector_json(o, v);
	json_object_object_add(o, "rx_queue", json_known(v->rx_queue));
	json_object_object_add(o, "tx_queue", json_known(v->tx_queue));
	deferral_json(o, v);
	socket_json(o, l);
	json_object_object_add(o, "interrupts", v->irq <= 0 ? NULL :
			       json_object_new_uint64(irq_count(v->irq)));
	json_object_object_add(o, "interrupts_per_s",
			       !l->known[TOP_INTERRUPTS] ? NULL :
			       json_object_new_double(l->row->rate[TOP_INTERRUPTS]));
	json_object_object_add(o, "mode", json_text(line_mode(l)));
	if (config->domains)
		json_object_object_add(o, "domains", domains_json(l));
	json_object_array_add(array, o);
}

static void add_line(const struct line *l)
{
	if (config->json)
		add_object(l);
	else
		print_line(l);
}

/* False if the device has gone since its counters were read. */
static bool enter_device(struct device *d, const char *name)
{
	struct port port;

	free(d->socket);
	free(d->listed);
	memset(d, 0, sizeof(*d));
	if (!if_nametoindex(name) || port_open(&port, name))
		return false;
	snprintf(d->name, sizeof(d->name), "%s", name);
	attached_read(&d->prog, &port);
	d->nsockets = xsk_diag(&port, &d->socket);
	d->listed = d->nsockets > 0 ? calloc((size_t)d->nsockets,
					     sizeof(*d->listed)) : NULL;
	if (!d->listed)
		d->nsockets = 0;
	if (config->domains && domains_read(&d->domains, &port) == -EPERM)
		fail(TD_PERM, "all domains of %s: that needs CAP_NET_ADMIN",
		     name);
	return true;
}

static const struct xsk_info *socket_of(struct device *d,
					const struct vector *v)
{
	const struct xsk_info *found = NULL;
	int i;

	for (i = 0; i < d->nsockets; i++) {
		if ((int)d->socket[i].queue != v->rx_queue &&
		    (int)d->socket[i].queue != v->tx_queue)
			continue;
		d->listed[i] = true;
		if (!found || !found->pid)
			found = &d->socket[i];
	}
	return found;
}

static void add_row(struct device *d, const struct top_row *row)
{
	const struct vector *v = &row->vector;
	struct line l = { .row = row, .vector = v, .device = d };

	/* the row of a device that has no vectors */
	if (v->irq == UNKNOWN && v->entry == UNKNOWN && v->napi_id == UNKNOWN)
		return;
	l.socket = socket_of(d, v);
	l.serves = v->rx_queue != UNKNOWN || v->tx_queue != UNKNOWN;
	if (config->interval > 0 && row->samples > 1)
		memcpy(l.known, row->known, sizeof(l.known));
	add_line(&l);
}

/* Sockets on queues of which nobody tells the vector. */
static void leave_device(struct device *d)
{
	struct line l = { .vector = NULL, .device = d, .serves = true };
	struct vector v;
	int i;

	for (i = 0; i < d->nsockets; i++) {
		if (d->listed[i])
			continue;
		vector_unknown(&v);
		v.rx_queue = (int)d->socket[i].queue;
		v.tx_queue = v.rx_queue;
		l.vector = &v;
		l.socket = socket_of(d, &v);
		add_line(&l);
	}
}

static int sample(struct top *top)
{
	uint64_t end = now_ns() + (uint64_t)(config->interval * 1e9);

	if (!top_sample(top))
		return TD_FAIL;
	if (config->interval <= 0)
		return 0;
	sleep_until(end);
	return top_sample(top) ? 0 : TD_FAIL;
}

static void add_all(struct top *top)
{
	static struct device d;
	unsigned int i;

	top_sort(top);
	for (i = 0; i < top->rows; i++) {
		const struct top_row *row = &top->row[i];

		if (!i || strcmp(row->dev, d.name)) {
			leave_device(&d);
			if (!enter_device(&d, row->dev))
				continue;
		}
		add_row(&d, row);
	}
	leave_device(&d);
}

int cmd_vectors(int argc, char **argv)
{
	static const char *const heads[] = {
		"<DEV", "ENTRY", "IRQ", "<NAME", "<ALLOWED", "<CPU", "NAPI",
		"RX", "TX", "<XSK", "CHUNK", "PID", "<COMMAND", "<PROGRAM",
		"INTERRUPTS", "PER-S", "<MODE", "<DOMAINS",
	};
	struct vectors_config asked = { .interval = 0.2 };
	static struct top top = { .order = TOP_BY_DEV };
	struct opt_args args;
	struct port port;
	int err;

	err = opts_parse(&set, argc, argv, &asked, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	config = &asked;
	if (args.n) {
		top.dev = args.arg[0];
		err = port_open(&port, top.dev);
		if (err)
			return err;
	}
	if (sample(&top))
		return fail(TD_FAIL, "%s is gone", top.dev);
	if (stop_requested)
		return TD_FAIL;
	table_start(&table, heads, ARRAY_SIZE(heads) - !asked.domains);
	if (asked.json)
		array = json_object_new_array();
	add_all(&top);
	if (asked.json)
		json_print(array);
	else
		table_print(&table);
	topology_say_left(top.left);
	free(top.row);
	return TD_OK;
}
