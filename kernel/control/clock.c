// SPDX-License-Identifier: GPL-2.0
/*
 * The port's clock, for ptp4l and its like (Documentation/driver-api/ptp.rst),
 * and stamps of frames (Documentation/networking/timestamping.rst).
 *
 * The device's time starts anew with each reset and can't be set; the clock is
 * a timecounter over it, which goes on after a reset by what the system's
 * own clock says has passed.
 */
#include <linux/ethtool.h>
#include <linux/skbuff.h>

#include "../tandem.h"

#define TANDEM_TIME_SHIFT	19
/* Parts per billion: by half, which the rate register can still express. */
#define TANDEM_CLOCK_MAX_ADJ	500000000
/* The device's time wraps after 9.7 hours. */
#define TANDEM_CLOCK_PERIOD	(HZ * 3600)
/* PTP message types that are stamped on their own */
#define TANDEM_PTP_SYNC		0
#define TANDEM_PTP_DELAY_REQ	1

static struct tandem_adapter *tandem_from_ptp(struct ptp_clock_info *info)
{
	return container_of(info, struct tandem_adapter, clock.info);
}

static u64 tandem_clock_cycles(TANDEM_CYCLECOUNTER *cc)
{
	struct tandem_adapter *ad = container_of(cc, struct tandem_adapter,
						 clock.cc);

	u64 now = tandem_time_read(&ad->hw);

	/* all ones are a device that does not answer */
	return now == U64_MAX ? ad->clock.tc.cycle_last : now;
}

/* Context: clock lock held. */
static u64 tandem_clock_now(struct tandem_clock *clock)
{
	ktime_t now = ktime_get_boottime();
	u64 last = clock->tc.cycle_last;
	u64 ns;

	if (clock->running) {
		ns = timecounter_read(&clock->tc);
		if (clock->tc.cycle_last != last) {
			clock->seen = now;
			return ns;
		}
	}
	return clock->tc.nsec + ktime_to_ns(ktime_sub(now, clock->seen));
}

/* Context: clock lock held. */
static void tandem_clock_set(struct tandem_clock *clock, u64 ns)
{
	clock->seen = ktime_get_boottime();
	if (clock->running)
		timecounter_init(&clock->tc, &clock->cc, ns);
	else
		clock->tc.nsec = ns;
}

static int tandem_ptp_adjfine(struct ptp_clock_info *info, long scaled_ppm)
{
	struct tandem_adapter *ad = tandem_from_ptp(info);
	struct tandem_clock *clock = &ad->clock;

	spin_lock_bh(&clock->lock);
	clock->rate = adjust_by_scaled_ppm(TANDEM_TIME_RATE, scaled_ppm);
	if (clock->running)
		tandem_time_set_rate(&ad->hw, clock->rate);
	spin_unlock_bh(&clock->lock);
	return 0;
}

static int tandem_ptp_adjtime(struct ptp_clock_info *info, s64 delta)
{
	struct tandem_clock *clock = &tandem_from_ptp(info)->clock;

	spin_lock_bh(&clock->lock);
	/* without a look at the device: between two of them time is lost */
	if (clock->running)
		timecounter_adjtime(&clock->tc, delta);
	else
		clock->tc.nsec += delta;
	spin_unlock_bh(&clock->lock);
	return 0;
}

static int tandem_ptp_gettimex64(struct ptp_clock_info *info,
				 struct timespec64 *ts,
				 struct ptp_system_timestamp *sts)
{
	struct tandem_clock *clock = &tandem_from_ptp(info)->clock;
	u64 ns;

	spin_lock_bh(&clock->lock);
	ptp_read_system_prets(sts);
	ns = tandem_clock_now(clock);
	ptp_read_system_postts(sts);
	spin_unlock_bh(&clock->lock);
	*ts = ns_to_timespec64(ns);
	return 0;
}

static int tandem_ptp_settime64(struct ptp_clock_info *info,
				const struct timespec64 *ts)
{
	struct tandem_clock *clock = &tandem_from_ptp(info)->clock;

	spin_lock_bh(&clock->lock);
	tandem_clock_set(clock, timespec64_to_ns(ts));
	spin_unlock_bh(&clock->lock);
	return 0;
}

/* A look now and then, so that the device's time never wraps unseen. */
static long tandem_ptp_aux_work(struct ptp_clock_info *info)
{
	struct tandem_clock *clock = &tandem_from_ptp(info)->clock;

	spin_lock_bh(&clock->lock);
	tandem_clock_now(clock);
	spin_unlock_bh(&clock->lock);
	return TANDEM_CLOCK_PERIOD;
}

