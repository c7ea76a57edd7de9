/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rings: descriptor memory, index arithmetic and what stands behind each
 * descriptor. The index arithmetic compiles on the host too.
 */
#ifndef _TANDEM_RING_H
#define _TANDEM_RING_H

/* Sizes are powers of two, so that an index is a mask away. */
#define TANDEM_MIN_DESC		64
#define TANDEM_MAX_DESC		4096
#define TANDEM_DEFAULT_DESC	256

/**
 * tandem_ring_next - the index after @i
 * @i: index, below the ring's size
 * @mask: size - 1
 */
static inline u16 tandem_ring_next(u16 i, u16 mask)
{
	return (i + 1) & mask;
}

/**
 * tandem_ring_used - descriptors between clean and use
 * @use: next index that software will post
 * @clean: next index that software will take back
 * @mask: size - 1
 */
static inline u16 tandem_ring_used(u16 use, u16 clean, u16 mask)
{
	return (use - clean) & mask;
}

/**
 * tandem_ring_free - descriptors that may still be posted
 * @use: next index that software will post
 * @clean: next index that software will take back
 * @mask: size - 1
 *
 * One slot always stays empty: head == tail means an empty ring to the
 * device. The result is never negative and never the whole ring.
 */
static inline u16 tandem_ring_free(u16 use, u16 clean, u16 mask)
{
	return (clean - use - 1) & mask;
}

#ifdef __KERNEL__

#include <linux/bpf.h>
#include <linux/netdevice.h>
#include <linux/u64_stats_sync.h>
#include <net/page_pool/types.h>
#include <net/xdp.h>
#include <net/xdp_sock.h>
#include <net/xdp_sock_drv.h>

#include "../hw/desc.h"
#include "piece.h"

struct tandem_adapter;
struct tandem_vector;

/**
 * struct tandem_xdp_buff - an xdp_buff with what the metadata kfuncs need
 * @xdp: must be first: the core hands back only this part
 * @desc: the frame's last descriptor, as the device wrote it back. Valid
 *	while the program runs: it is posted again only at the end of the poll.
 *
 * For zero-copy buffers the part behind @xdp lives in xdp_buff_xsk's cb.
 */
struct tandem_xdp_buff {
	struct xdp_buff xdp;
	const union tandem_rx_desc *desc;
};

#define tandem_from_xdp(x) container_of(x, struct tandem_xdp_buff, xdp)

struct tandem_rx_stats {
	u64 packets;
	u64 bytes;
	u64 xsk_packets;	/* of @packets, those on a zero-copy ring */
	u64 xdp_pass;
	u64 xdp_drop;
	u64 xdp_tx;
	u64 xdp_redirect;
	u64 xdp_aborted;	/* aborted, unknown verdicts, failed actions */
	u64 drop_no_buffer;	/* no skb or page to put the frame in */
	u64 drop_bad_desc;	/* the device wrote what it must not, or user
				 * space gave a buffer twice
				 */
	u64 drop_too_long;	/* more fragments than an skb can carry */
	u64 drop_xsk_full;	/* the socket's RX ring was full */
	u64 xsk_unfed;		/* polls that left the ring short of buffers
				 * since the fill ring was empty
				 */
	u64 csum_error;
	u64 alloc_failed;
	u64 refills;
	u64 doorbells;
};

struct tandem_tx_stats {
	u64 packets;
	u64 bytes;
	u64 xsk_packets;	/* of @packets, those from an AF_XDP socket */
	u64 stopped;
	u64 woken;
	u64 dropped;		/* not mappable, or malformed */
	u64 xsk_invalid;	/* descriptors completed without being sent */
	u64 xdp_full;		/* XDP frames refused for want of descriptors */
	u64 csum_offloads;
	u64 doorbells;
};

/* What a poll has done and owes at its end. */
struct tandem_xdp_work {
	u32 tx;			/* frames on the XDP ring awaiting a doorbell */
	u32 redirect;		/* xdp_do_flush() owed */
	u32 frames;		/* taken out of the ring off the straight line */
	u32 bytes;		/* of all */
	u32 odd;		/* descriptors off the straight line */
	u32 rest;		/* on it, but not with the verdict it is for */
};

