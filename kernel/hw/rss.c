// SPDX-License-Identifier: GPL-2.0
/*
 * Receive side scaling: key, indirection table and the fields that are
 * hashed (RSSRK, RETA, MRQC).
 */
#include <linux/bitfield.h>

#include "hw.h"

#define RETA_REGS	(TANDEM_RETA_ENTRIES / sizeof(u32))
#define RSSRK_REGS	(TANDEM_RSS_KEY_BYTES / sizeof(u32))

/**
 * tandem_hw_write_reta - set the indirection table (RETA)
 * @hw: the device
 * @rss: its table is written; every entry below TANDEM_MAX_HW_QUEUES and an
 *	enabled queue, for frames to any other are lost
 *
 * While RSS is on, frames are spread by a mixture of old and new table until
 * the last register is written.
 *
 * Context: any.
 */
void tandem_hw_write_reta(struct tandem_hw *hw, const struct tandem_rss *rss)
{
	unsigned int i;

	/* Entry i is byte i of the table, the lowest byte first. */
	for (i = 0; i < RETA_REGS; i++)
		tandem_wr32(hw, TANDEM_RETA(i),
			    get_unaligned_le32(&rss->table[i * sizeof(u32)]));
}

/**
 * tandem_hw_write_rss - set key, table and fields, and spread by them (MRQC)
 * @hw: the device
 * @rss: what to set
 *
 * Needs RXCSUM.PCSD, which tandem_hw_rx_csum() always sets. What does not
 * match a field goes to queue 0 with hash 0.
 *
 * Context: any.
 */
void tandem_hw_write_rss(struct tandem_hw *hw, const struct tandem_rss *rss)
{
	u32 fields = rss->fields & TANDEM_MRQC_RSS_FIELDS;
	unsigned int i;

	for (i = 0; i < RSSRK_REGS; i++)
		tandem_wr32(hw, TANDEM_RSSRK(i),
			    get_unaligned_le32(&rss->key[i * sizeof(u32)]));
	tandem_hw_write_reta(hw, rss);

	/* QEMU takes TCP over IPv6 for the Ex kind, whatever its headers. */
	if (fields & TANDEM_MRQC_RSS_TCPV6)
		fields |= TANDEM_MRQC_RSS_TCPV6_EX;
	tandem_wr32(hw, TANDEM_MRQC, fields |
		    FIELD_PREP(TANDEM_MRQC_MODE, TANDEM_MRQC_RSS));
	tandem_flush(hw);
}

/**
 * tandem_hw_rss_off - all frames to queue 0, no hash in the descriptor
 * @hw: the device
 *
 * Context: any.
 */
void tandem_hw_rss_off(struct tandem_hw *hw)
{
	tandem_wr32(hw, TANDEM_MRQC, TANDEM_MRQC_OFF);
	tandem_flush(hw);
}
