// SPDX-License-Identifier: GPL-2.0
/*
 * hostile: an application that holds to no rule of AF_XDP, for the tests.
 *
 *   hostile IF SECONDS SEED
 *
 * Processes come one after the other, ten at least; in each, threads share a
 * table of sockets and do to any of them whatever the generator says: register
 * memory that is none, set rings of any size in any order, bind anywhere, let
 * ring indices jump, fill rings with descriptors of foreign memory, send,
 * receive, poll, close what another thread is using. Every other process is
 * killed in the middle of it. Each thread's choices depend on the seed alone;
 * how threads meet does not.
 *
 * Prints how often each thing was done and how often the kernel let it pass.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "redirect.h"

#define THREADS 4
#define SOCKETS 12
#define RINGS 4
#define AREA (1u << 20)
#define LIFE 2000	/* things a thread does before its process ends */
#define SHORT 400	/* where the kernel checks everything */

enum deed {
	OPEN, CLOSE, UMEM, RING, MAP, BIND, SANE, JUMP, DESC, SEND, RECEIVE, POLL, ASK, OPTION, XSKMAP,
	DEEDS
};

static const char *const deed_name[DEEDS] = {
	"open", "close", "umem", "ring", "map", "bind", "sane", "jump", "desc", "send", "receive",
	"poll", "ask", "option", "xskmap",
};

/* Lives in memory that all processes share. */
struct score {
	uint64_t done[DEEDS], passed[DEEDS], zero_copy;
};

struct ring {
	void *map;
	size_t len;
	uint64_t producer, consumer, desc;
	unsigned int size;
};

/* Nobody guards this: that is the point. Rings are never freed, so that who has
 * one may write to it until the process ends.
 */
struct victim {
	volatile int fd;
	volatile uint32_t size[RINGS];
	struct ring *ring[RINGS];
};

static struct score *score;
static struct victim victim[SOCKETS];
static unsigned char *area;
static bool dma_checked;
static unsigned int ifindex;
static int map_fd = -1;

static __thread uint64_t state;

static uint32_t rnd(uint32_t n)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(state >> 33) % n;
}

static uint64_t wild(void)
{
	return (uint64_t)rnd(1u << 31) << 33 | (uint64_t)rnd(1u << 31) << 2 | rnd(4);
}

static bool one_in(uint32_t n)
{
	return !rnd(n);
}

static const int ring_opt[RINGS] = { XDP_RX_RING, XDP_TX_RING, XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING };
static const uint64_t ring_off[RINGS] = { XDP_PGOFF_RX_RING, XDP_PGOFF_TX_RING, XDP_UMEM_PGOFF_FILL_RING,
					  XDP_UMEM_PGOFF_COMPLETION_RING };

/* The memory that a UMEM is made of, the same for all of them. Not where the
 * kernel checks DMA: what is mapped twice for a device it takes for not mapped
 * (kernel/dma/debug.c, __hash_bucket_find()).
 */
static unsigned char *memory(void)
{
	unsigned char *m;

	if (!dma_checked)
		return area;
	m = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return m == MAP_FAILED ? area : m;
}

static int set_umem(int fd, bool sane)
{
	static const uint32_t chunks[] = { 4096, 2048, 4096, 0, 1, 3000, 8192, 65536, 0xffffffff };
	struct xdp_umem_reg reg = { .addr = (uintptr_t)memory(), .len = AREA, .chunk_size = 4096 };

	if (!sane) {
		reg.chunk_size = chunks[rnd(9)];
		if (one_in(3))
			reg.headroom = one_in(2) ? rnd(5000) : (uint32_t)wild();
		if (one_in(3))
			reg.flags = one_in(4) ? (uint32_t)wild() : rnd(8);
		if (one_in(4))
			reg.len = one_in(2) ? rnd(AREA) : wild();
		if (one_in(4))
			reg.addr = one_in(2) ? wild() : reg.addr + rnd(4096);
	}
	/* Nor chunks that reach into the next page: the core maps those page by
	 * page and syncs them by chunk.
	 */
	if (dma_checked)
		reg.flags &= ~XDP_UMEM_UNALIGNED_CHUNK_FLAG;
	return setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &reg, one_in(20) ? rnd(64) : sizeof(reg));
}

