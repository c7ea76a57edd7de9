/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers of the 82576: BAR0 byte offsets, 32 bits wide. Names are those of
 * the datasheet with a TANDEM_ prefix; a bit carries the name of its register.
 *
 * Where a register exists once per queue, the offset is a function of the
 * queue number. The first four queues answer at the offsets that older
 * parts have as well, the others only in the blocks at 0xc000 and 0xe000.
 */
#ifndef _TANDEM_REGS_H
#define _TANDEM_REGS_H

#include <linux/bits.h>
#include <linux/types.h>

/* Device control and status */
#define TANDEM_CTRL			0x0000
#define TANDEM_CTRL_FD			BIT(0)
#define TANDEM_CTRL_GIO_MASTER_DISABLE	BIT(2)
#define TANDEM_CTRL_SLU			BIT(6)
#define TANDEM_CTRL_SPEED_MASK		GENMASK(9, 8)
#define TANDEM_CTRL_SPEED_1000		BIT(9)
#define TANDEM_CTRL_FRCSPD		BIT(11)
#define TANDEM_CTRL_FRCDPX		BIT(12)
#define TANDEM_CTRL_RST			BIT(26)
#define TANDEM_CTRL_RFCE		BIT(27)
#define TANDEM_CTRL_TFCE		BIT(28)
#define TANDEM_CTRL_VME			BIT(30)
#define TANDEM_CTRL_PHY_RST		BIT(31)

#define TANDEM_STATUS			0x0008
#define TANDEM_STATUS_FD		BIT(0)
#define TANDEM_STATUS_LU		BIT(1)
#define TANDEM_STATUS_LAN_ID		GENMASK(3, 2)
#define TANDEM_STATUS_TXOFF		BIT(4)
#define TANDEM_STATUS_SPEED		GENMASK(7, 6)
#define TANDEM_STATUS_PHYRA		BIT(10)
#define TANDEM_STATUS_NUM_VFS		GENMASK(17, 14)
#define TANDEM_STATUS_IOV_MODE		BIT(18)
#define TANDEM_STATUS_GIO_MASTER	BIT(19)
#define TANDEM_SPEED_10			0	/* STATUS.SPEED */
#define TANDEM_SPEED_100		1

#define TANDEM_CTRL_EXT			0x0018
#define TANDEM_CTRL_EXT_SDP3_DATA	BIT(7)
#define TANDEM_CTRL_EXT_PFRSTD		BIT(14)
#define TANDEM_CTRL_EXT_LINK_MODE	GENMASK(23, 22)
#define TANDEM_CTRL_EXT_IAME		BIT(27)
#define TANDEM_CTRL_EXT_DRV_LOAD	BIT(28)

#define TANDEM_SCTL			0x0024
#define TANDEM_SCTL_LOOPBACK_ON		0x0410
#define TANDEM_SCTL_LOOPBACK_OFF	0x0400

#define TANDEM_VET			0x0038
#define TANDEM_VET_DEFAULT		0x81008100	/* outer, inner */

/* One byte for each of four LEDs */
#define TANDEM_LEDCTL			0x0e00
#define TANDEM_LEDCTL_ON		0x0e	/* mode: on */
#define TANDEM_LEDCTL_BLINK		BIT(7)

/* NVM */
#define TANDEM_EECD			0x0010
#define TANDEM_EECD_AUTO_RD		BIT(9)
#define TANDEM_EECD_SIZE		GENMASK(14, 11)
#define TANDEM_EERD			0x0014
#define TANDEM_EERD_START		BIT(0)
#define TANDEM_EERD_DONE		BIT(1)
#define TANDEM_EERD_ADDR		GENMASK(15, 2)
#define TANDEM_EERD_DATA		GENMASK(31, 16)
#define TANDEM_EEMNGCTL			0x1010
#define TANDEM_EEMNGCTL_CFG_DONE(port)	BIT(18 + (port))

