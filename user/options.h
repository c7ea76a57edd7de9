/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Options as data: the parser, the range checks and --help all come from one
 * table per subcommand, so they cannot disagree.
 */
#ifndef TANDEM_OPTIONS_H
#define TANDEM_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "port.h"

enum opt_type {
	OPT_FLAG,	/* bool */
	OPT_UINT,	/* uint64_t within min..max */
	OPT_SECONDS,	/* double within min..max */
	OPT_STRING,	/* const char * */
	OPT_CHOICE,	/* unsigned int, index into choices */
	OPT_QUEUES,	/* uint64_t, one bit per queue: "0-3" or "0,2" */
};

struct opt {
	const char *name;	/* without the dashes */
	char letter;		/* or 0 */
	enum opt_type type;
	size_t offset;		/* of the value in the caller's struct */
	double min, max;
	const char *const *choices;
	const char *metavar;
	const char *help;
};

struct opt_set {
	const char *command;	/* "bench" */
	const char *synopsis;	/* "MODE DEV [DEV2]" */
	const char *about;	/* one paragraph */
	const struct opt *opts;
	size_t nopts;
	unsigned int min_args, max_args;
};

/* A mode and as many devices as there may be. */
#define OPT_MAX_ARGS (1 + PORT_MAX_DEVICES)

struct opt_args {
	const char *arg[OPT_MAX_ARGS];
	unsigned int n;
};

/* What opts_parse() returns besides 0 and TD_USAGE: help was printed, leave. */
#define OPTS_HELP (-1)

int opts_parse(const struct opt_set *set, int argc, char **argv, void *values,
	       struct opt_args *args);

#endif
