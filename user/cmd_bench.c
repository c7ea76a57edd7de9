// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem bench: options, and the run from set-up to exit code. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "cpus.h"
#include "options.h"
#include "output.h"
#include "tandem.h"

static const char *const wakeups[] = { "irq", "need", "busy", "suspend", NULL };
static const char *const attaches[] = { "native", "dispatcher", NULL };

#define FIELD(f) offsetof(struct bench_config, f)

static const struct opt opts[] = {
	{ "queues", 'q', OPT_QUEUES, FIELD(queues), 0, 0, NULL, "LIST",
	  "queues, such as 0-3 or 0,2; default 0" },
	{ "wakeup", 'w', OPT_CHOICE, FIELD(wakeup), 0, 0, wakeups, "MODE",
	  "who drives the queues; default need" },
	{ "batch", 'b', OPT_UINT, FIELD(batch), 1, 1024, NULL, "N",
	  "frames per batch; default 64" },
	{ "size", 's', OPT_UINT, FIELD(size), 64, 4096, NULL, "BYTES",
	  "frame size with its FCS; default 64" },
	{ "duration", 'd', OPT_SECONDS, FIELD(duration), 0.01, 86400, NULL,
	  "S", "seconds to measure; default 5" },
	{ "packets", 'n', OPT_UINT, FIELD(packets), 1, 1e15, NULL, "N",
	  "stop after so many packets instead" },
	{ "warmup", 0, OPT_SECONDS, FIELD(warmup), 0, 60, NULL, "S",
	  "seconds to run before measuring; default 0.1" },
	{ "interval", 'i', OPT_SECONDS, FIELD(interval), 0, 3600, NULL, "S",
	  "seconds between live lines, 0 for none; default 1, with --json or --csv 0" },
	{ "inflight", 0, OPT_UINT, FIELD(inflight), 0, 16384, NULL, "N",
	  "l2fwd: frames to put into each direction of each queue; pair: "
	  "frames under way at most" },
	{ "ring", 0, OPT_UINT, FIELD(ring), 64, 16384, NULL, "N",
	  "entries of RX, TX and completion ring; default 2048" },
	{ "fill", 0, OPT_UINT, FIELD(fill), 64, 16384, NULL, "N",
	  "entries of the fill ring; default 2048" },
	{ "chunk", 0, OPT_UINT, FIELD(chunk), 2048, 4096, NULL, "BYTES",
	  "memory per frame, 2048 or 4096; default 4096" },
	{ "headroom", 0, OPT_UINT, FIELD(headroom), 0, 3072, NULL, "BYTES",
	  "room kept before each received frame; default 0" },
	{ "cpu", 'c', OPT_UINT, FIELD(cpu), 0, CPU_SETSIZE - 1, NULL, "N",
	  "run on this CPU (with --threads: the first of them)" },
	{ "threads", 0, OPT_FLAG, FIELD(threads), 0, 0, NULL, NULL,
	  "one thread per queue instead of one for all" },
	{ "allow-copy", 0, OPT_FLAG, FIELD(allow_copy), 0, 0, NULL, NULL,
	  "accept copy mode and a program run by the stack" },
	{ "copy", 0, OPT_FLAG, FIELD(copy), 0, 0, NULL, NULL,
	  "copy mode, also where zero-copy would work" },
	{ "skb", 0, OPT_FLAG, FIELD(skb), 0, 0, NULL, NULL,
	  "program run by the stack (generic XDP), implies --copy" },
	{ "prog", 'p', OPT_STRING, FIELD(prog), 0, 0, NULL, "FILE",
	  "BPF object with an XSKMAP; 'libxdp': its default; 'count': ours that counts" },
	{ "attach", 0, OPT_CHOICE, FIELD(attach), 0, 0, attaches, "HOW",
	  "attach directly or by libxdp; default native" },
	{ "no-prog", 0, OPT_FLAG, FIELD(no_prog), 0, 0, NULL, NULL,
	  "txonly: attach no program" },
	{ "no-rss", 0, OPT_FLAG, FIELD(no_rss), 0, 0, NULL, NULL,
	  "find the queues' flows by trial, not by the RSS hash" },
	{ "dst", 0, OPT_STRING, FIELD(dst), 0, 0, NULL, "MAC",
	  "txonly: destination address; default one that nobody has" },
	{ "latency", 0, OPT_FLAG, FIELD(latency), 0, 0, NULL, NULL,
	  "l2fwd of two devices: time the ways of a single frame" },
	{ "verify", 0, OPT_FLAG, FIELD(verify), 0, 0, NULL, NULL,
	  "check number and content of every frame" },
	{ "json", 'j', OPT_FLAG, FIELD(json), 0, 0, NULL, NULL,
	  "print the result as JSON" },
	{ "csv", 0, OPT_FLAG, FIELD(csv), 0, 0, NULL, NULL,
	  "print a line of comma-separated values per queue" },
};

