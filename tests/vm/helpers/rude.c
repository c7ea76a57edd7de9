// SPDX-License-Identifier: GPL-2.0
/*
 * rude: an owner of an AF_XDP socket that does what it should not, one thing of it.
 *
 *   rude storm IF QUEUE     wakes the queue from all CPUs but 0 at once, -n times each
 *   rude twice IF QUEUE     gives the same few chunks of -C bytes all the time
 *   rude scribble IF QUEUE  writes into the tails of its chunks, where the kernel
 *                           notes the pieces of a frame, but for their number
 *
 * The last two take what comes, as of several buffers per frame, until SIGTERM;
 * without -x by a program that redirects to the socket. Prints "bound zero-copy".
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "sock.h"

#define CHUNKS 2048
#define TAIL 320	/* struct skb_shared_info, in whole cache lines */
#define COUNTED 8	/* its head, with the number of pieces */

static unsigned int queue, chunk = 4096;
static unsigned long rounds = 1;
static bool no_prog;
static volatile bool stop;
static struct xsk_umem *umem;
static struct xsk_socket *sock;
static struct xsk_ring_prod fill, tx;
static struct xsk_ring_cons comp, rx;
static unsigned char *area;

static void on_signal(int sig)
{
	(void)sig;
	stop = true;
}

/* @few: the fill ring has the first few chunks again and again; of three in a row
 * any two are the same sooner or later, or none
 */
static void give(uint64_t addr, bool few)
{
	static const unsigned char few_of[] = { 0, 0, 1, 1, 2, 1, 2 };
	static unsigned int turn;
	uint32_t at;

	if (xsk_ring_prod__reserve(&fill, 1, &at) != 1)
		return;
	*xsk_ring_prod__fill_addr(&fill, at) = few ? few_of[turn++ % sizeof(few_of)] * chunk :
							      addr / chunk * chunk;
	xsk_ring_prod__submit(&fill, 1);
}

static void open_socket(const char *ifname, bool sg, bool few)
{
	struct xsk_socket_config sc = {
		.rx_size = CHUNKS, .tx_size = 64,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_ZEROCOPY | (sg ? XDP_USE_SG : 0),
	};
	size_t size = (size_t)CHUNKS * chunk;
	unsigned int i;
	int err;

	area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die("memory", errno);
	LIBBPF_OPTS(xsk_umem_opts, uo, .size = size, .fill_size = CHUNKS, .comp_size = 64,
		    .frame_size = chunk);
	umem = xsk_umem__create_opts(area, &fill, &comp, &uo);
	if (!umem)
		die("umem", errno);
	for (i = 0; i < CHUNKS; i++)
		give((uint64_t)i * chunk, few);
	err = xsk_socket__create(&sock, ifname, queue, umem, &rx, &tx, &sc);
	if (err)
		die("bind", err);
	say_mode(sock);
}

static void take(bool few)
{
	unsigned int n, i;
	uint32_t at;

	n = xsk_ring_cons__peek(&rx, 64, &at);
	for (i = 0; i < n; i++)
		give(xsk_ring_cons__rx_desc(&rx, at + i)->addr, few);
	xsk_ring_cons__release(&rx, n);
	if (!n)
		usleep(200);
}

static void *scribble(void *arg)
{
	unsigned int i;

	/* fast: the kernel looks for a moment only */
	for (i = 1; !stop; i = i % CHUNKS + 1)
		memset(area + (size_t)i * chunk - TAIL + COUNTED, i * 37, TAIL - COUNTED);
	return arg;
}

static void run(bool few, bool scribbles)
{
	pthread_t thread;

	if (scribbles && pthread_create(&thread, NULL, scribble, NULL))
		die("thread", EAGAIN);
	while (!stop)
		take(few);
	if (scribbles)
		pthread_join(thread, NULL);
}

static void storm_from(unsigned int cpu)
{
	unsigned long i;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("affinity", errno);
	/* nobody asked for wakeups to be saved, so each of these is one */
	for (i = 0; i < rounds; i++)
		sendto(xsk_socket__fd(sock), NULL, 0, MSG_DONTWAIT, NULL, 0);
	_exit(0);
}

static void storm(void)
{
	unsigned int cpu, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int status;

	for (cpu = 1; cpu < cpus; cpu++)
		if (!fork())
			storm_from(cpu);
	while (wait(&status) > 0)
		if (status)
			die("a child", ECHILD);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "", *ifname;
	bool few = !strcmp(mode, "twice"), scribbles = !strcmp(mode, "scribble");
	int c, fd, map_fd;

	while ((c = getopt(argc, argv, "xC:n:")) > 0)
		switch (c) {
		case 'x': no_prog = true; break;
		case 'C': chunk = atoi(optarg); break;
		case 'n': rounds = strtoul(optarg, NULL, 0); break;
		default: return 2;
		}
	if (argc - optind != 3)
		return 2;
	ifname = argv[optind + 1];
	queue = atoi(argv[optind + 2]);
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_signal }, NULL);

	open_socket(ifname, few || scribbles, few);
	if (!strcmp(mode, "storm")) {
		storm();
		return 0;
	}
	if (!no_prog) {
		map_fd = make_map();
		fd = xsk_socket__fd(sock);
		if (map_fd < 0 || bpf_map_update_elem(map_fd, &queue, &fd, 0))
			die("map", errno);
		attach_by_queue(ifname, map_fd);
	}
	run(few, scribbles);
	if (!no_prog)
		detach(ifname);
	return 0;
}
