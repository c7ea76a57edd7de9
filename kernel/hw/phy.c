// SPDX-License-Identifier: GPL-2.0
/*
 * The internal PHY and the SerDes: link, its abilities, flow control and
 * loopback (MDIC and the PCS registers).
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/error-injection.h>
#include <linux/iopoll.h>
#include <linux/mii.h>

#include "hw.h"

#define MDIC_STEP_US		20
#define MDIC_LIMIT_US		(10 * USEC_PER_MSEC)
#define LINK_STEP_US		(10 * USEC_PER_MSEC)
#define LINK_LIMIT_US		(1000 * USEC_PER_MSEC)
#define LOOPBACK_SETTLE_US	(500 * USEC_PER_MSEC)

#define PHY_ID_REVISION		GENMASK(3, 0)
#define BMCR_LOOPBACK_1000	(BMCR_LOOPBACK | BMCR_FULLDPLX | \
				 BMCR_SPEED1000)
#define BMCR_NOT_IN_SERVICE	(BMCR_LOOPBACK | BMCR_PDOWN | BMCR_ISOLATE)

#define CTRL_FORCE		(TANDEM_CTRL_FRCSPD | TANDEM_CTRL_FRCDPX)
#define PCS_FORCED		(TANDEM_PCS_LCTL_FLV_UP | \
				 TANDEM_PCS_LCTL_FSV_1000 | \
				 TANDEM_PCS_LCTL_FDV_FULL | \
				 TANDEM_PCS_LCTL_FSD | \
				 TANDEM_PCS_LCTL_FORCE_LINK)

/* The caller owns the PHY. */
static int tandem_mdic(struct tandem_hw *hw, u8 reg, u32 op_data, u16 *val)
{
	u32 mdic;
	int err;

	tandem_wr32(hw, TANDEM_MDIC, op_data |
		    FIELD_PREP(TANDEM_MDIC_REG, reg) |
		    FIELD_PREP(TANDEM_MDIC_PHY, hw->phy_addr));
	err = read_poll_timeout(tandem_rd32, mdic, mdic & TANDEM_MDIC_READY,
				MDIC_STEP_US, MDIC_LIMIT_US, false,
				hw, TANDEM_MDIC);
	if (!READ_ONCE(hw->bar))
		return -ENODEV;
	if (err)
		return err;
	if (mdic & TANDEM_MDIC_ERROR)
		return -EIO;
	*val = FIELD_GET(TANDEM_MDIC_DATA, mdic);
	return 0;
}

static int tandem_phy_access(struct tandem_hw *hw, u8 reg, u32 op_data,
			     u16 *val)
{
	int err;

	if (reg > FIELD_MAX(TANDEM_MDIC_REG))
		return -EINVAL;
	err = tandem_sync_get(hw, TANDEM_SYNC_PHY(hw->port));
	if (err)
		return err;
	err = tandem_mdic(hw, reg, op_data, val);
	tandem_sync_put(hw, TANDEM_SYNC_PHY(hw->port));
	return err;
}

/**
 * tandem_phy_read - read a PHY register (MDIC)
 * @hw: the device, with a copper port
 * @reg: register number, 0..31
 * @val: where to put it
 *
 * Context: may sleep.
 * Return: 0, -EINVAL, -EIO if the PHY does not know the register, -ETIMEDOUT,
 * -EBUSY if firmware keeps the PHY, -ENODEV.
 */
int tandem_phy_read(struct tandem_hw *hw, u8 reg, u16 *val)
{
	return tandem_phy_access(hw, reg, TANDEM_MDIC_OP_READ, val);
}

/**
 * tandem_phy_write - write a PHY register (MDIC)
 * @hw: the device, with a copper port
 * @reg: register number, 0..31
 * @val: the value
 *
 * Context: may sleep.
 * Return: as tandem_phy_read().
 */
int tandem_phy_write(struct tandem_hw *hw, u8 reg, u16 val)
{
	u16 echo;

	return tandem_phy_access(hw, reg, TANDEM_MDIC_OP_WRITE | val, &echo);
}

static int tandem_phy_modify(struct tandem_hw *hw, u8 reg, u16 clear, u16 set)
{
	u16 val;
	int err;

	err = tandem_phy_read(hw, reg, &val);
	if (err)
		return err;
	return tandem_phy_write(hw, reg, (val & ~clear) | set);
}

