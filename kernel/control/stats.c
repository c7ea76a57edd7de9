// SPDX-License-Identifier: GPL-2.0
/*
 * Counting: what the rings count, added up for netdev statistics and qstats.
 * Totals never fall: a queue that goes leaves its counts with the port.
 */
#include <net/netdev_queues.h>

#include "../tandem.h"

/* All counters are u64, so that structs of them add up as arrays. */
static void tandem_add(void *sum, const void *part, size_t bytes)
{
	const u64 *from = part;
	u64 *to = sum;
	size_t i;

	for (i = 0; i < bytes / sizeof(u64); i++)
		to[i] += READ_ONCE(from[i]);
}

static void tandem_add_rx(struct tandem_rx_stats *sum,
			  const struct tandem_rx_stats *part)
{
	tandem_add(sum, part, sizeof(*sum));
}

static void tandem_add_tx(struct tandem_tx_stats *sum,
			  const struct tandem_tx_stats *part)
{
	tandem_add(sum, part, sizeof(*sum));
}

static void tandem_read_rx(const struct tandem_rx_ring *rx,
			   struct tandem_rx_stats *out)
{
	unsigned int start;

	do {
		memset(out, 0, sizeof(*out));
		start = u64_stats_fetch_begin(&rx->syncp);
		tandem_add_rx(out, &rx->stats);
	} while (u64_stats_fetch_retry(&rx->syncp, start));
}

static void tandem_read_tx(const struct tandem_tx_ring *ring,
			   struct tandem_tx_stats *out)
{
	unsigned int start;

	do {
		memset(out, 0, sizeof(*out));
		start = u64_stats_fetch_begin(&ring->syncp);
		tandem_add_tx(out, &ring->stats);
	} while (u64_stats_fetch_retry(&ring->syncp, start));
}

/**
 * tandem_stats_fold - keep the counts of a queue vector that goes
 * @v: queue vector, down
 *
 * It is counted until here, and is in the totals of queues that are gone from
 * here on: nobody sees it in neither. Context: RTNL.
 */
void tandem_stats_fold(struct tandem_vector *v)
{
	struct tandem_adapter *ad = v->ad;

	spin_lock_bh(&ad->base_lock);
	tandem_add_rx(&ad->base.rx, &v->rx.stats);
	tandem_add_tx(&ad->base.tx, &v->tx.stats);
	tandem_add_tx(&ad->base.xdp, &v->xdp.stats);
	ad->counted[v->index] = NULL;
	spin_unlock_bh(&ad->base_lock);
}

static u64 tandem_rx_drops(const struct tandem_rx_stats *rx)
{
	return rx->drop_no_buffer + rx->drop_bad_desc + rx->drop_too_long;
}

/**
 * tandem_get_stats64 - ndo_get_stats64
 * @netdev: port
 * @st: to be filled in
 *
 * Context: any but hard interrupts.
 */
void tandem_get_stats64(struct net_device *netdev, struct rtnl_link_stats64 *st)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_base_stats sum;
	struct tandem_rx_stats rx;
	struct tandem_tx_stats tx;
	struct tandem_vector *v;
	unsigned int i;

	spin_lock_bh(&ad->base_lock);
	sum = ad->base;
	for (i = 0; i < TANDEM_MAX_PAIRS; i++) {
		v = ad->counted[i];
		if (!v)
			continue;
		tandem_read_rx(&v->rx, &rx);
		tandem_add_rx(&sum.rx, &rx);
		tandem_read_tx(&v->tx, &tx);
		tandem_add_tx(&sum.tx, &tx);
		tandem_read_tx(&v->xdp, &tx);
		tandem_add_tx(&sum.xdp, &tx);
	}
	spin_unlock_bh(&ad->base_lock);

	st->rx_packets = sum.rx.packets;
	st->rx_bytes = sum.rx.bytes;
	st->rx_dropped = tandem_rx_drops(&sum.rx);
	st->tx_packets = sum.tx.packets + sum.xdp.packets;
	st->tx_bytes = sum.tx.bytes + sum.xdp.bytes;
	st->tx_dropped = sum.tx.dropped + sum.xdp.dropped;
	st->multicast = ad->hw_stats.rx_multicast;
	st->collisions = ad->hw_stats.collisions;
	st->rx_crc_errors = ad->hw_stats.crc_errors;
	st->rx_length_errors = ad->hw_stats.length_errors +
			       ad->hw_stats.oversize;
	st->rx_frame_errors = ad->hw_stats.align_errors;
	st->rx_missed_errors = ad->hw_stats.missed;
	st->rx_errors = st->rx_crc_errors + st->rx_length_errors +
			st->rx_frame_errors;
	st->tx_aborted_errors = ad->hw_stats.excess_collisions;
	st->tx_window_errors = ad->hw_stats.late_collisions;
	st->tx_carrier_errors = ad->hw_stats.carrier_errors;
	st->tx_errors = st->tx_aborted_errors + st->tx_window_errors +
			st->tx_carrier_errors;
}

static void tandem_fill_qrx(struct netdev_queue_stats_rx *out,
			    const struct tandem_rx_stats *rx)
{
	out->packets = rx->packets;
	out->bytes = rx->bytes;
	out->alloc_fail = rx->alloc_failed;
	out->hw_drops = tandem_rx_drops(rx);
	out->csum_bad = rx->csum_error;
}

static void tandem_fill_qtx(struct netdev_queue_stats_tx *out,
			    const struct tandem_tx_stats *tx,
			    const struct tandem_tx_stats *xdp)
{
	out->packets = tx->packets + xdp->packets;
	out->bytes = tx->bytes + xdp->bytes;
	out->hw_drop_errors = tx->dropped + xdp->dropped;
	out->needs_csum = tx->csum_offloads;
	out->stop = tx->stopped;
	out->wake = tx->woken;
}

static void tandem_get_queue_rx(struct net_device *netdev, int idx,
				struct netdev_queue_stats_rx *out)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_rx_stats rx;

	if (!ad->vector[idx])
		return;
	tandem_read_rx(&ad->vector[idx]->rx, &rx);
	tandem_fill_qrx(out, &rx);
}

static void tandem_get_queue_tx(struct net_device *netdev, int idx,
				struct netdev_queue_stats_tx *out)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_tx_stats tx, xdp;

	if (!ad->vector[idx])
		return;
	tandem_read_tx(&ad->vector[idx]->tx, &tx);
	tandem_read_tx(&ad->vector[idx]->xdp, &xdp);
	tandem_fill_qtx(out, &tx, &xdp);
}

static void tandem_get_base(struct net_device *netdev,
			    struct netdev_queue_stats_rx *rx,
			    struct netdev_queue_stats_tx *tx)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	tandem_fill_qrx(rx, &ad->base.rx);
	tandem_fill_qtx(tx, &ad->base.tx, &ad->base.xdp);
}

const struct netdev_stat_ops tandem_stat_ops = {
	.get_queue_stats_rx	= tandem_get_queue_rx,
	.get_queue_stats_tx	= tandem_get_queue_tx,
	.get_base_stats		= tandem_get_base,
};
