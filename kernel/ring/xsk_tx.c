// SPDX-License-Identifier: GPL-2.0
/*
 * AF_XDP zero-copy transmit, on the vector's own XDP ring.
 *
 * Read upward: tandem_xsk_tx_poll() is at the end.
 */
#include <net/xdp_sock_drv.h>

#include "../tandem.h"

/* Most descriptors taken from the sockets per poll. */
#define TANDEM_XSK_TX_BATCH	256
/* Most second looks at descriptors that the core does not give us. */
#define TANDEM_XSK_LOOKS	256
/* Shortest frame that the device takes, and longest without FCS. */
#define TANDEM_XSK_MIN_LEN	((u64)TANDEM_TX_MIN_LEN)

/* How one AF_XDP frame of several descriptors hangs together. */
struct tandem_xsk_chain {
	u32 pieces;
	u32 total;
	bool valid;
};

/* A chain has its end among the @n, and a pool that takes chains. The core sees
 * to both for one socket; of several without XDP_USE_SG it takes descriptors in
 * turn, and one of a chain may be followed by another socket's.
 */
static struct tandem_xsk_chain tandem_xsk_measure(const struct xdp_desc *from,
						  u32 n, bool chains)
{
	struct tandem_xsk_chain c = { .valid = true };
	bool ended = false;

	while (c.pieces < n && !ended) {
		const struct xdp_desc *d = &from[c.pieces++];

		c.total += d->len;
		if (!d->len || d->len > TANDEM_TXD_LEN_MAX)
			c.valid = false;
		ended = !(d->options & XDP_PKT_CONTD);
		if (!chains)
			break;
	}
	if (!ended || c.total < TANDEM_XSK_MIN_LEN || c.total > TANDEM_TX_MAX_LEN)
		c.valid = false;
	return c;
}

/* Post one frame of any number of descriptors. Return: descriptors taken
 * from @from.
 */
static u32 tandem_xsk_post_chain(struct tandem_tx_ring *ring,
				 struct xsk_buff_pool *pool,
				 const struct xdp_desc *from, u32 n,
				 struct tandem_span *span)
{
	bool chains = pool->umem->flags & XDP_UMEM_SG_FLAG;
	struct tandem_xsk_chain c = tandem_xsk_measure(from, n, chains);
	struct tandem_xsk_wish wish = { .total = c.total };
	u32 olinfo = TANDEM_TXD_OL_PAYLEN(c.total);
	u32 base = TANDEM_TXD_BASE;
	u32 i;

	if (!c.valid || !tandem_xsk_wishes(pool, from, &wish)) {
		ring->stats.xsk_invalid += c.pieces;
		return c.pieces;
	}

	if (wish.csum) {
		tandem_xsk_post_context(ring, &wish);
		olinfo |= TANDEM_TXD_OL_TXSM;
	}
	if (wish.stamp)
		base |= tandem_xsk_stamp_ask(ring, &wish);
	for (i = 0; i < c.pieces; i++) {
		union tandem_tx_desc *desc = &ring->desc[ring->ntu];
		u32 cmd = base | from[i].len;
		dma_addr_t dma;

		if (i == c.pieces - 1)
			cmd |= TANDEM_TXD_EOP;
		dma = xsk_buff_raw_get_dma(pool, from[i].addr);
		xsk_buff_raw_dma_sync_for_device(pool, dma, from[i].len);
		desc->read.addr = cpu_to_le64(dma);
		desc->read.cmd_len = cpu_to_le32(cmd);
		desc->read.olinfo = cpu_to_le32(olinfo);
		ring->ntu = tandem_ring_next(ring->ntu, ring->mask);
	}
	span->bytes += c.total;
	span->packets++;
	return c.pieces;
}

/* Length and options of a descriptor as one word, in host order: a plain
 * frame is one whose word is a good length.
 */
static u64 tandem_xsk_word(const struct xdp_desc *d)
{
	return d->len | (u64)d->options << 32;
}

/* Post plain frames of one descriptor each, up to the first that is not one
 * or the end of the ring; none where each has to be copied to a bounce buffer.
 * Return: descriptors taken from @from.
 */
