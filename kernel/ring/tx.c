// SPDX-License-Identifier: GPL-2.0
/*
 * Packets from the network stack, and what all transmit rings share: the
 * doorbell and the way back of finished descriptors (see report.h).
 *
 * Read upward: tandem_start_xmit() is at the end.
 */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip6_checksum.h>
#include <net/netdev_queues.h>
#include <net/tcp.h>

#include "../tandem.h"
#include "../trace.h"
#include "report.h"

/* Descriptors that one skb can take: a context, the linear part in up to
 * three pieces of TANDEM_TXD_LEN_MAX, and each fragment in up to two, though
 * the 64 KiB of a GSO packet bound how many of those are long.
 */
#define TANDEM_TX_NEED		(1 + 3 + MAX_SKB_FRAGS + 3)
/* Wake a stopped queue only when it can take two of the largest. */
#define TANDEM_TX_WAKE		(2 * TANDEM_TX_NEED)

static_assert(TANDEM_TX_WAKE < TANDEM_MIN_DESC);

/**
 * tandem_tx_doorbell - tell the device of everything posted so far
 * @ring: transmit ring, posting side owned by the caller
 *
 * Only the last descriptor asks for a status report; when it is done, so is
 * everything before it. Nothing is ever held back waiting for a batch to
 * fill: whoever posts rings the bell before it leaves.
 */
void tandem_tx_doorbell(struct tandem_tx_ring *ring)
{
	u16 ntu = ring->ntu;
	union tandem_tx_desc *last = &ring->desc[(ntu - 1) & ring->mask];

	if (ring->flushed == ntu)
		return;

	last->read.cmd_len |= cpu_to_le32(TANDEM_TXD_RS);
	ring->report[ring->rep_head & ring->mask] = ntu;
	ring->flushed = ntu;
	ring->stats.doorbells++;
	trace_tandem_doorbell(ring->netdev, ring->v->index,
			      ring == &ring->v->xdp, ntu);
	/* Publishes spans and descriptors to the cleaning side, which may be
	 * another CPU: pairs with smp_load_acquire() in tandem_tx_reported().
	 */
	smp_store_release(&ring->rep_head, ring->rep_head + 1);
	/* writel() orders the descriptors before the tail */
	writel(ntu, ring->tail);
}

/* Give back whatever a never-to-be-sent span holds. */
static void tandem_tx_discard(struct tandem_tx_ring *ring,
			      struct tandem_span *span, u16 at)
{
	struct device *dev = &ring->v->ad->pdev->dev;

	switch (span->type) {
	case TANDEM_SPAN_SKB:
		tandem_unmap_pieces(dev, ring, at, span->len);
		dev_kfree_skb_any(span->skb);
		break;
	case TANDEM_SPAN_XDP_XMIT:
		tandem_unmap_pieces(dev, ring, at, span->len);
		fallthrough;
	case TANDEM_SPAN_XDP_TX:
		xdp_return_frame(span->xdpf);
		break;
	default:
		break;
	}
	/* Taken from the socket, so owed to it, sent or not. */
	if (span->owed)
		xsk_tx_completed(ring->v->rx.xsk_pool, span->owed);
	span->owed = 0;
	span->type = TANDEM_SPAN_NONE;
}

/**
 * tandem_tx_drain - empty a stopped ring
 * @ring: transmit ring; the device and everybody else have let go of it
 */
void tandem_tx_drain(struct tandem_tx_ring *ring)
{
	struct tandem_span *span;

	tandem_xsk_stamp_forget(ring);
	while (ring->ntc != ring->ntu) {
		span = &ring->span[ring->ntc];
		tandem_tx_discard(ring, span, ring->ntc);
		ring->ntc = (ring->ntc + span->len) & ring->mask;
	}
	ring->flushed = ring->ntu;
	ring->rep_tail = ring->rep_head;
}

