// SPDX-License-Identifier: GPL-2.0
/* Ring memory and the enable/disable hand-shake with the device. */
#include <linux/dma-mapping.h>
#include <net/page_pool/helpers.h>

#include "../tandem.h"

/* What the device may write behind XDP_PACKET_HEADROOM in a page: 3 KiB, the
 * largest multiple of the device's unit (1 KiB) that leaves room for
 * skb_shared_info in 4 KiB: 256 + 3072 + 320 = 3648.
 */
#define TANDEM_PAGE_BUF_KIB	3
#define TANDEM_PAGE_BUF_LEN	(TANDEM_PAGE_BUF_KIB * SZ_1K)

static_assert(XDP_PACKET_HEADROOM + TANDEM_PAGE_BUF_LEN +
	      SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) <= PAGE_SIZE);

static int tandem_tx_alloc(struct device *dev, struct tandem_tx_ring *ring,
			   u16 count)
{
	ring->count = count;
	ring->mask = count - 1;
	ring->desc = dma_alloc_coherent(dev, count * sizeof(*ring->desc),
					&ring->dma, GFP_KERNEL);
	if (!ring->desc)
		return -ENOMEM;

	ring->span = kvcalloc(count, sizeof(*ring->span), GFP_KERNEL);
	if (!ring->span)
		goto free_desc;

	ring->map = kvcalloc(count, sizeof(*ring->map), GFP_KERNEL);
	if (!ring->map)
		goto free_span;

	ring->report = kvcalloc(count, sizeof(*ring->report), GFP_KERNEL);
	if (!ring->report)
		goto free_map;

	return 0;

free_map:
	kvfree(ring->map);
	ring->map = NULL;
free_span:
	kvfree(ring->span);
	ring->span = NULL;
free_desc:
	dma_free_coherent(dev, count * sizeof(*ring->desc), ring->desc,
			  ring->dma);
	ring->desc = NULL;
	return -ENOMEM;
}

static void tandem_tx_free(struct device *dev, struct tandem_tx_ring *ring)
{
	kvfree(ring->report);
	ring->report = NULL;
	kvfree(ring->map);
	ring->map = NULL;
	kvfree(ring->span);
	ring->span = NULL;
	dma_free_coherent(dev, ring->count * sizeof(*ring->desc), ring->desc,
			  ring->dma);
	ring->desc = NULL;
}

static int tandem_rx_alloc(struct device *dev, struct tandem_rx_ring *rx,
			   u16 count)
{
	rx->count = count;
	rx->mask = count - 1;
	rx->desc = dma_alloc_coherent(dev, count * sizeof(*rx->desc), &rx->dma,
				      GFP_KERNEL);
	if (!rx->desc)
		return -ENOMEM;

	rx->slot = kvcalloc(count, sizeof(*rx->slot), GFP_KERNEL);
	if (!rx->slot) {
		dma_free_coherent(dev, count * sizeof(*rx->desc), rx->desc,
				  rx->dma);
		rx->desc = NULL;
		return -ENOMEM;
	}
	return 0;
}

static void tandem_rx_free(struct device *dev, struct tandem_rx_ring *rx)
{
	kvfree(rx->slot);
	rx->slot = NULL;
	dma_free_coherent(dev, rx->count * sizeof(*rx->desc), rx->desc,
			  rx->dma);
	rx->desc = NULL;
}

/**
 * tandem_rings_alloc - memory for the three rings of a queue vector
 * @v: queue vector whose rings hold none
 *
 * Context: RTNL, may sleep. Return: 0 or -ENOMEM, with nothing left behind.
 */
int tandem_rings_alloc(struct tandem_vector *v)
{
	struct device *dev = &v->ad->pdev->dev;
	int err;

	err = tandem_rx_alloc(dev, &v->rx, v->ad->rx_count);
	if (err)
		return err;

	err = tandem_tx_alloc(dev, &v->tx, v->ad->tx_count);
	if (err)
		goto free_rx;

	err = tandem_tx_alloc(dev, &v->xdp, v->ad->tx_count);
	if (err)
		goto free_tx;

	return 0;

free_tx:
	tandem_tx_free(dev, &v->tx);
free_rx:
	tandem_rx_free(dev, &v->rx);
	return err;
}

/**
 * tandem_rings_free - undo tandem_rings_alloc()
 * @v: queue vector whose rings are stopped and empty
 */
void tandem_rings_free(struct tandem_vector *v)
{
	struct device *dev = &v->ad->pdev->dev;

	tandem_tx_free(dev, &v->xdp);
	tandem_tx_free(dev, &v->tx);
	tandem_rx_free(dev, &v->rx);
}

