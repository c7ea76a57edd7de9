// SPDX-License-Identifier: GPL-2.0
/*
 * Hardware queues: registers and hand-shake that turn a ring in memory into
 * a working queue, and back.
 */
#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/error-injection.h>
#include <linux/kernel.h>

#include "desc.h"
#include "hw.h"

#define RING_ALIGN		128	/* bytes, base and length */
#define RING_MAX		4096	/* descriptors */
#define BUF_KIB_MAX		16

#define ENABLE_STEP_US		20
#define ENABLE_LIMIT_US		(10 * USEC_PER_MSEC)

/*
 * Fetch in bursts of 8. WTHRESH is 1, always: with MSI-X, an 82576 that
 * gathers write-backs may never do the last of them (erratum).
 */
#define RX_THRESHOLDS		(FIELD_PREP(TANDEM_XDCTL_PTHRESH, 8) | \
				 FIELD_PREP(TANDEM_XDCTL_HTHRESH, 8) | \
				 FIELD_PREP(TANDEM_XDCTL_WTHRESH, 1))
#define TX_THRESHOLDS		(FIELD_PREP(TANDEM_XDCTL_PTHRESH, 8) | \
				 FIELD_PREP(TANDEM_XDCTL_HTHRESH, 1) | \
				 FIELD_PREP(TANDEM_XDCTL_WTHRESH, 1))

static bool tandem_ring_ok(u8 queue, dma_addr_t dma, u32 bytes)
{
	return queue < TANDEM_MAX_HW_QUEUES &&
	       IS_ALIGNED(dma, RING_ALIGN) && bytes &&
	       IS_ALIGNED(bytes, RING_ALIGN) &&
	       bytes <= RING_MAX * sizeof(union tandem_rx_desc);
}

/* The tail may move only once the device confirms. */
static int tandem_queue_enable(struct tandem_hw *hw, u32 xdctl, u32 thresholds)
{
	int err;

	tandem_wr32(hw, xdctl, thresholds | TANDEM_XDCTL_ENABLE);
	err = tandem_poll32(hw, xdctl, TANDEM_XDCTL_ENABLE,
			    TANDEM_XDCTL_ENABLE, ENABLE_STEP_US,
			    ENABLE_LIMIT_US);
	if (err == -ETIMEDOUT)
		dev_err(hw->dev, "queue register 0x%05x does not enable\n",
			xdctl);
	return err;
}

/* The ring may be freed only once the device confirms. */
static int tandem_queue_disable(struct tandem_hw *hw, u32 xdctl)
{
	int err;

	tandem_wr32(hw, xdctl, 0);
	err = tandem_poll32(hw, xdctl, TANDEM_XDCTL_ENABLE, 0, ENABLE_STEP_US,
			    ENABLE_LIMIT_US);
	if (err == -ENODEV)
		return 0;
	if (err)
		dev_err(hw->dev, "queue register 0x%05x does not disable\n",
			xdctl);
	return err;
}

/**
 * tandem_rx_queue_start - put a ring behind a receive queue and enable it
 * @hw: the device
 * @queue: hardware queue, 0..15
 * @cfg: ring and buffer size
 *
 * The queue starts empty (RDH = RDT = 0): post buffers with the tail after
 * this has returned. Other queues are not disturbed. Advanced descriptors,
 * one buffer (SRRCTL.DESCTYPE = 1).
 *
 * Context: may sleep, up to 30 ms.
 * Return: 0, -EINVAL for a ring that the device cannot have, -ETIMEDOUT if
 * it does not confirm (the queue was then told to be off, and has no
 * descriptor), -ENODEV.
 */
int tandem_rx_queue_start(struct tandem_hw *hw, u8 queue,
			  const struct tandem_rx_queue_cfg *cfg)
{
	u32 bytes = cfg->count * sizeof(union tandem_rx_desc);
	u32 srrctl;
	int err;

	if (!tandem_ring_ok(queue, cfg->dma, bytes) ||
	    !cfg->buf_kib || cfg->buf_kib > BUF_KIB_MAX)
		return -EINVAL;

	err = tandem_queue_disable(hw, TANDEM_RXDCTL(queue));
	if (err)
		return err;

	srrctl = FIELD_PREP(TANDEM_SRRCTL_BSIZE_KIB, cfg->buf_kib) |
		 FIELD_PREP(TANDEM_SRRCTL_DESCTYPE,
			    TANDEM_SRRCTL_ADV_ONE_BUFFER);
	if (cfg->drop_en)
		srrctl |= TANDEM_SRRCTL_DROP_EN;

	tandem_wr32(hw, TANDEM_RDBAL(queue), lower_32_bits(cfg->dma));
	tandem_wr32(hw, TANDEM_RDBAH(queue), upper_32_bits(cfg->dma));
	tandem_wr32(hw, TANDEM_RDLEN(queue), bytes);
	tandem_wr32(hw, TANDEM_SRRCTL(queue), srrctl);
	tandem_wr32(hw, TANDEM_RDH(queue), 0);
	tandem_wr32(hw, TANDEM_RDT(queue), 0);

	err = tandem_queue_enable(hw, TANDEM_RXDCTL(queue), RX_THRESHOLDS);
	if (err)
		tandem_queue_disable(hw, TANDEM_RXDCTL(queue));
	return err;
}
ALLOW_ERROR_INJECTION(tandem_rx_queue_start, ERRNO);

