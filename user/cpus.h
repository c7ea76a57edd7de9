/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Lists of CPUs, as the kernel writes them and as people type them. */
#ifndef TANDEM_CPUS_H
#define TANDEM_CPUS_H

#include <stdbool.h>

#define CPUS_MAX 256

struct cpu_list {
	unsigned int n;
	unsigned int cpu[CPUS_MAX];	/* in the order given */
};

/* "3,0-1" is 3, 0, 1. False if it is not a list, or longer than CPUS_MAX. */
bool cpus_parse(struct cpu_list *list, const char *text);

bool cpus_has(const struct cpu_list *list, unsigned int cpu);

/* 0 if @cpu is online, or the kernel does not say; else complains. */
int cpus_check(unsigned int cpu);

/* The @n-th online CPU behind @cpu; after the last one comes the first. */
unsigned int cpus_behind(unsigned int cpu, unsigned int n);

#endif