#define TANDEM_NVM_MAC			0x00	/* words */
#define TANDEM_NVM_VERSION		0x05
#define TANDEM_NVM_VERSION_MAJOR	GENMASK(15, 12)
#define TANDEM_NVM_VERSION_MINOR	GENMASK(11, 4)
#define TANDEM_NVM_VERSION_IMAGE	GENMASK(3, 0)
#define TANDEM_NVM_ALT_MAC_PTR		0x37
#define TANDEM_NVM_CHECKSUM		0x3f
#define TANDEM_NVM_SUM			0xbaba
#define TANDEM_NVM_NO_POINTER		0xffff

/* PHY access */
#define TANDEM_MDIC			0x0020
#define TANDEM_MDIC_DATA		GENMASK(15, 0)
#define TANDEM_MDIC_REG			GENMASK(20, 16)
#define TANDEM_MDIC_PHY			GENMASK(25, 21)
#define TANDEM_MDIC_OP_WRITE		BIT(26)
#define TANDEM_MDIC_OP_READ		BIT(27)
#define TANDEM_MDIC_READY		BIT(28)
#define TANDEM_MDIC_ERROR		BIT(30)

/* Semaphores between drivers, ports and firmware */
#define TANDEM_SWSM			0x5b50
#define TANDEM_SWSM_SMBI		BIT(0)	/* set by a read that found 0 */
#define TANDEM_SWSM_SWESMBI		BIT(1)
#define TANDEM_FWSM			0x5b54
#define TANDEM_SW_FW_SYNC		0x5b5c
#define TANDEM_SYNC_NVM			BIT(0)
#define TANDEM_SYNC_PHY(port)		BIT(1 + (port))
#define TANDEM_SYNC_FW_SHIFT		16	/* firmware's bits */

#define TANDEM_MANC			0x5820
#define TANDEM_MANC_BLK_PHY_RST		BIT(18)

/* PCIe */
#define TANDEM_GCR			0x5b00
#define TANDEM_GCR_CMPL_TMOUT		GENMASK(15, 12)
#define TANDEM_GCR_CMPL_TMOUT_10MS	BIT(12)
#define TANDEM_GCR_CMPL_TMOUT_RESEND	BIT(16)
#define TANDEM_GCR_CAP_VER2		BIT(18)

/* Flow control and packet buffers */
#define TANDEM_FCAL			0x0028
#define TANDEM_FCAL_PAUSE		0x00c28001	/* 01:80:c2:00:00:01 */
#define TANDEM_FCAH			0x002c
#define TANDEM_FCAH_PAUSE		0x0100
#define TANDEM_FCT			0x0030
#define TANDEM_FCT_PAUSE		0x8808
#define TANDEM_FCTTV			0x0170
#define TANDEM_FCTTV_MAX		0xffff	/* 512-bit times */
#define TANDEM_FCRTL			0x2160
#define TANDEM_FCRTL_XONE		BIT(31)
#define TANDEM_FCRTH			0x2168
#define TANDEM_FC_GRANULE		16	/* bytes */
#define TANDEM_RXPBS			0x2404
#define TANDEM_RXPBS_KIB		GENMASK(6, 0)
#define TANDEM_TXPBS			0x3404

/* Interrupts */
#define TANDEM_ICR			0x00c0
#define TANDEM_IMS			0x00d0
#define TANDEM_IMC			0x00d8
#define TANDEM_IAM			0x00e0
#define TANDEM_ICR_TXDW			BIT(0)
#define TANDEM_ICR_LSC			BIT(2)
#define TANDEM_ICR_RXSEQ		BIT(3)
#define TANDEM_ICR_RXDMT0		BIT(4)
#define TANDEM_ICR_RXO			BIT(6)
#define TANDEM_ICR_RXDW			BIT(7)
#define TANDEM_ICR_VMMB			BIT(8)
#define TANDEM_ICR_MDAC			BIT(9)
#define TANDEM_ICR_TS			BIT(19)
#define TANDEM_ICR_DOUTSYNC		BIT(28)
#define TANDEM_ICR_DRSTA		BIT(30)
#define TANDEM_ICR_INTA			BIT(31)

