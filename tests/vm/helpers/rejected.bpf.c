// SPDX-License-Identifier: GPL-2.0
/* A program that the verifier does not let in: it reads what may not be there. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

SEC("xdp")
int rejected(struct xdp_md *ctx)
{
	const u8 *data = (void *)(long)ctx->data;

	return data[0] ? XDP_PASS : XDP_DROP;
}

char LICENSE[] SEC("license") = "GPL";
