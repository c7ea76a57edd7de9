// SPDX-License-Identifier: GPL-2.0
/*
 * The NVM: 16-bit words, read through EERD.
 */
#include <linux/bitfield.h>
#include <linux/error-injection.h>
#include <linux/minmax.h>

#include "hw.h"

#define EERD_STEP_US		20
#define EERD_LIMIT_US		(100 * USEC_PER_MSEC)
#define NVM_SIZE_UNIT		128		/* bytes, times 2^EECD.SIZE */
#define NVM_MAX_BYTES		(32 * 1024)	/* what EERD can address */

/* Of an alternate MAC address block: words per port. */
#define ALT_MAC_WORDS		(ETH_ALEN / 2)

/**
 * tandem_nvm_bytes - size of the NVM (EECD)
 * @hw: the device
 *
 * Context: any.
 * Return: bytes; 0 if the device has left.
 */
u32 tandem_nvm_bytes(struct tandem_hw *hw)
{
	u32 eecd = tandem_rd32(hw, TANDEM_EECD);

	if (!READ_ONCE(hw->bar))
		return 0;
	return min_t(u32, NVM_SIZE_UNIT << FIELD_GET(TANDEM_EECD_SIZE, eecd),
		     NVM_MAX_BYTES);
}

/* The caller owns TANDEM_SYNC_NVM. */
static int tandem_nvm_fetch(struct tandem_hw *hw, u16 word, u16 *val)
{
	u32 eerd;
	int err;

	tandem_wr32(hw, TANDEM_EERD, FIELD_PREP(TANDEM_EERD_ADDR, word) |
		    TANDEM_EERD_START);
	err = tandem_poll32(hw, TANDEM_EERD, TANDEM_EERD_DONE,
			    TANDEM_EERD_DONE, EERD_STEP_US, EERD_LIMIT_US);
	if (err)
		return err;

	eerd = tandem_rd32(hw, TANDEM_EERD);
	*val = FIELD_GET(TANDEM_EERD_DATA, eerd);
	return READ_ONCE(hw->bar) ? 0 : -ENODEV;
}

/* @word may be beyond 16 bits: a pointer of the NVM and what is added to it. */
static int tandem_nvm_read_block(struct tandem_hw *hw, u32 word, u16 count,
				 u16 *val)
{
	u16 i;
	int err;

	if (word + count > tandem_nvm_bytes(hw) / sizeof(*val))
		return READ_ONCE(hw->bar) ? -EINVAL : -ENODEV;

	err = tandem_sync_get(hw, TANDEM_SYNC_NVM);
	if (err)
		return err;
	for (i = 0; i < count && !err; i++)
		err = tandem_nvm_fetch(hw, word + i, &val[i]);
	tandem_sync_put(hw, TANDEM_SYNC_NVM);
	return err;
}

/**
 * tandem_nvm_read - read one word
 * @hw: the device
 * @word: word address, below tandem_nvm_bytes() / 2
 * @val: where to put it, host order
 *
 * Context: may sleep.
 * Return: 0, -EINVAL for an address out of range, -ETIMEDOUT, -EBUSY if the
 * NVM is held by firmware or another port, -ENODEV.
 */
int tandem_nvm_read(struct tandem_hw *hw, u16 word, u16 *val)
{
	return tandem_nvm_read_block(hw, word, 1, val);
}

/**
 * tandem_nvm_check - verify the checksum over words 0 to 0x3f
 * @hw: the device
 *
 * Context: may sleep.
 * Return: 0, -EBADMSG if the sum is wrong, or an error of tandem_nvm_read().
 */
int tandem_nvm_check(struct tandem_hw *hw)
{
	u16 words[TANDEM_NVM_CHECKSUM + 1];
	u16 sum = 0;
	size_t i;
	int err;

	err = tandem_nvm_read_block(hw, 0, ARRAY_SIZE(words), words);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		sum += words[i];
	return sum == TANDEM_NVM_SUM ? 0 : -EBADMSG;
}

static int tandem_nvm_read_address(struct tandem_hw *hw, u32 word, u8 *mac)
{
	u16 words[ETH_ALEN / 2];
	size_t i;
	int err;

	err = tandem_nvm_read_block(hw, word, ARRAY_SIZE(words), words);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		mac[2 * i] = words[i] & 0xff;
		mac[2 * i + 1] = words[i] >> 8;
	}
	return 0;
}

/* An address that the board's maker or owner put over the chip's own. */
static bool tandem_nvm_alt_mac(struct tandem_hw *hw, u8 *mac)
{
	u16 ptr;

	if (tandem_nvm_read(hw, TANDEM_NVM_ALT_MAC_PTR, &ptr))
		return false;
	if (ptr == TANDEM_NVM_NO_POINTER || !ptr)
		return false;
	if (tandem_nvm_read_address(hw, ptr + hw->port * ALT_MAC_WORDS, mac))
		return false;
	return is_valid_ether_addr(mac);
}

/**
 * tandem_nvm_read_mac - the permanent address of this port
 * @hw: the device, reset and with RAR 0 not yet changed
 * @mac: six bytes
 *
 * In this order: the alternate address of NVM word 0x37, what the device has
 * loaded into RAR 0 for this port, NVM words 0 to 2 (where the second port
 * is the first one's with the lowest bit inverted). Also goes to @hw->mac.
 *
 * Context: may sleep.
 * Return: 0, -EADDRNOTAVAIL if none is a valid unicast address, or an error
 * of tandem_nvm_read().
 */
int tandem_nvm_read_mac(struct tandem_hw *hw, u8 *mac)
{
	u32 high = tandem_rd32(hw, TANDEM_RAH(0));
	u32 low = tandem_rd32(hw, TANDEM_RAL(0));
	int err;

	if (tandem_nvm_alt_mac(hw, mac))
		goto found;

	put_unaligned_le32(low, mac);
	put_unaligned_le16(FIELD_GET(TANDEM_RAH_ADDR, high), mac + 4);
	if ((high & TANDEM_RAH_AV) && is_valid_ether_addr(mac))
		goto found;

	err = tandem_nvm_read_address(hw, TANDEM_NVM_MAC, mac);
	if (err)
		return err;
	mac[ETH_ALEN - 1] ^= hw->port;
	if (!is_valid_ether_addr(mac))
		return -EADDRNOTAVAIL;
found:
	ether_addr_copy(hw->mac, mac);
	return READ_ONCE(hw->bar) ? 0 : -ENODEV;
}
ALLOW_ERROR_INJECTION(tandem_nvm_read_mac, ERRNO);
