// SPDX-License-Identifier: GPL-2.0
/*
 * The pairing program: a frame that arrived on queue n goes to the AF_XDP
 * socket of queue n, or to the network stack when that queue has none.
 *
 * Two programs share the map. `pair` is the hot one: the whole of it is one
 * helper call, which the JIT turns into a direct call with three loads. It
 * does not count, because the helper alone knows whether a socket was there.
 * `pair_count` looks at the helper's answer (two more instructions for a paired
 * frame) and counts per queue the frames that found no socket, for when "nothing
 * arrives" (`tandem pair --count`).
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define PAIR_MAX_QUEUES 64

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, PAIR_MAX_QUEUES);
	__type(key, __u32);
	__type(value, __u32);
} xsks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, PAIR_MAX_QUEUES);
	__type(key, __u32);
	__type(value, __u64);
} unpaired SEC(".maps");

/* The flags' low bits are the verdict for a queue without a socket. */
SEC("xdp.frags")
int pair(struct xdp_md *ctx)
{
	return bpf_redirect_map(&xsks, ctx->rx_queue_index, XDP_PASS);
}

SEC("xdp.frags")
int pair_count(struct xdp_md *ctx)
{
	__u32 queue = ctx->rx_queue_index;
	int verdict = bpf_redirect_map(&xsks, queue, XDP_PASS);
	__u64 *count;

	if (verdict == XDP_REDIRECT)
		return verdict;

	count = bpf_map_lookup_elem(&unpaired, &queue);
	if (count)
		(*count)++;
	return verdict;
}

char LICENSE[] SEC("license") = "GPL";