/**
 * struct tandem_slot - the buffer behind a receive descriptor, in a page
 * @data: where the device writes frames, XDP_PACKET_HEADROOM into the page;
 *	NULL without a page
 * @dma: the same as the device sees it
 */
struct tandem_slot {
	void *data;
	dma_addr_t dma;
};

/**
 * struct tandem_rx_ring - a hardware receive queue
 * @desc: descriptors, coherent memory
 * @slot: page behind each descriptor (stack and XDP path)
 * @xsk: buffer behind each descriptor (zero-copy path); never both
 * @tail: tail register
 * @ntc: next to clean
 * @ntu: next to use: where the next buffer is posted
 * @mask: count - 1
 * @max_len: most bytes that the device may have written per buffer
 * @plain: frames of the straight line; see tandem_rx_set_plain(),
 *	tandem_xsk_set_plain()
 * @work: of the poll that is under way
 * @prog: XDP program, replaced under RTNL, read once per poll
 * @xsk_pool: pool bound for zero-copy; written only with the NAPI disabled
 * @pool_dev: the device that @xsk_pool is mapped for
 * @xsk_head: zero-copy frame being put together, kept over polls
 * @xsk_len: bytes of it so far
 * @fed: zero-copy: the last refill found enough buffers
 * @v: owner
 * @holes: slots of the stack and XDP path without a page; a page that is there
 *	is posted, or ready to be
 * @pkt: stack and XDP path: frame in hand, kept over polls if @begun
 * @begun: @pkt has some of the pieces of a frame
 * @skip: drop descriptors up to the end of this frame
 * @running: the hardware queue is enabled
 * @attached: buffers have an owner: a page_pool or an XSK pool
 * @syncp: guards @stats for 32-bit readers
 * @stats: written by the NAPI alone
 * @stamp: of the frame in hand, if its descriptor says that it was stamped;
 *	0 if the stamp got lost
 * @rxq: what the XDP core knows of this queue
 * @pp: pages, owned by this ring alone
 * @dma: bus address of @desc
 * @count: descriptors
 * @hw_queue: hardware queue number
 */
struct tandem_rx_ring {
	union tandem_rx_desc *desc;
	union {
		struct tandem_slot *slot;
		struct xdp_buff **xsk;
	};
	void __iomem *tail;
	u16 ntc;
	u16 ntu;
	u16 mask;
	u16 max_len;
	struct tandem_plain plain;
	struct tandem_xdp_work work;
	struct bpf_prog *prog;
	struct xsk_buff_pool *xsk_pool;
	struct xdp_buff *xsk_head;
	struct device *pool_dev;
	struct tandem_vector *v;
	u16 holes;
	bool begun;
	bool skip;
	bool fed;
	bool running;
	bool attached;

	struct tandem_xdp_buff pkt;
	ktime_t stamp;
	struct u64_stats_sync syncp;
	struct tandem_rx_stats stats;

	struct xdp_rxq_info rxq ____cacheline_aligned_in_smp;
	struct page_pool *pp;
	struct net_device *netdev;
	dma_addr_t dma;
	u32 xsk_len;
	u16 count;
	u8 hw_queue;
};

/* What a span of transmit descriptors carries. */
enum tandem_span_type {
	TANDEM_SPAN_NONE,
	TANDEM_SPAN_SKB,	/* head of an skb */
	TANDEM_SPAN_XDP_TX,	/* xdp_frame from our own page pool, unmapped by it */
	TANDEM_SPAN_XDP_XMIT,	/* xdp_frame from elsewhere, mapped by us */
	TANDEM_SPAN_XSK,	/* a batch of AF_XDP descriptors */
};

