// SPDX-License-Identifier: GPL-2.0
/*
 * Packets to the network stack, from pages of the ring's own page_pool.
 *
 * A page stays in its slot until the frame is taken out of the ring; that of a
 * frame which is dropped stays for good, and is posted again on the spot: the
 * refill then only has to say so to the device.
 *
 * Read upward: tandem_rx_poll() is at the end.
 */
#include <linux/etherdevice.h>
#include <linux/filter.h>
#include <linux/if_vlan.h>
#include <linux/prefetch.h>
#include <net/page_pool/helpers.h>

#include "../tandem.h"
#include "piece.h"

/* Post at least this many buffers per doorbell. */
#define TANDEM_REFILL_MIN	32

static inline void tandem_rx_post(union tandem_rx_desc *desc,
				  const struct tandem_slot *slot)
{
	desc->raw.lo = cpu_to_le64(slot->dma);
	desc->raw.hi = 0;
}

/* The page of the slot is somebody else's now. */
static inline void tandem_rx_take(struct tandem_rx_ring *rx,
				  struct tandem_slot *slot)
{
	slot->data = NULL;
	rx->holes++;
}

/* Put pages into the empty ones of the next @room slots. Return: how many
 * slots from the first are ready, less than @room if memory ran out.
 */
static u16 tandem_rx_fill(struct tandem_rx_ring *rx, u16 room)
{
	struct tandem_slot *slot;
	u16 i = rx->ntu, ready;
	struct page *page;

	for (ready = 0; ready < room; ready++) {
		slot = &rx->slot[i];
		if (!slot->data) {
			page = page_pool_dev_alloc_pages(rx->pp);
			if (unlikely(!page)) {
				rx->stats.alloc_failed++;
				break;
			}
			slot->data = page_address(page) + XDP_PACKET_HEADROOM;
			slot->dma = page_pool_get_dma_addr(page) +
				    XDP_PACKET_HEADROOM;
			rx->holes--;
			tandem_rx_post(&rx->desc[i], slot);
		}
		i = tandem_ring_next(i, rx->mask);
	}
	return ready;
}

/* What the CPU did to the next @ready slots, for a device that would not see. */
static void tandem_rx_sync_posted(struct tandem_rx_ring *rx, u16 ready)
{
	u16 i = rx->ntu;

	for (; ready; ready--) {
		dma_sync_single_for_device(rx->pp->p.dev, rx->slot[i].dma,
					   rx->max_len, DMA_BIDIRECTIONAL);
		i = tandem_ring_next(i, rx->mask);
	}
}

/**
 * tandem_rx_refill - post pages until the ring is full
 * @rx: receive ring, owned by the caller
 *
 * Return: true if the ring is (nearly) full, false if memory ran out.
 */
bool tandem_rx_refill(struct tandem_rx_ring *rx)
{
	u16 room = tandem_ring_free(rx->ntu, rx->ntc, rx->mask);
	u16 ready = room;

	if (room < min_t(u16, TANDEM_REFILL_MIN, rx->count / 4))
		return true;
	if (unlikely(!rx->running))
		return false;

	if (rx->holes)
		ready = tandem_rx_fill(rx, room);
	if (ready) {
		if (unlikely(dma_dev_need_sync(rx->pp->p.dev)))
			tandem_rx_sync_posted(rx, ready);
		rx->ntu = (rx->ntu + ready) & rx->mask;
		rx->stats.refills++;
		rx->stats.doorbells++;
		/* writel() orders the descriptors before the tail */
		writel(rx->ntu, rx->tail);
	}
	return ready == room;
}

/* The pages of a frame whose end has not come. Not by xdp_return_buff(), which
 * looks for the bpf_net_context that only a NAPI has.
 */
static void tandem_rx_drop_begun(struct tandem_rx_ring *rx)
{
	struct xdp_buff *xdp = &rx->pkt.xdp;
	struct skb_shared_info *sinfo;
	unsigned int i;

	if (xdp_buff_has_frags(xdp)) {
		sinfo = xdp_get_shared_info_from_buff(xdp);
		for (i = 0; i < sinfo->nr_frags; i++)
			page_pool_put_full_page(rx->pp,
						skb_frag_page(&sinfo->frags[i]),
						false);
	}
	page_pool_put_full_page(rx->pp, virt_to_page(xdp->data_hard_start),
				false);
}

/**
 * tandem_rx_drop_pages - free every page of a stopped ring
 * @rx: receive ring, owned by the caller
 */