#define TANDEM_EIMS			0x1524
#define TANDEM_EIMC			0x1528
#define TANDEM_EIAC			0x152c
#define TANDEM_EIAM			0x1530
#define TANDEM_EICR			0x1580
#define TANDEM_PBACL			0x5b68
#define TANDEM_GPIE			0x1514
#define TANDEM_GPIE_NSICR		BIT(0)
#define TANDEM_GPIE_MULTI_MSIX		BIT(4)
#define TANDEM_GPIE_EIAME		BIT(30)
#define TANDEM_GPIE_PBA			BIT(31)

#define TANDEM_IVAR(i)			(0x1700 + 4 * (i))
#define TANDEM_IVAR_COUNT		8
#define TANDEM_IVAR_ENTRY		GENMASK(7, 0)
#define TANDEM_IVAR_VALID		BIT(7)
#define TANDEM_IVAR_VECTOR		GENMASK(4, 0)
#define TANDEM_IVAR_MISC		0x1740
#define TANDEM_IVAR_MISC_OTHER_SHIFT	8

#define TANDEM_EITR(v)			(0x1680 + 4 * (v))
#define TANDEM_EITR_INTERVAL		GENMASK(14, 2)	/* microseconds */
#define TANDEM_EITR_MAX_USECS		0x1fff
#define TANDEM_EITR_CNT_IGNR		BIT(31)

/* Receive */
#define TANDEM_RCTL			0x0100
#define TANDEM_RCTL_EN			BIT(1)
#define TANDEM_RCTL_SBP			BIT(2)
#define TANDEM_RCTL_UPE			BIT(3)
#define TANDEM_RCTL_MPE			BIT(4)
#define TANDEM_RCTL_LPE			BIT(5)
#define TANDEM_RCTL_LBM			GENMASK(7, 6)
#define TANDEM_RCTL_LBM_MAC		BIT(6)
#define TANDEM_RCTL_LBM_SERDES		GENMASK(7, 6)
#define TANDEM_RCTL_MO			GENMASK(13, 12)
#define TANDEM_RCTL_BAM			BIT(15)
#define TANDEM_RCTL_VFE			BIT(18)
#define TANDEM_RCTL_CFIEN		BIT(19)
#define TANDEM_RCTL_DPF			BIT(22)
#define TANDEM_RCTL_PMCF		BIT(23)
#define TANDEM_RCTL_SECRC		BIT(26)

#define TANDEM_RXCSUM			0x5000
#define TANDEM_RXCSUM_IPOFL		BIT(8)
#define TANDEM_RXCSUM_TUOFL		BIT(9)
#define TANDEM_RXCSUM_CRCOFL		BIT(11)
#define TANDEM_RXCSUM_PCSD		BIT(13)
#define TANDEM_RLPML			0x5004
#define TANDEM_RFCTL			0x5008
#define TANDEM_RFCTL_IPV6_DIS		BIT(10)
#define TANDEM_RFCTL_IPV6_XSUM_DIS	BIT(11)
#define TANDEM_RFCTL_IPV6_EX_DIS	BIT(16)
#define TANDEM_RFCTL_SYNQFP		BIT(19)
#define TANDEM_QDE			0x2408	/* drop enable, one bit per pool */
#define TANDEM_QDE_ALL			0xffff

/* Transmit */
#define TANDEM_TCTL			0x0400
#define TANDEM_TCTL_EN			BIT(1)
#define TANDEM_TCTL_PSP			BIT(3)
#define TANDEM_TCTL_CT			GENMASK(11, 4)
#define TANDEM_TCTL_CT_DEFAULT		15
#define TANDEM_TCTL_COLD		GENMASK(21, 12)
#define TANDEM_TCTL_COLD_DEFAULT	63
#define TANDEM_TCTL_RTLC		BIT(24)
#define TANDEM_DTXCTL			0x3590
#define TANDEM_DTXCTL_8023LL		BIT(2)
#define TANDEM_DTXCTL_VLAN_ADDED	BIT(3)
#define TANDEM_DTXCTL_OUT_OF_SYNC	BIT(4)
#define TANDEM_DTXCTL_MDP_EN		BIT(5)
#define TANDEM_DTXCTL_SPOOF_INT		BIT(6)

/* Receive queues; the offsets inside one queue's block */
#define TANDEM_QUEUES_IN_ALIAS		4