static int tandem_ptp_enable(struct ptp_clock_info *info,
			     struct ptp_clock_request *req, int on)
{
	return -EOPNOTSUPP;
}

static const struct ptp_clock_info tandem_ptp_info = {
	.owner		= THIS_MODULE,
	.name		= "tandem",
	.max_adj	= TANDEM_CLOCK_MAX_ADJ,
	.adjfine	= tandem_ptp_adjfine,
	.adjtime	= tandem_ptp_adjtime,
	.gettimex64	= tandem_ptp_gettimex64,
	.settime64	= tandem_ptp_settime64,
	.enable		= tandem_ptp_enable,
	.do_aux_work	= tandem_ptp_aux_work,
};

static void tandem_clock_write_filter(struct tandem_adapter *ad)
{
	enum tandem_stamp_rx what = TANDEM_STAMP_RX_NONE;
	u8 msg = 0;

	switch (ad->clock.config.rx_filter) {
	case HWTSTAMP_FILTER_PTP_V2_L2_SYNC:
		what = TANDEM_STAMP_RX_TYPE;
		msg = TANDEM_PTP_SYNC;
		break;
	case HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ:
		what = TANDEM_STAMP_RX_TYPE;
		msg = TANDEM_PTP_DELAY_REQ;
		break;
	case HWTSTAMP_FILTER_PTP_V2_L2_EVENT:
		what = TANDEM_STAMP_RX_EVENTS;
		break;
	}
	tandem_stamp_rx_enable(&ad->hw, what, msg);
}

/**
 * tandem_clock_start - let the clock run, as it was set
 * @ad: port; its device was just reset
 *
 * Context: RTNL or probe.
 */
void tandem_clock_start(struct tandem_adapter *ad)
{
	struct tandem_clock *clock = &ad->clock;
	u64 ns;

	spin_lock_bh(&clock->lock);
	ns = tandem_clock_now(clock);
	tandem_time_set_rate(&ad->hw, clock->rate);
	/* there to be had always: descriptors ask for it */
	tandem_stamp_tx_enable(&ad->hw);
	tandem_clock_write_filter(ad);
	clock->running = true;
	tandem_clock_set(clock, ns);
	spin_unlock_bh(&clock->lock);
}

/**
 * tandem_clock_stop - read the device's time a last time
 * @ad: port; its device is about to be reset, or gone
 *
 * Context: RTNL or probe.
 */
void tandem_clock_stop(struct tandem_adapter *ad)
{
	struct tandem_clock *clock = &ad->clock;

	spin_lock_bh(&clock->lock);
	if (tandem_hw_present(&ad->hw))
		tandem_clock_now(clock);
	clock->running = false;
	spin_unlock_bh(&clock->lock);
}

/* Context: any but hard interrupts. */
static ktime_t tandem_clock_at(struct tandem_clock *clock, u64 time)
{
	u64 ns;

	spin_lock_bh(&clock->lock);
	ns = timecounter_cyc2time(&clock->tc, time);
	spin_unlock_bh(&clock->lock);
	return ns_to_ktime(ns);
}

/**
 * tandem_stamp_rx - when the frame in hand came
 * @ad: port
 *
 * For a frame whose descriptor says that it was stamped. Context: NAPI.
 * Return: time of the port's clock, 0 if somebody else took the stamp.
 */
ktime_t tandem_stamp_rx(struct tandem_adapter *ad)
{
	struct tandem_clock *clock = &ad->clock;
	u64 time;

	if (!tandem_stamp_rx_take(&ad->hw, &time))
		return 0;
	WRITE_ONCE(clock->rx_taken, READ_ONCE(clock->rx_taken) + 1);
	return tandem_clock_at(clock, time);
}

/**
 * tandem_stamp_rx_check - forget a stamp whose frame never came
 * @ad: port, running
 *
 * The device takes no other before that one was read, and who reads it is who
 * takes the frame out of its ring: one that was dropped, or thrown away with a
 * ring, would be the last. Context: process, each service period.
 */
void tandem_stamp_rx_check(struct tandem_adapter *ad)
{
	struct tandem_clock *clock = &ad->clock;
	unsigned int taken = READ_ONCE(clock->rx_taken);
	u64 forget;

	if (!tandem_stamp_rx_waits(&ad->hw)) {
		clock->rx_waits = false;
		return;
	}
	/* the same one as a period ago? */
	if (clock->rx_waits && clock->rx_seen == taken)
		tandem_stamp_rx_take(&ad->hw, &forget);
	clock->rx_waits = !clock->rx_waits || clock->rx_seen != taken;
	clock->rx_seen = taken;
}

