// SPDX-License-Identifier: GPL-2.0
/*
 * The queue vector: one interrupt, its NAPI, its rings, its moderation.
 *
 * Read upward: tandem_vector_up() and tandem_vector_down() run one, tandem_poll()
 * is the work. How many there are is for vectors.c.
 */
#include <linux/interrupt.h>
#include <linux/smp.h>

#include "../tandem.h"
#include "../trace.h"

/**
 * tandem_vector_arm - let the vector interrupt again
 * @v: queue vector; a cause that is pending fires at once
 */
void tandem_vector_arm(struct tandem_vector *v)
{
	trace_tandem_vector_unmask(v->ad->netdev, v->irq.entry, v->irq.virq);
	/* Before the register write that lets the interrupt in, and before
	 * the look at @missed: pairs with the barrier in tandem_vector_missed().
	 */
	smp_store_mb(v->armed, true);
	if (likely(v->ad->intr_mode == TANDEM_INTR_MSIX))
		tandem_intr_unmask(v->hw, v->mask);
	else
		tandem_intr_single_unmask(v->hw, TANDEM_INTR_SINGLE_RINGS);
	if (READ_ONCE(v->missed))
		napi_schedule(&v->napi);
}

static void tandem_vector_disarm(struct tandem_vector *v)
{
	trace_tandem_vector_mask(v->ad->netdev, v->irq.entry, v->irq.virq);
	WRITE_ONCE(v->armed, false);
	if (v->ad->intr_mode == TANDEM_INTR_MSIX)
		tandem_intr_mask(v->hw, v->mask);
	else
		tandem_intr_single_mask(v->hw, TANDEM_INTR_SINGLE_RINGS);
}

/**
 * tandem_vector_kick - have the vector polled, and armed by that
 * @v: queue vector, up
 *
 * For work that no interrupt announces: descriptors that waited for the link,
 * frames whose interrupt came while the NAPI was off. Context: process.
 */
void tandem_vector_kick(struct tandem_vector *v)
{
	local_bh_disable();
	napi_schedule(&v->napi);
	local_bh_enable();
}

/* Feed the DIM library with what the last interval brought. */
static void tandem_vector_moderate(struct tandem_vector *v)
{
	struct dim_sample sample = {};

	if (!v->rx_itr.adaptive)
		return;
	dim_update_sample(v->rx_itr.events,
			  v->rx.stats.packets + v->tx.stats.packets +
			  v->xdp.stats.packets,
			  v->rx.stats.bytes + v->tx.stats.bytes +
			  v->xdp.stats.bytes, &sample);
	tandem_net_dim(&v->rx_itr.dim, &sample);
}

/**
 * tandem_vector_usecs - the interval that the vector's settings amount to
 * @v: queue vector
 *
 * One register serves both directions of a vector: the shorter interval that
 * somebody asked for wins. Nobody asked for one of sending while that is
 * adaptive: then it is what receiving has. Context: any. Return: microseconds.
 */
u16 tandem_vector_usecs(const struct tandem_vector *v)
{
	if (v->tx_itr.adaptive)
		return v->rx_itr.usecs;
	return min(v->rx_itr.usecs, v->tx_itr.usecs);
}

/**
 * tandem_vector_set_itr - put the vector's moderation into the device
 * @v: queue vector
 *
 * Context: any.
 */
void tandem_vector_set_itr(struct tandem_vector *v)
{
	tandem_intr_set_itr(v->hw, v->irq.entry, tandem_vector_usecs(v));
}

/**
 * tandem_vector_adapt - take the interval that DIM has come to
 * @v: queue vector, adaptive
 *
 * The library knows two profiles for one index. With that of receiving alone a
 * vector that only sends is left for so long that skbs come back by more than
 * the kernel's cache of them takes. Context: under @itr_lock.
 */
void tandem_vector_adapt(struct tandem_vector *v)
{
	const struct dim *dim = &v->rx_itr.dim;
	struct dim_cq_moder rx, tx;

	rx = net_dim_get_rx_moderation(dim->mode, dim->profile_ix);
	tx = net_dim_get_tx_moderation(dim->mode, dim->profile_ix);
	v->rx_itr.usecs = min(rx.usec, tx.usec);
}

static void tandem_dim_work(struct work_struct *work)
{
	struct dim *dim = container_of(work, struct dim, work);
	struct tandem_vector *v = container_of(dim, struct tandem_vector,
					       rx_itr.dim);

	spin_lock(&v->itr_lock);
	if (v->rx_itr.adaptive) {
		tandem_vector_adapt(v);
		tandem_vector_set_itr(v);
	}
	spin_unlock(&v->itr_lock);
	dim->state = DIM_START_MEASURE;
}