static int set_ring(struct victim *v, unsigned int i, bool sane)
{
	uint32_t size = 64u << rnd(5);
	int err;

	if (!sane && one_in(3))
		size = one_in(2) ? rnd(5000) : (uint32_t)wild();
	err = setsockopt(v->fd, SOL_XDP, ring_opt[i], &size, sizeof(size));
	if (!err)
		v->size[i] = size;
	return err;
}

static int map_ring(struct victim *v, unsigned int i)
{
	struct xdp_mmap_offsets off;
	struct xdp_ring_offset *o[RINGS] = { &off.rx, &off.tx, &off.fr, &off.cr };
	socklen_t len = sizeof(off);
	uint32_t size = v->size[i];
	struct ring *r;

	if (getsockopt(v->fd, SOL_XDP, XDP_MMAP_OFFSETS, &off, &len))
		return -1;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -1;
	r->size = size - 1 < 8192 ? size : 64;
	r->len = o[i]->desc + r->size * (i < 2 ? sizeof(struct xdp_desc) : sizeof(uint64_t));
	r->producer = o[i]->producer;
	r->consumer = o[i]->consumer;
	r->desc = o[i]->desc;
	r->map = mmap(NULL, r->len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, v->fd,
		      (off_t)ring_off[i]);
	if (r->map == MAP_FAILED) {
		free(r);
		return -1;
	}
	__atomic_store_n(&v->ring[i], r, __ATOMIC_RELEASE);
	return 0;
}

static int do_bind(int fd, bool sane)
{
	static const uint16_t flags[] = { XDP_ZEROCOPY, XDP_ZEROCOPY | XDP_USE_NEED_WAKEUP,
					  XDP_ZEROCOPY | XDP_USE_SG, XDP_COPY, 0, XDP_SHARED_UMEM };
	struct sockaddr_xdp a = {
		.sxdp_family = AF_XDP, .sxdp_ifindex = ifindex, .sxdp_queue_id = rnd(2),
		.sxdp_flags = flags[rnd(sane ? 3 : 6)],
	};

	if (!sane) {
		if (one_in(4))
			a.sxdp_queue_id = one_in(2) ? rnd(70) : (uint32_t)wild();
		if (one_in(6))
			a.sxdp_ifindex = one_in(2) ? rnd(8) : (uint32_t)wild();
		if (one_in(6))
			a.sxdp_flags = rnd(65536);
		if (a.sxdp_flags & XDP_SHARED_UMEM)
			a.sxdp_shared_umem_fd = one_in(8) ? rnd(1000) : (uint32_t)victim[rnd(SOCKETS)].fd;
	}
	return bind(fd, (struct sockaddr *)&a, one_in(30) ? rnd(32) : sizeof(a));
}

static void note_zero_copy(int fd)
{
	struct xdp_options o = {};
	socklen_t len = sizeof(o);

	if (!getsockopt(fd, SOL_XDP, XDP_OPTIONS, &o, &len) && o.flags & XDP_OPTIONS_ZEROCOPY)
		__atomic_add_fetch(&score->zero_copy, 1, __ATOMIC_RELAXED);
}

static void reopen(struct victim *v)
{
	unsigned int i;
	int old = v->fd, fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);

	for (i = 0; i < RINGS; i++)
		__atomic_store_n(&v->ring[i], NULL, __ATOMIC_RELEASE);
	v->fd = fd;
	if (old >= 0)
		close(old);
}

/* A socket as it should be, for the others to spoil. */
static int sane(struct victim *v)
{
	unsigned int i;

	reopen(v);
	if (v->fd < 0 || set_umem(v->fd, true))
		return -1;
	for (i = 0; i < RINGS; i++)
		if (set_ring(v, i, true) || map_ring(v, i))
			return -1;
	return do_bind(v->fd, true);
}

static void *place(const struct ring *r, uint64_t offset, size_t size)
{
	return r && offset + size <= r->len ? (unsigned char *)r->map + offset : NULL;
}

