/* SPDX-License-Identifier: GPL-2.0 */
/* The program that gives each frame to the socket of its queue. */
#ifndef REDIRECT_H
#define REDIRECT_H

#include <linux/bpf.h>
#include <stddef.h>

/* return bpf_redirect_map(&map, R2, XDP_PASS); five instructions */
#define REDIRECT_TO(map_fd) \
	{ BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map_fd }, \
	{ 0, 0, 0, 0, 0 }, \
	{ BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, XDP_PASS }, \
	{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map }, \
	{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 }

/* R2 = ctx->rx_queue_index */
#define LOAD_QUEUE \
	{ BPF_LDX | BPF_MEM | BPF_W, 2, 1, offsetof(struct xdp_md, rx_queue_index), 0 }

#endif
