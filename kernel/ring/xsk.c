// SPDX-License-Identifier: GPL-2.0
/*
 * AF_XDP zero-copy: bind, unbind, wakeup. Receive and transmit are in
 * xsk_rx.c and xsk_tx.c.
 *
 * A pool bound to queue n touches ring pair n and vector n only.
 *
 * Lost wakeups are the classic bug here. The rule: say that a wakeup is
 * needed, then look at the socket's ring again. Flags are cleared only by the
 * NAPI that owns the vector, before it completes; they may be set late by one
 * that no longer owns it, which costs a needless system call and no packet. The
 * core keeps a copy of a flag beside it and changes both in turn, so whoever
 * clears one holds the lock of the XDP ring, and the one who is late as well.
 */
#include <linux/filter.h>
#include <net/xdp_sock_drv.h>

#include "../tandem.h"
#include "../trace.h"

/**
 * tandem_xsk_wakeup_ipi - a wakeup arriving on the vector's own CPU
 * @data: queue vector
 *
 * Context: hard interrupt.
 */
void tandem_xsk_wakeup_ipi(void *data)
{
	struct tandem_vector *v = data;

	clear_bit(0, &v->calling);
	/* Who found it taken relies on the poll that follows: pairs with the
	 * test_and_set_bit() in tandem_xsk_call().
	 */
	smp_mb__after_atomic();
	napi_schedule(&v->napi);
}

/* Run the NAPI on a CPU of @home, which this one is none of. Return: false if there
 * is none. Context: preemption off.
 */
static bool tandem_xsk_call(struct tandem_vector *v, const struct cpumask *home)
{
	unsigned int cpu = cpumask_any_and(home, cpu_online_mask);

	/* An IPI is under way that has not polled yet: it will see what this
	 * caller wants. The call itself does not stand two callers at a time.
	 */
	if (test_and_set_bit(0, &v->calling))
		return true;
	if (cpu >= nr_cpu_ids || smp_call_function_single_async(cpu, &v->csd)) {
		clear_bit(0, &v->calling);
		return false;
	}
	atomic64_inc(&v->wakeup_ipis);
	return true;
}

/**
 * tandem_xsk_wakeup - ndo_xsk_wakeup
 * @netdev: port
 * @qid: queue
 * @flags: XDP_WAKEUP_RX, XDP_WAKEUP_TX; one NAPI does both
 *
 * Runs the NAPI of the vector without a hardware interrupt: here if this CPU
 * may serve the vector, else by an IPI to the one that does.
 *
 * Context: RCU read side, process. Return: 0; -ENETDOWN if the port is down
 * or has no carrier, -EINVAL if there is no such queue, -ENXIO if no pool is
 * bound to it.
 */
int tandem_xsk_wakeup(struct net_device *netdev, u32 qid, u32 flags)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_vector *v;
	const struct cpumask *home;
	bool called;

	if (unlikely(!tandem_running(ad) || !netif_carrier_ok(netdev)))
		return -ENETDOWN;
	if (unlikely(qid >= TANDEM_MAX_PAIRS))
		return -EINVAL;
	v = READ_ONCE(ad->vector[qid]);
	if (unlikely(!v))
		return -EINVAL;
	if (unlikely(!READ_ONCE(ad->xsk_pool[qid])))
		return -ENXIO;

	atomic64_inc(&v->wakeups);
	/* Order user space's producer index before the looks at who is about to
	 * poll anyway; pairs with what orders the poll behind their bits: the
	 * NAPI's state and @calling.
	 */
	smp_mb__after_atomic();
	trace_tandem_wakeup(netdev, qid, flags);
	if (napi_if_scheduled_mark_missed(&v->napi))
		return 0;

	/* An IPI to its own CPU would leave the softirq to whatever comes next. */
	home = tandem_irq_home(v);
	called = !cpumask_test_cpu(get_cpu(), home ?: cpu_all_mask) &&
		 tandem_xsk_call(v, home);
	put_cpu();
	if (!called)
		tandem_vector_kick(v);
	return 0;
}

static void tandem_xsk_call_for(struct xsk_buff_pool *pool)
{
	xsk_set_rx_need_wakeup(pool);
	xsk_set_tx_need_wakeup(pool);
}

/**
 * tandem_xsk_driven - while user space drives the vector, it is to come
 * @v: queue vector whose poll did not arm the interrupt
 * @pool: its pool as the poll knew it
 * @owner: the caller still owns the NAPI, as who polls busily does
 *
 * Nobody else comes back here soon, whatever the poll thought: say so. Late or
 * for nothing, it costs a system call. Context: NAPI, or one that was it until
 * now: whoever takes @pool away waits for it by synchronize_net().
 */
void tandem_xsk_driven(struct tandem_vector *v, struct xsk_buff_pool *pool,
		       bool owner)
{
	if (!xsk_uses_need_wakeup(pool))
		return;
	if (owner) {
		tandem_xsk_call_for(pool);
		return;
	}
	spin_lock(&v->xdp.lock);
	tandem_xsk_call_for(pool);
	spin_unlock(&v->xdp.lock);
}

/* Can the device receive frames of up to @frame into this pool, which is mapped? They
 * fit into one buffer, or it takes frames of several buffers of at least the device's
 * unit of 1 KiB.
 */
static bool tandem_xsk_frame_fits(struct xsk_buff_pool *pool, u32 frame)
{
	u32 size = xsk_pool_get_rx_frame_size(pool);

	if (frame <= size)
		return true;
	return (pool->umem->flags & XDP_UMEM_SG_FLAG) && size >= SZ_1K &&
	       frame <= size / SZ_1K * SZ_1K * TANDEM_XSK_MAX_SEGS;
}