static u32 tandem_xsk_post_plain(struct tandem_tx_ring *ring,
				 struct xsk_buff_pool *pool,
				 const struct xdp_desc *from, u32 n,
				 struct tandem_span *span)
{
	const u64 fixed = TANDEM_TXD_BASE | TANDEM_TXD_EOP;
	const struct xdp_desc *d = from, *end;
	unsigned long across;
	u32 bytes = 0;

	if (unlikely(dma_dev_need_sync(pool->dev)))
		return 0;
	/* Both arrays have entries of one size: the way from one to the other
	 * stays the same, and there is one pointer to move on. The compiler
	 * would make that two again if it knew what this is.
	 */
	static_assert(sizeof(union tandem_tx_desc) == sizeof(*d));
	across = (unsigned long)&ring->desc[ring->ntu] - (unsigned long)from;
	OPTIMIZER_HIDE_VAR(across);
	end = from + min_t(u32, n, ring->count - ring->ntu);
	for (; d != end; d++) {
		union tandem_tx_desc *desc = (void *)d + across;
		u64 len = tandem_xsk_word(d);
		dma_addr_t dma;

		if (unlikely(len - TANDEM_XSK_MIN_LEN >
			     TANDEM_TX_MAX_LEN - TANDEM_XSK_MIN_LEN))
			break;
		dma = xsk_buff_raw_get_dma(pool, d->addr);
		desc->raw.lo = cpu_to_le64(dma);
		desc->raw.hi = cpu_to_le64(fixed + len +
					   (len << TANDEM_TXW_PAYLEN));
		bytes += len;
	}
	n = d - from;
	ring->ntu = (ring->ntu + n) & ring->mask;
	span->bytes += bytes;
	span->packets += n;
	return n;
}

/* Post @n descriptors that the core took from the socket's ring and checked.
 * One span and one status report cover them all, so that taking them back
 * costs nothing per packet. Context: ring lock held, @n fit. Return: false if
 * none of them can be sent.
 */
static bool tandem_xsk_post(struct tandem_tx_ring *ring,
			    struct xsk_buff_pool *pool, u32 n)
{
	const struct xdp_desc *from = pool->tx_descs;
	struct tandem_span *span;
	u16 first = ring->ntu;
	u32 i = 0;

	span = &ring->span[first];
	span->type = TANDEM_SPAN_XSK;
	span->owed = n;
	span->bytes = 0;
	span->packets = 0;

	while (i < n) {
		u32 took = tandem_xsk_post_plain(ring, pool, from + i, n - i,
						 span);

		if (unlikely(!took))
			took = tandem_xsk_post_chain(ring, pool, from + i,
						     n - i, span);
		i += took;
	}

	if (likely(ring->ntu != first)) {
		span->len = (ring->ntu - first) & ring->mask;
		ring->last = first;
		return true;
	}
	/* Nothing of it could be sent. The completion ring is positional:
	 * what is owed waits for what was taken before.
	 */
	span->type = TANDEM_SPAN_NONE;
	if (ring->ntc == first)
		xsk_tx_completed(pool, n);
	else
		ring->span[ring->last].owed += n;
	return false;
}

/* The core looked at @desc and gave us nothing. It took it, if it is invalid, and
 * there may be others behind it; or it left it, for want of the rest of its frame
 * or of room in the completion ring, and we would look for ever. It does not say
 * which; but what it left it looks at again. Return: true if looking on makes no
 * sense: user space has to move, and will call.
 */
static noinline bool tandem_xsk_looked(struct tandem_tx_ring *ring,
				       const struct xsk_buff_pool *pool,
				       const struct xdp_desc *desc)
{
	/* A single socket's frame that is whole was not left: the core looks at
	 * none before there is room for it.
	 */
	if (list_is_singular(&pool->xsk_tx_list) &&
	    !(desc->options & XDP_PKT_CONTD))
		return false;
	/* of several sockets each has 32 turns in a row */
	if (memcmp(desc, &ring->looked, sizeof(*desc))) {
		ring->looked = *desc;
		return false;
	}
	if (ring->looks >= TANDEM_XSK_LOOKS)
		return true;
	ring->looks++;
	return false;
}

