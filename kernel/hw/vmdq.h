/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of hw.h that only SR-IOV needs: pools, the switch, the mailbox.
 */
#ifndef _TANDEM_VMDQ_H
#define _TANDEM_VMDQ_H

#include "hw.h"

#define TANDEM_VMDQ_POOLS	8
/* The PF needs a pool for itself. */
#define TANDEM_MAX_VFS		(TANDEM_VMDQ_POOLS - 1)

/* What a pool takes and how it gets it; see tandem_vmdq_set_pool(). */
#define TANDEM_VMDQ_BROADCAST		BIT(0)
#define TANDEM_VMDQ_UNTAGGED		BIT(1)
#define TANDEM_VMDQ_MULTICAST_HASH	BIT(2)	/* what MTA lets in */
#define TANDEM_VMDQ_MULTICAST_ALL	BIT(3)	/* QEMU ignores it */
#define TANDEM_VMDQ_UNICAST_HASH	BIT(4)	/* what UTA lets in */
#define TANDEM_VMDQ_STRIP_VLAN		BIT(5)

enum tandem_vf_counter {
	TANDEM_VF_RX_PACKETS,
	TANDEM_VF_TX_PACKETS,
	TANDEM_VF_RX_BYTES,
	TANDEM_VF_TX_BYTES,
	TANDEM_VF_RX_MULTICAST,
	TANDEM_VF_COUNTERS
};

/* vmdq.c */
void tandem_vmdq_enable(struct tandem_hw *hw, u8 pf_pool);
void tandem_vmdq_reclaim(struct tandem_hw *hw);
void tandem_vmdq_run(struct tandem_hw *hw, u8 pools);
void tandem_vmdq_default_pool(struct tandem_hw *hw, u8 pool, bool on);
void tandem_vmdq_set_pool(struct tandem_hw *hw, u8 pool, u32 flags,
			  u32 max_frame);
void tandem_vmdq_unicast_all(struct tandem_hw *hw, bool on);
void tandem_vmdq_set_vlan(struct tandem_hw *hw, unsigned int idx, u16 vid,
			  u8 pools);
void tandem_vmdq_tag(struct tandem_hw *hw, u8 pool, bool on, u16 tag);
void tandem_vmdq_spoof_check(struct tandem_hw *hw, u8 pools);
u8 tandem_vmdq_spoofers(struct tandem_hw *hw);
u32 tandem_vmdq_rate_reg(u16 link, u16 mbps);
void tandem_vmdq_set_rate(struct tandem_hw *hw, u8 pool, u32 val);
bool tandem_vmdq_read_counters(struct tandem_hw *hw, u8 vf, u32 *val);

/**
 * struct tandem_mbx_events - what VFs want, one bit for each VF
 * @reset: the VF was reset
 * @request: it wrote a message
 * @ack: it has read a message
 */
struct tandem_mbx_events {
	u8 reset;
	u8 request;
	u8 ack;
};

/* mailbox.c: none of it sleeps */
void tandem_mbx_enable(struct tandem_hw *hw);
void tandem_mbx_take_events(struct tandem_hw *hw, struct tandem_mbx_events *ev);
bool tandem_mbx_requested(struct tandem_hw *hw, u8 vf);
int tandem_mbx_read(struct tandem_hw *hw, u8 vf, u32 *msg);
int tandem_mbx_write(struct tandem_hw *hw, u8 vf, const u32 *msg,
		     unsigned int words);
void tandem_mbx_reset_done(struct tandem_hw *hw);

#endif /* _TANDEM_VMDQ_H */
