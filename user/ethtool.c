// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The ethtool ioctl: the same on every kernel that this tool meets. */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ethtool.h"
#include "tandem.h"

static bool call(int fd, const char *ifname, void *request)
{
	struct ifreq ifr = { 0 };

	memcpy(ifr.ifr_name, ifname, IFNAMSIZ);
	ifr.ifr_data = request;
	return !ioctl(fd, SIOCETHTOOL, &ifr);
}

static unsigned int count_stats(int fd, const char *ifname)
{
	union {
		struct ethtool_sset_info info;
		uint8_t bytes[sizeof(struct ethtool_sset_info) +
			      sizeof(uint32_t)];
	} request = { .info = { .cmd = ETHTOOL_GSSET_INFO,
				.sset_mask = 1ull << ETH_SS_STATS } };

	if (!call(fd, ifname, &request) || !request.info.sset_mask)
		return 0;
	return request.info.data[0];
}

static bool read_names(struct eth_stats *stats)
{
	struct ethtool_gstrings *strings;
	size_t bytes = (size_t)stats->n * ETH_GSTRING_LEN;
	bool ok;

	strings = calloc(1, sizeof(*strings) + bytes);
	stats->names = malloc(bytes);
	if (!strings || !stats->names) {
		free(strings);
		return false;
	}
	strings->cmd = ETHTOOL_GSTRINGS;
	strings->string_set = ETH_SS_STATS;
	strings->len = stats->n;
	ok = call(stats->fd, stats->ifname, strings);
	if (ok)
		memcpy(stats->names, strings->data, bytes);
	free(strings);
	return ok;
}

bool eth_stats_open(struct eth_stats *stats, const struct port *port)
{
	memset(stats, 0, sizeof(*stats));
	memcpy(stats->ifname, port->name, IFNAMSIZ);
	stats->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (stats->fd < 0)
		return false;
	stats->n = count_stats(stats->fd, stats->ifname);
	/* The kernel writes as many values as the driver has by then, however
	 * many were asked for: leave room for a driver that gets more queues.
	 */
	stats->request = calloc(1, sizeof(struct ethtool_stats) +
				(4 * stats->n + 4096) * sizeof(uint64_t));
	if (stats->n && stats->request && read_names(stats) &&
	    eth_stats_read(stats))
		return true;
	eth_stats_close(stats);
	return false;
}

void eth_stats_close(struct eth_stats *stats)
{
	if (stats->fd >= 0)
		close(stats->fd);
	free(stats->names);
	free(stats->request);
	memset(stats, 0, sizeof(*stats));
	stats->fd = -1;
}

bool eth_stats_read(struct eth_stats *stats)
{
	struct ethtool_stats *request = (void *)stats->request;

	request->cmd = ETHTOOL_GSTATS;
	request->n_stats = stats->n;
	/* where the driver has another number by now, there are no values */
	return call(stats->fd, stats->ifname, request) &&
	       request->n_stats == stats->n;
}

int eth_stats_find(const struct eth_stats *stats, const char *name)
{
	unsigned int i;

	for (i = 0; i < stats->n; i++)
		if (!strncmp(stats->names + i * ETH_GSTRING_LEN, name,
			     ETH_GSTRING_LEN))
			return (int)i;
	return -1;
}

uint64_t eth_stats_value(const struct eth_stats *stats, int place)
{
	const struct ethtool_stats *request = (const void *)stats->request;

	if (place < 0 || (unsigned int)place >= stats->n)
		return 0;
	return request->data[place];
}

union rss_request {
	struct ethtool_rxfh head;
	uint8_t bytes[sizeof(struct ethtool_rxfh) + RSS_MAX_KEY +
		      RSS_MAX_TABLE * sizeof(uint32_t)];
};

/*
 * igb does not tell its key, and is known to use the kernel's own, which is told
 * (in the first network namespace).
 */
static void read_kernel_key(struct rss *rss)
{
	char text[3 * RSS_MAX_KEY + 1];
	const char *p = text;
	int len;

	if (!read_line("/proc/sys/net/core/netdev_rss_key", text, sizeof(text)))
		return;
	while (rss->key_len < RSS_MAX_KEY &&
	       sscanf(p, "%2hhx%n", &rss->key[rss->key_len], &len) == 1) {
		rss->key_len++;
		p += len + (p[len] == ':');
	}
}

int rss_read(struct rss *rss, const struct port *port)
{
	union rss_request request = { .head.cmd = ETHTOOL_GRSSH };
	uint32_t table, key;

	memset(rss, 0, sizeof(*rss));
	if (!port_ethtool(port, &request))
		return -errno;
	table = request.head.indir_size;
	key = request.head.key_size;
	if (table > RSS_MAX_TABLE || key > RSS_MAX_KEY)
		return -E2BIG;
	memset(&request, 0, sizeof(request));
	request.head.cmd = ETHTOOL_GRSSH;
	request.head.indir_size = table;
	request.head.key_size = key;
	if (!port_ethtool(port, &request))
		return -errno;
	rss->table_len = table;
	rss->key_len = key;
	rss->hfunc = request.head.hfunc;
	rss->xfrm = request.head.input_xfrm;
	memcpy(rss->table, request.head.rss_config, table * sizeof(uint32_t));
	memcpy(rss->key, request.head.rss_config + table, key);
	if (!key && !strcmp(port->driver, "igb"))
		read_kernel_key(rss);
	return 0;
}

int rss_write_table(const struct rss *rss, const struct port *port,
		    bool reset)
{
	/* 0 leaves key and hash function alone */
	union rss_request request = { .head.cmd = ETHTOOL_SRSSH,
				      .head.input_xfrm = rss->xfrm };

	if (!reset) {
		request.head.indir_size = rss->table_len;
		memcpy(request.head.rss_config, rss->table,
		       rss->table_len * sizeof(uint32_t));
	}
	return port_ethtool(port, &request) ? 0 : -errno;
}

unsigned int rss_queues(const struct port *port)
{
	struct ethtool_rxnfc request = { .cmd = ETHTOOL_GRXRINGS };

	return port_ethtool(port, &request) ? (unsigned int)request.data : 0;
}

int rss_fields(const struct port *port, uint32_t flow_type, uint64_t *fields)
{
	struct ethtool_rxnfc request = { .cmd = ETHTOOL_GRXFH,
					 .flow_type = flow_type };

	if (!port_ethtool(port, &request))
		return -errno;
	*fields = request.data;
	return 0;
}
