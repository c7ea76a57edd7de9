// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Looks devices up and checks that they can do what is asked of them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "port.h"
#include "tandem.h"

bool read_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");
	bool ok;

	buf[0] = '\0';
	if (!f)
		return false;
	ok = fgets(buf, (int)size, f);
	fclose(f);
	buf[strcspn(buf, "\n")] = '\0';
	return ok;
}

bool port_sysfs_read(const struct port *port, const char *attr, char *buf,
		     unsigned int size)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", port->name, attr);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n < 0)
		return false;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return true;
}

bool port_sysfs_write(const struct port *port, const char *attr,
		      const char *value)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", port->name, attr);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = write(fd, value, strlen(value));
	close(fd);
	return n == (ssize_t)strlen(value);
}

static unsigned int sysfs_number(const struct port *port, const char *attr)
{
	char text[32];

	if (!port_sysfs_read(port, attr, text, sizeof(text)))
		return 0;
	return (unsigned int)strtoul(text, NULL, 0);
}

static unsigned int count_queues(const struct port *port, const char *kind)
{
	char path[128];
	unsigned int n;

	for (n = 0; n < PORT_MAX_QUEUES; n++) {
		snprintf(path, sizeof(path), "/sys/class/net/%s/queues/%s-%u",
			 port->name, kind, n);
		if (access(path, F_OK))
			break;
	}
	return n;
}

static int no_such_device(const char *name)
{
	struct if_nameindex *list = if_nameindex(), *i;
	char names[256] = "none";
	size_t len = 0;

	for (i = list; i && i->if_index && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len,
					"%s%s", len ? ", " : "", i->if_name);
	if (list)
		if_freenameindex(list);
	return fail(TD_FAIL, "no interface named %s; 'ip link' shows: %s", name,
		    names);
}

static bool ifreq_ioctl(const struct port *port, unsigned long request,
			struct ifreq *ifr)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok;

	if (fd < 0)
		return false;
	memcpy(ifr->ifr_name, port->name, IFNAMSIZ);
	ok = !ioctl(fd, request, ifr);
	close(fd);
	return ok;
}

bool port_ethtool(const struct port *port, void *request)
{
	struct ifreq ifr = { .ifr_data = request };

	return ifreq_ioctl(port, SIOCETHTOOL, &ifr);
}

bool port_ethtool_value(const struct port *port, uint32_t cmd, uint32_t *value)
{
	struct ethtool_value request = { .cmd = cmd };

	if (!port_ethtool(port, &request))
		return false;
	*value = request.data;
	return true;
}

static void read_driver(struct port *port)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };

	if (!port_ethtool(port, &info))
		return;
	snprintf(port->driver, sizeof(port->driver), "%.31s", info.driver);
	snprintf(port->bus, sizeof(port->bus), "%.31s", info.bus_info);
}

const char *port_driver(const struct port *port)
{
	return port->driver[0] ? port->driver : "unnamed";
}

unsigned int port_rx_ring(const struct port *port)
{
	struct ethtool_ringparam ring = { .cmd = ETHTOOL_GRINGPARAM };

	return port_ethtool(port, &ring) ? ring.rx_pending : 0;
}

static void read_link(struct port *port)
{
	struct ifreq ifr = { 0 };

	if (ifreq_ioctl(port, SIOCGIFHWADDR, &ifr))
		memcpy(port->mac, ifr.ifr_hwaddr.sa_data, sizeof(port->mac));
	if (ifreq_ioctl(port, SIOCGIFMTU, &ifr))
		port->mtu = (unsigned int)ifr.ifr_mtu;
}

int port_open(struct port *port, const char *name)
{
	memset(port, 0, sizeof(*port));
	port->ifindex = strlen(name) < IFNAMSIZ ? if_nametoindex(name) : 0;
	/* it may have been an alternative name */
	if (!port->ifindex || !if_indextoname(port->ifindex, port->name))
		return no_such_device(name);
	if (sysfs_number(port, "ifindex") != port->ifindex)
		return fail(TD_FAIL, "%s is in another network namespace than "
			    "the one that /sys shows, if it is mounted; 'ip "
			    "netns exec NAME tandem ...' brings one along",
			    name);
	port->carrier_changes = sysfs_number(port, "carrier_changes");
	port->rx_queues = count_queues(port, "rx");
	port->tx_queues = count_queues(port, "tx");
	read_link(port);
	read_driver(port);
	return 0;
}

