// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Chooses, loads and attaches the tracing programs; see tracer.h. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "caps.h"
#include "counters.h"
#include "program.h"
#include "state.h"
#include "tandem.h"
#include "topology.h"
#include "trace.skel.h"
#include "tracer.h"

#define EVENT(k) (1u << TRACE_##k)
#define HIST(h) (1u << HIST_##h)

/* A program, what it hangs on, and what it is good for. */
struct source {
	const char *program, *symbol;
	bool ours;		/* of the module, else of the kernel */
	bool is_function;
	uint32_t events, hists;
};

static const struct source sources[] = {
	{ "reserve", "tandem_vector_reserve", true, false, EVENT(RESERVE), 0 },
	{ "map", "tandem_vector_map", true, false, EVENT(MAP), 0 },
	/* also tell that the list of vectors is another one */
	{ "request", "tandem_vector_request", true, false, EVENT(REQUEST), 0 },
	{ "vector_free", "tandem_vector_free", true, false, EVENT(FREE), 0 },
	{ "affinity", "tandem_vector_affinity", true, false, EVENT(AFFINITY),
	  0 },
	{ "mask", "tandem_vector_mask", true, false, EVENT(MASK),
	  HIST(IRQ_TO_POLL) },
	{ "unmask", "tandem_vector_unmask", true, false, EVENT(UNMASK),
	  HIST(IRQ_TO_POLL) },
	{ "irq_entry", "irq_handler_entry", false, false, EVENT(IRQ),
	  HIST(IRQ_TO_POLL) },
	{ "poll_entry", "tandem_poll", true, true, EVENT(POLL),
	  HIST(IRQ_TO_POLL) | HIST(POLL) | HIST(WAKEUP_TO_DOORBELL) },
	{ "poll_exit", "tandem_poll", true, true, EVENT(POLL),
	  HIST(POLL) | HIST(WAKEUP_TO_DOORBELL) },
	{ "any_poll", "napi_poll", false, false, EVENT(POLL),
	  HIST(IRQ_TO_POLL) },
	{ "wakeup", "tandem_wakeup", true, false, EVENT(WAKEUP),
	  HIST(WAKEUP_TO_DOORBELL) },
	{ "doorbell", "tandem_doorbell", true, false, EVENT(DOORBELL),
	  HIST(WAKEUP_TO_DOORBELL) | HIST(DOORBELL_TO_COMPLETE) },
	{ "complete", "tandem_complete", true, false, EVENT(COMPLETE),
	  HIST(DOORBELL_TO_COMPLETE) },
	{ "exception", "xdp_exception", false, false, EVENT(XDP_EXCEPTION), 0 },
	{ "redirect_err", "xdp_redirect_err", false, false,
	  EVENT(XDP_REDIRECT_ERR), 0 },
};

static void add_port(const char *dev, void *data)
{
	struct tracer *t = data;
	struct port *port;

	t->port = array_grow(t->port, t->ports, sizeof(*port));
	port = &t->port[t->ports];
	if (!if_nametoindex(dev) || port_open(port, dev))
		return;
	if (!strcmp(port->driver, "tandem"))
		t->ours = true;
	else
		t->foreign = true;
	t->ports++;
}

int tracer_add(struct tracer *t, const char *dev)
{
	struct port port;
	int err;

	if (!dev) {
		every_device(add_port, t);
		return t->ports ? TD_OK :
		       fail(TD_FAIL, "there is no device but loopback");
	}
	err = port_open(&port, dev);
	if (!err)
		add_port(dev, t);
	return err;
}

const struct port *tracer_port(const struct tracer *t, int ifindex)
{
	unsigned int i;

	for (i = 0; i < t->ports; i++)
		if ((int)t->port[i].ifindex == ifindex)
			return &t->port[i];
	return NULL;
}

static bool exists(const struct btf *btf, const struct source *s)
{
	char name[80];

	if (!btf)
		return false;
	if (s->is_function)
		return btf__find_by_name_kind(btf, s->symbol, BTF_KIND_FUNC) > 0;
	snprintf(name, sizeof(name), "btf_trace_%s", s->symbol);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) > 0;
}