static inline u32 tandem_rxq_reg(unsigned int queue, u32 offset)
{
	if (queue < TANDEM_QUEUES_IN_ALIAS)
		return 0x2800 + 0x100 * queue + offset;
	return 0xc000 + 0x40 * queue + offset;
}

#define TANDEM_RDBAL(n)			tandem_rxq_reg(n, 0x00)
#define TANDEM_RDBAH(n)			tandem_rxq_reg(n, 0x04)
#define TANDEM_RDLEN(n)			tandem_rxq_reg(n, 0x08)
#define TANDEM_SRRCTL(n)		tandem_rxq_reg(n, 0x0c)
#define TANDEM_RDH(n)			tandem_rxq_reg(n, 0x10)
#define TANDEM_RXCTL(n)			tandem_rxq_reg(n, 0x14)
#define TANDEM_RDT(n)			tandem_rxq_reg(n, 0x18)
#define TANDEM_RXDCTL(n)		tandem_rxq_reg(n, 0x28)
#define TANDEM_RQDPC(n)			(0xc030 + 0x40 * (n))
#define TANDEM_RQDPC_COUNT		GENMASK(11, 0)

#define TANDEM_SRRCTL_BSIZE_KIB		GENMASK(6, 0)
#define TANDEM_SRRCTL_BSIZEHDR		GENMASK(13, 8)
#define TANDEM_SRRCTL_RDMTS		GENMASK(24, 20)
#define TANDEM_SRRCTL_DESCTYPE		GENMASK(27, 25)
#define TANDEM_SRRCTL_ADV_ONE_BUFFER	1
#define TANDEM_SRRCTL_DROP_EN		BIT(31)

/* Transmit queues */
static inline u32 tandem_txq_reg(unsigned int queue, u32 offset)
{
	if (queue < TANDEM_QUEUES_IN_ALIAS)
		return 0x3800 + 0x100 * queue + offset;
	return 0xe000 + 0x40 * queue + offset;
}

#define TANDEM_TDBAL(n)			tandem_txq_reg(n, 0x00)
#define TANDEM_TDBAH(n)			tandem_txq_reg(n, 0x04)
#define TANDEM_TDLEN(n)			tandem_txq_reg(n, 0x08)
#define TANDEM_TDH(n)			tandem_txq_reg(n, 0x10)
#define TANDEM_TXCTL(n)			tandem_txq_reg(n, 0x14)
#define TANDEM_TDT(n)			tandem_txq_reg(n, 0x18)
#define TANDEM_TXDCTL(n)		tandem_txq_reg(n, 0x28)
#define TANDEM_TDWBAL(n)		tandem_txq_reg(n, 0x38)
#define TANDEM_TDWBAH(n)		tandem_txq_reg(n, 0x3c)

/* RXDCTL and TXDCTL */
#define TANDEM_XDCTL_PTHRESH		GENMASK(4, 0)
#define TANDEM_XDCTL_HTHRESH		GENMASK(12, 8)
#define TANDEM_XDCTL_WTHRESH		GENMASK(20, 16)
#define TANDEM_XDCTL_ENABLE		BIT(25)
#define TANDEM_XDCTL_SWFLSH		BIT(26)

/* Address and VLAN filters */
static inline u32 tandem_rar_reg(unsigned int idx, u32 offset)
{
	if (idx < 16)
		return 0x5400 + 8 * idx + offset;
	return 0x54e0 + 8 * (idx - 16) + offset;
}

#define TANDEM_RAL(i)			tandem_rar_reg(i, 0)
#define TANDEM_RAH(i)			tandem_rar_reg(i, 4)
#define TANDEM_RAH_ADDR			GENMASK(15, 0)
#define TANDEM_RAH_ASEL_SRC		BIT(16)
#define TANDEM_RAH_POOLSEL		GENMASK(25, 18)
#define TANDEM_RAH_AV			BIT(31)
#define TANDEM_MTA(i)			(0x5200 + 4 * (i))
#define TANDEM_VFTA(i)			(0x5600 + 4 * (i))
#define TANDEM_UTA(i)			(0xa000 + 4 * (i))
#define TANDEM_UTA_WORDS		128
#define TANDEM_HASH_BITS		GENMASK(11, 0)
#define TANDEM_HASH_SHIFT		4	/* RCTL.MO = 0 */

