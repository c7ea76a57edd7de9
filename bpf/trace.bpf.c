// SPDX-License-Identifier: GPL-2.0
/*
 * The vector tracer: events of vectors into a ring buffer, and histograms of
 * the times between them. `tandem trace` loads the programs that a request
 * needs and that kernel and driver can serve, and attaches them by links that
 * go with it. With the tandem_* programs left out it works on any driver.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "trace.h"

/* Bit n: events of kind n are wanted. */
const volatile __u32 events;
const volatile bool hists;
/* Where the devices are whose indices we know. */
const volatile __u32 netns;

/* Events that found no room in the ring buffer. */
__u64 lost;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 21);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TRACE_SLOTS);
	__type(key, __u32);
	__type(value, struct trace_slot);
} slots SEC(".maps");

/* Where a vector's slot is, by each of its names. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TRACE_SLOTS);
	__type(key, __u32);
	__type(value, __u32);
} by_irq SEC(".maps"), by_napi SEC(".maps");

/* ifindex << 32 | queue */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TRACE_SLOTS);
	__type(key, __u64);
	__type(value, __u32);
} by_queue SEC(".maps");

/* User space makes it large enough. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TRACE_SLOTS * HISTS);
	__type(key, __u32);
	__type(value, struct trace_histogram);
} histograms SEC(".maps");

/* When a poll of a slot's vector began that is under way on this CPU, or 0. A CPU
 * that is at the end of one may have another beside it, which has begun the next.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TRACE_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} begun SEC(".maps");

/* When the doorbell up to a descriptor of an XDP ring was rung. User space
 * makes it large enough for its slots.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} bells SEC(".maps");

static __always_inline struct trace_slot *slot_at(const __u32 *where)
{
	return where ? bpf_map_lookup_elem(&slots, where) : NULL;
}

/* 0 for one of another network namespace. The verifier does not know that a
 * module's tracepoints pass no NULL.
 */
static __always_inline int ifindex_of(const struct net_device *netdev)
{
	if (!netdev || netdev->nd_net.net->ns.inum != netns)
		return 0;
	return netdev->ifindex;
}

static __always_inline bool is_watched(int ifindex)
{
	__u32 key = ifindex;

	return bpf_map_lookup_elem(&devices, &key);
}

static __always_inline __u32 log2_of(__u64 v)
{
	__u32 n = 0;

	if (v >> 32)
		return TRACE_BUCKETS - 1;
	if (v >> 16) {
		v >>= 16;
		n += 16;
	}
	if (v >> 8) {
		v >>= 8;
		n += 8;
	}
	if (v >> 4) {
		v >>= 4;
		n += 4;
	}
	if (v >> 2) {
		v >>= 2;
		n += 2;
	}
	return n + (v >> 1);
}

static __always_inline void count(__u32 slot, enum trace_hist what, __u64 ns)
{
	__u32 key = slot * HISTS + what;
	struct trace_histogram *h = bpf_map_lookup_elem(&histograms, &key);
	__u32 bucket = log2_of(ns);

	if (!h)
		return;
	/* The compiler knows that it is small enough, the verifier wants to
	 * see it: the compiler must forget.
	 */
	barrier_var(bucket);
	bucket &= TRACE_BUCKETS - 1;
	__sync_fetch_and_add(&h->bucket[bucket], 1);
	__sync_fetch_and_add(&h->count, 1);
	__sync_fetch_and_add(&h->sum, ns);
	if (ns > h->max)
		h->max = ns;	/* two CPUs at once may lose one */
}

static __always_inline struct vector_event *begin(enum trace_kind kind,
						 int ifindex,
						 const struct trace_slot *s)
{
	struct vector_event *e;

	if (!(events & (1U << kind)))
		return NULL;
	e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);
	if (!e) {
		__sync_fetch_and_add(&lost, 1);
		return NULL;
	}
	e->ns = bpf_ktime_get_ns();
	e->length = 0;
	e->kind = kind;
	e->cpu = bpf_get_smp_processor_id();
	e->ifindex = ifindex;
	e->queue = s ? s->queue : -1;
	e->entry = s ? s->entry : -1;
	e->irq = s ? s->irq : -1;
	e->a = 0;
	e->b = 0;
	e->name[0] = '\0';
	return e;
}

static __always_inline void end(struct vector_event *e)
{
	bpf_ringbuf_submit(e, 0);
}

/* --- the life of a vector of ours */

static __always_inline int life(enum trace_kind kind,
				const struct net_device *netdev, int entry,
				int irq, int a, const char *name)
{
	int ifindex = ifindex_of(netdev);
	struct vector_event *e;

	if (!is_watched(ifindex))
		return 0;
	e = begin(kind, ifindex, NULL);
	if (!e)
		return 0;
	e->entry = entry;
	e->irq = irq;
	e->a = a;
	if (name)
		bpf_probe_read_kernel_str(e->name, sizeof(e->name), name);
	end(e);
	return 0;
}

