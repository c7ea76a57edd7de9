/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What every file of the tool shares: exit codes, the way to report an error,
 * and the table of subcommands.
 *
 * Functions that can fail for a reason that a user must hear of return 0 or
 * one of the exit codes below, and have printed the reason.
 */
#ifndef TANDEM_H
#define TANDEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef TANDEM_VERSION
#define TANDEM_VERSION "unknown"
#endif

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Stable: scripts and tests depend on these numbers. */
enum tandem_exit {
	TD_OK = 0,
	TD_FAIL = 1,	/* it did not work at run time, or nothing flowed */
	TD_USAGE = 2,	/* the command line is wrong */
	TD_PERM = 3,	/* a capability is missing, and is named */
	TD_NOTSUP = 4,	/* device or kernel cannot do what was demanded */
	TD_VERIFY = 5,	/* frames came back wrong or got lost */
};

struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
	uint64_t caps;		/* all that it may go on with; see caps.h */
};

int cmd_bench(int argc, char **argv);
int cmd_bind(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_pair(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_steer(int argc, char **argv);
int cmd_unbind(int argc, char **argv);
int cmd_top(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_unload(int argc, char **argv);
int cmd_unpair(int argc, char **argv);
int cmd_vectors(int argc, char **argv);
int cmd_version(int argc, char **argv);

/* Prints "tandem: ..." on stderr and returns @code. */
int fail(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Until @buf is NULL again, fail() writes there what it has to say. */
void fail_capture(char *buf, size_t size);

/* Set by SIGINT and SIGTERM; every loop looks at it and leaves by its end. */
extern volatile bool stop_requested;
void catch_signals(void);

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t now_ns(void);

/* Sleeps until now_ns() says @when; false if it was asked to stop instead. */
bool sleep_until(uint64_t when);

#endif
