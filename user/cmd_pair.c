// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * tandem pair: makes queue vectors ready for an application's sockets. Every
 * change is in the state file before it is made, so that whatever ends this
 * process, `tandem unpair` finds what to take back.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "affinity.h"
#include "caps.h"
#include "cpus.h"
#include "options.h"
#include "output.h"
#include "pins.h"
#include "probe.h"
#include "program.h"
#include "queues.h"
#include "state.h"
#include "tandem.h"
#include "topology.h"

enum pair_wakeup { PAIR_IRQ, PAIR_NEED, PAIR_BUSY, PAIR_SUSPEND };

static const char *const wakeups[] = { "irq", "need", "busy", "suspend", NULL };
static const char *const attaches[] = { "native", "dispatcher", NULL };

struct pair_config {
	uint64_t queues;
	unsigned int wakeup, attach;
	const char *cpu;
	bool allow_copy, count, json;
};

#define FIELD(f) offsetof(struct pair_config, f)

static const struct opt opts[] = {
	{ "queues", 'q', OPT_QUEUES, FIELD(queues), 0, 0, NULL, "LIST",
	  "queues, such as 0-3 or 0,2; default 0" },
	{ "wakeup", 'w', OPT_CHOICE, FIELD(wakeup), 0, 0, wakeups, "MODE",
	  "who drives the queues; default need" },
	{ "cpu", 'c', OPT_STRING, FIELD(cpu), 0, 0, NULL, "LIST",
	  "CPUs for the queues' interrupts, the first queue's first" },
	{ "attach", 0, OPT_CHOICE, FIELD(attach), 0, 0, attaches, "HOW",
	  "attach directly or by libxdp; default native" },
	{ "allow-copy", 0, OPT_FLAG, FIELD(allow_copy), 0, 0, NULL, NULL,
	  "accept a device without zero-copy" },
	{ "count", 0, OPT_FLAG, FIELD(count), 0, 0, NULL, NULL,
	  "count the frames of queues without a socket" },
	{ "json", 'j', OPT_FLAG, FIELD(json), 0, 0, NULL, NULL,
	  "print the result as JSON" },
};

static const struct opt_set set = {
	.command = "pair",
	.synopsis = "DEV",
	.about =
	"Prepares queues for an application's AF_XDP sockets: attaches the "
	"program that\nredirects into them, pins its map as "
	PINS_ROOT "/DEV/xsks, sets how\ninterrupts are held back, and tries "
	"that a zero-copy socket can be bound. It stays\nso until 'tandem "
	"unpair DEV'.\n\n"
	"Wakeup modes: irq leaves interrupts alone; need and busy hold them "
	"back while the\napplication wakes (zero-copy) or polls the queue; "
	"suspend turns them off while its\nepoll finds work (Linux 6.13).",
	.opts = opts,
	.nopts = ARRAY_SIZE(opts),
	.min_args = 1,
	.max_args = 1,
};

static const struct napi_values *const profiles[] = {
	[PAIR_IRQ] = &napi_interrupts,
	[PAIR_NEED] = &napi_driven,
	[PAIR_BUSY] = &napi_driven,
	[PAIR_SUSPEND] = &napi_suspended,
};

/* What one run works on */
static struct port port;
static struct pairing pairing;
static struct pins pins;
static struct state state;
static struct cpu_list cpus;
static bool zerocopy[PORT_MAX_QUEUES];

static bool copies(uint64_t queues)
{
	unsigned int q;

	for (q = 0; q < PORT_MAX_QUEUES; q++)
		if ((queues >> q & 1) && !zerocopy[q])
			return true;
	return false;
}

/* A wakeup of a socket that copies runs no NAPI: its interrupts have to come. */
static const struct napi_values *profile_of(const struct pair_config *c)
{
	if (c->wakeup == PAIR_NEED && copies(c->queues))
		return &napi_interrupts;
	if (c->wakeup == PAIR_BUSY && copies(c->queues))
		return &napi_copied;
	return profiles[c->wakeup];
}

static const char *mode_of(unsigned int queue)
{
	return zerocopy[queue] ? "zero-copy" : "copy";
}

static int check_cpus(const struct pair_config *c)
{
	unsigned int i;
	int err = 0;

	if (!c->cpu)
		return 0;
	if (!cpus_parse(&cpus, c->cpu))
		return fail(TD_USAGE, "pair: --cpu: '%s' is not a list of "
			    "CPUs, such as 1 or 0-3", c->cpu);
	for (i = 0; i < cpus.n && !err; i++)
		err = cpus_check(cpus.cpu[i]);
	return err;
}