/**
 * tandem_phy_identify - find the PHY and learn its id
 * @hw: the device; @hw->phy_id is filled in, 0 on a SerDes port
 *
 * Context: may sleep.
 * Return: 0, -ENODEV if no PHY answers, or an error of tandem_phy_read().
 */
int tandem_phy_identify(struct tandem_hw *hw)
{
	u16 high, low;
	int err;

	hw->phy_id = 0;
	if (hw->media != TANDEM_MEDIA_COPPER)
		return 0;

	err = tandem_phy_read(hw, MII_PHYSID1, &high);
	if (!err)
		err = tandem_phy_read(hw, MII_PHYSID2, &low);
	if (err)
		return err;

	hw->phy_id = ((u32)high << 16 | low) & ~PHY_ID_REVISION;
	return high == 0 || high == U16_MAX ? -ENODEV : 0;
}
ALLOW_ERROR_INJECTION(tandem_phy_identify, ERRNO);

static const struct {
	u16 link;		/* TANDEM_ADV_* */
	u16 base;		/* MII_ADVERTISE and MII_LPA */
	u16 gigabit;		/* MII_CTRL1000 */
	u16 gigabit_partner;	/* MII_STAT1000 */
} tandem_abilities[] = {
	{ TANDEM_ADV_10_HALF, ADVERTISE_10HALF, 0, 0 },
	{ TANDEM_ADV_10_FULL, ADVERTISE_10FULL, 0, 0 },
	{ TANDEM_ADV_100_HALF, ADVERTISE_100HALF, 0, 0 },
	{ TANDEM_ADV_100_FULL, ADVERTISE_100FULL, 0, 0 },
	{ TANDEM_ADV_1000_HALF, 0, ADVERTISE_1000HALF, LPA_1000HALF },
	{ TANDEM_ADV_1000_FULL, 0, ADVERTISE_1000FULL, LPA_1000FULL },
	{ TANDEM_ADV_PAUSE, ADVERTISE_PAUSE_CAP, 0, 0 },
	{ TANDEM_ADV_ASYM_PAUSE, ADVERTISE_PAUSE_ASYM, 0, 0 },
};

static int tandem_phy_advertise(struct tandem_hw *hw, u16 advertise)
{
	u16 base = 0, base_all = 0, gigabit = 0, gigabit_all = 0;
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(tandem_abilities); i++) {
		base_all |= tandem_abilities[i].base;
		gigabit_all |= tandem_abilities[i].gigabit;
		if (!(advertise & tandem_abilities[i].link))
			continue;
		base |= tandem_abilities[i].base;
		gigabit |= tandem_abilities[i].gigabit;
	}
	err = tandem_phy_modify(hw, MII_ADVERTISE, base_all, base);
	if (err)
		return err;
	return tandem_phy_modify(hw, MII_CTRL1000, gigabit_all, gigabit);
}

/* Never writes BMCR afresh: QEMU loses autonegotiation for good then. */
static int tandem_phy_restart(struct tandem_hw *hw)
{
	return tandem_phy_modify(hw, MII_BMCR, BMCR_NOT_IN_SERVICE,
				 BMCR_ANENABLE | BMCR_ANRESTART);
}

static void tandem_serdes_start(struct tandem_hw *hw, u16 advertise)
{
	u32 pause = 0;

	if (advertise & TANDEM_ADV_PAUSE)
		pause |= TANDEM_PCS_AN_PAUSE;
	if (advertise & TANDEM_ADV_ASYM_PAUSE)
		pause |= TANDEM_PCS_AN_ASYM_PAUSE;

	/* Loopback outlives a reset. */
	tandem_wr32(hw, TANDEM_SCTL, TANDEM_SCTL_LOOPBACK_OFF);
	/* Laser on, PCS on, then negotiate. */
	tandem_modify32(hw, TANDEM_CTRL_EXT, TANDEM_CTRL_EXT_SDP3_DATA, 0);
	tandem_modify32(hw, TANDEM_PCS_CFG0, 0, TANDEM_PCS_CFG0_PCS_EN);
	tandem_modify32(hw, TANDEM_PCS_ANADV,
			TANDEM_PCS_AN_PAUSE | TANDEM_PCS_AN_ASYM_PAUSE, pause);
	tandem_modify32(hw, TANDEM_PCS_LCTL,
			PCS_FORCED | TANDEM_PCS_LCTL_FORCE_FCTRL |
			TANDEM_PCS_LCTL_AN_TIMEOUT,
			TANDEM_PCS_LCTL_AN_ENABLE | TANDEM_PCS_LCTL_AN_RESTART);
}

