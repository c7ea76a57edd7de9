/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The test frames: UDP over IPv4, numbered, with content that can be checked. */
#ifndef TANDEM_FRAME_H
#define TANDEM_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "steer.h"

/* --size counts the FCS, as everybody does; frames in memory do not have it. */
#define FRAME_FCS	4
#define FRAME_MIN	60

enum frame_verdict {
	FRAME_GOOD,
	FRAME_FOREIGN,	/* not one of ours */
	FRAME_CORRUPT,
};

/* Writes a whole frame of @len bytes. */
void frame_build(void *data, unsigned int len, const uint8_t *dst,
		 const uint8_t *src, const struct flow *flow, uint16_t id);

/* Numbers a frame that was built before, and signs its content. */
void frame_stamp(void *data, unsigned int len, uint32_t seq);

/* One of the test frames, as far as its head tells. */
bool frame_is_ours(const void *data, unsigned int len);

/*
 * Checks all but the MAC addresses (which a forwarder swaps), and tells the
 * flow and the number.
 */
enum frame_verdict frame_check(const void *data, unsigned int len,
			       uint16_t *id, uint32_t *seq);

static inline void frame_swap_macs(void *data)
{
	uint8_t *mac = data, tmp[6];

	memcpy(tmp, mac, 6);
	memcpy(mac, mac + 6, 6);
	memcpy(mac + 6, tmp, 6);
}

#endif
