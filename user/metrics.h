/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The counters of all devices as text for Prometheus. */
#ifndef TANDEM_METRICS_H
#define TANDEM_METRICS_H

#include <stdbool.h>
#include <stddef.h>

enum metrics_format {
	METRICS_PROMETHEUS,	/* text format 0.0.4; node_exporter reads it */
	METRICS_OPENMETRICS,	/* 1.0.0 */
};

/* @dev, or every device but loopback when it is NULL. The caller frees the
 * text; NULL without memory.
 */
char *metrics_text(enum metrics_format format, const char *dev, size_t *len);

#endif
