/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The 82576 itself. This room knows registers and descriptors; it knows no
 * net_device, no skb and no socket. Everything above talks to the device
 * through these calls.
 */
#ifndef _TANDEM_HW_H
#define _TANDEM_HW_H

#include <linux/device.h>
#include <linux/etherdevice.h>
#include <linux/io.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "regs.h"

#define TANDEM_MAX_HW_QUEUES	16	/* 82576: 16 RX and 16 TX queues */
#define TANDEM_MAX_CAUSES	25	/* EICR/EITR numbers, shared with VFs */
#define TANDEM_RAR_ENTRIES	24
#define TANDEM_MTA_WORDS	128
#define TANDEM_VFTA_WORDS	128
#define TANDEM_RSS_KEY_BYTES	40
#define TANDEM_RETA_ENTRIES	128
#define TANDEM_MAX_FRAME	9728	/* with FCS, datasheet limit 0x2600 */
#define TANDEM_TX_MAX_LEN	(TANDEM_MAX_FRAME - ETH_FCS_LEN)

/**
 * enum tandem_media - what a port is wired to
 * @TANDEM_MEDIA_COPPER: the internal PHY
 * @TANDEM_MEDIA_SERDES: fiber or backplane, 1000 Mb/s only
 */
enum tandem_media {
	TANDEM_MEDIA_COPPER,
	TANDEM_MEDIA_SERDES,
};

/**
 * struct tandem_hw - one 82576 function as this room sees it
 * @bar: BAR0; NULL once the device has left the bus. Set by the bus room
 * @mapped: BAR0 as mapped, kept for unmapping and for cached tail pointers
 * @lock: one read-modify-write of a shared register at a time
 * @sync: this driver's turn at the semaphores of tandem_sync_get()
 * @dev: for messages only
 * @device_id: PCI device id
 * @emulated: QEMU's model (PCI subsystem 1af4:1100), which has quirks
 * @media: what the port is wired to
 * @mac: permanent address, from NVM
 * @gone: a read returned all ones and STATUS did too: surprise removal
 * @port: number of this port on the device (STATUS.LAN_ID), 0..3
 * @phy_addr: MDIO address of the internal PHY
 * @phy_id: PHY identifier, revision bits cleared
 */
struct tandem_hw {
	void __iomem *bar;
	void __iomem *mapped;
	spinlock_t lock;	/* see tandem_modify32() */
	struct mutex sync;
	struct device *dev;
	u16 device_id;
	bool emulated;
	bool gone;
	enum tandem_media media;
	u8 mac[ETH_ALEN];
	u8 port;
	u8 phy_addr;
	u32 phy_id;
};

/**
 * struct tandem_link - link as the device reports it
 * @up: carrier
 * @speed: Mb/s, 0 when down
 * @full_duplex: duplex
 * @rx_pause: flow control resolved for receive
 * @tx_pause: flow control resolved for transmit
 */
struct tandem_link {
	bool up;
	u16 speed;
	bool full_duplex;
	bool rx_pause;
	bool tx_pause;
};

/**
 * struct tandem_rss - receive side scaling as the device holds it
 * @key: Toeplitz key
 * @table: indirection table; each entry a hardware queue number
 * @fields: MRQC field enables (TANDEM_MRQC_RSS_*)
 */
struct tandem_rss {
	u8 key[TANDEM_RSS_KEY_BYTES];
	u8 table[TANDEM_RETA_ENTRIES];
	u32 fields;
};

/**
 * struct tandem_rx_queue_cfg - how one hardware receive queue is set up
 * @dma: ring base, 128-byte aligned
 * @count: descriptors, a multiple of 8
 * @buf_kib: bytes the device may write per descriptor, in KiB (1..16)
 * @drop_en: drop when out of descriptors instead of stalling the FIFO
 */
struct tandem_rx_queue_cfg {
	dma_addr_t dma;
	u16 count;
	u8 buf_kib;
	bool drop_en;
};

