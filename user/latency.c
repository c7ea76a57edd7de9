// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#include <math.h>
#include <string.h>

#include "latency.h"
#include "tandem.h"

static void reset(struct latency *l)
{
	uint64_t last = l->last;

	memset(l, 0, sizeof(*l));
	l->last = last;
}

void lap_reset(struct lap_times *t)
{
	reset(&t->lap);
	reset(&t->way[0]);
	reset(&t->way[1]);
}

/* The inverse of latency_note(). */
uint64_t latency_step_end(unsigned int index)
{
	unsigned int octave = index / LATENCY_STEPS;

	if (octave < 2)
		return index;
	octave--;
	index -= octave * LATENCY_STEPS;
	return (((uint64_t)index + 1) << octave) - 1;
}

uint64_t latency_percentile(const struct latency *l, double percent)
{
	uint64_t wanted = (uint64_t)ceil((double)l->laps * percent / 100);
	uint64_t seen = 0, end;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(l->step); i++) {
		seen += l->step[i];
		if (!seen || seen < wanted)
			continue;
		end = latency_step_end(i);
		return end < l->max ? end : l->max;
	}
	return l->max;
}
