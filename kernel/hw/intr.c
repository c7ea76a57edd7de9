// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts. With MSI-X, causes of queues and
 * "other" causes are mapped to vectors by IVAR; a vector is one bit of EICR
 * and its mask and moderation are its own. With a single vector, causes are
 * bits of ICR.
 */
#include <linux/bitfield.h>
#include <linux/minmax.h>

#include "hw.h"

#define GPIE_MSIX	(TANDEM_GPIE_NSICR | TANDEM_GPIE_MULTI_MSIX | \
			 TANDEM_GPIE_EIAME | TANDEM_GPIE_PBA)

/**
 * tandem_intr_mask_all - let no interrupt out (EIMC, IMC)
 * @hw: the device
 *
 * When it returns, the device has seen it; an interrupt sent before may
 * still arrive. QEMU's moderation timers ignore it and fire once more.
 *
 * Context: any.
 */
void tandem_intr_mask_all(struct tandem_hw *hw)
{
	tandem_wr32(hw, TANDEM_EIMC, U32_MAX);
	tandem_wr32(hw, TANDEM_IMC, U32_MAX);
	tandem_flush(hw);
}

/**
 * tandem_intr_setup - choose how interrupts are sent
 * @hw: the device, with interrupts masked
 * @mode: MSI-X or a single vector
 *
 * With a single vector, queues are mapped to vector 0 all the same.
 *
 * Context: any.
 */
void tandem_intr_setup(struct tandem_hw *hw, enum tandem_intr_mode mode)
{
	/* Nothing is masked by reading ICR: both modes mask by hand. */
	tandem_wr32(hw, TANDEM_IAM, 0);

	tandem_wr32(hw, TANDEM_EIAC, 0);
	tandem_wr32(hw, TANDEM_EIAM, 0);
	tandem_wr32(hw, TANDEM_GPIE, mode == TANDEM_INTR_SINGLE ? 0 : GPIE_MSIX);
	tandem_flush(hw);
}

/**
 * tandem_intr_auto - vectors whose cause goes with their message (EIAC, EIAM)
 * @hw: the device, set up for MSI-X
 * @vectors: one bit each
 *
 * The cause is cleared and the vector masked when the message is sent; without
 * that a vector would fire for ever, or once. QEMU clears but does not mask: a
 * handler masks with tandem_intr_mask(). QEMU also never takes a vector out
 * again before the next reset, so this does not either.
 *
 * Context: RTNL.
 */
void tandem_intr_auto(struct tandem_hw *hw, u32 vectors)
{
	tandem_modify32(hw, TANDEM_EIAC, 0, vectors);
	tandem_modify32(hw, TANDEM_EIAM, 0, vectors);
}

/*
 * IVAR register (queue % 8), from the low byte on: receive and transmit of
 * queue 0-7, receive and transmit of queue 8-15.
 */
static void tandem_intr_map(struct tandem_hw *hw, u8 queue, bool tx, u8 entry)
{
	unsigned int shift;

	if (WARN_ON_ONCE(queue >= TANDEM_MAX_HW_QUEUES))
		return;
	shift = (queue / TANDEM_IVAR_COUNT * 2 + tx) * BITS_PER_BYTE;
	tandem_modify32(hw, TANDEM_IVAR(queue % TANDEM_IVAR_COUNT),
			TANDEM_IVAR_ENTRY << shift, (u32)entry << shift);
}

static u8 tandem_ivar_entry(u8 vector)
{
	WARN_ON_ONCE(vector >= TANDEM_MAX_CAUSES);
	return FIELD_PREP(TANDEM_IVAR_VECTOR, vector) | TANDEM_IVAR_VALID;
}

/**
 * tandem_intr_map_rx - have a receive queue raise a vector (IVAR)
 * @hw: the device
 * @queue: hardware queue
 * @vector: MSI-X table entry, below TANDEM_MAX_CAUSES
 *
 * Context: any.
 */
void tandem_intr_map_rx(struct tandem_hw *hw, u8 queue, u8 vector)
{
	tandem_intr_map(hw, queue, false, tandem_ivar_entry(vector));
}

/**
 * tandem_intr_map_tx - have a transmit queue raise a vector (IVAR)
 * @hw: the device
 * @queue: hardware queue
 * @vector: MSI-X table entry, below TANDEM_MAX_CAUSES
 *
 * Context: any.
 */
