// SPDX-License-Identifier: GPL-2.0
/*
 * The messages of VFs: what they ask, whether they get it, what they are told.
 *
 * Everything here runs under the VF lock, most of it in the interrupt handler;
 * nothing of it sleeps.
 */
#include <linux/etherdevice.h>
#include <linux/unaligned.h>

#include "../tandem.h"

/* The lowest words of an answer: message and, after a reset, an address. */
#define ANSWER_WORDS	3

/* A VF's driver looks at its mailbox as often as this when it has no link. */
#define REFUSE_AGAIN	(2 * HZ)

/**
 * tandem_vf_forget - a VF was reset: nothing that it asked for holds
 * @ad: port
 * @i: VF number
 *
 * What the administrator set stays. Context: VF lock held.
 */
void tandem_vf_forget(struct tandem_adapter *ad, unsigned int i)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];
	bool multicast = vf->num_hashes || vf->all_multicast;

	vf->cts = false;
	vf->all_multicast = false;
	vf->num_hashes = 0;
	vf->num_vlans = 0;
	vf->max_frame = TANDEM_VF_DEFAULT_FRAME;
	vf->unread = false;
	vf->notice_due = false;
	/* one that is trusted keeps what it chose instead */
	if (!vf->mac_fixed || !vf->trusted)
		ether_addr_copy(vf->mac, vf->given_mac);

	tandem_vf_write_run(ad);
	tandem_vf_write_mac(ad, i);
	tandem_vf_clear_filters(ad, i);
	tandem_vlan_leave_all(ad, i);
	if (vf->port_vlan)
		tandem_vlan_join(ad, i, vf->port_vlan);
	tandem_vf_write_port_vlan(ad, i);
	tandem_vf_write_pool(ad, i);
	if (multicast)
		tandem_merge_mta(ad);
}

static u32 tandem_vf_cts_flag(const struct tandem_vf *vf)
{
	return vf->cts && !vf->disabled ? TANDEM_VF_MSG_CTS : 0;
}

/**
 * tandem_vf_notify - tell a VF how it stands
 * @ad: port
 * @i: VF number
 *
 * Clear to send, which it takes for a link; or refused, after which it resets
 * itself; or neither, when the administrator took its link away. Waits until
 * the mailbox is free of a message in either direction. Context: VF lock held.
 */
void tandem_vf_notify(struct tandem_adapter *ad, unsigned int i)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];
	u32 word = TANDEM_VF_CONTROL | tandem_vf_cts_flag(vf);

	if (vf->unread || tandem_mbx_requested(&ad->hw, i)) {
		vf->notice_due = true;
		return;
	}
	if (!vf->cts) {
		word |= TANDEM_VF_MSG_NACK;
		vf->refused = jiffies;
	}
	vf->unread = !tandem_mbx_write(&ad->hw, i, &word, 1);
	vf->notice_due = !vf->unread;
}

/**
 * tandem_vf_expel - have a VF start all over again
 * @ad: port
 * @i: VF number
 *
 * Follow with tandem_mbx_reset_done(). Context: VF lock held.
 */
void tandem_vf_expel(struct tandem_adapter *ad, unsigned int i)
{
	tandem_vf_forget(ad, i);
	tandem_vf_notify(ad, i);
}

static void tandem_vf_answer(struct tandem_adapter *ad, unsigned int i,
			     const u32 *word, unsigned int words)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];

	if (!tandem_mbx_write(&ad->hw, i, word, words))
		vf->unread = true;
}

/* The answer tells the VF its address, or that it may choose one. */
static void tandem_vf_hello(struct tandem_adapter *ad, unsigned int i)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];
	u32 word[ANSWER_WORDS] = { TANDEM_VF_RESET };

	tandem_vf_forget(ad, i);
	vf->cts = true;
	tandem_vf_write_mac(ad, i);
	tandem_vf_write_run(ad);
	if (is_valid_ether_addr(vf->mac)) {
		word[0] |= TANDEM_VF_MSG_ACK;
		word[1] = get_unaligned_le32(vf->mac);
		word[2] = get_unaligned_le16(vf->mac + 4);
	} else {
		word[0] |= TANDEM_VF_MSG_NACK;
	}
	tandem_vf_answer(ad, i, word, ANSWER_WORDS);
}

