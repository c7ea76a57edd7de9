// SPDX-License-Identifier: GPL-2.0
/*
 * Accelerated RFS: the stack says on which queue it would like a flow, since
 * the program that reads it runs near that queue's CPU. A wish, not an order:
 * when the filters are all in use, the flow stays where RSS puts it.
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <net/flow_dissector.h>

#include "../tandem.h"
#include "control.h"

#define TANDEM_FLOW_PRIORITY	1	/* below every rule */

/* Only whole TCP and UDP packets on plain IPv4: what the filters can match. */
static int tandem_flow_tuple(const struct sk_buff *skb, struct tandem_tuple *t)
{
	struct flow_keys keys;

	if (!skb_flow_dissect_flow_keys(skb, &keys, 0))
		return -EPROTONOSUPPORT;
	if (keys.basic.n_proto != htons(ETH_P_IP) ||
	    (keys.basic.ip_proto != IPPROTO_TCP &&
	     keys.basic.ip_proto != IPPROTO_UDP) ||
	    (keys.control.flags & (FLOW_DIS_IS_FRAGMENT |
				   FLOW_DIS_ENCAPSULATION)))
		return -EPROTONOSUPPORT;

	memset(t, 0, sizeof(*t));
	t->src = keys.addrs.v4addrs.src;
	t->dst = keys.addrs.v4addrs.dst;
	t->sport = keys.ports.src;
	t->dport = keys.ports.dst;
	t->proto = keys.basic.ip_proto;
	t->match = TANDEM_MATCH_ALL;
	t->priority = TANDEM_FLOW_PRIORITY;
	return 0;
}

/**
 * tandem_rx_flow_steer - put a flow on a queue (ndo_rx_flow_steer)
 * @netdev: port
 * @skb: a packet of the flow
 * @queue: where the stack would like it
 * @flow_id: how the stack calls the flow
 *
 * Context: softirq. Return: the filter's number, or a negative errno.
 */
int tandem_rx_flow_steer(struct net_device *netdev, const struct sk_buff *skb,
			 u16 queue, u32 flow_id)
{
	struct tandem_filter f = { .owner = TANDEM_FILTER_FLOW };
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_steering *st = &ad->steer;
	int i;

	i = tandem_flow_tuple(skb, &f.tuple);
	if (i)
		return i;
	f.tuple.queue = queue;
	f.flow_id = flow_id;

	spin_lock_bh(&st->lock);
	if (queue >= READ_ONCE(ad->num_vectors) || tandem_steer_blocked(ad)) {
		i = -EINVAL;
		goto unlock;
	}
	/* the administrator has decided about this flow */
	if (tandem_steer_find(ad, &f.tuple, TANDEM_FILTER_RULE) >= 0) {
		i = -EEXIST;
		goto unlock;
	}
	i = tandem_steer_find(ad, &f.tuple, TANDEM_FILTER_FLOW);
	if (i < 0)
		i = tandem_steer_slot(ad, TANDEM_FILTER_FLOW);
	if (i >= 0)
		tandem_steer_set(ad, i, &f);
unlock:
	spin_unlock_bh(&st->lock);
	return i;
}

/**
 * tandem_arfs_expire - give up the filters of flows that have ended
 * @ad: port, up
 *
 * Context: service task.
 */
void tandem_arfs_expire(struct tandem_adapter *ad)
{
	struct tandem_steering *st = &ad->steer;
	struct tandem_filter *f;
	unsigned int i;

	spin_lock_bh(&st->lock);
	for (i = 0; i < TANDEM_FILTERS; i++) {
		f = &st->tuple[i];
		if (f->owner == TANDEM_FILTER_FLOW &&
		    rps_may_expire_flow(ad->netdev, f->tuple.queue, f->flow_id,
					i))
			tandem_steer_clear(ad, i);
	}
	spin_unlock_bh(&st->lock);
}

/**
 * tandem_arfs_trim - give up the filters of flows on queues that go
 * @ad: port
 * @queues: queues that stay
 *
 * Context: RTNL; the number of vectors has been lowered.
 */
void tandem_arfs_trim(struct tandem_adapter *ad, unsigned int queues)
{
	struct tandem_steering *st = &ad->steer;
	unsigned int i;

	spin_lock_bh(&st->lock);
	for (i = 0; i < TANDEM_FILTERS; i++)
		if (st->tuple[i].owner == TANDEM_FILTER_FLOW &&
		    st->tuple[i].tuple.queue >= queues)
			tandem_steer_clear(ad, i);
	spin_unlock_bh(&st->lock);
}
