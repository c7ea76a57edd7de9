/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Status reports of the device on frames sent. In a header, since the stack's
 * ring asks for one after every frame.
 */
#ifndef _TANDEM_REPORT_H
#define _TANDEM_REPORT_H

#include "../tandem.h"
#include "../trace.h"

/**
 * tandem_tx_reported - has the oldest status report come?
 * @ring: transmit ring, cleaning side owned by the caller
 * @end: where to put the index behind the last finished descriptor
 *
 * Return: true if descriptors up to @end are done; the report is used up.
 */
static inline bool tandem_tx_reported(struct tandem_tx_ring *ring, u16 *end)
{
	union tandem_tx_desc *desc;
	u16 to;

	/* Pairs with smp_store_release() in tandem_tx_doorbell(). */
	if (ring->rep_tail == smp_load_acquire(&ring->rep_head))
		return false;

	to = ring->report[ring->rep_tail & ring->mask];
	desc = &ring->desc[(to - 1) & ring->mask];
	if (!(le32_to_cpu(READ_ONCE(desc->wb.status)) & TANDEM_TXD_DD))
		return false;
	/* nothing about the finished descriptors is read before DD */
	dma_rmb();

	trace_tandem_complete(ring->netdev, ring->v->index,
			      ring == &ring->v->xdp, to);
	ring->rep_tail++;
	*end = to;
	return true;
}

#endif /* _TANDEM_REPORT_H */
