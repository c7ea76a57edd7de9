// SPDX-License-Identifier: GPL-2.0
/*
 * AF_XDP zero-copy receive: frames land in buffers of the socket's pool.
 *
 * Read upward: tandem_xsk_rx_poll() is at the end.
 */
#include <linux/bpf_trace.h>
#include <linux/filter.h>
#include <net/xdp_sock_drv.h>

#include "../tandem.h"
#include "piece.h"

/* Post at least this many buffers per doorbell. */
#define TANDEM_XSK_REFILL_MIN	32

static inline void tandem_xsk_post_buffer(union tandem_rx_desc *desc,
					  struct xdp_buff *xdp)
{
	desc->raw.lo = cpu_to_le64(xsk_buff_xdp_get_dma(xdp));
	desc->raw.hi = 0;
}

/* By fours, and with pointers: there is little else to do per buffer. */
static inline void tandem_xsk_post_buffers(union tandem_rx_desc *desc,
					   struct xdp_buff **xdp, u32 n)
{
	struct xdp_buff **end = xdp + n, **fours = xdp + (n & ~3);

	for (; xdp != fours; xdp += 4, desc += 4) {
		tandem_xsk_post_buffer(&desc[0], xdp[0]);
		tandem_xsk_post_buffer(&desc[1], xdp[1]);
		tandem_xsk_post_buffer(&desc[2], xdp[2]);
		tandem_xsk_post_buffer(&desc[3], xdp[3]);
	}
	for (; xdp != end; xdp++, desc++)
		tandem_xsk_post_buffer(desc, *xdp);
}

/**
 * tandem_xsk_refill - post buffers from the pool until the ring is full
 * @rx: receive ring with a pool, owned by the caller
 *
 * Return: true if the ring holds enough buffers to go on by itself, false if
 * the fill ring ran dry and user space should be woken for more.
 */
bool tandem_xsk_refill(struct tandem_rx_ring *rx)
{
	u16 room = tandem_ring_free(rx->ntu, rx->ntc, rx->mask);
	struct xsk_buff_pool *pool = rx->xsk_pool;
	u16 ntu = rx->ntu;
	u32 n;

	if (room < min_t(u16, TANDEM_XSK_REFILL_MIN, rx->count / 4))
		return true;
	if (unlikely(!rx->running))
		return true;

	while (room) {
		struct xdp_buff **xdp = &rx->xsk[ntu];

		n = xsk_buff_alloc_batch(pool, xdp,
					 min_t(u32, room, rx->count - ntu));
		if (!n)
			break;
		tandem_xsk_post_buffers(&rx->desc[ntu], xdp, n);
		ntu = (ntu + n) & rx->mask;
		room -= n;
	}

	if (ntu != rx->ntu) {
		rx->ntu = ntu;
		rx->stats.refills++;
		rx->stats.doorbells++;
		/* writel() orders the descriptors before the tail */
		writel(ntu, rx->tail);
	}
	/* Below a quarter a burst could find no descriptor. */
	return rx->mask - room >= rx->count / 4;
}

/**
 * tandem_xsk_drop_buffers - give every buffer of a stopped ring to the pool
 * @rx: receive ring, owned by the caller
 */
void tandem_xsk_drop_buffers(struct tandem_rx_ring *rx)
{
	struct xdp_buff *head = rx->xsk_head;

	if (head)
		xsk_buff_free(head);
	rx->xsk_head = NULL;
	for (; rx->ntc != rx->ntu; rx->ntc = tandem_ring_next(rx->ntc, rx->mask))
		xsk_buff_free(rx->xsk[rx->ntc]);
	/* The page path takes a slot that is not empty for a page. */
	memset(rx->xsk, 0, rx->count * sizeof(*rx->xsk));
}

/* What stands in the shared info lies in memory that user space writes; the pool's
 * list of the same pieces does not.
 */
static bool tandem_xsk_frag_to_skb(struct sk_buff *skb,
				   struct xsk_buff_pool *pool)
{
	struct xdp_buff_xsk *pos;
	struct page *page;
	unsigned int len;
	int i = 0;

