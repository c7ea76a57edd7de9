// SPDX-License-Identifier: GPL-2.0
/*
 * What an AF_XDP socket asks for with a frame that it sends
 * (Documentation/networking/xsk-tx-metadata.rst): a checksum, the time when it
 * was sent.
 */
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/xdp_sock.h>
#include <net/xdp_sock_drv.h>

#include "../tandem.h"

/* Longest headers that a context descriptor can describe. */
#define TANDEM_CSUM_START_MAX	(ETH_HLEN + 511)
/* For the rest of the device's transmit buffer to be sent, with pauses. */
#define TANDEM_STAMP_WAIT	max(HZ / 50, 1)

/* The device adds up from the end of the IP header on. It is told lengths of
 * headers, of which only the sum matters here.
 */
static void tandem_tmo_request_checksum(u16 start, u16 offset, void *priv)
{
	struct tandem_xsk_wish *wish = priv;

	wish->csum = true;
	if (start <= ETH_HLEN || start > TANDEM_CSUM_START_MAX ||
	    start + offset + sizeof(__sum16) > wish->total) {
		wish->valid = false;
		return;
	}
	switch (offset) {
	case offsetof(struct tcphdr, check):
		wish->tucmd = TANDEM_CTX_L4_TCP;
		break;
	case offsetof(struct udphdr, check):
		wish->tucmd = TANDEM_CTX_L4_UDP;
		break;
	default:
		wish->valid = false;
		return;
	}
	wish->vlan_macip = TANDEM_CTX_MACLEN(ETH_HLEN) | (start - ETH_HLEN);
}

static void tandem_tmo_request_timestamp(void *priv)
{
	struct tandem_xsk_wish *wish = priv;

	wish->stamp = true;
}

static u64 tandem_tmo_fill_timestamp(void *priv)
{
	return ktime_to_ns(*(ktime_t *)priv);
}

const struct xsk_tx_metadata_ops tandem_xsk_tx_metadata_ops = {
	.tmo_request_timestamp	= tandem_tmo_request_timestamp,
	.tmo_fill_timestamp	= tandem_tmo_fill_timestamp,
	.tmo_request_checksum	= tandem_tmo_request_checksum,
};

/**
 * tandem_xsk_wishes - what a frame's metadata asks for
 * @pool: the socket's pool
 * @d: the frame's first descriptor
 * @wish: where to say; its .total is the length of the frame
 *
 * User space may change the metadata meanwhile: it is read once, by the core.
 * Context: NAPI, ring lock held. Return: false if it can't be done.
 */
bool tandem_xsk_wishes(struct xsk_buff_pool *pool, const struct xdp_desc *d,
		       struct tandem_xsk_wish *wish)
{
	wish->csum = false;
	wish->stamp = false;
	wish->valid = true;
	if (d->options & XDP_TX_METADATA)
		wish->meta = tandem_xsk_meta_request(pool, d,
						     &tandem_xsk_tx_metadata_ops,
						     wish);
	return wish->valid;
}

/**
 * tandem_xsk_post_context - post what goes before a frame with wishes
 * @ring: XDP ring with room
 * @wish: a frame's, with .csum
 *
 * Context: NAPI, ring lock held.
 */
void tandem_xsk_post_context(struct tandem_tx_ring *ring,
			     const struct tandem_xsk_wish *wish)
{
	tandem_tx_set_context(&ring->desc[ring->ntu], wish->vlan_macip,
			      wish->tucmd, 0);
	ring->ntu = tandem_ring_next(ring->ntu, ring->mask);
	ring->stats.csum_offloads++;
}

/**
 * tandem_xsk_stamp_ask - have a frame stamped
 * @ring: XDP ring
 * @wish: the frame's, with .stamp
 *
 * The device has one stamp: a frame that can't have it is answered 0.
 * Context: NAPI, ring lock held. Return: what its descriptors are to say.
 */
u32 tandem_xsk_stamp_ask(struct tandem_tx_ring *ring,
			 const struct tandem_xsk_wish *wish)
{
	struct xsk_tx_metadata_compl answer = {};
	ktime_t none = 0;

	/* user space may have taken its wish back meanwhile */
	xsk_tx_metadata_to_compl(wish->meta, &answer);
	if (!answer.tx_timestamp)
		return 0;
	xsk_tx_metadata_complete(&answer, &tandem_xsk_tx_metadata_ops, &none);
	if (ring->stamp.tx_timestamp || !tandem_stamp_borrow(ring->v->ad))
		return 0;
	ring->stamp = answer;
	ring->stamp_until = jiffies + TANDEM_STAMP_WAIT;
	return TANDEM_TXD_TSTAMP;
}

/**
 * tandem_xsk_stamp_settled - the stamp of a frame has come, or never will
 * @ring: XDP ring with a frame that has asked for one
 *
 * Silicon writes a descriptor back before its frame is on the wire: what was
 * sent is not completed before this says so. Context: NAPI, ring lock held.
 */
bool tandem_xsk_stamp_settled(struct tandem_tx_ring *ring)
{
	struct tandem_adapter *ad = ring->v->ad;
	ktime_t stamp;
	bool came;

	came = tandem_stamp_collect(ad, &stamp);
	if (!came && time_before(jiffies, ring->stamp_until))
		return false;
	if (came)
		xsk_tx_metadata_complete(&ring->stamp,
					 &tandem_xsk_tx_metadata_ops, &stamp);
	else
		atomic64_inc(&ad->clock.tx_lost);
	ring->stamp.tx_timestamp = NULL;
	tandem_stamp_return(ad);
	return true;
}

/**
 * tandem_xsk_stamp_forget - nobody reads a stamp any more
 * @ring: transmit ring being drained; its pool is about to go
 */
void tandem_xsk_stamp_forget(struct tandem_tx_ring *ring)
{
	if (!ring->stamp.tx_timestamp)
		return;
	ring->stamp.tx_timestamp = NULL;
	tandem_stamp_return(ring->v->ad);
}
