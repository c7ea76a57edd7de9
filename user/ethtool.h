/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What only the ethtool interface tells: named counters and the RSS set-up. */
#ifndef TANDEM_ETHTOOL_H
#define TANDEM_ETHTOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "port.h"

/* Longest name of a counter, with its end. */
#define ETH_NAME_LEN 32

/* A driver's named counters. The names are read once, the values often. */
struct eth_stats {
	int fd;
	char ifname[IFNAMSIZ];
	unsigned int n;
	char *names;
	uint64_t *request;	/* struct ethtool_stats with its values */
};

bool eth_stats_open(struct eth_stats *stats, const struct port *port);
void eth_stats_close(struct eth_stats *stats);
bool eth_stats_read(struct eth_stats *stats);

/* The place of a counter by name, or -1; and its value at the last read. */
int eth_stats_find(const struct eth_stats *stats, const char *name);
uint64_t eth_stats_value(const struct eth_stats *stats, int place);

#define RSS_MAX_KEY 64
#define RSS_MAX_TABLE 4096

/* The kernel's numbers of hash functions, a bit each */
#define RSS_TOEPLITZ 1
#define RSS_XOR 2
#define RSS_CRC32 4

struct rss {
	unsigned int key_len, table_len;	/* 0 if the driver does not tell */
	uint8_t hfunc;		/* 0 if the driver does not tell */
	uint8_t xfrm;		/* what is done to a flow before it is hashed */
	uint8_t key[RSS_MAX_KEY];
	uint32_t table[RSS_MAX_TABLE];
};

/* 0 or -errno; -E2BIG if the table or the key is larger than any known. */
int rss_read(struct rss *rss, const struct port *port);

/*
 * Sets the whole table and nothing else. @reset: to what the kernel gives a
 * device, which does not count as set then. 0 or -errno.
 */
int rss_write_table(const struct rss *rss, const struct port *port,
		    bool reset);

/* How many queues the kernel lets the table name; 0 if it does not say. */
unsigned int rss_queues(const struct port *port);

/* The fields (RXH_*) that are hashed of a kind of flow; 0 or -errno. */
int rss_fields(const struct port *port, uint32_t flow_type, uint64_t *fields);

#endif
