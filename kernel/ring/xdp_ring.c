// SPDX-License-Identifier: GPL-2.0
/*
 * The XDP ring: frames that a program sends back, and those redirected to us.
 *
 * Every queue vector has a transmit ring of its own for XDP and AF_XDP, so
 * nothing here takes a lock of the stack's. The ring's own lock is held for
 * moments by its NAPI and by ndo_xdp_xmit() on other CPUs.
 */
#include <linux/filter.h>
#include <net/page_pool/helpers.h>
#include <net/xdp_sock_drv.h>

#include "../tandem.h"
#include "report.h"

/* Post one piece of a frame; @last ends it. */
static u16 tandem_xdp_post_piece(struct tandem_tx_ring *ring, u16 i,
				 dma_addr_t dma, u32 len, u32 total, bool last)
{
	union tandem_tx_desc *desc = &ring->desc[i];
	u32 cmd = TANDEM_TXD_BASE | len;

	if (last)
		cmd |= TANDEM_TXD_EOP;
	desc->read.addr = cpu_to_le64(dma);
	desc->read.cmd_len = cpu_to_le32(cmd);
	desc->read.olinfo = cpu_to_le32(TANDEM_TXD_OL_PAYLEN(total));
	return tandem_ring_next(i, ring->mask);
}

static dma_addr_t tandem_page_dma(struct page *page, u32 offset)
{
	return page_pool_get_dma_addr(page) + offset;
}

/* Post a frame that lies in our own pages, which the page_pool has mapped. */
static u16 tandem_xdp_post_own(struct tandem_tx_ring *ring,
			       struct xdp_frame *xdpf)
{
	struct device *dev = &ring->v->ad->pdev->dev;
	u32 total = xdp_get_frame_len(xdpf);
	struct skb_shared_info *sinfo = NULL;
	struct page *page = virt_to_page(xdpf->data);
	u16 i = ring->ntu;
	int f, frags = 0;
	dma_addr_t dma;

	if (unlikely(xdp_frame_has_frags(xdpf))) {
		sinfo = xdp_get_shared_info_from_frame(xdpf);
		frags = sinfo->nr_frags;
	}

	dma = tandem_page_dma(page, offset_in_page(xdpf->data));
	dma_sync_single_for_device(dev, dma, xdpf->len, DMA_BIDIRECTIONAL);
	i = tandem_xdp_post_piece(ring, i, dma, xdpf->len, total, !frags);

	for (f = 0; f < frags; f++) {
		skb_frag_t *frag = &sinfo->frags[f];

		dma = tandem_page_dma(skb_frag_page(frag), skb_frag_off(frag));
		dma_sync_single_for_device(dev, dma, skb_frag_size(frag),
					   DMA_BIDIRECTIONAL);
		i = tandem_xdp_post_piece(ring, i, dma, skb_frag_size(frag),
					  total, f == frags - 1);
	}
	return i;
}

/* Map and post a frame that lies in somebody else's memory. Return: the index
 * behind it, or -1 with nothing mapped.
 */
static int tandem_xdp_post_foreign(struct tandem_tx_ring *ring,
				   struct xdp_frame *xdpf)
{
	struct device *dev = &ring->v->ad->pdev->dev;
	u32 total = xdp_get_frame_len(xdpf);
	struct skb_shared_info *sinfo = NULL;
	u16 first = ring->ntu, i = first;
	int f, frags = 0;

	if (unlikely(xdp_frame_has_frags(xdpf))) {
		sinfo = xdp_get_shared_info_from_frame(xdpf);
		frags = sinfo->nr_frags;
	}

	if (tandem_map_linear(dev, &ring->map[i], xdpf->data, xdpf->len))
		return -1;
	i = tandem_xdp_post_piece(ring, i, ring->map[i].dma, xdpf->len, total,
				  !frags);

	for (f = 0; f < frags; f++) {
		skb_frag_t *frag = &sinfo->frags[f];

		if (tandem_map_linear(dev, &ring->map[i],
				      skb_frag_address(frag),
				      skb_frag_size(frag)))
			goto unmap;
		i = tandem_xdp_post_piece(ring, i, ring->map[i].dma,
					  skb_frag_size(frag), total,
					  f == frags - 1);
	}
	return i;

unmap:
	tandem_unmap_pieces(dev, ring, first, (i - first) & ring->mask);
	return -1;
}

static bool tandem_xdp_sendable(u32 len)
{
	return len >= TANDEM_TX_MIN_LEN && len <= TANDEM_TX_MAX_LEN;
}

static bool tandem_xdp_has_room(struct tandem_tx_ring *ring,
				struct xdp_frame *xdpf)
{
	u16 need = 1;

