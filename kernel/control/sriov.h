/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PF's side of SR-IOV.
 *
 * Enabling n VFs divides the device into pools. VF i has pool i, with queues i
 * and i + 8; the port keeps pool n, and of its ring pairs only the first, on
 * queues n (stack) and n + 8 (XDP). The VFs also take interrupt causes from
 * the top, three each, which moves the bound of the vector pool down.
 *
 * VFs talk through a mailbox, and a VF's driver waits for the answer with
 * bottom halves off, under RTNL or not, maybe on the CPU that the answer has
 * to come from. That is why messages are served in the interrupt handler and
 * need nothing but struct tandem_vfs.lock, which is taken with interrupts off.
 * RTNL comes before it, and so does the netdev address lock.
 */
#ifndef _TANDEM_SRIOV_H
#define _TANDEM_SRIOV_H

#include <linux/if_link.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "../hw/vmdq.h"
#include "vf_msg.h"

struct tandem_adapter;

/* Unicast addresses that all VFs together may have besides their own. */
#define TANDEM_VF_FILTERS	8
/* VLANs that VFs without trust may fill the device's table with, together. */
#define TANDEM_VF_VLANS		24
/* An untagged or singly tagged frame of 1500 bytes. */
#define TANDEM_VF_DEFAULT_FRAME	1522

/**
 * struct tandem_vf - one VF as the PF sees it
 * @mac: its address; zero if it has none
 * @given_mac: what the administrator gave it
 * @mac_fixed: that is an address
 * @trusted: may change what the administrator gave, and take all multicast
 * @spoof_check: the device looks at its source addresses
 * @disabled: link state is "disable": no frames, no link
 * @port_vlan: VLAN that it is put into; 0 for none
 * @port_qos: priority of its frames in that VLAN
 * @max_rate: what it may send, Mb/s; 0 for no limit
 * @cts: its driver has said hello since the last reset: clear to send
 * @all_multicast: asked for all multicast, and got it
 * @num_hashes: multicast hashes asked for
 * @hash: those
 * @num_vlans: VLANs that it is a member of, without 0
 * @max_frame: longest frame that it asked for
 * @unread: a message to it lies in the mailbox
 * @notice_due: tell it of its state when it has read that
 * @refused: when it was last told to start again, in jiffies
 * @bad_messages: refused
 * @spoofed: times that the device caught it
 * @last: counters as read last
 * @total: counters since it was made
 *
 * The part from @cts to @notice_due is forgotten when the VF is reset.
 */
struct tandem_vf {
	u8 mac[ETH_ALEN];
	u8 given_mac[ETH_ALEN];
	bool mac_fixed;
	bool trusted;
	bool spoof_check;
	bool disabled;
	u16 port_vlan;
	u8 port_qos;
	u16 max_rate;

	bool cts;
	bool all_multicast;
	u8 num_hashes;
	u16 hash[TANDEM_VF_MAX_HASHES];
	u8 num_vlans;
	u16 max_frame;
	bool unread;
	bool notice_due;
	unsigned long refused;

	u64 bad_messages;
	u64 spoofed;
	u32 last[TANDEM_VF_COUNTERS];
	u64 total[TANDEM_VF_COUNTERS];
};

/* An entry of the device's VLAN table; free if it has no pools. */
struct tandem_vlan {
	u16 vid;
	u8 pools;
};

/* One of the addresses that VFs have besides their own. */
struct tandem_vf_filter {
	u8 mac[ETH_ALEN];
	bool used;
	u8 vf;
};

/**
 * struct tandem_vfs - VFs, and what they share with the PF
 * @lock: all of this but @num, and the tables of the device behind it
 * @num: VFs; the number of the PF's pool and of its first queue, too. Written
 *	under RTNL with @ready false
 * @ready: the device is divided into @num pools and @num is not 0
 * @vf: the VFs
 * @vlan: the device's VLAN table
 * @filter: addresses of VFs besides their own
 * @pf_promisc: the port takes all unicast
 * @pf_all_multicast: the port takes all multicast
 * @pf_strip: the port has VLAN tags stripped
 * @pf_max_frame: the port's longest frame
 * @bad_messages: messages refused, since probe
 * @spoofed: times that a VF was caught, since probe
 * @poll: counters, mailbox of a port that is down, interrupts that got lost
 * @old_vectors: ring pairs before there were VFs
 * @old_max_vectors: most ring pairs before there were VFs
 */
