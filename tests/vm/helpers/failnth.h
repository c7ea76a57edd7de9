/* SPDX-License-Identifier: GPL-2.0 */
/* What failnth and its BPF program share. Needs __u32 and __u64. */
#ifndef _FAILNTH_H
#define _FAILNTH_H

#define FAILNTH_SITES	16384	/* of one command */
#define FAILNTH_NONE	0xfffffffe	/* instead of a task */
#define FAILNTH_ALL	0xffffffff

struct failnth_range {
	__u64 from;
	__u64 to;
};

/*
 * What counts is what the driver calls for, by task @tid or by all. Not what kmemleak
 * allocates for its own use, which it goes without only by giving up, nor what
 * an interrupt does while @tid runs, which is not the task's.
 */
struct failnth_conf {
	struct failnth_range driver;
	struct failnth_range kmemleak;
	struct failnth_range softirq;
	__u32 tid;
	__u32 seen;
};

/* @call is the driver's call nearest to what may fail; @what is the function
 * of the driver that may, or 0 for an allocation.
 */
struct failnth_site {
	__u64 call;
	__u64 what;
};

#endif
