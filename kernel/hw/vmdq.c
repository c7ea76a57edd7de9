// SPDX-License-Identifier: GPL-2.0
/*
 * Pools and the switch between them (VMDq): what VFs and the PF share.
 *
 * Pool i owns queues i and i + 8. VF i is pool i; the PF takes the first pool
 * that no VF has. Frames go to pools by address and VLAN, and those that one
 * pool sends to another stay inside the device.
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/minmax.h>

#include "hw.h"
#include "vmdq.h"

/* Per-VF counters: a block of registers for each VF. */
#define VF_COUNTERS_BASE	0x10000
#define VF_COUNTERS_STEP	0x100

static const u16 vf_counter_offset[TANDEM_VF_COUNTERS] = {
	[TANDEM_VF_RX_PACKETS]	 = 0x10,	/* PVFGPRC */
	[TANDEM_VF_TX_PACKETS]	 = 0x14,	/* PVFGPTC */
	[TANDEM_VF_RX_BYTES]	 = 0x18,	/* PVFGORC */
	[TANDEM_VF_TX_BYTES]	 = 0x34,	/* PVFGOTC */
	[TANDEM_VF_RX_MULTICAST] = 0x3c,	/* PVFMPRC */
};

/**
 * tandem_vmdq_enable - divide the device into pools (MRQC, VT_CTL)
 * @hw: the device, just reset and given its fixed settings
 * @pf_pool: the pool of the PF
 *
 * Only the PF's pool may send and receive afterwards, all VLANs are unknown
 * and no pool has settings yet. Frames that no pool wants are dropped. RSS is
 * off. There is no way back but a reset.
 *
 * Context: any.
 */
void tandem_vmdq_enable(struct tandem_hw *hw, u8 pf_pool)
{
	unsigned int i;

	for (i = 0; i < TANDEM_VMDQ_POOLS; i++) {
		tandem_wr32(hw, TANDEM_VMOLR(i), 0);
		tandem_wr32(hw, TANDEM_VMVIR(i), 0);
	}
	for (i = 0; i < TANDEM_VLVF_ENTRIES; i++)
		tandem_wr32(hw, TANDEM_VLVF(i), 0);
	tandem_vmdq_default_pool(hw, pf_pool, false);
	/* Frames for several pools are stripped as those for one are. */
	tandem_wr32(hw, TANDEM_RPLOLR,
		    TANDEM_RPLOLR_STRVLAN | TANDEM_RPLOLR_STRCRC);
	/* A pool without buffers must not hold up the others. */
	tandem_wr32(hw, TANDEM_QDE, TANDEM_QDE_ALL);
	tandem_wr32(hw, TANDEM_RLPML, TANDEM_MAX_FRAME);
	tandem_wr32(hw, TANDEM_DTXSWC, TANDEM_DTXSWC_LOOPBACK);
	tandem_vmdq_run(hw, BIT(pf_pool));
	tandem_wr32(hw, TANDEM_MRQC,
		    FIELD_PREP(TANDEM_MRQC_MODE, TANDEM_MRQC_VMDQ));
	tandem_flush(hw);
}

/**
 * tandem_vmdq_reclaim - the queues that VFs had are the port's again (IOVCTL)
 * @hw: the device, its VFs disabled, about to be reset
 *
 * The emulated device gives them back by itself. Context: may sleep.
 */
void tandem_vmdq_reclaim(struct tandem_hw *hw)
{
	tandem_wr32(hw, TANDEM_IOVCTL, TANDEM_IOVCTL_REUSE_VFQ);
	tandem_flush(hw);
	fsleep(100 * USEC_PER_MSEC);
}

/**
 * tandem_vmdq_run - which pools may send and receive (VFTE, VFRE)
 * @hw: the device
 * @pools: one bit each: these and no others
 *
 * Context: any.
 */
void tandem_vmdq_run(struct tandem_hw *hw, u8 pools)
{
	tandem_wr32(hw, TANDEM_VFTE, pools);
	tandem_wr32(hw, TANDEM_VFRE, pools);
	tandem_flush(hw);
}

