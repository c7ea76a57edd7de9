// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Finds flows by computing the receiver's own hash. Addresses are from
 * 198.18.0.0/15, which RFC 2544 sets aside for benchmarks.
 */
#include <arpa/inet.h>
#include <string.h>

#include "steer.h"

#define SOURCE_NET	0xc6120000u	/* 198.18.0.0 */
#define DESTINATION	0xc6130001u	/* 198.19.0.1 */
#define FIRST_PORT	1024
#define DISCARD_PORT	9

/*
 * For each bit set in @data, the 32 bits of the key that start at that bit's
 * place are added without carry.
 */
uint32_t toeplitz(const uint8_t *key, const uint8_t *data, unsigned int len)
{
	uint32_t window = (uint32_t)key[0] << 24 | (uint32_t)key[1] << 16 |
			  (uint32_t)key[2] << 8 | key[3];
	uint32_t hash = 0;
	unsigned int i;
	int bit;

	for (i = 0; i < len; i++) {
		for (bit = 7; bit >= 0; bit--) {
			if (data[i] >> bit & 1)
				hash ^= window;
			window = window << 1 | (key[i + 4] >> bit & 1);
		}
	}
	return hash;
}

unsigned int steer_entry(const struct rss *rss, uint32_t hash)
{
	return hash & (rss->table_len - 1);
}

const char *steer_obstacle(const struct rss *rss, unsigned int len)
{
	if (!rss->table_len)
		return "has no RSS table that sends flows to queues; 'ethtool "
		       "-x' shows it on a device that has one";
	if (rss->table_len & (rss->table_len - 1))
		return "has an RSS table of a size that is no power of two, "
		       "and does not say how it finds an entry; 'ethtool -X "
		       "DEV' with weight sets it without that";
	if (rss->hfunc == RSS_XOR)
		return "hashes flows by XOR, not Toeplitz; 'ethtool -X DEV "
		       "hfunc toeplitz' asks for that";
	if (rss->hfunc == RSS_CRC32)
		return "hashes flows by CRC32, not Toeplitz; 'ethtool -X DEV "
		       "hfunc toeplitz' asks for that";
	/* older drivers do not say; all that is known of them is Toeplitz */
	if (rss->hfunc && rss->hfunc != RSS_TOEPLITZ)
		return "hashes flows by a function of its own; 'ethtool -X DEV "
		       "hfunc toeplitz' asks for the known one";
	if (rss->xfrm)
		return "makes both directions of a flow alike before it hashes "
		       "them; 'ethtool -X DEV xfrm none' ends that";
	if (!rss->key_len)
		return "does not tell its RSS key, without which nobody knows "
		       "where a flow lands; 'ethtool -X DEV' with weight moves "
		       "all flows";
	if (rss->key_len < len + 4)
		return "has an RSS key too short for such a flow; 'ethtool -X "
		       "DEV' with weight moves all flows";
	return NULL;
}

/* @len: 8 for the addresses alone, STEER_FLOW with the ports. */
static uint32_t queue_of(const struct rss *rss, const struct flow *flow,
			 unsigned int len)
{
	uint8_t tuple[STEER_FLOW];

	memcpy(tuple, &flow->saddr, 4);
	memcpy(tuple + 4, &flow->daddr, 4);
	memcpy(tuple + 8, &flow->sport, 2);
	memcpy(tuple + 10, &flow->dport, 2);
	return rss->table[steer_entry(rss, toeplitz(rss->key, tuple, len))];
}

bool steer_flow(const struct rss *rss, unsigned int queue, struct flow *flow)
{
	unsigned int host, port;

	flow->daddr = htonl(DESTINATION);
	flow->dport = htons(DISCARD_PORT);
	/* To some keys twelve bits make no difference in those of the entry. */
	for (host = 1; host < 65536; host++) {
		flow->saddr = htonl(SOURCE_NET + host);
		flow->sport = htons(FIRST_PORT);
		if (queue_of(rss, flow, 8) != queue)
			continue;
		for (port = FIRST_PORT; port < FIRST_PORT + 4096; port++) {
			flow->sport = htons((uint16_t)port);
			if (queue_of(rss, flow, STEER_FLOW) == queue)
				return true;
		}
	}
	return false;
}

void steer_any_flow(unsigned int n, struct flow *flow)
{
	flow->saddr = htonl(SOURCE_NET + n + 1);
	flow->daddr = htonl(DESTINATION);
	flow->sport = htons((uint16_t)(FIRST_PORT + n));
	flow->dport = htons(DISCARD_PORT);
}