/**
 * tandem_link_start - negotiate a link
 * @hw: the device
 * @advertise: TANDEM_ADV_* abilities to offer; one speed at least
 *
 * Every reset leaves the link down until this is called. Does not wait: the
 * link change comes as TANDEM_ICR_LSC.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if no possible speed is offered, or an error of
 * tandem_phy_read().
 */
int tandem_link_start(struct tandem_hw *hw, u16 advertise)
{
	int err;

	advertise &= ~TANDEM_ADV_1000_HALF;
	if (hw->media == TANDEM_MEDIA_SERDES &&
	    !(advertise & TANDEM_ADV_1000_FULL))
		return -EINVAL;
	if (!(advertise & TANDEM_ADV_SPEEDS))
		return -EINVAL;

	tandem_modify32(hw, TANDEM_CTRL, CTRL_FORCE, TANDEM_CTRL_SLU);
	if (hw->media == TANDEM_MEDIA_SERDES) {
		tandem_serdes_start(hw, advertise);
		return READ_ONCE(hw->bar) ? 0 : -ENODEV;
	}
	err = tandem_phy_advertise(hw, advertise);
	if (err)
		return err;
	return tandem_phy_restart(hw);
}
ALLOW_ERROR_INJECTION(tandem_link_start, ERRNO);

/**
 * tandem_link_stop - take the link down and power the PHY or laser down
 * @hw: the device
 *
 * Leaves the PHY alone if firmware manages the machine through it
 * (MANC.BLK_PHY_RST).
 *
 * Context: may sleep.
 * Return: 0 or an error of tandem_phy_read().
 */
int tandem_link_stop(struct tandem_hw *hw)
{
	if (tandem_rd32(hw, TANDEM_MANC) & TANDEM_MANC_BLK_PHY_RST)
		return READ_ONCE(hw->bar) ? 0 : -ENODEV;

	tandem_modify32(hw, TANDEM_CTRL, TANDEM_CTRL_SLU, 0);
	if (hw->media == TANDEM_MEDIA_COPPER)
		return tandem_phy_modify(hw, MII_BMCR, 0, BMCR_PDOWN);

	tandem_modify32(hw, TANDEM_PCS_CFG0, TANDEM_PCS_CFG0_PCS_EN, 0);
	tandem_modify32(hw, TANDEM_CTRL_EXT, 0, TANDEM_CTRL_EXT_SDP3_DATA);
	return READ_ONCE(hw->bar) ? 0 : -ENODEV;
}

static u16 tandem_pcs_pause(u32 val)
{
	u16 pause = 0;

	if (val & TANDEM_PCS_AN_PAUSE)
		pause |= ADVERTISE_PAUSE_CAP;
	if (val & TANDEM_PCS_AN_ASYM_PAUSE)
		pause |= ADVERTISE_PAUSE_ASYM;
	return pause;
}

/* IEEE 802.3 annex 28B: both sides' pause bits say who may stop whom. Return: could
 * they be read?
 */
static bool tandem_link_pause(struct tandem_hw *hw, struct tandem_link *link)
{
	u16 ours, theirs;
	u8 flow;

	if (!link->full_duplex)
		return true;
	if (hw->media == TANDEM_MEDIA_SERDES) {
		ours = tandem_pcs_pause(tandem_rd32(hw, TANDEM_PCS_ANADV));
		theirs = tandem_pcs_pause(tandem_rd32(hw, TANDEM_PCS_LPAB));
	} else if (tandem_phy_read(hw, MII_ADVERTISE, &ours) ||
		   tandem_phy_read(hw, MII_LPA, &theirs)) {
		return false;
	}
	flow = mii_resolve_flowctrl_fdx(ours, theirs);
	link->rx_pause = flow & FLOW_CTRL_RX;
	link->tx_pause = flow & FLOW_CTRL_TX;
	return true;
}

static u16 tandem_status_speed(u32 status)
{
	switch (FIELD_GET(TANDEM_STATUS_SPEED, status)) {
	case TANDEM_SPEED_10:
		return 10;
	case TANDEM_SPEED_100:
		return 100;
	default:
		return 1000;
	}
}

