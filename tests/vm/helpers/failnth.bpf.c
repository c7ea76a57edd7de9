// SPDX-License-Identifier: GPL-2.0
/* Notes, in order, what the driver calls for that may fail (see failnth.c). */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "failnth.h"

#define DEPTH	48

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct failnth_conf);
} conf SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FAILNTH_SITES);
	__type(key, __u32);
	__type(value, struct failnth_site);
} sites SEC(".maps");

struct stack {
	__u64 ip[DEPTH];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct stack);
} scratch SEC(".maps");

static __always_inline bool within(const struct failnth_range *r, __u64 ip)
{
	return ip >= r->from && ip < r->to;
}

SEC("kprobe")
int note(struct pt_regs *ctx)
{
	struct failnth_site site = {}, *slot;
	struct failnth_conf *c;
	struct stack *s;
	__u32 zero = 0;
	long len;
	bool all;
	int i;

	c = bpf_map_lookup_elem(&conf, &zero);
	s = bpf_map_lookup_elem(&scratch, &zero);
	if (!c || !s)
		return 0;
	all = c->tid == FAILNTH_ALL;
	if (!all && c->tid != (__u32)bpf_get_current_pid_tgid())
		return 0;
	len = bpf_get_stack(ctx, s->ip, sizeof(s->ip), 0);
	if (len <= 0)
		return 0;
	for (i = 0; i < DEPTH; i++) {
		if (i * 8 >= len)
			break;
		if (within(&c->kmemleak, s->ip[i]))
			return 0;
		if (!all && within(&c->softirq, s->ip[i]))
			return 0;
		if (!within(&c->driver, s->ip[i]))
			continue;
		if (!i)
			site.what = s->ip[i];
		else if (!site.call)
			site.call = s->ip[i];
	}
	if (!site.call)
		return 0;
	i = __sync_fetch_and_add(&c->seen, 1);
	slot = bpf_map_lookup_elem(&sites, &i);
	if (slot)
		*slot = site;
	return 0;
}

char _license[] SEC("license") = "GPL";
