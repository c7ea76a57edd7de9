/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 82576 advanced descriptors, receive and transmit, and their arithmetic.
 * Compiles on the host too, where the fuzzers run it.
 */
#ifndef _TANDEM_DESC_H
#define _TANDEM_DESC_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/bits.h>
#else
#include "shim.h"
#endif

/**
 * union tandem_rx_desc - advanced one-buffer receive descriptor
 * @read: as software posts it
 * @wb: as the device writes it back, over the same 16 bytes
 * @raw: as two 64-bit words
 *
 * @wb.status shares its bit 0 (DD) with bit 0 of @read.hdr_addr, so that a
 * posted descriptor with hdr_addr 0 reads as not done.
 */
union tandem_rx_desc {
	struct {
		__le64 pkt_addr;
		__le64 hdr_addr;
	} read;
	struct {
		__le16 info;		/* RSS type 3:0, packet type 15:4 */
		__le16 hdr;
		__le32 rss;
		__le32 status;
		__le16 length;
		__le16 vlan;
	} wb;
	struct {
		__le64 lo;
		__le64 hi;		/* status and length in one load */
	} raw;
};

#define TANDEM_RXD_DD		BIT(0)
#define TANDEM_RXD_EOP		BIT(1)
#define TANDEM_RXD_VP		BIT(3)
#define TANDEM_RXD_UDPCS	BIT(4)
#define TANDEM_RXD_L4CS		BIT(5)
#define TANDEM_RXD_IPCS		BIT(6)
#define TANDEM_RXD_TSIP		BIT(15)
#define TANDEM_RXD_TS		BIT(16)
#define TANDEM_RXD_LB		BIT(18)
#define TANDEM_RXD_L4E		BIT(29)
#define TANDEM_RXD_IPE		BIT(30)
#define TANDEM_RXD_RXE		BIT(31)
#define TANDEM_RXD_RSS_MASK	0x000f
#define TANDEM_RXD_TYPE_IPV4	BIT(4)
#define TANDEM_RXD_TYPE_IPV6	BIT(6)
#define TANDEM_RXD_TYPE_TCP	BIT(8)
#define TANDEM_RXD_TYPE_UDP	BIT(9)
#define TANDEM_RXD_TYPE_SCTP	BIT(10)
#define TANDEM_RXD_TYPE_ETQF	BIT(15)

/* Status, length and VLAN tag as one 64-bit word, in host order. */
#define TANDEM_RXW_STATUS(w)	((u32)(w))
#define TANDEM_RXW_LENGTH(w)	((u16)((w) >> 32))
#define TANDEM_RXW_VLAN(w)	((u16)((w) >> 48))

/**
 * union tandem_tx_desc - advanced transmit descriptor, data or context
 * @read: data, as software posts it
 * @wb: as the device writes it back, if RS was set
 * @ctx: context: header lengths, MSS and VLAN tag for what follows
 * @raw: as two 64-bit words
 */
union tandem_tx_desc {
	struct {
		__le64 addr;
		__le32 cmd_len;
		__le32 olinfo;
	} read;
	struct {
		__le64 rsvd;
		__le32 seqnum;
		__le32 status;		/* DD in bit 0 */
	} wb;
	struct {
		__le32 vlan_macip;
		__le32 launch;
		__le32 type_tucmd;
		__le32 mss_l4len;
	} ctx;
	struct {
		__le64 lo;
		__le64 hi;
	} raw;
};

#define TANDEM_TXD_DD		BIT(0)
#define TANDEM_TXD_LEN_MAX	32768u	/* per data descriptor */
/* The device hangs on shorter frames even with TCTL.PSP. */
#define TANDEM_TX_MIN_LEN	17
#define TANDEM_TXD_TSTAMP	BIT(19)
#define TANDEM_TXD_CTX		(2u << 20)
#define TANDEM_TXD_DATA		(3u << 20)
#define TANDEM_TXD_EOP		BIT(24)
#define TANDEM_TXD_IFCS		BIT(25)
#define TANDEM_TXD_RS		BIT(27)
#define TANDEM_TXD_DEXT		BIT(29)
#define TANDEM_TXD_VLE		BIT(30)
#define TANDEM_TXD_TSE		BIT(31)
#define TANDEM_TXD_OL_IDX	BIT(4)
#define TANDEM_TXD_OL_IXSM	BIT(8)
#define TANDEM_TXD_OL_TXSM	BIT(9)
#define TANDEM_TXD_OL_PAYLEN(n)	((u32)(n) << 14)

/* Where the payload length starts in the upper half read as one word. */
#define TANDEM_TXW_PAYLEN	(32 + 14)

/* Every data descriptor; the last of a frame adds EOP. */
#define TANDEM_TXD_BASE		(TANDEM_TXD_DATA | TANDEM_TXD_IFCS | \
				 TANDEM_TXD_DEXT)

#define TANDEM_CTX_IPV4		BIT(10)
#define TANDEM_CTX_L4_UDP	0
#define TANDEM_CTX_L4_TCP	BIT(11)
#define TANDEM_CTX_L4_SCTP	BIT(12)
#define TANDEM_CTX_IPLEN_MAX	511
#define TANDEM_CTX_MACLEN(n)	((u32)(n) << 9)
#define TANDEM_CTX_MACLEN_MAX	127
#define TANDEM_CTX_VLAN(t)	((u32)(t) << 16)
#define TANDEM_CTX_L4LEN(n)	((u32)(n) << 8)
#define TANDEM_CTX_MSS(n)	((u32)(n) << 16)

#endif /* _TANDEM_DESC_H */
