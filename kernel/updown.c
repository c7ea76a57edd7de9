// SPDX-License-Identifier: GPL-2.0
/*
 * A port goes up and down, and comes back after a reset. Each is a list of
 * named steps; every step has its opposite.
 */
#include <linux/rtnetlink.h>

#include "tandem.h"

#define TANDEM_SERVICE_PERIOD	(2 * HZ)
/* An XDP ring that stands still for so many looks hangs: some six seconds. */
#define TANDEM_TX_HUNG_LOOKS	3
#define TANDEM_OTHER_CAUSES	(TANDEM_ICR_LSC | TANDEM_ICR_RXO | \
				 TANDEM_ICR_VMMB | TANDEM_ICR_DOUTSYNC)
#define TANDEM_ADVERTISE_ALL	(TANDEM_ADV_SPEEDS | TANDEM_ADV_PAUSE)

/* Everything that a reset has taken away and that is not a queue. */
static void tandem_write_config(struct tandem_adapter *ad)
{
	struct net_device *netdev = ad->netdev;
	struct tandem_hw *hw = &ad->hw;

	tandem_hw_set_rar(hw, 0, netdev->dev_addr, BIT(ad->vfs.num));
	netif_addr_lock_bh(netdev);
	tandem_write_rx_mode(ad);
	netif_addr_unlock_bh(netdev);
	tandem_write_vlans(ad);
	tandem_write_vlan_strip(ad, netdev->features & NETIF_F_HW_VLAN_CTAG_RX);
	tandem_hw_rx_csum(hw, netdev->features & NETIF_F_RXCSUM);
	tandem_write_max_frame(ad, tandem_max_frame(netdev->mtu));
	if (!ad->vfs.num)
		tandem_hw_write_rss(hw, &ad->rss);
}

static void tandem_arm_other(struct tandem_adapter *ad)
{
	struct tandem_hw *hw = &ad->hw;

	if (ad->intr_mode == TANDEM_INTR_SINGLE) {
		tandem_intr_single_unmask(hw, TANDEM_OTHER_CAUSES);
		return;
	}
	tandem_intr_map_other(hw, ad->other_shared ?
			      ad->vector[0]->irq.entry : ad->other.entry);
	tandem_intr_set_other_causes(hw, TANDEM_OTHER_CAUSES);
	if (!ad->other_shared) {
		tandem_intr_auto(hw, BIT(ad->other.entry));
		tandem_other_unmask(ad);
	}
}

static void tandem_vectors_down(struct tandem_adapter *ad, unsigned int num)
{
	while (num--)
		tandem_vector_down(ad->vector[num]);
}

static bool tandem_table_names(const struct tandem_adapter *ad, unsigned int queue)
{
	unsigned int i;

	for (i = 0; i < TANDEM_RETA_ENTRIES; i++)
		if (ad->rss.table[i] >= queue)
			return netif_is_rxfh_configured(ad->netdev);
	return false;
}

/* That the CPUs have no room for an interrupt may come out only when it is
 * requested. Fewer ring pairs are better than none then, unless a socket or the
 * administrator's table counts on the others.
 */
static bool tandem_make_do(struct tandem_adapter *ad, unsigned int num)
{
	unsigned int want = ad->num_vectors;

	if (!num || tandem_table_names(ad, num) ||
	    tandem_set_vectors(ad, num, NULL))
		return false;
	tandem_hw_write_reta(&ad->hw, &ad->rss);
	netdev_info(ad->netdev,
		    "%u ring pairs: wanted %u, and the CPUs have no room for more interrupts\n",
		    num, want);
	return true;
}

static int tandem_vectors_up(struct tandem_adapter *ad)
{
	unsigned int i;
	int err;

	for (i = 0; i < ad->num_vectors; i++) {
		err = tandem_vector_up(ad->vector[i]);
		if (err == -ENOSPC && tandem_make_do(ad, i))
			return 0;
		if (err) {
			netdev_err(ad->netdev, "queue vector %u: %pe\n", i,
				   ERR_PTR(err));
			tandem_vectors_down(ad, i);
			return err;
		}
	}
	return 0;
}

/**
 * tandem_up - let a port run
 * @ad: port, down, its device fresh from tandem_device_reset()
 *
 * Context: RTNL, may sleep. Return: 0 or a negative errno with the port down.
 */
