// SPDX-License-Identifier: GPL-2.0
/*
 * Packets to the network stack, from pages of the ring's own page_pool.
 *
 * A page stays in its slot until the frame is taken out of the ring; a frame
 * that is dropped leaves it there, and the refill posts it again without a
 * trip to the page_pool.
 *
 * Read upward: tandem_rx_poll() is at the end.
 */
#include <linux/etherdevice.h>
#include <linux/filter.h>
#include <linux/if_vlan.h>
#include <net/page_pool/helpers.h>

#include "../tandem.h"
#include "piece.h"

/* Post at least this many buffers per doorbell. */
#define TANDEM_REFILL_MIN	32

/**
 * tandem_rx_refill - post pages until the ring is full
 * @rx: receive ring, owned by the caller
 *
 * Return: true if the ring is (nearly) full, false if memory ran out.
 */
bool tandem_rx_refill(struct tandem_rx_ring *rx)
{
	u16 room = tandem_ring_free(rx->ntu, rx->ntc, rx->mask);
	union tandem_rx_desc *desc;
	u16 ntu = rx->ntu;
	struct page *page;
	dma_addr_t dma;

	if (room < min_t(u16, TANDEM_REFILL_MIN, rx->count / 4))
		return true;
	if (unlikely(!rx->running))
		return false;

	for (; room; room--) {
		page = rx->page[ntu];
		if (!page) {
			page = page_pool_dev_alloc_pages(rx->pp);
			if (unlikely(!page)) {
				rx->stats.alloc_failed++;
				break;
			}
			rx->page[ntu] = page;
		} else {
			dma_sync_single_range_for_device(rx->pp->p.dev,
							 page_pool_get_dma_addr(page),
							 XDP_PACKET_HEADROOM,
							 rx->max_len,
							 DMA_BIDIRECTIONAL);
		}
		desc = &rx->desc[ntu];
		dma = page_pool_get_dma_addr(page) + XDP_PACKET_HEADROOM;
		desc->raw.lo = cpu_to_le64(dma);
		desc->raw.hi = 0;
		ntu = tandem_ring_next(ntu, rx->mask);
	}

	if (ntu != rx->ntu) {
		rx->ntu = ntu;
		rx->stats.refills++;
		rx->stats.doorbells++;
		/* writel() orders the descriptors before the tail */
		writel(ntu, rx->tail);
	}
	return !room;
}

/**
 * tandem_rx_drop_pages - free every page of a stopped ring
 * @rx: receive ring, owned by the caller
 */
void tandem_rx_drop_pages(struct tandem_rx_ring *rx)
{
	u16 i;

	if (rx->pkt.xdp.data) {
		xdp_return_buff(&rx->pkt.xdp);
		rx->pkt.xdp.data = NULL;
	}
	for (i = 0; i < rx->count; i++) {
		if (rx->page[i])
			page_pool_put_full_page(rx->pp, rx->page[i], false);
		rx->page[i] = NULL;
	}
	/* nothing is posted: a poll before the next start finds no frame */
	rx->ntc = rx->ntu;
}

static void tandem_rx_csum(struct tandem_rx_ring *rx, struct sk_buff *skb,
			   u32 status, u16 info)
{
	skb_checksum_none_assert(skb);
	if (!(rx->netdev->features & NETIF_F_RXCSUM))
		return;

	if (status & (TANDEM_RXD_L4E | TANDEM_RXD_IPE)) {
		/* 82576 erratum: L4E may be false on 60-byte SCTP frames */
		if (!((info & TANDEM_RXD_TYPE_SCTP) && skb->len == 60))
			rx->stats.csum_error++;
		return;
	}
	if (status & (TANDEM_RXD_L4CS | TANDEM_RXD_UDPCS))
		skb->ip_summed = CHECKSUM_UNNECESSARY;
}

/* L4 types by the descriptor's RSS type; the rest hash addresses only. */
static enum pkt_hash_types tandem_hash_type(u16 info)
{
	switch (info & TANDEM_RXD_RSS_MASK) {
	case 1:		/* TCP over IPv4 */
	case 3:		/* TCP over IPv6 */
	case 6:		/* TCP over IPv6 with extensions */
	case 7:		/* UDP over IPv4 */
	case 8:		/* UDP over IPv6 */
	case 9:		/* UDP over IPv6 with extensions */
		return PKT_HASH_TYPE_L4;
	case 0:
		return PKT_HASH_TYPE_NONE;
	default:
		return PKT_HASH_TYPE_L3;
	}
}

/**
 * tandem_rx_fields - what the descriptor says about a frame, into its skb
 * @rx: receive ring
 * @skb: the frame, Ethernet header not yet pulled
 * @desc: the frame's last descriptor
 */