	list_for_each_entry(pos, &pool->xskb_list, list_node) {
		if (i == MAX_SKB_FRAGS)
			return false;
		page = dev_alloc_page();
		if (!page)
			return false;
		len = pos->xdp.data_end - pos->xdp.data;
		memcpy(page_address(page), pos->xdp.data, len);
		skb_add_rx_frag(skb, i++, page, 0, len, PAGE_SIZE);
	}
	return true;
}

/* XDP_PASS, or no program: the frame is copied, the buffer stays the pool's. */
static void tandem_xsk_pass(struct tandem_rx_ring *rx, struct xdp_buff *xdp)
{
	unsigned int meta = xdp->data - xdp->data_meta;
	unsigned int len = xdp->data_end - xdp->data;
	struct sk_buff *skb;

	skb = napi_alloc_skb(&rx->v->napi, meta + len);
	if (unlikely(!skb))
		goto drop;
	memcpy(__skb_put(skb, meta + len), xdp->data_meta, meta + len);
	if (meta) {
		__skb_pull(skb, meta);
		skb_metadata_set(skb, meta);
	}
	if (unlikely(xdp_buff_has_frags(xdp)) &&
	    !tandem_xsk_frag_to_skb(skb, rx->xsk_pool)) {
		kfree_skb(skb);
		goto drop;
	}
	tandem_rx_fields(rx, skb, tandem_from_xdp(xdp)->desc);
	napi_gro_receive(&rx->v->napi, skb);
	xsk_buff_free(xdp);
	return;

drop:
	rx->stats.drop_no_buffer++;
	xsk_buff_free(xdp);
}

/* What a verdict other than a successful redirect means for the buffer. */
static void tandem_xsk_settle(struct tandem_rx_ring *rx, struct xdp_buff *xdp,
			      enum tandem_verdict verdict)
{
	if (verdict == TANDEM_PASS)
		tandem_xsk_pass(rx, xdp);
	else if (verdict != TANDEM_CONSUMED)
		xsk_buff_free(xdp);
}

/* A frame of the straight line whose program wanted something else than a
 * redirection, or one that failed with @err.
 */
static noinline void tandem_xsk_rest(struct tandem_rx_ring *rx,
				     struct bpf_prog *prog,
				     struct xdp_buff *xdp, u32 act, int err)
{
	enum tandem_verdict verdict;

	if (act == XDP_REDIRECT)
		verdict = tandem_xdp_failed(rx, prog, act, err);
	else
		verdict = tandem_xdp_act(rx, prog, xdp, act, &rx->work);
	tandem_xsk_settle(rx, xdp, verdict);
	rx->work.rest++;
}

static void tandem_xsk_abandon(struct tandem_rx_ring *rx)
{
	if (rx->xsk_head)
		xsk_buff_free(rx->xsk_head);
	rx->xsk_head = NULL;
}

/* User space may have given a buffer twice, which the core does not look for. One
 * that is on a list, of the pieces in hand or of the free ones, or that began the
 * frame, would not survive a second list.
 */
static bool tandem_xsk_twice(const struct tandem_rx_ring *rx,
			     const struct xdp_buff *xdp)
{
	return xdp == rx->xsk_head ||
	       !list_empty(&container_of(xdp, struct xdp_buff_xsk, xdp)->list_node);
}

/* A descriptor that is not a whole, good frame by itself. Return: the frame
 * that it completes, or NULL.
 */
static struct xdp_buff *tandem_xsk_piece(struct tandem_rx_ring *rx,
					 struct xdp_buff *xdp, u64 wb)
{
	enum tandem_piece piece = tandem_piece_judge(wb, rx->max_len,
						     rx->xsk_head, &rx->skip);
	struct xdp_buff *head;