void port_follow(struct port *port)
{
	char name[IFNAMSIZ];

	if (if_indextoname(port->ifindex, name))
		snprintf(port->name, sizeof(port->name), "%s", name);
}

bool port_exists(const struct port *port)
{
	return if_nametoindex(port->name) == port->ifindex;
}

bool port_is_up(const struct port *port)
{
	struct ifreq ifr = { 0 };

	/* Not from sysfs, which has the flags by a name that may have changed. */
	return ifreq_ioctl(port, SIOCGIFFLAGS, &ifr) &&
	       (ifr.ifr_flags & IFF_UP);
}

int port_require_up(const struct port *port)
{
	if (port_is_up(port))
		return 0;
	return fail(TD_FAIL, "%s is down: ip link set %s up", port->name,
		    port->name);
}

uint64_t port_all_queues(const struct port *port)
{
	unsigned int n = port->rx_queues < port->tx_queues ?
			 port->rx_queues : port->tx_queues;

	return n >= 64 ? ~0ull : (1ull << n) - 1;
}

static int no_queue(const struct port *port, unsigned int n,
		    unsigned int wanted)
{
	if (n == 1)
		return fail(TD_FAIL, "%s has only queue 0, not %u; 'ethtool -L "
			    "%s combined %u' makes more if the device can",
			    port->name, wanted, port->name, wanted + 1);
	return fail(TD_FAIL, "%s has queues 0-%u, not %u; 'ethtool -L %s "
		    "combined %u' makes more if the device can", port->name,
		    n - 1, wanted, port->name, wanted + 1);
}

int port_require_queues(const struct port *port, uint64_t queues)
{
	uint64_t all = port_all_queues(port);

	if (!(queues & ~all))
		return 0;
	return no_queue(port, (unsigned int)__builtin_popcountll(all),
			63 - (unsigned int)__builtin_clzll(queues));
}

int port_require_rx_queue(const struct port *port, unsigned int queue)
{
	return queue < port->rx_queues ? 0 :
	       no_queue(port, port->rx_queues, queue);
}

/* How long a carrier that was lost must be back to be trusted. */
#define CARRIER_SETTLED_NS 1000000000ull

struct carrier {
	unsigned int changes;
	uint64_t since;		/* of its last change, 0 for none */
};

static bool carrier_settled(struct carrier *c, const struct port *port,
			    uint64_t now)
{
	unsigned int changes = sysfs_number(port, "carrier_changes");

	if (changes != c->changes) {
		c->changes = changes;
		c->since = now;
	}
	return sysfs_number(port, "carrier") &&
	       (!c->since || now - c->since > CARRIER_SETTLED_NS);
}

int ports_wait_carrier(const struct port *port, unsigned int n,
		       unsigned int ms)
{
	const struct timespec step = { .tv_nsec = 10 * 1000 * 1000 };
	struct carrier carrier[PORT_MAX_DEVICES] = {};
	const struct port *missing;
	uint64_t start = now_ns();
	unsigned int p;

	for (p = 0; p < n; p++)
		carrier[p].changes = port[p].carrier_changes;
	for (;;) {
		missing = NULL;
		for (p = 0; p < n; p++)
			if (!carrier_settled(&carrier[p], &port[p], now_ns()))
				missing = &port[p];
		if (!missing)
			return 0;
		if (stop_requested)
			return TD_FAIL;
		if (now_ns() - start > ms * 1000000ull)
			return fail(TD_FAIL, "%s has no carrier after %u s; is "
				    "the other end up?", missing->name,
				    ms / 1000);
		nanosleep(&step, NULL);
	}
}