void tandem_rx_fields(struct tandem_rx_ring *rx, struct sk_buff *skb,
		      const union tandem_rx_desc *desc)
{
	u32 status = le32_to_cpu(desc->wb.status);
	u16 info = le16_to_cpu(desc->wb.info);
	enum pkt_hash_types type;

	tandem_rx_csum(rx, skb, status, info);

	type = tandem_hash_type(info);
	if (type != PKT_HASH_TYPE_NONE &&
	    (rx->netdev->features & NETIF_F_RXHASH))
		skb_set_hash(skb, le32_to_cpu(desc->wb.rss), type);

	if ((status & TANDEM_RXD_VP) &&
	    (rx->netdev->features & NETIF_F_HW_VLAN_CTAG_RX))
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q),
				       le16_to_cpu(desc->wb.vlan));
	if (unlikely(status & TANDEM_RXD_TS))
		skb_hwtstamps(skb)->hwtstamp = rx->stamp;

	skb_record_rx_queue(skb, rx->v->index);
	skb->protocol = eth_type_trans(skb, rx->netdev);
}

/* The frame as an skb around its first page; the pages become the skb's. */
static struct sk_buff *tandem_rx_build_skb(struct xdp_buff *xdp)
{
	unsigned int meta = xdp->data - xdp->data_meta;
	struct skb_shared_info *sinfo;
	unsigned int frags_size = 0;
	struct sk_buff *skb;
	u8 nr_frags = 0;

	if (unlikely(xdp_buff_has_frags(xdp))) {
		/* napi_build_skb() clears the shared info */
		sinfo = xdp_get_shared_info_from_buff(xdp);
		nr_frags = sinfo->nr_frags;
		frags_size = sinfo->xdp_frags_size;
	}

	skb = napi_build_skb(xdp->data_hard_start, xdp->frame_sz);
	if (unlikely(!skb))
		return NULL;

	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	__skb_put(skb, xdp->data_end - xdp->data);
	if (meta)
		skb_metadata_set(skb, meta);
	if (unlikely(nr_frags))
		tandem_skb_frags_info(skb, nr_frags, frags_size,
				      nr_frags * PAGE_SIZE, xdp);
	skb_mark_for_recycle(skb);
	return skb;
}

/* Deliver a frame whose pages have left the ring. */
static void tandem_rx_deliver(struct tandem_rx_ring *rx)
{
	struct tandem_xdp_buff *pkt = &rx->pkt;
	struct sk_buff *skb;

	skb = tandem_rx_build_skb(&pkt->xdp);
	if (unlikely(!skb)) {
		rx->stats.drop_no_buffer++;
		xdp_return_buff(&pkt->xdp);
		return;
	}
	tandem_rx_fields(rx, skb, pkt->desc);
	napi_gro_receive(&rx->v->napi, skb);
}

/* A frame of one buffer, the common case: its page leaves slot @i only if
 * somebody keeps it.
 */
static void tandem_rx_single(struct tandem_rx_ring *rx, struct bpf_prog *prog,
			     u16 i, struct tandem_xdp_work *work)
{
	enum tandem_verdict verdict = TANDEM_PASS;

	if (prog)
		verdict = tandem_xdp_act(rx, prog, &rx->pkt.xdp,
					 bpf_prog_run_xdp(prog, &rx->pkt.xdp),
					 work);
	if (verdict == TANDEM_DROPPED)
		return;

	rx->page[i] = NULL;
	if (verdict == TANDEM_PASS)
		tandem_rx_deliver(rx);
}

/* The last piece of a frame of several buffers has come. */
static void tandem_rx_multi(struct tandem_rx_ring *rx, struct bpf_prog *prog,
			    struct tandem_xdp_work *work)
{
	enum tandem_verdict verdict = TANDEM_PASS;

	if (prog)
		verdict = tandem_xdp_act(rx, prog, &rx->pkt.xdp,
					 bpf_prog_run_xdp(prog, &rx->pkt.xdp),
					 work);
	if (verdict == TANDEM_PASS)
		tandem_rx_deliver(rx);
	else if (verdict == TANDEM_DROPPED)
		xdp_return_buff(&rx->pkt.xdp);
}

/* Start a frame with the buffer in slot @i. */
static void tandem_rx_first(struct tandem_rx_ring *rx, u16 i, u16 len)
{
	struct xdp_buff *xdp = &rx->pkt.xdp;

	xdp_init_buff(xdp, PAGE_SIZE, &rx->rxq);
	xdp_prepare_buff(xdp, page_address(rx->page[i]), XDP_PACKET_HEADROOM,
			 len, true);
	net_prefetch(xdp->data);
}