static int tandem_poll(struct napi_struct *napi, int budget)
{
	struct tandem_vector *v = container_of(napi, struct tandem_vector,
					       napi);
	struct xsk_buff_pool *pool = v->rx.xsk_pool;
	bool done, busy;
	int work;

	v->stats.polls++;
	/* what is announced from here on may be for frames not seen below */
	WRITE_ONCE(v->missed, false);
	/* pairs with the device's write-back before its interrupt */
	smp_mb();
	if (tandem_tx_waiting(&v->tx))
		tandem_tx_poll(v, budget);
	if (unlikely(!budget))
		return 0;	/* netpoll: nothing but the stack's frames */

	/* Softirqs are a read side already, which lockdep knows; but not where
	 * a program calls what wants this one by name (bpf_fib_lookup()).
	 */
	rcu_read_lock();
	if (pool) {
		done = tandem_xsk_rx_poll(v, budget, &work);
		done &= tandem_xsk_tx_poll(v, &work);
	} else {
		tandem_xdp_reap(v, budget);
		done = tandem_rx_poll(v, budget, &work);
	}
	rcu_read_unlock();
	if (!done)
		return budget;

	/* The whole budget may have been just enough. Say a little less then:
	 * it is how NAPI knows that the poll is complete, and that there was
	 * work, on which the deferral of interrupts depends.
	 */
	work = min(work, budget - 1);
	/* Whoever polls busily keeps the NAPI when the poll completes. */
	busy = READ_ONCE(napi->state) & NAPIF_STATE_IN_BUSY_POLL;
	if (likely(napi_complete_done(napi, work))) {
		v->stats.rearms++;
		tandem_vector_moderate(v);
		tandem_vector_arm(v);
	} else if (pool &&
		   (busy || !test_bit(NAPI_STATE_SCHED, &napi->state))) {
		/* or it is polled once more, and looks again then */
		tandem_xsk_driven(v, pool, busy);
	}
	return work;
}

static void tandem_vector_init_rings(struct tandem_vector *v)
{
	struct tandem_rx_ring *rx = &v->rx;

	rx->v = v;
	rx->netdev = v->ad->netdev;
	u64_stats_init(&rx->syncp);

	v->tx.v = v;
	v->tx.netdev = v->ad->netdev;
	v->tx.index = v->index;
	spin_lock_init(&v->tx.lock);
	u64_stats_init(&v->tx.syncp);

	v->xdp.v = v;
	v->xdp.netdev = v->ad->netdev;
	spin_lock_init(&v->xdp.lock);
	u64_stats_init(&v->xdp.syncp);
}

static void tandem_vector_init_itr(struct tandem_vector *v)
{
	spin_lock_init(&v->itr_lock);
	v->rx_itr.adaptive = v->ad->rx_itr.adaptive;
	v->rx_itr.usecs = v->rx_itr.adaptive ? TANDEM_START_USECS :
					       v->ad->rx_itr.usecs;
	v->tx_itr.adaptive = v->ad->tx_itr.adaptive;
	v->tx_itr.usecs = v->ad->tx_itr.usecs;
	v->rx_itr.dim.mode = DIM_CQ_PERIOD_MODE_START_FROM_EQE;
	INIT_WORK(&v->rx_itr.dim.work, tandem_dim_work);
}

/**
 * tandem_vector_alloc - make a queue vector
 * @ad: port
 * @index: queue number
 * @entry: its interrupt, reserved; given back if this fails
 *
 * Comes with the entry mapped, and a NAPI; without rings and without a
 * handler. Context: RTNL or probe, may sleep. Return: the vector or an
 * ERR_PTR, with nothing left behind.
 */
struct tandem_vector *tandem_vector_alloc(struct tandem_adapter *ad,
					  unsigned int index,
					  unsigned int entry)
{
	int node = dev_to_node(&ad->pdev->dev);
	struct tandem_vector *v;
	int err = -ENOMEM;

	v = kzalloc_node(sizeof(*v), GFP_KERNEL, node);
	if (!v)
		goto unreserve;
	v->ad = ad;
	v->hw = &ad->hw;
	v->index = index;
	v->irq.entry = -ENOENT;
	INIT_CSD(&v->csd, tandem_xsk_wakeup_ipi, v);
	tandem_vector_init_rings(v);
	tandem_vector_init_itr(v);

	err = tandem_irq_map(ad, &v->irq, entry, tandem_irq_start_cpu(v));
	if (err)
		goto free;
	v->mask = BIT(entry);

	netif_napi_add_config(ad->netdev, &v->napi, tandem_poll, index);
	return v;

free:
	kfree(v);
unreserve:
	tandem_entry_unreserve(ad, entry);
	return ERR_PTR(err);
}

/**
 * tandem_vector_free - undo tandem_vector_alloc()
 * @v: queue vector, down and unpublished
 *
 * Context: RTNL or remove, may sleep.
 */
void tandem_vector_free(struct tandem_vector *v)
{
	struct tandem_adapter *ad = v->ad;

	/* Whoever found it under RCU has left, and so has any wakeup on its
	 * way to another CPU.
	 */
	synchronize_net();
	kick_all_cpus_sync();
	tandem_stats_fold(v);
	netif_napi_del(&v->napi);
	tandem_entry_unreserve(ad, tandem_irq_unmap(ad, &v->irq));
	kfree(v);
}

