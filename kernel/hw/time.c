// SPDX-License-Identifier: GPL-2.0
/*
 * The device's time (SYSTIM) and its two stamps: one of a frame sent, one of a
 * frame received. Each stands until it is read; meanwhile no other is taken.
 *
 * QEMU ignores writes to SYSTIM, so nothing here sets the time: callers keep
 * the difference. It stamps a received frame only by the way of
 * TANDEM_STAMP_RX_TYPE.
 */
#include <linux/bitfield.h>
#include <linux/if_ether.h>

#include "hw.h"

/* An increment of TANDEM_TIME_RATE in each period of 16 ns: SYSTIM counts
 * nanoseconds with 19 bits behind the point.
 */
#define TIME_PERIOD		FIELD_PREP(TANDEM_TIMINCA_PERIOD, 1)
/* TSYNCRXCTL.TYPE: a message type of PTP over Ethernet, or all event messages */
#define TYPE_L2_V2		FIELD_PREP(TANDEM_TSYNCRXCTL_TYPE, 0)
#define TYPE_EVENT_V2		FIELD_PREP(TANDEM_TSYNCRXCTL_TYPE, 5)
#define TSYNCRXCFG_MSG_SHIFT	8

/**
 * tandem_time_set_rate - how fast the device's time goes (TIMINCA)
 * @hw: the device
 * @rate: added each 16 ns, in 2^-19 ns; TANDEM_TIME_RATE is true to the
 *	crystal, larger than TANDEM_TIME_RATE_MAX counts as that
 *
 * Context: any.
 */
void tandem_time_set_rate(struct tandem_hw *hw, u32 rate)
{
	tandem_wr32(hw, TANDEM_TIMINCA,
		    TIME_PERIOD | min_t(u32, rate, TANDEM_TIME_RATE_MAX));
}

/**
 * tandem_time_read - the device's time (SYSTIM)
 * @hw: the device
 *
 * Context: any; one reader at a time, since reading the low half latches the
 * high one. Return: 2^-19 ns since the last reset.
 */
u64 tandem_time_read(struct tandem_hw *hw)
{
	u32 low = tandem_rd32(hw, TANDEM_SYSTIML);

	return (u64)tandem_rd32(hw, TANDEM_SYSTIMH) << 32 | low;
}

/**
 * tandem_stamp_tx_take - take the stamp of the frame sent (TSYNCTXCTL, TXSTMP)
 * @hw: the device
 * @time: where to put it, in units of tandem_time_read()
 *
 * Context: any. Return: false if there is none.
 */
bool tandem_stamp_tx_take(struct tandem_hw *hw, u64 *time)
{
	u32 low;

	if (!(tandem_rd32(hw, TANDEM_TSYNCTXCTL) & TANDEM_TSYNCTXCTL_VALID))
		return false;
	low = tandem_rd32(hw, TANDEM_TXSTMPL);
	*time = (u64)tandem_rd32(hw, TANDEM_TXSTMPH) << 32 | low;
	return READ_ONCE(hw->bar);
}

/**
 * tandem_stamp_rx_waits - is there a stamp of a frame received (TSYNCRXCTL)?
 * @hw: the device
 *
 * Context: any. Return: true if so; it stays.
 */
bool tandem_stamp_rx_waits(struct tandem_hw *hw)
{
	return (tandem_rd32(hw, TANDEM_TSYNCRXCTL) & TANDEM_TSYNCRXCTL_VALID) &&
	       READ_ONCE(hw->bar);
}

/**
 * tandem_stamp_rx_take - take the stamp of the frame received (RXSTMP)
 * @hw: the device
 * @time: where to put it, in units of tandem_time_read()
 *
 * Context: any. Return: false if there is none.
 */
bool tandem_stamp_rx_take(struct tandem_hw *hw, u64 *time)
{
	u32 low;

	if (!(tandem_rd32(hw, TANDEM_TSYNCRXCTL) & TANDEM_TSYNCRXCTL_VALID))
		return false;
	low = tandem_rd32(hw, TANDEM_RXSTMPL);
	*time = (u64)tandem_rd32(hw, TANDEM_RXSTMPH) << 32 | low;
	/* silicon is ready for the next one now, QEMU after this */
	tandem_rd32(hw, TANDEM_RXSATRH);
	return READ_ONCE(hw->bar);
}

/**
 * tandem_stamp_tx_enable - stamp frames whose descriptor asks for it
 * @hw: the device, after a reset
 *
 * A stamp from before is forgotten. Context: any.
 */
void tandem_stamp_tx_enable(struct tandem_hw *hw)
{
	u64 forget;

	tandem_wr32(hw, TANDEM_TSYNCTXCTL, TANDEM_TSYNCTXCTL_EN);
	tandem_stamp_tx_take(hw, &forget);
}

/**
 * tandem_stamp_rx_enable - which PTP frames over Ethernet are stamped
 * @hw: the device
 * @what: none, one message type, or all event messages
 * @msg: the message type, 0 to 15, for TANDEM_STAMP_RX_TYPE
 *
 * Context: any.
 */
void tandem_stamp_rx_enable(struct tandem_hw *hw, enum tandem_stamp_rx what,
			    u8 msg)
{
	u32 etqf = 0, ctl = 0;
	u64 forget;

	if (what != TANDEM_STAMP_RX_NONE) {
		etqf = FIELD_PREP(TANDEM_ETQF_ETYPE, ETH_P_1588) |
		       TANDEM_ETQF_ENABLE | TANDEM_ETQF_1588;
		ctl = TANDEM_TSYNCRXCTL_EN;
		ctl |= what == TANDEM_STAMP_RX_TYPE ? TYPE_L2_V2 : TYPE_EVENT_V2;
	}
	tandem_wr32(hw, TANDEM_TSYNCRXCFG, (u32)msg << TSYNCRXCFG_MSG_SHIFT);
	tandem_wr32(hw, TANDEM_TSYNCRXCTL, ctl);
	tandem_wr32(hw, TANDEM_ETQF(TANDEM_ETYPE_PTP), etqf);
	tandem_stamp_rx_take(hw, &forget);
}
