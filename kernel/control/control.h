/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of this room share. */
#ifndef _TANDEM_CONTROL_H
#define _TANDEM_CONTROL_H

#include <linux/ethtool.h>
#include <linux/netdevice.h>

#include "steer.h"

struct devlink_fmsg;
struct tandem_adapter;

/* ethtool.c */
u32 tandem_get_rx_ring_count(struct net_device *netdev);

/* rss_fields.c */
int tandem_get_rxfh_fields(struct net_device *netdev,
			   struct ethtool_rxfh_fields *info);
int tandem_set_rxfh_fields(struct net_device *netdev,
			   const struct ethtool_rxfh_fields *info,
			   struct netlink_ext_ack *extack);

/* ntuple.c */
int tandem_get_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info,
		     u32 *locations);
int tandem_set_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info);

/* steer.c */
bool tandem_steer_blocked(const struct tandem_adapter *ad);
int tandem_steer_find(const struct tandem_adapter *ad,
		      const struct tandem_tuple *tuple,
		      enum tandem_filter_owner owner);
int tandem_steer_slot(const struct tandem_adapter *ad,
		      enum tandem_filter_owner owner);
void tandem_steer_set(struct tandem_adapter *ad, unsigned int i,
		      const struct tandem_filter *filter);
void tandem_steer_clear(struct tandem_adapter *ad, unsigned int i);
void tandem_steer_etype(struct tandem_adapter *ad, unsigned int i, u32 etqf);

/* ethtool_stats.c */
void tandem_get_strings(struct net_device *netdev, u32 set, u8 *data);
int tandem_get_sset_count(struct net_device *netdev, int set);
void tandem_get_ethtool_stats(struct net_device *netdev,
			      struct ethtool_stats *stats, u64 *data);

/* std_stats.c */
void tandem_get_mac_stats(struct net_device *netdev,
			  struct ethtool_eth_mac_stats *mac);
void tandem_get_ctrl_stats(struct net_device *netdev,
			   struct ethtool_eth_ctrl_stats *ctrl);
void tandem_get_pause_stats(struct net_device *netdev,
			    struct ethtool_pause_stats *pause);
void tandem_get_rmon_stats(struct net_device *netdev,
			   struct ethtool_rmon_stats *rmon,
			   const struct ethtool_rmon_hist_range **ranges);
void tandem_get_pauseparam(struct net_device *netdev,
			   struct ethtool_pauseparam *pause);

/* regs.c */
int tandem_get_regs_len(struct net_device *netdev);
void tandem_get_regs(struct net_device *netdev, struct ethtool_regs *regs,
		     void *data);

/* selftest.c */
int tandem_test_count(void);
void tandem_test_strings(u8 *data);
void tandem_self_test(struct net_device *netdev, struct ethtool_test *test,
		      u64 *data);
int tandem_set_phys_id(struct net_device *netdev,
		       enum ethtool_phys_id_state state);

/* diagnose.c */
void tandem_show_entries(struct tandem_adapter *ad, struct devlink_fmsg *fmsg);
void tandem_show_tx(struct tandem_adapter *ad, struct devlink_fmsg *fmsg);

#endif /* _TANDEM_CONTROL_H */