/* Would this address let the VF listen to somebody else? The device knows the
 * further addresses of the port and of other VFs.
 */
static bool tandem_mac_taken(struct tandem_adapter *ad, unsigned int i,
			     const u8 *mac)
{
	unsigned int k;

	if (ether_addr_equal(mac, ad->netdev->dev_addr))
		return true;
	for (k = 0; k < ad->vfs.num; k++)
		if (k != i && ether_addr_equal(mac, ad->vfs.vf[k].mac))
			return true;
	return tandem_hw_rar_foreign(&ad->hw, mac, i);
}

static int tandem_vf_set_own_mac(struct tandem_adapter *ad, unsigned int i,
				 const u8 *mac)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];

	if (ether_addr_equal(vf->mac, mac))
		return 0;
	if (vf->mac_fixed && !vf->trusted)
		return -EPERM;
	if (tandem_mac_taken(ad, i, mac))
		return -EADDRINUSE;
	ether_addr_copy(vf->mac, mac);
	tandem_vf_write_mac(ad, i);
	return 0;
}

static int tandem_vf_set_mac(struct tandem_adapter *ad, unsigned int i,
			     const struct tandem_vf_msg *msg)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];

	switch (msg->mac_op) {
	case TANDEM_VF_MAC_SET:
		return tandem_vf_set_own_mac(ad, i, msg->mac);
	case TANDEM_VF_MAC_CLEAR_FILTERS:
		tandem_vf_clear_filters(ad, i);
		return 0;
	case TANDEM_VF_MAC_ADD_FILTER:
		if (vf->mac_fixed && !vf->trusted)
			return -EPERM;
		if (tandem_mac_taken(ad, i, msg->mac))
			return -EADDRINUSE;
		return tandem_vf_add_filter(ad, i, msg->mac);
	}
	return -EINVAL;
}

static int tandem_vf_set_multicast(struct tandem_adapter *ad, unsigned int i,
				   const struct tandem_vf_msg *msg)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];

	vf->num_hashes = msg->num_hashes;
	memcpy(vf->hash, msg->hash, sizeof(vf->hash));
	tandem_merge_mta(ad);
	tandem_vf_write_pool(ad, i);
	return 0;
}

/* One VF must not fill the table that all share. */
static bool tandem_vf_vlan_allowed(const struct tandem_adapter *ad,
				   const struct tandem_vf *vf)
{
	return vf->trusted || vf->num_vlans < TANDEM_VF_VLANS / ad->vfs.num;
}

static int tandem_vf_join(struct tandem_adapter *ad, unsigned int i, u16 vid)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];
	int err;

	if (tandem_vlan_member(ad, i, vid))
		return 0;
	if (vid && !tandem_vf_vlan_allowed(ad, vf))
		return -ENOSPC;
	err = tandem_vlan_join(ad, i, vid);
	if (!err && vid)
		vf->num_vlans++;
	return err;
}

static int tandem_vf_set_vlan(struct tandem_adapter *ad, unsigned int i,
			      const struct tandem_vf_msg *msg)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];
	int err = 0;

	/* A VF in a port VLAN may say that it knows none, and no more. */
	if (vf->port_vlan)
		return msg->vid ? -EPERM : 0;
	if (msg->add)
		err = tandem_vf_join(ad, i, msg->vid);
	else if (tandem_vlan_leave(ad, i, msg->vid) && msg->vid)
		vf->num_vlans--;
	tandem_vf_write_pool(ad, i);
	return err;
}

static int tandem_vf_set_promisc(struct tandem_adapter *ad, unsigned int i,
				 const struct tandem_vf_msg *msg)
{
	struct tandem_vf *vf = &ad->vfs.vf[i];

	if (msg->multicast_promisc && !vf->trusted)
		return -EPERM;
	if (vf->all_multicast == msg->multicast_promisc)
		return 0;
	vf->all_multicast = msg->multicast_promisc;
	tandem_merge_mta(ad);
	tandem_vf_write_pool(ad, i);
	return 0;
}

