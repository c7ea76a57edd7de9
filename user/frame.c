// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Builds and checks the test frames. */
#include <arpa/inet.h>
#include <stddef.h>

#include "frame.h"

#define MAGIC	0x54414e44u	/* "TAND" */
#define ETH_IPV4 0x0800
#define IP_UDP	17

struct test_frame {
	uint8_t dst[6], src[6];
	uint16_t ethertype;
	/* IPv4 */
	uint8_t version_ihl, tos;
	uint16_t ip_len, ip_id, ip_frag;
	uint8_t ttl, protocol;
	uint16_t ip_sum;
	uint32_t saddr, daddr;
	/* UDP */
	uint16_t sport, dport, udp_len, udp_sum;
	/* ours: 14 of the 18 bytes that the smallest frame has left */
	uint32_t magic;
	uint16_t id;
	uint32_t seq;
	uint32_t sign;
	uint8_t pattern[];
} __attribute__((packed));

#define IP_START offsetof(struct test_frame, version_ihl)
#define UDP_START offsetof(struct test_frame, sport)

static uint16_t ip_checksum(const void *header)
{
	const uint8_t *p = header;
	uint32_t sum = 0;
	int i;

	for (i = 0; i < 20; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* FNV-1a; @len is the frame's, the signature itself is left out. */
static uint32_t signature(const struct test_frame *f, unsigned int len)
{
	const uint8_t *p = (const uint8_t *)f;
	unsigned int i;
	uint32_t h = 2166136261u;

	for (i = offsetof(struct test_frame, ethertype);
	     i < offsetof(struct test_frame, sign); i++)
		h = (h ^ p[i]) * 16777619u;
	for (i = offsetof(struct test_frame, pattern); i < len; i++)
		h = (h ^ p[i]) * 16777619u;
	return h;
}

void frame_build(void *data, unsigned int len, const uint8_t *dst,
		 const uint8_t *src, const struct flow *flow, uint16_t id)
{
	struct test_frame *f = data;

	memset(f, 0, len);
	memcpy(f->dst, dst, 6);
	memcpy(f->src, src, 6);
	f->ethertype = htons(ETH_IPV4);
	f->version_ihl = 0x45;
	f->ip_len = htons((uint16_t)(len - IP_START));
	f->ttl = 64;
	f->protocol = IP_UDP;
	f->saddr = flow->saddr;
	f->daddr = flow->daddr;
	f->ip_sum = htons(ip_checksum(&f->version_ihl));
	f->sport = flow->sport;
	f->dport = flow->dport;
	f->udp_len = htons((uint16_t)(len - UDP_START));
	f->magic = htonl(MAGIC);
	f->id = htons(id);
	frame_stamp(f, len, 0);
}

void frame_stamp(void *data, unsigned int len, uint32_t seq)
{
	struct test_frame *f = data;
	unsigned int i, n = len - (unsigned int)sizeof(*f);

	f->seq = htonl(seq);
	for (i = 0; i < n; i++)
		f->pattern[i] = (uint8_t)(seq + i);
	f->sign = htonl(signature(f, len));
}

bool frame_is_ours(const void *data, unsigned int len)
{
	const struct test_frame *f = data;

	return len >= FRAME_MIN && f->ethertype == htons(ETH_IPV4) &&
	       f->magic == htonl(MAGIC);
}

enum frame_verdict frame_check(const void *data, unsigned int len,
			       uint16_t *id, uint32_t *seq)
{
	const struct test_frame *f = data;

	if (!frame_is_ours(data, len))
		return FRAME_FOREIGN;
	*id = ntohs(f->id);
	*seq = ntohl(f->seq);
	return ntohl(f->sign) == signature(f, len) ? FRAME_GOOD : FRAME_CORRUPT;
}
