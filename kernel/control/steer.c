// SPDX-License-Identifier: GPL-2.0
/*
 * The filters of a port as they should be, and their way into the device.
 * See steer.h for who shares them.
 */
#include <linux/bitfield.h>

#include "../tandem.h"
#include "../trace.h"
#include "control.h"

/* May the device have filters now? */
static bool tandem_steer_on(const struct tandem_adapter *ad)
{
	return tandem_running(ad) && !tandem_steer_blocked(ad);
}

/**
 * tandem_steer_blocked - are there VFs, so that no filter may be set?
 * @ad: port
 */
bool tandem_steer_blocked(const struct tandem_adapter *ad)
{
	return ad->vfs.num;
}

/* A rule for a queue that is gone (VFs take queues) is off until it is back. */
static void tandem_write_filter(struct tandem_adapter *ad, unsigned int i)
{
	const struct tandem_filter *f = &ad->steer.tuple[i];
	struct tandem_tuple_regs regs = {};

	if (f->owner == TANDEM_FILTER_FREE ||
	    f->tuple.queue >= ad->num_vectors) {
		tandem_hw_clear_tuple(&ad->hw, i);
	} else {
		tandem_hw_tuple_regs(&f->tuple, &regs);
		tandem_hw_write_tuple(&ad->hw, i, &regs);
	}
	trace_tandem_steer_tuple(ad->netdev, i, f->owner, &regs);
}

static void tandem_write_etype(struct tandem_adapter *ad, unsigned int i)
{
	u32 etqf = ad->steer.etype[i];

	if (FIELD_GET(TANDEM_ETQF_QUEUE, etqf) >= ad->num_vectors)
		etqf = 0;
	tandem_hw_write_etype(&ad->hw, i, etqf);
	trace_tandem_steer_etype(ad->netdev, i, etqf);
}

/**
 * tandem_steer_restore - put all filters into the device
 * @ad: port, coming up after a reset, or with queues more or less
 *
 * Filters are off after a reset: only those that are in use are written.
 * Context: RTNL.
 */
void tandem_steer_restore(struct tandem_adapter *ad)
{
	struct tandem_steering *st = &ad->steer;
	unsigned int i;

	if (tandem_steer_blocked(ad))
		return;
	spin_lock_bh(&st->lock);
	for (i = 0; i < TANDEM_FILTERS; i++) {
		if (st->tuple[i].owner != TANDEM_FILTER_FREE)
			tandem_write_filter(ad, i);
	}
	for (i = 0; i < TANDEM_ETYPES; i++)
		if (st->etype[i])
			tandem_write_etype(ad, i);
	spin_unlock_bh(&st->lock);
}

/**
 * tandem_steer_find - a 5-tuple filter that is there already
 * @ad: port
 * @tuple: what it matches; queue and priority do not count
 * @owner: whose it must be
 *
 * Context: steering lock held. Return: its number or -ENOENT.
 */
int tandem_steer_find(const struct tandem_adapter *ad,
		      const struct tandem_tuple *tuple,
		      enum tandem_filter_owner owner)
{
	const struct tandem_tuple *t;
	int i;

	for (i = 0; i < TANDEM_FILTERS; i++) {
		t = &ad->steer.tuple[i].tuple;
		if (ad->steer.tuple[i].owner == owner &&
		    t->match == tuple->match && t->proto == tuple->proto &&
		    t->src == tuple->src && t->dst == tuple->dst &&
		    t->sport == tuple->sport && t->dport == tuple->dport)
			return i;
	}
	return -ENOENT;
}

/**
 * tandem_steer_slot - a 5-tuple filter to be had
 * @ad: port
 * @owner: for whom: rules may push out flows
 *
 * Rules fill from the first filter, flows from the last. Context: steering
 * lock held. Return: its number or -ENOSPC.
 */
int tandem_steer_slot(const struct tandem_adapter *ad,
		      enum tandem_filter_owner owner)
{
	const struct tandem_filter *f = ad->steer.tuple;
	int i;

	if (owner == TANDEM_FILTER_FLOW) {
		for (i = TANDEM_FILTERS - 1; i >= 0; i--)
			if (f[i].owner == TANDEM_FILTER_FREE)
				return i;
		return -ENOSPC;
	}
	for (i = 0; i < TANDEM_FILTERS; i++)
		if (f[i].owner == TANDEM_FILTER_FREE)
			return i;
	for (i = 0; i < TANDEM_FILTERS; i++)
		if (f[i].owner == TANDEM_FILTER_FLOW)
			return i;
	return -ENOSPC;
}

/**
 * tandem_steer_set - use a 5-tuple filter
 * @ad: port
 * @i: filter
 * @filter: what for
 *
 * Context: steering lock held.
 */
void tandem_steer_set(struct tandem_adapter *ad, unsigned int i,
		      const struct tandem_filter *filter)
{
	ad->steer.tuple[i] = *filter;
	if (tandem_steer_on(ad))
		tandem_write_filter(ad, i);
}

/**
 * tandem_steer_clear - stop using a 5-tuple filter
 * @ad: port
 * @i: filter
 *
 * Context: steering lock held.
 */
void tandem_steer_clear(struct tandem_adapter *ad, unsigned int i)
{
	const struct tandem_filter nothing = {};

	tandem_steer_set(ad, i, &nothing);
}

/**
 * tandem_steer_etype - use or stop using an ether type filter
 * @ad: port
 * @i: filter
 * @etqf: its register, 0 to stop
 *
 * Context: RTNL; takes the steering lock.
 */
void tandem_steer_etype(struct tandem_adapter *ad, unsigned int i, u32 etqf)
{
	spin_lock_bh(&ad->steer.lock);
	ad->steer.etype[i] = etqf;
	if (tandem_steer_on(ad))
		tandem_write_etype(ad, i);
	spin_unlock_bh(&ad->steer.lock);
}