/**
 * tandem_tx_poll - take back what the stack's ring has sent
 * @v: queue vector, called by its NAPI
 * @budget: NAPI budget; 0 from netpoll
 *
 * All of it: the work is bounded by the size of the ring.
 */
void tandem_tx_poll(struct tandem_vector *v, int budget)
{
	struct device *dev = &v->ad->pdev->dev;
	struct tandem_tx_ring *ring = &v->tx;
	u32 packets = 0, bytes = 0;
	struct tandem_span *span;
	struct netdev_queue *txq;
	u16 ntc = ring->ntc;
	u16 end;

	while (tandem_tx_reported(ring, &end)) {
		while (ntc != end) {
			span = &ring->span[ntc];
			tandem_unmap_pieces(dev, ring, ntc, span->len);
			napi_consume_skb(span->skb, budget);
			span->type = TANDEM_SPAN_NONE;
			packets += span->packets;
			bytes += span->bytes;
			ntc = (ntc + span->len) & ring->mask;
		}
	}
	if (!packets)
		return;

	WRITE_ONCE(ring->ntc, ntc);
	u64_stats_update_begin(&ring->syncp);
	ring->stats.packets += packets;
	ring->stats.bytes += bytes;
	u64_stats_update_end(&ring->syncp);

	/* Without carrier too: nobody else wakes the queue when it is back. */
	txq = netdev_get_tx_queue(ring->netdev, ring->index);
	if (__netif_txq_completed_wake(txq, packets, bytes,
				       tandem_tx_free_desc(ring),
				       TANDEM_TX_WAKE,
				       !tandem_running(v->ad)) == 0)
		ring->stats.woken++;
}

struct tandem_offload {
	u32 vlan_macip;
	u32 tucmd;
	u32 mss_l4len;
	u32 cmd;
	u32 olinfo;
	u32 again;		/* bytes of headers that the device repeats */
	u16 segs;		/* frames on the wire */
	bool context;
};

/* Segmentation: the device takes the headers as a template, with lengths and
 * checksums as if for an endless packet.
 */
static int tandem_tx_tso(struct sk_buff *skb, struct tandem_offload *off)
{
	u32 l4len, hdr;
	int err;

	if (!skb_is_gso(skb))
		return 0;
	err = skb_cow_head(skb, 0);
	if (err)
		return err;

	if (skb->protocol == htons(ETH_P_IP) || ip_hdr(skb)->version == 4) {
		ip_hdr(skb)->tot_len = 0;
		ip_hdr(skb)->check = 0;
		tcp_hdr(skb)->check =
			~csum_tcpudp_magic(ip_hdr(skb)->saddr,
					   ip_hdr(skb)->daddr, 0,
					   IPPROTO_TCP, 0);
		off->tucmd |= TANDEM_CTX_IPV4;
		off->olinfo |= TANDEM_TXD_OL_IXSM;
	} else {
		ipv6_hdr(skb)->payload_len = 0;
		tcp_hdr(skb)->check =
			~csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
					 &ipv6_hdr(skb)->daddr, 0,
					 IPPROTO_TCP, 0);
	}

	l4len = tcp_hdrlen(skb);
	hdr = skb_transport_offset(skb) + l4len;
	off->mss_l4len = TANDEM_CTX_MSS(skb_shinfo(skb)->gso_size) |
			 TANDEM_CTX_L4LEN(l4len);
	off->tucmd |= TANDEM_CTX_L4_TCP;
	off->cmd |= TANDEM_TXD_TSE;
	off->olinfo |= TANDEM_TXD_OL_TXSM |
		       TANDEM_TXD_OL_PAYLEN(skb->len - hdr);
	off->context = true;
	off->segs = max_t(u16, skb_shinfo(skb)->gso_segs, 1);
	off->again = (off->segs - 1) * hdr;
	return 1;
}

