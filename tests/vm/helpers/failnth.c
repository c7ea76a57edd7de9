// SPDX-License-Identifier: GPL-2.0
/*
 * failnth: runs a command whose Nth step fails (/proc/<pid>/fail-nth of a
 * kernel with fault injection). Steps are the allocations that the driver calls
 * for, by itself or through the kernel, and calls of those of its functions
 * that fail_function was told of. The filters in debugfs must say the same.
 *
 *   failnth attach FUNCTION...   begins to watch; prints the ranges of the
 *                                driver's and of kmemleak's code, for the filters
 *   failnth list COMMAND...      nothing fails; a line "site S ADDRESS" for each
 *                                step, ADDRESS being what the filters know it by
 *   failnth N COMMAND...         the Nth fails
 *   failnth watch                begins to note the steps of all tasks and of
 *                                interrupts, which the filters make fail at will
 *   failnth seen                 ends that; as list
 *
 * The last line printed is "status S hit" or "status S missed": the command's
 * exit status, and whether there was an Nth step.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failnth.h"

#define OBJECT	"/src/build/helpers/failnth.bpf.o"
#define PINS	"/sys/fs/bpf/failnth"
#define SYMBOLS	"/tmp/failnth.symbols"
#define NEVER	"1000000000"

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0 || dprintf(fd, "%s", text) < 0 || close(fd))
		die(path);
}

static struct symbol {
	__u64 addr;
	char name[64];
} *symbols;
static size_t num_symbols;

static int by_addr(const void *a, const void *b)
{
	const struct symbol *s = a, *t = b;

	return s->addr < t->addr ? -1 : s->addr > t->addr;
}

static void add_symbol(__u64 addr, const char *name)
{
	symbols = realloc(symbols, (num_symbols + 1) * sizeof(*symbols));
	if (!symbols)
		die("realloc");
	symbols[num_symbols].addr = addr;
	strcpy(symbols[num_symbols++].name, name);
}

/* Which of kmemleak's functions, called by whoever allocates, allocates itself? */
static bool notes_an_object(const char *name)
{
	return !strcmp(name, "kmemleak_alloc") || !strcmp(name, "kmemleak_alloc_percpu") ||
	       !strcmp(name, "kmemleak_alloc_phys") || !strcmp(name, "kmemleak_vmalloc");
}

/* The driver's symbols into a file of their own: all of them take a second. */
static void survey(struct failnth_conf *c)
{
	FILE *all = fopen("/proc/kallsyms", "r"), *mine = fopen(SYMBOLS, "w");
	bool softirq = false, kmemleak = false;
	char line[512], name[64], module[64], type;
	__u64 addr;

	if (!all || !mine)
		die("/proc/kallsyms");
	while (fgets(line, sizeof(line), all)) {
		module[0] = 0;
		if (sscanf(line, "%llx %c %63s %63s", &addr, &type, name, module) < 3)
			continue;
		if (softirq && addr > c->softirq.from) {
			c->softirq.to = addr;
			softirq = false;
		}
		if (!strcmp(name, "handle_softirqs")) {
			c->softirq.from = addr;
			softirq = true;
		}
		if (kmemleak && addr > c->kmemleak.to) {
			c->kmemleak.to = addr;
			kmemleak = false;
		}
		/* in one piece, in whichever order the compiler has put them */
		if (notes_an_object(name)) {
			if (!c->kmemleak.from || addr < c->kmemleak.from)
				c->kmemleak.from = addr;
			if (addr > c->kmemleak.to)
				c->kmemleak.to = addr;
			kmemleak = true;
		}
		if (strcmp(module, "[tandem]") || (type != 't' && type != 'T'))
			continue;
		fprintf(mine, "%llx %s\n", addr, name);
		if (!c->driver.from || addr < c->driver.from)
			c->driver.from = addr;
		if (addr + 4096 > c->driver.to)
			c->driver.to = addr + 4096;
	}
	fclose(all);
	if (fclose(mine) || !c->driver.from || !c->kmemleak.from || c->kmemleak.to <= c->kmemleak.from ||
	    !c->softirq.to) {
		fprintf(stderr, "failnth: a range is missing\n");
		exit(2);
	}
	printf("0x%llx 0x%llx 0x%llx 0x%llx\n", c->driver.from, c->driver.to, c->kmemleak.from,
	       c->kmemleak.to);
}