static int jump(const struct ring *r)
{
	uint32_t *p = r ? place(r, one_in(2) ? r->producer : r->consumer, 4) : NULL;

	if (!p)
		return -1;
	__atomic_store_n(p, one_in(2) ? (uint32_t)wild() : *p + rnd(300) - 100, __ATOMIC_RELEASE);
	return 0;
}

static uint64_t some_addr(void)
{
	return one_in(3) ? wild() : one_in(3) ? AREA - rnd(100) : rnd(AREA);
}

/* A few descriptors more, or all of them at once. */
static int descriptors(const struct ring *r, bool tx)
{
	uint32_t *prod = r ? place(r, r->producer, 4) : NULL, at, n = rnd(64) + 1, i;

	if (!prod)
		return -1;
	at = *prod;
	for (i = 0; i < n; i++) {
		uint32_t slot = (at + i) & (r->size - 1);

		if (tx) {
			struct xdp_desc *d = place(r, r->desc + slot * sizeof(*d), sizeof(*d));

			if (!d)
				return -1;
			d->addr = some_addr();
			d->len = one_in(4) ? (uint32_t)wild() : rnd(1600);
			d->options = one_in(4) ? (uint32_t)wild() : one_in(4);
		} else {
			uint64_t *d = place(r, r->desc + slot * sizeof(*d), sizeof(*d));

			if (!d)
				return -1;
			*d = some_addr();
		}
	}
	__atomic_store_n(prod, at + n, __ATOMIC_RELEASE);
	return 0;
}

static int ask(int fd)
{
	static const int what[] = { XDP_STATISTICS, XDP_OPTIONS, XDP_MMAP_OFFSETS, 0, 99 };
	unsigned char buf[256];
	socklen_t len = rnd(sizeof(buf));

	return getsockopt(fd, SOL_XDP, what[rnd(5)], buf, &len);
}

static int option(int fd)
{
	static const int what[] = { SO_BUSY_POLL, SO_PREFER_BUSY_POLL, SO_BUSY_POLL_BUDGET, SO_SNDBUF,
				    SO_RCVBUF, SO_BINDTODEVICE, SO_INCOMING_CPU, SO_ATTACH_FILTER };
	int value = one_in(2) ? (int)rnd(100) : (int)wild();

	return setsockopt(fd, SOL_SOCKET, what[rnd(8)], &value, sizeof(value));
}

static int act(enum deed what, struct victim *v)
{
	struct pollfd pfd = { .fd = v->fd, .events = POLLIN | POLLOUT };
	unsigned int i = rnd(RINGS);
	uint32_t key;
	int fd = v->fd, err;

	switch (what) {
	case OPEN:
		reopen(v);
		return v->fd < 0 ? -1 : 0;
	case CLOSE:
		err = close(fd);
		v->fd = -1;
		return err;
	case UMEM:
		return set_umem(fd, one_in(3));
	case RING:
		return set_ring(v, i, false);
	case MAP:
		return map_ring(v, i);
	case BIND:
	case SANE:
		err = what == BIND ? do_bind(fd, false) : sane(v);
		if (!err)
			note_zero_copy(v->fd);
		return err;
	case JUMP:
		return jump(__atomic_load_n(&v->ring[i], __ATOMIC_ACQUIRE));
	case DESC:
		i = 1 + rnd(2);
		return descriptors(__atomic_load_n(&v->ring[i], __ATOMIC_ACQUIRE), i == 1);
	case SEND:
		return sendto(fd, area, one_in(8) ? rnd(100) : 0, one_in(8) ? (int)rnd(256) : MSG_DONTWAIT,
			      NULL, 0) < 0;
	case RECEIVE:
		return recvfrom(fd, NULL, 0, MSG_DONTWAIT, NULL, NULL) < 0;
	case POLL:
		return poll(&pfd, 1, (int)rnd(2)) < 0;
	case ASK:
		return ask(fd);
	case OPTION:
		return option(fd);
	case XSKMAP:
		key = rnd(4);
		return one_in(4) ? bpf_map_delete_elem(map_fd, &key) : bpf_map_update_elem(map_fd, &key, &fd, 0);
	case DEEDS:
		break;
	}
	return -1;
}

