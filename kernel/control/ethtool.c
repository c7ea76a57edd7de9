// SPDX-License-Identifier: GPL-2.0
/* What ethtool shows and sets: link, rings, channels, moderation, RSS. */
#include <linux/ethtool.h>
#include <linux/linkmode.h>
#include <linux/log2.h>
#include <linux/pci.h>

#include "../tandem.h"
#include "control.h"

/* The device's interval register counts microseconds in 13 bits. */
#define TANDEM_MAX_USECS	8191

static int tandem_get_link_ksettings(struct net_device *netdev,
				     struct ethtool_link_ksettings *ks)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	ethtool_link_ksettings_zero_link_mode(ks, supported);
	ethtool_link_ksettings_zero_link_mode(ks, advertising);
	ethtool_link_ksettings_add_link_mode(ks, supported, 1000baseT_Full);
	ethtool_link_ksettings_add_link_mode(ks, advertising, 1000baseT_Full);
	if (ad->hw.media == TANDEM_MEDIA_COPPER) {
		ethtool_link_ksettings_add_link_mode(ks, supported,
						     10baseT_Half);
		ethtool_link_ksettings_add_link_mode(ks, supported,
						     10baseT_Full);
		ethtool_link_ksettings_add_link_mode(ks, supported,
						     100baseT_Half);
		ethtool_link_ksettings_add_link_mode(ks, supported,
						     100baseT_Full);
		ethtool_link_ksettings_add_link_mode(ks, supported, Autoneg);
		ethtool_link_ksettings_add_link_mode(ks, supported, TP);
		linkmode_copy(ks->link_modes.advertising,
			      ks->link_modes.supported);
		ks->base.port = PORT_TP;
		ks->base.phy_address = ad->hw.phy_addr;
	} else {
		ks->base.port = PORT_FIBRE;
	}

	ks->base.autoneg = AUTONEG_ENABLE;
	ks->base.speed = SPEED_UNKNOWN;
	ks->base.duplex = DUPLEX_UNKNOWN;
	if (netif_carrier_ok(netdev)) {
		ks->base.speed = ad->link.speed;
		ks->base.duplex = ad->link.full_duplex ? DUPLEX_FULL :
							 DUPLEX_HALF;
	}
	return 0;
}

static int tandem_nway_reset(struct net_device *netdev)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	return netif_running(netdev) ? tandem_reinit(ad) : 0;
}

static void tandem_get_ringparam(struct net_device *netdev,
				 struct ethtool_ringparam *ring,
				 struct kernel_ethtool_ringparam *kernel_ring,
				 struct netlink_ext_ack *extack)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	ring->rx_max_pending = TANDEM_MAX_DESC;
	ring->tx_max_pending = TANDEM_MAX_DESC;
	ring->rx_pending = ad->rx_count;
	ring->tx_pending = ad->tx_count;
}

static int tandem_set_ringparam(struct net_device *netdev,
				struct ethtool_ringparam *ring,
				struct kernel_ethtool_ringparam *kernel_ring,
				struct netlink_ext_ack *extack)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	u32 rx, tx;

	if (ring->rx_mini_pending || ring->rx_jumbo_pending) {
		NL_SET_ERR_MSG_MOD(extack, "no mini or jumbo rings");
		return -EINVAL;
	}
	if (ring->rx_pending < TANDEM_MIN_DESC ||
	    ring->tx_pending < TANDEM_MIN_DESC) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "rings have at least %u descriptors",
				       TANDEM_MIN_DESC);
		return -EINVAL;
	}
	rx = roundup_pow_of_two(ring->rx_pending);
	tx = roundup_pow_of_two(ring->tx_pending);
	if (rx > TANDEM_MAX_DESC || tx > TANDEM_MAX_DESC) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "rings have at most %u descriptors",
				       TANDEM_MAX_DESC);
		return -EINVAL;
	}
	if (rx == ad->rx_count && tx == ad->tx_count)
		return 0;
	return tandem_set_rings(ad, rx, tx);
}

static void tandem_get_channels(struct net_device *netdev,
				struct ethtool_channels *ch)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	ch->max_combined = ad->max_vectors;
	ch->combined_count = ad->num_vectors;
	ch->max_other = !ad->other_shared;
	ch->other_count = !ad->other_shared;
}

