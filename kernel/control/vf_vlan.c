// SPDX-License-Identifier: GPL-2.0
/*
 * VLANs. Without VFs there is one bit for each (VFTA). With VFs, a table of 32
 * says which pools are members of which (VLVF), and the port needs entries of
 * its own there.
 */
#include "../tandem.h"

/**
 * tandem_write_vlan_filter - take tagged frames only of known VLANs
 * @ad: port
 * @on: filter; with VFs there is no other way
 *
 * Context: any.
 */
void tandem_write_vlan_filter(struct tandem_adapter *ad, bool on)
{
	tandem_hw_vlan_filter(&ad->hw, on || ad->vfs.num);
}

/**
 * tandem_write_vlan_strip - take VLAN tags out of the port's frames
 * @ad: port
 * @on: strip
 *
 * Context: RTNL.
 */
void tandem_write_vlan_strip(struct tandem_adapter *ad, bool on)
{
	unsigned long flags;

	tandem_hw_vlan_strip(&ad->hw, on);
	spin_lock_irqsave(&ad->vfs.lock, flags);
	ad->vfs.pf_strip = on;
	if (ad->vfs.ready)
		tandem_pf_write_pool(ad);
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
}

/* A VLAN is let in if the port or a pool is a member. */
static void tandem_write_vfta(struct tandem_adapter *ad, unsigned int word)
{
	u32 val = ad->vfta[word];
	unsigned int i;

	for (i = 0; i < TANDEM_VLVF_ENTRIES; i++)
		if (ad->vfs.vlan[i].pools && ad->vfs.vlan[i].vid / 32 == word)
			val |= BIT(ad->vfs.vlan[i].vid % 32);
	tandem_hw_write_vfta(&ad->hw, word, val);
}

static void tandem_write_vlan(struct tandem_adapter *ad, unsigned int idx)
{
	struct tandem_vlan *vlan = &ad->vfs.vlan[idx];

	tandem_vmdq_set_vlan(&ad->hw, idx, vlan->vid, vlan->pools);
	tandem_write_vfta(ad, vlan->vid / 32);
}

/**
 * tandem_write_vlans - put the VLANs of port and VFs into the device
 * @ad: port
 *
 * Context: any.
 */
void tandem_write_vlans(struct tandem_adapter *ad)
{
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&ad->vfs.lock, flags);
	for (i = 0; i < TANDEM_VFTA_WORDS; i++)
		tandem_write_vfta(ad, i);
	if (ad->vfs.ready)
		for (i = 0; i < TANDEM_VLVF_ENTRIES; i++)
			tandem_vmdq_set_vlan(&ad->hw, i, ad->vfs.vlan[i].vid,
					     ad->vfs.vlan[i].pools);
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
}

static int tandem_find_vlan(const struct tandem_adapter *ad, u16 vid)
{
	unsigned int i;

	for (i = 0; i < TANDEM_VLVF_ENTRIES; i++)
		if (ad->vfs.vlan[i].pools && ad->vfs.vlan[i].vid == vid)
			return i;
	return -ENOENT;
}

/**
 * tandem_vlan_member - is a pool a member of a VLAN?
 * @ad: port
 * @pool: a pool
 * @vid: VLAN id
 *
 * Context: VF lock held.
 */
bool tandem_vlan_member(const struct tandem_adapter *ad, unsigned int pool,
			u16 vid)
{
	int idx = tandem_find_vlan(ad, vid);

	return idx >= 0 && ad->vfs.vlan[idx].pools & BIT(pool);
}

/**
 * tandem_vlan_join - make a pool a member of a VLAN
 * @ad: port
 * @pool: a pool; it may be a member already
 * @vid: VLAN id
 *
 * Context: VF lock held. Return: 0 or -ENOSPC if the device knows too many.
 */
int tandem_vlan_join(struct tandem_adapter *ad, unsigned int pool, u16 vid)
{
	int idx = tandem_find_vlan(ad, vid);
	unsigned int i;

	for (i = 0; idx < 0 && i < TANDEM_VLVF_ENTRIES; i++)
		if (!ad->vfs.vlan[i].pools)
			idx = i;
	if (idx < 0)
		return -ENOSPC;
	ad->vfs.vlan[idx].vid = vid;
	ad->vfs.vlan[idx].pools |= BIT(pool);
	tandem_write_vlan(ad, idx);
	return 0;
}

/**
 * tandem_vlan_leave - take a pool out of a VLAN
 * @ad: port
 * @pool: a pool
 * @vid: VLAN id
 *
 * Context: VF lock held. Return: was it a member?
 */
bool tandem_vlan_leave(struct tandem_adapter *ad, unsigned int pool, u16 vid)
{
	int idx = tandem_find_vlan(ad, vid);

	if (!tandem_vlan_member(ad, pool, vid))
		return false;
	ad->vfs.vlan[idx].pools &= ~BIT(pool);
	tandem_write_vlan(ad, idx);
	return true;
}

/**
 * tandem_vlan_leave_all - take a pool out of all VLANs
 * @ad: port
 * @pool: a pool
 *
 * Context: VF lock held.
 */
void tandem_vlan_leave_all(struct tandem_adapter *ad, unsigned int pool)
{
	unsigned int i;

	for (i = 0; i < TANDEM_VLVF_ENTRIES; i++)
		if (ad->vfs.vlan[i].pools & BIT(pool))
			tandem_vlan_leave(ad, pool, ad->vfs.vlan[i].vid);
}

/**
 * tandem_vlan_add - take frames of a VLAN
 * @ad: port
 * @vid: VLAN id
 *
 * Context: RTNL. Return: 0, or -ENOSPC: with VFs, 32 VLANs for all pools.
 */
int tandem_vlan_add(struct tandem_adapter *ad, u16 vid)
{
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&ad->vfs.lock, flags);
	if (ad->vfs.num)
		err = tandem_vlan_join(ad, ad->vfs.num, vid);
	if (!err) {
		ad->vfta[vid / 32] |= BIT(vid % 32);
		tandem_write_vfta(ad, vid / 32);
	}
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	return err;
}

/**
 * tandem_vlan_kill - take no more frames of a VLAN
 * @ad: port
 * @vid: VLAN id
 *
 * Context: RTNL.
 */
void tandem_vlan_kill(struct tandem_adapter *ad, u16 vid)
{
	unsigned long flags;

	spin_lock_irqsave(&ad->vfs.lock, flags);
	ad->vfta[vid / 32] &= ~BIT(vid % 32);
	if (ad->vfs.num)
		tandem_vlan_leave(ad, ad->vfs.num, vid);
	tandem_write_vfta(ad, vid / 32);
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
}

/**
 * tandem_vf_write_port_vlan - have a VF's frames tagged, or not
 * @ad: port
 * @i: VF number
 *
 * Context: VF lock held.
 */
void tandem_vf_write_port_vlan(struct tandem_adapter *ad, unsigned int i)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];

	tandem_vmdq_tag(&ad->hw, i, vf->port_vlan,
			vf->port_qos << VLAN_PRIO_SHIFT | vf->port_vlan);
}
