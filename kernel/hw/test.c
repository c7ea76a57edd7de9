// SPDX-License-Identifier: GPL-2.0
/* What a person at the machine asks for: which port is it, is it well. */
#include <linux/bitfield.h>

#include "hw.h"

#define TANDEM_LEDS	4

/**
 * tandem_hw_blink - let all LEDs of the port blink (LEDCTL)
 * @hw: the device
 *
 * Context: any. Return: what to hand to tandem_hw_restore_leds().
 */
u32 tandem_hw_blink(struct tandem_hw *hw)
{
	u32 before = tandem_rd32(hw, TANDEM_LEDCTL);
	u32 blink = 0;
	unsigned int i;

	for (i = 0; i < TANDEM_LEDS; i++)
		blink = blink << 8 | TANDEM_LEDCTL_ON | TANDEM_LEDCTL_BLINK;
	tandem_wr32(hw, TANDEM_LEDCTL, blink);
	return before;
}

/**
 * tandem_hw_restore_leds - let the LEDs show what they showed before
 * @hw: the device
 * @before: what tandem_hw_blink() returned
 *
 * Context: any.
 */
void tandem_hw_restore_leds(struct tandem_hw *hw, u32 before)
{
	tandem_wr32(hw, TANDEM_LEDCTL, before);
}

/* Offset of a register and those of its bits that keep what is written. */
struct tandem_test_reg {
	u32 reg;
	u32 bits;
};

static bool tandem_reg_keeps(struct tandem_hw *hw,
			     const struct tandem_test_reg *t)
{
	static const u32 patterns[] = { 0x5a5a5a5a, 0xa5a5a5a5, 0, ~0u };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		tandem_wr32(hw, t->reg, patterns[i] & t->bits);
		if ((tandem_rd32(hw, t->reg) & t->bits) !=
		    (patterns[i] & t->bits))
			return false;
	}
	return true;
}

/**
 * tandem_hw_test_regs - do registers keep what is written to them?
 * @hw: the device, reset, stopped; to be reset again afterwards
 *
 * Context: may sleep. Return: 0, or the offset of the first that does not.
 */
u32 tandem_hw_test_regs(struct tandem_hw *hw)
{
	static const struct tandem_test_reg once[] = {
		{ TANDEM_FCTTV, 0xffff },
		{ TANDEM_FCRTH, 0xfff0 },
	};
	struct tandem_test_reg t;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(once); i++)
		if (!tandem_reg_keeps(hw, &once[i]))
			return once[i].reg;
	for (i = 0; i < TANDEM_MAX_HW_QUEUES; i++) {
		struct tandem_test_reg queue[] = {
			{ TANDEM_RDBAL(i), 0xffffff80 },
			{ TANDEM_RDBAH(i), ~0u },
			{ TANDEM_RDLEN(i), 0x000fff80 },
			{ TANDEM_TDBAL(i), 0xffffff80 },
			{ TANDEM_TDBAH(i), ~0u },
			{ TANDEM_TDLEN(i), 0x000fff80 },
		};
		unsigned int k;

		for (k = 0; k < ARRAY_SIZE(queue); k++)
			if (!tandem_reg_keeps(hw, &queue[k]))
				return queue[k].reg;
	}
	t.bits = ~0u;
	for (i = 0; i < TANDEM_MTA_WORDS; i++) {
		t.reg = TANDEM_MTA(i);
		if (!tandem_reg_keeps(hw, &t))
			return t.reg;
	}
	for (i = 0; i < TANDEM_RSS_KEY_BYTES / sizeof(u32); i++) {
		t.reg = TANDEM_RSSRK(i);
		if (!tandem_reg_keeps(hw, &t))
			return t.reg;
	}
	return 0;
}