/* The core has checked the maxima, and that no socket or RSS entry is left
 * beyond the new count.
 */
static int tandem_set_channels(struct net_device *netdev,
			       struct ethtool_channels *ch)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct netlink_ext_ack reason = {};
	int err;

	if (ch->rx_count || ch->tx_count || !ch->combined_count ||
	    ch->other_count != !ad->other_shared)
		return -EINVAL;
	err = tandem_set_vectors(ad, ch->combined_count, &reason);
	/* ethtool_ops gives no way to say this to whoever asked */
	if (err && reason._msg)
		netdev_err(netdev, "%u channels: %s\n", ch->combined_count,
			   reason._msg);
	return err;
}

static void tandem_fill_coalesce(struct ethtool_coalesce *ec,
				 const struct tandem_itr *rx,
				 const struct tandem_itr *tx)
{
	ec->rx_coalesce_usecs = rx->usecs;
	ec->tx_coalesce_usecs = tx->usecs;
	ec->use_adaptive_rx_coalesce = rx->adaptive;
	ec->use_adaptive_tx_coalesce = tx->adaptive;
}

static int tandem_check_coalesce(struct ethtool_coalesce *ec,
				 struct netlink_ext_ack *extack)
{
	if (ec->rx_coalesce_usecs <= TANDEM_MAX_USECS &&
	    ec->tx_coalesce_usecs <= TANDEM_MAX_USECS)
		return 0;
	NL_SET_ERR_MSG_FMT_MOD(extack, "intervals are 0 to %u microseconds",
			       TANDEM_MAX_USECS);
	return -ERANGE;
}

static void tandem_take_coalesce(struct tandem_itr *rx, struct tandem_itr *tx,
				 const struct ethtool_coalesce *ec)
{
	rx->adaptive = ec->use_adaptive_rx_coalesce;
	tx->adaptive = ec->use_adaptive_tx_coalesce;
	rx->usecs = ec->rx_coalesce_usecs;
	tx->usecs = ec->tx_coalesce_usecs;
}

static void tandem_apply_coalesce(struct tandem_vector *v,
				  const struct ethtool_coalesce *ec)
{
	spin_lock(&v->itr_lock);
	tandem_take_coalesce(&v->rx_itr, &v->tx_itr, ec);
	/* DIM speaks up only when its mind changes */
	if (v->rx_itr.adaptive)
		tandem_vector_adapt(v);
	tandem_vector_set_itr(v);
	spin_unlock(&v->itr_lock);
}

static int tandem_get_coalesce(struct net_device *netdev,
			       struct ethtool_coalesce *ec,
			       struct kernel_ethtool_coalesce *kernel_ec,
			       struct netlink_ext_ack *extack)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	tandem_fill_coalesce(ec, &ad->rx_itr, &ad->tx_itr);
	return 0;
}

static int tandem_set_coalesce(struct net_device *netdev,
			       struct ethtool_coalesce *ec,
			       struct kernel_ethtool_coalesce *kernel_ec,
			       struct netlink_ext_ack *extack)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	unsigned int i;
	int err;

	err = tandem_check_coalesce(ec, extack);
	if (err)
		return err;
	tandem_take_coalesce(&ad->rx_itr, &ad->tx_itr, ec);
	for (i = 0; i < ad->num_vectors; i++)
		tandem_apply_coalesce(ad->vector[i], ec);
	return 0;
}

static int tandem_get_queue_coalesce(struct net_device *netdev, u32 queue,
				     struct ethtool_coalesce *ec)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	if (queue >= ad->num_vectors)
		return -EINVAL;
	tandem_fill_coalesce(ec, &ad->vector[queue]->rx_itr,
			     &ad->vector[queue]->tx_itr);
	return 0;
}

static int tandem_set_queue_coalesce(struct net_device *netdev, u32 queue,
				     struct ethtool_coalesce *ec)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	int err;

	if (queue >= ad->num_vectors)
		return -EINVAL;
	err = tandem_check_coalesce(ec, NULL);
	if (!err)
		tandem_apply_coalesce(ad->vector[queue], ec);
	return err;
}

static u32 tandem_get_rxfh_indir_size(struct net_device *netdev)
{
	return TANDEM_RETA_ENTRIES;
}