void tandem_intr_map_tx(struct tandem_hw *hw, u8 queue, u8 vector)
{
	tandem_intr_map(hw, queue, true, tandem_ivar_entry(vector));
}

/**
 * tandem_intr_unmap_queue - a queue pair raises nothing any more (IVAR)
 * @hw: the device
 * @queue: hardware queue; both its receive and transmit side
 *
 * A cause that is latched already stays (EICR).
 *
 * Context: any.
 */
void tandem_intr_unmap_queue(struct tandem_hw *hw, u8 queue)
{
	tandem_intr_map(hw, queue, false, 0);
	tandem_intr_map(hw, queue, true, 0);
}

/**
 * tandem_intr_map_other - where link change, mailbox and the like go
 * @hw: the device
 * @vector: MSI-X table entry, below TANDEM_MAX_CAUSES
 *
 * Context: any.
 */
void tandem_intr_map_other(struct tandem_hw *hw, u8 vector)
{
	u32 entry = tandem_ivar_entry(vector);

	tandem_wr32(hw, TANDEM_IVAR_MISC,
		    entry << TANDEM_IVAR_MISC_OTHER_SHIFT);
}

/**
 * tandem_intr_set_other_causes - which causes raise the "other" vector (IMS)
 * @hw: the device
 * @icr_bits: TANDEM_ICR_*: these and no others
 *
 * A listed cause that is pending fires at once.
 *
 * Context: any.
 */
void tandem_intr_set_other_causes(struct tandem_hw *hw, u32 icr_bits)
{
	tandem_wr32(hw, TANDEM_IMC, ~icr_bits);
	tandem_wr32(hw, TANDEM_IMS, icr_bits);
	tandem_flush(hw);
}

/**
 * tandem_intr_read_other - take the "other" causes (ICR, cleared by reading)
 * @hw: the device
 *
 * A cause does not fire again before it is taken. IMS stays as it is.
 *
 * Context: any.
 * Return: TANDEM_ICR_* bits; 0 once the device is gone.
 */
u32 tandem_intr_read_other(struct tandem_hw *hw)
{
	u32 icr = tandem_rd32(hw, TANDEM_ICR);

	return READ_ONCE(hw->bar) ? icr : 0;
}

/**
 * tandem_intr_single_read - TANDEM_INTR_SINGLE: take the causes
 * @hw: the device
 * @shared: the interrupt is an INTx line, which may be another device's; what
 *	ICR.INTA tells is the state of that line
 *
 * For the handler. Nothing is masked by it: before scheduling a poll, mask
 * TANDEM_INTR_SINGLE_RINGS, and unmask when the poll is done.
 *
 * Context: any.
 * Return: TANDEM_ICR_* bits; 0 if a shared INTx line was raised by another
 * device, or once this one is gone.
 */
u32 tandem_intr_single_read(struct tandem_hw *hw, bool shared)
{
	u32 icr = tandem_rd32(hw, TANDEM_ICR);

	if (!READ_ONCE(hw->bar) || (shared && !(icr & TANDEM_ICR_INTA)))
		return 0;
	return icr;
}

/**
 * tandem_intr_set_itr - least time between two interrupts of a vector (EITR)
 * @hw: the device
 * @vector: MSI-X table entry, below TANDEM_MAX_CAUSES
 * @usecs: microseconds, up to 8191 (larger ones count as that); 0: no limit
 *
 * A running interval is not restarted, so that frequent adjustment does not
 * hold interrupts back. QEMU's microsecond is 4.096 long, and it sends one
 * more interrupt, with no cause, at the end of each interval.
 *
 * Context: any.
 */
void tandem_intr_set_itr(struct tandem_hw *hw, u8 vector, u32 usecs)
{
	u32 val = 0;

	if (WARN_ON_ONCE(vector >= TANDEM_MAX_CAUSES))
		return;
	if (usecs)
		val = TANDEM_EITR_CNT_IGNR |
		      FIELD_PREP(TANDEM_EITR_INTERVAL,
				 min_t(u32, usecs, TANDEM_EITR_MAX_USECS));
	tandem_wr32(hw, TANDEM_EITR(vector), val);
}