static int tandem_vf_obey(struct tandem_adapter *ad, unsigned int i,
			  const struct tandem_vf_msg *msg)
{
	if (!ad->vfs.vf[i].cts)
		return -EACCES;
	switch (msg->id) {
	case TANDEM_VF_SET_MAC:
		return tandem_vf_set_mac(ad, i, msg);
	case TANDEM_VF_SET_MULTICAST:
		return tandem_vf_set_multicast(ad, i, msg);
	case TANDEM_VF_SET_VLAN:
		return tandem_vf_set_vlan(ad, i, msg);
	case TANDEM_VF_SET_MAX_FRAME:
		ad->vfs.vf[i].max_frame = msg->max_frame;
		tandem_vf_write_pool(ad, i);
		return 0;
	case TANDEM_VF_SET_PROMISC:
		return tandem_vf_set_promisc(ad, i, msg);
	default:
		return -ENOMSG;
	}
}

static void tandem_vf_refused(struct tandem_adapter *ad, unsigned int i,
			      u32 word, int err)
{
	ad->vfs.bad_messages++;
	ad->vfs.vf[i].bad_messages++;
	if (net_ratelimit())
		netdev_info(ad->netdev, "VF %u: message 0x%08x refused: %pe\n",
			    i, word, ERR_PTR(err));
}

static void tandem_vf_serve(struct tandem_adapter *ad, unsigned int i)
{
	u32 word[TANDEM_VMBMEM_WORDS];
	struct tandem_vf_msg msg;
	int err;

	if (tandem_mbx_read(&ad->hw, i, word))
		return;
	ad->vfs.vf[i].unread = false;
	err = tandem_vf_msg_parse(word, ARRAY_SIZE(word), &msg);
	if (!err && msg.id == TANDEM_VF_RESET) {
		tandem_vf_hello(ad, i);
		return;
	}
	if (!err)
		err = tandem_vf_obey(ad, i, &msg);
	if (err)
		tandem_vf_refused(ad, i, word[0], err);

	word[0] &= TANDEM_VF_MSG_ID | TANDEM_VF_MSG_INFO;
	word[0] |= err ? TANDEM_VF_MSG_NACK : TANDEM_VF_MSG_ACK;
	word[0] |= tandem_vf_cts_flag(&ad->vfs.vf[i]);
	tandem_vf_answer(ad, i, word, 1);
}

static void tandem_vf_count_spoofs(struct tandem_adapter *ad)
{
	u8 caught = tandem_vmdq_spoofers(&ad->hw);
	unsigned int i;

	for (i = 0; i < ad->vfs.num; i++) {
		if (!(caught & BIT(i)))
			continue;
		ad->vfs.vf[i].spoofed++;
		ad->vfs.spoofed++;
	}
}

/* Who reads without having said hello may wait for an answer that a reset of
 * the port swallowed, with his own message before him: told again to reset
 * himself. Not at once each time, since being told makes him read.
 */
static void tandem_vf_has_read(struct tandem_vf *vf)
{
	vf->unread = false;
	if (!vf->cts && time_after(jiffies, vf->refused + REFUSE_AGAIN))
		vf->notice_due = true;
}

/**
 * tandem_vf_events - serve what VFs want
 * @ad: port, with or without VFs
 *
 * Context: any; takes the VF lock.
 */
void tandem_vf_events(struct tandem_adapter *ad)
{
	struct tandem_mbx_events ev;
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&ad->vfs.lock, flags);
	if (!ad->vfs.ready)
		goto unlock;
	tandem_mbx_take_events(&ad->hw, &ev);
	for (i = 0; i < ad->vfs.num; i++) {
		if (ev.reset & BIT(i))
			tandem_vf_forget(ad, i);
		if (ev.ack & BIT(i))
			tandem_vf_has_read(&ad->vfs.vf[i]);
		if (ev.request & BIT(i))
			tandem_vf_serve(ad, i);
		else if (ad->vfs.vf[i].notice_due)
			tandem_vf_notify(ad, i);
	}
	tandem_vf_count_spoofs(ad);
unlock:
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
}