/**
 * tandem_vmdq_default_pool - where unicast goes that no pool asked for
 * @hw: the device
 * @pool: a pool
 * @on: it goes to @pool; off drops it (VT_CTL)
 *
 * Frames to several pools are copied for each in both cases.
 *
 * Context: any.
 */
void tandem_vmdq_default_pool(struct tandem_hw *hw, u8 pool, bool on)
{
	tandem_wr32(hw, TANDEM_VT_CTL, TANDEM_VT_CTL_REPLICATE |
		    FIELD_PREP(TANDEM_VT_CTL_DEFAULT_POOL, pool) |
		    (on ? 0 : TANDEM_VT_CTL_NO_DEFAULT));
}

/**
 * tandem_vmdq_set_pool - what a pool takes (VMOLR)
 * @hw: the device
 * @pool: a pool
 * @flags: TANDEM_VMDQ_* bits
 * @max_frame: longest frame with FCS
 *
 * Context: any.
 */
void tandem_vmdq_set_pool(struct tandem_hw *hw, u8 pool, u32 flags,
			  u32 max_frame)
{
	/* The FCS is stripped for all pools, as RCTL.SECRC has it. */
	u32 val = TANDEM_VMOLR_LPE | TANDEM_VMOLR_STRCRC |
		  FIELD_PREP(TANDEM_VMOLR_RLPML,
			     min_t(u32, max_frame, TANDEM_MAX_FRAME));

	if (WARN_ON_ONCE(pool >= TANDEM_VMDQ_POOLS))
		return;
	if (flags & TANDEM_VMDQ_BROADCAST)
		val |= TANDEM_VMOLR_BAM;
	if (flags & TANDEM_VMDQ_UNTAGGED)
		val |= TANDEM_VMOLR_AUPE;
	if (flags & TANDEM_VMDQ_MULTICAST_HASH)
		val |= TANDEM_VMOLR_ROMPE;
	if (flags & TANDEM_VMDQ_MULTICAST_ALL)
		val |= TANDEM_VMOLR_MPME;
	if (flags & TANDEM_VMDQ_UNICAST_HASH)
		val |= TANDEM_VMOLR_ROPE;
	if (flags & TANDEM_VMDQ_STRIP_VLAN)
		val |= TANDEM_VMOLR_STRVLAN;
	tandem_wr32(hw, TANDEM_VMOLR(pool), val);
}

/**
 * tandem_vmdq_unicast_all - have every unicast address match UTA
 * @hw: the device
 * @on: match all, or none
 *
 * It takes effect for pools with TANDEM_VMDQ_UNICAST_HASH. Not on QEMU, where
 * UTA would reach pools that asked for multicast.
 *
 * Context: any.
 */
void tandem_vmdq_unicast_all(struct tandem_hw *hw, bool on)
{
	unsigned int i;

	if (hw->emulated)
		return;
	for (i = 0; i < TANDEM_UTA_WORDS; i++)
		tandem_wr32(hw, TANDEM_UTA(i), on ? U32_MAX : 0);
}

/**
 * tandem_vmdq_set_vlan - which pools are members of a VLAN (VLVF)
 * @hw: the device
 * @idx: entry, below TANDEM_VLVF_ENTRIES
 * @vid: VLAN id
 * @pools: one bit each; none turns the entry off
 *
 * The VLAN has to be in VFTA too.
 *
 * Context: any.
 */
void tandem_vmdq_set_vlan(struct tandem_hw *hw, unsigned int idx, u16 vid,
			  u8 pools)
{
	u32 val = 0;

	if (WARN_ON_ONCE(idx >= TANDEM_VLVF_ENTRIES))
		return;
	if (pools)
		val = TANDEM_VLVF_ENABLE | FIELD_PREP(TANDEM_VLVF_VID, vid) |
		      FIELD_PREP(TANDEM_VLVF_POOLS, pools);
	tandem_wr32(hw, TANDEM_VLVF(idx), val);
}

