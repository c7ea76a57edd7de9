// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* --verify: numbers what is sent, checks what is received. */
#include "bench.h"
#include "frame.h"

static void check_frame(struct lane *l, const struct xdp_desc *desc)
{
	struct flow_check *flow;
	uint32_t seq;
	uint16_t id;

	switch (frame_check(umem_data(l->rx->umem, desc->addr), desc->len, &id,
			    &seq)) {
	case FRAME_FOREIGN:
		l->foreign++;
		return;
	case FRAME_CORRUPT:
		l->corrupt++;
		return;
	case FRAME_GOOD:
		break;
	}
	flow = &l->flows[id % LANE_FLOWS];
	if (l->laps_of && flow->seen && flow->next - seq > l->laps_of / 2 &&
	    seq < flow->next) {
		flow->last_lap = flow->lap;
		flow->lap = 0;
		flow->next = seq;
	}
	flow->lap++;
	if (flow->seen && seq != flow->next) {
		if ((int32_t)(seq - flow->next) < 0) {
			l->reordered++;
			return;
		}
		if (!l->laps_of)
			l->lost += seq - flow->next;
	}
	flow->seen = true;
	flow->next = seq + 1;
}

void bench_check_frames(struct lane *l, uint32_t n)
{
	const struct ring *rx = &l->rx->rx;
	uint32_t i;

	for (i = 0; i < n; i++)
		check_frame(l, &ring_descs(rx)[(rx->local + i) & rx->mask]);
}

void bench_stamp_frames(struct lane *l, uint32_t n)
{
	const struct ring *tx = &l->tx->tx;
	uint32_t i;

	for (i = 0; i < n; i++) {
		const struct xdp_desc *desc =
			&ring_descs(tx)[(tx->local + i) & tx->mask];

		frame_stamp(umem_data(l->tx->umem, desc->addr), desc->len,
			    l->next_seq++);
	}
}