	if (wb & TANDEM_RXD_TS)
		rx->stamp = tandem_stamp_rx(rx->v->ad);
	if (piece == TANDEM_PIECE_SKIP)
		goto free;
	if (piece == TANDEM_PIECE_BAD) {
		rx->stats.drop_bad_desc++;
		tandem_xsk_abandon(rx);
		goto free;
	}

	if (piece == TANDEM_PIECE_NEXT && unlikely(tandem_xsk_twice(rx, xdp))) {
		rx->stats.drop_bad_desc++;
		goto skip;
	}

	xsk_buff_set_size(xdp, TANDEM_RXW_LENGTH(wb));
	xsk_buff_dma_sync_for_cpu(xdp);
	if (piece == TANDEM_PIECE_FIRST) {
		rx->xsk_head = xdp;
		rx->xsk_len = 0;
	} else if (!tandem_xsk_add_frag(rx->xsk_head, xdp)) {
		rx->stats.drop_too_long++;
		goto skip;
	}
	rx->xsk_len += TANDEM_RXW_LENGTH(wb);
	if (!(wb & TANDEM_RXD_EOP))
		return NULL;
	head = rx->xsk_head;
	rx->xsk_head = NULL;
	return head;

skip:
	rx->skip = !(wb & TANDEM_RXD_EOP);
	tandem_xsk_abandon(rx);
free:
	xsk_buff_free(xdp);
	return NULL;
}

/* The straight line is for whole frames in one buffer, with a program, and
 * without a bounce buffer to copy from.
 */
static void tandem_xsk_set_plain(struct tandem_rx_ring *rx,
				 const struct bpf_prog *prog)
{
	bool any = prog && !rx->xsk_head && !rx->skip &&
		   !dma_dev_need_sync(rx->pool_dev);

	tandem_plain_init(&rx->plain, rx->max_len, any);
}

/* A descriptor off the straight line. */
static noinline void tandem_xsk_odd(struct tandem_rx_ring *rx,
				    struct bpf_prog *prog, struct xdp_buff *xdp,
				    const union tandem_rx_desc *desc)
{
	enum tandem_verdict verdict = TANDEM_PASS;
	struct tandem_xdp_work *work = &rx->work;

	work->odd++;
	xdp = tandem_xsk_piece(rx, xdp, tandem_rx_word(desc));
	tandem_xsk_set_plain(rx, prog);
	if (!xdp)
		return;
	work->frames++;
	work->bytes += rx->xsk_len;
	if (prog && unlikely(xdp_buff_has_frags(xdp)) &&
	    !prog->aux->xdp_has_frags) {
		/* came when the MTU was larger, before this program */
		rx->stats.drop_too_long++;
		xsk_buff_free(xdp);
		return;
	}
	tandem_from_xdp(xdp)->desc = desc;
	if (prog)
		verdict = tandem_xdp_act(rx, prog, xdp,
					 bpf_prog_run_xdp(prog, xdp), work);
	tandem_xsk_settle(rx, xdp, verdict);
}

/* Take the descriptors of the slots from @slot to @end, as far as they are
 * done. The straight line, by redirection to the socket, counts nothing but
 * bytes, see tandem_xsk_rx_count(), and needs no more registers than survive a
 * call: that is why so much is in @rx. Return: the first slot not done.
 */
static struct xdp_buff **tandem_xsk_rx_run(struct tandem_rx_ring *rx,
					   struct bpf_prog *prog,
					   struct xdp_buff **slot,
					   struct xdp_buff **end)
{
	const union tandem_rx_desc *desc = &rx->desc[slot - rx->xsk];

