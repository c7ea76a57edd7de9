// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * tandem demo: the same zero-copy traffic between two ports driven three ways,
 * so that one sees at a glance what user-space wakeups save.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "options.h"
#include "output.h"
#include "tandem.h"
#include "wakeup.h"

struct demo_config {
	double seconds;
	uint64_t queues, batch;
	bool allow_copy, json;
};

#define FIELD(f) offsetof(struct demo_config, f)

static const struct opt opts[] = {
	{ "seconds", 's', OPT_SECONDS, FIELD(seconds), 0.5, 3600, NULL, "S",
	  "for each of the three ways; default 8" },
	{ "queues", 'q', OPT_UINT, FIELD(queues), 1, 63, NULL, "N",
	  "queue vectors to use; default 4" },
	{ "batch", 'b', OPT_UINT, FIELD(batch), 1, 1024, NULL, "N",
	  "frames per batch; default 64" },
	{ "allow-copy", 0, OPT_FLAG, FIELD(allow_copy), 0, 0, NULL, NULL,
	  "accept copy mode (veth, older kernels)" },
	{ "json", 'j', OPT_FLAG, FIELD(json), 0, 0, NULL, NULL,
	  "print the three results as JSON" },
};

static const struct opt_set set = {
	.command = "demo",
	.synopsis = "DEV_A DEV_B",
	.about = "Sends frames on DEV_B and receives them on DEV_A, which is "
		 "wired to it: by interrupts,\nby need_wakeup, by busy "
		 "polling. Shows each queue vector, then compares the three.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.min_args = 2,
	.max_args = 2,
};

static const char *const explained[] = {
	[WAKEUP_IRQ] = "interrupts only: the application sleeps in poll()",
	[WAKEUP_NEED] = "need_wakeup: a system call only when a ring asks "
			"for it",
	[WAKEUP_BUSY] = "busy polling: the application drives NAPI, the "
			"vectors stay masked",
};

#define MODES ARRAY_SIZE(explained)

struct summary {
	struct bench_result result;
	bool zerocopy;
};

static int run_mode(const struct bench_config *config, struct summary *s,
		    struct json_object *array)
{
	struct bench *b = calloc(1, sizeof(*b));
	int err, left;

	if (!b)
		return fail(TD_FAIL, "out of memory");
	if (!array)
		printf("\n%s--- %s%s\n", bold(), explained[config->wakeup],
		       plain());
	err = bench_run(b, config, &s->result);
	if (!err && s->result.seconds > 0) {
		if (array)
			json_object_array_add(array, bench_json(&s->result));
		else
			bench_print(&s->result);
	}
	if (!err && !s->result.packets)
		err = fail(TD_FAIL, "no packet arrived by --wakeup %s",
			   wakeup_name(config->wakeup));
	left = bench_teardown(b);
	free(b);
	s->result.bench = NULL;
	return err ? err : left;
}

static void cell_ratio(struct table *t, bool known, uint64_t count,
		       const struct bench_result *r)
{
	if (known)
		table_cell(t, "%s", grouped(per_million(count, r->packets)));
	else
		table_cell(t, "-");
}

static void print_summary(const struct summary *s, unsigned int n)
{
	static const char *const heads[] = {
		"<DRIVEN BY", "<MODE", "PPS", "INTERRUPTS/M", "WAKEUPS/M",
		"DOORBELLS/M", "SYSCALLS/M", "PPS VS IRQ", "INTERRUPTS VS IRQ",
	};
	static struct table t;
	double pps0 = (double)s[0].result.packets / s[0].result.seconds;
	double irq0 = per_million(s[0].result.total.interrupts,
				  s[0].result.packets);
	unsigned int i;

	printf("\n%s=== what wakeups save%s\n", bold(), plain());
	table_start(&t, heads, ARRAY_SIZE(heads));
	for (i = 0; i < n; i++) {
		const struct bench_result *r = &s[i].result;
		double pps = (double)r->packets / r->seconds;

		table_row(&t);
		table_cell(&t, "%s", wakeup_name(i));
		table_cell(&t, "%s", r->zerocopy ? "zero-copy" : "copy");
		table_cell(&t, "%s", grouped(pps));
		cell_ratio(&t, true, r->total.interrupts, r);
		cell_ratio(&t, r->has_vectors, r->total.wakeups, r);
		cell_ratio(&t, r->has_vectors, r->total.doorbells, r);
		cell_ratio(&t, true, r->total.syscalls, r);
		table_cell(&t, "%.2f x", pps / pps0);
		if (irq0 > 0)
			table_cell(&t, "%.3f x",
				   per_million(r->total.interrupts,
					       r->packets) / irq0);
		else
			table_cell(&t, "-");
	}
	table_print(&t);
	printf("/M: per million packets received\n");
}

static int run_all(const struct demo_config *demo, const struct opt_args *args)
{
	static struct summary summary[MODES];
	struct json_object *array = demo->json ? json_object_new_array() : NULL;
	struct bench_config config = bench_defaults;
	unsigned int i;
	int err = 0;

	config.mode = BENCH_PAIR;
	config.ndevs = 2;
	config.dev[0] = args->arg[0];
	config.dev[1] = args->arg[1];
	config.queues = (1ull << demo->queues) - 1;
	config.batch = demo->batch;
	config.duration = demo->seconds;
	config.interval = demo->seconds < 4 ? demo->seconds / 4 : 1;
	config.allow_copy = demo->allow_copy;
	config.quiet = demo->json;
	for (i = 0; i < MODES && !err && !stop_requested; i++) {
		config.wakeup = i;
		err = run_mode(&config, &summary[i], array);
	}
	if (stop_requested && !err)
		err = TD_FAIL;
	if (array)
		json_print(array);
	else if (!err)
		print_summary(summary, MODES);
	return err;
}

int cmd_demo(int argc, char **argv)
{
	struct demo_config demo = { .seconds = 8, .queues = 4, .batch = 64 };
	struct opt_args args;
	int err;

	err = opts_parse(&set, argc, argv, &demo, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	return run_all(&demo, &args);
}
