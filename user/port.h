/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A network device as the tool sees it, and what must be true of it. */
#ifndef TANDEM_PORT_H
#define TANDEM_PORT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Devices that one run works on at once, and queues of each */
#define PORT_MAX_DEVICES 8
#define PORT_MAX_QUEUES 64

struct port {
	char name[IFNAMSIZ];
	char driver[32];
	char bus[32];		/* PCI address, or "" */
	unsigned int ifindex;
	uint8_t mac[6];
	unsigned int mtu;
	unsigned int rx_queues, tx_queues;
	unsigned int carrier_changes;	/* when it was opened */
};

/* Looks a device up; says which ones exist if it is not there. */
int port_open(struct port *port, const char *name);

/* Gives @port the name that the device has now; none if it is gone. */
void port_follow(struct port *port);

/* False when the device is gone, or has another name. */
bool port_exists(const struct port *port);

/* The driver's name in a sentence; some devices have none. */
const char *port_driver(const struct port *port);

/* Entries of the device's receive rings, 0 if it does not say. */
unsigned int port_rx_ring(const struct port *port);

/* One command of the ethtool ioctl; false with errno. */
bool port_ethtool(const struct port *port, void *request);

/* One of ethtool's commands that get a single number, such as ETHTOOL_GGRO. */
bool port_ethtool_value(const struct port *port, uint32_t cmd,
			uint32_t *value);

/* Administratively up, in this network namespace. */
bool port_is_up(const struct port *port);

/* Fails with the command that helps if the device is administratively down. */
int port_require_up(const struct port *port);

/* Fails if a queue of @queues does not exist on the device. */
int port_require_queues(const struct port *port, uint64_t queues);

/* The same for a queue that need only receive. */
int port_require_rx_queue(const struct port *port, unsigned int queue);

/* All queues that have both a receive and a transmit side. */
uint64_t port_all_queues(const struct port *port);

/*
 * Waits for the carriers of @n ports, at most PORT_MAX_DEVICES. Drivers may take
 * them down for seconds when a program is attached or a socket bound, and may say
 * "up" again before the other end agrees: one that changed since port_open() has
 * to last for a while. @ms is for all of them.
 */
int ports_wait_carrier(const struct port *port, unsigned int n,
		       unsigned int ms);

/* The first line of a file, without its end. False if there is none. */
bool read_line(const char *path, char *buf, size_t size);

/* Reads or writes one attribute in /sys/class/net/<dev>/. False on error. */
bool port_sysfs_read(const struct port *port, const char *attr, char *buf,
		     unsigned int size);
bool port_sysfs_write(const struct port *port, const char *attr,
		      const char *value);

#endif
