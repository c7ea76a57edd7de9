// SPDX-License-Identifier: GPL-2.0
/* What the network stack asks of a port: net_device_ops and features. */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <net/xdp_sock_drv.h>

#include "tandem.h"

/* What a page holds; a program that does not declare frags must not see more
 * than one.
 */
#define TANDEM_SINGLE_FRAME	(3 * SZ_1K)
#define TANDEM_SINGLE_MTU	(TANDEM_SINGLE_FRAME + ETH_FCS_LEN - \
				 TANDEM_FRAME_OVERHEAD)

/**
 * tandem_prog_max_mtu - largest MTU whose frames a program may see
 * @prog: program or NULL
 *
 * Return: bytes.
 */
unsigned int tandem_prog_max_mtu(const struct bpf_prog *prog)
{
	if (!prog || prog->aux->xdp_has_frags)
		return TANDEM_MAX_MTU;
	return TANDEM_SINGLE_MTU;
}

/**
 * tandem_rss_spread - point the RSS table at the queues that exist
 * @ad: port
 *
 * A table that the administrator set stays as it is; ethtool refuses channel
 * counts that it would point beyond. Context: RTNL or probe.
 */
void tandem_rss_spread(struct tandem_adapter *ad)
{
	unsigned int i;

	if (!netif_is_rxfh_configured(ad->netdev))
		for (i = 0; i < TANDEM_RETA_ENTRIES; i++)
			ad->rss.table[i] =
				ethtool_rxfh_indir_default(i, ad->num_vectors);
	tandem_arfs_trim(ad, ad->num_vectors);
	if (!tandem_running(ad))
		return;
	tandem_hw_write_reta(&ad->hw, &ad->rss);
	tandem_steer_restore(ad);
}

static int tandem_open(struct net_device *netdev)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	int err;

	netif_carrier_off(netdev);
	err = tandem_device_reset(ad);
	if (err)
		return err;
	return tandem_up(ad);
}

static int tandem_stop(struct net_device *netdev)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	tandem_down(ad);
	/* not in the middle of a reset of the function */
	if (netif_device_present(netdev))
		tandem_link_stop(&ad->hw);
	tandem_sriov_hurry(ad);
	return 0;
}

/**
 * tandem_write_rx_mode - which addresses the device accepts
 * @ad: port
 *
 * Context: netdev address lock held.
 */
void tandem_write_rx_mode(struct tandem_adapter *ad)
{
	struct net_device *netdev = ad->netdev;
	struct netdev_hw_addr *ha;
	bool uc_promisc, mc_promisc;
	unsigned int entries = tandem_uc_entries(ad);
	u32 mta[TANDEM_MTA_WORDS] = {};
	u8 pool = BIT(ad->vfs.num);
	unsigned int rar = 1;
	u32 hash;

	uc_promisc = netdev->flags & IFF_PROMISC;
	mc_promisc = netdev->flags & (IFF_PROMISC | IFF_ALLMULTI);
	if (netdev_uc_count(netdev) > entries - 1)
		uc_promisc = true;
	else
		netdev_for_each_uc_addr(ha, netdev)
			tandem_hw_set_rar(&ad->hw, rar++, ha->addr, pool);
	for (; rar < entries; rar++)
		tandem_hw_clear_rar(&ad->hw, rar);

	netdev_for_each_mc_addr(ha, netdev) {
		hash = tandem_hw_mta_hash(ha->addr);
		mta[(hash >> 5) % TANDEM_MTA_WORDS] |= BIT(hash & 31);
	}
	tandem_write_mta(ad, mta);
	tandem_write_promisc(ad, uc_promisc, mc_promisc);
	tandem_write_vlan_filter(ad, !uc_promisc &&
				 (netdev->features &
				  NETIF_F_HW_VLAN_CTAG_FILTER));
}

static void tandem_set_rx_mode(struct net_device *netdev)
{
	tandem_write_rx_mode(netdev_priv(netdev));
}

static int tandem_set_mac(struct net_device *netdev, void *addr)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	int err;

	err = eth_prepare_mac_addr_change(netdev, addr);
	if (err)
		return err;
	eth_commit_mac_addr_change(netdev, addr);
	tandem_hw_set_rar(&ad->hw, 0, netdev->dev_addr, BIT(ad->vfs.num));
	return 0;
}

