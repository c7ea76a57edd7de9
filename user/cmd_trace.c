// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem trace: what vectors do, event by event or as histograms. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "tandem.h"
#include "trace_print.h"
#include "tracer.h"

#define POLL_MS 100
/* How old the list of vectors may be if no event says that it changed. */
#define LOOK_NS 1000000000ull

struct trace_config {
	bool json, hist;
	double duration;
	uint64_t count;
	const char *events;
};

static const struct opt opts[] = {
	{ "duration", 'd', OPT_SECONDS, offsetof(struct trace_config, duration),
	  0.01, 1e6, NULL, "SECONDS", "end by itself (default: at Ctrl-C)" },
	{ "count", 'n', OPT_UINT, offsetof(struct trace_config, count),
	  1, 1e12, NULL, "EVENTS", "end after so many events" },
	{ "events", 'e', OPT_STRING, offsetof(struct trace_config, events),
	  0, 0, NULL, "LIST",
	  "these only: vector (reserve, map, request, affinity, mask, unmask,\n"
	  "                            free), irq, poll, wakeup, doorbell, complete, xdp" },
	{ "hist", 0, OPT_FLAG, offsetof(struct trace_config, hist), 0, 0, NULL,
	  NULL, "count times in the kernel, print histograms at the end" },
	{ "json", 'j', OPT_FLAG, offsetof(struct trace_config, json), 0, 0,
	  NULL, NULL, "one JSON object per line; with --hist, one in all" },
};

static const struct opt_set set = {
	.command = "trace",
	.synopsis = "[DEV]",
	.about = "Live events of the vectors of a device, or of all devices.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.max_args = 1,
};

struct run {
	const struct trace_config *config;
	struct tracer tracer;
	uint64_t start_ns, end_ns;
	uint64_t printed;
	bool changed;		/* vectors came or went */
};

static bool is_over(const struct run *run)
{
	return run->config->count && run->printed >= run->config->count;
}

static int on_event(void *ctx, void *data, size_t size)
{
	const struct vector_event *e = data;
	struct run *run = ctx;

	/* While events come faster than they are printed, the call that reads
	 * them does not return by itself.
	 */
	if (stop_requested || is_over(run) || e->ns >= run->end_ns ||
	    ferror(stdout))
		return -ECANCELED;
	if (size < sizeof(*e))
		return 0;
	if (e->kind == TRACE_REQUEST || e->kind == TRACE_FREE)
		run->changed = true;
	if (run->config->hist)
		return 0;
	trace_print_event(e, tracer_port(&run->tracer, e->ifindex),
			  run->start_ns, run->config->json);
	run->printed++;
	return 0;
}

static int check(const struct trace_config *config, uint32_t *events)
{
	const char *bad = "";

	if (config->hist && config->count)
		return fail(TD_USAGE, "trace: --count is for events, not for "
			    "--hist; --duration ends both");
	if (config->hist && config->events)
		return fail(TD_USAGE, "trace: --events contradicts --hist, "
			    "which prints none");
	*events = config->events ? trace_kinds(config->events, &bad) :
		  (1u << TRACE_KINDS) - 1;
	if (config->hist)
		*events = 1u << TRACE_REQUEST | 1u << TRACE_FREE;
	if (!*events)
		return fail(TD_USAGE, "trace: --events: '%.*s' is not an event; "
			    "'tandem trace --help' lists them",
			    (int)strcspn(bad, ","), bad);
	return 0;
}

/* A driver has to tell which NAPI an interrupt runs. */
static bool foreign_times(const struct tracer *t)
{
	unsigned int i;

	for (i = 0; i < t->slots; i++)
		if (!t->slot[i].ours && t->slot[i].irq > 0 && t->napi[i] > 0)
			return true;
	return false;
}

