// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem doctor: queues on their CPUs, the machine, and this process. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "caps.h"
#include "cpus.h"
#include "doctor.h"
#include "port.h"
#include "queues.h"
#include "tandem.h"

/* The frames of one queue of `tandem bench` with its default rings. */
#define FRAMES_BYTES (16u << 20)
/* A wakeup from such a sleep takes longer than a queue takes to overflow. */
#define DEEP_SLEEP_US 50

/* One CPU if there is only one that we may run on, else -1. */
static int own_cpu(void)
{
	cpu_set_t set;
	int cpu;

	if (sched_getaffinity(0, sizeof(set), &set) || CPU_COUNT(&set) != 1)
		return -1;
	for (cpu = 0; !CPU_ISSET(cpu, &set); cpu++)
		;
	return cpu;
}

static void check_affinity(struct doctor *d, unsigned int q,
			   const struct vector *v)
{
	const char *on = vector_cpu(v);
	struct cpu_list cpus;

	if (v->irq <= 0) {
		found(d, SEV_INFO, "interrupt", "queue %u has no interrupt of "
		      "its own", q);
		return;
	}
	if (d->cpu < 0) {
		found(d, SEV_INFO, "interrupt", "queue %u: interrupt %d on CPU "
		      "%s, allowed %s; --cpu N compares that with the "
		      "application's", q, v->irq, on, v->affinity);
		return;
	}
	if (cpus_parse(&cpus, on) && cpus_has(&cpus, (unsigned int)d->cpu)) {
		found(d, SEV_OK, "interrupt", "queue %u: interrupt %d on CPU "
		      "%d, as the application", q, v->irq, d->cpu);
		return;
	}
	found(d, SEV_WARN, "interrupt", "queue %u: interrupt %d runs on CPU %s, "
	      "the application on %d", q, v->irq, on, d->cpu);
	fix(d, "tandem pair %s -q %u --cpu %d", d->port.name, q, d->cpu);
}

static void check_napi(struct doctor *d, unsigned int q, const struct vector *v)
{
	if (v->defer_hard_irqs == UNKNOWN) {
		found(d, SEV_INFO, "napi", "this kernel cannot hold interrupts "
		      "back");
	} else if (v->defer_hard_irqs && v->gro_flush_ns) {
		found(d, SEV_OK, "napi", "queue %u: interrupts are held back "
		      "for %lld us at most", q,
		      (long long)v->gro_flush_ns / 1000);
	} else {
		found(d, SEV_INFO, "napi", "queue %u: interrupts come as they "
		      "are, also while the application polls", q);
		fix(d, "tandem pair %s -q %u --wakeup busy", d->port.name, q);
	}
}

void doctor_queues(struct doctor *d)
{
	struct vector v;
	unsigned int q;

	if (d->cpu < 0)
		d->cpu = own_cpu();
	topology_read(&d->topology, &d->port);
	for (q = 0; q < PORT_MAX_QUEUES; q++) {
		if (!(d->queues >> q & 1))
			continue;
		queue_vector(&v, &d->topology, &d->port, q);
		check_affinity(d, q, &v);
		check_napi(d, q, &v);
	}
}

static void check_kernel(struct doctor *d)
{
	struct utsname uts;
	char jit[8];
	int fd;

	uname(&uts);
	fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0 && errno == EAFNOSUPPORT) {
		found(d, SEV_ERROR, "kernel", "%s is built without AF_XDP "
		      "(CONFIG_XDP_SOCKETS); boot one that has it",
		      uts.release);
		fix(d, "grep -l CONFIG_XDP_SOCKETS=y /boot/config-*");
	} else {
		found(d, SEV_OK, "kernel", "%s with AF_XDP", uts.release);
	}
	if (fd >= 0)
		close(fd);
	if (read_line("/proc/sys/net/core/bpf_jit_enable", jit, sizeof(jit)) &&
	    jit[0] == '0') {
		found(d, SEV_WARN, "jit", "programs are interpreted, not "
		      "compiled");
		fix(d, "sysctl net.core.bpf_jit_enable=1");
	}
}

