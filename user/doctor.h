/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What tandem doctor looks at, and what it has found so far. */
#ifndef TANDEM_DOCTOR_H
#define TANDEM_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "port.h"
#include "topology.h"

enum severity {
	SEV_OK,
	SEV_INFO,	/* worth knowing */
	SEV_WARN,	/* it would work, but slowly or not as expected */
	SEV_ERROR,	/* it would fail */
};

struct finding {
	enum severity severity;
	bool permission;	/* of this process, not of device or kernel */
	const char *check;
	char text[240];
	char fix[200];		/* the command that helps, or "" */
};

struct doctor {
	struct port port;
	struct topology topology;
	uint64_t queues;	/* asked for, and there */
	unsigned int chunk;
	int cpu;		/* the application's, or -1 */
	bool is_82576;		/* our driver could drive it */
	unsigned int n;
	struct finding *finding;
};

void found(struct doctor *d, enum severity sev, const char *check,
	   const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The command that helps against what was found last. */
void fix(struct doctor *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The device: driver, features, link, queues, sockets, program. */
void doctor_device(struct doctor *d, uint64_t wanted);
/* Each queue: interrupt, CPU, NAPI. */
void doctor_queues(struct doctor *d);
/* The machine and this process. */
void doctor_host(struct doctor *d);
/* A zero-copy socket on each queue, to see. */
void doctor_try(struct doctor *d);

#endif
