// SPDX-License-Identifier: GPL-2.0
/*
 * To load with `ip link set dev X xdp obj xdp_drop.bpf.o sec xdp`: every frame is dropped in the driver.
 * Section xdp.frags is the same for frames of several buffers.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

SEC("xdp")
int xdp_drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("xdp.frags")
int xdp_drop_frags(struct xdp_md *ctx)
{
	return XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
