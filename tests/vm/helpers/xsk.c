// SPDX-License-Identifier: GPL-2.0
/*
 * xsk: an AF_XDP socket that is difficult on purpose, for the tests.
 *
 *   xsk rx IF QUEUE      receive the frames of pkt, until SIGTERM or -n N
 *   xsk echo IF QUEUE    send them back, MAC addresses swapped
 *   xsk tx IF QUEUE      send -n N frames of pkt, -b at a time
 *   xsk wake IF QUEUE    -n times: send one frame, sleep, call the kernel only
 *                        if the flag says so; each must be completed, a few
 *                        may still be under way when the next is sent
 *   xsk feed IF QUEUE    -n times: give back what came of the -F buffers there
 *                        are, some and later the rest, and call the kernel only
 *                        if the flag says so; who sends must not run out
 *   xsk bad IF QUEUE     -n times: a good frame between bad descriptors
 *   xsk csum IF QUEUE    as tx, UDP, checksums left to the device; every eighth
 *                        asks for one where there is no room for it
 *   xsk csum-tcp IF QUEUE    as csum, TCP as far as its checksum goes
 *   xsk bind IF QUEUE    -n times: bind and close
 *   xsk swap IF QUEUE    -n times: replace the program of those that run
 *
 *   -c copy mode allowed  -x no program  -w no need_wakeup  -g several buffers
 *   per frame (XDP_USE_SG)  -u unaligned chunks  -C BYTES chunk (4096)
 *   -P memory of huge pages; with -u no chunk begins at a multiple of its size
 *   -H BYTES headroom  -r N entries per ring (2048)  -F N chunks in the fill
 *   ring at bind (all)  -A MS the others so much later  -s LEN  -b BATCH  -i a
 *   call of the kernel only every 10 ms (sleep otherwise)  -e wait in an epoll
 *   that polls busily  -N to nobody's address (all)  -p USECS how long feed waits
 *   for another buffer (500)
 *
 * What is random in wake and feed is so by the variable SEED (1).
 *
 * Prints "bound zero-copy" or "bound copy", "given" when the buffers of -A are,
 * at the end "sent A received B lost C corrupt D reordered E", then what the
 * kernel counted for the socket. The program and its map are shared by all xsk
 * of a device.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sock.h"

#define MOST_CHUNKS 8192
#define LONG_CHAIN 40	/* buffers: more than any frame may have */
#define META 32
#define HUGE_PAGE (2u << 20)

static const char *ifname;
static unsigned int queue, ring = 2048, chunk = 4096, headroom, batch = 32, size = 60;
static unsigned int chunks = 4096, first_fill = MOST_CHUNKS, later_ms, patience = 500;
static unsigned long long limit;
static const unsigned char nobody[6] = { 2, 0, 0, 0, 0, 0xfe };
static unsigned char dest[6] = { 255, 255, 255, 255, 255, 255 };
static bool copy, no_prog, no_need, sg, unaligned, huge, lazy, by_epoll, attached, metadata, tcp;
static volatile bool stop;

static struct xsk_umem *umem;
static struct xsk_socket *sock;
static struct xsk_ring_prod fill, tx;
static struct xsk_ring_cons comp, rx;
static unsigned char *area;
static uint64_t spare[MOST_CHUNKS];
static unsigned int spares;
static struct check got;
static uint64_t sent, completed, echoed, good_frames;
static int map_fd = -1, epoll;
static char pin[64];

static void on_signal(int sig)
{
	(void)sig;
	stop = true;
}

static void attach_once(void)
{
	snprintf(pin, sizeof(pin), "/sys/fs/bpf/xsks-%s", ifname);
	map_fd = bpf_obj_get(pin);
	if (map_fd >= 0)
		return;
	map_fd = make_map();
	if (map_fd < 0 || bpf_obj_pin(map_fd, pin))
		die("map", errno);
	attach_by_queue(ifname, map_fd);
	attached = true;
}

static void give(unsigned int n)
{
	uint32_t at, i;

	if (n > spares)
		n = spares;
	n = xsk_prod_nb_free(&fill, n) < n ? xsk_prod_nb_free(&fill, n) : n;
	if (!n || xsk_ring_prod__reserve(&fill, n, &at) != n)
		return;
	for (i = 0; i < n; i++)
		*xsk_ring_prod__fill_addr(&fill, at + i) = spare[--spares];
	xsk_ring_prod__submit(&fill, n);
}

/* Where chunk @i begins. A chunk that has no beginning and end in one huge page
 * need not be contiguous, and the kernel would refuse it.
 */