/**
 * tandem_link_get - what the link is now (STATUS, PCS_LSTS)
 * @hw: the device
 * @link: filled in; all zero when the link is down or the device gone
 *
 * Says what flow control was agreed on; tandem_hw_set_pause() makes it so.
 *
 * Context: may sleep. Return: false if that could not be found out.
 */
bool tandem_link_get(struct tandem_hw *hw, struct tandem_link *link)
{
	u32 status = tandem_rd32(hw, TANDEM_STATUS);
	bool known = true;
	u32 pcs;

	*link = (struct tandem_link){};
	if (!READ_ONCE(hw->bar))
		return true;

	if (hw->media == TANDEM_MEDIA_SERDES) {
		pcs = tandem_rd32(hw, TANDEM_PCS_LSTS);
		link->up = (pcs & TANDEM_PCS_LSTS_LINK_OK) &&
			   (pcs & TANDEM_PCS_LSTS_SYNC_OK);
		link->speed = link->up ? 1000 : 0;
		link->full_duplex = link->up;
	} else if (status & TANDEM_STATUS_LU) {
		link->up = true;
		link->speed = tandem_status_speed(status);
		link->full_duplex = status & TANDEM_STATUS_FD;
	}
	if (link->up)
		known = tandem_link_pause(hw, link);
	/* All ones look like a link. */
	if (!READ_ONCE(hw->bar))
		*link = (struct tandem_link){};
	return known;
}

/**
 * tandem_link_partner - what the other side offers
 * @hw: the device
 *
 * Context: may sleep.
 * Return: TANDEM_ADV_* bits; 0 if negotiation has not ended.
 */
u16 tandem_link_partner(struct tandem_hw *hw)
{
	u16 bmsr, base, gigabit;
	u16 abilities = 0;
	size_t i;

	if (hw->media == TANDEM_MEDIA_SERDES) {
		if (!(tandem_rd32(hw, TANDEM_PCS_LSTS) &
		      TANDEM_PCS_LSTS_AN_COMPLETE) || !READ_ONCE(hw->bar))
			return 0;
		abilities = TANDEM_ADV_1000_FULL;
		base = tandem_pcs_pause(tandem_rd32(hw, TANDEM_PCS_LPAB));
		gigabit = 0;
	} else if (tandem_phy_read(hw, MII_BMSR, &bmsr) ||
		   !(bmsr & BMSR_ANEGCOMPLETE) ||
		   tandem_phy_read(hw, MII_LPA, &base) ||
		   tandem_phy_read(hw, MII_STAT1000, &gigabit)) {
		return 0;
	}

	for (i = 0; i < ARRAY_SIZE(tandem_abilities); i++)
		if ((base & tandem_abilities[i].base) ||
		    (gigabit & tandem_abilities[i].gigabit_partner))
			abilities |= tandem_abilities[i].link;
	return abilities;
}

/**
 * tandem_hw_set_pause - obey and send pause frames, or not (802.3x)
 * @hw: the device
 * @rx: stop sending when the partner asks (CTRL.RFCE)
 * @tx: ask the partner to stop when the receive buffer fills (CTRL.TFCE)
 *
 * To be called when the link comes up, with what was agreed on. The partner
 * is stopped while there is room for one more frame from either side
 * (FCRTH), and released 16 bytes below.
 *
 * Context: any.
 */
void tandem_hw_set_pause(struct tandem_hw *hw, bool rx, bool tx)
{
	u32 buffer = tandem_rd32(hw, TANDEM_RXPBS) & TANDEM_RXPBS_KIB;
	u32 high = 0, low = 0;
	u32 ctrl = 0;

	buffer *= SZ_1K;
	if (tx && buffer > 2 * TANDEM_MAX_FRAME) {
		high = ALIGN_DOWN(buffer - 2 * TANDEM_MAX_FRAME,
				  TANDEM_FC_GRANULE);
		low = (high - TANDEM_FC_GRANULE) | TANDEM_FCRTL_XONE;
	}
	if (rx)
		ctrl |= TANDEM_CTRL_RFCE;
	if (high)
		ctrl |= TANDEM_CTRL_TFCE;

	tandem_wr32(hw, TANDEM_FCAL, TANDEM_FCAL_PAUSE);
	tandem_wr32(hw, TANDEM_FCAH, TANDEM_FCAH_PAUSE);
	tandem_wr32(hw, TANDEM_FCT, TANDEM_FCT_PAUSE);
	tandem_wr32(hw, TANDEM_FCTTV, TANDEM_FCTTV_MAX);
	tandem_wr32(hw, TANDEM_FCRTL, low);
	tandem_wr32(hw, TANDEM_FCRTH, high);
	tandem_modify32(hw, TANDEM_CTRL, TANDEM_CTRL_RFCE | TANDEM_CTRL_TFCE,
			ctrl);
}