static int tandem_rx_attach_pages(struct tandem_vector *v)
{
	struct tandem_rx_ring *rx = &v->rx;
	struct page_pool_params pp = {
		.flags = PP_FLAG_DMA_MAP | PP_FLAG_DMA_SYNC_DEV,
		.pool_size = rx->count,
		.nid = dev_to_node(&v->ad->pdev->dev),
		.dev = &v->ad->pdev->dev,
		.napi = &v->napi,
		.netdev = v->ad->netdev,
		.queue_idx = v->index,
		.dma_dir = DMA_BIDIRECTIONAL,	/* XDP_TX sends from it */
		.offset = XDP_PACKET_HEADROOM,
		.max_len = TANDEM_PAGE_BUF_LEN,
	};
	struct page_pool *pool;
	int err;

	pool = page_pool_create(&pp);
	if (IS_ERR(pool))
		return PTR_ERR(pool);

	err = xdp_rxq_info_reg_mem_model(&rx->rxq, MEM_TYPE_PAGE_POOL, pool);
	if (err) {
		page_pool_destroy(pool);
		return err;
	}
	rx->pp = pool;
	rx->max_len = TANDEM_PAGE_BUF_LEN;
	return 0;
}

static int tandem_rx_attach_pool(struct tandem_rx_ring *rx,
				 struct xsk_buff_pool *pool)
{
	int err;

	/* NULL, then the explicit call: 6.12 does not stamp the pool itself
	 * when it is given here.
	 */
	err = xdp_rxq_info_reg_mem_model(&rx->rxq, MEM_TYPE_XSK_BUFF_POOL,
					 NULL);
	if (err)
		return err;
	xsk_pool_set_rxq_info(pool, &rx->rxq);
	rx->max_len = xsk_pool_get_rx_frame_size(pool);
	rx->pool_dev = pool->dev;
	rx->xsk_pool = pool;
	return 0;
}

/**
 * tandem_rx_attach_memory - decide where received frames go
 * @v: queue vector, NAPI disabled, receive queue stopped
 *
 * Pages of our own, or the pool that the adapter has on record for this
 * queue. Context: RTNL, may sleep. Return: 0 or a negative errno, with
 * nothing attached.
 */
int tandem_rx_attach_memory(struct tandem_vector *v)
{
	struct xsk_buff_pool *pool = v->ad->xsk_pool[v->index];
	struct tandem_rx_ring *rx = &v->rx;
	u32 stride;
	int err;

	stride = pool ? xsk_pool_get_rx_frag_step(pool) : PAGE_SIZE;
	err = __xdp_rxq_info_reg(&rx->rxq, v->ad->netdev, v->index,
				 v->napi.napi_id, stride);
	if (err)
		return err;

	err = pool ? tandem_rx_attach_pool(rx, pool) :
		     tandem_rx_attach_pages(v);
	if (err)
		xdp_rxq_info_unreg(&rx->rxq);
	rx->attached = !err;
	return err;
}

/**
 * tandem_rx_detach_memory - give back every buffer and its owner
 * @v: queue vector, NAPI disabled, receive queue stopped
 */
void tandem_rx_detach_memory(struct tandem_vector *v)
{
	struct tandem_rx_ring *rx = &v->rx;

	if (!rx->attached)
		return;
	rx->attached = false;

	if (rx->xsk_pool)
		tandem_xsk_drop_buffers(rx);
	else
		tandem_rx_drop_pages(rx);

	xdp_rxq_info_unreg(&rx->rxq);
	if (rx->pp)
		page_pool_destroy(rx->pp);
	rx->pp = NULL;
	rx->xsk_pool = NULL;
}

/* How much the device may write per descriptor, in its unit of 1 KiB. A pool
 * whose frame holds the largest frame of the port gets it in one descriptor:
 * rounding up is safe then, since the device drops what is longer than
 * RLPML. Otherwise the frame is spread over several, each within its buffer.
 */
static u8 tandem_rx_buf_kib(struct tandem_vector *v)
{
	u32 frame = tandem_max_frame(v->ad->netdev->mtu) - ETH_FCS_LEN;
	struct tandem_rx_ring *rx = &v->rx;

	if (!rx->xsk_pool)
		return TANDEM_PAGE_BUF_KIB;
	if (frame <= rx->max_len)
		return DIV_ROUND_UP(frame, SZ_1K);
	return rx->max_len / SZ_1K;
}

/* The device did not let go of a ring. Its buffers are about to be freed: no
 * more DMA until the reset that puts the device right.
 */
static void tandem_ring_stuck(struct tandem_vector *v, const char *what)
{
	netdev_err(v->ad->netdev, "%s queue %u does not stop, resetting\n",
		   what, v->index);
	pci_clear_master(v->ad->pdev);
	tandem_want_reset(v->ad);
}