/* Receive side scaling */
#define TANDEM_MRQC			0x5818
#define TANDEM_MRQC_MODE		GENMASK(2, 0)
#define TANDEM_MRQC_OFF			0
#define TANDEM_MRQC_RSS			2
#define TANDEM_MRQC_VMDQ		3
#define TANDEM_MRQC_VMDQ_RSS		5
#define TANDEM_MRQC_RSS_TCPV4		BIT(16)
#define TANDEM_MRQC_RSS_IPV4		BIT(17)
#define TANDEM_MRQC_RSS_TCPV6_EX	BIT(18)
#define TANDEM_MRQC_RSS_IPV6_EX		BIT(19)
#define TANDEM_MRQC_RSS_IPV6		BIT(20)
#define TANDEM_MRQC_RSS_TCPV6		BIT(21)
#define TANDEM_MRQC_RSS_UDPV4		BIT(22)
#define TANDEM_MRQC_RSS_UDPV6		BIT(23)
#define TANDEM_MRQC_RSS_UDPV6_EX	BIT(24)
#define TANDEM_MRQC_RSS_FIELDS		GENMASK(24, 16)
#define TANDEM_RETA(i)			(0x5c00 + 4 * (i))
#define TANDEM_RSSRK(i)			(0x5c80 + 4 * (i))

/* Flow filters: ether type, 5-tuple, SYN, immediate interrupt */
#define TANDEM_FILTERS			8	/* of each kind */
#define TANDEM_ETYPES			(TANDEM_FILTERS - 1)	/* for flows */
#define TANDEM_ETYPE_PTP		(TANDEM_FILTERS - 1)
#define TANDEM_ETQF(i)			(0x5cb0 + 4 * (i))
#define TANDEM_ETQF_ETYPE		GENMASK(15, 0)
#define TANDEM_ETQF_QUEUE		GENMASK(18, 16)
#define TANDEM_ETQF_ENABLE		BIT(26)
#define TANDEM_ETQF_LLI			BIT(29)
#define TANDEM_ETQF_1588		BIT(30)
#define TANDEM_ETQF_QUEUE_EN		BIT(31)
#define TANDEM_SAQF(i)			(0x5980 + 4 * (i))
#define TANDEM_DAQF(i)			(0x59a0 + 4 * (i))
#define TANDEM_SPQF(i)			(0x59c0 + 4 * (i))
#define TANDEM_FTQF(i)			(0x59e0 + 4 * (i))
#define TANDEM_FTQF_PROTO		GENMASK(7, 0)
#define TANDEM_FTQF_QUEUE_EN		BIT(8)
#define TANDEM_FTQF_VF_BP		BIT(15)
#define TANDEM_FTQF_QUEUE		GENMASK(25, 16)
#define TANDEM_FTQF_1588		BIT(27)
#define TANDEM_FTQF_PROTO_BP		BIT(28)
#define TANDEM_FTQF_SRC_ADDR_BP		BIT(29)
#define TANDEM_FTQF_DST_ADDR_BP		BIT(30)
#define TANDEM_FTQF_SRC_PORT_BP		BIT(31)
#define TANDEM_IMIR(i)			(0x5a80 + 4 * (i))
#define TANDEM_IMIR_DST_PORT		GENMASK(15, 0)
#define TANDEM_IMIR_PORT_BP		BIT(17)
#define TANDEM_IMIR_PRIORITY		GENMASK(31, 29)
#define TANDEM_IMIREXT(i)		(0x5aa0 + 4 * (i))
#define TANDEM_IMIREXT_SIZE_BP		BIT(12)
#define TANDEM_IMIREXT_TCP_FLAGS	GENMASK(18, 13)
#define TANDEM_IMIREXT_CTRL_BP		BIT(19)
#define TANDEM_IMIRVP			0x5ac0
#define TANDEM_SYNQF			0x55fc
#define TANDEM_SYNQF_ENABLE		BIT(0)
#define TANDEM_SYNQF_QUEUE		GENMASK(3, 1)

