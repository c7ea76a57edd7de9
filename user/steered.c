// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What was changed in an RSS table, and how it goes back; see steered.h. */
#include "steered.h"

static struct steered_entry *find(struct steered *s, unsigned int entry)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		if (s->entry[i].entry == entry)
			return &s->entry[i];
	return NULL;
}

static bool is_ours(const struct steered_entry *e, uint32_t queue)
{
	return queue == e->after || queue == e->earlier;
}

void steered_note(struct steered *s, unsigned int entry, uint32_t now,
		  uint32_t after)
{
	struct steered_entry *e = find(s, entry);

	if (!e) {
		e = &s->entry[s->n++];
		*e = (struct steered_entry){ entry, now, now, now };
	}
	/* what somebody else set since is what it goes back to */
	if (!is_ours(e, now))
		e->before = now;
	e->earlier = now;
	e->after = after;
}

void steered_settle(struct steered *s)
{
	unsigned int i, n = 0;

	for (i = 0; i < s->n; i++)
		if (s->entry[i].before != s->entry[i].after)
			s->entry[n++] = s->entry[i];
	s->n = n;
}

enum steered_fate steered_undo(const struct steered_entry *e, struct rss *rss,
			       unsigned int queues)
{
	uint32_t *queue;

	if (e->entry >= rss->table_len)
		return STEERED_FOREIGN;
	queue = &rss->table[e->entry];
	if (*queue == e->before)
		return STEERED_BACK;
	if (!is_ours(e, *queue))
		return STEERED_FOREIGN;
	if (e->before >= queues)
		return STEERED_NO_QUEUE;
	*queue = e->before;
	return STEERED_BACK;
}