/**
 * tandem_stamp_borrow - have the device's transmit stamp for one frame
 * @ad: port
 *
 * Context: any. Return: true if it is lent; the frame's descriptors then say
 * TANDEM_TXD_TSTAMP, and tandem_stamp_return() must follow.
 */
bool tandem_stamp_borrow(struct tandem_adapter *ad)
{
	u64 stale;

	if (test_and_set_bit_lock(0, &ad->clock.lent)) {
		atomic64_inc(&ad->clock.tx_skipped);
		return false;
	}
	/* of a frame whose sender did not wait for it: it is not to be the next
	 * one's, and keeps the device from taking another
	 */
	tandem_stamp_tx_take(&ad->hw, &stale);
	return true;
}

/**
 * tandem_stamp_collect - has the borrowed stamp come?
 * @ad: port
 * @stamp: where to put it: time of the port's clock
 *
 * Context: any but hard interrupts, by the borrower. Return: true if so.
 */
bool tandem_stamp_collect(struct tandem_adapter *ad, ktime_t *stamp)
{
	u64 time;

	if (!tandem_stamp_tx_take(&ad->hw, &time))
		return false;
	*stamp = tandem_clock_at(&ad->clock, time);
	atomic64_inc(&ad->clock.tx_stamped);
	return true;
}

/**
 * tandem_stamp_return - undo tandem_stamp_borrow()
 * @ad: port
 *
 * Context: any.
 */
void tandem_stamp_return(struct tandem_adapter *ad)
{
	clear_bit_unlock(0, &ad->clock.lent);
}

/**
 * tandem_stamp_skb - see to it that a frame of the stack gets a stamp
 * @ad: port
 * @skb: asks for one
 *
 * Context: ndo_start_xmit. Return: true if its descriptors are to say
 * TANDEM_TXD_TSTAMP.
 */
bool tandem_stamp_skb(struct tandem_adapter *ad, struct sk_buff *skb)
{
	struct tandem_clock *clock = &ad->clock;

	if (!READ_ONCE(clock->tx_on) || skb_is_gso(skb) ||
	    !tandem_stamp_borrow(ad))
		return false;
	skb_shinfo(skb)->tx_flags |= SKBTX_IN_PROGRESS;
	clock->tx_skb = skb_get(skb);
	clock->tx_since = jiffies;
	/* there is no interrupt for it */
	schedule_delayed_work(&clock->tx_work, 0);
	return true;
}

static void tandem_stamp_work(struct work_struct *work)
{
	struct tandem_adapter *ad = container_of(to_delayed_work(work),
						 struct tandem_adapter,
						 clock.tx_work);
	struct skb_shared_hwtstamps stamps = {};
	struct tandem_clock *clock = &ad->clock;
	struct sk_buff *skb = clock->tx_skb;
	bool came = tandem_stamp_collect(ad, &stamps.hwtstamp);

	if (!came && time_before(jiffies, clock->tx_since + HZ)) {
		schedule_delayed_work(&clock->tx_work, 1);
		return;
	}
	clock->tx_skb = NULL;
	tandem_stamp_return(ad);
	if (came)
		skb_tstamp_tx(skb, &stamps);
	else
		atomic64_inc(&clock->tx_lost);
	dev_kfree_skb_any(skb);
}

/**
 * tandem_stamp_abandon - nobody waits for a stamp any more
 * @ad: port; the stack sends nothing, and its XDP rings were drained
 *
 * Context: may sleep.
 */
void tandem_stamp_abandon(struct tandem_adapter *ad)
{
	struct tandem_clock *clock = &ad->clock;

	cancel_delayed_work_sync(&clock->tx_work);
	if (!clock->tx_skb)
		return;
	dev_kfree_skb_any(clock->tx_skb);
	clock->tx_skb = NULL;
	atomic64_inc(&clock->tx_lost);
	tandem_stamp_return(ad);
}