static int tandem_change_mtu(struct net_device *netdev, int mtu)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	u32 frame = tandem_max_frame(mtu);
	unsigned int i;

	for (i = 0; i < ad->num_vectors; i++) {
		if (tandem_xsk_allows(ad->xsk_pool[i], ad->prog, frame - ETH_FCS_LEN))
			continue;
		netdev_warn(netdev,
			    "MTU %d does not fit the chunks of the AF_XDP pool on queue %u, or the program for them\n",
			    mtu, i);
		return -EOPNOTSUPP;
	}

	/* one whose last socket has gone need not fit */
	for (i = 0; i < ad->num_vectors; i++)
		if (ad->xsk_pool[i] && !refcount_read(&ad->xsk_pool[i]->users))
			tandem_xsk_setup_pool(ad, NULL, i);

	/* The device's limit guards the buffers: while it is changed, it is
	 * never above what the rings were set up for.
	 */
	if (tandem_running(ad) && mtu < netdev->mtu)
		tandem_write_max_frame(ad, frame);
	WRITE_ONCE(netdev->mtu, mtu);
	if (!tandem_running(ad))
		return 0;
	for (i = 0; i < ad->num_vectors; i++)
		if (ad->xsk_pool[i] && ad->vector[i]->up)
			tandem_rx_restart(ad->vector[i]);
	tandem_write_max_frame(ad, frame);
	return 0;
}

static int tandem_vlan_rx_add_vid(struct net_device *netdev, __be16 proto,
				  u16 vid)
{
	return tandem_vlan_add(netdev_priv(netdev), vid);
}

static int tandem_vlan_rx_kill_vid(struct net_device *netdev, __be16 proto,
				   u16 vid)
{
	tandem_vlan_kill(netdev_priv(netdev), vid);
	return 0;
}

/* With VFs the device filters VLANs, and takes the tags out of frames for several
 * pools, whatever is set: the stack has to know.
 */
static netdev_features_t tandem_fix_features(struct net_device *netdev,
					     netdev_features_t features)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	if (ad->vfs.num)
		features |= NETIF_F_HW_VLAN_CTAG_FILTER |
			    NETIF_F_HW_VLAN_CTAG_RX;
	return features;
}

static int tandem_set_features(struct net_device *netdev,
			       netdev_features_t features)
{
	netdev_features_t changed = netdev->features ^ features;
	struct tandem_adapter *ad = netdev_priv(netdev);
	int err;

	/* first what may fail */
	if (tandem_running(ad) && changed & NETIF_F_LOOPBACK) {
		err = tandem_hw_set_loopback(&ad->hw,
					     features & NETIF_F_LOOPBACK);
		if (err)
			return err;
		schedule_work(&ad->link_task);
	}
	if (changed & NETIF_F_NTUPLE && !(features & NETIF_F_NTUPLE)) {
		tandem_rules_flush(ad);
		tandem_arfs_trim(ad, 0);
	}
	if (!tandem_running(ad))
		return 0;	/* tandem_up() writes them */
	if (changed & NETIF_F_RXCSUM)
		tandem_hw_rx_csum(&ad->hw, features & NETIF_F_RXCSUM);
	if (changed & NETIF_F_HW_VLAN_CTAG_RX)
		tandem_write_vlan_strip(ad, features & NETIF_F_HW_VLAN_CTAG_RX);
	if (changed & NETIF_F_HW_VLAN_CTAG_FILTER)
		tandem_write_vlan_filter(ad,
					 (features &
					  NETIF_F_HW_VLAN_CTAG_FILTER) &&
					 !(netdev->flags & IFF_PROMISC));
	return 0;
}

/* Do the lengths fit into a context descriptor? That of the headers counts
 * only where the device is to find the checksum behind them.
 */
static bool tandem_headers_fit(const struct sk_buff *skb)
{
	return (u32)skb_network_offset(skb) <= TANDEM_CTX_MACLEN_MAX &&
	       (skb->ip_summed != CHECKSUM_PARTIAL ||
		skb_network_header_len(skb) <= TANDEM_CTX_IPLEN_MAX);
}

/* The emulated device loses the FIN of a segmented packet, which then waits
 * for a retransmission: let the stack cut those itself.
 */
static noinline netdev_features_t
tandem_odd_features(struct sk_buff *skb, struct net_device *netdev,
		    netdev_features_t features)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	features = vlan_features_check(skb, features);
	if (!tandem_headers_fit(skb))
		features &= ~(NETIF_F_HW_CSUM | NETIF_F_GSO_MASK |
			      NETIF_F_HW_VLAN_CTAG_TX);
	if (ad->hw.emulated && skb_is_gso(skb) && skb_is_gso_tcp(skb) &&
	    tcp_hdr(skb)->fin)
		features &= ~NETIF_F_GSO_MASK;
	return features;
}

/* In short where nothing can be odd: each packet comes here. */
static netdev_features_t tandem_features_check(struct sk_buff *skb,
					       struct net_device *netdev,
					       netdev_features_t features)
{
	if (likely(!skb_is_gso(skb) && !skb_vlan_tagged(skb) &&
		   tandem_headers_fit(skb)))
		return features;
	return tandem_odd_features(skb, netdev, features);
}