static int check_unpaired(void)
{
	bool found;
	int err = state_read(&state, port.name, port.ifindex, &found);

	if (err)
		return err;
	if (found && state.elsewhere)
		return fail(TD_FAIL, "a %s of another network namespace is "
			    "paired; 'tandem unpair %s' there makes room",
			    port.name, port.name);
	if (found)
		return fail(TD_FAIL, "%s %s; 'tandem unpair %s' takes that "
			    "back", port.name, state.complete ?
			    "is paired already" : "has settings of a run "
			    "that was interrupted", port.name);
	if (pins_exist(&pins))
		return fail(TD_FAIL, "%s is there already; 'tandem unpair %s' "
			    "removes it", pins.dir, port.name);
	return 0;
}

static int check_suspend(const struct pair_config *c)
{
	struct napi_profile now;
	int err = napi_profile_read(&now, &port, c->queues);

	if (err || c->wakeup != PAIR_SUSPEND)
		return err;
	return napi_require_suspend(&now);
}

static int attach(const struct pair_config *c)
{
	int err;

	state.ifindex = port.ifindex;
	state.netns = state_netns();
	state.queues = c->queues;
	state.dispatcher = c->attach;
	snprintf(state.dev, sizeof(state.dev), "%s", port.name);
	snprintf(state.wakeup, sizeof(state.wakeup), "%s", wakeups[c->wakeup]);
	err = state_write(&state);
	if (!err)
		err = pins_create(&pins, port.name);
	if (!err)
		err = pairing_attach(&pairing, &port, c->count ?
				     PROGRAM_COUNT : NULL, c->attach ?
				     ATTACH_DISPATCHER : ATTACH_NATIVE,
				     c->allow_copy);
	/* else the dispatcher's first "pair" is somebody else's to detach */
	state.dispatcher = pairing.multi;
	state.prog_id = pairing_program_id(&pairing);
	if (err && pairing.obj)
		state_write(&state);
	else if (!err)
		err = state_write(&state);
	if (err)
		return err;
	err = pins_add(pairing.map_fd, pins.map);
	if (!err && c->count)
		err = pins_add(pairing.unpaired_fd, pins.unpaired);
	if (!err && !state.dispatcher)
		err = pins_add(pairing.link_fd, pins.link);
	return err;
}

static int try_queues(const struct pair_config *c)
{
	unsigned int q;
	int err = 0;

	for (q = 0; q < PORT_MAX_QUEUES && !err && !stop_requested; q++)
		if (c->queues >> q & 1)
			err = probe_queue(&port, q, c->allow_copy ? XSK_ANY :
					  XSK_ZEROCOPY, &zerocopy[q]);
	return err;
}

static int plan_irq(const struct vector *v)
{
	struct state_irq *irq = &state.irq[state.nirqs];
	unsigned int i;

	for (i = 0; i < state.nirqs; i++)
		if (state.irq[i].irq == v->irq)
			return 0;
	if (state.nirqs == STATE_MAX_IRQS)
		return fail(TD_FAIL, "%s has too many interrupts", port.name);
	irq->irq = v->irq;
	snprintf(irq->name, sizeof(irq->name), "%s", v->name);
	if (!affinity_read(v->irq, irq->old, sizeof(irq->old)))
		return fail(TD_FAIL, "cannot read the CPUs of interrupt %d "
			    "(%s): %s", v->irq, v->name, strerror(errno));
	state.nirqs++;
	return 0;
}

static bool has_irq(const struct vector *v)
{
	return v && v->irq > 0;
}

/* Calls @act for the vectors, one or two, of each queue. */
static int every_irq(const struct pair_config *c, const struct topology *t,
		     int (*act)(const struct vector *v, unsigned int cpu))
{
	const struct vector *rx, *tx;
	unsigned int q, nth = 0, cpu;
	int err = 0;

	for (q = 0; q < PORT_MAX_QUEUES && !err; q++) {
		if (!(c->queues >> q & 1))
			continue;
		rx = topology_queue(t, q, false);
		tx = topology_queue(t, q, true);
		cpu = cpus.cpu[nth++ % cpus.n];
		if (!has_irq(rx))
			return fail(TD_NOTSUP, "queue %u of %s (driver %s) has "
				    "no interrupt of its own to give to a CPU; "
				    "leave --cpu out", q, port.name,
				    port_driver(&port));
		err = act(rx, cpu);
		if (!err && has_irq(tx) && tx != rx)
			err = act(tx, cpu);
	}
	return err;
}