int tandem_up(struct tandem_adapter *ad)
{
	int err;

	tandem_write_config(ad);
	tandem_intr_setup(&ad->hw, ad->intr_mode);
	err = tandem_other_request(ad);
	if (err)
		return err;

	/* before the first tail write of a receive queue */
	tandem_hw_rx_enable(&ad->hw, true);
	tandem_hw_tx_enable(&ad->hw, true);
	err = tandem_vectors_up(ad);
	if (err)
		goto disable;

	clear_bit(TANDEM_DOWN, &ad->flags);
	/* now that it is known how many queues there are */
	tandem_steer_restore(ad);
	tandem_arm_other(ad);
	if (ad->netdev->features & NETIF_F_LOOPBACK)
		err = tandem_hw_set_loopback(&ad->hw, true);
	else
		err = tandem_link_start(&ad->hw, TANDEM_ADVERTISE_ALL);
	if (err)
		netdev_warn(ad->netdev, "link not started: %pe\n",
			    ERR_PTR(err));
	/* not only started: what was queued meanwhile has no one else to move it */
	netif_tx_wake_all_queues(ad->netdev);
	schedule_work(&ad->link_task);
	queue_delayed_work(system_percpu_wq, &ad->service, TANDEM_SERVICE_PERIOD);
	return 0;

disable:
	tandem_hw_tx_enable(&ad->hw, false);
	tandem_hw_rx_enable(&ad->hw, false);
	tandem_other_release(ad);
	return err;
}

/**
 * tandem_down - stop a port
 * @ad: port; nothing happens if it is down
 *
 * Nothing touches the device's rings when this returns. Context: RTNL, may
 * sleep.
 */
void tandem_down(struct tandem_adapter *ad)
{
	if (test_and_set_bit(TANDEM_DOWN, &ad->flags))
		return;
	cancel_delayed_work_sync(&ad->service);
	cancel_work_sync(&ad->link_task);
	netif_carrier_off(ad->netdev);
	ad->link = (struct tandem_link){};
	netif_tx_disable(ad->netdev);
	/* ndo_xdp_xmit() and ndo_xsk_wakeup() see TANDEM_DOWN from here on */
	synchronize_net();

	tandem_intr_mask_all(&ad->hw);
	tandem_hw_rx_enable(&ad->hw, false);
	tandem_vectors_down(ad, ad->num_vectors);
	tandem_stamp_abandon(ad);
	tandem_hw_tx_enable(&ad->hw, false);
	tandem_other_release(ad);
	tandem_refresh_stats(ad);
}

/**
 * tandem_device_reset - reset the device and give it its fixed settings
 * @ad: port, down
 *
 * Context: may sleep. Return: 0 or a negative errno.
 */
int tandem_device_reset(struct tandem_adapter *ad)
{
	int err;

	tandem_sriov_stop(ad);
	tandem_clock_stop(ad);
	err = tandem_hw_reset(&ad->hw);
	if (err)
		return err;
	/* a ring that did not stop may have cost us this */
	pci_set_master(ad->pdev);
	tandem_hw_init(&ad->hw);
	tandem_clock_start(ad);
	tandem_sriov_start(ad);
	return 0;
}

/**
 * tandem_reinit - down, reset, up
 * @ad: port, up
 *
 * Context: RTNL, may sleep. Return: 0 or a negative errno with the port down.
 */
int tandem_reinit(struct tandem_adapter *ad)
{
	int err;

	tandem_down(ad);
	/* all that asked for it by now get it */
	clear_bit(TANDEM_WANTS_RESET, &ad->flags);
	err = tandem_device_reset(ad);
	if (!err)
		err = tandem_up(ad);
	if (err) {
		netdev_err(ad->netdev, "reset failed, port is down: %pe\n",
			   ERR_PTR(err));
		/* what went wrong on the way down would ask for ever */
		clear_bit(TANDEM_WANTS_RESET, &ad->flags);
	}
	return err;
}

/**
 * tandem_rx_restart - start a receive ring afresh, as its memory is
 * @v: queue vector, up
 *
 * Context: RTNL, may sleep.
 */
void tandem_rx_restart(struct tandem_vector *v)
{
	int err;

	tandem_vector_quiesce(v);
	tandem_rx_stop(v);
	tandem_rx_detach_memory(v);
	err = tandem_rx_attach_memory(v);
	if (!err)
		err = tandem_rx_start(v);
	tandem_vector_resume(v);
	if (err)
		tandem_want_reset(v->ad);
}

/* New rings for a vector. Its queue waits meanwhile, the others do not; without
 * a ring it stays stopped until the reset.
 */
static int tandem_vector_renew(struct tandem_vector *v)
{
	int err;

	tandem_vector_down(v);
	err = tandem_vector_up(v);
	if (!err)
		netif_tx_wake_queue(netdev_get_tx_queue(v->ad->netdev,
							v->index));
	return err;
}