/* PCS, for SerDes ports */
#define TANDEM_PCS_CFG0			0x4200
#define TANDEM_PCS_CFG0_PCS_EN		BIT(3)
#define TANDEM_PCS_LCTL			0x4208
#define TANDEM_PCS_LCTL_FLV_UP		BIT(0)
#define TANDEM_PCS_LCTL_FSV		GENMASK(2, 1)
#define TANDEM_PCS_LCTL_FSV_1000	BIT(2)
#define TANDEM_PCS_LCTL_FDV_FULL	BIT(3)
#define TANDEM_PCS_LCTL_FSD		BIT(4)
#define TANDEM_PCS_LCTL_FORCE_LINK	BIT(5)
#define TANDEM_PCS_LCTL_FORCE_FCTRL	BIT(7)
#define TANDEM_PCS_LCTL_AN_ENABLE	BIT(16)
#define TANDEM_PCS_LCTL_AN_RESTART	BIT(17)
#define TANDEM_PCS_LCTL_AN_TIMEOUT	BIT(18)
#define TANDEM_PCS_LSTS			0x420c
#define TANDEM_PCS_LSTS_LINK_OK		BIT(0)
#define TANDEM_PCS_LSTS_SPEED		GENMASK(2, 1)
#define TANDEM_PCS_LSTS_FULL_DUPLEX	BIT(3)
#define TANDEM_PCS_LSTS_SYNC_OK		BIT(4)
#define TANDEM_PCS_LSTS_AN_COMPLETE	BIT(16)
#define TANDEM_PCS_ANADV		0x4218
#define TANDEM_PCS_LPAB			0x421c
#define TANDEM_PCS_AN_FD		BIT(5)	/* ANADV and LPAB */
#define TANDEM_PCS_AN_PAUSE		BIT(7)
#define TANDEM_PCS_AN_ASYM_PAUSE	BIT(8)

/* Virtualization: pools, mailbox, switch */
#define TANDEM_VT_CTL			0x581c
#define TANDEM_VT_CTL_DEFAULT_POOL	GENMASK(9, 7)
#define TANDEM_VT_CTL_IGNORE_MAC	BIT(28)
#define TANDEM_VT_CTL_NO_DEFAULT	BIT(29)
#define TANDEM_VT_CTL_REPLICATE		BIT(30)
#define TANDEM_VMOLR(n)			(0x5ad0 + 4 * (n))
#define TANDEM_VMOLR_RLPML		GENMASK(13, 0)
#define TANDEM_VMOLR_LPE		BIT(16)
#define TANDEM_VMOLR_RSSE		BIT(17)
#define TANDEM_VMOLR_AUPE		BIT(24)
#define TANDEM_VMOLR_ROMPE		BIT(25)
#define TANDEM_VMOLR_ROPE		BIT(26)
#define TANDEM_VMOLR_BAM		BIT(27)
#define TANDEM_VMOLR_MPME		BIT(28)
#define TANDEM_VMOLR_STRVLAN		BIT(30)
#define TANDEM_VMOLR_STRCRC		BIT(31)
#define TANDEM_RPLOLR			0x5af0
#define TANDEM_RPLOLR_STRVLAN		BIT(30)
#define TANDEM_RPLOLR_STRCRC		BIT(31)
#define TANDEM_VLVF(i)			(0x5d00 + 4 * (i))
#define TANDEM_VLVF_ENTRIES		32
#define TANDEM_VLVF_VID			GENMASK(11, 0)
#define TANDEM_VLVF_POOLS		GENMASK(19, 12)
#define TANDEM_VLVF_LVLAN		BIT(20)
#define TANDEM_VLVF_ENABLE		BIT(31)
#define TANDEM_VMVIR(n)			(0x3700 + 4 * (n))
#define TANDEM_VMVIR_TAG		GENMASK(15, 0)
#define TANDEM_VMVIR_DEFAULT		BIT(30)
#define TANDEM_VMVIR_NEVER		BIT(31)
#define TANDEM_DTXSWC			0x3500
#define TANDEM_DTXSWC_MAC_SPOOF		GENMASK(7, 0)
#define TANDEM_DTXSWC_VLAN_SPOOF	GENMASK(15, 8)
#define TANDEM_DTXSWC_LOCAL_LB		GENMASK(23, 16)
#define TANDEM_DTXSWC_LOOPBACK		BIT(31)
#define TANDEM_WVBR			0x3554
#define TANDEM_RTTDQSEL			0x3604
#define TANDEM_RTTBCNRM			0x3690
#define TANDEM_RTTBCNRM_MMW		0x14	/* what may be saved up */
#define TANDEM_RTTBCNRC			0x36b0
#define TANDEM_RTTBCNRC_FRACTION_BITS	14
#define TANDEM_RTTBCNRC_FACTOR		GENMASK(27, 0)	/* link / rate */
#define TANDEM_RTTBCNRC_ENABLE		BIT(31)
#define TANDEM_IOVCTL			0x5bbc
#define TANDEM_IOVCTL_REUSE_VFQ		BIT(0)

