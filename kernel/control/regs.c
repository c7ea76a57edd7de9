// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool -d: pairs of a register's offset and its value, 32 bits each, in
 * the order below. Registers that reading changes are not read:
 * ICR, EICR, SWSM, statistics.
 */
#include <linux/ethtool.h>

#include "../tandem.h"
#include "control.h"

#define TANDEM_REGS_VERSION	1

struct tandem_regs {
	u16 first;
	u16 count;
};

static const struct tandem_regs tandem_port_regs[] = {
	{ TANDEM_CTRL, 1 },
	{ TANDEM_STATUS, 1 },
	{ TANDEM_EECD, 1 },
	{ TANDEM_CTRL_EXT, 1 },
	{ TANDEM_VET, 1 },
	{ TANDEM_IMS, 1 },
	{ TANDEM_IAM, 1 },
	{ TANDEM_RCTL, 1 },
	{ TANDEM_FCTTV, 1 },
	{ TANDEM_TCTL, 1 },
	{ TANDEM_LEDCTL, 1 },
	{ TANDEM_GPIE, 1 },
	{ TANDEM_EIMS, 1 },
	{ TANDEM_EIAC, 1 },
	{ TANDEM_EIAM, 1 },
	{ TANDEM_VFRE, 1 },
	{ TANDEM_VFTE, 1 },
	{ TANDEM_EITR(0), TANDEM_MAX_CAUSES },
	{ TANDEM_IVAR(0), TANDEM_IVAR_COUNT },
	{ TANDEM_IVAR_MISC, 1 },
	{ TANDEM_FCRTL, 1 },
	{ TANDEM_FCRTH, 1 },
	{ TANDEM_RXPBS, 1 },
	{ TANDEM_QDE, 1 },
	{ TANDEM_TXPBS, 1 },
	{ TANDEM_DTXSWC, 1 },
	{ TANDEM_VMVIR(0), TANDEM_VMDQ_POOLS },
	{ TANDEM_DTXCTL, 1 },
	{ TANDEM_RXCSUM, 1 },
	{ TANDEM_RLPML, 1 },
	{ TANDEM_RFCTL, 1 },
	{ TANDEM_MTA(0), TANDEM_MTA_WORDS },
	{ TANDEM_SYNQF, 1 },
	{ TANDEM_VFTA(0), TANDEM_VFTA_WORDS },
	{ TANDEM_MRQC, 1 },
	{ TANDEM_VT_CTL, 1 },
	{ TANDEM_MANC, 1 },
	{ TANDEM_SAQF(0), TANDEM_FILTERS },
	{ TANDEM_DAQF(0), TANDEM_FILTERS },
	{ TANDEM_SPQF(0), TANDEM_FILTERS },
	{ TANDEM_FTQF(0), TANDEM_FILTERS },
	{ TANDEM_IMIR(0), TANDEM_FILTERS },
	{ TANDEM_IMIREXT(0), TANDEM_FILTERS },
	{ TANDEM_VMOLR(0), TANDEM_VMDQ_POOLS },
	{ TANDEM_RPLOLR, 1 },
	{ TANDEM_GCR, 1 },
	{ TANDEM_FWSM, 1 },
	{ TANDEM_SW_FW_SYNC, 1 },
	{ TANDEM_RETA(0), TANDEM_RETA_ENTRIES / 4 },
	{ TANDEM_RSSRK(0), TANDEM_RSS_KEY_BYTES / 4 },
	{ TANDEM_ETQF(0), TANDEM_FILTERS },
	{ TANDEM_VLVF(0), TANDEM_VLVF_ENTRIES },
};

/* Per queue, of both directions; offsets in the queue's block. Offset 0x30
 * of a receive queue counts drops and is cleared by reading.
 */
static const u8 tandem_queue_regs[] = {
	0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x28,
};

int tandem_get_regs_len(struct net_device *netdev)
{
	unsigned int i, regs = 0;

	for (i = 0; i < ARRAY_SIZE(tandem_port_regs); i++)
		regs += tandem_port_regs[i].count;
	regs += 2 * TANDEM_RAR_ENTRIES;
	regs += 2 * TANDEM_MAX_HW_QUEUES * ARRAY_SIZE(tandem_queue_regs);
	return regs * 2 * sizeof(u32);
}

static u32 *tandem_dump_reg(struct tandem_adapter *ad, u32 *out, u32 reg)
{
	*out++ = reg;
	*out++ = tandem_rd32(&ad->hw, reg);
	return out;
}

void tandem_get_regs(struct net_device *netdev, struct ethtool_regs *regs,
		     void *data)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	const struct tandem_regs *r;
	unsigned int i, q;
	u32 *out = data;

	regs->version = TANDEM_REGS_VERSION;
	for (r = tandem_port_regs;
	     r < tandem_port_regs + ARRAY_SIZE(tandem_port_regs); r++)
		for (i = 0; i < r->count; i++)
			out = tandem_dump_reg(ad, out, r->first + 4 * i);
	for (i = 0; i < TANDEM_RAR_ENTRIES; i++) {
		out = tandem_dump_reg(ad, out, TANDEM_RAL(i));
		out = tandem_dump_reg(ad, out, TANDEM_RAH(i));
	}
	for (q = 0; q < TANDEM_MAX_HW_QUEUES; q++)
		for (i = 0; i < ARRAY_SIZE(tandem_queue_regs); i++) {
			u8 offset = tandem_queue_regs[i];

			out = tandem_dump_reg(ad, out,
					      tandem_rxq_reg(q, offset));
			out = tandem_dump_reg(ad, out,
					      tandem_txq_reg(q, offset));
		}
}
