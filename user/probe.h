/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Tries on the device itself whether a queue takes a socket. */
#ifndef TANDEM_PROBE_H
#define TANDEM_PROBE_H

#include <stdbool.h>

#include "port.h"
#include "socket.h"

/* Longer frames than this need more than one chunk of 4096. */
#define PROBE_MTU_ONE_CHUNK 3814

/* Binds a socket that is thrown away again. */
int probe_queue(const struct port *port, unsigned int queue,
		enum xsk_demand demand, bool *zerocopy);

#endif
