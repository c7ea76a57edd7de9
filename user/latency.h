/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * How long the laps of one frame take, and the way from one device to the other:
 * histograms whose steps are finer than 2 % at any length, so that noting one
 * costs little and takes no memory.
 */
#ifndef TANDEM_LATENCY_H
#define TANDEM_LATENCY_H

#include <stdint.h>

/* Steps per power of two: 64, so a step is at most 1/64 of its start. */
#define LATENCY_BITS 6
#define LATENCY_STEPS (1u << LATENCY_BITS)

struct latency {
	uint64_t last;		/* when the frame came by, 0 for not yet */
	uint64_t laps, max;
	uint32_t step[LATENCY_STEPS * (64 - LATENCY_BITS + 1)];
};

/* The frame came by at @now. */
static inline void latency_note(struct latency *l, uint64_t now)
{
	uint64_t ns = now - l->last;
	unsigned int octave, index = (unsigned int)ns;

	if (l->last) {
		if (ns >= LATENCY_STEPS) {
			octave = 63 - (unsigned int)__builtin_clzll(ns) -
				 LATENCY_BITS;
			index = (unsigned int)(ns >> octave) +
				octave * LATENCY_STEPS;
		}
		l->step[index]++;
		l->laps++;
		if (ns > l->max)
			l->max = ns;
	}
	l->last = now;
}

/* A frame that goes round two places, noted at both. */
struct lap_times {
	struct latency lap;	/* from place 0 to place 0 */
	struct latency way[2];	/* from the other place to this one */
};

/* The frame came by place 0 or 1 at @now. */
static inline void lap_note(struct lap_times *t, unsigned int place,
			    uint64_t now)
{
	latency_note(&t->way[place], now);
	t->way[!place].last = now;
	if (!place)
		latency_note(&t->lap, now);
}

/* What was noted is forgotten, but for when the frame last came by. */
void lap_reset(struct lap_times *t);

/* The longest time that belongs to a step. */
uint64_t latency_step_end(unsigned int index);

/* The time that @percent of the laps took at most. */
uint64_t latency_percentile(const struct latency *l, double percent);

#endif
