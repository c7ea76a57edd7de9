// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool -S --groups: what the device counts, under the names of the
 * standards. And flow control, as it was negotiated.
 */
#include <linux/ethtool.h>

#include "../tandem.h"
#include "control.h"

/**
 * tandem_refresh_stats - add what the device has counted to the totals
 * @ad: port
 *
 * Context: may sleep.
 */
void tandem_refresh_stats(struct tandem_adapter *ad)
{
	unsigned int i;

	mutex_lock(&ad->stats_lock);
	tandem_hw_read_stats(&ad->hw, &ad->hw_stats);
	for (i = 0; i < READ_ONCE(ad->num_vectors); i++)
		ad->hw_stats.missed +=
			tandem_rx_queue_drops(&ad->hw, ad->vfs.num + i);
	mutex_unlock(&ad->stats_lock);
}

/* A port that is down has its last counts on record. */
static const struct tandem_hw_stats *tandem_latest(struct net_device *netdev)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	if (tandem_running(ad))
		tandem_refresh_stats(ad);
	return &ad->hw_stats;
}

/* The standard counts what is between header and FCS, the device all. */
static u64 tandem_payload(u64 octets, u64 frames)
{
	return octets - frames * (ETH_HLEN + ETH_FCS_LEN);
}

void tandem_get_mac_stats(struct net_device *netdev,
			  struct ethtool_eth_mac_stats *mac)
{
	const struct tandem_hw_stats *st = tandem_latest(netdev);

	mac->FramesTransmittedOK = st->tx_good_packets;
	mac->FramesReceivedOK = st->rx_good_packets;
	mac->OctetsTransmittedOK = tandem_payload(st->tx_good_octets,
						  st->tx_good_packets);
	mac->OctetsReceivedOK = tandem_payload(st->rx_good_octets,
					       st->rx_good_packets);
	mac->MulticastFramesXmittedOK = st->tx_multicast;
	mac->BroadcastFramesXmittedOK = st->tx_broadcast;
	mac->MulticastFramesReceivedOK = st->rx_multicast;
	mac->BroadcastFramesReceivedOK = st->rx_broadcast;
	mac->FrameCheckSequenceErrors = st->crc_errors;
	mac->AlignmentErrors = st->align_errors;
	mac->InRangeLengthErrors = st->length_errors;
	mac->FrameTooLongErrors = st->oversize;
	mac->FramesLostDueToIntMACRcvError = st->missed;
	mac->FramesWithDeferredXmissions = st->deferred;
	mac->LateCollisions = st->late_collisions;
	mac->FramesAbortedDueToXSColls = st->excess_collisions;
	mac->CarrierSenseErrors = st->carrier_errors;
}

/* Pause frames are the only control frames there are. */
void tandem_get_ctrl_stats(struct net_device *netdev,
			   struct ethtool_eth_ctrl_stats *ctrl)
{
	const struct tandem_hw_stats *st = tandem_latest(netdev);

	ctrl->MACControlFramesTransmitted = st->xon_tx + st->xoff_tx;
	ctrl->MACControlFramesReceived = st->xon_rx + st->xoff_rx;
}

void tandem_get_pause_stats(struct net_device *netdev,
			    struct ethtool_pause_stats *pause)
{
	const struct tandem_hw_stats *st = tandem_latest(netdev);

	pause->tx_pause_frames = st->xon_tx + st->xoff_tx;
	pause->rx_pause_frames = st->xon_rx + st->xoff_rx;
}

static const struct ethtool_rmon_hist_range tandem_rmon_ranges[] = {
	{ 64, 64 },
	{ 65, 127 },
	{ 128, 255 },
	{ 256, 511 },
	{ 512, 1023 },
	{ 1024, TANDEM_MAX_FRAME },
	{}
};

void tandem_get_rmon_stats(struct net_device *netdev,
			   struct ethtool_rmon_stats *rmon,
			   const struct ethtool_rmon_hist_range **ranges)
{
	const struct tandem_hw_stats *st = tandem_latest(netdev);
	unsigned int i;

	rmon->undersize_pkts = st->undersize;
	rmon->oversize_pkts = st->oversize;
	rmon->fragments = st->fragments;
	rmon->jabbers = st->jabber;
	for (i = 0; i < ARRAY_SIZE(st->rx_size); i++) {
		rmon->hist[i] = st->rx_size[i];
		rmon->hist_tx[i] = st->tx_size[i];
	}
	*ranges = tandem_rmon_ranges;
}

void tandem_get_pauseparam(struct net_device *netdev,
			   struct ethtool_pauseparam *pause)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	pause->autoneg = AUTONEG_ENABLE;
	pause->rx_pause = ad->link.up && ad->link.rx_pause;
	pause->tx_pause = ad->link.up && ad->link.tx_pause;
}
