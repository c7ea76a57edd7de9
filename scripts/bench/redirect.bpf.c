// SPDX-License-Identifier: GPL-2.0
/*
 * Redirects what arrives on one of two ports to the other. guest-run.py looks
 * after the ports having the numbers 2 and 3, so that the program has nothing
 * to look up: what is measured is the drivers' and the core's part.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

SEC("xdp")
int xdp_redirect(struct xdp_md *ctx)
{
	return bpf_redirect(ctx->ingress_ifindex ^ 1, 0);
}

char LICENSE[] SEC("license") = "GPL";
