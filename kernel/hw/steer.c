// SPDX-License-Identifier: GPL-2.0
/*
 * Filters that put a flow on a chosen queue, before RSS has its say: by
 * 5-tuple (SAQF, DAQF, SPQF, FTQF, IMIR, IMIREXT) and by ether type (ETQF).
 *
 * QEMU stores none of the 5-tuple registers and does not act on the queue of
 * ETQF, so what is written here has never met a device that heeds it.
 */
#include <linux/bitfield.h>

#include "hw.h"

/* A filter that takes part in nothing. */
#define TANDEM_FTQF_OFF	(TANDEM_FTQF_VF_BP | TANDEM_FTQF_PROTO_BP | \
			 TANDEM_FTQF_SRC_ADDR_BP | TANDEM_FTQF_DST_ADDR_BP | \
			 TANDEM_FTQF_SRC_PORT_BP)

/**
 * tandem_hw_tuple_regs - a 5-tuple filter as its registers hold it
 * @t: the filter
 * @regs: to be filled in
 *
 * Addresses and ports are in the registers as they are on the wire. Frames
 * match whatever their length and their TCP flags.
 */
void tandem_hw_tuple_regs(const struct tandem_tuple *t,
			  struct tandem_tuple_regs *regs)
{
	u32 ftqf = TANDEM_FTQF_OFF;

	memset(regs, 0, sizeof(*regs));
	regs->imirext = TANDEM_IMIREXT_SIZE_BP | TANDEM_IMIREXT_CTRL_BP;
	regs->imir = FIELD_PREP(TANDEM_IMIR_PRIORITY, t->priority);

	if (t->match & TANDEM_MATCH_SRC) {
		regs->saqf = get_unaligned_le32(&t->src);
		ftqf &= ~TANDEM_FTQF_SRC_ADDR_BP;
	}
	if (t->match & TANDEM_MATCH_DST) {
		regs->daqf = get_unaligned_le32(&t->dst);
		ftqf &= ~TANDEM_FTQF_DST_ADDR_BP;
	}
	if (t->match & TANDEM_MATCH_SPORT) {
		regs->spqf = get_unaligned_le16(&t->sport);
		ftqf &= ~TANDEM_FTQF_SRC_PORT_BP;
	}
	if (t->match & TANDEM_MATCH_DPORT)
		regs->imir |= FIELD_PREP(TANDEM_IMIR_DST_PORT,
					 get_unaligned_le16(&t->dport));
	else
		regs->imir |= TANDEM_IMIR_PORT_BP;

	ftqf &= ~TANDEM_FTQF_PROTO_BP;
	regs->ftqf = ftqf | TANDEM_FTQF_QUEUE_EN |
		     FIELD_PREP(TANDEM_FTQF_PROTO, t->proto) |
		     FIELD_PREP(TANDEM_FTQF_QUEUE, t->queue);
}

/**
 * tandem_hw_clear_tuple - switch a 5-tuple filter off
 * @hw: the device
 * @i: filter, below TANDEM_FILTERS
 *
 * Context: any.
 */
void tandem_hw_clear_tuple(struct tandem_hw *hw, unsigned int i)
{
	if (WARN_ON_ONCE(i >= TANDEM_FILTERS))
		return;
	tandem_wr32(hw, TANDEM_FTQF(i), TANDEM_FTQF_OFF);
	tandem_wr32(hw, TANDEM_IMIR(i), 0);
	tandem_wr32(hw, TANDEM_IMIREXT(i), 0);
}

/**
 * tandem_hw_write_tuple - put a 5-tuple filter into the device
 * @hw: the device
 * @i: filter, below TANDEM_FILTERS
 * @regs: what tandem_hw_tuple_regs() made
 *
 * The filter is off while it changes. Context: any; the caller keeps two
 * calls apart.
 */
void tandem_hw_write_tuple(struct tandem_hw *hw, unsigned int i,
			   const struct tandem_tuple_regs *regs)
{
	tandem_hw_clear_tuple(hw, i);
	if (i >= TANDEM_FILTERS)
		return;
	tandem_wr32(hw, TANDEM_SAQF(i), regs->saqf);
	tandem_wr32(hw, TANDEM_DAQF(i), regs->daqf);
	tandem_wr32(hw, TANDEM_SPQF(i), regs->spqf);
	tandem_wr32(hw, TANDEM_IMIREXT(i), regs->imirext);
	tandem_wr32(hw, TANDEM_IMIR(i), regs->imir);
	tandem_wr32(hw, TANDEM_FTQF(i), regs->ftqf);
}

/**
 * tandem_hw_etype_reg - an ether type filter as ETQF holds it
 * @type: ether type, host order; not IPv4 or IPv6
 * @queue: receive queue, below 8
 *
 * Return: the register's value.
 */
u32 tandem_hw_etype_reg(u16 type, u8 queue)
{
	/* the first filter that matches decides, also what is stamped */
	u32 stamp = type == ETH_P_1588 ? TANDEM_ETQF_1588 : 0;

	return stamp | FIELD_PREP(TANDEM_ETQF_ETYPE, type) |
	       FIELD_PREP(TANDEM_ETQF_QUEUE, queue) |
	       TANDEM_ETQF_ENABLE | TANDEM_ETQF_QUEUE_EN;
}

/**
 * tandem_hw_write_etype - put an ether type filter into the device
 * @hw: the device
 * @i: filter, below TANDEM_ETYPES
 * @etqf: what tandem_hw_etype_reg() made, or 0 for off
 *
 * Context: any.
 */
void tandem_hw_write_etype(struct tandem_hw *hw, unsigned int i, u32 etqf)
{
	if (WARN_ON_ONCE(i >= TANDEM_ETYPES))
		return;
	tandem_wr32(hw, TANDEM_ETQF(i), etqf);
}
