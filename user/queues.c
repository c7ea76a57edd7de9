// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See queues.h. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "output.h"
#include "queues.h"
#include "tandem.h"

static int64_t device_value(const struct port *port, const char *attr)
{
	char text[32];

	return port_sysfs_read(port, attr, text, sizeof(text)) ?
	       strtoll(text, NULL, 10) : UNKNOWN;
}

void queue_vector(struct vector *v, const struct topology *t,
		  const struct port *port, unsigned int queue)
{
	const struct vector *found = topology_queue(t, queue, false);

	if (found)
		*v = *found;
	else
		vector_unknown(v);
	if (v->defer_hard_irqs == UNKNOWN) {
		v->defer_hard_irqs = (int)device_value(port, "napi_defer_hard_irqs");
		v->gro_flush_ns = device_value(port, "gro_flush_timeout");
	}
}

static void print_line(struct table *table, const struct vector *v,
		       unsigned int queue, const char *mode)
{
	table_row(table);
	table_int(table, (int)queue);
	table_text(table, mode);
	table_int(table, v->entry);
	table_int(table, v->irq);
	table_text(table, v->name);
	table_text(table, v->affinity);
	table_text(table, v->effective);
	table_int(table, v->napi_id);
	table_int(table, v->defer_hard_irqs);
	table_int(table, v->gro_flush_ns);
	table_int(table, v->irq_suspend_ns);
}

void queues_print(const struct port *port, uint64_t queues,
		  const char *(*mode)(unsigned int queue))
{
	static const char *const heads[] = {
		"QUEUE", "<SOCKET", "ENTRY", "IRQ", "<NAME", "<ALLOWED", "<CPU",
		"NAPI", "DEFER", "FLUSH-NS", "SUSPEND-NS",
	};
	static struct topology topology;
	static struct table table;
	struct vector v;
	unsigned int q;

	topology_read(&topology, port);
	table_start(&table, heads, ARRAY_SIZE(heads));
	for (q = 0; q < PORT_MAX_QUEUES; q++) {
		if (!(queues >> q & 1))
			continue;
		queue_vector(&v, &topology, port, q);
		print_line(&table, &v, q, mode(q));
	}
	table_print(&table);
}

void vector_json(struct json_object *o, const struct vector *v)
{
	json_object_object_add(o, "entry", json_known(v->entry));
	json_object_object_add(o, "irq", json_known(v->irq));
	json_object_object_add(o, "name", json_text(v->name));
	json_object_object_add(o, "affinity", json_text(v->affinity));
	json_object_object_add(o, "cpu", json_text(v->effective));
	json_object_object_add(o, "napi_id", json_known(v->napi_id));
}

void deferral_json(struct json_object *o, const struct vector *v)
{
	json_object_object_add(o, "defer_hard_irqs",
			       json_known(v->defer_hard_irqs));
	json_object_object_add(o, "gro_flush_timeout",
			       json_known(v->gro_flush_ns));
	json_object_object_add(o, "irq_suspend_timeout",
			       json_known(v->irq_suspend_ns));
}

static struct json_object *queue_json(const struct vector *v,
				      unsigned int queue, const char *mode)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "queue", json_object_new_int((int)queue));
	json_object_object_add(o, "mode", json_text(mode));
	vector_json(o, v);
	deferral_json(o, v);
	return o;
}

struct json_object *queues_json(const struct port *port, uint64_t queues,
				const char *(*mode)(unsigned int queue))
{
	struct json_object *array = json_object_new_array();
	static struct topology topology;
	struct vector v;
	unsigned int q;

	topology_read(&topology, port);
	for (q = 0; q < PORT_MAX_QUEUES; q++) {
		if (!(queues >> q & 1))
			continue;
		queue_vector(&v, &topology, port, q);
		json_object_array_add(array, queue_json(&v, q, mode(q)));
	}
	return array;
}
