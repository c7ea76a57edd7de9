// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: any write-backs of receive descriptors. The first byte is
 * the buffer size, the second the size of the ring; then come steps of nine
 * bytes: software posts some descriptors, or the device writes one back and
 * the poll looks at it, both as the driver does it for pages and for zero-copy
 * buffers. Frames that come out are held against what was written.
 */
#include <stdio.h>
#include <stdlib.h>

#define ETH_HLEN	14
#define MAX_PIECES	18

#include "ring/piece.h"
#include "ring/ring.h"

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "not so: %s\n", what);
	__builtin_trap();
}

/* One way of putting frames together, and what it has in hand. */
struct path {
	bool skip;
	u32 pieces, bytes;
	u32 frames, good, dropped;
};

/* What the words that came since the last end of a frame amount to. */
struct truth {
	u32 words, bytes;
	bool bad;
};

static u16 max_len;

static void truth_add(struct truth *t, u64 wb)
{
	u16 len = wb >> 32;

	t->words++;
	t->bytes += len;
	if (!len || len > max_len || (t->words == 1 && len < 14) ||
	    ((wb >> 31) & 1) || t->words > MAX_PIECES)
		t->bad = true;
}

/* Return: true if the descriptor completes a frame. */
static bool take(struct path *p, u64 wb)
{
	u16 len = TANDEM_RXW_LENGTH(wb);

	switch (tandem_piece_judge(wb, max_len, p->pieces, &p->skip)) {
	case TANDEM_PIECE_FIRST:
		must(!p->pieces && len >= ETH_HLEN, "a first piece is one");
		break;
	case TANDEM_PIECE_NEXT:
		must(p->pieces && len, "a next piece has one before it");
		if (p->pieces < MAX_PIECES)
			break;
		p->skip = !(wb & TANDEM_RXD_EOP);
		/* fall through */
	case TANDEM_PIECE_BAD:
		p->pieces = 0;
		p->bytes = 0;
		p->dropped++;
		return false;
	case TANDEM_PIECE_SKIP:
		must(!p->pieces, "nothing is in hand while skipping");
		return false;
	}
	must(len <= max_len && !(wb & TANDEM_RXD_RXE), "a piece is good");
	p->pieces++;
	p->bytes += len;
	return wb & TANDEM_RXD_EOP;
}

static void check_frame(const struct path *p, const struct truth *t)
{
	must(!t->bad, "a bad frame is not delivered");
	must(p->pieces == t->words && p->bytes == t->bytes, "nothing is missing");
}

/* As tandem_rx_poll(): the fast way only if nothing is in hand. */
static void page_path(struct path *p, u64 wb, const struct truth *t)
{
	struct tandem_plain plain;

	tandem_plain_init(&plain, max_len, true);
	if (tandem_plain_beyond(&plain, wb) < plain.lengths && !p->pieces && !p->skip) {
		must(t->words == 1 && !t->bad, "a whole frame is one");
	} else {
		if (!take(p, wb))
			return;
		check_frame(p, t);
	}
	p->pieces = 0;
	p->bytes = 0;
	p->frames++;
}

/* As tandem_xsk_rx_run(): what is in hand is in the length to compare with. */
static void xsk_path(struct path *p, u64 wb, const struct truth *t)
{
	struct tandem_plain plain;

	tandem_plain_init(&plain, max_len, !p->pieces && !p->skip);
	if (tandem_plain_beyond(&plain, wb) < plain.lengths) {
		must(t->words == 1 && !t->bad, "a whole frame is one");
		must(tandem_plain_beyond(&plain, wb) + ETH_HLEN == t->bytes, "a whole frame has its length");
	} else {
		if (!take(p, wb))
			return;
		check_frame(p, t);
	}
	p->pieces = 0;
	p->bytes = 0;
	p->frames++;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct path page = {}, xsk = {};
	struct truth truth = {};
	u16 mask, ntu = 0, ntc = 0;
	u32 good = 0, held = 0;
	u64 wb;

	if (size < 2)
		return -1;
	/* 1 KiB to 4 KiB, in steps that are no multiple of anything */
	max_len = 1024 + data[0] * 12;
	mask = (TANDEM_MIN_DESC << data[1] % 7) - 1;
	for (data += 2, size -= 2; size >= 9; data += 9, size -= 9) {
		if (data[0] & 1) {
			/* post some, as a refill: never more than there is room for */
			u16 room = tandem_ring_free(ntu, ntc, mask), n = data[0] >> 1;

			must(room + held == mask, "every descriptor is somewhere");
			for (n = min(n, room); n; n--, held++)
				ntu = tandem_ring_next(ntu, mask);
			must(held == tandem_ring_used(ntu, ntc, mask), "posted and used");
			continue;
		}
		memcpy(&wb, data + 1, sizeof(wb));
		if (!tandem_ring_used(ntu, ntc, mask) || !(wb & TANDEM_RXD_DD))
			continue;
		ntc = tandem_ring_next(ntc, mask);
		held--;
		truth_add(&truth, wb);
		page_path(&page, wb, &truth);
		xsk_path(&xsk, wb, &truth);
		must(page.frames == xsk.frames && page.pieces == xsk.pieces &&
		     page.skip == xsk.skip, "both ways agree");
		if (!(wb & TANDEM_RXD_EOP))
			continue;
		good += !truth.bad;
		must(page.frames == good, "every good frame is delivered");
		must(!page.pieces && !page.skip, "nothing is left behind a frame");
		truth = (struct truth){};
	}
	return 0;
}