/**
 * struct tandem_hw_stats - totals since load; the registers are clear-on-read
 * @crc_errors: CRCERRS
 * @align_errors: ALGNERRC
 * @rx_errors: RXERRC, symbol errors inside frames
 * @missed: MPC, no room in the receive FIFO; the port adds RQDPC, no descriptor
 * @length_errors: RLEC
 * @undersize: RUC, good CRC
 * @oversize: ROC, good CRC
 * @fragments: RFC, undersize with bad CRC
 * @jabber: RJC, oversize with bad CRC
 * @collisions: COLC
 * @late_collisions: LATECOL
 * @excess_collisions: ECOL
 * @deferred: DC
 * @carrier_errors: TNCRS
 * @xon_rx: XONRXC
 * @xon_tx: XONTXC
 * @xoff_rx: XOFFRXC
 * @xoff_tx: XOFFTXC
 * @rx_good_packets: GPRC
 * @rx_broadcast: BPRC
 * @rx_multicast: MPRC
 * @rx_good_octets: GORC, with FCS
 * @rx_no_buffer: RNBC, no descriptor when the frame came
 * @tx_good_packets: GPTC
 * @tx_good_octets: GOTC, with FCS
 * @rx_total_octets: TOR
 * @tx_total_octets: TOT
 * @rx_total_packets: TPR
 * @tx_total_packets: TPT
 * @tx_multicast: MPTC
 * @tx_broadcast: BPTC
 * @rx_size: PRC64 to PRC1522, by bytes: 64, -127, -255, -511, -1023, more
 * @tx_size: PTC64 to PTC1522, the same classes
 * @tso_packets: TSCTC, segmentation requests
 * @interrupts: IAC
 *
 * QEMU never counts errors, missed or no-buffer frames, collisions, pauses.
 */
struct tandem_hw_stats {
	u64 crc_errors;
	u64 align_errors;
	u64 rx_errors;
	u64 missed;
	u64 length_errors;
	u64 undersize;
	u64 oversize;
	u64 fragments;
	u64 jabber;
	u64 collisions;
	u64 late_collisions;
	u64 excess_collisions;
	u64 deferred;
	u64 carrier_errors;
	u64 xon_rx;
	u64 xon_tx;
	u64 xoff_rx;
	u64 xoff_tx;
	u64 rx_good_packets;
	u64 rx_broadcast;
	u64 rx_multicast;
	u64 rx_good_octets;
	u64 rx_no_buffer;
	u64 tx_good_packets;
	u64 tx_good_octets;
	u64 rx_total_octets;
	u64 tx_total_octets;
	u64 rx_total_packets;
	u64 tx_total_packets;
	u64 tx_multicast;
	u64 tx_broadcast;
	u64 rx_size[6];
	u64 tx_size[6];
	u64 tso_packets;
	u64 interrupts;
};

/* Which parts of a frame a 5-tuple filter compares; the protocol always. */
#define TANDEM_MATCH_SRC	BIT(0)
#define TANDEM_MATCH_DST	BIT(1)
#define TANDEM_MATCH_SPORT	BIT(2)
#define TANDEM_MATCH_DPORT	BIT(3)
#define TANDEM_MATCH_ALL	GENMASK(3, 0)

/**
 * struct tandem_tuple - a 5-tuple filter: IPv4 frames of a flow to a queue
 * @src: source address
 * @dst: destination address
 * @sport: source port
 * @dport: destination port
 * @proto: IP protocol
 * @match: TANDEM_MATCH_* for the parts that must be equal
 * @queue: receive queue
 * @priority: 1 to 7; of filters that match the same frame the highest wins
 */
struct tandem_tuple {
	__be32 src;
	__be32 dst;
	__be16 sport;
	__be16 dport;
	u8 proto;
	u8 match;
	u8 queue;
	u8 priority;
};