/**
 * struct tandem_span - what starts at a descriptor
 * @skb: for TANDEM_SPAN_SKB
 * @xdpf: for the two XDP frame types
 * @bytes: for BQL and statistics
 * @owed: entries owed to the pool's completion ring (may exceed @len: an
 *	invalid descriptor is completed without having been posted)
 * @len: descriptors in this span, context descriptors included
 * @packets: frames in this span
 * @type: which of the above
 *
 * A batch of AF_XDP frames is one span, whatever its length: that is why
 * completing it costs nothing per packet.
 */
struct tandem_span {
	union {
		struct sk_buff *skb;
		struct xdp_frame *xdpf;
	};
	u32 bytes;
	u32 owed;
	u16 len;
	u16 packets;
	u8 type;
};

/* Where a mapped piece of an skb or a foreign frame lies; len 0: nowhere. */
struct tandem_map {
	dma_addr_t dma;
	u32 len;
};

/**
 * struct tandem_tx_ring - a hardware transmit queue
 * @desc: descriptors, coherent memory
 * @span: what starts at each descriptor
 * @map: DMA mapping of each descriptor that needs unmapping, .len 0 otherwise
 * @report: FIFO of indices of descriptors that report status (RS), one per
 *	doorbell; everything up to a reported index is done when it is
 * @tail: tail register
 * @lock: XDP ring only: serialises posting and cleaning among the vector's
 *	NAPI and ndo_xdp_xmit() of other CPUs, and changes of need_wakeup among
 *	this NAPI and one that has just completed. The stack's ring is guarded by
 *	its netdev_queue lock (posting) and the NAPI (cleaning).
 * @ntc: next to clean
 * @ntu: next to use
 * @flushed: first descriptor that the device was not told of
 * @mask: count - 1
 * @rep_head: next free slot of @report
 * @rep_tail: oldest unanswered slot of @report
 * @last: where the latest span starts
 * @stamp: XDP ring: where a socket wants to read when its frame was sent;
 *	.tx_timestamp NULL if none does
 * @stamp_until: jiffies until when that is waited for
 * @looked: XDP ring: what the core looked at last and did not give us
 * @looks: how often that was the same as before, since it gave us something
 * @waited: something was in the ring at the service task's last look
 * @sent_at: frames that it had sent then
 * @polls_at: polls of the vector then
 * @stood: looks in a row with a poll before them that found nothing sent
 * @v: owner
 * @syncp: guards @stats for 32-bit readers
 * @stats: posting and cleaning sides write different fields
 * @netdev: port
 * @dma: bus address of @desc
 * @count: descriptors
 * @hw_queue: hardware queue number
 * @index: netdev queue, stack ring only
 * @running: the hardware queue is enabled
 */
struct tandem_tx_ring {
	union tandem_tx_desc *desc;
	struct tandem_span *span;
	struct tandem_map *map;
	u16 *report;
	void __iomem *tail;
	spinlock_t lock;	/* posting and cleaning of an XDP ring */
	u16 ntc;
	u16 ntu;
	u16 flushed;
	u16 mask;
	u16 rep_head;
	u16 rep_tail;
	u16 last;
	struct xsk_tx_metadata_compl stamp;
	unsigned long stamp_until;
	struct xdp_desc looked;
	u16 looks;
	bool waited;
	u8 stood;
	u64 sent_at;
	u64 polls_at;
	struct tandem_vector *v;

	struct u64_stats_sync syncp;
	struct tandem_tx_stats stats;

	struct net_device *netdev;
	dma_addr_t dma;
	u16 count;
	u8 hw_queue;
	u8 index;
	bool running;
};

/**
 * tandem_rx_word - status and length of a descriptor
 * @desc: descriptor that the device may write back at this moment
 */
static inline u64 tandem_rx_word(const union tandem_rx_desc *desc)
{
	return le64_to_cpu(READ_ONCE(desc->raw.hi));
}

/**
 * tandem_rx_pending - has the device finished another descriptor?
 * @rx: receive ring
 */
static inline bool tandem_rx_pending(const struct tandem_rx_ring *rx)
{
	return rx->ntc != rx->ntu &&
	       (tandem_rx_word(&rx->desc[rx->ntc]) & TANDEM_RXD_DD);
}