static u32 tandem_get_rxfh_key_size(struct net_device *netdev)
{
	return TANDEM_RSS_KEY_BYTES;
}

static int tandem_get_rxfh(struct net_device *netdev,
			   struct ethtool_rxfh_param *rxfh)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	unsigned int i;

	rxfh->hfunc = ETH_RSS_HASH_TOP;
	if (rxfh->indir)
		for (i = 0; i < TANDEM_RETA_ENTRIES; i++)
			rxfh->indir[i] = ad->rss.table[i];
	if (rxfh->key)
		memcpy(rxfh->key, ad->rss.key, TANDEM_RSS_KEY_BYTES);
	return 0;
}

static int tandem_set_rxfh(struct net_device *netdev,
			   struct ethtool_rxfh_param *rxfh,
			   struct netlink_ext_ack *extack)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	unsigned int i;

	if (rxfh->hfunc != ETH_RSS_HASH_NO_CHANGE &&
	    rxfh->hfunc != ETH_RSS_HASH_TOP) {
		NL_SET_ERR_MSG_MOD(extack, "the device hashes with Toeplitz only");
		return -EOPNOTSUPP;
	}
	if (ad->vfs.num) {
		NL_SET_ERR_MSG_MOD(extack, "there is no RSS while there are VFs");
		return -EBUSY;
	}
	if (rxfh->indir) {
		for (i = 0; i < TANDEM_RETA_ENTRIES; i++)
			if (rxfh->indir[i] >= ad->num_vectors) {
				NL_SET_ERR_MSG_FMT_MOD(extack,
						       "entry %u names queue %u, the port has %u",
						       i, rxfh->indir[i],
						       ad->num_vectors);
				return -EINVAL;
			}
		for (i = 0; i < TANDEM_RETA_ENTRIES; i++)
			ad->rss.table[i] = rxfh->indir[i];
	}
	if (rxfh->key)
		memcpy(ad->rss.key, rxfh->key, TANDEM_RSS_KEY_BYTES);
	if (tandem_running(ad))
		tandem_hw_write_rss(&ad->hw, &ad->rss);
	return 0;
}

u32 tandem_get_rx_ring_count(struct net_device *netdev)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	return ad->num_vectors;
}

const struct ethtool_ops tandem_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_USECS |
				     ETHTOOL_COALESCE_USE_ADAPTIVE,
	.get_link		= ethtool_op_get_link,
	.get_link_ksettings	= tandem_get_link_ksettings,
	.nway_reset		= tandem_nway_reset,
	.get_ringparam		= tandem_get_ringparam,
	.set_ringparam		= tandem_set_ringparam,
	.get_channels		= tandem_get_channels,
	.set_channels		= tandem_set_channels,
	.get_coalesce		= tandem_get_coalesce,
	.set_coalesce		= tandem_set_coalesce,
	.get_per_queue_coalesce	= tandem_get_queue_coalesce,
	.set_per_queue_coalesce	= tandem_set_queue_coalesce,
	.get_rxfh_indir_size	= tandem_get_rxfh_indir_size,
	.get_rxfh_key_size	= tandem_get_rxfh_key_size,
	.get_rxfh		= tandem_get_rxfh,
	.set_rxfh		= tandem_set_rxfh,
	.get_rxnfc		= tandem_get_rxnfc,
	.set_rxnfc		= tandem_set_rxnfc,
	TANDEM_RXNFC_OPS(tandem_get_rx_ring_count, tandem_get_rxfh_fields,
			 tandem_set_rxfh_fields)
	.get_strings		= tandem_get_strings,
	.get_sset_count		= tandem_get_sset_count,
	.get_ethtool_stats	= tandem_get_ethtool_stats,
	.get_eth_mac_stats	= tandem_get_mac_stats,
	.get_eth_ctrl_stats	= tandem_get_ctrl_stats,
	.get_rmon_stats		= tandem_get_rmon_stats,
	.get_pause_stats	= tandem_get_pause_stats,
	.get_pauseparam		= tandem_get_pauseparam,
	.get_regs_len		= tandem_get_regs_len,
	.get_regs		= tandem_get_regs,
	.self_test		= tandem_self_test,
	.set_phys_id		= tandem_set_phys_id,
	.get_ts_info		= tandem_get_ts_info,
	.get_ts_stats		= tandem_get_ts_stats,
};