static int tandem_tx_csum(struct sk_buff *skb, struct tandem_offload *off)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return 0;

	switch (skb->csum_offset) {
	case offsetof(struct tcphdr, check):
		off->tucmd |= TANDEM_CTX_L4_TCP;
		break;
	case offsetof(struct udphdr, check):
		off->tucmd |= TANDEM_CTX_L4_UDP;
		break;
	default:
		return skb_checksum_help(skb);
	}
	if (vlan_get_protocol(skb) == htons(ETH_P_IP))
		off->tucmd |= TANDEM_CTX_IPV4;
	off->olinfo |= TANDEM_TXD_OL_TXSM;
	off->context = true;
	return 0;
}

static int tandem_tx_offload(struct sk_buff *skb, struct tandem_offload *off)
{
	int tso, err;

	tso = tandem_tx_tso(skb, off);
	if (tso < 0)
		return tso;
	if (!tso) {
		err = tandem_tx_csum(skb, off);
		if (err)
			return err;
		off->olinfo |= TANDEM_TXD_OL_PAYLEN(skb->len);
	}
	if (off->context)
		off->vlan_macip = skb_network_header_len(skb);
	if (skb_vlan_tag_present(skb)) {
		off->vlan_macip |= TANDEM_CTX_VLAN(skb_vlan_tag_get(skb));
		off->cmd |= TANDEM_TXD_VLE;
		off->context = true;
	}
	if (off->context)
		off->vlan_macip |= TANDEM_CTX_MACLEN(skb_network_offset(skb));
	return 0;
}

static u16 tandem_tx_post_context(struct tandem_tx_ring *ring, u16 i,
				  const struct tandem_offload *off)
{
	tandem_tx_set_context(&ring->desc[i], off->vlan_macip, off->tucmd,
			      off->mss_l4len);
	ring->map[i].len = 0;
	return tandem_ring_next(i, ring->mask);
}

static inline u16 tandem_tx_post_piece(struct tandem_tx_ring *ring, u16 i,
				       dma_addr_t dma, u32 len,
				       const struct tandem_offload *off)
{
	union tandem_tx_desc *desc = &ring->desc[i];

	desc->read.addr = cpu_to_le64(dma);
	desc->read.cmd_len = cpu_to_le32(off->cmd | len);
	desc->read.olinfo = cpu_to_le32(off->olinfo);
	return tandem_ring_next(i, ring->mask);
}

/* Post the area that is mapped for descriptor @i in pieces that a descriptor
 * can describe. The whole mapping stays recorded with the first piece.
 */
static inline u16 tandem_tx_post_area(struct tandem_tx_ring *ring, u16 i,
				      const struct tandem_offload *off)
{
	dma_addr_t dma = ring->map[i].dma;
	u32 len = ring->map[i].len;

	while (unlikely(len > TANDEM_TXD_LEN_MAX)) {
		i = tandem_tx_post_piece(ring, i, dma, TANDEM_TXD_LEN_MAX, off);
		ring->map[i].len = 0;
		dma += TANDEM_TXD_LEN_MAX;
		len -= TANDEM_TXD_LEN_MAX;
	}
	return tandem_tx_post_piece(ring, i, dma, len, off);
}

static int tandem_tx_map_frag(struct device *dev, struct tandem_map *map,
			      const skb_frag_t *frag)
{
	u32 len = skb_frag_size(frag);

	map->dma = skb_frag_dma_map(dev, frag, 0, len, DMA_TO_DEVICE);
	if (dma_mapping_error(dev, map->dma))
		return -ENOMEM;
	map->len = len;
	return 0;
}

/* Map and post all of an skb. Return: the index behind it, or -1 with
 * nothing mapped.
 */
