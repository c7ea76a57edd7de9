// SPDX-License-Identifier: GPL-2.0
/*
 * Register access: reads that notice a device which is no longer there,
 * bounded waits, and the semaphores that this port shares with the other
 * ports and with firmware.
 */
#include <linux/delay.h>
#include <linux/iopoll.h>
#include <linux/ktime.h>

#include "hw.h"

#define TANDEM_ALL_ONES		(~0u)

/* A port holds SMBI for microseconds. Longer than this and its owner died. */
#define SWSM_STEP_US		50
#define SWSM_LIMIT_US		USEC_PER_SEC
#define SYNC_STEP_US		(5 * USEC_PER_MSEC)
#define SYNC_LIMIT_US		USEC_PER_SEC

/*
 * All ones is what PCIe answers for a device that is gone, but some registers
 * may hold it. STATUS never does: its upper bits are reserved zeros.
 */
static void tandem_check_gone(struct tandem_hw *hw, void __iomem *bar, u32 reg)
{
	if (reg != TANDEM_STATUS &&
	    readl(bar + TANDEM_STATUS) != TANDEM_ALL_ONES)
		return;

	/* Whoever takes the pointer away reports it; the others are late. */
	if (cmpxchg(&hw->bar, bar, NULL) != bar)
		return;
	WRITE_ONCE(hw->gone, true);
	dev_err(hw->dev, "device is gone (register 0x%05x reads all ones)\n",
		reg);
}

/**
 * tandem_rd32 - read a register
 * @hw: the device
 * @reg: BAR0 byte offset, a multiple of 4
 *
 * The first read that finds the device gone detaches it: @hw->bar becomes
 * NULL, @hw->gone true, and later accesses do nothing.
 *
 * Context: any.
 * Return: the value; all ones once the device is gone.
 */
u32 tandem_rd32(struct tandem_hw *hw, u32 reg)
{
	void __iomem *bar = READ_ONCE(hw->bar);
	u32 val;

	if (unlikely(!bar))
		return TANDEM_ALL_ONES;

	val = readl(bar + reg);
	if (unlikely(val == TANDEM_ALL_ONES))
		tandem_check_gone(hw, bar, reg);
	return val;
}

/**
 * tandem_modify32 - change some bits of a register
 * @hw: the device
 * @reg: BAR0 byte offset
 * @clear: bits to clear
 * @set: bits to set; wins over @clear
 *
 * Control registers are shared by callers that hold different locks (address
 * lists, RTNL, the link task), so the read and the write are one step here.
 *
 * Context: any; takes @hw->lock.
 */
void tandem_modify32(struct tandem_hw *hw, u32 reg, u32 clear, u32 set)
{
	unsigned long flags;
	u32 val;

	spin_lock_irqsave(&hw->lock, flags);
	val = tandem_rd32(hw, reg);
	tandem_wr32(hw, reg, (val & ~clear) | set);
	spin_unlock_irqrestore(&hw->lock, flags);
}

/**
 * tandem_poll32 - wait until a register shows a value
 * @hw: the device
 * @reg: BAR0 byte offset
 * @mask: bits to look at
 * @want: what they are to be
 * @step_us: microseconds between two looks
 * @limit_us: when to give up, in microseconds; not 0
 *
 * Context: may sleep.
 * Return: 0, -ETIMEDOUT, or -ENODEV if the device has left.
 */
int tandem_poll32(struct tandem_hw *hw, u32 reg, u32 mask, u32 want,
		  u32 step_us, u32 limit_us)
{
	u32 val;
	int err;

	err = read_poll_timeout(tandem_rd32, val,
				(val & mask) == want || !READ_ONCE(hw->bar),
				step_us, limit_us, false, hw, reg);
	return READ_ONCE(hw->bar) ? err : -ENODEV;
}

static void tandem_swsm_put(struct tandem_hw *hw)
{
	tandem_modify32(hw, TANDEM_SWSM,
			TANDEM_SWSM_SMBI | TANDEM_SWSM_SWESMBI, 0);
}

/* The bit sticks when firmware does not hold the semaphore. */
static bool tandem_take_swesmbi(struct tandem_hw *hw)
{
	tandem_modify32(hw, TANDEM_SWSM, 0, TANDEM_SWSM_SWESMBI);
	return tandem_rd32(hw, TANDEM_SWSM) & TANDEM_SWSM_SWESMBI;
}