static bool chunk_at(unsigned int i, uint64_t *at)
{
	*at = (uint64_t)i * chunk + (unaligned && huge ? 37 : 0);
	return !huge || *at / HUGE_PAGE == (*at + chunk - 1) / HUGE_PAGE;
}

static int try_socket(void)
{
	struct xsk_socket_config sc = {
		.rx_size = ring, .tx_size = ring,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = (copy ? 0 : XDP_ZEROCOPY) | (no_need ? 0 : XDP_USE_NEED_WAKEUP) |
			      (sg ? XDP_USE_SG : 0),
	};
	unsigned int i;

	area = mmap(NULL, (size_t)chunks * chunk, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | (huge ? MAP_HUGETLB : 0), -1, 0);
	if (area == MAP_FAILED)
		die("memory", errno);
	LIBBPF_OPTS(xsk_umem_opts, uo, .size = (size_t)chunks * chunk, .fill_size = chunks,
		    .comp_size = ring, .frame_size = chunk, .frame_headroom = headroom,
		    .flags = (unaligned ? XDP_UMEM_UNALIGNED_CHUNK_FLAG : 0) |
			     (metadata ? XDP_UMEM_TX_METADATA_LEN : 0),
		    .tx_metadata_len = metadata ? META : 0);
	umem = xsk_umem__create_opts(area, &fill, &comp, &uo);
	if (!umem)
		die("umem", errno);
	spares = 0;
	for (i = 0; i < chunks; i++)
		if (chunk_at(chunks - 1 - i, &spare[spares]))
			spares++;
	/* the last of them are kept for sending */
	give(first_fill < chunks - ring ? first_fill : chunks - ring);
	return xsk_socket__create(&sock, ifname, queue, umem, &rx, &tx, &sc);
}

static void open_socket(void)
{
	int err = try_socket(), fd, tries;

	/* The core lets go of a queue some time after its socket was closed. */
	for (tries = 0; err == -EBUSY && tries < 300; tries++) {
		xsk_umem__delete(umem);
		munmap(area, (size_t)chunks * chunk);
		usleep(10000);
		err = try_socket();
	}
	if (err)
		die("bind", err);
	fd = xsk_socket__fd(sock);
	say_mode(sock);
	if (!no_prog && bpf_map_update_elem(map_fd, &queue, &fd, 0))
		die("map update", errno);
}

static void close_socket(void)
{
	xsk_socket__delete(sock);
	xsk_umem__delete(umem);
	munmap(area, (size_t)chunks * chunk);
}

static void kick_tx(void)
{
	if (no_need || xsk_ring_prod__needs_wakeup(&tx))
		sendto(xsk_socket__fd(sock), NULL, 0, MSG_DONTWAIT, NULL, 0);
}

