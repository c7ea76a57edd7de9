// SPDX-License-Identifier: GPL-2.0
/*
 * The mailbox between PF and VF: sixteen words for each VF, one owner at a
 * time, and bits that tell the other side (VMBMEM, P2VMAILBOX, MBVFICR).
 */
#include <linux/bitfield.h>
#include <linux/delay.h>

#include "vmdq.h"

/* A VF holds the memory while it copies sixteen words. */
#define OWN_TRIES	20
#define OWN_STEP_US	2

/**
 * tandem_mbx_enable - have requests of VFs raise the "other" cause (MBVFIMR)
 * @hw: the device
 *
 * ICR.VMMB, which also tells of VFs that were reset. QEMU always does.
 *
 * Context: any.
 */
void tandem_mbx_enable(struct tandem_hw *hw)
{
	tandem_wr32(hw, TANDEM_MBVFIMR, TANDEM_MBVFICR_REQ_ALL);
	tandem_flush(hw);
}

/**
 * tandem_mbx_take_events - see what VFs want, and take note (VFLRE, MBVFICR)
 * @hw: the device
 * @ev: to be filled in; nothing in it once the device is gone
 *
 * What comes later raises ICR.VMMB again. A VF resets itself and then says
 * hello: resets are read last, so that none is seen later than the hello after
 * it, and undoes that.
 *
 * Context: any.
 */
void tandem_mbx_take_events(struct tandem_hw *hw, struct tandem_mbx_events *ev)
{
	u32 mail = tandem_rd32(hw, TANDEM_MBVFICR);
	u32 reset = tandem_rd32(hw, TANDEM_VFLRE);

	memset(ev, 0, sizeof(*ev));
	if (!READ_ONCE(hw->bar))
		return;
	if (reset)
		tandem_wr32(hw, TANDEM_VFLRE, reset);
	if (mail)
		tandem_wr32(hw, TANDEM_MBVFICR, mail);
	ev->reset = reset;
	ev->request = FIELD_GET(TANDEM_MBVFICR_REQ_ALL, mail);
	ev->ack = FIELD_GET(TANDEM_MBVFICR_ACK_ALL, mail);
}

/**
 * tandem_mbx_requested - is a message waiting to be read?
 * @hw: the device
 * @vf: VF number
 *
 * Context: any.
 */
bool tandem_mbx_requested(struct tandem_hw *hw, u8 vf)
{
	return tandem_rd32(hw, TANDEM_MBVFICR) & TANDEM_MBVFICR_REQ(vf);
}

/* PFU sticks when the VF does not own the memory. */
static int tandem_mbx_own(struct tandem_hw *hw, u8 vf)
{
	tandem_wr32(hw, TANDEM_P2VMAILBOX(vf), TANDEM_P2VMAILBOX_PFU);
	if (!(tandem_rd32(hw, TANDEM_P2VMAILBOX(vf)) & TANDEM_P2VMAILBOX_PFU))
		return -EBUSY;
	return READ_ONCE(hw->bar) ? 0 : -ENODEV;
}

/* A VF that said its message is there and then keeps the memory, out of malice
 * or because it died, loses it (RVFU): the PF does not wait for VFs.
 */
static int tandem_mbx_seize(struct tandem_hw *hw, u8 vf)
{
	unsigned int i;
	int err;

	for (i = 0; i < OWN_TRIES; i++) {
		err = tandem_mbx_own(hw, vf);
		if (err != -EBUSY)
			return err;
		udelay(OWN_STEP_US);
	}
	tandem_wr32(hw, TANDEM_P2VMAILBOX(vf), TANDEM_P2VMAILBOX_RVFU);
	return tandem_mbx_own(hw, vf);
}

/**
 * tandem_mbx_read - read a VF's message and tell the VF so
 * @hw: the device
 * @vf: VF number, which has a request
 * @msg: TANDEM_VMBMEM_WORDS words; those that the VF did not write are old
 *
 * Keeps the memory: follow with tandem_mbx_write().
 *
 * Context: any; not at the same time twice for one VF.
 * Return: 0, -EBUSY if the memory cannot be had, -ENODEV.
 */
int tandem_mbx_read(struct tandem_hw *hw, u8 vf, u32 *msg)
{
	unsigned int i;
	int err;

	err = tandem_mbx_seize(hw, vf);
	if (err)
		return err;
	for (i = 0; i < TANDEM_VMBMEM_WORDS; i++)
		msg[i] = tandem_rd32(hw, TANDEM_VMBMEM(vf) + 4 * i);
	tandem_wr32(hw, TANDEM_P2VMAILBOX(vf),
		    TANDEM_P2VMAILBOX_ACK | TANDEM_P2VMAILBOX_PFU);
	return READ_ONCE(hw->bar) ? 0 : -ENODEV;
}

/**
 * tandem_mbx_write - write a message for a VF and tell the VF so
 * @hw: the device
 * @vf: VF number
 * @msg: the message
 * @words: its length, 1 to TANDEM_VMBMEM_WORDS
 *
 * Overwrites what is there: see tandem_mbx_requested(). Frees the memory.
 *
 * Context: any; not at the same time twice for one VF.
 * Return: 0, -EBUSY if the VF has the memory at the moment, -ENODEV.
 */
int tandem_mbx_write(struct tandem_hw *hw, u8 vf, const u32 *msg,
		     unsigned int words)
{
	unsigned int i;
	int err;

	if (WARN_ON_ONCE(words > TANDEM_VMBMEM_WORDS))
		return -EINVAL;
	err = tandem_mbx_own(hw, vf);
	if (err)
		return err;
	for (i = 0; i < words; i++)
		tandem_wr32(hw, TANDEM_VMBMEM(vf) + 4 * i, msg[i]);
	tandem_wr32(hw, TANDEM_P2VMAILBOX(vf), TANDEM_P2VMAILBOX_STS);
	return 0;
}

/**
 * tandem_mbx_reset_done - tell all VFs that a reset is over (CTRL_EXT.PFRSTD)
 * @hw: the device
 *
 * A VF's driver looks at its mailbox when it sees that.
 *
 * Context: any.
 */
void tandem_mbx_reset_done(struct tandem_hw *hw)
{
	tandem_modify32(hw, TANDEM_CTRL_EXT, 0, TANDEM_CTRL_EXT_PFRSTD);
	tandem_flush(hw);
}