#define TANDEM_P2VMAILBOX(n)		(0x0c00 + 4 * (n))
#define TANDEM_P2VMAILBOX_STS		BIT(0)
#define TANDEM_P2VMAILBOX_ACK		BIT(1)
#define TANDEM_P2VMAILBOX_VFU		BIT(2)
#define TANDEM_P2VMAILBOX_PFU		BIT(3)
#define TANDEM_P2VMAILBOX_RVFU		BIT(4)
#define TANDEM_V2PMAILBOX(n)		(0x0c40 + 4 * (n))
#define TANDEM_V2PMAILBOX_REQ		BIT(0)
#define TANDEM_V2PMAILBOX_ACK		BIT(1)
#define TANDEM_V2PMAILBOX_VFU		BIT(2)
#define TANDEM_V2PMAILBOX_PFU		BIT(3)
#define TANDEM_V2PMAILBOX_PFSTS		BIT(4)
#define TANDEM_V2PMAILBOX_PFACK		BIT(5)
#define TANDEM_V2PMAILBOX_RSTI		BIT(6)
#define TANDEM_V2PMAILBOX_RSTD		BIT(7)
#define TANDEM_VMBMEM(n)		(0x0800 + 0x40 * (n))
#define TANDEM_VMBMEM_WORDS		16
#define TANDEM_MBVFICR			0x0c80
#define TANDEM_MBVFICR_REQ(n)		BIT(n)
#define TANDEM_MBVFICR_ACK(n)		BIT(16 + (n))
#define TANDEM_MBVFICR_REQ_ALL		GENMASK(7, 0)
#define TANDEM_MBVFICR_ACK_ALL		GENMASK(23, 16)
#define TANDEM_MBVFIMR			0x0c84
#define TANDEM_VFLRE			0x0c88
#define TANDEM_VFRE			0x0c8c
#define TANDEM_VFTE			0x0c90

/* IEEE 1588: time and time stamps */
#define TANDEM_SYSTIML			0xb600
#define TANDEM_SYSTIMH			0xb604
#define TANDEM_TIMINCA			0xb608
#define TANDEM_TIMINCA_INCVALUE		GENMASK(23, 0)
#define TANDEM_TIMINCA_PERIOD		GENMASK(31, 24)	/* 16 ns */
#define TANDEM_TIMADJL			0xb60c
#define TANDEM_TIMADJH			0xb610
#define TANDEM_TSYNCTXCTL		0xb614
#define TANDEM_TSYNCTXCTL_VALID		BIT(0)
#define TANDEM_TSYNCTXCTL_EN		BIT(4)
#define TANDEM_TXSTMPL			0xb618
#define TANDEM_TXSTMPH			0xb61c
#define TANDEM_TSYNCRXCTL		0xb620
#define TANDEM_TSYNCRXCTL_VALID		BIT(0)
#define TANDEM_TSYNCRXCTL_TYPE		GENMASK(3, 1)
#define TANDEM_TSYNCRXCTL_EN		BIT(4)
#define TANDEM_RXSTMPL			0xb624
#define TANDEM_RXSTMPH			0xb628
#define TANDEM_RXSATRL			0xb62c
#define TANDEM_RXSATRH			0xb630
#define TANDEM_TSYNCRXCFG		0x5f50

#endif /* _TANDEM_REGS_H */