static int plan(const struct vector *v, unsigned int cpu)
{
	(void)cpu;
	return plan_irq(v);
}

static int move(const struct vector *v, unsigned int cpu)
{
	char list[16];

	snprintf(list, sizeof(list), "%u", cpu);
	if (affinity_write(v->irq, list))
		return 0;
	if (errno == EACCES || errno == EPERM)
		return fail(TD_PERM, "moving interrupt %d needs root, or "
			    "CAP_DAC_OVERRIDE; run it with sudo", v->irq);
	return fail(TD_FAIL, "the kernel does not let interrupt %d (%s) run on "
		    "CPU %u: %s; leave --cpu out", v->irq, v->name, cpu,
		    strerror(errno));
}

/*
 * After attach and trial, since both may restart the queues, and a driver may
 * give their NAPIs other numbers then.
 */
static int drive(const struct pair_config *c)
{
	static struct topology t;
	int err = napi_profile_read(&state.napi, &port, c->queues);

	napi_profile_choose(&state.napi, profile_of(c));
	topology_read(&t, &port);
	if (!err && c->cpu)
		err = every_irq(c, &t, plan);
	if (!err)
		err = state_write(&state);
	if (!err)
		err = napi_profile_apply(&state.napi);
	if (!err && c->cpu)
		err = every_irq(c, &t, move);
	if (err || stop_requested)
		return err;
	state.complete = true;
	return state_write(&state);
}

static void report(const struct pair_config *c)
{
	const char *how = pairing.how == ATTACH_SKB ? "generic" :
			  attaches[c->attach];
	struct json_object *o;

	if (!c->json) {
		queues_print(&port, c->queues, mode_of);
		printf("\nprogram %u (%s) on %s, wakeup %s; sockets go into "
		       "%s\n", state.prog_id, how, port.name, state.wakeup, pins.map);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "dev", json_text(port.name));
	json_object_object_add(o, "driver", json_text(port.driver));
	json_object_object_add(o, "wakeup", json_text(state.wakeup));
	json_object_object_add(o, "program",
			       json_object_new_int64(state.prog_id));
	json_object_object_add(o, "attach", json_text(how));
	json_object_object_add(o, "map", json_text(pins.map));
	json_object_object_add(o, "queues", queues_json(&port, c->queues,
							mode_of));
	json_print(o);
}

/* Nothing is changed yet. */
static int check(const struct pair_config *c, const char *dev)
{
	static struct topology t;
	int err = check_cpus(c);

	if (!err)
		err = port_open(&port, dev);
	if (!err)
		err = port_require_up(&port);
	if (!err)
		err = port_require_queues(&port, c->queues);
	if (err)
		return err;
	pins_paths(&pins, port.name);
	err = caps_require(CAPS(CAP_NET_ADMIN) | CAPS(CAP_NET_RAW) |
			   CAPS(CAP_BPF) | caps_of_files(), "pairing");
	if (!err)
		err = state_lock();
	if (!err)
		err = check_unpaired();
	if (!err)
		err = check_suspend(c);
	if (!err && c->cpu) {
		topology_read(&t, &port);
		err = every_irq(c, &t, plan);
	}
	memset(&state, 0, sizeof(state));
	return err;
}

int cmd_pair(int argc, char **argv)
{
	struct pair_config config = { .queues = 1, .wakeup = PAIR_NEED };
	struct opt_args args;
	int err;

	err = opts_parse(&set, argc, argv, &config, &args);
	if (err)
		return err == OPTS_HELP ? TD_OK : err;
	err = check(&config, args.arg[0]);
	if (err)
		return err;
	err = attach(&config);
	if (!err && !stop_requested)
		err = try_queues(&config);
	if (!err && !stop_requested)
		err = drive(&config);
	if (!err && !state.complete)
		err = fail(TD_FAIL, "interrupted; nothing was changed");
	pairing_leave(&pairing);
	if (!err) {
		report(&config);
		return TD_OK;
	}
	if (state_undo(&state))
		state_remove(&state);
	return err;
}