/* The registers of one 5-tuple filter. */
struct tandem_tuple_regs {
	u32 saqf;
	u32 daqf;
	u32 spqf;
	u32 ftqf;
	u32 imir;
	u32 imirext;
};

/* io.c: register access */

u32 tandem_rd32(struct tandem_hw *hw, u32 reg);
void tandem_modify32(struct tandem_hw *hw, u32 reg, u32 clear, u32 set);
int tandem_poll32(struct tandem_hw *hw, u32 reg, u32 mask, u32 want,
		  u32 step_us, u32 limit_us);
int tandem_sync_get(struct tandem_hw *hw, u32 resource);
void tandem_sync_put(struct tandem_hw *hw, u32 resource);
void tandem_hw_reattach(struct tandem_hw *hw);

/**
 * tandem_wr32 - write a register
 * @hw: the device
 * @reg: BAR0 byte offset
 * @val: the value
 *
 * Posted: the device may see it later. Ordered after earlier stores to
 * memory that the device reads. Does nothing once the device is gone.
 *
 * Context: any.
 */
static inline void tandem_wr32(struct tandem_hw *hw, u32 reg, u32 val)
{
	void __iomem *bar = READ_ONCE(hw->bar);

	if (likely(bar))
		writel(val, bar + reg);
}

/**
 * tandem_flush - make posted writes reach the device
 * @hw: the device
 *
 * Context: any.
 */
static inline void tandem_flush(struct tandem_hw *hw)
{
	tandem_rd32(hw, TANDEM_STATUS);
}

/* reset.c: identification, reset, bring-up, port-wide settings */
int tandem_hw_identify(struct tandem_hw *hw, u16 device_id, u16 subvendor,
		       u16 subdevice);
int tandem_hw_reset(struct tandem_hw *hw);
void tandem_hw_init(struct tandem_hw *hw);
void tandem_hw_release(struct tandem_hw *hw);
bool tandem_hw_present(struct tandem_hw *hw);
void tandem_hw_rx_enable(struct tandem_hw *hw, bool on);
void tandem_hw_tx_enable(struct tandem_hw *hw, bool on);
void tandem_hw_set_max_frame(struct tandem_hw *hw, u32 bytes_with_fcs);
void tandem_hw_rx_csum(struct tandem_hw *hw, bool on);
void tandem_hw_vlan_strip(struct tandem_hw *hw, bool on);

/* nvm.c: all may sleep */
int tandem_nvm_read(struct tandem_hw *hw, u16 word, u16 *val);
int tandem_nvm_check(struct tandem_hw *hw);
int tandem_nvm_read_mac(struct tandem_hw *hw, u8 *mac);
u32 tandem_nvm_bytes(struct tandem_hw *hw);

/*
 * phy.c: the PHY, the link and flow control; all may sleep.
 *
 * Link abilities, as link_start takes them and link_partner returns them.
 */
#define TANDEM_ADV_10_HALF	BIT(0)
#define TANDEM_ADV_10_FULL	BIT(1)
#define TANDEM_ADV_100_HALF	BIT(2)
#define TANDEM_ADV_100_FULL	BIT(3)
#define TANDEM_ADV_1000_HALF	BIT(4)	/* a partner may; this device not */
#define TANDEM_ADV_1000_FULL	BIT(5)
#define TANDEM_ADV_PAUSE	BIT(6)
#define TANDEM_ADV_ASYM_PAUSE	BIT(7)
#define TANDEM_ADV_SPEEDS	(TANDEM_ADV_10_HALF | TANDEM_ADV_10_FULL | \
				 TANDEM_ADV_100_HALF | TANDEM_ADV_100_FULL | \
				 TANDEM_ADV_1000_FULL)

