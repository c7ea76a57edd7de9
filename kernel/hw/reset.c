// SPDX-License-Identifier: GPL-2.0
/*
 * From a function found on the bus to one that is ready for rings, and back
 * (datasheet: Reset Operation, Software Initialization).
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/error-injection.h>
#include <linux/minmax.h>
#include <linux/pci_ids.h>

#include "hw.h"

#define QEMU_SUBDEVICE		0x1100	/* of PCI_SUBVENDOR_ID_REDHAT_QUMRANET */

#define MASTER_STEP_US		100
#define MASTER_LIMIT_US		(80 * USEC_PER_MSEC)
#define QUIET_US		(10 * USEC_PER_MSEC)
#define RESET_US		(1 * USEC_PER_MSEC)
#define RESET_LIMIT_US		(10 * USEC_PER_MSEC)
#define AUTO_RD_LIMIT_US	(10 * USEC_PER_MSEC)
#define CFG_DONE_LIMIT_US	(100 * USEC_PER_MSEC)
#define STEP_US			500

#define TANDEM_PHY_ADDR		1
#define DEFAULT_MAX_FRAME	(ETH_FRAME_LEN + ETH_FCS_LEN)

struct tandem_model {
	u16 device_id;
	enum tandem_media media;
};

static const struct tandem_model tandem_models[] = {
	{ 0x10c9, TANDEM_MEDIA_COPPER },	/* 82576, QEMU's too */
	{ 0x10e6, TANDEM_MEDIA_SERDES },	/* fiber */
	{ 0x10e7, TANDEM_MEDIA_SERDES },
	{ 0x10e8, TANDEM_MEDIA_COPPER },	/* ET quad port */
	{ 0x1526, TANDEM_MEDIA_COPPER },	/* ET2 quad port */
	{ 0x150a, TANDEM_MEDIA_COPPER },	/* NS */
	{ 0x1518, TANDEM_MEDIA_SERDES },	/* NS */
	{ 0x150d, TANDEM_MEDIA_SERDES },	/* quad port */
};

/**
 * tandem_hw_identify - fill in what kind of device this is
 * @hw: the device; @hw->bar and @hw->dev are set, BAR0 is mapped
 * @device_id: PCI device id
 * @subvendor: PCI subsystem vendor id
 * @subdevice: PCI subsystem id
 *
 * The first call on a new @hw: the others rely on what it sets up.
 *
 * Context: any.
 * Return: 0; -ENODEV if the id is not an 82576 or the device does not answer.
 */
int tandem_hw_identify(struct tandem_hw *hw, u16 device_id, u16 subvendor,
		       u16 subdevice)
{
	u32 status;
	size_t i;

	spin_lock_init(&hw->lock);
	mutex_init(&hw->sync);
	hw->mapped = hw->bar;
	hw->gone = false;
	hw->device_id = device_id;
	hw->emulated = subvendor == PCI_SUBVENDOR_ID_REDHAT_QUMRANET &&
		       subdevice == QEMU_SUBDEVICE;
	hw->phy_addr = TANDEM_PHY_ADDR;

	for (i = 0; i < ARRAY_SIZE(tandem_models); i++)
		if (tandem_models[i].device_id == device_id)
			break;
	if (i == ARRAY_SIZE(tandem_models))
		return -ENODEV;
	hw->media = tandem_models[i].media;

	status = tandem_rd32(hw, TANDEM_STATUS);
	if (!READ_ONCE(hw->bar))
		return -ENODEV;
	hw->port = FIELD_GET(TANDEM_STATUS_LAN_ID, status);
	return 0;
}

