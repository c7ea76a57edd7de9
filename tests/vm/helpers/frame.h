/* SPDX-License-Identifier: GPL-2.0 */
/* The test frames of pkt and xsk: numbered, with content that can be checked. */
#ifndef FRAME_H
#define FRAME_H

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#define ETH_P_TEST 0x88b5	/* for experiments; no RSS spreads it */
#define MAGIC 0x7a9d0576u
#define MAX_FLOWS 256

struct body {		/* behind the Ethernet (or UDP) header */
	uint32_t magic, flow, seq, len;
} __attribute__((packed));

struct check {
	uint64_t received, lost, corrupt, reordered;
	uint32_t next[MAX_FLOWS];
};

static inline void put16(unsigned char *p, unsigned int v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static inline unsigned char pattern(uint32_t seq, unsigned int i)
{
	return seq * 7 + i * 31 + (i >> 8);
}

/* @flow: of IPv4/UDP, or -1 for frames of EtherType 88b5 */
static inline void frame_build(unsigned char *p, unsigned int size, const unsigned char *dst,
			       const unsigned char *src, int flow, uint32_t seq)
{
	struct body b = { MAGIC, flow < 0 ? 0 : flow, seq, size };
	unsigned int at = 14, i;
	uint32_t sum = 0;

	memcpy(p, dst, 6);
	memcpy(p + 6, src, 6);
	put16(p + 12, flow < 0 ? ETH_P_TEST : 0x0800);
	if (flow >= 0) {
		at = 42;
		memset(p + 14, 0, 28);
		p[14] = 0x45;
		put16(p + 16, size - 14);
		p[22] = 64;
		p[23] = 17;
		/* 198.18.0.0/15: for measurements, nobody's */
		memcpy(p + 26, (unsigned char[]){ 198, 18, 7, flow }, 4);
		memcpy(p + 30, (unsigned char[]){ 198, 19, 0, 1 }, 4);
		for (i = 14; i < 34; i += 2)
			sum += p[i] << 8 | p[i + 1];
		sum = (sum & 0xffff) + (sum >> 16);
		put16(p + 24, ~(sum + (sum >> 16)));
		put16(p + 34, 9000 + flow);
		put16(p + 36, 9);
		put16(p + 38, size - 34);
	}
	memcpy(p + at, &b, sizeof(b));
	for (i = at + sizeof(b); i < size; i++)
		p[i] = pattern(seq, i);
}

static inline void swap_macs(unsigned char *p)
{
	unsigned char mac[6];

	memcpy(mac, p, 6);
	memcpy(p, p + 6, 6);
	memcpy(p + 6, mac, 6);
}

/* Counts a frame; one that is none of ours does not count. */
static inline void frame_check(struct check *c, const unsigned char *p, unsigned int len)
{
	unsigned int at = 14, i;
	struct body b;

	if (len >= 58 && p[12] == 8 && !p[13])
		at = 42;
	if (len < at + sizeof(b))
		return;
	memcpy(&b, p + at, sizeof(b));
	if (b.magic != MAGIC)
		return;
	c->received++;
	if (b.len != len || b.flow >= MAX_FLOWS) {
		c->corrupt++;
		return;
	}
	for (i = at + sizeof(b); i < len; i++)
		if (p[i] != pattern(b.seq, i)) {
			c->corrupt++;
			return;
		}
	if (b.seq < c->next[b.flow]) {
		c->reordered++;
		return;
	}
	c->lost += b.seq - c->next[b.flow];
	c->next[b.flow] = b.seq + 1;
}

#endif