/* ethtool_ops.get_ts_info */
int tandem_get_ts_info(struct net_device *netdev,
		       struct kernel_ethtool_ts_info *info)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	info->so_timestamping = SOF_TIMESTAMPING_TX_SOFTWARE;
	if (!ad->clock.ptp)
		return 0;
	info->so_timestamping |= SOF_TIMESTAMPING_TX_HARDWARE |
				 SOF_TIMESTAMPING_RX_HARDWARE |
				 SOF_TIMESTAMPING_RAW_HARDWARE;
	info->phc_index = ptp_clock_index(ad->clock.ptp);
	info->tx_types = BIT(HWTSTAMP_TX_OFF) | BIT(HWTSTAMP_TX_ON);
	info->rx_filters = BIT(HWTSTAMP_FILTER_NONE) |
			   BIT(HWTSTAMP_FILTER_PTP_V2_L2_SYNC) |
			   BIT(HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ) |
			   BIT(HWTSTAMP_FILTER_PTP_V2_L2_EVENT);
	return 0;
}

/* ethtool_ops.get_ts_stats */
void tandem_get_ts_stats(struct net_device *netdev,
			 struct ethtool_ts_stats *stats)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_clock *clock = &ad->clock;

	stats->pkts = atomic64_read(&clock->tx_stamped);
	stats->lost = atomic64_read(&clock->tx_lost);
	stats->err = atomic64_read(&clock->tx_skipped);
}

/* net_device_ops.ndo_hwtstamp_get */
int tandem_hwtstamp_get(struct net_device *netdev,
			struct kernel_hwtstamp_config *config)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	*config = ad->clock.config;
	return 0;
}

/* net_device_ops.ndo_hwtstamp_set; under RTNL */
int tandem_hwtstamp_set(struct net_device *netdev,
			struct kernel_hwtstamp_config *config,
			struct netlink_ext_ack *extack)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_clock *clock = &ad->clock;

	if (config->tx_type != HWTSTAMP_TX_OFF &&
	    config->tx_type != HWTSTAMP_TX_ON) {
		NL_SET_ERR_MSG(extack, "transmit stamps are off or on");
		return -ERANGE;
	}
	switch (config->rx_filter) {
	case HWTSTAMP_FILTER_NONE:
	case HWTSTAMP_FILTER_PTP_V2_L2_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ:
	case HWTSTAMP_FILTER_PTP_V2_L2_EVENT:
		break;
	case HWTSTAMP_FILTER_PTP_V2_EVENT:
		config->rx_filter = HWTSTAMP_FILTER_PTP_V2_L2_EVENT;
		break;
	default:
		NL_SET_ERR_MSG(extack, "only PTPv2 over Ethernet: events, sync, delay requests");
		return -ERANGE;
	}

	clock->config = *config;
	WRITE_ONCE(clock->tx_on, config->tx_type == HWTSTAMP_TX_ON);
	spin_lock_bh(&clock->lock);
	if (clock->running)
		tandem_clock_write_filter(ad);
	spin_unlock_bh(&clock->lock);
	return 0;
}

/**
 * tandem_clock_init - prepare the clock of a port; it shows the system's time
 * @ad: port, before the first reset of its device
 */
void tandem_clock_init(struct tandem_adapter *ad)
{
	struct tandem_clock *clock = &ad->clock;

	spin_lock_init(&clock->lock);
	INIT_DELAYED_WORK(&clock->tx_work, tandem_stamp_work);
	clock->cc.read = tandem_clock_cycles;
	clock->cc.mask = CYCLECOUNTER_MASK(64);
	clock->cc.mult = 1;
	clock->cc.shift = TANDEM_TIME_SHIFT;
	clock->rate = TANDEM_TIME_RATE;
	clock->seen = ktime_get_boottime();
	clock->tc.nsec = ktime_get_real_ns();
}

/**
 * tandem_clock_register - show the clock as /dev/ptp*
 * @ad: port
 *
 * A port without one works all the same. Context: probe.
 */
void tandem_clock_register(struct tandem_adapter *ad)
{
	struct tandem_clock *clock = &ad->clock;

	clock->info = tandem_ptp_info;
	clock->ptp = ptp_clock_register(&clock->info, &ad->pdev->dev);
	if (IS_ERR(clock->ptp)) {
		pci_warn(ad->pdev, "no PTP clock: %pe\n", clock->ptp);
		clock->ptp = NULL;
	}
	if (clock->ptp)
		ptp_schedule_worker(clock->ptp, TANDEM_CLOCK_PERIOD);
}

/**
 * tandem_clock_unregister - undo tandem_clock_register()
 * @ad: port
 */
void tandem_clock_unregister(struct tandem_adapter *ad)
{
	if (ad->clock.ptp)
		ptp_clock_unregister(ad->clock.ptp);
	ad->clock.ptp = NULL;
}
