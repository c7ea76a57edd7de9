/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Entries of an RSS table that `tandem steer` has changed, written down before
 * it changes them, in /run/tandem/steer-<netns>-<ifindex>.json.
 */
#ifndef TANDEM_STEERED_H
#define TANDEM_STEERED_H

#include <stdbool.h>
#include <stdint.h>

#include "ethtool.h"
#include "port.h"

struct steered_entry {
	unsigned int entry;
	uint32_t before;	/* the queue that it named at first */
	uint32_t after;		/* the queue that we let it name, */
	uint32_t earlier;	/* or this one, if we were killed just then */
};

struct steered {
	unsigned int n;
	struct steered_entry entry[RSS_MAX_TABLE + 1];	/* and one to come */
};

/* Notes that an entry is about to go from queue @now to @after. */
void steered_note(struct steered *s, unsigned int entry, uint32_t now,
		  uint32_t after);

/* Forgets those that were led back to where they were at first. */
void steered_settle(struct steered *s);

enum steered_fate {
	STEERED_BACK,		/* it names the queue that it named at first */
	STEERED_FOREIGN,	/* somebody else has changed it since */
	STEERED_NO_QUEUE,	/* the queue that it named is no longer there */
};

/* Puts one back in @rss, of a device that has @queues. */
enum steered_fate steered_undo(const struct steered_entry *e, struct rss *rss,
			       unsigned int queues);

/*
 * Reads what is written about a device, which may be nothing. Forgets devices
 * that are gone. Under state_lock(), as all that writes.
 */
int steered_read(struct steered *s, const struct port *port);

/* Replaces the file, or removes it if there is nothing to write. */
int steered_write(const struct steered *s, const struct port *port);

#endif
