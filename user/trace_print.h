/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Events and histograms of `tandem trace`, for people and as JSON. */
#ifndef TANDEM_TRACE_PRINT_H
#define TANDEM_TRACE_PRINT_H

#include "tracer.h"

/* Bits of the kinds in a list of names such as "irq,poll"; 0 if one of them
 * is no name, which @bad then is.
 */
uint32_t trace_kinds(const char *list, const char **bad);
/* The names of the kinds in @bits, with commas. */
const char *trace_names(uint32_t bits);

void trace_print_event(const struct vector_event *e, const struct port *port,
		       uint64_t start_ns, bool json);
void trace_print_hists(const struct tracer *t, double seconds, bool json);

#endif
