// SPDX-License-Identifier: GPL-2.0
/*
 * Which frames are taken: addresses, multicast hash, VLANs (RAL and RAH, MTA,
 * VFTA, RCTL).
 */
#include <linux/bitfield.h>

#include "hw.h"

/**
 * tandem_hw_set_rar - take frames to an address (RAL, RAH)
 * @hw: the device
 * @idx: entry, below TANDEM_RAR_ENTRIES; 0 is the port's own address
 * @addr: six bytes
 * @pools: VMDq pools that get the frames, one bit each; 0 without VMDq
 *
 * The entry is off while it changes, so that no mixture of two addresses
 * ever matches.
 *
 * Context: any.
 */
void tandem_hw_set_rar(struct tandem_hw *hw, unsigned int idx,
		       const u8 *addr, u8 pools)
{
	u32 high = get_unaligned_le16(addr + 4) | TANDEM_RAH_AV |
		   FIELD_PREP(TANDEM_RAH_POOLSEL, pools);

	if (WARN_ON_ONCE(idx >= TANDEM_RAR_ENTRIES))
		return;

	tandem_hw_clear_rar(hw, idx);
	tandem_wr32(hw, TANDEM_RAL(idx), get_unaligned_le32(addr));
	/* Bridges may merge the two writes otherwise. */
	tandem_flush(hw);
	tandem_wr32(hw, TANDEM_RAH(idx), high);
	tandem_flush(hw);
}

/**
 * tandem_hw_clear_rar - empty an address entry
 * @hw: the device
 * @idx: entry, below TANDEM_RAR_ENTRIES
 *
 * Context: any.
 */
void tandem_hw_clear_rar(struct tandem_hw *hw, unsigned int idx)
{
	if (WARN_ON_ONCE(idx >= TANDEM_RAR_ENTRIES))
		return;

	tandem_wr32(hw, TANDEM_RAH(idx), 0);
	tandem_flush(hw);
	tandem_wr32(hw, TANDEM_RAL(idx), 0);
	tandem_flush(hw);
}

/**
 * tandem_hw_rar_foreign - do frames to an address go elsewhere?
 * @hw: the device
 * @addr: six bytes
 * @pool: who asks
 *
 * Context: any. Return: true if an entry gives them to another pool.
 */
bool tandem_hw_rar_foreign(struct tandem_hw *hw, const u8 *addr,
			   unsigned int pool)
{
	unsigned int i;
	u32 high;

	for (i = 0; i < TANDEM_RAR_ENTRIES; i++) {
		high = tandem_rd32(hw, TANDEM_RAH(i));
		if ((high & TANDEM_RAH_AV) &&
		    FIELD_GET(TANDEM_RAH_POOLSEL, high) & ~BIT(pool) &&
		    (high & TANDEM_RAH_ADDR) == get_unaligned_le16(addr + 4) &&
		    tandem_rd32(hw, TANDEM_RAL(i)) == get_unaligned_le32(addr))
			return true;
	}
	return false;
}

/**
 * tandem_hw_mta_hash - where an address falls in MTA or UTA
 * @addr: six bytes
 *
 * Bits 47:36 of the address (RCTL.MO = 0).
 *
 * Context: any.
 * Return: 12 bits: word (hash >> 5), bit (hash & 31).
 */
u32 tandem_hw_mta_hash(const u8 *addr)
{
	return (get_unaligned_le16(addr + 4) >> TANDEM_HASH_SHIFT) &
	       TANDEM_HASH_BITS;
}

/**
 * tandem_hw_write_mta - set the multicast hash table (MTA)
 * @hw: the device
 * @mta: TANDEM_MTA_WORDS words, see tandem_hw_mta_hash()
 *
 * Context: any.
 */
void tandem_hw_write_mta(struct tandem_hw *hw, const u32 *mta)
{
	unsigned int i;

	for (i = 0; i < TANDEM_MTA_WORDS; i++)
		tandem_wr32(hw, TANDEM_MTA(i), mta[i]);
	tandem_flush(hw);
}

/**
 * tandem_hw_set_promisc - take frames whatever their address (RCTL.UPE, MPE)
 * @hw: the device
 * @unicast: take all unicast frames
 * @multicast: take all multicast frames
 *
 * Without effect on QEMU once pools are in use (VMDq).
 *
 * Context: any.
 */
void tandem_hw_set_promisc(struct tandem_hw *hw, bool unicast, bool multicast)
{
	u32 set = 0;

	if (unicast)
		set |= TANDEM_RCTL_UPE;
	if (multicast)
		set |= TANDEM_RCTL_MPE;
	tandem_modify32(hw, TANDEM_RCTL, TANDEM_RCTL_UPE | TANDEM_RCTL_MPE,
			set);
}

/**
 * tandem_hw_vlan_filter - take tagged frames only of known VLANs (RCTL.VFE)
 * @hw: the device
 * @on: filter by VFTA; off takes all VLANs
 *
 * Context: any.
 */
void tandem_hw_vlan_filter(struct tandem_hw *hw, bool on)
{
	tandem_modify32(hw, TANDEM_RCTL, TANDEM_RCTL_VFE | TANDEM_RCTL_CFIEN,
			on ? TANDEM_RCTL_VFE : 0);
}

/**
 * tandem_hw_write_vfta - set 32 VLANs of the filter table (VFTA)
 * @hw: the device
 * @word: VLAN id / 32
 * @val: one bit per VLAN, bit (id % 32)
 *
 * Context: any.
 */
void tandem_hw_write_vfta(struct tandem_hw *hw, unsigned int word, u32 val)
{
	if (WARN_ON_ONCE(word >= TANDEM_VFTA_WORDS))
		return;
	tandem_wr32(hw, TANDEM_VFTA(word), val);
}