/* No more DMA, no more interrupts, no more frames. */
static void tandem_hw_quiesce(struct tandem_hw *hw)
{
	int err;

	tandem_modify32(hw, TANDEM_CTRL, 0, TANDEM_CTRL_GIO_MASTER_DISABLE);
	err = tandem_poll32(hw, TANDEM_STATUS, TANDEM_STATUS_GIO_MASTER, 0,
			    MASTER_STEP_US, MASTER_LIMIT_US);
	if (err == -ETIMEDOUT)
		dev_dbg(hw->dev, "requests still pending before reset\n");

	tandem_intr_mask_all(hw);
	tandem_wr32(hw, TANDEM_RCTL, 0);
	tandem_wr32(hw, TANDEM_TCTL, TANDEM_TCTL_PSP);
	tandem_flush(hw);
	fsleep(QUIET_US);
}

/*
 * The NVM is read and the PHY configured after reset. Old NVM images and
 * QEMU never say that they are done, so the time is limited and running out
 * of it is not an error. QEMU is done at once: it is not waited for.
 */
static void tandem_hw_wait_loaded(struct tandem_hw *hw)
{
	u32 done = TANDEM_EEMNGCTL_CFG_DONE(hw->port);

	if (hw->emulated)
		return;
	if (tandem_poll32(hw, TANDEM_EECD, TANDEM_EECD_AUTO_RD,
			  TANDEM_EECD_AUTO_RD, STEP_US, AUTO_RD_LIMIT_US))
		dev_dbg(hw->dev, "NVM auto-load not reported\n");
	if (tandem_poll32(hw, TANDEM_EEMNGCTL, done, done, STEP_US,
			  CFG_DONE_LIMIT_US))
		dev_dbg(hw->dev, "PHY configuration not reported\n");
}

/**
 * tandem_hw_reset - stop everything and reset the MAC (CTRL.RST)
 * @hw: the device
 *
 * Afterwards interrupts are masked, all queues are off, filters, RSS and
 * interrupt mapping are lost, RAR 0 holds the address from NVM, and the link
 * is down until tandem_link_start(). VFs see a reset until
 * tandem_hw_init(). Rings must not be in use.
 *
 * Context: may sleep, 11 ms at least, about 211 ms at most.
 * Return: 0, -ETIMEDOUT if the reset does not end, -ENODEV if the device has
 * left.
 */
int tandem_hw_reset(struct tandem_hw *hw)
{
	int err;

	if (!tandem_hw_present(hw))
		return -ENODEV;
	tandem_hw_quiesce(hw);

	tandem_modify32(hw, TANDEM_CTRL, 0, TANDEM_CTRL_RST);
	fsleep(RESET_US);	/* no access may come earlier */
	err = tandem_poll32(hw, TANDEM_CTRL, TANDEM_CTRL_RST, 0, STEP_US,
			    RESET_LIMIT_US);
	if (err == -ETIMEDOUT)
		dev_err(hw->dev, "reset does not end\n");
	if (err)
		return err;
	tandem_hw_wait_loaded(hw);

	/* Reset arms nothing, but a firmware in between may have. */
	tandem_intr_mask_all(hw);
	tandem_rd32(hw, TANDEM_ICR);
	tandem_wr32(hw, TANDEM_EICR, U32_MAX);

	/* Queue 0 comes out of reset enabled, with no ring behind it. */
	tandem_wr32(hw, TANDEM_TXDCTL(0), 0);
	tandem_wr32(hw, TANDEM_RXDCTL(0), 0);
	tandem_flush(hw);
	return READ_ONCE(hw->bar) ? 0 : -ENODEV;
}
ALLOW_ERROR_INJECTION(tandem_hw_reset, ERRNO);

/* RAR 0 is left alone: it holds the permanent address. */
static void tandem_hw_clear_filters(struct tandem_hw *hw)
{
	unsigned int i;

	for (i = 0; i < TANDEM_VFTA_WORDS; i++)
		tandem_wr32(hw, TANDEM_VFTA(i), 0);
	for (i = 0; i < TANDEM_MTA_WORDS; i++)
		tandem_wr32(hw, TANDEM_MTA(i), 0);
	for (i = 0; i < TANDEM_UTA_WORDS; i++)
		tandem_wr32(hw, TANDEM_UTA(i), 0);
	for (i = 1; i < TANDEM_RAR_ENTRIES; i++)
		tandem_hw_clear_rar(hw, i);
}