SEC("tp_btf/tandem_vector_reserve")
int BPF_PROG(reserve, const struct net_device *netdev, int entry, bool dynamic)
{
	return life(TRACE_RESERVE, netdev, entry, -1, dynamic, NULL);
}

SEC("tp_btf/tandem_vector_map")
int BPF_PROG(map, const struct net_device *netdev, int entry, int irq)
{
	return life(TRACE_MAP, netdev, entry, irq, 0, NULL);
}

SEC("tp_btf/tandem_vector_request")
int BPF_PROG(request, const struct net_device *netdev, int entry, int irq,
	     const char *name)
{
	return life(TRACE_REQUEST, netdev, entry, irq, 0, name);
}

SEC("tp_btf/tandem_vector_affinity")
int BPF_PROG(affinity, const struct net_device *netdev, int entry, int irq,
	     unsigned int cpu)
{
	return life(TRACE_AFFINITY, netdev, entry, irq, cpu, NULL);
}

SEC("tp_btf/tandem_vector_free")
int BPF_PROG(vector_free, const struct net_device *netdev, int entry)
{
	return life(TRACE_FREE, netdev, entry, -1, 0, NULL);
}

/* A vector that has just come has no slot yet. */
static __always_inline int masked(enum trace_kind kind,
				  const struct net_device *netdev, int entry,
				  int irq)
{
	__u32 key = irq;
	struct trace_slot *s = slot_at(bpf_map_lookup_elem(&by_irq, &key));
	int ifindex = ifindex_of(netdev);
	struct vector_event *e;

	if (s)
		s->masked = kind == TRACE_MASK;
	if (!is_watched(ifindex))
		return 0;
	e = begin(kind, ifindex, s);
	if (!e)
		return 0;
	e->entry = entry;
	e->irq = irq;
	end(e);
	return 0;
}

SEC("tp_btf/tandem_vector_mask")
int BPF_PROG(mask, const struct net_device *netdev, int entry, int irq)
{
	return masked(TRACE_MASK, netdev, entry, irq);
}

SEC("tp_btf/tandem_vector_unmask")
int BPF_PROG(unmask, const struct net_device *netdev, int entry, int irq)
{
	return masked(TRACE_UNMASK, netdev, entry, irq);
}

/* --- a vector at work */

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(irq_entry, int irq)
{
	__u32 key = irq;
	struct trace_slot *s = slot_at(bpf_map_lookup_elem(&by_irq, &key));
	struct vector_event *e;

	if (!s)
		return 0;
	/* One that comes while masked leads to no poll; our driver masks the
	 * vector in the handler, without an event.
	 */
	if (!s->masked && !s->irq_ns)
		s->irq_ns = bpf_ktime_get_ns();
	if (s->ours)
		s->masked = 1;
	e = begin(TRACE_IRQ, s->ifindex, s);
	if (e)
		end(e);
	return 0;
}

static __always_inline void irq_to_poll(struct trace_slot *s, __u32 slot,
					__u64 now)
{
	if (hists && s->irq_ns && now > s->irq_ns)
		count(slot, HIST_IRQ_TO_POLL, now - s->irq_ns);
	s->irq_ns = 0;
}

SEC("fentry/tandem_poll")
int BPF_PROG(poll_entry, struct napi_struct *napi, int budget)
{
	__u32 key = napi ? napi->napi_id : 0;
	__u32 *where = bpf_map_lookup_elem(&by_napi, &key);
	struct trace_slot *s = slot_at(where);
	__u64 *ns;

	if (!s)
		return 0;
	ns = bpf_map_lookup_elem(&begun, where);
	if (!ns)
		return 0;
	*ns = bpf_ktime_get_ns();
	irq_to_poll(s, *where, *ns);
	return 0;
}

static __always_inline void poll_event(struct trace_slot *s, int work,
				       int budget, __u64 length)
{
	struct vector_event *e = begin(TRACE_POLL, s->ifindex, s);

	if (!e)
		return;
	e->a = work;
	e->b = budget;
	e->length = length;
	end(e);
}

SEC("fexit/tandem_poll")
int BPF_PROG(poll_exit, struct napi_struct *napi, int budget, int work)
{
	__u32 key = napi ? napi->napi_id : 0;
	__u32 *where = bpf_map_lookup_elem(&by_napi, &key);
	struct trace_slot *s = slot_at(where);
	__u64 length, *ns;

	if (!s)
		return 0;
	ns = bpf_map_lookup_elem(&begun, where);
	/* a poll that began before us has no beginning */
	if (!ns || !*ns)
		return 0;
	length = bpf_ktime_get_ns() - *ns;
	if (hists)
		count(*where, HIST_POLL, length);
	/* Whoever asked before this poll has been served, with or without a
	 * doorbell; one who asked during it may be served by the next.
	 */
	if (s->wakeup_ns < *ns)
		s->wakeup_ns = 0;
	*ns = 0;
	poll_event(s, work, budget, length);
	return 0;
}

