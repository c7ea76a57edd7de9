/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The XDP program that is attached to a device, whoever did it. */
#ifndef TANDEM_ATTACHED_H
#define TANDEM_ATTACHED_H

#include <stdint.h>

#include "port.h"

struct attached {
	uint32_t id;		/* 0: none */
	char name[16];		/* "" without CAP_SYS_ADMIN */
	const char *mode;
};

void attached_read(struct attached *attached, const struct port *port);

#endif