/* May the program see them? Those of several buffers only if it is made for that. */
static bool tandem_xsk_prog_fits(struct xsk_buff_pool *pool,
				 const struct bpf_prog *prog, u32 frame)
{
	return !prog || prog->aux->xdp_has_frags ||
	       frame <= xsk_pool_get_rx_frame_size(pool);
}

/**
 * tandem_xsk_allows - does a pool leave the port this program and MTU?
 * @pool: pool on record, or NULL
 * @prog: program or NULL
 * @frame: largest frame of the port, without FCS
 *
 * The core unbinds a pool whose last socket has gone from a work item that waits
 * for RTNL; until then it is on record here, but constrains nobody. Context: RTNL,
 * may sleep.
 */
bool tandem_xsk_allows(struct xsk_buff_pool *pool, const struct bpf_prog *prog,
		       u32 frame)
{
	if (!pool || (tandem_xsk_frame_fits(pool, frame) &&
		      tandem_xsk_prog_fits(pool, prog, frame)))
		return true;
	/* A socket that was closed lets go of its pool by RCU. */
	rcu_barrier();
	return !refcount_read(&pool->users);
}

/* Exchange the memory of one queue pair, nothing else; the link and the other
 * queues do not notice. The adapter's record says what comes next.
 */
static int tandem_xsk_swap(struct tandem_vector *v, struct xsk_buff_pool *old,
			   struct xsk_buff_pool *new)
{
	struct tandem_adapter *ad = v->ad;
	int err, back;

	if (!v->up) {
		WRITE_ONCE(ad->xsk_pool[v->index], new);
		return 0;
	}

	tandem_vector_quiesce(v);
	tandem_rx_stop(v);
	/* Frames of the old pool must be completed into it, and pages that
	 * XDP_TX sends be back before their page_pool goes.
	 */
	tandem_tx_ring_stop(&v->xdp);
	tandem_rx_detach_memory(v);

	WRITE_ONCE(ad->xsk_pool[v->index], new);
	err = tandem_rx_attach_memory(v);
	if (err && !new)
		goto start;
	if (err) {
		WRITE_ONCE(ad->xsk_pool[v->index], old);
		tandem_rx_attach_memory(v); /* or not: see below */
	}
start:
	back = tandem_tx_ring_start(&v->xdp);
	if (!back && v->rx.attached)
		back = tandem_rx_start(v);
	tandem_vector_resume(v);
	/* A queue left without memory or without an answer from the device
	 * is put right by a reset.
	 */
	if (back || !v->rx.attached)
		tandem_want_reset(ad);
	return err;
}

/* Why a queue takes no pool. bind() has only a number for whoever called it, and
 * the core gives the driver no extack: the log has the reason.
 */
static int tandem_xsk_refuse(const struct tandem_adapter *ad, u16 qid, int err,
			     const char *why)
{
	netdev_info(ad->netdev, "no zero-copy socket on queue %u: %s\n", qid,
		    why);
	return err;
}

static int tandem_xsk_enable(struct tandem_adapter *ad,
			     struct xsk_buff_pool *pool, u16 qid)
{
	u32 frame = tandem_max_frame(ad->netdev->mtu) - ETH_FCS_LEN;
	struct device *dev = &ad->pdev->dev;
	int err;

	if (qid >= ad->num_vectors)
		return tandem_xsk_refuse(ad, qid, -EINVAL,
					 "there is no such queue, see ethtool -L");
	if (ad->xsk_pool[qid])
		return tandem_xsk_refuse(ad, qid, -EBUSY, "it has one");
	/* what a chunk has room for is known once it is mapped */
	err = xsk_pool_dma_map(pool, dev, DMA_ATTR_SKIP_CPU_SYNC);
	if (err)
		return tandem_xsk_refuse(ad, qid, err,
					 "its memory cannot be mapped");
	if (!tandem_xsk_frame_fits(pool, frame))
		err = tandem_xsk_refuse(ad, qid, -EOPNOTSUPP,
					"the MTU does not fit its chunks: lower it, use larger chunks, or XDP_USE_SG");
	else if (!tandem_xsk_prog_fits(pool, ad->prog, frame))
		err = tandem_xsk_refuse(ad, qid, -EOPNOTSUPP,
					"frames take several chunks, and the program does not declare frags (SEC \"xdp.frags\")");
	else
		err = tandem_xsk_swap(ad->vector[qid], NULL, pool);
	if (err)
		goto unmap;
	return 0;

unmap:
	xsk_pool_dma_unmap(pool, DMA_ATTR_SKIP_CPU_SYNC);
	return err;
}

static int tandem_xsk_disable(struct tandem_adapter *ad, u16 qid)
{
	struct xsk_buff_pool *pool;

	/* May come late, twice, or for a queue that is gone. */
	if (qid >= TANDEM_MAX_PAIRS || !ad->xsk_pool[qid])
		return 0;
	pool = ad->xsk_pool[qid];
	if (ad->vector[qid])
		tandem_xsk_swap(ad->vector[qid], pool, NULL);
	WRITE_ONCE(ad->xsk_pool[qid], NULL);
	xsk_pool_dma_unmap(pool, DMA_ATTR_SKIP_CPU_SYNC);
	return 0;
}

/**
 * tandem_xsk_setup_pool - ndo_bpf(XDP_SETUP_XSK_POOL)
 * @ad: port
 * @pool: pool to bind, or NULL to unbind
 * @qid: queue
 *
 * Context: RTNL, may sleep. Return: 0 or a negative errno, with everything
 * as it was.
 */
int tandem_xsk_setup_pool(struct tandem_adapter *ad, struct xsk_buff_pool *pool,
			  u16 qid)
{
	return pool ? tandem_xsk_enable(ad, pool, qid) :
		      tandem_xsk_disable(ad, qid);
}
