/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The nouns that more than one room uses: adapter, queue vector, ring pair.
 *
 * Locking, the same on 6.12 and 7.2
 *
 * RTNL serialises everything that changes the shape of a port: open, stop,
 * channels, rings, features, MTU, XDP programs, pools, VFs, reset. The driver
 * does not opt into the per-netdev instance lock, so every ndo and ethtool
 * call that reconfigures runs under RTNL on both kernels; napi_enable() and
 * its like take the instance lock inside, which is why they are never called
 * from atomic context.
 *
 * A queue vector's rings belong to its NAPI while that is enabled, and to
 * RTNL while it is not. Two exceptions: posting on the stack's transmit ring
 * is under the netdev_queue lock; everything on the XDP ring is under that
 * ring's own lock, since ndo_xdp_xmit() comes from any CPU.
 *
 * ndo_xsk_wakeup() and ndo_xdp_xmit() hold no lock but RCU. What they look at
 * (adapter->vector[n], its pool, TANDEM_DOWN) is unpublished first and freed
 * after synchronize_net().
 */
#ifndef _TANDEM_H
#define _TANDEM_H

#include <linux/dim.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "control/clock.h"
#include "control/sriov.h"
#include "control/steer.h"
#include "hw/hw.h"
#include "ring/ring.h"
#include "vector/pool.h"

#define TANDEM_MAX_PAIRS	8	/* 16 TX queues: one for the stack and one
					 * for XDP on each vector
					 */
#define TANDEM_XDP_QUEUE(n)	((n) + TANDEM_MAX_PAIRS)
#define TANDEM_MAX_MTU		9216
/* Moderation, until DIM has an opinion: microseconds. */
#define TANDEM_START_USECS	50
/* Ethernet header, two VLAN tags, FCS: what a frame has beyond the MTU. */
#define TANDEM_FRAME_OVERHEAD	(ETH_HLEN + 2 * VLAN_HLEN + ETH_FCS_LEN)
#define TANDEM_NAME_LEN		(IFNAMSIZ + 16)

struct devlink;
struct tandem_adapter;

/**
 * struct tandem_irq - one MSI-X entry on its way to a running interrupt
 * @entry: table index, also the device's cause number; negative if none
 * @virq: Linux IRQ, 0 if not mapped
 * @dynamic: mapped by pci_msix_alloc_irq_at()
 * @requested: a handler is installed
 * @name: as in /proc/interrupts; must outlive the request
 */
struct tandem_irq {
	int entry;
	int virq;
	bool dynamic;
	bool requested;
	char name[TANDEM_NAME_LEN];
};

/**
 * struct tandem_itr - interrupt moderation of one direction
 * @dim: state of the kernel's DIM library
 * @events: sample counter
 * @usecs: interval in force, microseconds; 0 is none
 * @adaptive: @dim decides
 */
struct tandem_itr {
	struct dim dim;
	u16 events;
	u16 usecs;
	bool adaptive;
};

/* Counters of a vector, written by its interrupt and its NAPI. */
struct tandem_vector_stats {
	u64 interrupts;
	u64 spurious;		/* of those, the ones while masked */
	u64 polls;
	u64 rearms;		/* polls that ended by arming the interrupt */
};

/**
 * struct tandem_vector - a queue vector: one MSI-X entry, its NAPI, its rings
 * @napi: polls all rings of this vector
 * @mask: this vector's bit in EIMS, EIMC
 * @hw: the device
 * @rx: receive ring
 * @xdp: transmit ring of XDP and AF_XDP
 * @tx: transmit ring of the stack
 * @ad: owner
 * @irq: its interrupt
 * @index: queue number, as ethtool and AF_XDP count
 * @up: has rings and a handler
 * @armed: the interrupt is let in; written by whoever owns the NAPI, and by
 *	the handler, which takes it away
 * @missed: an interrupt came while masked, since the last poll began
 * @itr_lock: makes one of what DIM's work and ethtool look at and set: @rx_itr,
 *	@tx_itr and the device's register. Process context.
 * @wakeups: ndo_xsk_wakeup() calls that reached this vector
 * @wakeup_ipis: of those, the ones carried to the vector's CPU
 * @csd: carries a wakeup to the vector's CPU
 * @calling: bit 0: @csd is on its way
 * @affinity: where the administrator, or the first spread, wants it
 * @affinity_set: @affinity holds something
 * @left: where it was when the handler was to go; else somebody wrote it since
 * @notify: tells us when that changes (kernels without core-managed affinity)
 */