/* Take what the sockets want sent, as far as there is room. Return: true if
 * nothing more is waiting.
 */
static bool tandem_xsk_send(struct tandem_tx_ring *ring,
			    struct xsk_buff_pool *pool, int *work)
{
	u32 room = min_t(u32, tandem_tx_free_desc(ring), TANDEM_XSK_TX_BATCH);
	struct xdp_desc *descs = READ_ONCE(pool->tx_descs);
	u32 n;

	/* made with the first socket that has a TX ring; a ring that did not
	 * start waits for the reset
	 */
	if (unlikely(!descs || !ring->running))
		return true;
	/* each frame may need a context descriptor */
	if (pool->tx_metadata_len)
		room /= 2;
	room = tandem_xsk_batch_max(pool, room);
	if (!room)
		return true;	/* the report of the last batch brings us back */
	/* The core ends a batch before a descriptor that is invalid, and takes
	 * that one without a word when nothing was before it. It has looked at
	 * none if this is still there, an address that no socket knows.
	 */
	descs[0].addr = (unsigned long)ring;
	n = xsk_tx_peek_release_desc_batch(pool, room);
	if (!n)
		return descs[0].addr == (unsigned long)ring ||
		       tandem_xsk_looked(ring, pool, descs);
	ring->looks = 0;
	*work += 1;
	if (unlikely(!tandem_xsk_post(ring, pool, n)))
		return false;
	tandem_tx_doorbell(ring);
	/* be it that there is no more, or that an invalid one ended the batch: the
	 * report of this one brings us back
	 */
	return n < room;
}

/* Return: false if a stamp has to come first. */
static bool tandem_xsk_complete(struct tandem_tx_ring *ring,
				struct xsk_buff_pool *pool)
{
	u32 owed;

	if (ring->rep_tail == ring->rep_head)
		return true;
	if (unlikely(ring->stamp.tx_timestamp) &&
	    !tandem_xsk_stamp_settled(ring))
		return false;
	owed = tandem_xdp_reap_locked(ring);
	if (owed)
		xsk_tx_completed(pool, owed);
	return true;
}

/**
 * tandem_xsk_tx_poll - transmit for the sockets of a bound pool
 * @v: queue vector with a pool, called by its NAPI
 * @work: raised if something was sent: NAPI defers the interrupt of a vector
 *	that had work, and a socket that only sends has no other
 *
 * Return: true if done, false if the poll must come again. Without carrier
 * there is nothing to do: descriptors wait in the socket's ring, and the link
 * task comes back.
 */
bool tandem_xsk_tx_poll(struct tandem_vector *v, int *work)
{
	struct xsk_buff_pool *pool = v->rx.xsk_pool;
	struct tandem_tx_ring *ring = &v->xdp;
	bool done = true;

	spin_lock(&ring->lock);
	tandem_xsk_complete(ring, pool);
	if (likely(netif_carrier_ok(ring->netdev)))
		done = tandem_xsk_send(ring, pool, work);
	done &= tandem_xsk_complete(ring, pool);

	if (xsk_uses_need_wakeup(pool)) {
		if (ring->v->rx.fed)
			xsk_clear_rx_need_wakeup(pool);
		if (ring->rep_tail != ring->rep_head) {
			/* a status report is on its way, and will poll us. That
			 * we are not done does not mean it: who polls busily may
			 * leave the rest to the deferral's timer.
			 */
			xsk_clear_tx_need_wakeup(pool);
		} else if (!(pool->cached_need_wakeup & XDP_WAKEUP_TX)) {
			xsk_set_tx_need_wakeup(pool);
			/* Order the flag before the second look; pairs with
			 * the barrier in user space between its producer
			 * index and its look at the flag.
			 */
			smp_mb();
			if (done && netif_carrier_ok(ring->netdev))
				done = tandem_xsk_send(ring, pool, work);
		}
	}
	spin_unlock(&ring->lock);
	return done;
}
