/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The AF_XDP sockets of this network namespace, by the kernel's sock_diag. */
#ifndef TANDEM_DIAG_H
#define TANDEM_DIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "port.h"

struct xsk_info {
	uint32_t ino;
	uint32_t ifindex, queue;
	uint32_t chunk;		/* bytes per frame, 0 if unknown */
	bool zerocopy;
	int pid;		/* of one process that holds it, 0: not seen */
	char comm[16];
};

/*
 * The sockets that are bound to the device, in @out, which the caller frees; it
 * may be NULL. Their number, or -errno (-ENOENT: this kernel has no such
 * diagnosis).
 */
int xsk_diag(const struct port *port, struct xsk_info **out);

/* The same without looking for the processes, which takes much longer. */
int xsk_list(const struct port *port, struct xsk_info **out);

#endif
