// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * tandem steer: says where a flow lands, and puts it on another queue by the
 * one entry of the RSS table that its hash finds.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "caps.h"
#include "options.h"
#include "output.h"
#include "state.h"
#include "steer.h"
#include "steered.h"
#include "tandem.h"
#include "tuple.h"

#define NO_QUEUE UINT64_MAX

struct steer_config {
	uint64_t queue;
	bool show, undo, json;
};

#define FIELD(f) offsetof(struct steer_config, f)

static const struct opt opts[] = {
	{ "queue", 'q', OPT_UINT, FIELD(queue), 0, PORT_MAX_QUEUES - 1, NULL,
	  "N", "put the flow on this queue" },
	{ "show", 's', OPT_FLAG, FIELD(show), 0, 0, NULL, NULL,
	  "change nothing, say where the flow lands" },
	{ "undo", 'u', OPT_FLAG, FIELD(undo), 0, 0, NULL, NULL,
	  "put back all entries that were changed" },
	{ "json", 'j', OPT_FLAG, FIELD(json), 0, 0, NULL, NULL,
	  "print as JSON" },
};

static const struct opt_set set = {
	.command = "steer",
	.synopsis = "DEV [PROTOCOL SRC DST]",
	.about =
	"Computes the hash that the device finds for a flow that it receives, "
	"and sets the\none entry of its RSS table that this hash leads to. All "
	"flows that share the entry\nmove too. It stays so until 'tandem steer "
	"DEV --undo'.\n\n"
	"  tandem steer eth0 -q 2 udp 192.0.2.2:4000 192.0.2.1:5000\n"
	"  tandem steer eth0 -q 2 tcp [2001:db8::2]:4000 [2001:db8::1]:80\n"
	"  tandem steer eth0 --show ip 192.0.2.2 192.0.2.1",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.min_args = 1,
	.max_args = 4,
};

/* What one run works on */
static struct port port;
static struct rss rss;
static struct steered steered;

/* A flow, and what the device makes of it */
struct place {
	struct tuple tuple;
	char text[TUPLE_TEXT];
	bool ports;		/* are hashed, too */
	uint32_t hash;
	unsigned int entry;
	uint32_t before, after;
};

static int check_line(const struct steer_config *c, const struct opt_args *args)
{
	bool put = c->queue != NO_QUEUE;

	if (put + c->show + c->undo != 1)
		return fail(TD_USAGE, "steer: one of --queue N, --show and "
			    "--undo says what to do; 'tandem steer --help' has "
			    "examples");
	if (c->undo && args->n > 1)
		return fail(TD_USAGE, "steer: --undo is for all flows of a "
			    "device; leave '%s' out", args->arg[1]);
	if (!c->undo && args->n < 4)
		return fail(TD_USAGE, "steer: a flow is a protocol, a source "
			    "and a destination, such as udp 192.0.2.2:4000 "
			    "192.0.2.1:5000");
	return 0;
}

static int not_supported(const char *why)
{
	return fail(TD_NOTSUP, "%s (driver %s) %s", port.name,
		    port_driver(&port), why);
}

static int read_rss(void)
{
	int err = rss_read(&rss, &port);

	if (err == -E2BIG)
		return not_supported("has an RSS table or key of a size that "
				     "tandem does not know; 'ethtool -X DEV' "
				     "with weight moves all flows");
	if (err && err != -EOPNOTSUPP)
		return fail(TD_FAIL, "cannot read the RSS table of %s: %s",
			    port.name, strerror(-err));
	return 0;
}

static int odd_fields(const struct place *p, uint64_t fields)
{
	char words[100];

	tuple_fields_text(fields, words, sizeof(words));
	return fail(TD_NOTSUP, "%s (driver %s) hashes %s of '%s', not both "
		    "addresses with both ports or without; 'ethtool -N %s "
		    "rx-flow-hash' changes that on some devices", port.name,
		    port_driver(&port), words, p->text, port.name);
}

/* Where the flow lands now */
static int locate(struct place *p)
{
	uint8_t input[TUPLE_MAX_INPUT];
	uint64_t fields = 0;
	const char *obstacle;
	unsigned int len;
	int err = read_rss();

	if (err)
		return err;
	/* for any flow, then for this one */
	obstacle = steer_obstacle(&rss, 0);
	if (obstacle)
		return not_supported(obstacle);
	err = rss_fields(&port, p->tuple.flow_type, &fields);
	if (err)
		return fail(TD_NOTSUP, "%s (driver %s) does not tell what it "
			    "hashes of '%s': %s; 'ethtool -X %s' with weight "
			    "moves all flows", port.name, port_driver(&port),
			    p->text, strerror(-err), port.name);
	len = tuple_input(&p->tuple, fields, input);
	if (!len)
		return odd_fields(p, fields);
	obstacle = steer_obstacle(&rss, len);
	if (obstacle)
		return not_supported(obstacle);
	p->ports = len > 2 * p->tuple.alen;
	p->hash = toeplitz(rss.key, input, len);
	p->entry = steer_entry(&rss, p->hash);
	p->before = rss.table[p->entry];
	p->after = p->before;
	return 0;
}

static int write_table(bool reset)
{
	int err = rss_write_table(&rss, &port, reset);

	if (!err)
		return 0;
	return fail(TD_FAIL, "driver %s does not take the RSS table of %s with "
		    "that change: %s; with VFs, for one, some devices have no "
		    "RSS", port_driver(&port), port.name, strerror(-err));
}