int tandem_phy_read(struct tandem_hw *hw, u8 reg, u16 *val);
int tandem_phy_write(struct tandem_hw *hw, u8 reg, u16 val);
int tandem_phy_identify(struct tandem_hw *hw);
int tandem_link_start(struct tandem_hw *hw, u16 advertise);
int tandem_link_stop(struct tandem_hw *hw);
bool tandem_link_get(struct tandem_hw *hw, struct tandem_link *link);
u16 tandem_link_partner(struct tandem_hw *hw);
void tandem_hw_set_pause(struct tandem_hw *hw, bool rx, bool tx);
int tandem_hw_set_loopback(struct tandem_hw *hw, bool on);

/* filter.c: which frames are taken */
void tandem_hw_set_rar(struct tandem_hw *hw, unsigned int idx,
		       const u8 *addr, u8 pools);
void tandem_hw_clear_rar(struct tandem_hw *hw, unsigned int idx);
bool tandem_hw_rar_foreign(struct tandem_hw *hw, const u8 *addr,
			   unsigned int pool);
u32 tandem_hw_mta_hash(const u8 *addr);
void tandem_hw_write_mta(struct tandem_hw *hw, const u32 *mta);
void tandem_hw_set_promisc(struct tandem_hw *hw, bool unicast, bool multicast);
void tandem_hw_vlan_filter(struct tandem_hw *hw, bool on);
void tandem_hw_write_vfta(struct tandem_hw *hw, unsigned int word, u32 val);

/* rss.c */
void tandem_hw_write_rss(struct tandem_hw *hw, const struct tandem_rss *rss);
void tandem_hw_write_reta(struct tandem_hw *hw, const struct tandem_rss *rss);
void tandem_hw_rss_off(struct tandem_hw *hw);

/* steer.c: filters that choose a queue */
void tandem_hw_tuple_regs(const struct tandem_tuple *t,
			  struct tandem_tuple_regs *regs);
void tandem_hw_write_tuple(struct tandem_hw *hw, unsigned int i,
			   const struct tandem_tuple_regs *regs);
void tandem_hw_clear_tuple(struct tandem_hw *hw, unsigned int i);
u32 tandem_hw_etype_reg(u16 type, u8 queue);
void tandem_hw_write_etype(struct tandem_hw *hw, unsigned int i, u32 etqf);

/**
 * enum tandem_intr_mode - how the device sends interrupts
 * @TANDEM_INTR_MSIX: one vector for each cause that is mapped to it
 * @TANDEM_INTR_SINGLE: MSI or INTx, one vector, causes are ICR bits
 */
enum tandem_intr_mode {
	TANDEM_INTR_MSIX,
	TANDEM_INTR_SINGLE,
};

/* intr.c: causes, vectors, moderation */

void tandem_intr_setup(struct tandem_hw *hw, enum tandem_intr_mode mode);
void tandem_intr_auto(struct tandem_hw *hw, u32 vectors);
void tandem_intr_map_rx(struct tandem_hw *hw, u8 queue, u8 vector);
void tandem_intr_map_tx(struct tandem_hw *hw, u8 queue, u8 vector);
void tandem_intr_map_other(struct tandem_hw *hw, u8 vector);
void tandem_intr_unmap_queue(struct tandem_hw *hw, u8 queue);
void tandem_intr_set_other_causes(struct tandem_hw *hw, u32 icr_bits);
u32 tandem_intr_read_other(struct tandem_hw *hw);
void tandem_intr_mask_all(struct tandem_hw *hw);
void tandem_intr_set_itr(struct tandem_hw *hw, u8 vector, u32 usecs);
u32 tandem_intr_single_read(struct tandem_hw *hw, bool shared);

/* All that can happen on the one vector of TANDEM_INTR_SINGLE. */
#define TANDEM_INTR_SINGLE_RINGS	(TANDEM_ICR_TXDW | TANDEM_ICR_RXDW | \
					 TANDEM_ICR_RXDMT0 | TANDEM_ICR_RXO)