	for (; slot != end; slot++, desc++) {
		u64 beyond = tandem_plain_beyond(&rx->plain,
						 tandem_rx_word(desc));
		struct xdp_buff *xdp = *slot;
		u32 act, len;
		int err;

		if (unlikely(beyond >= rx->plain.lengths)) {
			/* a second look keeps a register free for the first */
			if (!(tandem_rx_word(desc) & TANDEM_RXD_DD))
				break;
			dma_rmb();	/* as below */
			tandem_xsk_odd(rx, prog, xdp, desc);
			continue;
		}
		/* the rest of the write-back and the frame, after DD */
		dma_rmb();

		len = beyond + ETH_HLEN;
		rx->work.bytes += len;
		xsk_buff_set_size(xdp, len);
		tandem_from_xdp(xdp)->desc = desc;
		act = bpf_prog_run_xdp(prog, xdp);
		if (unlikely(act != XDP_REDIRECT)) {
			tandem_xsk_rest(rx, prog, xdp, act, 0);
			continue;
		}
		err = xdp_do_redirect(rx->netdev, xdp, prog);
		if (unlikely(err))
			tandem_xsk_rest(rx, prog, xdp, XDP_REDIRECT, err);
	}
	return slot;
}

/* What was neither odd nor part of the rest was redirected. */
static void tandem_xsk_rx_count(struct tandem_rx_ring *rx, u32 seen)
{
	struct tandem_xdp_work *work = &rx->work;
	u32 straight = seen - work->odd;

	work->frames += straight;
	work->redirect += straight - work->rest;

	u64_stats_update_begin(&rx->syncp);
	rx->stats.packets += work->frames;
	rx->stats.bytes += work->bytes;
	rx->stats.xsk_packets += work->frames;
	u64_stats_update_end(&rx->syncp);
}

/* Say whether user space must come for receive to go on, then look again. That
 * it need not come any more is said by the transmit side, which has the lock.
 */
static bool tandem_xsk_rx_settled(struct tandem_rx_ring *rx)
{
	struct xsk_buff_pool *pool = rx->xsk_pool;

	rx->fed = tandem_xsk_refill(rx);
	if (likely(rx->fed))
		return true;
	rx->stats.xsk_unfed++;
	if (!xsk_uses_need_wakeup(pool))
		return false;	/* nobody will tell us: poll again */
	spin_lock(&rx->v->xdp.lock);
	xsk_set_rx_need_wakeup(pool);
	spin_unlock(&rx->v->xdp.lock);
	/* Order the flag before the second look; pairs with the barrier in
	 * user space between its producer index and its look at the flag.
	 */
	smp_mb();
	rx->fed = tandem_xsk_refill(rx);
	return true;
}

/**
 * tandem_xsk_rx_poll - take received frames out of a zero-copy ring
 * @v: queue vector with a pool, called by its NAPI
 * @budget: most descriptors to look at
 * @work: where to say how many were taken
 *
 * Return: true if done, false if the poll must come again.
 */
bool tandem_xsk_rx_poll(struct tandem_vector *v, int budget, int *work)
{
	struct tandem_rx_ring *rx = &v->rx;
	struct bpf_prog *prog = READ_ONCE(rx->prog);
	struct xdp_buff **from = rx->xsk + rx->ntc;
	struct xdp_buff **to;
	u32 most, part, seen;

	XSK_CHECK_PRIV_TYPE(struct tandem_xdp_buff);

	*work = 0;
	if (!tandem_rx_pending(rx))
		return tandem_xsk_rx_settled(rx);

	memset(&rx->work, 0, sizeof(rx->work));
	tandem_xsk_set_plain(rx, prog);
	/* Never beyond what was posted, whatever the device claims. */
	most = min_t(u32, budget,
		     tandem_ring_used(rx->ntu, rx->ntc, rx->mask));
	part = min_t(u32, most, rx->count - rx->ntc);
	to = tandem_xsk_rx_run(rx, prog, from, from + part);
	seen = to - from;
	if (seen == part && part < most) {
		from = rx->xsk;
		to = tandem_xsk_rx_run(rx, prog, from, from + most - part);
		seen += to - from;
	}
	rx->ntc = (rx->ntc + seen) & rx->mask;

	if (seen) {
		tandem_xsk_rx_count(rx, seen);
		tandem_xdp_finish(v, &rx->work);
	}
	*work = seen;
	if (!tandem_xsk_rx_settled(rx))
		return false;
	return seen < budget || !tandem_rx_pending(rx);
}