static void tandem_tx_timeout(struct net_device *netdev, unsigned int queue)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_vector *v = READ_ONCE(ad->vector[queue]);

	/* The queue waits for new rings, and memory for them may be long in
	 * coming: who makes them starts it again. Or it has just gone.
	 */
	if (!v || !READ_ONCE(v->up))
		return;
	tandem_tx_stuck(ad, queue);
}

static int tandem_bpf(struct net_device *netdev, struct netdev_bpf *bpf)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	switch (bpf->command) {
	case XDP_SETUP_PROG:
		return tandem_xdp_setup(ad, bpf->prog, bpf->extack);
	case XDP_SETUP_XSK_POOL:
		/* bpf->extack is the other command's */
		return tandem_xsk_setup_pool(ad, bpf->xsk.pool,
					     bpf->xsk.queue_id);
	default:
		return -EINVAL;
	}
}

static const struct net_device_ops tandem_netdev_ops = {
	.ndo_open		= tandem_open,
	.ndo_stop		= tandem_stop,
	.ndo_start_xmit		= tandem_start_xmit,
	.ndo_set_rx_mode	= tandem_set_rx_mode,
	.ndo_set_mac_address	= tandem_set_mac,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_change_mtu		= tandem_change_mtu,
	.ndo_get_stats64	= tandem_get_stats64,
	.ndo_tx_timeout		= tandem_tx_timeout,
	.ndo_hwtstamp_get	= tandem_hwtstamp_get,
	.ndo_hwtstamp_set	= tandem_hwtstamp_set,
	.ndo_vlan_rx_add_vid	= tandem_vlan_rx_add_vid,
	.ndo_vlan_rx_kill_vid	= tandem_vlan_rx_kill_vid,
	.ndo_fix_features	= tandem_fix_features,
	.ndo_set_features	= tandem_set_features,
	.ndo_features_check	= tandem_features_check,
	.ndo_set_vf_mac		= tandem_set_vf_mac,
	.ndo_set_vf_vlan	= tandem_set_vf_vlan,
	.ndo_set_vf_rate	= tandem_set_vf_rate,
	.ndo_set_vf_spoofchk	= tandem_set_vf_spoofchk,
	.ndo_set_vf_trust	= tandem_set_vf_trust,
	.ndo_set_vf_link_state	= tandem_set_vf_link_state,
	.ndo_get_vf_config	= tandem_get_vf_config,
	.ndo_get_vf_stats	= tandem_get_vf_stats,
#ifdef CONFIG_RFS_ACCEL
	.ndo_rx_flow_steer	= tandem_rx_flow_steer,
#endif
	.ndo_bpf		= tandem_bpf,
	.ndo_xdp_xmit		= tandem_xdp_xmit,
	.ndo_xsk_wakeup		= tandem_xsk_wakeup,
};

/**
 * tandem_netdev_init - what the stack should know before it sees the port
 * @netdev: not registered
 */
void tandem_netdev_init(struct net_device *netdev)
{
	netdev->netdev_ops = &tandem_netdev_ops;
	netdev->ethtool_ops = &tandem_ethtool_ops;
	netdev->stat_ops = &tandem_stat_ops;
	netdev->watchdog_timeo = 5 * HZ;
	netdev->min_mtu = ETH_MIN_MTU;
	netdev->max_mtu = TANDEM_MAX_MTU;

	netdev->hw_features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO |
			      NETIF_F_TSO6 | NETIF_F_RXCSUM | NETIF_F_RXHASH |
			      NETIF_F_HW_VLAN_CTAG_RX |
			      NETIF_F_HW_VLAN_CTAG_TX |
			      NETIF_F_HW_VLAN_CTAG_FILTER | NETIF_F_NTUPLE;
	netdev->features = netdev->hw_features | NETIF_F_HIGHDMA;
	netdev->hw_features |= NETIF_F_LOOPBACK;
	netdev->vlan_features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO |
				NETIF_F_TSO6 | NETIF_F_HIGHDMA;

	netdev->priv_flags |= IFF_UNICAST_FLT | IFF_LIVE_ADDR_CHANGE;

	netdev->xdp_features = NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
			       NETDEV_XDP_ACT_NDO_XMIT |
			       NETDEV_XDP_ACT_XSK_ZEROCOPY |
			       NETDEV_XDP_ACT_RX_SG | NETDEV_XDP_ACT_NDO_XMIT_SG;
	netdev->xdp_metadata_ops = &tandem_xdp_metadata_ops;
	netdev->xsk_tx_metadata_ops = &tandem_xsk_tx_metadata_ops;
	netdev->xdp_zc_max_segs = TANDEM_XSK_MAX_SEGS;
	if (tandem_line_shared(netdev_priv(netdev)))
		return;
	netif_set_affinity_auto(netdev);
	if (netif_enable_cpu_rmap(netdev, TANDEM_MAX_PAIRS))
		netdev_warn(netdev, "no memory for accelerated RFS\n");
}
