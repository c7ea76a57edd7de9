/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What `tandem top` shows: one row per vector, with rates and their history. */
#ifndef TANDEM_TOP_H
#define TANDEM_TOP_H

#include <stdbool.h>
#include <stdint.h>

#include "counters.h"

#define TOP_HISTORY 64

enum top_value {
	TOP_PACKETS,
	TOP_INTERRUPTS,
	TOP_WAKEUPS,
	TOP_POLLS,
	TOP_VALUES,
};

struct top_row {
	char dev[IFNAMSIZ];
	struct vector vector;
	bool known[TOP_VALUES];		/* the driver counts it */
	uint64_t last[TOP_VALUES];
	double rate[TOP_VALUES];	/* per second */
	double history[TOP_VALUES][TOP_HISTORY];	/* newest first */
	unsigned int samples;		/* rates so far */
	bool seen;
};

/* What rows are ordered by; the first TOP_VALUES are of enum top_value. */
#define TOP_BY_DEV TOP_VALUES

struct top {
	const char *dev;		/* NULL: all */
	struct top_row *row;
	unsigned int rows;
	unsigned int left;		/* vectors beyond TOPOLOGY_MAX */
	uint64_t last_ns, start_ns;
	unsigned int order;
	bool reverse;
};

/* Reads all counters; rates are since the last call. False if the device
 * that was named is gone.
 */
bool top_sample(struct top *top);
void top_sort(struct top *top);

/*
 * "interrupt", "woken", "polled", "suspended", "idle", or NULL where nobody
 * knows.
 */
const char *top_mode(const struct top_row *row);

/* top_screen.c: the terminal */

/* An exit code; the screen is ours until top_screen_close(). */
int top_screen_open(void);
void top_screen_close(void);
void top_screen_draw(const struct top *top, double interval);
/* Waits for a key or the end of @ms. False if the user wants to leave. */
bool top_screen_key(struct top *top, int ms, bool *redraw);

#endif
