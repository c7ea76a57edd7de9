// SPDX-License-Identifier: GPL-2.0
/*
 * To load with `ip link set dev X xdp obj xdp_tx.bpf.o sec xdp`: every frame
 * goes back where it came from, its two MAC addresses swapped. Section
 * xdp.frags is the same for frames of several buffers.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define MAC_BYTES 6

static __always_inline int bounce(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	unsigned char mac[MAC_BYTES];

	/* A frame without a whole Ethernet header has no way back. */
	if ((void *)(eth + 1) > end)
		return XDP_DROP;

	__builtin_memcpy(mac, eth->h_dest, MAC_BYTES);
	__builtin_memcpy(eth->h_dest, eth->h_source, MAC_BYTES);
	__builtin_memcpy(eth->h_source, mac, MAC_BYTES);
	return XDP_TX;
}

SEC("xdp")
int xdp_tx(struct xdp_md *ctx)
{
	return bounce(ctx);
}

SEC("xdp.frags")
int xdp_tx_frags(struct xdp_md *ctx)
{
	return bounce(ctx);
}

char LICENSE[] SEC("license") = "GPL";