static void kick_rx(void)
{
	if (!no_need && xsk_ring_prod__needs_wakeup(&fill))
		recvfrom(xsk_socket__fd(sock), NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

/* Take back what was sent; it may be sent again or received into. */
static unsigned int reclaim(void)
{
	unsigned int n, i;
	uint32_t at = 0;

	n = xsk_ring_cons__peek(&comp, ring, &at);
	for (i = 0; i < n; i++) {
		uint64_t addr = *xsk_ring_cons__comp_addr(&comp, at + i);

		spare[spares++] = unaligned ? addr & XSK_UNALIGNED_BUF_ADDR_MASK : addr / chunk * chunk;
	}
	xsk_ring_cons__release(&comp, n);
	completed += n;
	return n;
}

static unsigned char *data(uint64_t addr)
{
	return area + (unaligned ? xsk_umem__add_offset_to_addr(addr) : addr);
}

static void recycle(uint64_t addr)
{
	spare[spares++] = unaligned ? xsk_umem__extract_addr(addr) : addr / chunk * chunk;
}

/* Return: descriptors taken. Frames of several are put together to be checked. */
static unsigned int receive(bool echo)
{
	static unsigned char whole[65536];
	static unsigned int len;
	unsigned int n, i;
	uint32_t at, to = 0;

	n = xsk_ring_cons__peek(&rx, batch, &at);
	if (n && echo && xsk_ring_prod__reserve(&tx, n, &to) != n) {
		xsk_ring_cons__cancel(&rx, n);
		return 0;
	}
	for (i = 0; i < n; i++) {
		const struct xdp_desc *d = xsk_ring_cons__rx_desc(&rx, at + i);

		if (len + d->len <= sizeof(whole)) {
			memcpy(whole + len, data(d->addr), d->len);
			if (echo && !len)
				swap_macs(data(d->addr));
			len += d->len;
		}
		if (!(d->options & XDP_PKT_CONTD)) {
			frame_check(&got, whole, len);
			len = 0;
		}
		if (echo)
			*xsk_ring_prod__tx_desc(&tx, to + i) = *d;
		else
			recycle(d->addr);
	}
	xsk_ring_cons__release(&rx, n);
	if (n && echo) {
		xsk_ring_prod__submit(&tx, n);
		echoed += n;
	}
	return n;
}

/* Nobody else polls the queue for the two seconds that are waited for. */
static void poll_by_epoll(void)
{
	struct epoll_params p = { .busy_poll_usecs = 2000000, .busy_poll_budget = 64, .prefer_busy_poll = 1 };
	struct epoll_event ev = { .events = EPOLLIN };

	epoll = epoll_create1(0);
	if (epoll < 0 || ioctl(epoll, EPIOCSPARAMS, &p) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, xsk_socket__fd(sock), &ev))
		die("epoll", errno);
}

static void wait_rx(void)
{
	struct pollfd pfd = { .fd = xsk_socket__fd(sock), .events = POLLIN };
	struct epoll_event ev;

	if (by_epoll)
		epoll_wait(epoll, &ev, 1, 1000);
	else if (lazy)
		usleep(10000);
	else
		poll(&pfd, 1, 1);
}

static void run_rx(bool echo)
{
	double start = now();
	bool late = first_fill < chunks;
	unsigned int n;

	while (!stop && (!limit || got.received < limit)) {
		n = receive(echo);
		if (echo) {
			if (n || completed < echoed)
				kick_tx();
			reclaim();
		}
		if (late && now() - start < later_ms / 1e3) {
			poll(NULL, 0, 1);
			continue;
		}
		/* as many as are enough; the others are for sending */
		if (spares > ring)
			give(spares - ring);
		if (late) {
			puts("given");
			fflush(stdout);
		}
		late = false;
		if (n)
			continue;
		/* who polls needs no wakeup, which would give the NAPI away */
		if (!by_epoll)
			kick_rx();
		wait_rx();
	}
	/* what was delivered before the end counts; buffers are given no more */
	while (!limit && receive(echo))
		if (echo) {
			kick_tx();
			reclaim();
		}
	/* let what was sent go out */
	for (start = now(); echo && completed < echoed && now() - start < 20; poll(NULL, 0, 1)) {
		kick_tx();
		reclaim();
	}
	sent = echoed;
}

static void put(uint32_t at, uint64_t addr, unsigned int len, unsigned int options)
{
	*xsk_ring_prod__tx_desc(&tx, at) = (struct xdp_desc){ addr, len, options };
}

static void build(uint64_t addr)
{
	static const unsigned char me[6] = { 2, 0, 0, 0, 0, 1 };

	frame_build(data(addr), size, dest, me, -1, sent++);
}

/* Waits until @want were completed, calling the kernel as the flag says. */
static bool wait_completed(uint64_t want)
{
	double start = now();

	while (completed < want) {
		if (!reclaim())
			kick_tx();
		/* a link that comes back takes seconds on a busy machine */
		if (now() - start > 20)
			return false;
	}
	return true;
}

/* In front of each frame what is asked of the device; see open_socket(). */
static void put_csum(uint32_t at, uint64_t addr)
{
	static const unsigned char me[6] = { 2, 0, 0, 0, 0, 1 };
	struct xsk_tx_metadata meta = {
		.flags = XDP_TXMD_FLAGS_CHECKSUM,
		.request = { .csum_start = 34, .csum_offset = tcp ? 16 : 6 },
	};
	unsigned int protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	uint32_t sum = protocol + size - 34;
	bool good = sent % 8 != 7;
	unsigned char *p;
	unsigned int i;

	addr += META;
	p = data(addr);
	frame_build(p, size, dest, me, 1, good_frames);
	/* whoever looks at the frames does not look at the sum of the IP header */
	p[23] = protocol;
	for (i = 26; i < 34; i += 2)
		sum += p[i] << 8 | p[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	put16(p + 34 + meta.request.csum_offset, (sum & 0xffff) + (sum >> 16));
	if (!good)
		meta.request.csum_start = size - 4;
	memcpy(p - META, &meta, sizeof(meta));
	put(at, addr, size, XDP_TX_METADATA);
	good_frames += good;
	sent++;
}

static void run_tx(void)
{
	unsigned int n, i;
	uint32_t at = 0;

	while (!stop && (!limit || sent < limit)) {
		reclaim();
		n = limit && limit - sent < batch ? limit - sent : batch;
		if (spares < n || xsk_ring_prod__reserve(&tx, n, &at) != n) {
			kick_tx();
			continue;
		}
		for (i = 0; i < n; i++) {
			uint64_t addr = spare[--spares];

			if (metadata) {
				put_csum(at + i, addr);
				continue;
			}
			build(addr);
			put(at + i, addr, size, 0);
		}
		xsk_ring_prod__submit(&tx, n);
		kick_tx();
	}
	if (!wait_completed(sent))
		die("frames were not completed", ETIMEDOUT);
}

/* Meet the kernel at every stage of going to sleep. */
static void dawdle(void)
{
	unsigned int r;

	for (r = rand() % 2000; r; r--)
		__asm__ volatile("" ::: "memory");
	if (!(rand() % 64))
		usleep(rand() % 500);
}

static void lost_wakeup(unsigned int round, const struct xsk_ring_prod *r)
{
	printf("round %u of %llu: lost wakeup, flag %d\n", round, limit, xsk_ring_prod__needs_wakeup(r));
	exit(1);
}

/*
 * The flag is read once, right after the frame was published: if it is not set,
 * the kernel has promised to come by itself.
 */
static void run_wake(void)
{
	unsigned int i, left;
	uint64_t addr, calls = 0;
	uint32_t at = 0;
	double start;

	srand(atoi(getenv("SEED") ?: "1"));
	for (i = 0; i < limit && !stop; i++) {
		addr = spare[--spares];
		build(addr);
		xsk_ring_prod__reserve(&tx, 1, &at);
		put(at, addr, size, 0);
		xsk_ring_prod__submit(&tx, 1);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (xsk_ring_prod__needs_wakeup(&tx)) {
			calls++;
			sendto(xsk_socket__fd(sock), NULL, 0, MSG_DONTWAIT, NULL, 0);
		}
		/* a lost one stays lost; a busy machine may take seconds */
		left = i + 1 < limit ? rand() % 4 : 0;
		for (start = now(); i + 1 - completed > left; )
			if (!reclaim() && now() - start > 20)
				lost_wakeup(i, &tx);
		dawdle();
	}
	printf("rounds %u calls %llu\n", i, (unsigned long long)calls);
}

/*
 * The same for buffers: of few, now this side has most and now the other. What
 * comes when the device has none is lost, but more comes.
 */
static void run_feed(void)
{
	uint64_t looks = 0, calls = 0;
	unsigned int i, n, want, kept = spares;
	double start;

	srand(atoi(getenv("SEED") ?: "1"));
	for (i = 0; i < limit && !stop; i++) {
		want = 1 + rand() % first_fill;
		for (start = now(); spares - kept < want; ) {
			n = receive(false);
			if (n)
				start = now();
			/* all have come that there were, or some will not yet */
			if (!n && spares > kept && now() - start > patience / 1e6)
				break;
			if (now() - start > 20)
				lost_wakeup(i, &fill);
		}
		while (spares > kept) {
			give(1 + rand() % (spares - kept));
			__atomic_thread_fence(__ATOMIC_SEQ_CST);
			looks++;
			if (xsk_ring_prod__needs_wakeup(&fill)) {
				calls++;
				recvfrom(xsk_socket__fd(sock), NULL, 0, MSG_DONTWAIT, NULL, NULL);
			}
			dawdle();
		}
	}
	printf("rounds %u looks %llu calls %llu\n", i, (unsigned long long)looks,
	       (unsigned long long)calls);
}

/*
 * Until the kernel took all descriptors and completed the one at @addr, without
 * another system call: one is enough for all that was there. Descriptors that
 * can't be sent are completed by some kernels, and by others not.
 */
static void wait_taken(uint64_t addr)
{
	double start = now();
	bool there = false;
	unsigned int n, i;
	uint32_t at = 0;

	while (!there || xsk_prod_nb_free(&tx, ring) != ring) {
		n = xsk_ring_cons__peek(&comp, ring, &at);
		for (i = 0; i < n; i++)
			there |= *xsk_ring_cons__comp_addr(&comp, at + i) == addr;
		xsk_ring_cons__release(&comp, n);
		if (!n)
			usleep(100);
		if (now() - start > 20)
			die("the good frame was not completed", ETIMEDOUT);
	}
}

/* More of the same than anybody would look at in vain, and one good frame. */
static void run_bad_flood(uint64_t addr, uint64_t bad)
{
	uint32_t at = 0, i, flood = ring - 1;

	if (xsk_ring_prod__reserve(&tx, ring, &at) != ring)
		die("the send ring is not empty", EBUSY);
	for (i = 0; i < flood; i++)
		put(at + i, bad, chunk + 1, 0);
	build(addr);
	put(at + flood, addr, size, 0);
	xsk_ring_prod__submit(&tx, ring);
	kick_tx();
	wait_taken(addr);
}

/* A frame that does not end within what a frame may have, and then does. */
static void put_long_chain(uint32_t at, uint64_t bad)
{
	unsigned int i;

	for (i = 0; i < LONG_CHAIN; i++)
		put(at + i, bad, 64, i + 1 < LONG_CHAIN ? XDP_PKT_CONTD : 0);
}

static void run_bad(void)
{
	const uint64_t end = (uint64_t)chunks * chunk;
	uint64_t addr = spare[--spares], bad = spare[--spares];
	unsigned int i, n;
	uint32_t at = 0;

	for (i = 0; i < limit && !stop; i++) {
		n = 0;
		xsk_ring_prod__reserve(&tx, sg ? 12 + LONG_CHAIN : 9, &at);
		put(at + n++, end + 64, 60, 0);			/* outside */
		put(at + n++, end - 10, 60, 0);			/* across the end */
		put(at + n++, bad, 0, 0);			/* empty */
		put(at + n++, bad, chunk + 1, 0);		/* longer than a chunk */
		put(at + n++, bad, 60, 1u << 30);		/* unknown option */
		put(at + n++, ~0ull, 60, 0);
		put(at + n++, bad, 0xffffffff, 0);
		/* what only the driver knows: its device pads no shorter frame,
		 * and sends no longer one
		 */
		put(at + n++, bad, 16, 0);
		if (sg) {
			put(at + n++, bad, 4000, XDP_PKT_CONTD);
			put(at + n++, bad, 4000, XDP_PKT_CONTD);
			put(at + n++, bad, 4000, 0);
			put_long_chain(at + n, bad);
			n += LONG_CHAIN;
		}
		build(addr);
		put(at + n++, addr, size, 0);
		xsk_ring_prod__submit(&tx, n);
		kick_tx();
		wait_taken(addr);
	}
	if (!stop)
		run_bad_flood(addr, bad);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	unsigned int i;
	int c;

	while ((c = getopt(argc, argv, "cxwguieNPC:H:r:F:A:s:b:n:p:")) > 0)
		switch (c) {
		case 'c': copy = true; break;
		case 'x': no_prog = true; break;
		case 'w': no_need = true; break;
		case 'g': sg = true; break;
		case 'u': unaligned = true; break;
		case 'P': huge = true; break;
		case 'i': lazy = true; break;
		case 'e': by_epoll = true; break;
		case 'N': memcpy(dest, nobody, 6); break;
		case 'C': chunk = atoi(optarg); break;
		case 'H': headroom = atoi(optarg); break;
		case 'r': ring = atoi(optarg); break;
		case 'F': first_fill = atoi(optarg); break;
		case 'A': later_ms = atoi(optarg); break;
		case 's': size = atoi(optarg); break;
		case 'b': batch = atoi(optarg); break;
		case 'n': limit = strtoull(optarg, NULL, 0); break;
		case 'p': patience = atoi(optarg); break;
		default: return 2;
		}
	/* half of them in the fill ring, half to send */
	if (ring > chunks / 2)
		chunks = 2 * ring;
	if (argc - optind != 3 || chunks > MOST_CHUNKS)
		return 2;
	if (first_fill > chunks)
		first_fill = chunks;
	ifname = argv[optind + 1];
	queue = atoi(argv[optind + 2]);
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	sigaction(SIGINT, &(struct sigaction){ .sa_handler = on_signal }, NULL);

	if (!no_prog)
		attach_once();
	if (!strcmp(mode, "swap")) {
		for (i = 0; i < limit && !stop; i++)
			attach_by_queue(ifname, map_fd);
		goto out;
	}
	if (!strcmp(mode, "bind")) {
		for (i = 0; i < limit && !stop; i++) {
			open_socket();
			close_socket();
		}
		goto out;
	}
	tcp = !strcmp(mode, "csum-tcp");
	metadata = tcp || !strcmp(mode, "csum");
	open_socket();
	if (by_epoll)
		poll_by_epoll();
	if (!strcmp(mode, "rx") || !strcmp(mode, "echo"))
		run_rx(mode[0] == 'e');
	else if (!strcmp(mode, "tx") || metadata)
		run_tx();
	else if (!strcmp(mode, "wake"))
		run_wake();
	else if (!strcmp(mode, "feed"))
		run_feed();
	else if (!strcmp(mode, "bad"))
		run_bad();
	else
		return 2;
	print_result(sent, &got, &sock, 1);
	close_socket();
out:
	if (attached) {
		detach(ifname);
		unlink(pin);
	}
	return 0;
}
