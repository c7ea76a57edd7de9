/* SPDX-License-Identifier: GPL-2.0 */
/* What the helpers that open AF_XDP sockets have in common. */
#ifndef SOCK_H
#define SOCK_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <xdp/xsk.h>

#include "frame.h"
#include "redirect.h"

#define QUEUES 64

static inline void die(const char *what, int err)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
		strerror(err < 0 ? -err : err));
	exit(1);
}

static inline double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static inline int make_map(void)
{
	return bpf_map_create(BPF_MAP_TYPE_XSKMAP, "xsks", 4, 4, QUEUES, NULL);
}

/* Load the program and attach it to the driver. */
static inline void attach(const char *ifname, const struct bpf_insn *insns, size_t n)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_XDP_HAS_FRAGS);
	int fd, err;

	fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "xsks", "GPL", insns, n, &opts);
	if (fd < 0)
		die("program", fd);
	err = bpf_xdp_attach(if_nametoindex(ifname), fd, XDP_FLAGS_DRV_MODE, NULL);
	if (err)
		die("attach", err);
	close(fd);
}

/* return bpf_redirect_map(&map, ctx->rx_queue_index, XDP_PASS) */
static inline void attach_by_queue(const char *ifname, int map_fd)
{
	const struct bpf_insn insns[] = {
		LOAD_QUEUE,
		REDIRECT_TO(map_fd),
	};

	attach(ifname, insns, sizeof(insns) / sizeof(*insns));
}

static inline void detach(const char *ifname)
{
	bpf_xdp_detach(if_nametoindex(ifname), XDP_FLAGS_DRV_MODE, NULL);
}

static inline void say_mode(const struct xsk_socket *sock)
{
	struct xdp_options opts = {};
	socklen_t len = sizeof(opts);

	if (getsockopt(xsk_socket__fd(sock), SOL_XDP, XDP_OPTIONS, &opts, &len))
		die("options", errno);
	printf("bound %s\n", opts.flags & XDP_OPTIONS_ZEROCOPY ? "zero-copy" : "copy");
	fflush(stdout);
}

/* What came and what was lost, then what the kernel counted for @n sockets. */
static inline void print_result(uint64_t sent, const struct check *got,
				struct xsk_socket *const *sock, unsigned int n)
{
	struct xdp_statistics sum = {}, s;
	unsigned int i;
	socklen_t len;

	for (i = 0; i < n; i++) {
		len = sizeof(s);
		if (getsockopt(xsk_socket__fd(sock[i]), SOL_XDP, XDP_STATISTICS, &s, &len))
			die("statistics", errno);
		sum.rx_dropped += s.rx_dropped;
		sum.rx_ring_full += s.rx_ring_full;
		sum.rx_fill_ring_empty_descs += s.rx_fill_ring_empty_descs;
		sum.rx_invalid_descs += s.rx_invalid_descs;
		sum.tx_invalid_descs += s.tx_invalid_descs;
	}
	printf("sent %llu received %llu lost %llu corrupt %llu reordered %llu\n",
	       (unsigned long long)sent, (unsigned long long)got->received,
	       (unsigned long long)got->lost, (unsigned long long)got->corrupt,
	       (unsigned long long)got->reordered);
	printf("rx_dropped %llu rx_ring_full %llu fill_empty %llu rx_invalid %llu tx_invalid %llu\n",
	       (unsigned long long)sum.rx_dropped, (unsigned long long)sum.rx_ring_full,
	       (unsigned long long)sum.rx_fill_ring_empty_descs,
	       (unsigned long long)sum.rx_invalid_descs, (unsigned long long)sum.tx_invalid_descs);
}

#endif
