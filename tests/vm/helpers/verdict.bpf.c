// SPDX-License-Identifier: GPL-2.0
/* One program per verdict, each counting the frames and bytes that it saw. */
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "carried.h"

#define ETH_P_8021Q 0x8100

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__uint(value_size, 4);
} dev SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__uint(value_size, sizeof(struct bpf_cpumap_val));
} cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} target SEC(".maps");

static void add(__u32 what, __u64 n)
{
	__u64 *v = bpf_map_lookup_elem(&seen, &what);

	if (v)
		__sync_fetch_and_add(v, n);
}

static void saw(struct xdp_md *ctx)
{
	add(0, 1);
	add(1, bpf_xdp_get_buff_len(ctx));
}

/* Each for frames of one buffer, and for those of several (NAME_frags). */
#define PROGRAM(name, body)						\
	SEC("xdp") int name(struct xdp_md *ctx) { saw(ctx); body }	\
	SEC("xdp.frags") int name##_frags(struct xdp_md *ctx) { saw(ctx); body }

static int bounce(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	unsigned char mac[6];

	if ((void *)(eth + 1) > end)
		return XDP_DROP;
	__builtin_memcpy(mac, eth->h_dest, 6);
	__builtin_memcpy(eth->h_dest, eth->h_source, 6);
	__builtin_memcpy(eth->h_source, mac, 6);
	return XDP_TX;
}

static int to_target(void)
{
	__u32 zero = 0, *t = bpf_map_lookup_elem(&target, &zero);

	return bpf_redirect(t ? *t : 0, 0);
}

static int to_cpu(void)
{
	__u32 zero = 0, *t = bpf_map_lookup_elem(&target, &zero);

	return bpf_redirect_map(&cpu, t ? *t : 0, XDP_DROP);
}

/* Puts a VLAN tag (5) into the frame, which makes it begin earlier. */
static int tag(struct xdp_md *ctx, int verdict)
{
	struct { unsigned char mac[12]; __be16 type, tci, inner; } *tagged;
	unsigned char mac[12];
	void *end, *data;

	if (bpf_xdp_adjust_head(ctx, -4))
		return XDP_ABORTED;
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	tagged = data;
	if (data + 18 > end)
		return XDP_ABORTED;
	__builtin_memcpy(mac, data + 4, 12);
	__builtin_memcpy(tagged->mac, mac, 12);
	tagged->type = bpf_htons(ETH_P_8021Q);
	tagged->tci = bpf_htons(5);
	return verdict;
}

/* Takes the last 100 bytes away and puts them back, as zeroes. */
static int tail(struct xdp_md *ctx)
{
	if (bpf_xdp_adjust_tail(ctx, -100) || bpf_xdp_adjust_tail(ctx, 100))
		return XDP_ABORTED;
	return XDP_PASS;
}

/* Says in front of the frame how long it is. */
static int describe(struct xdp_md *ctx)
{
	struct carried *m;

	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*m)))
		return XDP_ABORTED;
	m = (void *)(long)ctx->data_meta;
	if ((void *)(m + 1) > (void *)(long)ctx->data)
		return XDP_ABORTED;
	m->magic = CARRIED_MAGIC;
	m->len = bpf_xdp_get_buff_len(ctx);
	return XDP_PASS;
}

PROGRAM(pass, return XDP_PASS;)
PROGRAM(drop, return XDP_DROP;)
PROGRAM(aborted, return XDP_ABORTED;)
PROGRAM(unknown, return 42;)
PROGRAM(tx, return bounce(ctx);)
PROGRAM(redirect, return to_target();)
PROGRAM(devmap, bounce(ctx); return bpf_redirect_map(&dev, 0, XDP_DROP);)
PROGRAM(cpumap, return to_cpu();)
PROGRAM(tag_pass, return tag(ctx, XDP_PASS);)
PROGRAM(tag_tx, bounce(ctx); return tag(ctx, XDP_TX);)
PROGRAM(tail_pass, return tail(ctx);)
PROGRAM(meta_pass, return describe(ctx);)

char LICENSE[] SEC("license") = "GPL";
