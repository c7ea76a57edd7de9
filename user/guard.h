/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A child that outlives a SIGKILL of the tool and puts NAPI settings back.
 * Everything else that a run changes goes with its file descriptors.
 */
#ifndef TANDEM_GUARD_H
#define TANDEM_GUARD_H

#include "napi.h"

struct guard {
	int fd;			/* to the child; -1: none */
	int pid;
};

/*
 * Call before there are sockets or a UMEM: the child must not hold them.
 * Without one a run works just as well, so failure is not reported.
 */
void guard_open(struct guard *guard);

/* Tells the child what to put back should we die. */
void guard_tell(struct guard *guard, const struct napi_profile *profile);

/* We have put everything back ourselves. */
void guard_close(struct guard *guard);

#endif
