// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics. The registers are cleared by reading; the
 * caller's totals grow by what they held.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "hw.h"
#include "stats_regs.h"

struct tandem_counter {
	u16 reg;
	u16 total;	/* offset in struct tandem_hw_stats */
};

#define COUNTER(reg, member) \
	{ TANDEM_##reg, offsetof(struct tandem_hw_stats, member) }

static const struct tandem_counter tandem_counters[] = {
	COUNTER(CRCERRS, crc_errors),
	COUNTER(ALGNERRC, align_errors),
	COUNTER(RXERRC, rx_errors),
	COUNTER(MPC, missed),
	COUNTER(RLEC, length_errors),
	COUNTER(RUC, undersize),
	COUNTER(ROC, oversize),
	COUNTER(RFC, fragments),
	COUNTER(RJC, jabber),
	COUNTER(COLC, collisions),
	COUNTER(LATECOL, late_collisions),
	COUNTER(ECOL, excess_collisions),
	COUNTER(DC, deferred),
	COUNTER(TNCRS, carrier_errors),
	COUNTER(XONRXC, xon_rx),
	COUNTER(XONTXC, xon_tx),
	COUNTER(XOFFRXC, xoff_rx),
	COUNTER(XOFFTXC, xoff_tx),
	COUNTER(GPRC, rx_good_packets),
	COUNTER(BPRC, rx_broadcast),
	COUNTER(MPRC, rx_multicast),
	COUNTER(RNBC, rx_no_buffer),
	COUNTER(GPTC, tx_good_packets),
	COUNTER(TPR, rx_total_packets),
	COUNTER(TPT, tx_total_packets),
	COUNTER(MPTC, tx_multicast),
	COUNTER(BPTC, tx_broadcast),
	COUNTER(TSCTC, tso_packets),
	COUNTER(IAC, interrupts),
};

/* Two registers, low half first; reading the high half clears both. */
static const struct tandem_counter tandem_counters64[] = {
	COUNTER(GORCL, rx_good_octets),
	COUNTER(GOTCL, tx_good_octets),
	COUNTER(TORL, rx_total_octets),
	COUNTER(TOTL, tx_total_octets),
};

static u64 *tandem_total(struct tandem_hw_stats *st, u16 offset)
{
	return (void *)st + offset;
}

/**
 * tandem_hw_read_stats - add what happened since the last call
 * @hw: the device
 * @st: totals, in frames and bytes (octets with FCS); grown, not set
 *
 * The caller keeps two calls apart. Registers hold 32 bits of frames: call
 * at least every few minutes. One register read per counter.
 *
 * Context: any.
 */
void tandem_hw_read_stats(struct tandem_hw *hw, struct tandem_hw_stats *st)
{
	const struct tandem_counter *c;
	u32 low, high;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tandem_counters); i++) {
		c = &tandem_counters[i];
		low = tandem_rd32(hw, c->reg);
		if (!READ_ONCE(hw->bar))
			return;
		*tandem_total(st, c->total) += low;
	}
	for (i = 0; i < ARRAY_SIZE(tandem_counters64); i++) {
		c = &tandem_counters64[i];
		low = tandem_rd32(hw, c->reg);
		high = tandem_rd32(hw, c->reg + sizeof(u32));
		if (!READ_ONCE(hw->bar))
			return;
		*tandem_total(st, c->total) += (u64)high << 32 | low;
	}
	/* Six registers in a row each way. */
	for (i = 0; i < ARRAY_SIZE(st->rx_size); i++) {
		low = tandem_rd32(hw, TANDEM_PRC64 + i * sizeof(u32));
		high = tandem_rd32(hw, TANDEM_PTC64 + i * sizeof(u32));
		if (!READ_ONCE(hw->bar))
			return;
		st->rx_size[i] += low;
		st->tx_size[i] += high;
	}
}

/**
 * tandem_hw_clear_stats - forget what happened so far
 * @hw: the device
 *
 * Context: any.
 */
void tandem_hw_clear_stats(struct tandem_hw *hw)
{
	struct tandem_hw_stats forget = {};

	tandem_hw_read_stats(hw, &forget);
}