static const struct opt_set set = {
	.command = "bench",
	.synopsis = "MODE DEV [DEV2...]",
	.about =
	"Measures AF_XDP sockets, one per queue, all in this process.\n\n"
	"Modes:\n"
	"  rxdrop DEV...    receive and drop\n"
	"  txonly DEV...    send\n"
	"  l2fwd DEV        send every frame back, MAC addresses swapped\n"
	"  l2fwd DEV DEV2   what arrives on one leaves by the other, same queue\n"
	"  pair DEV DEV2    send bursts on DEV2, receive them on DEV\n\n"
	"Up to eight devices; those of l2fwd and pair go by twos: pair A B C D.\n"
	"Zero-copy and a program in the driver are demanded unless an option "
	"says otherwise.\nWakeup modes: irq leaves the work to interrupts and "
	"sleeps in poll(); need makes a\nsystem call only when a ring's flag "
	"asks for it; busy drives NAPI from the\napplication and holds the "
	"interrupts back; suspend turns them off while an epoll\nfinds work "
	"(Linux 6.13). All settings are restored at exit.",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.min_args = 2,
	.max_args = OPT_MAX_ARGS,
};

const struct bench_config bench_defaults = {
	.queues = 1,
	.wakeup = WAKEUP_NEED,
	.batch = 64,
	.size = 64,
	.ring = 2048,
	.fill = 2048,
	.chunk = 4096,
	.duration = 5,
	.interval = -1,
	.warmup = 0.1,
	.cpu = UINT64_MAX,
	/*
	 * Of nobody, and with a tail that no multicast address in use has:
	 * filters that hash the last bytes would let it pass.
	 */
	.dst_mac = { 2, 0, 0, 0, 0x5a, 0xa5 },
};

static bool power_of_two(uint64_t n)
{
	return n && !(n & (n - 1));
}

static int parse_dst(struct bench_config *c)
{
	int end = 0;

	if (!c->dst)
		return 0;
	if (c->mode != BENCH_TXONLY)
		return fail(TD_USAGE, "bench: --dst is for txonly");
	if (sscanf(c->dst, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n",
		   &c->dst_mac[0], &c->dst_mac[1], &c->dst_mac[2],
		   &c->dst_mac[3], &c->dst_mac[4], &c->dst_mac[5], &end) != 6 ||
	    c->dst[end])
		return fail(TD_USAGE, "bench: --dst: '%s' is not a MAC address "
			    "such as 52:54:00:12:34:56", c->dst);
	return 0;
}

static int parse_mode(struct bench_config *c, const struct opt_args *args)
{
	unsigned int mode, i;

	for (mode = BENCH_RXDROP; mode <= BENCH_PAIR; mode++)
		if (!strcmp(args->arg[0], bench_mode_name(mode)))
			break;
	if (mode > BENCH_PAIR)
		return fail(TD_USAGE, "bench: no mode '%s'; there are rxdrop, "
			    "txonly, l2fwd and pair", args->arg[0]);
	c->mode = mode;
	c->ndevs = args->n - 1;
	for (i = 0; i < c->ndevs; i++)
		c->dev[i] = args->arg[1 + i];
	if (mode == BENCH_PAIR && c->ndevs % 2)
		return fail(TD_USAGE, "bench: pair needs two devices, the one "
			    "that receives and the one that sends, or several "
			    "times two");
	if (mode == BENCH_L2FWD && c->ndevs > 1 && c->ndevs % 2)
		return fail(TD_USAGE, "bench: l2fwd takes one device, or two "
			    "that forward to each other, or several times two");
	return 0;
}

static int check_sizes(const struct bench_config *c)
{
	if (!power_of_two(c->ring) || !power_of_two(c->fill))
		return fail(TD_USAGE, "bench: --ring and --fill must be powers "
			    "of two");
	if (c->chunk != 2048 && c->chunk != 4096)
		return fail(TD_USAGE, "bench: --chunk must be 2048 or 4096");
	if (c->headroom + 256 + c->size > c->chunk)
		return fail(TD_USAGE, "bench: frames of %u bytes with %u bytes "
			    "of headroom do not fit in chunks of %u (256 are "
			    "the kernel's)", (unsigned int)c->size,
			    (unsigned int)c->headroom, (unsigned int)c->chunk);
	if (c->batch > c->ring / 2)
		return fail(TD_USAGE, "bench: --batch %u is more than half of "
			    "--ring %u", (unsigned int)c->batch,
			    (unsigned int)c->ring);
	if (c->mode == BENCH_PAIR && c->batch > c->fill / 2)
		return fail(TD_USAGE, "bench: --batch %u is more than half of "
			    "the buffers (--fill %u) that wait for it",
			    (unsigned int)c->batch, (unsigned int)c->fill);
	if (c->inflight && (c->mode == BENCH_RXDROP || c->mode == BENCH_TXONLY))
		return fail(TD_USAGE, "bench: --inflight is for l2fwd and "
			    "pair");
	if (c->inflight > c->fill / 2 || c->inflight > c->ring / 2)
		return fail(TD_USAGE, "bench: --inflight %u is more than half "
			    "of a ring; --ring and --fill set their sizes",
			    (unsigned int)c->inflight);
	return 0;
}

