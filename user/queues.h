/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The queues of a device with all that decides how they are driven. */
#ifndef TANDEM_QUEUES_H
#define TANDEM_QUEUES_H

#include <stdint.h>

#include "port.h"
#include "topology.h"

struct json_object;

/*
 * The receive vector of a queue. Where the kernel has the deferral values of
 * the whole device only, those are filled in.
 */
void queue_vector(struct vector *v, const struct topology *topology,
		  const struct port *port, unsigned int queue);

/* Adds what identifies a vector: entry, irq, name, CPUs, NAPI. */
void vector_json(struct json_object *o, const struct vector *v);

/* Adds how the vector's interrupts are deferred; null is what is not known. */
void deferral_json(struct json_object *o, const struct vector *v);

/*
 * One line, or one object, for each of @queues. @mode tells what a socket on
 * the queue is or would be ("zero-copy", "copy", or NULL for nothing).
 */
void queues_print(const struct port *port, uint64_t queues,
		  const char *(*mode)(unsigned int queue));
struct json_object *queues_json(const struct port *port, uint64_t queues,
				const char *(*mode)(unsigned int queue));

#endif