static void tandem_hw_clear_intr(struct tandem_hw *hw)
{
	unsigned int i;

	for (i = 0; i < TANDEM_IVAR_COUNT; i++)
		tandem_wr32(hw, TANDEM_IVAR(i), 0);
	tandem_wr32(hw, TANDEM_IVAR_MISC, 0);
	/* QEMU keeps moderation over a reset. */
	for (i = 0; i < TANDEM_MAX_CAUSES; i++)
		tandem_wr32(hw, TANDEM_EITR(i), 0);
}

/* A lost completion must end in an error, not in a request sent twice. */
static void tandem_hw_init_pcie(struct tandem_hw *hw)
{
	u32 gcr = tandem_rd32(hw, TANDEM_GCR);
	u32 timeout = 0;

	/* With CAP_VER2 the time is in Device Control 2, the bus room's. */
	if (!(gcr & (TANDEM_GCR_CMPL_TMOUT | TANDEM_GCR_CAP_VER2)))
		timeout = TANDEM_GCR_CMPL_TMOUT_10MS;
	tandem_modify32(hw, TANDEM_GCR, TANDEM_GCR_CMPL_TMOUT_RESEND, timeout);
}

static void tandem_hw_init_receive(struct tandem_hw *hw)
{
	tandem_wr32(hw, TANDEM_MRQC, TANDEM_MRQC_OFF);
	tandem_wr32(hw, TANDEM_RCTL, TANDEM_RCTL_LPE | TANDEM_RCTL_BAM |
		    TANDEM_RCTL_DPF | TANDEM_RCTL_SECRC);
	tandem_hw_set_max_frame(hw, DEFAULT_MAX_FRAME);
	tandem_hw_rx_csum(hw, true);
	/* Erratum: IPv6 extension headers are not parsed reliably. */
	tandem_modify32(hw, TANDEM_RFCTL, 0, TANDEM_RFCTL_IPV6_EX_DIS);
}

/**
 * tandem_hw_init - give the device its fixed settings after a reset
 * @hw: the device, just reset
 *
 * Filters empty but for RAR 0, broadcast accepted, CRC stripped, frames up
 * to 1518 bytes, receive checksums on, RSS off, nothing mapped to a vector,
 * statistics cleared, receive and transmit off. Tells firmware that a driver
 * is here (CTRL_EXT.DRV_LOAD) and VFs that they may start (PFRSTD).
 *
 * Context: any.
 */
void tandem_hw_init(struct tandem_hw *hw)
{
	tandem_modify32(hw, TANDEM_CTRL,
			TANDEM_CTRL_GIO_MASTER_DISABLE | TANDEM_CTRL_VME, 0);
	tandem_hw_clear_filters(hw);
	tandem_hw_clear_intr(hw);
	tandem_hw_init_pcie(hw);
	tandem_wr32(hw, TANDEM_VET, TANDEM_VET_DEFAULT);
	tandem_hw_init_receive(hw);
	tandem_hw_tx_enable(hw, false);
	/* VLAN tags are added by the MAC (VLE), they are not in the data. */
	tandem_modify32(hw, TANDEM_DTXCTL, 0, TANDEM_DTXCTL_VLAN_ADDED);
	tandem_hw_clear_stats(hw);
	tandem_modify32(hw, TANDEM_CTRL_EXT, 0,
			TANDEM_CTRL_EXT_DRV_LOAD | TANDEM_CTRL_EXT_PFRSTD);
	tandem_flush(hw);
}

/**
 * tandem_hw_release - hand the device back to firmware (CTRL_EXT.DRV_LOAD)
 * @hw: the device
 *
 * Context: any.
 */
