// SPDX-License-Identifier: GPL-2.0
/*
 * For tc: drops, and so has tc count, the frames that still have with them what
 * meta_pass of verdict.bpf.c said.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "carried.h"

#define OK 0
#define SHOT 2

SEC("tc")
int carried(struct __sk_buff *skb)
{
	struct carried *m = (void *)(long)skb->data_meta;

	if ((void *)(m + 1) > (void *)(long)skb->data)
		return OK;
	return m->magic == CARRIED_MAGIC && m->len == skb->len ? SHOT : OK;
}

char LICENSE[] SEC("license") = "GPL";