/**
 * tandem_rx_queue_stop - disable a receive queue
 * @hw: the device
 * @queue: hardware queue, 0..15
 *
 * When it returns 0 the device no longer touches ring and buffers. What is
 * sent to a stopped queue is lost: take it out of RETA and filters first.
 *
 * Context: may sleep, up to 10 ms.
 * Return: 0, also if the device has left; -ETIMEDOUT if the device does not
 * confirm: ring and buffers must not be freed before a reset.
 */
int tandem_rx_queue_stop(struct tandem_hw *hw, u8 queue)
{
	return tandem_queue_disable(hw, TANDEM_RXDCTL(queue));
}
ALLOW_ERROR_INJECTION(tandem_rx_queue_stop, ERRNO);

/**
 * tandem_tx_queue_start - put a ring behind a transmit queue and enable it
 * @hw: the device
 * @queue: hardware queue, 0..15
 * @dma: ring base, 128-byte aligned
 * @count: descriptors, a multiple of 8, at most 4096
 *
 * The queue starts empty (TDH = TDT = 0). Completion is reported in the
 * descriptor (DD), not by head write-back. Other queues are not disturbed.
 *
 * Context: may sleep, up to 30 ms.
 * Return: as tandem_rx_queue_start().
 */
int tandem_tx_queue_start(struct tandem_hw *hw, u8 queue, dma_addr_t dma,
			  u16 count)
{
	u32 bytes = count * sizeof(union tandem_tx_desc);
	int err;

	if (!tandem_ring_ok(queue, dma, bytes))
		return -EINVAL;

	err = tandem_queue_disable(hw, TANDEM_TXDCTL(queue));
	if (err)
		return err;

	tandem_wr32(hw, TANDEM_TDBAL(queue), lower_32_bits(dma));
	tandem_wr32(hw, TANDEM_TDBAH(queue), upper_32_bits(dma));
	tandem_wr32(hw, TANDEM_TDLEN(queue), bytes);
	tandem_wr32(hw, TANDEM_TDWBAL(queue), 0);
	tandem_wr32(hw, TANDEM_TDWBAH(queue), 0);
	tandem_wr32(hw, TANDEM_TDH(queue), 0);
	tandem_wr32(hw, TANDEM_TDT(queue), 0);

	err = tandem_queue_enable(hw, TANDEM_TXDCTL(queue), TX_THRESHOLDS);
	if (err)
		tandem_queue_disable(hw, TANDEM_TXDCTL(queue));
	return err;
}
ALLOW_ERROR_INJECTION(tandem_tx_queue_start, ERRNO);

/**
 * tandem_tx_queue_stop - disable a transmit queue
 * @hw: the device
 * @queue: hardware queue, 0..15
 *
 * What is posted but not sent is not sent, and never reported as done.
 *
 * Context: may sleep, up to 10 ms.
 * Return: as tandem_rx_queue_stop().
 */
int tandem_tx_queue_stop(struct tandem_hw *hw, u8 queue)
{
	return tandem_queue_disable(hw, TANDEM_TXDCTL(queue));
}
ALLOW_ERROR_INJECTION(tandem_tx_queue_stop, ERRNO);

/**
 * tandem_tx_queue_head - next descriptor the device will fetch (TDH)
 * @hw: the device
 * @queue: hardware queue, 0..15
 *
 * Ahead of what is sent: to tell a hang from progress, not to free buffers.
 *
 * Context: any.
 * Return: descriptor index; all ones once the device is gone.
 */
u32 tandem_tx_queue_head(struct tandem_hw *hw, u8 queue)
{
	return tandem_rd32(hw, TANDEM_TDH(queue));
}

/**
 * tandem_rx_queue_drops - frames dropped for want of a descriptor (RQDPC)
 * @hw: the device
 * @queue: hardware queue, 0..15
 *
 * Counts only with drop_en, saturates at 4095, cleared by reading. QEMU
 * always says 0.
 *
 * Context: any.
 * Return: frames since the last call; 0 once the device is gone.
 */
u32 tandem_rx_queue_drops(struct tandem_hw *hw, u8 queue)
{
	u32 count = tandem_rd32(hw, TANDEM_RQDPC(queue));

	return READ_ONCE(hw->bar) ? count & TANDEM_RQDPC_COUNT : 0;
}

/**
 * tandem_rx_tail - where to write the tail of a receive queue (RDT)
 * @hw: the device
 * @queue: hardware queue, 0..15
 *
 * The address stays mapped until the driver unmaps BAR0, also when the
 * device leaves: writes are then lost.
 *
 * Context: any.
 * Return: the register's address, for writel().
 */
void __iomem *tandem_rx_tail(struct tandem_hw *hw, u8 queue)
{
	return hw->mapped + TANDEM_RDT(queue);
}

/**
 * tandem_tx_tail - where to write the tail of a transmit queue (TDT)
 * @hw: the device
 * @queue: hardware queue, 0..15
 *
 * As tandem_rx_tail().
 *
 * Context: any.
 * Return: the register's address, for writel().
 */
void __iomem *tandem_tx_tail(struct tandem_hw *hw, u8 queue)
{
	return hw->mapped + TANDEM_TDT(queue);
}
