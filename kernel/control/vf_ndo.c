// SPDX-License-Identifier: GPL-2.0
/*
 * What an administrator sets for VFs (ip link set ... vf ...) and sees of
 * them. It holds until the VFs go.
 */
#include <linux/etherdevice.h>

#include "../tandem.h"

#define TANDEM_MAX_QOS		7
#define TANDEM_MAX_MBPS		1000

/* RTNL keeps the number of VFs. */
static struct tandem_vf *tandem_vf_get(struct tandem_adapter *ad, int vf)
{
	if (vf < 0 || vf >= ad->vfs.num)
		return NULL;
	return &ad->vfs.vf[vf];
}

/**
 * tandem_set_vf_mac - ndo_set_vf_mac
 * @netdev: port
 * @vf: VF number
 * @mac: its address from now on; zero lets the VF choose
 *
 * A VF that runs is made to reset itself, to learn of it.
 *
 * Context: RTNL. Return: 0 or a negative errno.
 */
int tandem_set_vf_mac(struct net_device *netdev, int vf, u8 *mac)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_vf *v = tandem_vf_get(ad, vf);
	unsigned long flags;
	bool told;

	if (!v || (!is_zero_ether_addr(mac) && !is_valid_ether_addr(mac)))
		return -EINVAL;
	spin_lock_irqsave(&ad->vfs.lock, flags);
	v->mac_fixed = !is_zero_ether_addr(mac);
	ether_addr_copy(v->given_mac, mac);
	ether_addr_copy(v->mac, mac);
	told = v->cts;
	if (told && ad->vfs.ready) {
		tandem_vf_expel(ad, vf);
		tandem_mbx_reset_done(&ad->hw);
	}
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	if (told)
		netdev_info(netdev, "VF %d has to reset for its new address\n",
			    vf);
	return 0;
}

/**
 * tandem_set_vf_vlan - ndo_set_vf_vlan
 * @netdev: port
 * @vf: VF number
 * @vlan: VLAN that all its frames are in, without its knowledge; 0 for none
 * @qos: their priority
 * @proto: 802.1Q
 *
 * VLANs that the VF chose itself are gone after it, whether it succeeds or not;
 * one that was assigned before stays when it fails.
 *
 * Context: RTNL. Return: 0 or a negative errno.
 */
int tandem_set_vf_vlan(struct net_device *netdev, int vf, u16 vlan, u8 qos,
		       __be16 proto)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_vf *v = tandem_vf_get(ad, vf);
	unsigned long flags;
	int err = 0;

	if (!v || vlan >= VLAN_N_VID || qos > TANDEM_MAX_QOS || (qos && !vlan))
		return -EINVAL;
	if (proto != htons(ETH_P_8021Q))
		return -EPROTONOSUPPORT;

	spin_lock_irqsave(&ad->vfs.lock, flags);
	tandem_vlan_leave_all(ad, vf);
	v->num_vlans = 0;
	if (vlan)
		err = tandem_vlan_join(ad, vf, vlan);
	if (!err) {
		v->port_vlan = vlan;
		v->port_qos = qos;
	} else if (v->port_vlan) {
		/* It stays where it was: there is an entry, its own or shared. */
		tandem_vlan_join(ad, vf, v->port_vlan);
	}
	if (ad->vfs.ready) {
		tandem_vf_write_port_vlan(ad, vf);
		tandem_vf_write_pool(ad, vf);
	}
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	return err;
}

/**
 * tandem_set_vf_rate - ndo_set_vf_rate
 * @netdev: port
 * @vf: VF number
 * @min_rate: 0; the device guarantees nothing
 * @max_rate: what it may send, Mb/s; 0 for no limit
 *
 * QEMU does not limit.
 *
 * Context: RTNL. Return: 0 or a negative errno.
 */
int tandem_set_vf_rate(struct net_device *netdev, int vf, int min_rate,
		       int max_rate)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_vf *v = tandem_vf_get(ad, vf);
	unsigned long flags;

	if (!v || max_rate < 0 || max_rate > TANDEM_MAX_MBPS)
		return -EINVAL;
	if (min_rate)
		return -EOPNOTSUPP;
	spin_lock_irqsave(&ad->vfs.lock, flags);
	v->max_rate = max_rate;
	if (ad->vfs.ready)
		tandem_vf_write_rate(ad, vf);
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	return 0;
}

/**
 * tandem_set_vf_spoofchk - ndo_set_vf_spoofchk
 * @netdev: port
 * @vf: VF number
 * @on: drop what it sends from addresses and in VLANs that are not its own
 *
 * QEMU does not check.
 *
 * Context: RTNL. Return: 0 or -EINVAL.
 */
int tandem_set_vf_spoofchk(struct net_device *netdev, int vf, bool on)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_vf *v = tandem_vf_get(ad, vf);
	unsigned long flags;

	if (!v)
		return -EINVAL;
	spin_lock_irqsave(&ad->vfs.lock, flags);
	v->spoof_check = on;
	if (ad->vfs.ready)
		tandem_vf_write_spoof(ad);
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	return 0;
}