/* Only what is asked for is loaded: the rest stays without any cost. */
static void choose(struct tracer *t)
{
	struct btf *kernel = btf__load_vmlinux_btf(), *module = NULL;
	uint32_t missing = 0;
	size_t i;

	if (t->ours && kernel)
		module = btf__load_module_btf("tandem", kernel);
	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		const struct source *s = &sources[i];
		struct bpf_program *prog =
			bpf_object__find_program_by_name(t->bpf->obj,
							 s->program);
		bool wanted = (t->events & s->events) || (t->hists && s->hists);
		bool there = exists(s->ours ? module : kernel, s);

		if (!strcmp(s->program, "any_poll"))
			wanted = wanted && t->foreign;
		bpf_program__set_autoload(prog, wanted && there);
		if (there)
			t->served |= t->events & s->events;
		else if (s->ours && t->ours)
			missing |= s->hists;
	}
	/* one of a pair is not enough; foreign drivers have the first only */
	t->hists_served = t->ours ? ((1u << HISTS) - 1) & ~missing :
			  HIST(IRQ_TO_POLL);
	btf__free(module);
	btf__free(kernel);
}

static int cannot_load(const struct tracer *t, int err)
{
	const char *why = program_complaint();
	/* without it libbpf finds no types of modules, and says -ESRCH */
	bool types = !t->ours || (caps_effective() & CAPS(CAP_SYS_ADMIN));

	if (err == -EPERM || (err == -ESRCH && !types))
		return fail(TD_PERM, "tracing needs CAP_BPF, CAP_PERFMON and, "
			    "for the types of modules, CAP_SYS_ADMIN; run it "
			    "with sudo");
	if (err == -ESRCH || err == -ENOENT)
		return fail(TD_NOTSUP, "the kernel or the driver has no BTF "
			    "that matches; is CONFIG_DEBUG_INFO_BTF set?");
	return fail(TD_FAIL, "cannot load the tracer: %s%s%s", strerror(-err),
		    why[0] ? ": " : "", why);
}

/* A driver may have a vector for each direction. */
static int queue_of(const struct vector *v)
{
	return v->rx_queue != UNKNOWN ? v->rx_queue : v->tx_queue;
}

static int same_slot(const struct tracer *t, int ifindex,
		     const struct vector *v)
{
	unsigned int i;

	for (i = 0; i < t->slots; i++)
		if (t->slot[i].ifindex == ifindex &&
		    t->slot[i].irq == v->irq && t->slot[i].entry == v->entry &&
		    t->slot[i].queue == queue_of(v) &&
		    t->napi[i] == v->napi_id)
			return (int)i;
	return -1;
}

static void put(struct bpf_map *map, const void *key, size_t size, uint32_t slot)
{
	bpf_map__update_elem(map, key, size, &slot, sizeof(slot), BPF_ANY);
}

static void drop(struct bpf_map *map, const void *key, size_t size,
		 uint32_t slot)
{
	uint32_t has;

	/* somebody else may have its number by now */
	if (!bpf_map__lookup_elem(map, key, size, &has, sizeof(has), 0) &&
	    has == slot)
		bpf_map__delete_elem(map, key, size, 0);
}

/* A vector is found by its interrupt, its NAPI and its queue. */
static void name_slot(struct tracer *t, uint32_t slot,
		      void (*fn)(struct bpf_map *map, const void *key,
				 size_t size, uint32_t slot))
{
	const struct trace_slot *s = &t->slot[slot];
	uint64_t queue = (uint64_t)(uint32_t)s->ifindex << 32 |
			 (uint32_t)s->queue;

	if (s->irq > 0)
		fn(t->bpf->maps.by_irq, &s->irq, sizeof(s->irq), slot);
	if (t->napi[slot] > 0)
		fn(t->bpf->maps.by_napi, &t->napi[slot], sizeof(int), slot);
	if (s->queue >= 0)
		fn(t->bpf->maps.by_queue, &queue, sizeof(queue), slot);
}

/*
 * One that was never used; else, when nothing is to be printed of it any more,
 * one whose vector is gone since the last look and so has no names.
 */
