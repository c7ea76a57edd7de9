// SPDX-License-Identifier: GPL-2.0
/*
 * Address and multicast tables and the settings of pools, which the port
 * shares with its VFs. VLANs are in vf_vlan.c.
 *
 * RAR, from the front: the port's own address and its further ones; from the
 * back: the VFs' own, one each, and before those the VFs' further ones.
 */
#include <linux/etherdevice.h>

#include "../tandem.h"
#include "../trace.h"

static unsigned int tandem_vf_rar(unsigned int i)
{
	return TANDEM_RAR_ENTRIES - 1 - i;
}

static unsigned int tandem_filter_rar(const struct tandem_adapter *ad,
				      unsigned int k)
{
	return TANDEM_RAR_ENTRIES - 1 - ad->vfs.num - k;
}

/**
 * tandem_uc_entries - how many address entries the port may use
 * @ad: port
 *
 * Return: entries, with the one for the port's own address.
 */
unsigned int tandem_uc_entries(const struct tandem_adapter *ad)
{
	if (!ad->vfs.num)
		return TANDEM_RAR_ENTRIES;
	return TANDEM_RAR_ENTRIES - ad->vfs.num - TANDEM_VF_FILTERS;
}

/* QEMU has no switch for all multicast in pools: every hash has to match. */
static bool tandem_mta_full(const struct tandem_adapter *ad)
{
	unsigned int i;

	if (!ad->hw.emulated)
		return false;
	if (ad->vfs.pf_all_multicast)
		return true;
	for (i = 0; i < ad->vfs.num; i++)
		if (ad->vfs.vf[i].all_multicast)
			return true;
	return false;
}

/**
 * tandem_merge_mta - take the multicast addresses of the port and of its VFs
 * @ad: port
 *
 * Context: VF lock held.
 */
void tandem_merge_mta(struct tandem_adapter *ad)
{
	u32 mta[TANDEM_MTA_WORDS];
	const struct tandem_vf *vf;
	unsigned int i, k;

	if (tandem_mta_full(ad)) {
		memset(mta, 0xff, sizeof(mta));
		tandem_hw_write_mta(&ad->hw, mta);
		return;
	}
	memcpy(mta, ad->mta, sizeof(mta));
	for (i = 0; i < ad->vfs.num; i++) {
		vf = &ad->vfs.vf[i];
		for (k = 0; k < vf->num_hashes; k++)
			mta[(vf->hash[k] >> 5) % TANDEM_MTA_WORDS] |=
				BIT(vf->hash[k] & 31);
	}
	tandem_hw_write_mta(&ad->hw, mta);
}

/**
 * tandem_write_mta - take the multicast addresses of the port
 * @ad: port
 * @mta: their hashes
 *
 * Context: netdev address lock held.
 */
void tandem_write_mta(struct tandem_adapter *ad, const u32 *mta)
{
	unsigned long flags;

	spin_lock_irqsave(&ad->vfs.lock, flags);
	memcpy(ad->mta, mta, sizeof(ad->mta));
	if (ad->vfs.ready)
		tandem_merge_mta(ad);
	else
		tandem_hw_write_mta(&ad->hw, ad->mta);
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
}

/**
 * tandem_pf_write_pool - what the port's own pool takes
 * @ad: port
 *
 * Context: VF lock held.
 */
void tandem_pf_write_pool(struct tandem_adapter *ad)
{
	u32 flags = TANDEM_VMDQ_BROADCAST | TANDEM_VMDQ_UNTAGGED |
		    TANDEM_VMDQ_MULTICAST_HASH;
	struct tandem_vfs *vfs = &ad->vfs;

	if (vfs->pf_promisc)
		flags |= TANDEM_VMDQ_UNICAST_HASH;
	if (vfs->pf_all_multicast)
		flags |= TANDEM_VMDQ_MULTICAST_ALL;
	if (vfs->pf_strip)
		flags |= TANDEM_VMDQ_STRIP_VLAN;
	tandem_vmdq_set_pool(&ad->hw, vfs->num, flags, vfs->pf_max_frame);
	tandem_vmdq_default_pool(&ad->hw, vfs->num, vfs->pf_promisc);
	tandem_vmdq_unicast_all(&ad->hw, vfs->pf_promisc);
}

/**
 * tandem_write_promisc - let the port take what is not for it
 * @ad: port
 * @unicast: all unicast; with VFs, what is not for them
 * @multicast: all multicast
 *
 * Context: netdev address lock held.
 */
void tandem_write_promisc(struct tandem_adapter *ad, bool unicast,
			  bool multicast)
{
	unsigned long flags;
	bool changed;

	tandem_hw_set_promisc(&ad->hw, unicast, multicast);
	spin_lock_irqsave(&ad->vfs.lock, flags);
	changed = ad->vfs.pf_all_multicast != multicast;
	ad->vfs.pf_promisc = unicast;
	ad->vfs.pf_all_multicast = multicast;
	if (ad->vfs.ready) {
		tandem_pf_write_pool(ad);
		if (changed)
			tandem_merge_mta(ad);
	}
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
}

