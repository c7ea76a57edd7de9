// SPDX-License-Identifier: GPL-2.0
/*
 * Counts what each queue vector of the tandem driver does, for whoever has
 * bpftool and no tandem command:
 *
 *   bpftool prog loadall vector_count.bpf.o DIR pinmaps DIR autoattach
 *   bpftool map dump pinned DIR/vectors
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* What is needed of the driver's own type; its BTF has the rest. */
struct tandem_vector {
	struct napi_struct napi;
	__u16 index;
} __attribute__((preserve_access_index));

struct vector {
	char dev[16];
	__u32 queue;
};

struct work {
	__u64 polls;
	__u64 work;		/* as they told NAPI: frames received, or one less */
	__u64 wakeups;
	__u64 doorbells;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, struct vector);
	__type(value, struct work);
} vectors SEC(".maps");

static __always_inline struct work *work_of(const struct net_device *netdev,
					    __u32 queue)
{
	struct vector key = { .queue = queue };
	const struct work none = {};
	struct work *w;

	/* The verifier does not know that tracepoints pass no NULL. */
	if (!netdev)
		return NULL;
	BPF_CORE_READ_STR_INTO(&key.dev, netdev, name);
	w = bpf_map_lookup_elem(&vectors, &key);
	if (w)
		return w;
	bpf_map_update_elem(&vectors, &key, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&vectors, &key);
}

SEC("fexit/tandem_poll")
int BPF_PROG(poll, struct napi_struct *napi, int budget, int work)
{
	const struct tandem_vector *v = (void *)napi -
		bpf_core_field_offset(struct tandem_vector, napi);
	struct work *w = work_of(BPF_CORE_READ(napi, dev),
				 BPF_CORE_READ(v, index));

	if (!w)
		return 0;
	__sync_fetch_and_add(&w->polls, 1);
	__sync_fetch_and_add(&w->work, work);
	return 0;
}

SEC("tp_btf/tandem_wakeup")
int BPF_PROG(wakeup, const struct net_device *netdev, unsigned int queue)
{
	struct work *w = work_of(netdev, queue);

	if (w)
		__sync_fetch_and_add(&w->wakeups, 1);
	return 0;
}

SEC("tp_btf/tandem_doorbell")
int BPF_PROG(doorbell, const struct net_device *netdev, unsigned int queue)
{
	struct work *w = work_of(netdev, queue);

	if (w)
		__sync_fetch_and_add(&w->doorbells, 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