static int check_programs(const struct bench_config *c)
{
	if (c->no_prog && c->mode != BENCH_TXONLY)
		return fail(TD_USAGE, "bench: without a program nothing is "
			    "received; --no-prog is for txonly");
	if (c->no_prog && (c->prog || c->attach))
		return fail(TD_USAGE, "bench: --no-prog contradicts --prog and "
			    "--attach");
	if (c->skb && c->attach)
		return fail(TD_USAGE, "bench: --skb contradicts --attach "
			    "dispatcher");
	return 0;
}

static int check_latency(struct bench_config *c)
{
	if (!c->latency)
		return 0;
	if (c->mode != BENCH_L2FWD || c->ndevs != 2)
		return fail(TD_USAGE, "bench: --latency is for l2fwd with two "
			    "devices");
	if (c->inflight || c->threads || __builtin_popcountll(c->queues) != 1)
		return fail(TD_USAGE, "bench: --latency has one frame under "
			    "way on one queue: --inflight, --threads or more "
			    "queues contradict it");
	c->inflight = 1;
	return 0;
}

/* An epoll follows one NAPI: one queue of one device per thread. */
static int check_suspend(const struct bench_config *c)
{
	if (c->wakeup != WAKEUP_SUSPEND)
		return 0;
	if (c->mode == BENCH_L2FWD && c->ndevs > 1)
		return fail(TD_USAGE, "bench: suspend waits for one device; "
			    "l2fwd between two takes --wakeup irq, need or "
			    "busy");
	if (!c->threads && (__builtin_popcountll(c->queues) != 1 ||
			    c->ndevs > (c->mode == BENCH_PAIR ? 2 : 1)))
		return fail(TD_USAGE, "bench: suspend waits for one queue per "
			    "thread; use --threads or one queue");
	return 0;
}

static int check_config(struct bench_config *c, const struct opt_args *args)
{
	int err = parse_mode(c, args);

	if (!err)
		err = parse_dst(c);
	if (!err)
		err = check_sizes(c);
	if (!err)
		err = check_latency(c);
	if (!err)
		err = check_suspend(c);
	if (!err)
		err = check_programs(c);
	if (!err && c->json && c->csv)
		err = fail(TD_USAGE, "bench: --json contradicts --csv");
	if (err || c->cpu == UINT64_MAX)
		return err;
	return cpus_check((unsigned int)c->cpu);
}

static int conclude(const struct bench_result *r)
{
	const struct bench_config *c = r->bench->config;
	const char *dev = r->bench->nports > bench_group(r->bench) ?
			  "bench" : r->bench->port[0].name;

	if (!r->packets)
		return fail(TD_FAIL, "no packet %s in %.1f s; %s",
			    c->mode == BENCH_TXONLY ? "was sent" : "arrived",
			    r->seconds, c->mode == BENCH_TXONLY ?
			    "is the link up?" : "is anybody sending to this "
			    "queue? 'ethtool -S' shows what the device saw");
	if (c->verify && r->corrupt)
		return fail(TD_VERIFY, "%s: %llu frames had wrong content", dev,
			    (unsigned long long)r->corrupt);
	if (c->verify && (c->mode == BENCH_PAIR || c->inflight) &&
	    (r->lost || r->reordered))
		return fail(TD_VERIFY, "%s: %llu frames lost, %llu out of "
			    "order", dev, (unsigned long long)r->lost,
			    (unsigned long long)r->reordered);
	return TD_OK;
}

int bench_run(struct bench *b, const struct bench_config *config,
	      struct bench_result *result)
{
	int err = bench_setup(b, config);

	memset(result, 0, sizeof(*result));
	if (!err && !stop_requested)
		err = bench_loop(b);
	if (err)
		return err;
	if (!b->sampled && b->measuring)
		bench_sample(b);
	bench_result(b, result);
	if (!b->measuring)
		return fail(TD_FAIL, "interrupted before anything was measured");
	return 0;
}

int cmd_bench(int argc, char **argv)
{
	struct bench_config config = bench_defaults;
	struct bench_result result;
	struct opt_args args;
	struct bench *b;
	int err, left;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	err = check_config(&config, &args);
	if (err)
		return err;
	if (config.interval < 0)
		config.interval = config.json || config.csv ? 0 : 1;
	config.quiet = config.json || config.csv;
	config.copy |= config.skb;

	b = calloc(1, sizeof(*b));
	if (!b)
		return fail(TD_FAIL, "out of memory");
	err = bench_run(b, &config, &result);
	if (!err) {
		if (config.json)
			json_print(bench_json(&result));
		else if (config.csv)
			bench_csv(&result);
		else
			bench_print(&result);
		err = conclude(&result);
	}
	left = bench_teardown(b);
	free(b);
	return err ? err : left;
}