/**
 * tandem_tx_waiting - does the device owe a status report?
 * @ring: transmit ring; a report that is asked for meanwhile has an interrupt
 */
static inline bool tandem_tx_waiting(const struct tandem_tx_ring *ring)
{
	return READ_ONCE(ring->rep_head) != ring->rep_tail;
}

/**
 * tandem_tx_set_context - write a context descriptor
 * @desc: where
 * @vlan_macip: VLAN tag, lengths of the MAC and IP headers
 * @tucmd: kinds of the IP and L4 headers
 * @mss_l4len: MSS and length of the L4 header, 0 without segmentation
 */
static inline void tandem_tx_set_context(union tandem_tx_desc *desc,
					 u32 vlan_macip, u32 tucmd,
					 u32 mss_l4len)
{
	desc->ctx.vlan_macip = cpu_to_le32(vlan_macip);
	desc->ctx.launch = 0;
	desc->ctx.type_tucmd = cpu_to_le32(tucmd | TANDEM_TXD_CTX |
					   TANDEM_TXD_DEXT);
	desc->ctx.mss_l4len = cpu_to_le32(mss_l4len);
}

/* Undo what is mapped for a descriptor, if anything is. */
static inline void tandem_unmap_piece(struct device *dev,
				      struct tandem_map *map)
{
	if (!map->len)
		return;
	dma_unmap_page(dev, map->dma, map->len, DMA_TO_DEVICE);
	map->len = 0;
}

/* The same for some descriptors from @first on. */
static inline void tandem_unmap_pieces(struct device *dev,
				       struct tandem_tx_ring *ring, u16 first,
				       u16 len)
{
	for (; len; len--, first = tandem_ring_next(first, ring->mask))
		tandem_unmap_piece(dev, &ring->map[first]);
}

/* Map linear memory, never vmalloc's, which dma_map_single() would look for. */
static inline int tandem_map_linear(struct device *dev, struct tandem_map *map,
				    void *data, u32 len)
{
	map->dma = dma_map_page(dev, virt_to_page(data), offset_in_page(data),
				len, DMA_TO_DEVICE);
	if (unlikely(dma_mapping_error(dev, map->dma)))
		return -ENOMEM;
	map->len = len;
	return 0;
}

static inline u16 tandem_tx_free_desc(const struct tandem_tx_ring *ring)
{
	return tandem_ring_free(READ_ONCE(ring->ntu), READ_ONCE(ring->ntc),
				ring->mask);
}

/* ring.c */
int tandem_rings_alloc(struct tandem_vector *v);
void tandem_rings_free(struct tandem_vector *v);
int tandem_rings_start(struct tandem_vector *v);
void tandem_rings_stop(struct tandem_vector *v);
int tandem_rx_attach_memory(struct tandem_vector *v);
void tandem_rx_detach_memory(struct tandem_vector *v);
int tandem_rx_start(struct tandem_vector *v);
void tandem_rx_stop(struct tandem_vector *v);
int tandem_tx_ring_start(struct tandem_tx_ring *ring);
void tandem_tx_ring_stop(struct tandem_tx_ring *ring);

/* rx.c */
bool tandem_rx_poll(struct tandem_vector *v, int budget, int *work);
bool tandem_rx_refill(struct tandem_rx_ring *ring);
void tandem_rx_drop_pages(struct tandem_rx_ring *ring);
void tandem_rx_fields(struct tandem_rx_ring *ring, struct sk_buff *skb,
		      const union tandem_rx_desc *desc);

/* tx.c */
netdev_tx_t tandem_start_xmit(struct sk_buff *skb, struct net_device *netdev);
void tandem_tx_poll(struct tandem_vector *v, int budget);
void tandem_tx_doorbell(struct tandem_tx_ring *ring);
void tandem_tx_drain(struct tandem_tx_ring *ring);

