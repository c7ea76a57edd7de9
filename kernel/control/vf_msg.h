/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The messages that VFs send, taken apart. A VF belongs to somebody else:
 * nothing it says is believed before it went through here. Pure, compiled on
 * the host too.
 *
 * The mailbox has sixteen words and no length. What a message needs depends on
 * what it is; words behind that are old and not looked at.
 */
#ifndef _TANDEM_VF_MSG_H
#define _TANDEM_VF_MSG_H

#ifdef __KERNEL__
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include "shim.h"
#endif

#define TANDEM_VF_MSG_WORDS	16

/* The first word of a message, in both directions. */
#define TANDEM_VF_MSG_ID	GENMASK(15, 0)
#define TANDEM_VF_MSG_INFO	GENMASK(23, 16)
#define TANDEM_VF_MSG_RESERVED	GENMASK(28, 24)
#define TANDEM_VF_MSG_CTS	BIT(29)	/* PF: the VF is clear to send */
#define TANDEM_VF_MSG_NACK	BIT(30)	/* PF: refused */
#define TANDEM_VF_MSG_ACK	BIT(31)	/* PF: done */

#define TANDEM_VF_MAX_HASHES	30
#define TANDEM_VF_HASHES_MORE	0x80
#define TANDEM_VF_HASH_BITS	GENMASK(11, 0)
#define TANDEM_VF_MIN_FRAME	64
#define TANDEM_VF_MAX_FRAME	9728	/* with FCS, what the device can take */

/* Message ids. */
enum tandem_vf_msg_id {
	TANDEM_VF_RESET		= 1,
	TANDEM_VF_SET_MAC	= 2,
	TANDEM_VF_SET_MULTICAST	= 3,
	TANDEM_VF_SET_VLAN	= 4,
	TANDEM_VF_SET_MAX_FRAME	= 5,
	TANDEM_VF_SET_PROMISC	= 6,
	TANDEM_VF_CONTROL	= 0x100,	/* PF to VF only */
};

/* The info field of TANDEM_VF_SET_MAC. */
enum tandem_vf_mac_op {
	TANDEM_VF_MAC_SET,
	TANDEM_VF_MAC_CLEAR_FILTERS,
	TANDEM_VF_MAC_ADD_FILTER,
};

/* The info field of TANDEM_VF_SET_PROMISC. */
#define TANDEM_VF_PROMISC_UNICAST	1
#define TANDEM_VF_PROMISC_MULTICAST	2

/**
 * struct tandem_vf_msg - a message that makes sense
 * @id: what it is; says which of the others hold something
 * @mac_op: SET_MAC: what to do
 * @mac: SET_MAC: a unicast address, but for TANDEM_VF_MAC_CLEAR_FILTERS
 * @num_hashes: SET_MULTICAST: hashes
 * @hash: SET_MULTICAST: 12 bits each, as TANDEM_MTA counts
 * @vid: SET_VLAN: below 4096
 * @add: SET_VLAN: join, or leave
 * @max_frame: SET_MAX_FRAME: with FCS, within limits
 * @multicast_promisc: SET_PROMISC: take all multicast
 */
struct tandem_vf_msg {
	enum tandem_vf_msg_id id;
	enum tandem_vf_mac_op mac_op;
	u8 mac[6];
	u8 num_hashes;
	u16 hash[TANDEM_VF_MAX_HASHES];
	u16 vid;
	bool add;
	u16 max_frame;
	bool multicast_promisc;
};

static inline u8 tandem_vf_msg_info(const u32 *word)
{
	return FIELD_GET(TANDEM_VF_MSG_INFO, word[0]);
}

/* Neither zero nor for a group. */
static inline bool tandem_vf_mac_ok(const u8 *mac)
{
	static const u8 zero[6];

	return !(mac[0] & 1) && memcmp(mac, zero, sizeof(zero));
}

static inline void tandem_vf_msg_mac(u8 *mac, const u32 *word)
{
	unsigned int i;

	for (i = 0; i < 6; i++)
		mac[i] = word[1 + i / 4] >> (8 * (i % 4));
}

static inline int tandem_vf_parse_mac(const u32 *word, unsigned int words,
				      struct tandem_vf_msg *out)
{
	u8 op = tandem_vf_msg_info(word);

