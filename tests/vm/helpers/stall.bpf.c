// SPDX-License-Identifier: GPL-2.0
/* Holds up whoever takes the rings of a queue vector out of work, for longer than
 * the stack's watchdog waits (5 s), and than its timer comes late (5 s more):
 *
 *   bpftool prog loadall stall.bpf.o DIR autoattach
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define STALL_NS	11000000000ull

static long look(__u64 i, __u64 *end)
{
	return bpf_ktime_get_ns() >= *end;
}

static long look_on(__u64 i, __u64 *end)
{
	bpf_loop(1 << 23, look, end, 0);
	return look(i, end);
}

SEC("fentry/tandem_rings_stop")
int stall(void *ctx)
{
	__u64 end = bpf_ktime_get_ns() + STALL_NS;

	bpf_loop(1 << 10, look_on, &end, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
