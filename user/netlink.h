/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the kernel tells about queues and NAPI instances over the generic
 * netlink family "netdev", absent before Linux 6.7 (every call then says so),
 * what a driver tells about itself over "devlink", and the kernel's routes.
 */
#ifndef TANDEM_NETLINK_H
#define TANDEM_NETLINK_H

#include <stdbool.h>
#include <stdint.h>

struct netdev_nl;

struct nl_napi {
	uint32_t id;
	uint32_t irq;		/* 0 if the kernel does not say */
	uint64_t gro_flush_timeout;
	uint64_t irq_suspend_timeout;
	uint32_t defer_hard_irqs;
	bool has_settings;	/* the kernel has per-NAPI settings (6.13) */
	bool has_suspend;
};

struct nl_queue {
	uint32_t id;
	uint32_t napi_id;	/* 0 if the driver has not linked it */
	bool is_tx;
	bool has_xsk;
};

/* NULL if the kernel has no such family. */
struct netdev_nl *netdev_nl_open(void);
void netdev_nl_close(struct netdev_nl *nl);

/* Fill @out with up to @max entries of a device; the number, or -errno. */
int netdev_nl_napis(struct netdev_nl *nl, unsigned int ifindex,
		    struct nl_napi *out, unsigned int max);
int netdev_nl_queues(struct netdev_nl *nl, unsigned int ifindex,
		     struct nl_queue *out, unsigned int max);

/* Sets the three deferral values of one NAPI; 0 or -errno. */
int netdev_nl_napi_set(struct netdev_nl *nl, const struct nl_napi *napi);

/* The device's XDP features (NETDEV_XDP_ACT_*); 0 or -errno. */
int netdev_nl_features(struct netdev_nl *nl, unsigned int ifindex,
		       uint64_t *features, uint32_t *zc_max_segs);

/*
 * What a devlink health reporter of a PCI device diagnoses, as a stream of named
 * values: @fn gets each with its bytes. 0 or -errno; needs CAP_NET_ADMIN.
 */
int devlink_diagnose(const char *pci, const char *reporter,
		     void (*fn)(const char *name, const void *value,
				unsigned int len, void *data), void *data);

/*
 * Calls @fn for the interface of each default route, of all tables, and of each
 * way of one that has several. 0 or -errno.
 */
int netlink_default_routes(void (*fn)(unsigned int ifindex, void *data),
			   void *data);

#define NL_XDP_BASIC	 (1u << 0)
#define NL_XDP_REDIRECT	 (1u << 1)
#define NL_XDP_NDO_XMIT	 (1u << 2)
#define NL_XDP_ZEROCOPY	 (1u << 3)
#define NL_XDP_RX_SG	 (1u << 5)

#endif