static int tandem_tx_post_skb(struct tandem_tx_ring *ring, struct sk_buff *skb,
			      const struct tandem_offload *off)
{
	struct device *dev = &ring->v->ad->pdev->dev;
	u16 first = ring->ntu, i = first;
	const skb_frag_t *frag;
	int f;

	if (off->context)
		i = tandem_tx_post_context(ring, i, off);

	if (tandem_map_linear(dev, &ring->map[i], skb->data, skb_headlen(skb)))
		return -1;
	i = tandem_tx_post_area(ring, i, off);

	for (f = 0; f < skb_shinfo(skb)->nr_frags; f++) {
		frag = &skb_shinfo(skb)->frags[f];
		if (!skb_frag_size(frag))
			continue;
		if (tandem_tx_map_frag(dev, &ring->map[i], frag))
			goto unmap;
		i = tandem_tx_post_area(ring, i, off);
	}
	ring->desc[(i - 1) & ring->mask].read.cmd_len |=
		cpu_to_le32(TANDEM_TXD_EOP);
	return i;

unmap:
	tandem_unmap_pieces(dev, ring, first, (i - first) & ring->mask);
	return -1;
}

/* A frame can't be sent, and is gone (@skb NULL) or goes; the bell may still be
 * owed for those before.
 */
static netdev_tx_t tandem_tx_drop(struct tandem_tx_ring *ring,
				  struct sk_buff *skb)
{
	ring->stats.dropped++;
	dev_kfree_skb_any(skb);
	if (!netdev_xmit_more())
		tandem_tx_doorbell(ring);
	return NETDEV_TX_OK;
}

/**
 * tandem_start_xmit - ndo_start_xmit
 * @skb: frame from the stack
 * @netdev: port
 *
 * Context: BH off, netdev_queue lock held. Return: NETDEV_TX_OK; NETDEV_TX_BUSY
 * only if the queue was started without room, which is a bug.
 */
netdev_tx_t tandem_start_xmit(struct sk_buff *skb, struct net_device *netdev)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	struct tandem_offload off = { .cmd = TANDEM_TXD_BASE, .segs = 1 };
	struct tandem_tx_ring *ring;
	struct netdev_queue *txq;
	struct tandem_span *span;
	struct tandem_vector *v;
	u32 bytes;
	u16 first;
	int end;

	v = READ_ONCE(ad->vector[skb_get_queue_mapping(skb)]);
	/* Who picks the queue without the stack, as pktgen, may go on with one
	 * that "ethtool -L" has taken away.
	 */
	if (unlikely(!v)) {
		dev_kfree_skb_any(skb);
		return NETDEV_TX_OK;
	}
	ring = &v->tx;
	first = ring->ntu;
	txq = netdev_get_tx_queue(netdev, ring->index);
	if (unlikely(tandem_tx_free_desc(ring) < TANDEM_TX_NEED)) {
		netif_tx_stop_queue(txq);
		return NETDEV_TX_BUSY;
	}
	if (unlikely(skb_put_padto(skb, TANDEM_TX_MIN_LEN)))
		return tandem_tx_drop(ring, NULL);
	if (tandem_tx_offload(skb, &off))
		return tandem_tx_drop(ring, skb);
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_HW_TSTAMP) &&
	    tandem_stamp_skb(ad, skb))
		off.cmd |= TANDEM_TXD_TSTAMP;
	end = tandem_tx_post_skb(ring, skb, &off);
	if (end < 0)
		return tandem_tx_drop(ring, skb);

	bytes = skb->len + off.again;
	span = &ring->span[first];
	span->skb = skb;
	span->type = TANDEM_SPAN_SKB;
	span->len = (end - first) & ring->mask;
	span->bytes = bytes;
	span->packets = off.segs;
	span->owed = 0;
	if (off.olinfo & TANDEM_TXD_OL_TXSM)
		ring->stats.csum_offloads++;
	skb_tx_timestamp(skb);
	WRITE_ONCE(ring->ntu, end);

	if (!netif_txq_maybe_stop(txq, tandem_tx_free_desc(ring),
				  TANDEM_TX_NEED, TANDEM_TX_WAKE))
		ring->stats.stopped++;
	if (__netdev_tx_sent_queue(txq, bytes, netdev_xmit_more()))
		tandem_tx_doorbell(ring);
	return NETDEV_TX_OK;
}
