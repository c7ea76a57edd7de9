/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The port's clock: a PTP hardware clock over the device's time, and who may
 * have the device's stamps.
 *
 * The 82576 keeps one stamp of a frame sent and one of a frame received. The
 * first is lent to one frame at a time, of the stack or of an AF_XDP socket:
 * who comes meanwhile goes without. The second is taken as soon as the frame
 * is seen.
 */
#ifndef _TANDEM_CLOCK_H
#define _TANDEM_CLOCK_H

#include <linux/ktime.h>
#include <linux/net_tstamp.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/spinlock.h>
#include <linux/timecounter.h>
#include <linux/workqueue.h>

struct ethtool_ts_stats;
struct kernel_ethtool_ts_info;
struct net_device;
struct netlink_ext_ack;
struct sk_buff;
struct tandem_adapter;

/**
 * struct tandem_clock - the clock of a port
 * @lock: the device's time and stamps, @tc, @seen, @running
 * @tc: the device's time as nanoseconds of what the clock was set to
 * @cc: what @tc reads
 * @seen: boot time of the last look at @tc, to go on from after a reset
 * @running: the device counts
 * @rate: of the device's time; under RTNL or @lock
 * @info: what the PTP core knows
 * @ptp: the PTP clock, NULL if there is none
 * @config: what was asked of stamping; under RTNL
 * @rx_taken: receive stamps taken, may miss some
 * @rx_seen: @rx_taken at the last tandem_stamp_rx_check()
 * @rx_waits: a stamp waited then
 * @tx_on: frames of the stack may ask for a stamp
 * @lent: bit 0: the device's transmit stamp is somebody's
 * @tx_skb: the frame that it is lent to, if it is one of the stack
 * @tx_since: since when, jiffies
 * @tx_work: waits for it
 * @tx_stamped: frames of the stack and of sockets that got one
 * @tx_lost: frames that got none since it did not come
 * @tx_skipped: frames that got none since it was lent
 */
struct tandem_clock {
	spinlock_t lock;	/* see above */
	struct timecounter tc;
	struct cyclecounter cc;
	ktime_t seen;
	bool running;
	u32 rate;
	struct ptp_clock_info info;
	struct ptp_clock *ptp;
	struct kernel_hwtstamp_config config;
	unsigned int rx_taken;
	unsigned int rx_seen;
	bool rx_waits;
	bool tx_on;
	unsigned long lent;
	struct sk_buff *tx_skb;
	unsigned long tx_since;
	struct delayed_work tx_work;
	atomic64_t tx_stamped;
	atomic64_t tx_lost;
	atomic64_t tx_skipped;
};

void tandem_clock_init(struct tandem_adapter *ad);
void tandem_clock_register(struct tandem_adapter *ad);
void tandem_clock_unregister(struct tandem_adapter *ad);
void tandem_clock_start(struct tandem_adapter *ad);
void tandem_clock_stop(struct tandem_adapter *ad);
int tandem_get_ts_info(struct net_device *netdev,
		       struct kernel_ethtool_ts_info *info);
void tandem_get_ts_stats(struct net_device *netdev,
			 struct ethtool_ts_stats *stats);
int tandem_hwtstamp_get(struct net_device *netdev,
			struct kernel_hwtstamp_config *config);
int tandem_hwtstamp_set(struct net_device *netdev,
			struct kernel_hwtstamp_config *config,
			struct netlink_ext_ack *extack);

ktime_t tandem_stamp_rx(struct tandem_adapter *ad);
void tandem_stamp_rx_check(struct tandem_adapter *ad);
bool tandem_stamp_skb(struct tandem_adapter *ad, struct sk_buff *skb);
bool tandem_stamp_borrow(struct tandem_adapter *ad);
bool tandem_stamp_collect(struct tandem_adapter *ad, ktime_t *stamp);
void tandem_stamp_return(struct tandem_adapter *ad);
void tandem_stamp_abandon(struct tandem_adapter *ad);

#endif /* _TANDEM_CLOCK_H */