/* Any driver's, at its end. */
SEC("tp_btf/napi_poll")
int BPF_PROG(any_poll, struct napi_struct *napi, int work, int budget)
{
	__u32 key = napi ? napi->napi_id : 0;
	__u32 *where = bpf_map_lookup_elem(&by_napi, &key);
	struct trace_slot *s = slot_at(where);
	struct vector_event *e;
	int ifindex;

	if (s) {
		if (s->ours)
			return 0;
		irq_to_poll(s, *where, bpf_ktime_get_ns());
		poll_event(s, work, budget, 0);
		return 0;
	}
	/* some NAPIs of virtual devices are in no list */
	if (!napi)
		return 0;
	ifindex = ifindex_of(napi->dev);
	if (!is_watched(ifindex))
		return 0;
	e = begin(TRACE_POLL, ifindex, NULL);
	if (!e)
		return 0;
	e->a = work;
	e->b = budget;
	end(e);
	return 0;
}

static __always_inline __u32 *where_is(const struct net_device *netdev,
				       __u32 queue)
{
	__u64 key = (__u64)ifindex_of(netdev) << 32 | queue;

	return bpf_map_lookup_elem(&by_queue, &key);
}

SEC("tp_btf/tandem_wakeup")
int BPF_PROG(wakeup, const struct net_device *netdev, unsigned int queue,
	     unsigned int flags)
{
	struct trace_slot *s = slot_at(where_is(netdev, queue));
	struct vector_event *e;

	if (!s)
		return 0;
	if (!s->wakeup_ns)
		s->wakeup_ns = bpf_ktime_get_ns();
	e = begin(TRACE_WAKEUP, s->ifindex, s);
	if (!e)
		return 0;
	e->a = flags;
	end(e);
	return 0;
}

static __always_inline void ring_event(enum trace_kind kind,
				       const struct trace_slot *s, bool xdp,
				       __u32 to)
{
	struct vector_event *e = begin(kind, s->ifindex, s);

	if (!e)
		return;
	e->a = xdp;
	e->b = to;
	end(e);
}

SEC("tp_btf/tandem_doorbell")
int BPF_PROG(doorbell, const struct net_device *netdev, unsigned int queue,
	     bool xdp, unsigned int to)
{
	__u32 *where = where_is(netdev, queue);
	struct trace_slot *s = slot_at(where);
	__u64 now = bpf_ktime_get_ns();
	__u32 key;

	if (!s)
		return 0;
	if (hists && xdp) {
		if (s->wakeup_ns && now > s->wakeup_ns)
			count(*where, HIST_WAKEUP_TO_DOORBELL,
			      now - s->wakeup_ns);
		s->wakeup_ns = 0;
		key = *where * TRACE_RING + (to & (TRACE_RING - 1));
		bpf_map_update_elem(&bells, &key, &now, BPF_ANY);
	}
	ring_event(TRACE_DOORBELL, s, xdp, to);
	return 0;
}

SEC("tp_btf/tandem_complete")
int BPF_PROG(complete, const struct net_device *netdev, unsigned int queue,
	     bool xdp, unsigned int to)
{
	__u32 *where = where_is(netdev, queue);
	struct trace_slot *s = slot_at(where);
	__u64 *bell;
	__u32 key;

	if (!s)
		return 0;
	if (hists && xdp) {
		key = *where * TRACE_RING + (to & (TRACE_RING - 1));
		bell = bpf_map_lookup_elem(&bells, &key);
		if (bell && *bell) {
			count(*where, HIST_DOORBELL_TO_COMPLETE,
			      bpf_ktime_get_ns() - *bell);
			*bell = 0;
		}
	}
	ring_event(TRACE_COMPLETE, s, xdp, to);
	return 0;
}

/* --- XDP, any driver */

static __always_inline int xdp_event(enum trace_kind kind,
				     const struct net_device *dev, int a)
{
	int ifindex = ifindex_of(dev);
	struct vector_event *e;

	if (!is_watched(ifindex))
		return 0;
	e = begin(kind, ifindex, NULL);
	if (!e)
		return 0;
	e->a = a;
	end(e);
	return 0;
}

SEC("tp_btf/xdp_exception")
int BPF_PROG(exception, const struct net_device *dev,
	     const struct bpf_prog *prog, __u32 act)
{
	return xdp_event(TRACE_XDP_EXCEPTION, dev, act);
}

SEC("tp_btf/xdp_redirect_err")
int BPF_PROG(redirect_err, const struct net_device *dev,
	     const struct bpf_prog *prog, const void *target, int err)
{
	return xdp_event(TRACE_XDP_REDIRECT_ERR, dev, err);
}

char LICENSE[] SEC("license") = "GPL";
