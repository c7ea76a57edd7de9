// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem vectors: which entry, interrupt, CPU, NAPI and queue belong together. */
#include <json-c/json.h>
#include <net/if.h>
#include <stdio.h>

#include "options.h"
#include "output.h"
#include "port.h"
#include "queues.h"
#include "tandem.h"
#include "topology.h"

struct vectors_config {
	bool json;
};

static const struct opt opts[] = {
	{ "json", 'j', OPT_FLAG, offsetof(struct vectors_config, json), 0, 0,
	  NULL, NULL, "print as JSON" },
};

static const struct opt_set set = {
	.command = "vectors",
	.synopsis = "[DEV]",
	.about = "One line per interrupt vector of a device, or of all.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.max_args = 1,
};

static struct table table;

static void add_lines(const struct port *port, const struct topology *t)
{
	unsigned int i;

	for (i = 0; i < t->n; i++) {
		const struct vector *v = &t->vector[i];

		table_row(&table);
		table_cell(&table, "%s", port->name);
		table_int(&table, v->entry);
		table_int(&table, v->irq);
		table_cell(&table, "%s", v->name[0] ? v->name : "-");
		table_cell(&table, "%s", v->affinity[0] ? v->affinity : "-");
		table_cell(&table, "%s", v->effective[0] ? v->effective : "-");
		table_int(&table, v->napi_id);
		table_int(&table, v->rx_queue);
		table_int(&table, v->tx_queue);
		table_cell(&table, "%s", v->xsk ? "zero-copy" : "-");
		if (v->irq > 0)
			table_cell(&table, "%llu",
				   (unsigned long long)irq_count(v->irq));
		else
			table_cell(&table, "-");
	}
}

static void add_objects(struct json_object *array, const struct port *port,
			const struct topology *t)
{
	unsigned int i;

	for (i = 0; i < t->n; i++) {
		const struct vector *v = &t->vector[i];
		struct json_object *o = json_object_new_object();

		json_object_object_add(o, "dev", json_text(port->name));
		vector_json(o, v);
		json_object_object_add(o, "rx_queue", json_known(v->rx_queue));
		json_object_object_add(o, "tx_queue", json_known(v->tx_queue));
		json_object_object_add(o, "defer_hard_irqs",
				       json_known(v->defer_hard_irqs));
		json_object_object_add(o, "gro_flush_timeout",
				       json_known(v->gro_flush_ns));
		json_object_object_add(o, "xsk",
				       json_text(v->xsk ? "zero-copy" : NULL));
		json_object_object_add(o, "interrupts", v->irq <= 0 ? NULL :
			json_object_new_uint64(irq_count(v->irq)));
		json_object_array_add(array, o);
	}
}

static int add_port(struct json_object *array, const char *name)
{
	static struct topology topology;
	struct port port;
	int err = port_open(&port, name);

	if (err)
		return err;
	topology_read(&topology, &port);
	if (array)
		add_objects(array, &port, &topology);
	else
		add_lines(&port, &topology);
	return 0;
}

static int add_all(struct json_object *array)
{
	struct if_nameindex *list = if_nameindex(), *i;

	for (i = list; i && i->if_index; i++)
		add_port(array, i->if_name);
	if (list)
		if_freenameindex(list);
	return 0;
}

int cmd_vectors(int argc, char **argv)
{
	static const char *const heads[] = {
		"<DEV", "ENTRY", "IRQ", "<NAME", "<ALLOWED", "<CPU", "NAPI",
		"RX", "TX", "<XSK", "INTERRUPTS",
	};
	struct vectors_config config = { 0 };
	struct json_object *array = NULL;
	struct opt_args args;
	int err;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	table_start(&table, heads, ARRAY_SIZE(heads));
	if (config.json)
		array = json_object_new_array();
	err = args.n ? add_port(array, args.arg[0]) : add_all(array);
	if (err) {
		json_object_put(array);
		return err;
	}
	if (config.json)
		json_print(array);
	else
		table_print(&table);
	return TD_OK;
}