static void *thread(void *seed)
{
	static const unsigned char weight[DEEDS] = {
		[OPEN] = 1, [CLOSE] = 1, [UMEM] = 2, [RING] = 3, [MAP] = 3, [BIND] = 3, [SANE] = 3,
		[JUMP] = 4, [DESC] = 10, [SEND] = 10, [RECEIVE] = 6, [POLL] = 3, [ASK] = 2, [OPTION] = 2,
		[XSKMAP] = 3,
	};
	unsigned char pick[256];
	unsigned int n = 0, d, i;

	state = (uintptr_t)seed;
	for (d = 0; d < DEEDS; d++)
		for (i = 0; i < weight[d]; i++)
			pick[n++] = (unsigned char)d;
	for (i = 0; i < (dma_checked ? SHORT : LIFE); i++) {
		d = pick[rnd(n)];
		__atomic_add_fetch(&score->done[d], 1, __ATOMIC_RELAXED);
		if (!act(d, &victim[rnd(SOCKETS)]))
			__atomic_add_fetch(&score->passed[d], 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void live(uint64_t seed)
{
	pthread_t t[THREADS];
	uintptr_t i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dma_checked = !access("/sys/kernel/debug/dma-api", F_OK);
	area = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		exit(2);
	for (i = 0; i < SOCKETS; i++)
		victim[i].fd = -1;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&t[i], NULL, thread, (void *)(seed * THREADS + i + 1)))
			exit(2);
	for (i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	exit(0);
}

/* return bpf_redirect_map(&map, ctx->rx_queue_index, XDP_PASS) */
static void attach(void)
{
	int fd, map = bpf_map_create(BPF_MAP_TYPE_XSKMAP, "hostile", 4, 4, 4, NULL);
	struct bpf_insn insns[] = {
		LOAD_QUEUE,
		REDIRECT_TO(map),
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_XDP_HAS_FRAGS);

	fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "hostile", "GPL", insns,
			   sizeof(insns) / sizeof(*insns), &opts);
	if (map < 0 || fd < 0 || bpf_xdp_attach((int)ifindex, fd, XDP_FLAGS_DRV_MODE, NULL)) {
		perror("hostile: program");
		exit(2);
	}
	map_fd = map;
}

int main(int argc, char **argv)
{
	uint64_t seed, processes = 0, killed = 0;
	unsigned int d;
	time_t end;
	int status;

	if (argc != 4)
		return 2;
	ifindex = if_nametoindex(argv[1]);
	end = time(NULL) + atoi(argv[2]);
	seed = strtoull(argv[3], NULL, 0);
	state = seed;
	score = mmap(NULL, sizeof(*score), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!ifindex || score == MAP_FAILED)
		return 2;
	attach();
	/* a busy machine gets few of them done, which would prove little */
	for (; time(NULL) < end || processes < 10; processes++) {
		bool kill_it = processes & 1;
		unsigned int ms = rnd(500) + 1;
		pid_t pid = fork();

		if (pid < 0)
			return 2;
		if (!pid)
			live(seed * 1000003 + processes);
		if (kill_it) {
			usleep(ms * 1000);
			kill(pid, SIGKILL);
		}
		if (waitpid(pid, &status, 0) != pid)
			return 2;
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL) {
			printf("process %llu died of signal %d\n", (unsigned long long)processes,
			       WTERMSIG(status));
			return 1;
		}
	}
	bpf_xdp_detach((int)ifindex, XDP_FLAGS_DRV_MODE, NULL);
	for (d = 0; d < DEEDS; d++)
		printf("%s %llu passed %llu\n", deed_name[d], (unsigned long long)score->done[d],
		       (unsigned long long)score->passed[d]);
	printf("processes %llu killed %llu zero-copy %llu\n", (unsigned long long)processes,
	       (unsigned long long)killed, (unsigned long long)score->zero_copy);
	return 0;
}
