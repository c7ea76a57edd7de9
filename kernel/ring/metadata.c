// SPDX-License-Identifier: GPL-2.0
/*
 * What a receive descriptor knows about a frame, for XDP programs that ask
 * (Documentation/networking/xdp-rx-metadata.rst): hash, VLAN tag, and time for
 * those PTP frames that the 82576 stamps.
 */
#include <linux/if_vlan.h>

#include "../tandem.h"

/* By the descriptor's RSS type. */
static const enum xdp_rss_hash_type tandem_rss_types[] = {
	[0] = XDP_RSS_TYPE_NONE,
	[1] = XDP_RSS_TYPE_L4_IPV4_TCP,
	[2] = XDP_RSS_TYPE_L3_IPV4,
	[3] = XDP_RSS_TYPE_L4_IPV6_TCP,
	[4] = XDP_RSS_TYPE_L3_IPV6_EX,
	[5] = XDP_RSS_TYPE_L3_IPV6,
	[6] = XDP_RSS_TYPE_L4_IPV6_TCP_EX,
	[7] = XDP_RSS_TYPE_L4_IPV4_UDP,
	[8] = XDP_RSS_TYPE_L4_IPV6_UDP,
	[9] = XDP_RSS_TYPE_L4_IPV6_UDP_EX,
};

static int tandem_xmo_rx_hash(const struct xdp_md *ctx, u32 *hash,
			      enum xdp_rss_hash_type *type)
{
	const struct tandem_xdp_buff *buff = (const void *)ctx;
	const union tandem_rx_desc *desc = buff->desc;
	u16 rss = le16_to_cpu(desc->wb.info) & TANDEM_RXD_RSS_MASK;

	if (!(buff->xdp.rxq->dev->features & NETIF_F_RXHASH) || !rss ||
	    rss >= ARRAY_SIZE(tandem_rss_types))
		return -ENODATA;
	*hash = le32_to_cpu(desc->wb.rss);
	*type = tandem_rss_types[rss];
	return 0;
}

static int tandem_xmo_rx_vlan_tag(const struct xdp_md *ctx, __be16 *proto,
				  u16 *tci)
{
	const struct tandem_xdp_buff *buff = (const void *)ctx;
	const union tandem_rx_desc *desc = buff->desc;

	if (!(le32_to_cpu(desc->wb.status) & TANDEM_RXD_VP))
		return -ENODATA;
	*proto = htons(ETH_P_8021Q);
	*tci = le16_to_cpu(desc->wb.vlan);
	return 0;
}

static int tandem_xmo_rx_timestamp(const struct xdp_md *ctx, u64 *timestamp)
{
	const struct tandem_xdp_buff *buff = (const void *)ctx;
	const struct tandem_rx_ring *rx =
		container_of(buff->xdp.rxq, struct tandem_rx_ring, rxq);

	if (!(le32_to_cpu(buff->desc->wb.status) & TANDEM_RXD_TS) || !rx->stamp)
		return -ENODATA;
	*timestamp = ktime_to_ns(rx->stamp);
	return 0;
}

const struct xdp_metadata_ops tandem_xdp_metadata_ops = {
	.xmo_rx_hash		= tandem_xmo_rx_hash,
	.xmo_rx_vlan_tag	= tandem_xmo_rx_vlan_tag,
	.xmo_rx_timestamp	= tandem_xmo_rx_timestamp,
};
