/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The profile of a driven queue: the kernel holds back its interrupt as long
 * as the application keeps polling or waking it. Set per NAPI where the kernel
 * can (6.13), else for the whole device; the old values come back at the end.
 */
#ifndef TANDEM_NAPI_H
#define TANDEM_NAPI_H

#include <stdbool.h>
#include <stdint.h>

#include "netlink.h"
#include "port.h"

struct napi_values {
	uint32_t defer_hard_irqs;
	uint32_t gro_flush_ns;
	uint32_t irq_suspend_ns;
};

/* Interrupts as they come. */
extern const struct napi_values napi_interrupts;
/* Held back while the application polls or wakes the queue. */
extern const struct napi_values napi_driven;
/* The same for sockets that copy, which may poll nothing. */
extern const struct napi_values napi_copied;
/* Off while the application's epoll finds work (Linux 6.13). */
extern const struct napi_values napi_suspended;

struct napi_profile {
	struct port port;
	struct nl_napi old[PORT_MAX_QUEUES];
	int queue[PORT_MAX_QUEUES];	/* that each of them serves, or UNKNOWN */
	unsigned int gone;	/* the queue that is missing (ENXIO) */
	unsigned int n;		/* NAPIs to restore */
	uint64_t queues;	/* that were asked for */
	char old_defer[24], old_flush[24];
	struct napi_values ours;	/* what it is given */
	bool sysfs;		/* the device-wide values to restore */
	bool chosen;		/* there are such values */
};

/* What there is now, of the NAPIs of @queues; they must be running already. */
int napi_profile_read(struct napi_profile *profile, const struct port *port,
		      uint64_t queues);
/* Says what napi_profile_apply() is to set, so that who restores knows it. */
void napi_profile_choose(struct napi_profile *profile,
			 const struct napi_values *values);
int napi_profile_apply(const struct napi_profile *profile);
/*
 * Puts back what napi_profile_read() found, under whatever name the device has by
 * now; a device-wide value only if it is still ours, since others may have set it
 * meanwhile. False, with errno and with @profile
 * for another try, if something was refused: ENETDOWN means that the device is
 * down, where the kernel keeps the settings of NAPIs but lets nobody change one;
 * ENXIO that queue @profile->gone was given back, whose settings it keeps as well.
 */
bool napi_profile_restore(struct napi_profile *profile);

/* Fails, with the reason, if this kernel or driver cannot suspend interrupts. */
int napi_require_suspend(const struct napi_profile *profile);

#endif