struct tandem_vfs {
	spinlock_t lock;	/* see above */
	unsigned int num;
	bool ready;
	struct tandem_vf vf[TANDEM_MAX_VFS];
	struct tandem_vlan vlan[TANDEM_VLVF_ENTRIES];
	struct tandem_vf_filter filter[TANDEM_VF_FILTERS];
	bool pf_promisc;
	bool pf_all_multicast;
	bool pf_strip;
	u16 pf_max_frame;
	u64 bad_messages;
	u64 spoofed;
	struct delayed_work poll;
	unsigned int old_vectors;
	unsigned int old_max_vectors;
};

/* sriov.c: VFs come, go and survive a reset of the port */
void tandem_sriov_init(struct tandem_adapter *ad);
int tandem_sriov_configure(struct pci_dev *pdev, int num_vfs);
void tandem_sriov_remove(struct tandem_adapter *ad);
void tandem_sriov_hurry(struct tandem_adapter *ad);
void tandem_sriov_stop(struct tandem_adapter *ad);
void tandem_sriov_start(struct tandem_adapter *ad);
void tandem_sriov_save(struct tandem_adapter *ad);
void tandem_sriov_restore(struct tandem_adapter *ad);
void tandem_sriov_link_changed(struct tandem_adapter *ad);

/* vf_filter.c: tables that VFs and the port share; with or without VFs */
unsigned int tandem_uc_entries(const struct tandem_adapter *ad);
void tandem_write_mta(struct tandem_adapter *ad, const u32 *mta);
void tandem_write_promisc(struct tandem_adapter *ad, bool unicast,
			  bool multicast);
void tandem_write_max_frame(struct tandem_adapter *ad, u32 bytes_with_fcs);

/* vf_filter.c: VF lock held, the device divided */
void tandem_merge_mta(struct tandem_adapter *ad);
void tandem_pf_write_pool(struct tandem_adapter *ad);
void tandem_vf_write_pool(struct tandem_adapter *ad, unsigned int i);
void tandem_vf_write_run(struct tandem_adapter *ad);
void tandem_vf_write_mac(struct tandem_adapter *ad, unsigned int i);
void tandem_vf_write_spoof(struct tandem_adapter *ad);
void tandem_vf_write_rate(struct tandem_adapter *ad, unsigned int i);
int tandem_vf_add_filter(struct tandem_adapter *ad, unsigned int i,
			 const u8 *mac);
void tandem_vf_clear_filters(struct tandem_adapter *ad, unsigned int i);

/* vf_vlan.c: with or without VFs */
void tandem_write_vlan_filter(struct tandem_adapter *ad, bool on);
void tandem_write_vlan_strip(struct tandem_adapter *ad, bool on);
void tandem_write_vlans(struct tandem_adapter *ad);
int tandem_vlan_add(struct tandem_adapter *ad, u16 vid);
void tandem_vlan_kill(struct tandem_adapter *ad, u16 vid);

/* vf_vlan.c: VF lock held */
bool tandem_vlan_member(const struct tandem_adapter *ad, unsigned int pool,
			u16 vid);
int tandem_vlan_join(struct tandem_adapter *ad, unsigned int pool, u16 vid);
bool tandem_vlan_leave(struct tandem_adapter *ad, unsigned int pool, u16 vid);
void tandem_vlan_leave_all(struct tandem_adapter *ad, unsigned int pool);
void tandem_vf_write_port_vlan(struct tandem_adapter *ad, unsigned int i);

/* vf_mbx.c: the message protocol */
void tandem_vf_events(struct tandem_adapter *ad);
void tandem_vf_forget(struct tandem_adapter *ad, unsigned int i);
void tandem_vf_notify(struct tandem_adapter *ad, unsigned int i);
void tandem_vf_expel(struct tandem_adapter *ad, unsigned int i);

/* vf_ndo.c: what an administrator sets with ip link set ... vf */
int tandem_set_vf_mac(struct net_device *netdev, int vf, u8 *mac);
int tandem_set_vf_vlan(struct net_device *netdev, int vf, u16 vlan, u8 qos,
		       __be16 proto);
int tandem_set_vf_rate(struct net_device *netdev, int vf, int min_rate,
		       int max_rate);
int tandem_set_vf_spoofchk(struct net_device *netdev, int vf, bool on);
int tandem_set_vf_trust(struct net_device *netdev, int vf, bool on);
int tandem_set_vf_link_state(struct net_device *netdev, int vf, int state);
int tandem_get_vf_config(struct net_device *netdev, int vf,
			 struct ifla_vf_info *info);
int tandem_get_vf_stats(struct net_device *netdev, int vf,
			struct ifla_vf_stats *st);
void tandem_vf_read_counters(struct tandem_adapter *ad);

#endif /* _TANDEM_SRIOV_H */