/**
 * tandem_set_rings - change the number of descriptors
 * @ad: port, up or down
 * @rx_count: receive descriptors, a power of two
 * @tx_count: transmit descriptors, a power of two
 *
 * One vector after the other; the link does not notice. Context: RTNL, may
 * sleep. Return: 0 or a negative errno, with the old sizes in force.
 */
int tandem_set_rings(struct tandem_adapter *ad, u16 rx_count, u16 tx_count)
{
	u16 old_rx = ad->rx_count, old_tx = ad->tx_count;
	unsigned int i;
	int err = 0;

	if (!tandem_running(ad)) {
		ad->rx_count = rx_count;
		ad->tx_count = tx_count;
		return 0;
	}

	ad->rx_count = rx_count;
	ad->tx_count = tx_count;
	for (i = 0; i < ad->num_vectors && !err; i++)
		err = tandem_vector_renew(ad->vector[i]);
	if (!err)
		return 0;

	/* Nothing was lost but time: put the old sizes back. */
	ad->rx_count = old_rx;
	ad->tx_count = old_tx;
	for (i = 0; i < ad->num_vectors; i++)
		if (tandem_vector_renew(ad->vector[i]))
			tandem_want_reset(ad);
	return err;
}

static void tandem_link_changed(struct tandem_adapter *ad)
{
	struct net_device *netdev = ad->netdev;
	struct tandem_vector *v;
	unsigned int i;

	tandem_sriov_link_changed(ad);
	if (!ad->link.up) {
		netif_carrier_off(netdev);
		netdev_info(netdev, "link is down\n");
		return;
	}
	clear_bit(TANDEM_STRANDED, &ad->flags);
	netdev_info(netdev, "link is up, %u Mb/s, %s duplex\n", ad->link.speed,
		    ad->link.full_duplex ? "full" : "half");
	tandem_hw_set_pause(&ad->hw, ad->link.rx_pause, ad->link.tx_pause);
	/* queues are not woken: one may be without its ring just now */
	netif_carrier_on(netdev);
	rcu_read_lock();
	for (i = 0; i < TANDEM_MAX_PAIRS; i++) {
		v = READ_ONCE(ad->vector[i]);
		if (v && READ_ONCE(ad->xsk_pool[i]))
			tandem_vector_kick(v);
	}
	rcu_read_unlock();
}

/* Runs without RTNL: tandem_down() cancels it first, and vectors that come
 * and go under tandem_set_vectors() are unpublished, then freed after RCU.
 */
static void tandem_link_task(struct work_struct *work)
{
	struct tandem_adapter *ad = container_of(work, struct tandem_adapter,
						 link_task);
	const struct tandem_link *was = &ad->link;
	struct tandem_link now;

	if (!tandem_running(ad))
		return;
	if (!tandem_link_get(&ad->hw, &now) && was->up) {
		/* as it was; the next look may say more */
		now.rx_pause = was->rx_pause;
		now.tx_pause = was->tx_pause;
	}
	if (now.up == was->up && now.speed == was->speed &&
	    now.full_duplex == was->full_duplex &&
	    now.rx_pause == was->rx_pause && now.tx_pause == was->tx_pause)
		return;
	ad->link = now;
	tandem_link_changed(ad);
}

/* Is there something in the ring of which nothing was sent since the last look?
 * How often a poll came meanwhile is counted.
 */
static bool tandem_tx_stands(struct tandem_tx_ring *ring)
{
	bool waits = ring->running &&
		     READ_ONCE(ring->ntc) != READ_ONCE(ring->ntu);
	u64 polls = READ_ONCE(ring->v->stats.polls);
	u64 sent = READ_ONCE(ring->stats.packets);
	bool stands = waits && ring->waited && ring->sent_at == sent;

	if (!stands)
		ring->stood = 0;
	else if (ring->polls_at != polls && ring->stood < TANDEM_TX_HUNG_LOOKS)
		ring->stood++;
	ring->waited = waits;
	ring->sent_at = sent;
	ring->polls_at = polls;
	return stands;
}

/* The stack's watchdog looks at queues of the stack, while there is carrier. The
 * rest is looked at here: the XDP rings, and all rings without link, when the
 * device need not finish what it had to send. What it did finish the poll takes
 * out before the next look.
 */