static void read_symbols(void)
{
	FILE *f = fopen(SYMBOLS, "r");
	char name[64];
	__u64 addr;

	if (!f)
		die(SYMBOLS);
	while (fscanf(f, "%llx %63s", &addr, name) == 2)
		add_symbol(addr, name);
	fclose(f);
	qsort(symbols, num_symbols, sizeof(*symbols), by_addr);
}

/* As the kernel's own traces have it: function+offset */
static void print_addr(__u64 addr, bool offset)
{
	size_t i = num_symbols;

	while (i && symbols[i - 1].addr > addr)
		i--;
	if (!i)
		printf("0x%llx", addr);
	else if (offset)
		printf("%s+0x%llx", symbols[i - 1].name, addr - symbols[i - 1].addr);
	else
		printf("%s", symbols[i - 1].name);
}

static void print_site(const struct failnth_site *s)
{
	print_addr(s->call, true);
	if (s->what) {
		putchar('>');
		print_addr(s->what, false);
	}
	printf(" 0x%llx\n", s->call);
}

static int map(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), PINS "/%s", name);
	fd = bpf_obj_get(path);
	if (fd < 0)
		die(path);
	return fd;
}

static int attach(char **functions)
{
	static const char *const always[] = { "should_failslab", "should_fail_alloc_page" };
	struct failnth_conf c = {};
	struct bpf_program *prog;
	struct bpf_object *obj;
	struct bpf_link *link;
	const char *name;
	__u32 zero = 0;
	char path[64];
	int n;

	survey(&c);
	obj = bpf_object__open_file(OBJECT, NULL);
	if (!obj || bpf_object__load(obj))
		die(OBJECT);
	if (bpf_object__pin_maps(obj, PINS))
		die(PINS);
	if (bpf_map_update_elem(map("conf"), &zero, &c, 0))
		die("conf");
	prog = bpf_object__find_program_by_name(obj, "note");
	for (n = 0; n < 2 || functions[n - 2]; n++) {
		name = n < 2 ? always[n] : functions[n - 2];
		link = bpf_program__attach_kprobe(prog, false, name);
		if (!link)
			die(name);
		snprintf(path, sizeof(path), PINS "/link%d", n);
		if (bpf_link__pin(link, path))
			die(path);
	}
	return 0;
}

/* Of a process that has ended and was not waited for. */
static long left(pid_t pid)
{
	char path[64], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		die(path);
	close(fd);
	return atol(text);
}

static void watch(struct failnth_conf *c, __u32 tid)
{
	int fd = map("conf");
	__u32 zero = 0;

	if (bpf_map_lookup_elem(fd, &zero, c))
		die("conf");
	if (tid) {
		c->tid = tid;
		c->seen = 0;
		if (bpf_map_update_elem(fd, &zero, c, 0))
			die("conf");
	}
	close(fd);
}

static void site(int fd, __u32 n, struct failnth_site *s)
{
	if (n >= FAILNTH_SITES || bpf_map_lookup_elem(fd, &n, s))
		die("more steps than there is room for");
}

static void print_sites(const struct failnth_conf *c)
{
	int fd = map("sites");
	struct failnth_site s;
	__u32 i;

	read_symbols();
	for (i = 0; i < c->seen && i < FAILNTH_SITES; i++) {
		site(fd, i, &s);
		printf("site ");
		print_site(&s);
	}
}

int main(int argc, char **argv)
{
	struct failnth_conf c, old;
	siginfo_t info = {};
	bool list, hit;
	pid_t pid;

	if (argc >= 2 && !strcmp(argv[1], "attach"))
		return attach(argv + 2);
	if (argc == 2 && !strcmp(argv[1], "watch")) {
		watch(&c, FAILNTH_ALL);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "seen")) {
		watch(&c, 0);
		watch(&old, FAILNTH_NONE);
		print_sites(&c);
		return 0;
	}
	list = argc >= 3 && !strcmp(argv[1], "list");
	if (argc < 3 || (!list && atoi(argv[1]) < 1))
		return 2;
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		watch(&c, getpid());
		put("/proc/self/fail-nth", list ? NEVER : argv[1]);
		execvp(argv[2], argv + 2);
		die(argv[2]);
	}
	if (waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
		die("waitid");
	hit = !left(pid);
	watch(&c, 0);
	/* the command may not have ended its last line */
	putchar('\n');
	if (list)
		print_sites(&c);
	printf("status %d %s\n", info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status,
	       hit ? "hit" : "missed");
	return 0;
}
