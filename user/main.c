// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The `tandem` command: finds the subcommand and runs it. */
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "caps.h"
#include "output.h"
#include "tandem.h"

static const struct command commands[] = {
	{ "bench", "measure AF_XDP sockets, one per queue vector",
	  cmd_bench, CAPS_DRIVE },
	{ "bind", "give a port to the tandem driver",
	  cmd_bind, CAPS_FILES },
	{ "demo", "two ports back to back: what wakeups save",
	  cmd_demo, CAPS_DRIVE },
	{ "doctor", "why zero-copy would fail or be slow on a device",
	  cmd_doctor, CAPS_DRIVE },
	{ "export", "counters for Prometheus, by HTTP or in a file",
	  cmd_export, CAPS_EXPORT },
	{ "load", "attach an XDP program to a device",
	  cmd_load, CAPS_DRIVE },
	{ "pair", "prepare queue vectors for an application's sockets",
	  cmd_pair, CAPS_DRIVE },
	{ "show", "list the program, pins and sockets of a device",
	  cmd_show, CAPS_LOOK },
	{ "steer", "put a flow on a queue through the RSS table",
	  cmd_steer, CAPS_SETTINGS },
	{ "unbind", "give a port back to the driver that had it",
	  cmd_unbind, CAPS_FILES },
	{ "top", "rates of every vector, live",
	  cmd_top, 0 },
	{ "trace", "events and times of vectors, by BPF",
	  cmd_trace, CAPS_DRIVE },
	{ "unload", "detach the XDP program of a device",
	  cmd_unload, CAPS_DRIVE },
	{ "unpair", "take back what pair has changed",
	  cmd_unpair, CAPS_DRIVE },
	{ "vectors", "list the interrupt vectors of a device",
	  cmd_vectors, CAPS_LOOK },
	{ "version", "versions of tool, libraries and kernel",
	  cmd_version, 0 },
};

volatile bool stop_requested;

static void on_signal(int signo)
{
	(void)signo;
	stop_requested = true;
}

/* No SA_RESTART: a sleeping poll() has to return so that the loop can end. */
void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal }, old;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* nohup's is to be kept */
	if (!sigaction(SIGHUP, NULL, &old) && old.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

bool sleep_until(uint64_t when)
{
	/* a signal that comes just before poll() is seen a nap later */
	const uint64_t nap = 200;
	uint64_t now, ms;

	while (!stop_requested && (now = now_ns()) < when) {
		ms = (when - now) / 1000000 + 1;
		poll(NULL, 0, (int)(ms < nap ? ms : nap));
	}
	return !stop_requested;
}

static char *captured;
static size_t captured_size;

void fail_capture(char *buf, size_t size)
{
	captured = buf;
	captured_size = size;
}

int fail(int code, const char *fmt, ...)
{
	va_list args;

	if (captured) {
		va_start(args, fmt);
		vsnprintf(captured, captured_size, fmt, args);
		va_end(args);
		return code;
	}
	fflush(stdout);
	fputs("tandem: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}

static void usage(FILE *out)
{
	size_t i;

	fputs("Usage: tandem COMMAND [OPTIONS]\n\n"
	      "Pairs interrupt vectors with AF_XDP sockets, and shows what it "
	      "does.\n\nCommands:\n", out);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-9s %s\n", commands[i].name,
			commands[i].summary);
	fputs("\n'tandem COMMAND --help' lists the options of a command, 'man "
	      "tandem-COMMAND' says\nmore. New here? 'man tandem' goes from a "
	      "port to a socket, step by step.\n"
	      "Exit codes: 0 ok, 1 failed or nothing flowed, 2 usage, "
	      "3 not permitted,\n            4 not supported, "
	      "5 verification failed.\n", out);
}

static int run(int argc, char **argv)
{
	size_t i;

	/* First of all: a shell's background jobs are born deaf to SIGINT. */
	catch_signals();
	if (argc < 2) {
		usage(stderr);
		return TD_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help")) {
		usage(stdout);
		return TD_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		caps_keep(0);
		return cmd_version(1, argv + 1);
	}
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name)) {
			caps_keep(commands[i].caps);
			return commands[i].run(argc - 1, argv + 1);
		}
	return fail(TD_USAGE, "no command named '%s'; 'tandem --help' lists them",
		    argv[1]);
}

int main(int argc, char **argv)
{
	return output_end(run(argc, argv));
}