static void tandem_watch_tx(struct tandem_adapter *ad)
{
	bool carrier = netif_carrier_ok(ad->netdev);
	bool stands, stranded = false;
	struct tandem_vector *v;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < READ_ONCE(ad->num_vectors); i++) {
		v = READ_ONCE(ad->vector[i]);
		if (!v || !READ_ONCE(v->up))
			continue;
		tandem_tx_stands(&v->tx);
		stands = tandem_tx_stands(&v->xdp);
		if (stands || (!carrier && (v->tx.waited || v->xdp.waited)))
			tandem_vector_kick(v);
		if (!carrier) {
			stranded |= v->tx.stood || v->xdp.stood;
		} else if (v->xdp.stood == TANDEM_TX_HUNG_LOOKS) {
			v->xdp.stood = 0;
			tandem_tx_stuck(ad, i);
		}
	}
	rcu_read_unlock();
	/* once: what netpoll goes on posting without link would make it many */
	if (!stranded || test_and_set_bit(TANDEM_STRANDED, &ad->flags))
		return;
	netdev_info(ad->netdev, "frames stay behind without link, resetting\n");
	tandem_want_reset(ad);
}

/* A page ring without buffers enough for a frame cannot raise an interrupt. */
static void tandem_feed_starving(struct tandem_adapter *ad)
{
	const u16 few = DIV_ROUND_UP(TANDEM_MAX_FRAME, 3 * SZ_1K);
	struct tandem_vector *v;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < READ_ONCE(ad->num_vectors); i++) {
		v = READ_ONCE(ad->vector[i]);
		if (!v || !v->rx.running || v->rx.xsk_pool)
			continue;
		if (tandem_ring_used(READ_ONCE(v->rx.ntu),
				     READ_ONCE(v->rx.ntc), v->rx.mask) < few)
			tandem_vector_kick(v);
	}
	rcu_read_unlock();
}

static void tandem_service(struct work_struct *work)
{
	struct tandem_adapter *ad = container_of(to_delayed_work(work),
						 struct tandem_adapter,
						 service);

	if (!tandem_running(ad))
		return;
	tandem_refresh_stats(ad);
	tandem_feed_starving(ad);
	tandem_watch_tx(ad);
	tandem_stamp_rx_check(ad);
	tandem_arfs_expire(ad);
	/* a link interrupt that got lost is made up for here */
	schedule_work(&ad->link_task);
	queue_delayed_work(system_percpu_wq, &ad->service, TANDEM_SERVICE_PERIOD);
}

static void tandem_reset_task(struct work_struct *work)
{
	struct tandem_adapter *ad = container_of(work, struct tandem_adapter,
						 reset_task);

	if (test_and_clear_bit(TANDEM_TX_HUNG, &ad->flags)) {
		ad->tx_timeouts++;
		tandem_tx_hung(ad);
	}
	if (!test_and_clear_bit(TANDEM_WANTS_RESET, &ad->flags))
		return;

	rtnl_lock();
	/* an administrator who closed the port meanwhile has the last word */
	if (netif_running(ad->netdev) && netif_device_present(ad->netdev) &&
	    !test_bit(TANDEM_REMOVING, &ad->flags)) {
		ad->resets++;
		tandem_reinit(ad);
	}
	rtnl_unlock();
}

/**
 * tandem_want_reset - have the port reset
 * @ad: port, which may be down by the time
 *
 * Context: any.
 */
void tandem_want_reset(struct tandem_adapter *ad)
{
	set_bit(TANDEM_WANTS_RESET, &ad->flags);
	schedule_work(&ad->reset_task);
}

/**
 * tandem_tx_stuck - have it reported that a queue does not get on
 * @ad: port
 * @queue: the queue, by its vector; the latest counts
 *
 * Context: any.
 */
void tandem_tx_stuck(struct tandem_adapter *ad, unsigned int queue)
{
	WRITE_ONCE(ad->tx_hung_queue, queue);
	set_bit(TANDEM_TX_HUNG, &ad->flags);
	schedule_work(&ad->reset_task);
}

/**
 * tandem_tasks_init - prepare the deferred work of a port
 * @ad: port
 */
void tandem_tasks_init(struct tandem_adapter *ad)
{
	mutex_init(&ad->stats_lock);
	INIT_DELAYED_WORK(&ad->service, tandem_service);
	INIT_WORK(&ad->link_task, tandem_link_task);
	INIT_WORK(&ad->reset_task, tandem_reset_task);
}

/**
 * tandem_tasks_cancel - no deferred work any more
 * @ad: port being removed
 *
 * Context: may sleep; not under RTNL, which the reset task takes.
 */
void tandem_tasks_cancel(struct tandem_adapter *ad)
{
	cancel_delayed_work_sync(&ad->service);
	cancel_work_sync(&ad->link_task);
	cancel_work_sync(&ad->reset_task);
	/* a port that was closed with VFs hurried it on */
	cancel_delayed_work_sync(&ad->vfs.poll);
}