static int free_slot(const struct tracer *t, const bool *live)
{
	int i;

	if (t->slots < TRACE_SLOTS)
		return (int)t->slots;
	for (i = 0; i < TRACE_SLOTS && !t->hists; i++)
		if (!live[i] && !t->live[i])
			return i;
	return -1;
}

static int add_slot(struct tracer *t, const struct port *port,
		    const struct vector *v, const bool *live)
{
	int slot = free_slot(t, live);
	struct trace_slot *s;

	if (slot < 0)
		return slot;
	s = &t->slot[slot];
	memset(s, 0, sizeof(*s));
	s->ifindex = (int)port->ifindex;
	s->queue = queue_of(v);
	s->entry = v->entry;
	s->irq = v->irq;
	s->ours = !strcmp(port->driver, "tandem");
	t->napi[slot] = v->napi_id;
	bpf_map__update_elem(t->bpf->maps.slots, &slot, sizeof(slot), s,
			     sizeof(*s), BPF_ANY);
	if (slot == (int)t->slots)
		t->slots++;
	return slot;
}

void tracer_refresh(struct tracer *t)
{
	static struct topology topology;
	bool live[TRACE_SLOTS] = { false };
	unsigned int p, i, left = 0;
	int slot;

	for (p = 0; p < t->ports; p++) {
		topology_read(&topology, &t->port[p]);
		topology_say_left(topology.left);
		for (i = 0; i < topology.n; i++) {
			const struct vector *v = &topology.vector[i];

			slot = same_slot(t, (int)t->port[p].ifindex, v);
			if (slot < 0)
				slot = add_slot(t, &t->port[p], v, live);
			if (slot >= 0)
				live[slot] = true;
			else
				left++;
		}
	}
	for (i = 0; i < t->slots; i++)
		if (t->live[i] && !live[i])
			name_slot(t, i, drop);
	for (i = 0; i < t->slots; i++)
		if (live[i] && !t->live[i])
			name_slot(t, i, put);
	memcpy(t->live, live, sizeof(live));
	t->left = left > t->left ? left : t->left;
}

static void watch_devices(struct tracer *t)
{
	uint32_t key, one = 1;
	unsigned int i;

	for (i = 0; i < t->ports; i++) {
		key = t->port[i].ifindex;
		bpf_map__update_elem(t->bpf->maps.devices, &key, sizeof(key),
				     &one, sizeof(one), BPF_ANY);
	}
}

int tracer_start(struct tracer *t, tracer_fn fn, void *ctx)
{
	int err;

	program_capture_messages();
	t->bpf = trace_bpf__open();
	if (!t->bpf)
		return cannot_load(t, -errno);
	t->bpf->rodata->events = t->events;
	t->bpf->rodata->hists = t->hists;
	t->bpf->rodata->netns = (uint32_t)state_netns();
	if (t->hists && t->ours)
		bpf_map__set_max_entries(t->bpf->maps.bells,
					 TRACE_SLOTS * TRACE_RING);
	bpf_map__set_max_entries(t->bpf->maps.devices, t->ports);
	choose(t);
	err = trace_bpf__load(t->bpf);
	if (err)
		return cannot_load(t, err);
	watch_devices(t);
	tracer_refresh(t);
	t->ring = ring_buffer__new(bpf_map__fd(t->bpf->maps.ring), fn, ctx,
				   NULL);
	if (!t->ring)
		return cannot_load(t, -errno);
	err = trace_bpf__attach(t->bpf);
	return err ? cannot_load(t, err) : 0;
}

void tracer_stop(struct tracer *t)
{
	ring_buffer__free(t->ring);
	trace_bpf__destroy(t->bpf);
	free(t->port);
	t->ring = NULL;
	t->bpf = NULL;
	t->port = NULL;
}

uint64_t tracer_lost(const struct tracer *t)
{
	return t->bpf->bss->lost;
}

bool tracer_histogram(const struct tracer *t, unsigned int slot,
		      enum trace_hist what, struct trace_histogram *h)
{
	uint32_t key = slot * HISTS + what;

	return !bpf_map__lookup_elem(t->bpf->maps.histograms, &key, sizeof(key),
				     h, sizeof(*h), 0);
}