/*
 * SMBI keeps other drivers out, and reading it as 0 takes it; SWESMBI keeps
 * firmware out. A SMBI that nobody gives back belongs to a kernel that is no
 * more (kexec, crash dump): take it over.
 */
static int tandem_swsm_get(struct tandem_hw *hw)
{
	bool taken;
	int err;

	err = tandem_poll32(hw, TANDEM_SWSM, TANDEM_SWSM_SMBI, 0,
			    SWSM_STEP_US, SWSM_LIMIT_US);
	if (err == -ETIMEDOUT) {
		dev_warn(hw->dev, "taking over a stale register semaphore\n");
		tandem_swsm_put(hw);
		err = tandem_poll32(hw, TANDEM_SWSM, TANDEM_SWSM_SMBI, 0,
				    SWSM_STEP_US, SWSM_LIMIT_US);
	}
	if (err)
		return err;

	err = read_poll_timeout(tandem_take_swesmbi, taken, taken,
				SWSM_STEP_US, SWSM_LIMIT_US, false, hw);
	if (err)
		tandem_swsm_put(hw);
	return READ_ONCE(hw->bar) ? err : -ENODEV;
}

static int tandem_sync_take(struct tandem_hw *hw, u32 resource)
{
	u32 taken = resource | resource << TANDEM_SYNC_FW_SHIFT;
	/* Not a number of tries: each may take seconds on a bad device. */
	ktime_t limit = ktime_add_us(ktime_get(), SYNC_LIMIT_US);
	u32 owners;
	int err;

	do {
		err = tandem_swsm_get(hw);
		if (err)
			return err;

		owners = tandem_rd32(hw, TANDEM_SW_FW_SYNC);
		if (!(owners & taken))
			tandem_wr32(hw, TANDEM_SW_FW_SYNC, owners | resource);
		tandem_swsm_put(hw);
		if (!READ_ONCE(hw->bar))
			return -ENODEV;
		if (!(owners & taken))
			return 0;
		fsleep(SYNC_STEP_US);
	} while (ktime_before(ktime_get(), limit));
	dev_warn(hw->dev, "resource 0x%x is held (SW_FW_SYNC 0x%08x)\n",
		 resource, owners);
	return -EBUSY;
}

/**
 * tandem_sync_get - own a resource shared with other ports and firmware
 * @hw: the device
 * @resource: TANDEM_SYNC_NVM or TANDEM_SYNC_PHY()
 *
 * SWSM protects SW_FW_SYNC, which says who owns what. One resource at a time:
 * holds @hw->sync until tandem_sync_put(), by the same thread.
 *
 * Context: may sleep, up to four seconds.
 * Return: 0, -EBUSY if firmware or another port keeps it, -ETIMEDOUT if the
 * semaphore itself cannot be had, -ENODEV if the device has left.
 */
int tandem_sync_get(struct tandem_hw *hw, u32 resource)
{
	int err;

	mutex_lock(&hw->sync);
	err = tandem_sync_take(hw, resource);
	if (err)
		mutex_unlock(&hw->sync);
	return err;
}

/**
 * tandem_sync_put - give back what tandem_sync_get() gave
 * @hw: the device
 * @resource: as given to tandem_sync_get()
 *
 * Context: may sleep, up to three seconds.
 */
void tandem_sync_put(struct tandem_hw *hw, u32 resource)
{
	/*
	 * Without the semaphore the bit is cleared all the same: a resource
	 * that stays owned is worse than a lost update of another owner.
	 */
	bool locked = !tandem_swsm_get(hw);

	tandem_modify32(hw, TANDEM_SW_FW_SYNC, resource, 0);
	if (locked)
		tandem_swsm_put(hw);
	mutex_unlock(&hw->sync);
}

/**
 * tandem_hw_reattach - use a device again that was found gone
 * @hw: the device
 *
 * For PCI error recovery, after the slot was reset: the mapping is the same,
 * the registers answer again. Follow with tandem_hw_reset().
 *
 * Context: any; nothing else may use @hw meanwhile.
 */
void tandem_hw_reattach(struct tandem_hw *hw)
{
	WRITE_ONCE(hw->gone, false);
	WRITE_ONCE(hw->bar, hw->mapped);
}