static void check_rights(struct doctor *d)
{
	static const struct {
		unsigned int bit;
		const char *name, *what;
	} needed[] = {
		{ CAP_NET_RAW, "CAP_NET_RAW", "sockets" },
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN", "programs and settings" },
		{ CAP_BPF, "CAP_BPF", "programs" },
	};
	uint64_t caps = caps_effective();
	unsigned int missing = 0;
	struct rlimit limit;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		if (caps >> needed[i].bit & 1)
			continue;
		missing++;
		found(d, SEV_ERROR, "rights", "%s is missing, for %s",
		      needed[i].name, needed[i].what);
		d->finding[d->n - 1].permission = true;
		fix(d, "sudo tandem doctor %s", d->port.name);
	}
	if (!missing)
		found(d, SEV_OK, "rights", "CAP_NET_RAW, CAP_NET_ADMIN, "
		      "CAP_BPF");
	if (caps >> CAP_IPC_LOCK & 1 || getrlimit(RLIMIT_MEMLOCK, &limit) ||
	    limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= FRAMES_BYTES) {
		found(d, SEV_OK, "memlock", "enough memory may be locked");
		return;
	}
	found(d, SEV_WARN, "memlock", "only %llu KiB may be locked; the frames "
	      "of one queue are %u KiB by default",
	      (unsigned long long)limit.rlim_cur >> 10, FRAMES_BYTES >> 10);
	fix(d, "ulimit -l unlimited");
}

static bool process_runs(const char *name)
{
	char path[300], comm[32];
	struct dirent *e;
	bool runs = false;
	DIR *dir = opendir("/proc");

	while (dir && !runs && (e = readdir(dir))) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", e->d_name);
		runs = read_line(path, comm, sizeof(comm)) &&
		       !strcmp(comm, name);
	}
	if (dir)
		closedir(dir);
	return runs;
}

static void check_irqbalance(struct doctor *d)
{
	if (!process_runs("irqbalance")) {
		found(d, SEV_OK, "irqbalance", "not running");
		return;
	}
	found(d, SEV_WARN, "irqbalance", "running: it moves interrupts that "
	      "were given to a CPU");
	fix(d, "systemctl stop irqbalance");
}

static void check_idle(struct doctor *d)
{
	unsigned int cpu = d->cpu < 0 ? 0 : (unsigned int)d->cpu, state;
	char path[120], text[32], deepest[32] = "";
	int latency, worst = 0;

	for (state = 0; state < 16; state++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/"
			 "cpuidle/state%u/disable", cpu, state);
		if (!read_line(path, text, sizeof(text)))
			break;
		if (atoi(text))
			continue;
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/"
			 "cpuidle/state%u/latency", cpu, state);
		latency = read_line(path, text, sizeof(text)) ? atoi(text) : 0;
		if (latency <= worst)
			continue;
		worst = latency;
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/"
			 "cpuidle/state%u/name", cpu, state);
		read_line(path, deepest, sizeof(deepest));
	}
	if (worst <= DEEP_SLEEP_US) {
		found(d, SEV_OK, "idle", "CPU %u wakes within %d us", cpu,
		      worst);
		return;
	}
	found(d, SEV_WARN, "idle", "CPU %u may sleep so deeply (%s) that it "
	      "wakes after %d us", cpu, deepest, worst);
	fix(d, "cpupower idle-set -D %d", DEEP_SLEEP_US);
}

static void check_memory(struct doctor *d)
{
	char thp[64], huge[32];
	unsigned long pages = 0;

	read_line("/sys/kernel/mm/transparent_hugepage/enabled", thp,
		  sizeof(thp));
	if (read_line("/proc/sys/vm/nr_hugepages", huge, sizeof(huge)))
		pages = strtoul(huge, NULL, 10);
	if (pages || strstr(thp, "[always]")) {
		found(d, SEV_OK, "huge pages", "%lu reserved, transparent ones "
		      "%s", pages, thp[0] ? thp : "not there");
		return;
	}
	found(d, SEV_INFO, "huge pages", "none: frames of many queues cost TLB "
	      "misses");
	fix(d, "sysctl vm.nr_hugepages=64");
}

void doctor_host(struct doctor *d)
{
	check_kernel(d);
	check_rights(d);
	check_irqbalance(d);
	check_idle(d);
	check_memory(d);
}