/* What the devices at hand cannot tell, once, beside the data. */
static void say_what_is_missing(const struct run *run)
{
	const struct tracer *t = &run->tracer;
	uint32_t missing = t->events & ~t->served;
	const char *who = t->ports == 1 ? t->port[0].name :
			  "devices of other drivers";

	if (t->foreign && t->hists && !foreign_times(t))
		fprintf(stderr, "tandem: %s: no times: the driver has no "
			"interrupts, or does not say which NAPI they run\n",
			who);
	else if (t->foreign && t->hists)
		fprintf(stderr, "tandem: %s: only interrupt to end of poll; "
			"other times need the tandem driver\n", who);
	else if (t->foreign && !t->ours && missing)
		fprintf(stderr, "tandem: %s: no %s: these need the tandem "
			"driver\n", who, trace_names(missing));
	else if (t->foreign && t->ours)
		fprintf(stderr, "tandem: %s: only irq, poll and xdp events\n",
			who);
	else if (missing)
		fprintf(stderr, "tandem: the loaded driver has no %s events\n",
			trace_names(missing));
	if (t->ours && t->hists && t->hists_served != (1u << HISTS) - 1)
		fprintf(stderr, "tandem: the loaded driver lacks tracepoints "
			"for some of the times\n");
}

/* Nothing at all would come. */
static int nothing_to_trace(const struct tracer *t)
{
	if (t->hists || t->served)
		return TD_OK;
	return fail(TD_NOTSUP, "%s: no %s events: they need the tandem "
		    "driver; irq, poll and xdp come on any",
		    t->ports == 1 ? t->port[0].name : "any device",
		    trace_names(t->events));
}

static int loop(struct run *run)
{
	uint64_t looked = run->start_ns, now;
	struct tracer *t = &run->tracer;
	int n;

	while (!stop_requested && !is_over(run) && now_ns() < run->end_ns) {
		n = ring_buffer__poll(t->ring, POLL_MS);
		if (n < 0 && n != -EINTR && n != -ECANCELED)
			return fail(TD_FAIL, "cannot read events: %s",
				    strerror(-n));
		/* output_end() will tell whether that matters */
		if (fflush(stdout) || ferror(stdout))
			return TD_OK;
		now = now_ns();
		if (run->changed || now - looked >= LOOK_NS) {
			run->changed = false;
			tracer_refresh(t);
			looked = now;
		}
		if (t->ports == 1 && !port_exists(&t->port[0]))
			return fail(TD_FAIL, "%s is gone", t->port[0].name);
	}
	return TD_OK;
}

static int finish(struct run *run, int err)
{
	uint64_t lost = tracer_lost(&run->tracer);

	if (run->config->hist)
		trace_print_hists(&run->tracer,
				  (double)(now_ns() - run->start_ns) / 1e9,
				  run->config->json);
	if (run->tracer.left)
		fail(0, "%u vectors found no room among %d; name a device",
		     run->tracer.left, TRACE_SLOTS);
	if (lost)
		fprintf(stderr, "tandem: %llu events found no room; --events "
			"asks for fewer\n", (unsigned long long)lost);
	fflush(stdout);
	return err;
}

int cmd_trace(int argc, char **argv)
{
	struct trace_config config = { 0 };
	static struct run run;
	struct opt_args args;
	int err;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	err = check(&config, &run.tracer.events);
	if (err)
		return err;
	run.config = &config;
	run.tracer.hists = config.hist;
	err = tracer_add(&run.tracer, args.n ? args.arg[0] : NULL);
	if (err)
		return err;
	err = tracer_start(&run.tracer, on_event, &run);
	if (!err)
		err = nothing_to_trace(&run.tracer);
	if (!err) {
		/* loading may have taken a while */
		run.start_ns = now_ns();
		run.end_ns = run.start_ns + (uint64_t)(config.duration * 1e9);
		if (config.duration <= 0)
			run.end_ns = ~0ull;
		say_what_is_missing(&run);
		err = finish(&run, loop(&run));
	}
	tracer_stop(&run.tracer);
	return err;
}