static int tandem_serdes_loopback(struct tandem_hw *hw, bool on)
{
	if (on) {
		tandem_wr32(hw, TANDEM_SCTL, TANDEM_SCTL_LOOPBACK_ON);
		tandem_modify32(hw, TANDEM_CTRL,
				TANDEM_CTRL_RFCE | TANDEM_CTRL_TFCE,
				TANDEM_CTRL_SLU | TANDEM_CTRL_FD);
		tandem_modify32(hw, TANDEM_PCS_LCTL, TANDEM_PCS_LCTL_AN_ENABLE,
				PCS_FORCED);
		tandem_modify32(hw, TANDEM_RCTL, 0, TANDEM_RCTL_LBM_SERDES);
	} else {
		/* Survives a reset: it must be taken back by hand. */
		tandem_modify32(hw, TANDEM_RCTL, TANDEM_RCTL_LBM, 0);
		tandem_wr32(hw, TANDEM_SCTL, TANDEM_SCTL_LOOPBACK_OFF);
		tandem_modify32(hw, TANDEM_PCS_LCTL, PCS_FORCED,
				TANDEM_PCS_LCTL_AN_ENABLE |
				TANDEM_PCS_LCTL_AN_RESTART);
	}
	return 0;
}

/*
 * QEMU's PHY keeps the link that it has when put in loopback, but does not
 * make one: negotiate first.
 */
static int tandem_phy_loopback_on(struct tandem_hw *hw)
{
	int err;

	if (hw->emulated &&
	    !(tandem_rd32(hw, TANDEM_STATUS) & TANDEM_STATUS_LU)) {
		err = tandem_phy_restart(hw);
		if (err)
			return err;
		err = tandem_poll32(hw, TANDEM_STATUS, TANDEM_STATUS_LU,
				    TANDEM_STATUS_LU, LINK_STEP_US,
				    LINK_LIMIT_US);
		if (err)
			return err;
	}

	err = tandem_phy_write(hw, MII_BMCR, BMCR_LOOPBACK_1000);
	if (err)
		return err;
	tandem_modify32(hw, TANDEM_CTRL, TANDEM_CTRL_SPEED_MASK,
			CTRL_FORCE | TANDEM_CTRL_SPEED_1000 | TANDEM_CTRL_FD |
			TANDEM_CTRL_SLU);
	if (!hw->emulated)
		fsleep(LOOPBACK_SETTLE_US);
	return tandem_poll32(hw, TANDEM_STATUS, TANDEM_STATUS_LU,
			     TANDEM_STATUS_LU, LINK_STEP_US, LINK_LIMIT_US);
}

/**
 * tandem_hw_set_loopback - send every frame back to the receiver, inside
 * @hw: the device
 * @on: loop; off negotiates a link again, with the abilities set before
 *
 * Copper: in the PHY (register 0 bit 14), MAC forced to 1000 Mb/s full
 * duplex. SerDes: in the transceiver (RCTL.LBM). Receive filters, RSS and
 * checksums work as ever. A reset ends it on copper.
 *
 * Context: may sleep, up to three seconds, and what it takes to get the PHY
 * (tandem_sync_get()).
 * Return: 0, -ETIMEDOUT if there is no link to loop, or an error of
 * tandem_phy_read().
 */
int tandem_hw_set_loopback(struct tandem_hw *hw, bool on)
{
	int err;

	if (hw->media == TANDEM_MEDIA_SERDES) {
		err = tandem_serdes_loopback(hw, on);
	} else if (on) {
		err = tandem_phy_loopback_on(hw);
	} else {
		tandem_modify32(hw, TANDEM_CTRL, CTRL_FORCE, TANDEM_CTRL_SLU);
		err = tandem_phy_restart(hw);
	}
	if (!READ_ONCE(hw->bar))
		return -ENODEV;
	return err;
}
