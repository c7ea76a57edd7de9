/* SPDX-License-Identifier: GPL-2.0 */
/* What trace.bpf.c and `tandem trace` tell each other. Types come first. */
#ifndef TANDEM_BPF_TRACE_H
#define TANDEM_BPF_TRACE_H

#define TRACE_SLOTS	256	/* vectors that are watched */
#define TRACE_RING	4096	/* most descriptors of a transmit ring */
#define TRACE_BUCKETS	32	/* powers of two of nanoseconds */
#define TRACE_NAME	32

enum trace_kind {
	TRACE_RESERVE,
	TRACE_MAP,
	TRACE_REQUEST,
	TRACE_AFFINITY,
	TRACE_MASK,
	TRACE_UNMASK,
	TRACE_FREE,
	TRACE_IRQ,
	TRACE_POLL,
	TRACE_WAKEUP,
	TRACE_DOORBELL,
	TRACE_COMPLETE,
	TRACE_XDP_EXCEPTION,
	TRACE_XDP_REDIRECT_ERR,
	TRACE_KINDS,
};

enum trace_hist {
	HIST_IRQ_TO_POLL,	/* to the end of the poll on foreign drivers */
	HIST_POLL,
	HIST_WAKEUP_TO_DOORBELL,
	HIST_DOORBELL_TO_COMPLETE,
	HISTS,
};

/* A vector that is watched. The first part is written by user space, the
 * second by the programs.
 */
struct trace_slot {
	__s32 ifindex;
	__s32 queue;
	__s32 entry;
	__s32 irq;
	__u32 ours;		/* driven by tandem.ko */
	__u32 masked;		/* an interrupt would be ignored */
	__u64 irq_ns;
	__u64 wakeup_ns;
};

struct vector_event {
	__u64 ns;		/* of CLOCK_MONOTONIC */
	__u64 length;		/* of a poll, ns; 0: not known */
	__u32 kind;
	__u32 cpu;
	__s32 ifindex;
	__s32 queue;		/* these are negative where not known */
	__s32 entry;
	__s32 irq;
	__s32 a, b;		/* by kind: see trace_print.c */
	char name[TRACE_NAME];
};

struct trace_histogram {
	__u64 bucket[TRACE_BUCKETS];	/* [n]: 2^n up to 2^(n+1) ns */
	__u64 count;
	__u64 sum;
	__u64 max;
};

#endif