/* xdp.c */
enum tandem_verdict {
	TANDEM_PASS,		/* to the stack */
	TANDEM_DROPPED,		/* buffer still the caller's */
	TANDEM_CONSUMED,	/* buffer handed on */
	TANDEM_XSK_FULL,	/* as DROPPED; the socket's ring is full */
	TANDEM_LOST,		/* buffer handed on, frame not sent after all */
};

enum tandem_verdict tandem_xdp_failed(struct tandem_rx_ring *rx,
				      struct bpf_prog *prog, u32 act, int err);
enum tandem_verdict tandem_xdp_act(struct tandem_rx_ring *rx,
				   struct bpf_prog *prog, struct xdp_buff *xdp,
				   u32 act, struct tandem_xdp_work *work);
void tandem_xdp_finish(struct tandem_vector *v, struct tandem_xdp_work *work);
int tandem_xdp_setup(struct tandem_adapter *ad, struct bpf_prog *prog,
		     struct netlink_ext_ack *extack);

/* xdp_ring.c */
enum tandem_verdict tandem_xdp_tx(struct tandem_rx_ring *rx,
				  struct xdp_buff *xdp);
int tandem_xdp_xmit(struct net_device *netdev, int n, struct xdp_frame **frames,
		    u32 flags);
void tandem_xdp_reap(struct tandem_vector *v, int budget);
u32 tandem_xdp_reap_locked(struct tandem_tx_ring *ring);

/* metadata.c */
extern const struct xdp_metadata_ops tandem_xdp_metadata_ops;

/* xsk.c, xsk_rx.c, xsk_tx.c */

/* Buffers of one zero-copy frame: its head and the fragments that a
 * skb_shared_info can name.
 */
#define TANDEM_XSK_MAX_SEGS	(1 + MAX_SKB_FRAGS)

/**
 * struct tandem_xsk_wish - what a frame of a socket asks for
 * @meta: where an answer is expected, or NULL
 * @total: length of the frame
 * @vlan_macip: for the context descriptor
 * @tucmd: for the context descriptor
 * @csum: wants a checksum, and so a context descriptor
 * @stamp: wants to know when it was sent
 * @valid: nothing impossible was asked for
 */
struct tandem_xsk_wish {
	struct xsk_tx_metadata *meta;
	u32 total;
	u32 vlan_macip;
	u32 tucmd;
	bool csum;
	bool stamp;
	bool valid;
};

/* xsk_meta.c */
extern const struct xsk_tx_metadata_ops tandem_xsk_tx_metadata_ops;
bool tandem_xsk_wishes(struct xsk_buff_pool *pool, const struct xdp_desc *d,
		       struct tandem_xsk_wish *wish);
void tandem_xsk_post_context(struct tandem_tx_ring *ring,
			     const struct tandem_xsk_wish *wish);
u32 tandem_xsk_stamp_ask(struct tandem_tx_ring *ring,
			 const struct tandem_xsk_wish *wish);
bool tandem_xsk_stamp_settled(struct tandem_tx_ring *ring);
void tandem_xsk_stamp_forget(struct tandem_tx_ring *ring);

int tandem_xsk_setup_pool(struct tandem_adapter *ad, struct xsk_buff_pool *pool,
			  u16 qid);
void tandem_xsk_wakeup_ipi(void *data);
int tandem_xsk_wakeup(struct net_device *netdev, u32 qid, u32 flags);
void tandem_xsk_driven(struct tandem_vector *v, struct xsk_buff_pool *pool,
		       bool owner);
bool tandem_xsk_rx_poll(struct tandem_vector *v, int budget, int *work);
bool tandem_xsk_refill(struct tandem_rx_ring *ring);
bool tandem_xsk_tx_poll(struct tandem_vector *v, int *work);
void tandem_xsk_drop_buffers(struct tandem_rx_ring *ring);
bool tandem_xsk_allows(struct xsk_buff_pool *pool, const struct bpf_prog *prog,
		       u32 frame);

#endif /* __KERNEL__ */
#endif /* _TANDEM_RING_H */