	if (op > TANDEM_VF_MAC_ADD_FILTER)
		return -EINVAL;
	out->mac_op = (enum tandem_vf_mac_op)op;
	if (out->mac_op == TANDEM_VF_MAC_CLEAR_FILTERS)
		return 0;
	if (words < 3)
		return -EMSGSIZE;
	tandem_vf_msg_mac(out->mac, word);
	return tandem_vf_mac_ok(out->mac) ? 0 : -EADDRNOTAVAIL;
}

/* Two hashes of 16 bits to a word, the lower half first. A driver with more than
 * fit says so by a bit; it gets those.
 */
static inline int tandem_vf_parse_multicast(const u32 *word, unsigned int words,
					    struct tandem_vf_msg *out)
{
	unsigned int num = tandem_vf_msg_info(word) & ~TANDEM_VF_HASHES_MORE;
	unsigned int i;

	if (num > TANDEM_VF_MAX_HASHES || 1 + (num + 1) / 2 > words)
		return -EMSGSIZE;
	for (i = 0; i < num; i++)
		out->hash[i] = (word[1 + i / 2] >> (16 * (i % 2))) &
			       TANDEM_VF_HASH_BITS;
	out->num_hashes = num;
	return 0;
}

static inline int tandem_vf_parse_vlan(const u32 *word, unsigned int words,
				       struct tandem_vf_msg *out)
{
	u8 add = tandem_vf_msg_info(word);

	if (words < 2)
		return -EMSGSIZE;
	if (add > 1 || word[1] >= 4096)
		return -EINVAL;
	out->add = add;
	out->vid = word[1];
	return 0;
}

static inline int tandem_vf_parse_max_frame(const u32 *word, unsigned int words,
					    struct tandem_vf_msg *out)
{
	if (words < 2)
		return -EMSGSIZE;
	if (tandem_vf_msg_info(word) || word[1] < TANDEM_VF_MIN_FRAME ||
	    word[1] > TANDEM_VF_MAX_FRAME)
		return -EINVAL;
	out->max_frame = word[1];
	return 0;
}

static inline int tandem_vf_parse_promisc(const u32 *word,
					  struct tandem_vf_msg *out)
{
	u8 info = tandem_vf_msg_info(word);

	/* nobody gets to see the unicast frames of others */
	if (info & TANDEM_VF_PROMISC_UNICAST)
		return -EPERM;
	if (info & ~TANDEM_VF_PROMISC_MULTICAST)
		return -EINVAL;
	out->multicast_promisc = info;
	return 0;
}

/**
 * tandem_vf_msg_parse - take a VF's message apart
 * @word: what is in the mailbox
 * @words: how many words of it there are
 * @out: to be filled in
 *
 * Return: 0, or with nothing in @out to be relied on: -EMSGSIZE if it is
 * shorter than it should be or longer than a mailbox, -ENOMSG for an unknown
 * id, -EBADMSG if it carries marks that only a PF sets, -EADDRNOTAVAIL for an
 * address that no interface can have, -EPERM for what no VF may ask, -EINVAL
 * if a value is out of range.
 */
static inline int tandem_vf_msg_parse(const u32 *word, unsigned int words,
				      struct tandem_vf_msg *out)
{
	memset(out, 0, sizeof(*out));
	if (!words || words > TANDEM_VF_MSG_WORDS)
		return -EMSGSIZE;
	if (word[0] & (TANDEM_VF_MSG_ACK | TANDEM_VF_MSG_NACK |
		       TANDEM_VF_MSG_RESERVED))
		return -EBADMSG;

	out->id = (enum tandem_vf_msg_id)(word[0] & TANDEM_VF_MSG_ID);
	switch (out->id) {
	case TANDEM_VF_RESET:
		return tandem_vf_msg_info(word) ? -EINVAL : 0;
	case TANDEM_VF_SET_MAC:
		return tandem_vf_parse_mac(word, words, out);
	case TANDEM_VF_SET_MULTICAST:
		return tandem_vf_parse_multicast(word, words, out);
	case TANDEM_VF_SET_VLAN:
		return tandem_vf_parse_vlan(word, words, out);
	case TANDEM_VF_SET_MAX_FRAME:
		return tandem_vf_parse_max_frame(word, words, out);
	case TANDEM_VF_SET_PROMISC:
		return tandem_vf_parse_promisc(word, out);
	default:
		return -ENOMSG;
	}
}

#endif /* _TANDEM_VF_MSG_H */