/**
 * tandem_set_vf_trust - ndo_set_vf_trust
 * @netdev: port
 * @vf: VF number
 * @on: it may change an address that the administrator set, take all
 *	multicast and join as many VLANs as the device has room for
 *
 * A VF that loses trust loses all multicast at once, and keeps the rest until
 * it is reset.
 *
 * Context: RTNL. Return: 0 or -EINVAL.
 */
int tandem_set_vf_trust(struct net_device *netdev, int vf, bool on)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_vf *v = tandem_vf_get(ad, vf);
	unsigned long flags;

	if (!v)
		return -EINVAL;
	spin_lock_irqsave(&ad->vfs.lock, flags);
	v->trusted = on;
	if (!on && v->all_multicast) {
		v->all_multicast = false;
		if (ad->vfs.ready) {
			tandem_merge_mta(ad);
			tandem_vf_write_pool(ad, vf);
		}
	}
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	return 0;
}

/**
 * tandem_set_vf_link_state - ndo_set_vf_link_state
 * @netdev: port
 * @vf: VF number
 * @state: IFLA_VF_LINK_STATE_AUTO, or _DISABLE: neither link nor frames
 *
 * A VF reads the port's link from the device itself, so there is no _ENABLE.
 *
 * Context: RTNL. Return: 0 or a negative errno.
 */
int tandem_set_vf_link_state(struct net_device *netdev, int vf, int state)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_vf *v = tandem_vf_get(ad, vf);
	unsigned long flags;

	if (!v)
		return -EINVAL;
	if (state != IFLA_VF_LINK_STATE_AUTO &&
	    state != IFLA_VF_LINK_STATE_DISABLE)
		return -EOPNOTSUPP;
	spin_lock_irqsave(&ad->vfs.lock, flags);
	v->disabled = state == IFLA_VF_LINK_STATE_DISABLE;
	if (ad->vfs.ready) {
		tandem_vf_write_run(ad);
		tandem_vf_notify(ad, vf);
		tandem_mbx_reset_done(&ad->hw);
	}
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	return 0;
}

/**
 * tandem_get_vf_config - ndo_get_vf_config
 * @netdev: port
 * @vf: VF number
 * @info: to be filled in
 *
 * Context: RTNL. Return: 0 or -EINVAL.
 */
int tandem_get_vf_config(struct net_device *netdev, int vf,
			 struct ifla_vf_info *info)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_vf *v = tandem_vf_get(ad, vf);
	unsigned long flags;

	if (!v)
		return -EINVAL;
	spin_lock_irqsave(&ad->vfs.lock, flags);
	info->vf = vf;
	ether_addr_copy(info->mac, v->mac);
	info->vlan = v->port_vlan;
	info->qos = v->port_qos;
	info->vlan_proto = htons(ETH_P_8021Q);
	info->spoofchk = v->spoof_check;
	info->trusted = v->trusted;
	info->linkstate = v->disabled ? IFLA_VF_LINK_STATE_DISABLE :
					IFLA_VF_LINK_STATE_AUTO;
	info->min_tx_rate = 0;
	info->max_tx_rate = v->max_rate;
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	return 0;
}

/**
 * tandem_vf_read_counters - add up what VFs have counted
 * @ad: port
 *
 * The device's counters wrap around: to be called every few seconds, and
 * before a reset, which clears them. Context: VF lock held.
 */
void tandem_vf_read_counters(struct tandem_adapter *ad)
{
	u32 now[TANDEM_VF_COUNTERS];
	struct tandem_vf *vf;
	unsigned int i, k;
	u32 more;

	for (i = 0; i < ad->vfs.num; i++) {
		if (!tandem_vmdq_read_counters(&ad->hw, i, now))
			return;
		vf = &ad->vfs.vf[i];
		for (k = 0; k < TANDEM_VF_COUNTERS; k++) {
			more = now[k] - vf->last[k];
			/* so much only if the VF's reset cleared it */
			vf->total[k] += more > S32_MAX ? now[k] : more;
		}
		memcpy(vf->last, now, sizeof(now));
	}
}

/**
 * tandem_get_vf_stats - ndo_get_vf_stats
 * @netdev: port
 * @vf: VF number
 * @st: to be filled in
 *
 * Context: RTNL. Return: 0 or -EINVAL.
 */
int tandem_get_vf_stats(struct net_device *netdev, int vf,
			struct ifla_vf_stats *st)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_vf *v = tandem_vf_get(ad, vf);
	unsigned long flags;

	if (!v)
		return -EINVAL;
	spin_lock_irqsave(&ad->vfs.lock, flags);
	if (ad->vfs.ready)
		tandem_vf_read_counters(ad);
	st->rx_packets = v->total[TANDEM_VF_RX_PACKETS];
	st->tx_packets = v->total[TANDEM_VF_TX_PACKETS];
	st->rx_bytes = v->total[TANDEM_VF_RX_BYTES];
	st->tx_bytes = v->total[TANDEM_VF_TX_BYTES];
	st->multicast = v->total[TANDEM_VF_RX_MULTICAST];
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	return 0;
}