/* With VFs, the port's queues start behind theirs. */
static void tandem_vector_set_queues(struct tandem_vector *v)
{
	u8 queue = v->ad->vfs.num + v->index;

	v->rx.hw_queue = queue;
	v->tx.hw_queue = queue;
	v->xdp.hw_queue = TANDEM_XDP_QUEUE(queue);
}

static void tandem_vector_route(struct tandem_vector *v)
{
	struct tandem_hw *hw = v->hw;

	if (v->ad->intr_mode == TANDEM_INTR_MSIX)
		tandem_intr_auto(hw, v->mask);
	tandem_intr_map_rx(hw, v->rx.hw_queue, v->irq.entry);
	tandem_intr_map_tx(hw, v->tx.hw_queue, v->irq.entry);
	tandem_intr_map_tx(hw, v->xdp.hw_queue, v->irq.entry);
	tandem_vector_set_itr(v);
}

static void tandem_vector_link_queues(struct tandem_vector *v,
				      struct napi_struct *napi)
{
	struct net_device *netdev = v->ad->netdev;

	netif_queue_set_napi(netdev, v->index, NETDEV_QUEUE_TYPE_RX, napi);
	netif_queue_set_napi(netdev, v->index, NETDEV_QUEUE_TYPE_TX, napi);
}

/**
 * tandem_vector_up - give a queue vector its rings and let it run
 * @v: queue vector, down
 *
 * Context: RTNL, may sleep. Return: 0 or a negative errno, with everything
 * undone in reverse.
 */
int tandem_vector_up(struct tandem_vector *v)
{
	int err;

	tandem_vector_set_queues(v);
	err = tandem_rings_alloc(v);
	if (err)
		return err;
	err = tandem_rx_attach_memory(v);
	if (err)
		goto free_rings;
	err = tandem_irq_request(v);
	if (err)
		goto detach;
	err = tandem_rings_start(v);
	if (err)
		goto release;

	v->rx.prog = v->ad->prog;
	v->rx_itr.dim.state = DIM_START_MEASURE;
	tandem_vector_route(v);
	napi_enable(&v->napi);
	tandem_vector_link_queues(v, &v->napi);
	WRITE_ONCE(v->up, true);
	tandem_vector_kick(v);
	return 0;

release:
	tandem_irq_release(v);
detach:
	tandem_rx_detach_memory(v);
free_rings:
	tandem_rings_free(v);
	return err;
}

/* napi_disable() waits until nobody owns the NAPI; a poll that has just
 * completed may still be at what it does after that.
 */
static void tandem_vector_stop_polling(struct tandem_vector *v)
{
	napi_disable(&v->napi);
	synchronize_net();
	/* the last poll armed the vector when it completed */
	if (READ_ONCE(v->armed))
		tandem_vector_disarm(v);
}

/**
 * tandem_vector_down - undo tandem_vector_up()
 * @v: queue vector
 *
 * Leaves the stack's queue stopped, but that of a vector that is unpublished,
 * where nobody posts. Context: RTNL, may sleep.
 */
void tandem_vector_down(struct tandem_vector *v)
{
	struct netdev_queue *txq;

	if (!v->up)
		return;
	WRITE_ONCE(v->up, false);
	tandem_vector_disarm(v);
	synchronize_irq(v->irq.virq);
	tandem_vector_link_queues(v, NULL);
	tandem_vector_stop_polling(v);
	cancel_work_sync(&v->rx_itr.dim.work);

	/* The NAPI, which would wake the queue, is off: once whoever is posting
	 * lets go of the lock, nothing is posted any more.
	 */
	txq = netdev_get_tx_queue(v->ad->netdev, v->index);
	if (v->ad->vector[v->index] == v) {
		__netif_tx_lock_bh(txq);
		netif_tx_stop_queue(txq);
		__netif_tx_unlock_bh(txq);
	}
	tandem_rings_stop(v);
	netdev_tx_reset_queue(txq);
	tandem_intr_unmap_queue(v->hw, v->rx.hw_queue);
	tandem_intr_unmap_queue(v->hw, v->xdp.hw_queue);
	tandem_irq_release(v);
	tandem_rx_detach_memory(v);
	tandem_rings_free(v);
}

/**
 * tandem_vector_quiesce - stop polling, so that the rings may be changed
 * @v: queue vector, up
 *
 * Context: RTNL, may sleep.
 */
void tandem_vector_quiesce(struct tandem_vector *v)
{
	tandem_vector_disarm(v);
	tandem_vector_stop_polling(v);
}

/**
 * tandem_vector_resume - undo tandem_vector_quiesce()
 * @v: queue vector
 *
 * Context: process.
 */
void tandem_vector_resume(struct tandem_vector *v)
{
	napi_enable(&v->napi);
	tandem_vector_kick(v);
}
