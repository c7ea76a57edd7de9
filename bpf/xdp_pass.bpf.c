// SPDX-License-Identifier: GPL-2.0
/*
 * To load with `ip link set dev X xdp obj xdp_pass.bpf.o sec xdp`: every frame goes on to the network stack.
 * Section xdp.frags is the same for frames of several buffers.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

SEC("xdp")
int xdp_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp.frags")
int xdp_pass_frags(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
