// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See cpus.h. */
#include <stdio.h>
#include <string.h>

#include "cpus.h"
#include "numbers.h"
#include "tandem.h"

static bool add_cpu(void *data, uint64_t cpu)
{
	struct cpu_list *list = data;

	if (list->n == CPUS_MAX)
		return false;
	list->cpu[list->n++] = (unsigned int)cpu;
	return true;
}

bool cpus_parse(struct cpu_list *list, const char *text)
{
	list->n = 0;
	return numbers_list(text, 65535, add_cpu, list);
}

bool cpus_has(const struct cpu_list *list, unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (list->cpu[i] == cpu)
			return true;
	return false;
}

/* Empty if the kernel does not say. */
static void cpus_online(struct cpu_list *list)
{
	char text[1024] = "";
	FILE *f = fopen("/sys/devices/system/cpu/online", "re");

	list->n = 0;
	if (!f)
		return;
	if (fgets(text, sizeof(text), f)) {
		text[strcspn(text, "\n")] = '\0';
		if (!cpus_parse(list, text))
			list->n = 0;
	}
	fclose(f);
}

int cpus_check(unsigned int cpu)
{
	struct cpu_list online;

	cpus_online(&online);
	if (!online.n || cpus_has(&online, cpu))
		return 0;
	return fail(TD_FAIL, "CPU %u is not online; 'cat /sys/devices/system/"
		    "cpu/online' lists them", cpu);
}

unsigned int cpus_behind(unsigned int cpu, unsigned int n)
{
	struct cpu_list online;
	unsigned int i;

	cpus_online(&online);
	for (i = 0; i < online.n; i++)
		if (online.cpu[i] == cpu)
			return online.cpu[(i + n) % online.n];
	return cpu;
}
