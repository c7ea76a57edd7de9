// SPDX-License-Identifier: GPL-2.0
/*
 * How many queue vectors a port has. Probe takes what the pool has (NORMAL);
 * ethtool -L gets all that it asked for, or nothing and the number that are free
 * (STRICT).
 */
#include <linux/delay.h>
#include <linux/netdevice.h>

#include "../tandem.h"

/* Half milliseconds that a vector on its way out gets for its last frames. */
#define TANDEM_SETTLE_TRIES	40

/* Take away vectors from the end, down to @want. */
static void tandem_vectors_cut(struct tandem_adapter *ad, unsigned int have,
			       unsigned int want)
{
	struct tandem_vector *v;

	while (have > want) {
		v = ad->vector[--have];
		WRITE_ONCE(ad->vector[have], NULL);
		synchronize_net();
		/* The watchdog looks at queues that are gone, too, and what
		 * follows may take long.
		 */
		netif_tx_start_queue(netdev_get_tx_queue(ad->netdev, have));
		tandem_vector_down(v);
		tandem_vector_free(v);
	}
}

/* Make one more. Its entry is free again if this fails. */
static int tandem_vector_add(struct tandem_adapter *ad, unsigned int index,
			     unsigned int entry)
{
	struct tandem_vector *v;
	int err;

	v = tandem_vector_alloc(ad, index, entry);
	if (IS_ERR(v))
		return PTR_ERR(v);
	if (tandem_running(ad)) {
		err = tandem_vector_up(v);
		if (err) {
			tandem_vector_free(v);
			return err;
		}
	}
	spin_lock_bh(&ad->base_lock);
	ad->counted[index] = v;
	spin_unlock_bh(&ad->base_lock);
	WRITE_ONCE(ad->vector[index], v);
	return 0;
}

/* Make a vector of each entry that the pool gives. All of these or none: what
 * NORMAL makes smaller is the pool's answer.
 * Return: how many, or a negative errno.
 */
static int tandem_vectors_add(struct tandem_adapter *ad, unsigned int have,
			      unsigned int count,
			      enum tandem_pool_behaviour behaviour,
			      struct netlink_ext_ack *extack)
{
	u16 entry[TANDEM_MAX_PAIRS];
	unsigned int got, i;
	int err;

	err = tandem_entries_reserve(ad, behaviour, count, entry, &got);
	if (err) {
		NL_SET_ERR_MSG_FMT_MOD(extack,
				       "%u more vectors wanted, %u are free",
				       count, got);
		return err;
	}
	for (i = 0; i < got; i++) {
		err = tandem_vector_add(ad, have + i, entry[i]);
		if (err)
			goto undo;
	}
	return got;

undo:
	NL_SET_ERR_MSG_FMT_MOD(extack, "%u more vectors wanted, %u could be had",
			       count, i);
	/* the one that failed has given back its own */
	while (--got > i)
		tandem_entry_unreserve(ad, entry[got]);
	tandem_vectors_cut(ad, have + i, have);
	return err;
}

static int tandem_vectors_grow(struct tandem_adapter *ad, unsigned int want,
			       struct netlink_ext_ack *extack)
{
	unsigned int have = ad->num_vectors;
	int err;

	err = tandem_vectors_add(ad, have, want - have, TANDEM_POOL_STRICT,
				 extack);
	if (err < 0)
		return err;
	WRITE_ONCE(ad->num_vectors, want);
	err = netif_set_real_num_queues(ad->netdev, want, want);
	if (err) {
		WRITE_ONCE(ad->num_vectors, have);
		tandem_vectors_cut(ad, want, have);
		return err;
	}
	tandem_rss_spread(ad);
	return 0;
}

/* No frame comes any more; let the NAPI deliver those that have. A thread that
 * polls busily never lets go of it, so napi_synchronize() might not come back;
 * napi_disable(), which follows, does.
 */
static void tandem_vector_settle(struct tandem_vector *v)
{
	unsigned int tries;

	for (tries = 0; v->up && tries < TANDEM_SETTLE_TRIES; tries++) {
		if (!tandem_rx_pending(&v->rx) &&
		    !test_bit(NAPI_STATE_SCHED, &v->napi.state))
			break;
		usleep_range(500, 1000);
	}
}

static int tandem_vectors_shrink(struct tandem_adapter *ad, unsigned int want,
				 struct netlink_ext_ack *extack)
{
	unsigned int have = ad->num_vectors;
	unsigned int i;
	int err;

	/* those of copy mode, too, which only the core knows */
	for (i = want; i < have; i++) {
		if (!ad->xsk_pool[i] && !xsk_get_pool_from_qid(ad->netdev, i))
			continue;
		NL_SET_ERR_MSG_FMT_MOD(extack,
				       "queue %u has an AF_XDP socket", i);
		return -EBUSY;
	}
	/* Frames first stop coming; those that have come are delivered while
	 * the stack still knows their queue; then the queues go.
	 */
	WRITE_ONCE(ad->num_vectors, want);
	tandem_rss_spread(ad);
	for (i = want; i < have; i++)
		tandem_vector_settle(ad->vector[i]);
	err = netif_set_real_num_queues(ad->netdev, want, want);
	if (err) {
		WRITE_ONCE(ad->num_vectors, have);
		tandem_rss_spread(ad);
		return err;
	}
	tandem_vectors_cut(ad, have, want);
	return 0;
}

/**
 * tandem_set_vectors - have so many ring pairs
 * @ad: port, up or down
 * @want: ring pairs, 1 to TANDEM_MAX_PAIRS
 * @extack: where to say why not
 *
 * Asks STRICT: all or nothing. Vectors that stay are not touched: their interrupts, NAPIs
 * and rings go on. Context: RTNL, may sleep.
 */
int tandem_set_vectors(struct tandem_adapter *ad, unsigned int want,
		       struct netlink_ext_ack *extack)
{
	if (want > ad->num_vectors)
		return tandem_vectors_grow(ad, want, extack);
	if (want < ad->num_vectors)
		return tandem_vectors_shrink(ad, want, extack);
	return 0;
}

/**
 * tandem_vectors_init - the vectors that a port starts with
 * @ad: port, not registered; @num_vectors is what the machine has given it
 *
 * Runs with what the pool has of them, at least one. Context: probe. Return: 0
 * or a negative errno with none left.
 */
int tandem_vectors_init(struct tandem_adapter *ad)
{
	int got = tandem_vectors_add(ad, 0, ad->num_vectors, TANDEM_POOL_NORMAL,
				     NULL);

	if (got < 0)
		return got;
	ad->num_vectors = got;
	return 0;
}

/**
 * tandem_vectors_fini - free all queue vectors
 * @ad: port, unregistered or never registered
 */
void tandem_vectors_fini(struct tandem_adapter *ad)
{
	tandem_vectors_cut(ad, ad->num_vectors, 0);
}