	if (unlikely(xdp_frame_has_frags(xdpf)))
		need += xdp_get_shared_info_from_frame(xdpf)->nr_frags;
	return tandem_tx_free_desc(ring) >= need;
}

/* Take note of a frame that has been posted up to @end. */
static inline void tandem_xdp_remember(struct tandem_tx_ring *ring,
				       struct xdp_frame *xdpf,
				       enum tandem_span_type type, u16 end,
				       u32 bytes)
{
	u16 first = ring->ntu;
	struct tandem_span *span = &ring->span[first];

	span->xdpf = xdpf;
	span->bytes = bytes;
	span->owed = 0;
	span->len = (end - first) & ring->mask;
	span->packets = 1;
	span->type = type;
	ring->last = first;
	ring->ntu = end;
}

/* Post a frame on the XDP ring, without telling the device yet.
 * Context: ring lock held.
 */
static bool tandem_xdp_post(struct tandem_tx_ring *ring, struct xdp_frame *xdpf,
			    enum tandem_span_type type)
{
	u32 len = xdp_get_frame_len(xdpf);
	int end;

	if (unlikely(!tandem_xdp_has_room(ring, xdpf))) {
		ring->stats.xdp_full++;
		return false;
	}
	if (unlikely(!tandem_xdp_sendable(len))) {
		ring->stats.dropped++;
		return false;
	}

	if (type == TANDEM_SPAN_XDP_TX)
		end = tandem_xdp_post_own(ring, xdpf);
	else
		end = tandem_xdp_post_foreign(ring, xdpf);
	if (unlikely(end < 0)) {
		ring->stats.dropped++;
		return false;
	}

	tandem_xdp_remember(ring, xdpf, type, end, len);
	return true;
}

/* Map and post @len bytes of a frame of @total as a span of one descriptor; @last
 * ends the frame. Return: false with nothing mapped. Context: ring lock held, with
 * room.
 */
static inline bool tandem_xdp_map_piece(struct tandem_tx_ring *ring,
					struct device *dev,
					struct xdp_frame *xdpf, u32 len,
					u32 total, bool last)
{
	u16 i = ring->ntu;

	if (unlikely(tandem_map_linear(dev, &ring->map[i], xdpf->data, len)))
		return false;
	tandem_xdp_remember(ring, xdpf, TANDEM_SPAN_XDP_XMIT,
			    tandem_xdp_post_piece(ring, i, ring->map[i].dma,
						  len, total, last), len);
	return true;
}

/* Map and post a redirected frame: one piece in nearly all cases, with nothing
 * to look at twice. Context: ring lock held.
 */
static inline bool tandem_xdp_xmit_one(struct tandem_tx_ring *ring,
				       struct device *dev,
				       struct xdp_frame *xdpf)
{
	u32 len = xdpf->len;

	if (unlikely(xdp_frame_has_frags(xdpf) || len < TANDEM_TX_MIN_LEN ||
		     !tandem_tx_free_desc(ring)))
		return tandem_xdp_post(ring, xdpf, TANDEM_SPAN_XDP_XMIT);

	if (unlikely(!tandem_xdp_map_piece(ring, dev, xdpf, len, len, true))) {
		ring->stats.dropped++;
		return false;
	}
	return true;
}

/* Memory of frames that are a page each, and nobody's else. */
static struct xdp_rxq_info tandem_loose_pages = {
	.mem.type = MEM_TYPE_PAGE_ORDER0,
};

/* A copy of @len bytes in a page of its own. Return: NULL without one, or if
 * that is more than a page has room for.
 */
static struct xdp_frame *tandem_xdp_copy(const void *data, u32 len)
{
	struct xdp_frame *xdpf;
	struct xdp_buff copy;
	struct page *page;

	if (len > SKB_WITH_OVERHEAD(PAGE_SIZE - XDP_PACKET_HEADROOM))
		return NULL;
	page = dev_alloc_page();
	if (unlikely(!page))
		return NULL;
	xdp_init_buff(&copy, PAGE_SIZE, &tandem_loose_pages);
	xdp_prepare_buff(&copy, page_address(page), XDP_PACKET_HEADROOM, len,
			 false);
	memcpy(copy.data, data, len);
	xdpf = xdp_convert_buff_to_frame(&copy);
	if (unlikely(!xdpf))
		put_page(page);
	return xdpf;
}

/* Take back what was posted from @first on and not told to the device. */
static void tandem_xdp_unpost(struct tandem_tx_ring *ring, u16 first)
{
	struct tandem_span *span;

	while (ring->ntu != first) {
		ring->ntu = (ring->ntu - 1) & ring->mask;
		span = &ring->span[ring->ntu];
		tandem_unmap_pieces(&ring->v->ad->pdev->dev, ring, ring->ntu, 1);
		xdp_return_frame(span->xdpf);
		span->type = TANDEM_SPAN_NONE;
	}
}

