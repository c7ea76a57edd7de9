// SPDX-License-Identifier: GPL-2.0
/*
 * many: several AF_XDP sockets on one queue, which share its UMEM, fill ring
 * and completion ring (XDP_SHARED_UMEM).
 *
 *   many tx IF QUEUE     send -n N frames, a random socket at a time
 *   many rx IF QUEUE     receive frames of pkt -f, until SIGTERM
 *   many echo IF QUEUE   send them back, each by the socket that received it
 *   many stuck IF QUEUE  publish what cannot be taken until SIGUSR1: more than the
 *                        completion ring holds, or with -g the first half of a frame
 *
 *   -k SOCKETS (4; a power of two)  -b BATCH, at most (32)  -w no need_wakeup
 *   -g XDP_USE_SG  -r N entries per ring (2048)  -c N of the completion ring (4096)
 *
 * A frame belongs to the socket of its flow's number, so that order and loss
 * can be judged by flow. The kernel is called only for the socket whose own
 * flag asks for it, once, after something was published. Prints what xsk
 * prints, and in front of it what each socket did.
 */
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>

#include "sock.h"

#define CHUNKS 4096
#define CHUNK 4096
#define MAX_SOCKETS 16
/* where frame_build() puts the lowest byte of the flow's number */
#define FLOW_AT (42 + offsetof(struct body, flow))

static const char *ifname;
static unsigned int queue, sockets = 4, batch = 32, ring = 2048, comp_size = CHUNKS;
static unsigned long long limit;
static bool no_need, sg;
static volatile bool stop, go_on;

static struct one {
	struct xsk_socket *sock;
	struct xsk_ring_prod tx;
	struct xsk_ring_cons rx;
	uint64_t sent, received;
} one[MAX_SOCKETS];
static struct xsk_umem *umem;
static struct xsk_ring_prod fill;
static struct xsk_ring_cons comp;
static unsigned char *area;
static uint64_t spare[CHUNKS];
static unsigned int spares;
static struct check got;
static uint64_t sent, completed;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		go_on = true;
	else
		stop = true;
}

/* return bpf_redirect_map(&map, flow & (sockets - 1), XDP_PASS) */
static void attach_by_flow(int map_fd)
{
	const struct bpf_insn insns[] = {
		{ BPF_LDX | BPF_MEM | BPF_W, 2, 1, offsetof(struct xdp_md, data), 0 },
		{ BPF_LDX | BPF_MEM | BPF_W, 3, 1, offsetof(struct xdp_md, data_end), 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_X, 4, 2, 0, 0 },
		{ BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, FLOW_AT + 1 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS },
		{ BPF_JMP | BPF_JGT | BPF_X, 4, 3, 6, 0 },	/* to the end */
		{ BPF_LDX | BPF_MEM | BPF_B, 2, 2, FLOW_AT, 0 },
		{ BPF_ALU64 | BPF_AND | BPF_K, 2, 0, 0, sockets - 1 },
		REDIRECT_TO(map_fd),
	};

	attach(ifname, insns, sizeof(insns) / sizeof(*insns));
}

static void kick(struct one *s)
{
	if (no_need || xsk_ring_prod__needs_wakeup(&s->tx))
		sendto(xsk_socket__fd(s->sock), NULL, 0, MSG_DONTWAIT, NULL, 0);
}