void tandem_rx_drop_pages(struct tandem_rx_ring *rx)
{
	u16 i;

	if (rx->begun)
		tandem_rx_drop_begun(rx);
	rx->begun = false;
	for (i = 0; i < rx->count; i++) {
		if (rx->slot[i].data)
			page_pool_put_full_page(rx->pp,
						virt_to_page(rx->slot[i].data),
						false);
		rx->slot[i].data = NULL;
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

/* The frame in hand begins with the buffer in @slot. */
static inline void tandem_rx_first(struct tandem_rx_ring *rx,
				   const struct tandem_slot *slot, u32 len)
{
	void *data = slot->data;

	/* one line: the headers that everybody looks at */
	prefetch(data);
	xdp_prepare_buff(&rx->pkt.xdp, data - XDP_PACKET_HEADROOM,
			 XDP_PACKET_HEADROOM, len, true);
}

/* Append the buffer in @slot to the frame begun before. */
static bool tandem_rx_append(struct tandem_rx_ring *rx,
			     struct tandem_slot *slot, u16 len)
{
	struct page *page = virt_to_page(slot->data);

	if (!xdp_buff_add_frag(&rx->pkt.xdp, page_to_netmem(page),
			       XDP_PACKET_HEADROOM, len, PAGE_SIZE))
		return false;
	tandem_rx_take(rx, slot);
	return true;
}

/* Give up the frame begun before, if any. */
static void tandem_rx_abandon(struct tandem_rx_ring *rx)
{
	if (rx->begun)
		xdp_return_buff(&rx->pkt.xdp);
	rx->begun = false;
}

/* A written-back descriptor that is not a whole, good frame by itself. Return:
 * true if it completes one.
 */
static bool tandem_rx_piece(struct tandem_rx_ring *rx,
			    struct tandem_slot *slot, u64 wb)
{
	u16 len = TANDEM_RXW_LENGTH(wb);

	if (wb & TANDEM_RXD_TS)
		rx->stamp = tandem_stamp_rx(rx->v->ad);
	switch (tandem_piece_judge(wb, rx->max_len, rx->begun, &rx->skip)) {
	case TANDEM_PIECE_FIRST:
		tandem_rx_first(rx, slot, len);
		tandem_rx_take(rx, slot);
		rx->begun = true;
		return wb & TANDEM_RXD_EOP;
	case TANDEM_PIECE_NEXT:
		if (tandem_rx_append(rx, slot, len))
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

/* A frame whose pages have left the ring is complete. */
static void tandem_rx_whole(struct tandem_rx_ring *rx, struct bpf_prog *prog)
{
	enum tandem_verdict verdict = TANDEM_PASS;
	struct xdp_buff *xdp = &rx->pkt.xdp;

	rx->begun = false;
	rx->work.frames++;
	rx->work.bytes += xdp_get_buff_len(xdp);
	if (prog && unlikely(xdp_buff_has_frags(xdp)) &&
	    !prog->aux->xdp_has_frags) {
		/* came when the MTU was larger, before this program */
		rx->stats.drop_too_long++;
		xdp_return_buff(xdp);
		return;
	}
	if (prog)
		verdict = tandem_xdp_act(rx, prog, xdp,
					 bpf_prog_run_xdp(prog, xdp),
					 &rx->work);
	if (verdict == TANDEM_PASS)
		tandem_rx_deliver(rx);
	else if (verdict == TANDEM_DROPPED)
		xdp_return_buff(xdp);
}

/* The straight line is for whole frames in one buffer. */
static void tandem_rx_set_plain(struct tandem_rx_ring *rx)
{
	tandem_plain_init(&rx->plain, rx->max_len, !rx->begun && !rx->skip);
}

/* A descriptor off the straight line. Return: false if it is not done. */
static noinline bool tandem_rx_odd(struct tandem_rx_ring *rx,
				   struct bpf_prog *prog,
				   struct tandem_slot *slot,
				   union tandem_rx_desc *desc)
{
	u64 wb = tandem_rx_word(desc);

	if (!(wb & TANDEM_RXD_DD))
		return false;
	dma_rmb();	/* as in tandem_rx_run() */

	rx->work.odd++;
	rx->pkt.desc = desc;
	if (tandem_rx_piece(rx, slot, wb))
		tandem_rx_whole(rx, prog);
	if (slot->data)
		tandem_rx_post(desc, slot);
	if (!rx->begun)
		xdp_init_buff(&rx->pkt.xdp, PAGE_SIZE, &rx->rxq);
	tandem_rx_set_plain(rx);
	return true;
}

/* A frame of the straight line of which the program, if there is one, did not
 * say to drop it: its page leaves the slot only if somebody keeps it.
 */
static noinline void tandem_rx_rest(struct tandem_rx_ring *rx,
				    struct bpf_prog *prog,
				    struct tandem_slot *slot,
				    union tandem_rx_desc *desc, u32 act)
{
	enum tandem_verdict verdict = TANDEM_PASS;

	rx->work.rest++;
	if (prog)
		verdict = tandem_xdp_act(rx, prog, &rx->pkt.xdp, act,
					 &rx->work);
	if (verdict == TANDEM_DROPPED) {
		tandem_rx_post(desc, slot);
		return;
	}
	tandem_rx_take(rx, slot);
	if (verdict == TANDEM_PASS)
		tandem_rx_deliver(rx);
}

/* What the device did to done slots, for a CPU that would not see. Return: the
 * first slot not done.
 */
static noinline struct tandem_slot *
tandem_rx_sync_done(struct tandem_rx_ring *rx, struct tandem_slot *slot,
		    struct tandem_slot *end)
{
	const union tandem_rx_desc *desc = &rx->desc[slot - rx->slot];
	u64 wb;

	for (; slot != end; slot++, desc++) {
		wb = tandem_rx_word(desc);
		if (!(wb & TANDEM_RXD_DD))
			break;
		dma_rmb();	/* as in tandem_rx_run() */
		dma_sync_single_for_cpu(rx->pp->p.dev, slot->dma,
					min(TANDEM_RXW_LENGTH(wb), rx->max_len),
					DMA_BIDIRECTIONAL);
	}
	return slot;
}

/* Take the descriptors of the slots from @slot to @end, as far as they are
 * done. Frames that a program drops stay on the straight line, which counts
 * nothing but bytes beyond the header, see tandem_rx_count(). Return: the
 * first slot not done.
 */
static struct tandem_slot *tandem_rx_run(struct tandem_rx_ring *rx,
					 struct bpf_prog *prog,
					 struct tandem_slot *slot,
					 struct tandem_slot *end)
{
	union tandem_rx_desc *desc = &rx->desc[slot - rx->slot];
	struct xdp_buff *xdp = &rx->pkt.xdp;

	if (unlikely(dma_dev_need_sync(rx->pp->p.dev)))
		end = tandem_rx_sync_done(rx, slot, end);

	for (; slot != end; slot++, desc++) {
		u64 beyond = tandem_plain_beyond(&rx->plain,
						 tandem_rx_word(desc));
		u32 act = XDP_PASS;

		if (unlikely(beyond >= rx->plain.lengths)) {
			if (!tandem_rx_odd(rx, prog, slot, desc))
				break;
			continue;
		}
		/* the rest of the write-back and the frame, after DD */
		dma_rmb();

		rx->work.bytes += beyond;
		tandem_rx_first(rx, slot, beyond + ETH_HLEN);
		rx->pkt.desc = desc;
		if (prog)
			act = bpf_prog_run_xdp(prog, xdp);
		if (likely(act == XDP_DROP))
			tandem_rx_post(desc, slot);
		else
			tandem_rx_rest(rx, prog, slot, desc, act);
	}
	return slot;
}

/* What was neither odd nor part of the rest was dropped by the program. */
static void tandem_rx_count(struct tandem_rx_ring *rx, u32 seen)
{
	struct tandem_xdp_work *work = &rx->work;
	u32 straight = seen - work->odd;

	rx->stats.xdp_drop += straight - work->rest;
	u64_stats_update_begin(&rx->syncp);
	rx->stats.packets += work->frames + straight;
	rx->stats.bytes += work->bytes + straight * ETH_HLEN;
	u64_stats_update_end(&rx->syncp);
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
	struct tandem_slot *from = rx->slot + rx->ntc;
	struct tandem_slot *to;
	u32 most, part, seen;

	*work = 0;
	if (!tandem_rx_pending(rx)) {
		tandem_rx_refill(rx);
		return true;
	}
	memset(&rx->work, 0, sizeof(rx->work));
	tandem_rx_set_plain(rx);
	/* Never beyond what was posted, whatever the device claims. */
	most = min_t(u32, budget,
		     tandem_ring_used(rx->ntu, rx->ntc, rx->mask));
	part = min_t(u32, most, rx->count - rx->ntc);
	to = tandem_rx_run(rx, prog, from, from + part);
	seen = to - from;
	if (seen == part && part < most) {
		from = rx->slot;
		to = tandem_rx_run(rx, prog, from, from + most - part);
		seen += to - from;
	}
	rx->ntc = (rx->ntc + seen) & rx->mask;

	if (seen) {
		tandem_rx_count(rx, seen);
		tandem_xdp_finish(v, &rx->work);
	}
	tandem_rx_refill(rx);
	*work = seen;
	return seen < budget || !tandem_rx_pending(rx);
}