struct tandem_vector {
	struct napi_struct napi;
	struct tandem_hw *hw;
	u32 mask;
	struct tandem_vector_stats stats;
	struct tandem_rx_ring rx;
	struct tandem_tx_ring xdp;
	struct tandem_tx_ring tx;

	struct tandem_adapter *ad;
	struct tandem_irq irq;
	u16 index;
	bool up;
	bool armed;
	bool missed;
	spinlock_t itr_lock;	/* DIM against ethtool -C */
	struct tandem_itr rx_itr;
	struct tandem_itr tx_itr;
	atomic64_t wakeups;
	atomic64_t wakeup_ipis;
	call_single_data_t csd;
	unsigned long calling;
	struct irq_data *irqd;
	cpumask_t affinity;
	bool affinity_set;
	cpumask_t left;
	struct irq_affinity_notify notify;
};

enum tandem_flags {
	TANDEM_DOWN,		/* rings must not be touched from outside */
	TANDEM_REMOVING,
	TANDEM_TX_HUNG,		/* the reset task is to report it */
	TANDEM_WANTS_RESET,	/* it is to reset the port */
	TANDEM_STRANDED,	/* was reset for frames that the lost link left */
};

/**
 * struct tandem_base_stats - totals of queues that are gone
 */
struct tandem_base_stats {
	struct tandem_rx_stats rx;
	struct tandem_tx_stats tx;
	struct tandem_tx_stats xdp;
};

/**
 * struct tandem_adapter - one port
 * @netdev: its network device
 * @pdev: its PCI function
 * @hw: its device
 * @vector: queue vectors; published before use, NULL beyond @num_vectors
 * @counted: those whose counts are not in @base
 * @num_vectors: ring pairs in use
 * @max_vectors: ring pairs that could be in use now
 * @pool: which MSI-X entries are free
 * @other: the misc vector: link, mailbox, overruns
 * @had_handler: entries whose affinity may be what a queue vector left; RTNL
 * @flags: TANDEM_DOWN and others
 * @prog: XDP program of the port
 * @xsk_pool: pools bound for zero-copy by queue; outlives down and up
 * @rss: key and table; the table holds queue numbers
 * @steer: flows that are put on a queue before RSS
 * @mta: multicast hashes of the port itself
 * @vfta: VLANs of the port itself, as VFTA counts
 * @clock: PTP clock and time stamps
 * @base_lock: makes one of @counted and @base
 * @vfs: VFs; @vfs.num is also the number of the first queue of this port
 */
struct tandem_adapter {
	struct net_device *netdev;
	struct pci_dev *pdev;
	struct tandem_hw hw;
	struct tandem_vector *vector[TANDEM_MAX_PAIRS];
	struct tandem_vector *counted[TANDEM_MAX_PAIRS];
	unsigned int num_vectors;
	unsigned int max_vectors;
	struct tandem_pool pool;
	enum tandem_intr_mode intr_mode;
	struct tandem_irq other;
	bool other_shared;	/* the misc causes ride on vector 0 */
	unsigned long had_handler;
	unsigned long flags;

	struct bpf_prog *prog;
	struct xsk_buff_pool *xsk_pool[TANDEM_MAX_PAIRS];
	u16 rx_count;
	u16 tx_count;

	struct tandem_rss rss;
	struct tandem_steering steer;
	u32 mta[TANDEM_MTA_WORDS];
	u32 vfta[TANDEM_VFTA_WORDS];
	struct tandem_vfs vfs;
	struct tandem_clock clock;

	struct tandem_link link;
	struct delayed_work service;
	struct work_struct reset_task;
	struct work_struct link_task;
	struct tandem_hw_stats hw_stats;
	struct mutex stats_lock;	/* one reader of the registers at a time */
	spinlock_t base_lock;	/* @counted and @base */
	struct tandem_base_stats base;
	u64 resets;
	u64 tx_timeouts;
	u64 rx_overruns;
	u64 other_interrupts;	/* of the misc vector */
	struct tandem_itr rx_itr;	/* what new vectors start with */
	struct tandem_itr tx_itr;
	struct notifier_block name_nb;
	struct devlink *devlink;
	unsigned int tx_hung_queue;
	u32 leds;		/* before ethtool -p */
};

/* Largest frame of the port with FCS, for RLPML. */
static inline u32 tandem_max_frame(u32 mtu)
{
	return mtu + TANDEM_FRAME_OVERHEAD;
}

static inline bool tandem_running(const struct tandem_adapter *ad)
{
	return !test_bit(TANDEM_DOWN, &ad->flags);
}

/* Others may have handlers on the line, while an interrupt has one affinity notifier
 * and one hint, which whoever leaves first would find.
 */