/**
 * tandem_rx_start - hand the receive ring to the device
 * @v: queue vector with memory attached
 *
 * A ring that could not be filled is started all the same: an empty fill
 * ring is normal, and the service task looks after starving page rings.
 *
 * Context: RTNL, may sleep. Return: 0, or -ETIMEDOUT if the device does not
 * answer.
 */
int tandem_rx_start(struct tandem_vector *v)
{
	struct tandem_rx_ring *rx = &v->rx;
	struct tandem_rx_queue_cfg cfg = {
		.dma = rx->dma,
		.count = rx->count,
		.buf_kib = tandem_rx_buf_kib(v),
		.drop_en = true,
	};
	int err;

	memset(rx->desc, 0, rx->count * sizeof(*rx->desc));
	rx->ntc = 0;
	rx->ntu = 0;
	rx->skip = false;
	rx->begun = false;
	rx->holes = rx->count;
	xdp_init_buff(&rx->pkt.xdp, PAGE_SIZE, &rx->rxq);

	err = tandem_rx_queue_start(v->hw, rx->hw_queue, &cfg);
	if (err)
		return err;
	rx->tail = tandem_rx_tail(v->hw, rx->hw_queue);
	rx->running = true;

	if (rx->xsk_pool)
		tandem_xsk_refill(rx);
	else
		tandem_rx_refill(rx);
	return 0;
}

/**
 * tandem_rx_stop - take the receive ring back from the device
 * @v: queue vector, NAPI disabled
 *
 * Context: RTNL, may sleep. The device no longer writes to its buffers when
 * this returns, and if it had to be cut off from the bus for that.
 */
void tandem_rx_stop(struct tandem_vector *v)
{
	struct tandem_rx_ring *rx = &v->rx;

	if (!rx->running)
		return;
	rx->running = false;
	if (tandem_rx_queue_stop(v->hw, rx->hw_queue))
		tandem_ring_stuck(v, "receive");
}

/**
 * tandem_tx_ring_start - hand an empty transmit ring to the device
 * @ring: stack or XDP ring
 *
 * Context: RTNL, may sleep. Return: 0 or -ETIMEDOUT.
 */
int tandem_tx_ring_start(struct tandem_tx_ring *ring)
{
	struct tandem_hw *hw = ring->v->hw;
	int err;

	memset(ring->desc, 0, ring->count * sizeof(*ring->desc));
	ring->ntc = 0;
	ring->ntu = 0;
	ring->flushed = 0;
	ring->rep_head = 0;
	ring->rep_tail = 0;
	ring->looks = 0;

	err = tandem_tx_queue_start(hw, ring->hw_queue, ring->dma, ring->count);
	if (err)
		return err;
	ring->tail = tandem_tx_tail(hw, ring->hw_queue);
	/* whoever sees it under the lock sees all of the above */
	spin_lock_bh(&ring->lock);
	ring->running = true;
	spin_unlock_bh(&ring->lock);
	return 0;
}

/**
 * tandem_tx_ring_stop - take a transmit ring back, with all it carries
 * @ring: stack or XDP ring; nobody posts any more, NAPI disabled
 */
void tandem_tx_ring_stop(struct tandem_tx_ring *ring)
{
	bool was;

	/* ndo_xdp_xmit() looks at .running under the lock: after this, no
	 * other CPU posts.
	 */
	spin_lock_bh(&ring->lock);
	was = ring->running;
	ring->running = false;
	spin_unlock_bh(&ring->lock);
	if (!was)
		return;

	if (tandem_tx_queue_stop(ring->v->hw, ring->hw_queue))
		tandem_ring_stuck(ring->v, "transmit");
	tandem_tx_drain(ring);
}

/**
 * tandem_rings_start - hand all rings of a vector to the device
 * @v: queue vector with rings and memory
 *
 * Context: RTNL, may sleep. Return: 0 or a negative errno with all stopped.
 */
int tandem_rings_start(struct tandem_vector *v)
{
	int err;

	err = tandem_tx_ring_start(&v->tx);
	if (err)
		return err;
	err = tandem_tx_ring_start(&v->xdp);
	if (err)
		goto stop_tx;
	err = tandem_rx_start(v);
	if (err)
		goto stop_xdp;
	return 0;

stop_xdp:
	tandem_tx_ring_stop(&v->xdp);
stop_tx:
	tandem_tx_ring_stop(&v->tx);
	return err;
}

/**
 * tandem_rings_stop - undo tandem_rings_start()
 * @v: queue vector, NAPI disabled
 */
void tandem_rings_stop(struct tandem_vector *v)
{
	tandem_rx_stop(v);
	tandem_tx_ring_stop(&v->xdp);
	tandem_tx_ring_stop(&v->tx);
}
