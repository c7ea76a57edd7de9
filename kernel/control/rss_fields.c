// SPDX-License-Identifier: GPL-2.0
/*
 * Which header fields RSS hashes. The device always takes the ports of TCP
 * and never those of protocols other than TCP and UDP; those of UDP are a
 * choice, for a fragmented datagram then spreads over two queues.
 */
#include <linux/ethtool.h>

#include "../tandem.h"
#include "control.h"

#define TANDEM_RXH_2	(RXH_IP_SRC | RXH_IP_DST)
#define TANDEM_RXH_4	(TANDEM_RXH_2 | RXH_L4_B_0_1 | RXH_L4_B_2_3)

/* The MRQC bit by which this kind of flow is hashed with its ports. */
static u32 tandem_port_field(u32 flow_type)
{
	switch (flow_type) {
	case TCP_V4_FLOW:
		return TANDEM_MRQC_RSS_TCPV4;
	case TCP_V6_FLOW:
		return TANDEM_MRQC_RSS_TCPV6;
	case UDP_V4_FLOW:
		return TANDEM_MRQC_RSS_UDPV4;
	case UDP_V6_FLOW:
		return TANDEM_MRQC_RSS_UDPV6;
	default:
		return 0;
	}
}

static bool tandem_flow_is_ip(u32 flow_type)
{
	switch (flow_type) {
	case TCP_V4_FLOW:
	case UDP_V4_FLOW:
	case SCTP_V4_FLOW:
	case AH_ESP_V4_FLOW:
	case AH_V4_FLOW:
	case ESP_V4_FLOW:
	case IPV4_FLOW:
	case TCP_V6_FLOW:
	case UDP_V6_FLOW:
	case SCTP_V6_FLOW:
	case AH_ESP_V6_FLOW:
	case AH_V6_FLOW:
	case ESP_V6_FLOW:
	case IPV6_FLOW:
		return true;
	default:
		return false;
	}
}

int tandem_get_rxfh_fields(struct net_device *netdev,
			   struct ethtool_rxfh_fields *info)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	info->data = 0;
	if (!tandem_flow_is_ip(info->flow_type))
		return -EOPNOTSUPP;
	info->data = TANDEM_RXH_2;
	if (ad->rss.fields & tandem_port_field(info->flow_type))
		info->data = TANDEM_RXH_4;
	return 0;
}

int tandem_set_rxfh_fields(struct net_device *netdev,
			   const struct ethtool_rxfh_fields *info,
			   struct netlink_ext_ack *extack)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	u32 field = tandem_port_field(info->flow_type);
	bool udp = info->flow_type == UDP_V4_FLOW ||
		   info->flow_type == UDP_V6_FLOW;

	if (!tandem_flow_is_ip(info->flow_type) ||
	    (info->data != TANDEM_RXH_2 && info->data != TANDEM_RXH_4)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "the device hashes IP addresses, with or without ports");
		return -EOPNOTSUPP;
	}
	if (!udp) {
		if (info->data == (field ? TANDEM_RXH_4 : TANDEM_RXH_2))
			return 0;
		NL_SET_ERR_MSG_MOD(extack,
				   "only for UDP can ports be hashed or not");
		return -EOPNOTSUPP;
	}

	if (info->data == TANDEM_RXH_4)
		ad->rss.fields |= field;
	else
		ad->rss.fields &= ~field;
	if (tandem_running(ad) && !tandem_steer_blocked(ad))
		tandem_hw_write_rss(&ad->hw, &ad->rss);
	return 0;
}