/* The fill ring is everybody's: any socket may speak for it. */
static void kick_fill(void)
{
	if (!no_need && xsk_ring_prod__needs_wakeup(&fill))
		recvfrom(xsk_socket__fd(one[0].sock), NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

static void give(unsigned int n)
{
	uint32_t at, i;

	n = xsk_prod_nb_free(&fill, n) < n ? xsk_prod_nb_free(&fill, n) : n;
	if (!n || xsk_ring_prod__reserve(&fill, n, &at) != n)
		return;
	for (i = 0; i < n; i++)
		*xsk_ring_prod__fill_addr(&fill, at + i) = spare[--spares];
	xsk_ring_prod__submit(&fill, n);
	kick_fill();
}

static void open_sockets(void)
{
	struct xsk_socket_config sc = {
		.rx_size = ring, .tx_size = ring,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_ZEROCOPY | (no_need ? 0 : XDP_USE_NEED_WAKEUP) |
			      (sg ? XDP_USE_SG : 0),
	};
	LIBBPF_OPTS(xsk_umem_opts, uo, .size = CHUNKS * CHUNK, .fill_size = CHUNKS,
		    .comp_size = comp_size, .frame_size = CHUNK);
	int map_fd = make_map(), fd, err;
	unsigned int i;

	if (map_fd < 0)
		die("map", map_fd);
	area = mmap(NULL, CHUNKS * CHUNK, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die("memory", errno);
	umem = xsk_umem__create_opts(area, &fill, &comp, &uo);
	if (!umem)
		die("umem", errno);
	for (i = 0; i < CHUNKS; i++)
		spare[spares++] = (uint64_t)i * CHUNK;
	attach_by_flow(map_fd);
	for (i = 0; i < sockets; i++) {
		struct one *s = &one[i];

		err = xsk_socket__create(&s->sock, ifname, queue, umem, &s->rx, &s->tx, &sc);
		if (err)
			die("bind", err);
		fd = xsk_socket__fd(s->sock);
		if (bpf_map_update_elem(map_fd, &i, &fd, 0))
			die("map update", errno);
	}
	give(CHUNKS / 2);
	say_mode(one[0].sock);
}

static void reclaim(void)
{
	unsigned int n, i;
	uint32_t at = 0;

	n = xsk_ring_cons__peek(&comp, CHUNKS, &at);
	for (i = 0; i < n; i++)
		spare[spares++] = *xsk_ring_cons__comp_addr(&comp, at + i) / CHUNK * CHUNK;
	xsk_ring_cons__release(&comp, n);
	completed += n;
}

/* Until all is completed; without need_wakeup somebody has to call. */
static void wait_completed(void)
{
	double start = now();
	uint64_t last = completed;
	unsigned int i;

	while (completed < sent) {
		reclaim();
		for (i = 0; no_need && i < sockets; i++)
			kick(&one[i]);
		if (completed != last)
			start = now();
		last = completed;
		if (now() - start < 20)	/* of a busy machine */
			continue;
		printf("%llu of %llu were completed; flags", (unsigned long long)completed,
		       (unsigned long long)sent);
		for (i = 0; i < sockets; i++)
			printf(" %d", xsk_ring_prod__needs_wakeup(&one[i].tx));
		puts("");
		exit(1);
	}
}

/* Return: false if there is no room for @n frames of socket @k. */
static bool publish(unsigned int k, unsigned int n, unsigned int len, uint32_t options)
{
	static const unsigned char all[6] = { 255, 255, 255, 255, 255, 255 };
	static const unsigned char me[6] = { 2, 0, 0, 0, 0, 1 };
	struct one *s = &one[k];
	uint32_t at = 0, i;

	if (spares < n || xsk_ring_prod__reserve(&s->tx, n, &at) != n)
		return false;
	for (i = 0; i < n; i++) {
		uint64_t addr = spare[--spares];

		frame_build(area + addr, len, all, me, k, s->sent++);
		*xsk_ring_prod__tx_desc(&s->tx, at + i) = (struct xdp_desc){ addr, len, options };
	}
	xsk_ring_prod__submit(&s->tx, n);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	sent += n;
	kick(s);
	return true;
}

static void run_stuck(void)
{
	unsigned int k;

	for (k = 0; k < sockets; k++)
		if (!publish(k, sg ? 1 : comp_size, 1000, sg ? XDP_PKT_CONTD : 0))
			die("publish", ENOBUFS);
	puts("stuck");
	fflush(stdout);
	while (!go_on && !stop)
		usleep(1000);
	for (k = 0; k < sockets && sg; k++)
		publish(k, 1, 60, 0);
	/* whoever made room has to say so */
	while (completed < sent && !stop) {
		uint64_t last = completed;

		reclaim();
		for (k = 0; completed != last && k < sockets; k++)
			kick(&one[k]);
	}
}

static void run_tx(void)
{
	uint32_t n;

	srand(1);
	while (!stop && sent < limit) {
		unsigned int k = rand() % sockets;

		n = 1 + rand() % batch;
		n = limit - sent < n ? limit - sent : n;
		reclaim();
		if (!publish(k, n, 60, 0)) {
			wait_completed();
			continue;
		}
		if (!(rand() % 16))
			wait_completed();
		else if (!(rand() % 16))
			usleep(rand() % 300);
	}
	wait_completed();
}

/* Return: descriptors taken by socket @s. */
static unsigned int receive(struct one *s, bool echo)
{
	unsigned int n, i;
	uint32_t at, to = 0;

	n = xsk_ring_cons__peek(&s->rx, batch, &at);
	if (n && echo && xsk_ring_prod__reserve(&s->tx, n, &to) != n) {
		xsk_ring_cons__cancel(&s->rx, n);
		return 0;
	}
	for (i = 0; i < n; i++) {
		const struct xdp_desc *d = xsk_ring_cons__rx_desc(&s->rx, at + i);
		unsigned char *p = area + d->addr;

		frame_check(&got, p, d->len);
		if (d->len > FLOW_AT && (p[FLOW_AT] & (sockets - 1)) != s - one)
			got.corrupt++;	/* somebody else's */
		if (echo) {
			swap_macs(p);
			*xsk_ring_prod__tx_desc(&s->tx, to + i) = *d;
		} else {
			spare[spares++] = d->addr / CHUNK * CHUNK;
		}
	}
	xsk_ring_cons__release(&s->rx, n);
	s->received += n;
	if (!n || !echo)
		return n;
	xsk_ring_prod__submit(&s->tx, n);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	s->sent += n;
	sent += n;
	kick(s);
	return n;
}

static void run_rx(bool echo)
{
	struct pollfd pfd[MAX_SOCKETS];
	unsigned int i, n;

	for (i = 0; i < sockets; i++)
		pfd[i] = (struct pollfd){ .fd = xsk_socket__fd(one[i].sock), .events = POLLIN };
	while (!stop) {
		for (n = i = 0; i < sockets; i++)
			n += receive(&one[i], echo);
		reclaim();
		if (spares > CHUNKS / 2)
			give(spares - CHUNKS / 2);
		if (!n)
			poll(pfd, sockets, 1);
	}
	/* what was delivered before the end counts; buffers are given no more */
	do {
		for (n = i = 0; i < sockets; i++)
			n += receive(&one[i], echo);
		reclaim();
	} while (n);
	wait_completed();
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	struct xsk_socket *all[MAX_SOCKETS];
	unsigned int i;
	int c;

	while ((c = getopt(argc, argv, "wgk:b:r:c:n:")) > 0)
		switch (c) {
		case 'w': no_need = true; break;
		case 'g': sg = true; break;
		case 'k': sockets = atoi(optarg); break;
		case 'b': batch = atoi(optarg); break;
		case 'r': ring = atoi(optarg); break;
		case 'c': comp_size = atoi(optarg); break;
		case 'n': limit = strtoull(optarg, NULL, 0); break;
		default: return 2;
		}
	if (argc - optind != 3 || !sockets || sockets > MAX_SOCKETS || sockets & (sockets - 1))
		return 2;
	ifname = argv[optind + 1];
	queue = atoi(argv[optind + 2]);
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	sigaction(SIGINT, &(struct sigaction){ .sa_handler = on_signal }, NULL);

	open_sockets();
	if (!strcmp(mode, "tx"))
		run_tx();
	else if (!strcmp(mode, "rx") || !strcmp(mode, "echo"))
		run_rx(mode[0] == 'e');
	else if (!strcmp(mode, "stuck"))
		run_stuck();
	else
		return 2;
	for (i = 0; i < sockets; i++) {
		printf("socket %u: sent %llu received %llu\n", i, (unsigned long long)one[i].sent,
		       (unsigned long long)one[i].received);
		all[i] = one[i].sock;
	}
	print_result(sent, &got, all, sockets);
	for (i = 0; i < sockets; i++)
		xsk_socket__delete(one[i].sock);
	xsk_umem__delete(umem);
	detach(ifname);
	return 0;
}
