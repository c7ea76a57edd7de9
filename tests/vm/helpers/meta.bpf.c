// SPDX-License-Identifier: GPL-2.0
/* What the driver knows of each frame beside its bytes, for meta.c. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "meta.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} frames SEC(".maps");

extern int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *timestamp) __ksym;
extern int bpf_xdp_metadata_rx_hash(const struct xdp_md *ctx, __u32 *hash,
				    enum xdp_rss_hash_type *type) __ksym;
extern int bpf_xdp_metadata_rx_vlan_tag(const struct xdp_md *ctx, __be16 *proto,
					__u16 *tci) __ksym;

SEC("xdp")
int meta(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end, *data = (void *)(long)ctx->data;
	struct frame_meta *m;
	enum xdp_rss_hash_type type = 0;
	__u64 stamp = 0;
	__u32 hash = 0;
	__be16 proto = 0;
	__u16 tci = 0;

	if (data + 60 > end)
		return XDP_PASS;
	m = bpf_ringbuf_reserve(&frames, sizeof(*m), 0);
	if (!m)
		return XDP_PASS;
	m->ethertype = *(__be16 *)(data + 12);
	m->mark = *(__u8 *)(data + 59);
	m->hash_err = bpf_xdp_metadata_rx_hash(ctx, &hash, &type);
	m->hash = hash;
	m->hash_type = type;
	m->vlan_err = bpf_xdp_metadata_rx_vlan_tag(ctx, &proto, &tci);
	m->vlan_proto = proto;
	m->tci = tci;
	m->stamp_err = bpf_xdp_metadata_rx_timestamp(ctx, &stamp);
	m->stamp = stamp;
	bpf_ringbuf_submit(m, 0);
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