static inline bool tandem_line_shared(const struct tandem_adapter *ad)
{
	return ad->pool.type == TANDEM_POOL_INTX;
}

/* vector/entries.c */
int tandem_entries_init(struct tandem_adapter *ad);
void tandem_entries_fini(struct tandem_adapter *ad);
int __must_check tandem_entries_reserve(struct tandem_adapter *ad,
					enum tandem_pool_behaviour behaviour,
					unsigned int count, u16 *entry,
					unsigned int *actual);
void tandem_entry_unreserve(struct tandem_adapter *ad, unsigned int entry);

/* vector/irq.c */
int tandem_irq_map(struct tandem_adapter *ad, struct tandem_irq *irq,
		   unsigned int entry, const struct cpumask *where);
unsigned int tandem_irq_unmap(struct tandem_adapter *ad,
			      struct tandem_irq *irq);
int tandem_irq_request(struct tandem_vector *v);
void tandem_irq_release(struct tandem_vector *v);
const struct cpumask *tandem_irq_home(const struct tandem_vector *v);
int tandem_other_request(struct tandem_adapter *ad);
void tandem_other_unmask(struct tandem_adapter *ad);
void tandem_other_release(struct tandem_adapter *ad);
void tandem_irq_rename(struct tandem_adapter *ad);
const struct cpumask *tandem_irq_start_cpu(const struct tandem_vector *v);

/* vector/queue_vector.c */
struct tandem_vector *tandem_vector_alloc(struct tandem_adapter *ad,
					  unsigned int index,
					  unsigned int entry);
void tandem_vector_free(struct tandem_vector *v);
int tandem_vector_up(struct tandem_vector *v);
void tandem_vector_down(struct tandem_vector *v);
void tandem_vector_arm(struct tandem_vector *v);
void tandem_vector_quiesce(struct tandem_vector *v);
void tandem_vector_resume(struct tandem_vector *v);
void tandem_vector_kick(struct tandem_vector *v);
void tandem_vector_set_itr(struct tandem_vector *v);
void tandem_vector_adapt(struct tandem_vector *v);
u16 tandem_vector_usecs(const struct tandem_vector *v);

/* vector/vectors.c */
int tandem_vectors_init(struct tandem_adapter *ad);
void tandem_vectors_fini(struct tandem_adapter *ad);
int tandem_set_vectors(struct tandem_adapter *ad, unsigned int want,
		       struct netlink_ext_ack *extack);

/* netdev.c */
void tandem_netdev_init(struct net_device *netdev);
void tandem_rss_spread(struct tandem_adapter *ad);
unsigned int tandem_prog_max_mtu(const struct bpf_prog *prog);

/* updown.c */
void tandem_tasks_init(struct tandem_adapter *ad);
void tandem_tasks_cancel(struct tandem_adapter *ad);
int tandem_device_reset(struct tandem_adapter *ad);
int tandem_up(struct tandem_adapter *ad);
void tandem_down(struct tandem_adapter *ad);
int tandem_reinit(struct tandem_adapter *ad);
void tandem_want_reset(struct tandem_adapter *ad);
void tandem_tx_stuck(struct tandem_adapter *ad, unsigned int queue);
int tandem_set_rings(struct tandem_adapter *ad, u16 rx_count, u16 tx_count);
void tandem_rx_restart(struct tandem_vector *v);
void tandem_write_rx_mode(struct tandem_adapter *ad);

/* control/ */
extern const struct ethtool_ops tandem_ethtool_ops;
extern const struct netdev_stat_ops tandem_stat_ops;
void tandem_get_stats64(struct net_device *netdev,
			struct rtnl_link_stats64 *st);
void tandem_stats_fold(struct tandem_vector *v);
void tandem_refresh_stats(struct tandem_adapter *ad);
int tandem_devlink_init(struct tandem_adapter *ad);
void tandem_devlink_fini(struct tandem_adapter *ad);
void tandem_tx_hung(struct tandem_adapter *ad);
void tandem_steer_restore(struct tandem_adapter *ad);
void tandem_rules_flush(struct tandem_adapter *ad);
#ifdef CONFIG_RFS_ACCEL
int tandem_rx_flow_steer(struct net_device *netdev, const struct sk_buff *skb,
			 u16 queue, u32 flow_id);
void tandem_arfs_expire(struct tandem_adapter *ad);
void tandem_arfs_trim(struct tandem_adapter *ad, unsigned int queues);
#else
static inline void tandem_arfs_expire(struct tandem_adapter *ad)
{
}

static inline void tandem_arfs_trim(struct tandem_adapter *ad,
				    unsigned int queues)
{
}
#endif

#endif /* _TANDEM_H */