/**
 * tandem_intr_single_unmask - TANDEM_INTR_SINGLE: arm causes
 * @hw: the device
 * @causes: TANDEM_ICR_* bits; one that is pending fires at once
 *
 * Context: any.
 */
static inline void tandem_intr_single_unmask(struct tandem_hw *hw, u32 causes)
{
	tandem_wr32(hw, TANDEM_IMS, causes);
}

/**
 * tandem_intr_single_mask - TANDEM_INTR_SINGLE: disarm causes
 * @hw: the device
 * @causes: TANDEM_ICR_* bits
 *
 * Context: any. The write is posted.
 */
static inline void tandem_intr_single_mask(struct tandem_hw *hw, u32 causes)
{
	tandem_wr32(hw, TANDEM_IMC, causes);
}

/**
 * tandem_intr_unmask - arm vectors; a pending cause fires at once
 * @hw: the device
 * @vectors: one bit per vector
 *
 * EIMS. A cause that came while the vector was masked raises it now.
 *
 * Context: any.
 */
static inline void tandem_intr_unmask(struct tandem_hw *hw, u32 vectors)
{
	tandem_wr32(hw, TANDEM_EIMS, vectors);
}

/**
 * tandem_intr_mask - disarm vectors; causes stay latched
 * @hw: the device
 * @vectors: one bit per vector
 *
 * EIMC, posted: the device may still send what is under way.
 *
 * Context: any.
 */
static inline void tandem_intr_mask(struct tandem_hw *hw, u32 vectors)
{
	tandem_wr32(hw, TANDEM_EIMC, vectors);
}

/* queue.c: hardware queues; start and stop may sleep (register hand-shake) */
int tandem_rx_queue_start(struct tandem_hw *hw, u8 queue,
			  const struct tandem_rx_queue_cfg *cfg);
int tandem_rx_queue_stop(struct tandem_hw *hw, u8 queue);
int tandem_tx_queue_start(struct tandem_hw *hw, u8 queue, dma_addr_t dma,
			  u16 count);
int tandem_tx_queue_stop(struct tandem_hw *hw, u8 queue);
u32 tandem_rx_queue_drops(struct tandem_hw *hw, u8 queue);
u32 tandem_tx_queue_head(struct tandem_hw *hw, u8 queue);
void __iomem *tandem_rx_tail(struct tandem_hw *hw, u8 queue);
void __iomem *tandem_tx_tail(struct tandem_hw *hw, u8 queue);

/* time.c */

/* 16 ns in 2^-19 ns, and the most that TIMINCA holds */
#define TANDEM_TIME_RATE	(16u << 19)
#define TANDEM_TIME_RATE_MAX	((1u << 24) - 1)

enum tandem_stamp_rx {
	TANDEM_STAMP_RX_NONE,
	TANDEM_STAMP_RX_TYPE,	/* one message type */
	TANDEM_STAMP_RX_EVENTS,	/* all event messages */
};

void tandem_time_set_rate(struct tandem_hw *hw, u32 rate);
u64 tandem_time_read(struct tandem_hw *hw);
bool tandem_stamp_tx_take(struct tandem_hw *hw, u64 *time);
bool tandem_stamp_rx_waits(struct tandem_hw *hw);
bool tandem_stamp_rx_take(struct tandem_hw *hw, u64 *time);
void tandem_stamp_tx_enable(struct tandem_hw *hw);
void tandem_stamp_rx_enable(struct tandem_hw *hw, enum tandem_stamp_rx what,
			    u8 msg);

/* test.c */
u32 tandem_hw_blink(struct tandem_hw *hw);
void tandem_hw_restore_leds(struct tandem_hw *hw, u32 before);
u32 tandem_hw_test_regs(struct tandem_hw *hw);

/* stats.c */
void tandem_hw_read_stats(struct tandem_hw *hw, struct tandem_hw_stats *st);
void tandem_hw_clear_stats(struct tandem_hw *hw);

#endif /* _TANDEM_HW_H */
