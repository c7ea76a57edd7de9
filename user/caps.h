/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The capabilities that the tool goes on with. */
#ifndef TANDEM_CAPS_H
#define TANDEM_CAPS_H

#include <linux/capability.h>
#include <stdint.h>

#define CAPS(cap)	(1ull << (cap))

/* Whose socket is this, whose program: of processes of other users, too. */
#define CAPS_LOOK	(CAPS(CAP_SYS_PTRACE) | CAPS(CAP_DAC_READ_SEARCH) | \
			 CAPS(CAP_SYS_ADMIN) | CAPS(CAP_NET_ADMIN))
/* Programs, sockets, and the settings of a device. */
#define CAPS_DRIVE	(CAPS_LOOK | CAPS(CAP_NET_RAW) | CAPS(CAP_BPF) | \
			 CAPS(CAP_PERFMON) | CAPS(CAP_IPC_LOCK) | \
			 CAPS(CAP_SYS_RESOURCE) | CAPS(CAP_DAC_OVERRIDE))
/* Settings of a device, and a record of what they were. */
#define CAPS_SETTINGS	(CAPS(CAP_NET_ADMIN) | CAPS(CAP_DAC_OVERRIDE))
/* Files in directories of other users. */
#define CAPS_FILES	(CAPS(CAP_DAC_OVERRIDE) | CAPS(CAP_FOWNER))

#define CAPS_EXPORT	(CAPS_FILES | CAPS(CAP_NET_BIND_SERVICE))

/* Drops all but those in @mask, for good; there may be fewer already. */
void caps_keep(uint64_t mask);

/* Those in effect, with those that CAP_SYS_ADMIN includes. */
uint64_t caps_effective(void);

/* What takes the place of being root, where files belong to root. */
uint64_t caps_of_files(void);

/* Fails, and names those that are missing, if @what cannot be done without. */
int caps_require(uint64_t mask, const char *what);

#endif