void tandem_hw_release(struct tandem_hw *hw)
{
	tandem_modify32(hw, TANDEM_CTRL_EXT, TANDEM_CTRL_EXT_DRV_LOAD, 0);
	tandem_flush(hw);
}

/**
 * tandem_hw_present - ask whether the device still answers
 * @hw: the device
 *
 * Context: any.
 * Return: true if it does.
 */
bool tandem_hw_present(struct tandem_hw *hw)
{
	tandem_rd32(hw, TANDEM_STATUS);
	return READ_ONCE(hw->bar);
}

/**
 * tandem_hw_rx_enable - start or stop taking frames from the wire (RCTL.EN)
 * @hw: the device
 * @on: start
 *
 * Start after the queues are enabled and before the first descriptors are
 * posted (tail write). A frame under way when stopping still ends.
 *
 * Context: any.
 */
void tandem_hw_rx_enable(struct tandem_hw *hw, bool on)
{
	tandem_modify32(hw, TANDEM_RCTL, TANDEM_RCTL_EN,
			on ? TANDEM_RCTL_EN : 0);
	tandem_flush(hw);
}

/**
 * tandem_hw_tx_enable - start or stop the transmitter (TCTL.EN)
 * @hw: the device
 * @on: start
 *
 * Short frames are padded by the device (PSP), which needs 17 bytes.
 *
 * Context: any.
 */
void tandem_hw_tx_enable(struct tandem_hw *hw, bool on)
{
	u32 tctl = TANDEM_TCTL_PSP | TANDEM_TCTL_RTLC |
		   FIELD_PREP(TANDEM_TCTL_CT, TANDEM_TCTL_CT_DEFAULT) |
		   FIELD_PREP(TANDEM_TCTL_COLD, TANDEM_TCTL_COLD_DEFAULT);

	tandem_wr32(hw, TANDEM_TCTL, tctl | (on ? TANDEM_TCTL_EN : 0));
	tandem_flush(hw);
}

/**
 * tandem_hw_set_max_frame - longest frame to take (RLPML)
 * @hw: the device
 * @bytes_with_fcs: Ethernet header, VLAN tags, payload and FCS, in bytes; at
 *	most TANDEM_MAX_FRAME
 *
 * Holds for all queues of the port. Longer frames are dropped by the device,
 * so a queue whose buffers hold this much never sees a frame in two parts.
 *
 * Context: any.
 */
void tandem_hw_set_max_frame(struct tandem_hw *hw, u32 bytes_with_fcs)
{
	tandem_wr32(hw, TANDEM_RLPML, min_t(u32, bytes_with_fcs,
					    TANDEM_MAX_FRAME));
}

/**
 * tandem_hw_rx_csum - have checksums of received frames verified (RXCSUM)
 * @hw: the device
 * @on: verify IP, TCP, UDP and SCTP
 *
 * PCSD is always set: the RSS hash takes the place of the raw checksum in
 * the descriptor, and without it there is no RSS.
 *
 * Context: any.
 */
void tandem_hw_rx_csum(struct tandem_hw *hw, bool on)
{
	u32 val = TANDEM_RXCSUM_PCSD;

	if (on)
		val |= TANDEM_RXCSUM_IPOFL | TANDEM_RXCSUM_TUOFL |
		       TANDEM_RXCSUM_CRCOFL;
	tandem_wr32(hw, TANDEM_RXCSUM, val);
}

/**
 * tandem_hw_vlan_strip - take VLAN tags out of received frames (CTRL.VME)
 * @hw: the device
 * @on: strip; the tag is in the descriptor
 *
 * Context: any.
 */
void tandem_hw_vlan_strip(struct tandem_hw *hw, bool on)
{
	tandem_modify32(hw, TANDEM_CTRL, TANDEM_CTRL_VME,
			on ? TANDEM_CTRL_VME : 0);
}