/* Append the buffer in slot @i to the frame begun before. */
static bool tandem_rx_append(struct tandem_rx_ring *rx, u16 i, u16 len)
{
	struct page *page = rx->page[i];

	if (!xdp_buff_add_frag(&rx->pkt.xdp, page_to_netmem(page),
			       XDP_PACKET_HEADROOM, len, PAGE_SIZE))
		return false;
	rx->page[i] = NULL;
	return true;
}

/* Give up the frame begun before, if any. */
static void tandem_rx_abandon(struct tandem_rx_ring *rx)
{
	if (rx->pkt.xdp.data)
		xdp_return_buff(&rx->pkt.xdp);
	rx->pkt.xdp.data = NULL;
}

/* One written-back descriptor that is not a whole, good frame by itself. */
static bool tandem_rx_piece(struct tandem_rx_ring *rx, u16 i, u64 wb)
{
	u16 len = TANDEM_RXW_LENGTH(wb);

	if (wb & TANDEM_RXD_TS)
		rx->stamp = tandem_stamp_rx(rx->v->ad);
	switch (tandem_piece_judge(wb, rx->max_len, rx->pkt.xdp.data,
				   &rx->skip)) {
	case TANDEM_PIECE_FIRST:
		tandem_rx_first(rx, i, len);
		rx->page[i] = NULL;
		return wb & TANDEM_RXD_EOP;
	case TANDEM_PIECE_NEXT:
		if (tandem_rx_append(rx, i, len))
			return wb & TANDEM_RXD_EOP;
		rx->stats.drop_too_long++;
		rx->skip = !(wb & TANDEM_RXD_EOP);
		break;
	case TANDEM_PIECE_BAD:
		rx->stats.drop_bad_desc++;
		break;
	case TANDEM_PIECE_SKIP:
		return false;
	}
	tandem_rx_abandon(rx);
	return false;
}

/**
 * tandem_rx_poll - take received frames out of the ring
 * @v: queue vector, called by its NAPI
 * @budget: most descriptors to look at
 * @work: where to say how many were taken
 *
 * Return: true if done, false if there is more.
 */
bool tandem_rx_poll(struct tandem_vector *v, int budget, int *work)
{
	struct tandem_rx_ring *rx = &v->rx;
	struct bpf_prog *prog = READ_ONCE(rx->prog);
	struct tandem_xdp_work xdp = {};
	struct tandem_plain plain;
	u32 packets = 0, bytes = 0;
	u16 ntc = rx->ntc, i;
	int seen, most;
	u64 wb;

	tandem_plain_init(&plain, rx->max_len, true);
	/* Never beyond what was posted, whatever the device claims. */
	most = min_t(int, budget, tandem_ring_used(rx->ntu, ntc, rx->mask));

	for (seen = 0; seen < most; seen++) {
		wb = tandem_rx_word(&rx->desc[ntc]);
		if (!(wb & TANDEM_RXD_DD))
			break;
		/* the rest of the write-back and the frame, after DD */
		dma_rmb();

		i = ntc;
		ntc = tandem_ring_next(ntc, rx->mask);
		rx->pkt.desc = &rx->desc[i];
		dma_sync_single_range_for_cpu(rx->pp->p.dev,
					      page_pool_get_dma_addr(rx->page[i]),
					      XDP_PACKET_HEADROOM,
					      min(TANDEM_RXW_LENGTH(wb),
						  rx->max_len),
					      DMA_BIDIRECTIONAL);
		if (likely(tandem_plain_beyond(&plain, wb) < plain.lengths &&
			   !rx->pkt.xdp.data && !rx->skip)) {
			packets++;
			bytes += TANDEM_RXW_LENGTH(wb);
			tandem_rx_first(rx, i, TANDEM_RXW_LENGTH(wb));
			tandem_rx_single(rx, prog, i, &xdp);
			rx->pkt.xdp.data = NULL;
		} else if (tandem_rx_piece(rx, i, wb)) {
			packets++;
			bytes += xdp_get_buff_len(&rx->pkt.xdp);
			tandem_rx_multi(rx, prog, &xdp);
			rx->pkt.xdp.data = NULL;
		}
	}
	rx->ntc = ntc;

	u64_stats_update_begin(&rx->syncp);
	rx->stats.packets += packets;
	rx->stats.bytes += bytes;
	u64_stats_update_end(&rx->syncp);

	tandem_xdp_finish(v, &xdp);
	tandem_rx_refill(rx);
	*work = seen;
	return seen < budget || !tandem_rx_pending(rx);
}
