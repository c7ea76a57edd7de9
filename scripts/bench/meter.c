// SPDX-License-Identifier: GPL-2.0
/*
 * Measures what no application drives: traffic in the kernel, and the stack's
 * UDP path.
 *
 * Under icount a nanosecond is an instruction, but the idle loop's are counted
 * as well, and the clock jumps while all sleep. So "soak" burns what is left:
 * at idle priority it counts rounds of a loop of two instructions into a shared
 * file. Time less what it soaked up is what the traffic took.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SOAK_FILE "/tmp/soak"
#define SOAK_LOOP 2
#define MAX_BATCH 256
#define MAX_LOST 20 /* bursts in a row */
#define PORT 9999

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static volatile uint64_t *soak_counter(int flags)
{
	int fd = open(SOAK_FILE, O_RDWR | flags, 0600);
	void *p;

	if (fd < 0 || ftruncate(fd, 4096))
		die(SOAK_FILE);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static int soak(void)
{
	struct sched_param param = { 0 };
	volatile uint64_t *n = soak_counter(O_CREAT | O_TRUNC);

	if (sched_setscheduler(0, SCHED_IDLE, &param))
		die("sched_setscheduler");
	/* the second word tells the profile where it is */
	__asm__ volatile("leaq 1f(%%rip), %%rax\n\tmovq %%rax, 8(%0)\n"
			 "1:\tincq (%0)\n\tjmp 1b" : : "r"(n) : "rax", "memory");
	__builtin_unreachable();
}

struct span {
	uint64_t ns, soaked;
};

static void now(struct span *s)
{
	static volatile uint64_t *counter;
	struct timespec t;

	if (!counter)
		counter = soak_counter(0);
	clock_gettime(CLOCK_MONOTONIC, &t);
	s->ns = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
	s->soaked = *counter * SOAK_LOOP;
}

static void print_span(const struct span *a, const struct span *b, uint64_t packets,
		       uint64_t calls)
{
	printf("{\"ns\": %llu, \"soaked\": %llu, \"packets\": %llu, \"syscalls\": %llu}\n",
	       (unsigned long long)(b->ns - a->ns), (unsigned long long)(b->soaked - a->soaked),
	       (unsigned long long)packets, (unsigned long long)calls);
}

/* Sum of the numbers in @files, a list that ends with NULL */
static uint64_t sum_of(char **files)
{
	unsigned long long n;
	uint64_t sum = 0;
	FILE *f;

	for (; *files; files++) {
		f = fopen(*files, "r");
		if (!f || fscanf(f, "%llu", &n) != 1)
			die(*files);
		fclose(f);
		sum += n;
	}
	return sum;
}

/* wait S [FILE...]: what happens meanwhile, by counters in files */
static int wait_span(double seconds, char **counters)
{
	struct timespec t = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
	uint64_t before = sum_of(counters);
	struct span a, b;

	now(&a);
	nanosleep(&t, NULL);
	now(&b);
	print_span(&a, &b, sum_of(counters) - before, 0);
	return 0;
}

/* inject DEV COUNT SIZE: frames of SIZE bytes (with FCS) for nobody known */
static int inject(const char *dev, unsigned int count, size_t size)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(dev),
	};
	unsigned char frame[2048] = {
		0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x88, 0xb5,
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || size > sizeof(frame) || size < 64)
		die("inject");
	while (count--)
		if (sendto(fd, frame, size - 4, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			die("sendto");
	return 0;
}

static int udp_socket(const char *netns)
{
	char path[64];
	int fd, ns;

	if (netns) {
		snprintf(path, sizeof(path), "/run/netns/%s", netns);
		ns = open(path, O_RDONLY);
		if (ns < 0 || setns(ns, CLONE_NEWNET))
			die(path);
		close(ns);
	}
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	return fd;
}

/*
 * udp send|pair ADDRESS COUNT SIZE BATCH: from namespace "peer"; with pair,
 * every burst is received here before the next one leaves.
 */
static int udp(int pair, const char *address, unsigned int count, size_t size, unsigned int batch)
{
	static struct mmsghdr out[MAX_BATCH], in[MAX_BATCH];
	static char payload[2048], space[MAX_BATCH][2048];
	struct sockaddr_in me = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct timeval limit = { .tv_usec = 200000 };
	struct iovec one = { payload, size - 46 }, each[MAX_BATCH];
	uint64_t packets = 0, calls = 0;
	int rx = -1, tx, buffer = 4 << 20;
	struct span a = { 0, 0 }, b;
	unsigned int i, warm = count / 10, lost = 0;

	if (!batch || batch > MAX_BATCH || size < 64 || size > 1518)
		die("udp");
	if (pair) {
		rx = udp_socket(NULL);
		setsockopt(rx, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
		setsockopt(rx, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		if (bind(rx, (struct sockaddr *)&me, sizeof(me)))
			die("bind");
	}
	tx = udp_socket("peer");
	setsockopt(tx, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer));
	inet_pton(AF_INET, address, &to.sin_addr);
	if (connect(tx, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	for (i = 0; i < batch; i++) {
		out[i].msg_hdr.msg_iov = &one;
		out[i].msg_hdr.msg_iovlen = 1;
		each[i] = (struct iovec){ space[i], sizeof(space[i]) };
		in[i].msg_hdr.msg_iov = &each[i];
		in[i].msg_hdr.msg_iovlen = 1;
	}
	while (packets < count) {
		int n, got = 0, r;

		if (!a.ns && packets >= warm) {
			packets = calls = 0;
			now(&a);
		}
		n = sendmmsg(tx, out, batch, 0);
		if (n <= 0)
			die("sendmmsg");
		calls++;
		while (pair && got < n) {
			r = recvmmsg(rx, in, (unsigned int)(n - got), MSG_WAITFORONE, NULL);
			calls++;
			if (r <= 0)
				break; /* lost; the next burst */
			got += r;
		}
		lost = pair && !got ? lost + 1 : 0;
		if (lost == MAX_LOST)
			die("nothing arrives");
		packets += (uint64_t)(pair ? got : n);
	}
	now(&b);
	print_span(&a, &b, packets, calls);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "soak"))
		return soak();
	if (argc >= 3 && !strcmp(argv[1], "wait"))
		return wait_span(atof(argv[2]), argv + 3);
	if (argc == 5 && !strcmp(argv[1], "inject"))
		return inject(argv[2], (unsigned int)atoi(argv[3]), (size_t)atoi(argv[4]));
	if (argc == 7 && !strcmp(argv[1], "udp"))
		return udp(!strcmp(argv[2], "pair"), argv[3], (unsigned int)atoi(argv[4]),
			   (size_t)atoi(argv[5]), (unsigned int)atoi(argv[6]));
	fprintf(stderr, "usage: meter soak | wait S [FILE...] | inject DEV COUNT SIZE | "
		"udp send|pair ADDRESS COUNT SIZE BATCH\n");
	return 2;
}