/**
 * tandem_vmdq_tag - put a VLAN tag on all that a pool sends (VMVIR)
 * @hw: the device
 * @pool: a pool
 * @on: tag; off leaves the choice to the sender
 * @tag: priority and VLAN id
 *
 * Context: any.
 */
void tandem_vmdq_tag(struct tandem_hw *hw, u8 pool, bool on, u16 tag)
{
	u32 val = 0;

	if (on)
		val = TANDEM_VMVIR_DEFAULT | FIELD_PREP(TANDEM_VMVIR_TAG, tag);
	tandem_wr32(hw, TANDEM_VMVIR(pool), val);
}

/**
 * tandem_vmdq_spoof_check - whose source addresses are looked at (DTXSWC)
 * @hw: the device
 * @pools: one bit each; frames from these with a source address or a VLAN
 *	that is not theirs are dropped
 *
 * QEMU does not check.
 *
 * Context: any.
 */
void tandem_vmdq_spoof_check(struct tandem_hw *hw, u8 pools)
{
	tandem_wr32(hw, TANDEM_DTXSWC, TANDEM_DTXSWC_LOOPBACK |
		    FIELD_PREP(TANDEM_DTXSWC_MAC_SPOOF, pools) |
		    FIELD_PREP(TANDEM_DTXSWC_VLAN_SPOOF, pools));
}

/**
 * tandem_vmdq_spoofers - who was caught by the spoof check (WVBR, cleared by
 * reading)
 * @hw: the device
 *
 * Context: any. Return: one bit for each pool; 0 once the device is gone.
 */
u8 tandem_vmdq_spoofers(struct tandem_hw *hw)
{
	u32 val = tandem_rd32(hw, TANDEM_WVBR);

	/* by address in the low byte, by VLAN in the next */
	return READ_ONCE(hw->bar) ? val | val >> 8 : 0;
}

/**
 * tandem_vmdq_rate_reg - a limit as RTTBCNRC holds it
 * @link: speed of the link, Mb/s
 * @mbps: limit, Mb/s; 0 for none
 *
 * The device waits a multiple of a frame's time on the wire between frames,
 * counted in 1/16384.
 *
 * Return: the register's value.
 */
u32 tandem_vmdq_rate_reg(u16 link, u16 mbps)
{
	if (!mbps || mbps >= link)
		return 0;
	return TANDEM_RTTBCNRC_ENABLE |
	       FIELD_PREP(TANDEM_RTTBCNRC_FACTOR,
			  ((u32)link << TANDEM_RTTBCNRC_FRACTION_BITS) / mbps);
}

/**
 * tandem_vmdq_set_rate - limit what a pool sends (RTTBCNRC)
 * @hw: the device
 * @pool: a pool; its first queue is limited
 * @val: what tandem_vmdq_rate_reg() made
 *
 * QEMU neither stores it nor limits.
 *
 * Context: any, not at the same time twice.
 */
void tandem_vmdq_set_rate(struct tandem_hw *hw, u8 pool, u32 val)
{
	tandem_wr32(hw, TANDEM_RTTDQSEL, pool);
	tandem_wr32(hw, TANDEM_RTTBCNRM, TANDEM_RTTBCNRM_MMW);
	tandem_wr32(hw, TANDEM_RTTBCNRC, val);
}

/**
 * tandem_vmdq_read_counters - what a VF has counted
 * @hw: the device
 * @vf: VF number
 * @val: TANDEM_VF_COUNTERS numbers, which wrap around
 *
 * Context: any. Return: false once the device is gone.
 */
bool tandem_vmdq_read_counters(struct tandem_hw *hw, u8 vf, u32 *val)
{
	unsigned int i;

	for (i = 0; i < TANDEM_VF_COUNTERS; i++)
		val[i] = tandem_rd32(hw, VF_COUNTERS_BASE +
				     VF_COUNTERS_STEP * vf +
				     vf_counter_offset[i]);
	return READ_ONCE(hw->bar);
}