/* Post a copy of one buffer of a frame of @total, as a span of one descriptor. */
static bool tandem_xdp_copy_piece(struct tandem_tx_ring *ring,
				  const struct xdp_buff *xdp, u32 total,
				  bool last)
{
	u32 len = xdp->data_end - xdp->data;
	struct xdp_frame *xdpf;

	xdpf = tandem_xdp_copy(xdp->data, len);
	if (unlikely(!xdpf))
		return false;
	if (unlikely(!tandem_xdp_map_piece(ring, &ring->v->ad->pdev->dev, xdpf,
					   len, total, last))) {
		xdp_return_frame(xdpf);
		return false;
	}
	ring->span[ring->last].packets = last;
	return true;
}

/* Post a copy of a zero-copy frame of several buffers, @pieces but the first.
 * Context: ring lock held. Return: false with nothing posted.
 */
static bool tandem_xdp_copy_pieces(struct tandem_tx_ring *ring,
				   const struct xdp_buff *xdp,
				   const struct list_head *pieces, u32 total)
{
	u16 first = ring->ntu, latest = ring->last;
	struct xdp_buff_xsk *pos;

	if (!tandem_xdp_copy_piece(ring, xdp, total, false))
		goto undo;
	list_for_each_entry(pos, pieces, list_node)
		if (!tandem_xdp_copy_piece(ring, &pos->xdp, total,
					   list_is_last(&pos->list_node,
							pieces)))
			goto undo;
	return true;

undo:
	tandem_xdp_unpost(ring, first);
	ring->last = latest;
	return false;
}

/* XDP_TX of a zero-copy buffer, which is copied: the device may have sent it
 * long after user space has it again. What will be refused is not turned into a
 * frame first, which would free the buffer. The pieces are those on the pool's
 * list, since user space can write what the frame says of them. Context: ring lock
 * held.
 */
static enum tandem_verdict tandem_xdp_tx_copy(struct tandem_tx_ring *ring,
					      struct xsk_buff_pool *pool,
					      struct xdp_buff *xdp)
{
	u32 need = 1, total = xdp->data_end - xdp->data;
	struct xdp_buff_xsk *pos;
	struct xdp_frame *xdpf;

	if (unlikely(xdp_buff_has_frags(xdp))) {
		list_for_each_entry(pos, &pool->xskb_list, list_node) {
			total += pos->xdp.data_end - pos->xdp.data;
			need++;
		}
	}
	if (tandem_tx_free_desc(ring) < need) {
		ring->stats.xdp_full++;
		return TANDEM_DROPPED;
	}
	if (!tandem_xdp_sendable(total))
		return TANDEM_DROPPED;
	if (unlikely(need > 1)) {
		if (!tandem_xdp_copy_pieces(ring, xdp, &pool->xskb_list, total))
			return TANDEM_DROPPED;
		xsk_buff_free(xdp);
		return TANDEM_CONSUMED;
	}
	xdpf = xdp_convert_buff_to_frame(xdp);
	if (unlikely(!xdpf))
		return TANDEM_DROPPED;
	if (unlikely(!tandem_xdp_post(ring, xdpf, TANDEM_SPAN_XDP_XMIT))) {
		xdp_return_frame_rx_napi(xdpf);
		return TANDEM_LOST;
	}
	return TANDEM_CONSUMED;
}

/**
 * tandem_xdp_tx - XDP_TX: back out of the port it came from
 * @rx: receive ring that the frame came on
 * @xdp: the frame
 *
 * The device is not told yet: tandem_xdp_finish(). Context: NAPI. Return:
 * TANDEM_CONSUMED if it will be sent; TANDEM_DROPPED if the buffer is still the
 * caller's, or TANDEM_LOST.
 */
enum tandem_verdict tandem_xdp_tx(struct tandem_rx_ring *rx,
				  struct xdp_buff *xdp)
{
	enum tandem_verdict verdict = TANDEM_DROPPED;
	struct tandem_tx_ring *ring = &rx->v->xdp;
	struct xdp_frame *xdpf;

	spin_lock(&ring->lock);
	if (rx->xsk_pool) {
		verdict = tandem_xdp_tx_copy(ring, rx->xsk_pool, xdp);
	} else {
		xdpf = xdp_convert_buff_to_frame(xdp);
		if (likely(xdpf) &&
		    likely(tandem_xdp_post(ring, xdpf, TANDEM_SPAN_XDP_TX)))
			verdict = TANDEM_CONSUMED;
	}
	spin_unlock(&ring->lock);
	return verdict;
}