/**
 * tandem_write_max_frame - longest frame that the port takes
 * @ad: port
 * @bytes_with_fcs: length
 *
 * Context: RTNL.
 */
void tandem_write_max_frame(struct tandem_adapter *ad, u32 bytes_with_fcs)
{
	unsigned long flags;

	spin_lock_irqsave(&ad->vfs.lock, flags);
	ad->vfs.pf_max_frame = bytes_with_fcs;
	if (ad->vfs.ready)
		tandem_pf_write_pool(ad);
	else
		tandem_hw_set_max_frame(&ad->hw, bytes_with_fcs);
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
}

/**
 * tandem_vf_write_pool - what a VF's pool takes
 * @ad: port
 * @i: VF number
 *
 * Context: VF lock held.
 */
void tandem_vf_write_pool(struct tandem_adapter *ad, unsigned int i)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];
	u32 flags = TANDEM_VMDQ_BROADCAST;
	u32 max_frame = vf->max_frame;

	if (vf->port_vlan)
		max_frame += VLAN_HLEN;
	else
		flags |= TANDEM_VMDQ_UNTAGGED;
	if (vf->port_vlan || vf->num_vlans)
		flags |= TANDEM_VMDQ_STRIP_VLAN;
	if (vf->num_hashes || vf->all_multicast)
		flags |= TANDEM_VMDQ_MULTICAST_HASH;
	if (vf->all_multicast)
		flags |= TANDEM_VMDQ_MULTICAST_ALL;
	tandem_vmdq_set_pool(&ad->hw, i, flags, max_frame);
}

/**
 * tandem_vf_write_run - let those VFs run that may
 * @ad: port
 *
 * Context: VF lock held.
 */
void tandem_vf_write_run(struct tandem_adapter *ad)
{
	u8 pools = BIT(ad->vfs.num);
	unsigned int i;

	for (i = 0; i < ad->vfs.num; i++)
		if (ad->vfs.vf[i].cts && !ad->vfs.vf[i].disabled)
			pools |= BIT(i);
	tandem_vmdq_run(&ad->hw, pools);
}

/**
 * tandem_vf_write_mac - put a VF's address into the device
 * @ad: port
 * @i: VF number
 *
 * Context: VF lock held.
 */
void tandem_vf_write_mac(struct tandem_adapter *ad, unsigned int i)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];

	if (vf->cts && is_valid_ether_addr(vf->mac))
		tandem_hw_set_rar(&ad->hw, tandem_vf_rar(i), vf->mac, BIT(i));
	else
		tandem_hw_clear_rar(&ad->hw, tandem_vf_rar(i));
}

/**
 * tandem_vf_write_spoof - have source addresses of VFs checked
 * @ad: port
 *
 * Context: VF lock held.
 */
void tandem_vf_write_spoof(struct tandem_adapter *ad)
{
	unsigned int i;
	u8 pools = 0;

	for (i = 0; i < ad->vfs.num; i++)
		if (ad->vfs.vf[i].spoof_check)
			pools |= BIT(i);
	tandem_vmdq_spoof_check(&ad->hw, pools);
}

/**
 * tandem_vf_write_rate - limit what a VF sends
 * @ad: port
 * @i: VF number
 *
 * The limit is a fraction of the link's speed: to be called again when that
 * changes. Context: VF lock held.
 */
void tandem_vf_write_rate(struct tandem_adapter *ad, unsigned int i)
{
	u32 val = tandem_vmdq_rate_reg(READ_ONCE(ad->link.speed),
				       ad->vfs.vf[i].max_rate);

	tandem_vmdq_set_rate(&ad->hw, i, val);
	trace_tandem_vf_rate(ad->netdev, i, val);
}

/**
 * tandem_vf_add_filter - give a VF one more address
 * @ad: port
 * @i: VF number
 * @mac: address
 *
 * Context: VF lock held. Return: 0 or -ENOSPC.
 */
int tandem_vf_add_filter(struct tandem_adapter *ad, unsigned int i,
			 const u8 *mac)
{
	struct tandem_vf_filter *f;
	unsigned int k;

	for (k = 0; k < TANDEM_VF_FILTERS; k++) {
		f = &ad->vfs.filter[k];
		if (f->used)
			continue;
		f->used = true;
		f->vf = i;
		ether_addr_copy(f->mac, mac);
		tandem_hw_set_rar(&ad->hw, tandem_filter_rar(ad, k), mac,
				  BIT(i));
		return 0;
	}
	return -ENOSPC;
}

/**
 * tandem_vf_clear_filters - leave a VF with its own address
 * @ad: port
 * @i: VF number
 *
 * Context: VF lock held.
 */
void tandem_vf_clear_filters(struct tandem_adapter *ad, unsigned int i)
{
	unsigned int k;

	for (k = 0; k < TANDEM_VF_FILTERS; k++) {
		if (!ad->vfs.filter[k].used || ad->vfs.filter[k].vf != i)
			continue;
		ad->vfs.filter[k].used = false;
		tandem_hw_clear_rar(&ad->hw, tandem_filter_rar(ad, k));
	}
}
