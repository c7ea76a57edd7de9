// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Reads counters by whatever name a driver gives them; see counters.h. */
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"

/* tandem; igb, ice and others; i40e; veth */
const char *const counter_rx_packets[COUNTER_NAMES] = {
	"rx%u_packets", "rx_queue_%u_packets", "rx-%u.packets",
	"rx_queue_%u_xdp_packets",
};

const char *const counter_tx_packets[COUNTER_NAMES] = {
	"tx%u_packets", "tx_queue_%u_packets", "tx-%u.packets",
};

const char *const counter_xdp_packets[COUNTER_NAMES] = { "xdp%u_packets" };
const char *const counter_polls[COUNTER_NAMES] = { "vec%u_polls" };
const char *const counter_wakeups[COUNTER_NAMES] = { "vec%u_wakeups" };

bool counters_open(struct counters *c, const char *dev)
{
	memset(c, 0, sizeof(*c));
	c->stats.fd = -1;
	/* port_open() would complain of one that has just gone */
	if (strlen(dev) >= IFNAMSIZ || !if_nametoindex(dev) ||
	    port_open(&c->port, dev))
		return false;
	topology_read(&c->topology, &c->port);
	eth_stats_open(&c->stats, &c->port);
	c->queues = c->port.rx_queues > c->port.tx_queues ?
		    c->port.rx_queues : c->port.tx_queues;
	return true;
}

void counters_close(struct counters *c)
{
	eth_stats_close(&c->stats);
}

bool counters_get(const struct counters *c, const char *const *names,
		  unsigned int queue, uint64_t *value)
{
	char name[ETH_NAME_LEN];
	int place;
	size_t i;

	for (i = 0; i < COUNTER_NAMES && names[i]; i++) {
		/* formats come from the tables of this tool only */
		snprintf(name, sizeof(name), names[i], queue);
		place = eth_stats_find(&c->stats, name);
		if (place < 0)
			continue;
		*value = eth_stats_value(&c->stats, place);
		return true;
	}
	return false;
}

bool counters_device(const struct counters *c, const char *name,
		     uint64_t *value)
{
	char attr[64], text[32];

	snprintf(attr, sizeof(attr), "statistics/%s", name);
	if (!port_sysfs_read(&c->port, attr, text, sizeof(text)))
		return false;
	*value = strtoull(text, NULL, 10);
	return true;
}

static bool is_loopback(const char *dev)
{
	struct port port = { 0 };
	char text[16];

	snprintf(port.name, sizeof(port.name), "%s", dev);
	return port_sysfs_read(&port, "type", text, sizeof(text)) &&
	       atoi(text) == ARPHRD_LOOPBACK;
}

void every_device(void (*fn)(const char *dev, void *data), void *data)
{
	struct if_nameindex *list = if_nameindex(), *i;

	for (i = list; i && i->if_index; i++)
		if (!is_loopback(i->if_name))
			fn(i->if_name, data);
	if (list)
		if_freenameindex(list);
}