static int move(struct place *p, uint32_t queue)
{
	static struct steered old;
	unsigned int n;
	int err;

	if (p->before == queue)
		return 0;
	err = steered_read(&steered, &port);
	if (err)
		return err;
	old = steered;
	steered_note(&steered, p->entry, p->before, queue);
	err = steered_write(&steered, &port);
	if (err)
		return err;
	rss.table[p->entry] = queue;
	err = write_table(false);
	if (err) {
		steered_write(&old, &port);
		return err;
	}
	p->after = queue;
	n = steered.n;
	steered_settle(&steered);
	return n == steered.n ? 0 : steered_write(&steered, &port);
}

static struct json_object *device_json(void)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "dev", json_text(port.name));
	json_object_object_add(o, "driver", json_text(port.driver));
	return o;
}

static void report(const struct place *p, const struct steer_config *c)
{
	const char *hashed = p->ports ? "addresses and ports" : "addresses";
	struct json_object *o;

	if (c->json) {
		o = device_json();
		json_object_object_add(o, "flow", json_text(p->text));
		json_object_object_add(o, "hashed", json_text(hashed));
		json_add_number(o, "hash", p->hash);
		json_add_number(o, "entry", p->entry);
		json_add_number(o, "entries", rss.table_len);
		json_add_number(o, "queue_before", p->before);
		json_add_number(o, "queue_after", p->after);
		json_print(o);
		return;
	}
	printf("device  %s (driver %s)\n"
	       "flow    %s\n"
	       "hash    0x%08x, of its %s\n"
	       "entry   %u of 0-%u\n", port.name, port_driver(&port), p->text,
	       p->hash, hashed, p->entry, rss.table_len - 1);
	if (c->show)
		printf("queue   %u\n", p->before);
	else if (p->before == p->after)
		printf("queue   %u, as before\n", p->after);
	else
		printf("before  queue %u\n"
		       "after   queue %u\n"
		       "share   1/%u of all flows moves with it\n", p->before,
		       p->after, rss.table_len);
}

/* Not to keep 'ethtool -L' from spreading flows over queues that it adds. */
static bool is_default(unsigned int queues)
{
	unsigned int i;

	for (i = 0; i < rss.table_len; i++)
		if (!queues || rss.table[i] != i % queues)
			return false;
	return true;
}

static void report_undone(const enum steered_fate *fate, bool json)
{
	struct json_object *o = NULL, *back = NULL, *left = NULL, *entry;
	unsigned int i;

	if (json) {
		o = device_json();
		back = json_object_new_array();
		left = json_object_new_array();
		json_object_object_add(o, "restored", back);
		json_object_object_add(o, "left", left);
	}
	for (i = 0; i < steered.n; i++) {
		unsigned int n = steered.entry[i].entry;
		uint32_t queue = n < rss.table_len ? rss.table[n] : 0;

		if (!json) {
			printf("%s: entry %u %s queue %u%s\n", port.name, n,
			       fate[i] == STEERED_BACK ? "is back on" :
			       "stays on", queue, fate[i] == STEERED_FOREIGN ?
			       ", which somebody else has set" : "");
			continue;
		}
		entry = json_object_new_object();
		json_add_number(entry, "entry", n);
		json_add_number(entry, "queue", queue);
		json_object_array_add(fate[i] == STEERED_BACK ? back : left,
				      entry);
	}
	if (json)
		json_print(o);
}

/* Keeps those that wait for their queue. */
static int keep_rest(const enum steered_fate *fate)
{
	struct steered_entry *e = steered.entry;
	unsigned int i, n = 0;
	int err;

	for (i = 0; i < steered.n; i++)
		if (fate[i] == STEERED_NO_QUEUE)
			e[n++] = e[i];
	steered.n = n;
	err = steered_write(&steered, &port);
	if (err || !n)
		return err;
	return fail(TD_FAIL, "entry %u of %s was on queue %u, which is gone; "
		    "'ethtool -L %s combined %u' makes it again, 'tandem steer "
		    "%s --undo' then does the rest", e->entry, port.name,
		    e->before, port.name, e->before + 1, port.name);
}

static int undo(bool json)
{
	static enum steered_fate fate[ARRAY_SIZE(steered.entry)];
	unsigned int i, queues = rss_queues(&port);
	bool changed = false;
	int err = steered_read(&steered, &port);

	if (!err && !steered.n)
		return fail(TD_FAIL, "nothing of %s is steered; 'tandem steer "
			    "%s -q N' and a flow would do that", port.name,
			    port.name);
	if (!err)
		err = read_rss();
	if (err)
		return err;
	for (i = 0; i < steered.n; i++) {
		fate[i] = steered_undo(&steered.entry[i], &rss, queues);
		changed |= fate[i] == STEERED_BACK;
	}
	if (changed)
		err = write_table(is_default(queues));
	if (err)
		return err;
	report_undone(fate, json);
	return keep_rest(fate);
}

int cmd_steer(int argc, char **argv)
{
	struct steer_config config = { .queue = NO_QUEUE };
	static struct place place;
	struct opt_args args;
	int err;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	err = check_line(&config, &args);
	if (!err && !config.undo)
		err = tuple_parse(&place.tuple, args.arg[1], args.arg[2],
				  args.arg[3]);
	if (!err)
		err = port_open(&port, args.arg[0]);
	if (!err && !config.show)
		err = caps_require(CAPS(CAP_NET_ADMIN) | caps_of_files(),
				   "steering");
	if (!err && !config.show)
		err = state_lock();
	if (err)
		return err;
	if (config.undo)
		return undo(config.json);
	tuple_text(&place.tuple, args.arg[1], place.text);
	err = locate(&place);
	if (!err && !config.show)
		err = port_require_rx_queue(&port, (unsigned int)config.queue);
	if (!err && !config.show)
		err = move(&place, (uint32_t)config.queue);
	if (!err)
		report(&place, &config);
	return err;
}
