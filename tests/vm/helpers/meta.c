// SPDX-License-Identifier: GPL-2.0
/*
 * meta: metadata of frames, in both directions.
 *
 *   meta rx IF          attaches meta.bpf.o and prints a line per received frame,
 *                       after "ready", until it is told to end
 *   meta tx IF N TYPE [FILE]
 *                       an AF_XDP zero-copy socket sends N PTP frames of message
 *                       type TYPE one after the other, each asking when it was
 *                       sent, and prints what the driver said; with N negative
 *                       all at once. The next frame is sent when FILE, to which
 *                       "meta rx" prints, has grown.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xdp/xsk.h>

#include "meta.h"

#define OBJECT	"/src/build/helpers/meta.bpf.o"
#define CHUNK	4096u
#define CHUNKS	64u
#define META	((unsigned int)sizeof(struct xsk_tx_metadata))

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static int fail(const char *what, int err)
{
	fprintf(stderr, "meta: %s: %s\n", what, strerror(err < 0 ? -err : err));
	return 1;
}

static int print_frame(void *ctx, void *data, size_t size)
{
	const struct frame_meta *m = data;

	(void)ctx;
	(void)size;
	printf("type %04x mark %u hash %d %08x %#x vlan %d %04x %u stamp %d %llu\n",
	       ntohs(m->ethertype), m->mark, m->hash_err, m->hash, m->hash_type, m->vlan_err,
	       ntohs(m->vlan_proto), m->tci, m->stamp_err, (unsigned long long)m->stamp);
	fflush(stdout);
	return 0;
}

static int receive(unsigned int ifindex)
{
	struct bpf_object *obj = bpf_object__open(OBJECT);
	struct bpf_program *prog;
	struct ring_buffer *rb;
	int err;

	if (!obj)
		return fail(OBJECT, errno);
	prog = bpf_object__find_program_by_name(obj, "meta");
	bpf_program__set_ifindex(prog, ifindex);
	bpf_program__set_flags(prog, BPF_F_XDP_DEV_BOUND_ONLY);
	err = bpf_object__load(obj);
	if (err)
		return fail("load", err);
	err = bpf_xdp_attach(ifindex, bpf_program__fd(prog), XDP_FLAGS_DRV_MODE, NULL);
	if (err)
		return fail("attach", err);
	rb = ring_buffer__new(bpf_object__find_map_fd_by_name(obj, "frames"), print_frame, NULL,
			      NULL);
	if (!rb)
		return fail("ring buffer", errno);
	puts("ready");
	fflush(stdout);
	while (!stop)
		ring_buffer__poll(rb, 100);
	bpf_xdp_detach(ifindex, XDP_FLAGS_DRV_MODE, NULL);
	return 0;
}

static struct xsk_ring_prod fill, tx;
static struct xsk_ring_cons comp, rx;
static struct xsk_socket *sock;
static unsigned char *area;

static int open_socket(const char *ifname)
{
	LIBBPF_OPTS(xsk_umem_opts, u, .size = CHUNKS * CHUNK, .fill_size = CHUNKS,
		    .comp_size = CHUNKS, .frame_size = CHUNK, .flags = XDP_UMEM_TX_METADATA_LEN,
		    .tx_metadata_len = META);
	struct xsk_socket_config c = {
		.rx_size = CHUNKS,
		.tx_size = CHUNKS,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_ZEROCOPY | XDP_USE_NEED_WAKEUP,
	};
	struct xsk_umem *umem;
	int err;

	area = mmap(NULL, CHUNKS * CHUNK, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	umem = xsk_umem__create_opts(area, &fill, &comp, &u);
	if (!umem)
		return fail("umem", errno);
	err = xsk_socket__create(&sock, ifname, 0, umem, &rx, &tx, &c);
	return err ? fail("socket", err) : 0;
}

/* A PTP event message over Ethernet, marked @mark, asking for its time. */
static void put_frame(uint32_t at, unsigned int mark, unsigned int type)
{
	struct xsk_tx_metadata meta = { .flags = XDP_TXMD_FLAGS_TIMESTAMP };
	uint64_t addr = (uint64_t)mark * CHUNK + META;
	struct xdp_desc *d = xsk_ring_prod__tx_desc(&tx, at);
	unsigned char *p = area + addr;

	memset(p, 0, 60);
	memset(p, 0xff, 6);
	p[6] = 2;
	p[12] = 0x88;
	p[13] = 0xf7;
	p[14] = type;
	p[15] = 2;
	p[59] = mark;
	memset(&meta.completion, 0x5a, sizeof(meta.completion));
	memcpy(p - META, &meta, sizeof(meta));
	d->addr = addr;
	d->len = 60;
	d->options = XDP_TX_METADATA;
}

/* Prints the times of @n frames when they are completed. */
static int collect(unsigned int n)
{
	time_t end = time(NULL) + 20;
	uint32_t at = 0;

	while (n) {
		sendto(xsk_socket__fd(sock), NULL, 0, MSG_DONTWAIT, NULL, 0);
		if (!xsk_ring_cons__peek(&comp, 1, &at)) {
			if (time(NULL) > end)
				return fail("not completed", ETIMEDOUT);
			continue;
		}
		uint64_t addr = *xsk_ring_cons__comp_addr(&comp, at);
		struct xsk_tx_metadata *meta = (void *)(area + addr - META);

		printf("sent %u at %llu\n", (unsigned int)(addr / CHUNK),
		       (unsigned long long)meta->completion.tx_timestamp);
		xsk_ring_cons__release(&comp, 1);
		n--;
	}
	return 0;
}

static long long size_of(const char *file)
{
	struct stat st;

	return stat(file, &st) ? -1 : (long long)st.st_size;
}

/* The receiver has one stamp, which it must take before the next. */
static int received(const char *file, long long before)
{
	time_t end = time(NULL) + 20;

	while (size_of(file) == before) {
		if (time(NULL) > end)
			return fail("not received", ETIMEDOUT);
		usleep(10000);
	}
	return 0;
}

static int transmit(const char *ifname, int n, unsigned int type, const char *told)
{
	unsigned int i, num = abs(n);
	long long before = 0;
	uint32_t at = 0;

	if (!num || num > CHUNKS || open_socket(ifname))
		return 1;
	for (i = 0; i < num; i++) {
		xsk_ring_prod__reserve(&tx, 1, &at);
		put_frame(at, i, type);
		if (n < 0)
			continue;
		if (told)
			before = size_of(told);
		xsk_ring_prod__submit(&tx, 1);
		if (collect(1) || (told && received(told, before)))
			return 1;
	}
	if (n > 0)
		return 0;
	xsk_ring_prod__submit(&tx, num);
	return collect(num);
}

int main(int argc, char **argv)
{
	unsigned int ifindex;

	if (argc < 3)
		return 2;
	ifindex = if_nametoindex(argv[2]);
	if (!ifindex)
		return fail(argv[2], errno);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	if (!strcmp(argv[1], "rx"))
		return receive(ifindex);
	if (argc != 5 && argc != 6)
		return 2;
	return transmit(argv[2], atoi(argv[3]), atoi(argv[4]), argv[5]);
}