/**
 * tandem_xdp_reap_locked - take back what the XDP ring has sent
 * @ring: XDP ring
 *
 * Context: the ring's own NAPI, ring lock held. Return: entries owed to the pool's
 * completion ring, in order.
 */
u32 tandem_xdp_reap_locked(struct tandem_tx_ring *ring)
{
	u32 packets = 0, bytes = 0, owed = 0, xsk = 0;
	/* its init sets what matters; the compiler need not zero the rest */
	struct xdp_frame_bulk bq __uninitialized;
	struct tandem_span *span;
	u16 ntc = ring->ntc;
	u16 end;

	xdp_frame_bulk_init(&bq);
	rcu_read_lock();	/* xdp_return_frame_bulk() of 6.12 wants it */
	while (tandem_tx_waiting(ring) && tandem_tx_reported(ring, &end)) {
		while (ntc != end) {
			span = &ring->span[ntc];
			packets += span->packets;
			bytes += span->bytes;
			owed += span->owed;
			switch (span->type) {
			case TANDEM_SPAN_XSK:
				xsk += span->packets;
				break;
			case TANDEM_SPAN_XDP_XMIT:
				tandem_unmap_pieces(&ring->v->ad->pdev->dev,
						    ring, ntc, span->len);
				xdp_return_frame_bulk(span->xdpf, &bq);
				break;
			case TANDEM_SPAN_XDP_TX:
				xdp_return_frame_rx_napi(span->xdpf);
				break;
			}
			span->type = TANDEM_SPAN_NONE;
			ntc = (ntc + span->len) & ring->mask;
		}
	}
	xdp_flush_frame_bulk(&bq);
	rcu_read_unlock();

	if (packets || owed) {
		WRITE_ONCE(ring->ntc, ntc);
		u64_stats_update_begin(&ring->syncp);
		ring->stats.packets += packets;
		ring->stats.bytes += bytes;
		ring->stats.xsk_packets += xsk;
		u64_stats_update_end(&ring->syncp);
	}
	return owed;
}

/**
 * tandem_xdp_reap - take back sent frames of a ring without a pool
 * @v: queue vector, called by its NAPI
 * @budget: NAPI budget; 0 from netpoll, which must not touch XDP frames
 */
void tandem_xdp_reap(struct tandem_vector *v, int budget)
{
	struct tandem_tx_ring *ring = &v->xdp;

	if (!budget || ring->rep_tail == READ_ONCE(ring->rep_head))
		return;
	spin_lock(&ring->lock);
	tandem_xdp_reap_locked(ring);
	spin_unlock(&ring->lock);
}

/* A redirected frame that was not taken. One that is too short must not hold up
 * those behind it. Return: true if it is gone, and the next may be tried.
 */
static noinline bool tandem_xdp_refused(struct tandem_tx_ring *ring,
					struct xdp_frame *xdpf)
{
	if (xdp_get_frame_len(xdpf) >= TANDEM_TX_MIN_LEN)
		return false;
	xdp_return_frame_rx_napi(xdpf);
	return true;
}

/**
 * tandem_xdp_xmit - ndo_xdp_xmit: frames redirected to this port
 * @netdev: port
 * @n: number of frames
 * @frames: the frames
 * @flags: XDP_XMIT_FLUSH
 *
 * Context: softirq of any CPU. Return: how many were taken, from the front;
 * the rest stay the caller's. Negative: none was.
 */
int tandem_xdp_xmit(struct net_device *netdev, int n, struct xdp_frame **frames,
		    u32 flags)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_tx_ring *ring;
	struct tandem_vector *v;
	unsigned int num;
	int sent = 0;
	u64 full;

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return -EINVAL;
	if (unlikely(!tandem_running(ad) || !netif_carrier_ok(netdev)))
		return -ENETDOWN;

	num = READ_ONCE(ad->num_vectors);
	v = READ_ONCE(ad->vector[smp_processor_id() % num]);
	if (unlikely(!v))
		return -ENETDOWN;
	ring = &v->xdp;

	spin_lock(&ring->lock);
	if (likely(ring->running)) {
		full = ring->stats.xdp_full;
		while (sent < n && (tandem_xdp_xmit_one(ring, &ad->pdev->dev,
							frames[sent]) ||
				    tandem_xdp_refused(ring, frames[sent])))
			sent++;
		/* of those that are refused the first is counted */
		if (unlikely(sent < n)) {
			if (ring->stats.xdp_full != full)
				ring->stats.xdp_full += n - sent - 1;
			else
				ring->stats.dropped += n - sent - 1;
		}
		if (flags & XDP_XMIT_FLUSH)
			tandem_tx_doorbell(ring);
	}
	spin_unlock(&ring->lock);
	return sent;
}
