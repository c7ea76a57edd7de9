/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a written-back receive descriptor is: a whole frame, a piece of one, or
 * something that the device must not write. The same for pages and for
 * zero-copy buffers. Compiles on the host too, where a fuzzer runs it.
 */
#ifndef _TANDEM_PIECE_H
#define _TANDEM_PIECE_H

#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/if_ether.h>
#include <linux/limits.h>
#endif

#include "../hw/desc.h"

enum tandem_piece {
	TANDEM_PIECE_FIRST,	/* begins a frame */
	TANDEM_PIECE_NEXT,	/* goes on with the one begun */
	TANDEM_PIECE_SKIP,	/* of a frame that was given up */
	TANDEM_PIECE_BAD,	/* gives up the frame begun, if any */
};

/**
 * struct tandem_plain - what a good frame by itself, and not a stamped one,
 * looks like, for one comparison
 * @mask: what is looked at of a write-back with its halves swapped, status
 *	above length
 * @least: the same of the shortest frame
 * @lengths: how many lengths are good; 0 if no frame is to be taken for plain
 *
 * The first two never change. They are in memory since an instruction takes an
 * operand from there, but no constant of 64 bits.
 */
struct tandem_plain {
	u64 mask;
	u64 least;
	u64 lengths;
};

/**
 * tandem_plain_init - describe plain frames
 * @plain: description
 * @max_len: most bytes that the device may have written per buffer
 * @any: false if a frame was begun or is skipped: then none is plain
 */
static inline void tandem_plain_init(struct tandem_plain *plain, u16 max_len,
				     bool any)
{
	const u64 set = TANDEM_RXD_DD | TANDEM_RXD_EOP;
	const u64 clear = TANDEM_RXD_RXE | TANDEM_RXD_TS;

	plain->mask = (set | clear) << 32 | U16_MAX;
	plain->least = set << 32 | ETH_HLEN;
	plain->lengths = any ? max_len - ETH_HLEN + 1 : 0;
}

/**
 * tandem_plain_beyond - bytes of a frame beyond ETH_HLEN, if it is plain
 * @plain: description
 * @wb: status and length as written back, if they were
 *
 * Return: less than @plain->lengths for a plain frame. All else is more: a
 * length that is too short and a bit that is missing wrap around.
 */
static inline u64 tandem_plain_beyond(const struct tandem_plain *plain, u64 wb)
{
	return (ror64(wb, 32) & plain->mask) - plain->least;
}

/**
 * tandem_piece_judge - what to do with a buffer
 * @wb: status and length as written back, DD seen
 * @max_len: most bytes that the device may have written into it
 * @begun: a frame was begun
 * @skip: the rest of a frame is skipped; updated
 *
 * Whoever looks at a frame takes a whole Ethernet header in its first buffer
 * for granted.
 */
static inline enum tandem_piece tandem_piece_judge(u64 wb, u16 max_len,
						   bool begun, bool *skip)
{
	u16 len = TANDEM_RXW_LENGTH(wb);

	if (*skip) {
		*skip = !(wb & TANDEM_RXD_EOP);
		return TANDEM_PIECE_SKIP;
	}
	if (unlikely(len < (begun ? 1 : ETH_HLEN) || len > max_len ||
		     (wb & TANDEM_RXD_RXE))) {
		*skip = !(wb & TANDEM_RXD_EOP);
		return TANDEM_PIECE_BAD;
	}
	return begun ? TANDEM_PIECE_NEXT : TANDEM_PIECE_FIRST;
}

#endif /* _TANDEM_PIECE_H */
