/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a written-back receive descriptor is: a whole frame, a piece of one, or
 * something that the device must not write. The same for pages and for
 * zero-copy buffers. Compiles on the host too, where a fuzzer runs it.
 */
#ifndef _TANDEM_PIECE_H
#define _TANDEM_PIECE_H

#ifdef __KERNEL__
#include <linux/if_ether.h>
#endif

#include "../hw/desc.h"

enum tandem_piece {
	TANDEM_PIECE_FIRST,	/* begins a frame */
	TANDEM_PIECE_NEXT,	/* goes on with the one begun */
	TANDEM_PIECE_SKIP,	/* of a frame that was given up */
	TANDEM_PIECE_BAD,	/* gives up the frame begun, if any */
};

/**
 * tandem_fast_len - what tandem_piece_fast() compares with
 * @max_len: most bytes that the device may have written per buffer
 */
static inline u32 tandem_fast_len(u16 max_len)
{
	return max_len - ETH_HLEN + 1;
}

/**
 * tandem_piece_fast - is this a good frame by itself, and not a stamped one?
 * @wb: status and length as written back, if they were
 * @fast_len: tandem_fast_len(), or 0 if a frame was begun or is skipped
 *
 * One comparison for both ends of the length: a short one wraps around.
 */
static inline bool tandem_piece_fast(u64 wb, u32 fast_len)
{
	const u64 plain = TANDEM_RXD_DD | TANDEM_RXD_EOP;
	const u64 odd = TANDEM_RXD_RXE | TANDEM_RXD_TS;

	return (wb & (plain | odd)) == plain &&
	       (u32)TANDEM_RXW_LENGTH(wb) - ETH_HLEN < fast_len;
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
