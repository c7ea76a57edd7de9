// SPDX-License-Identifier: GPL-2.0
/*
 * pkt: numbered frames through the network stack (AF_PACKET), for the tests.
 *
 *   pkt send IF -n N ...          send N frames, 32 at a time
 *   pkt recv IF -n N [-d S]       receive N of them; at most S seconds
 *   pkt flow TXIF RXIF -n N ...   send on one, receive on the other, with at
 *                                 most W frames under way, so that nothing
 *                                 but the driver can lose one; TXIF may be
 *                                 RXIF when the other end sends frames back
 *
 *   -n N frames (0: until SIGTERM or -d)  -d S seconds  -s LEN frame without
 *   FCS (60; send takes 14 or more)  -w W window (32)  -f F IPv4/UDP frames of
 *   F flows (0: EtherType 88b5, which no RSS spreads)  -m MAC destination
 *   (broadcast)  -g USECS after 32 frames (500)  -N NS, -M NS network
 *   namespaces of TXIF and RXIF
 *
 * recv and flow print "sent A received B lost C corrupt D reordered E". Exit
 * status 0 if N (flow: all that were sent) came back whole and in order.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"

#define BURST 32

struct end {
	int fd;
	unsigned char mac[6];
};

static uint64_t limit;
static unsigned int size = 60, window = 32, flows, gap = 500;
static double seconds;
static const char *tx_ns, *rx_ns;
static unsigned char dst[6] = { 255, 255, 255, 255, 255, 255 };
static volatile bool stop;

static uint64_t sent, lost;
static uint32_t next[MAX_FLOWS];
static struct check got;

static void die(const char *what)
{
	fprintf(stderr, "pkt: %s: %s\n", what, strerror(errno));
	exit(2);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void on_signal(int sig)
{
	(void)sig;
	stop = true;
}

static struct end end_open(const char *ifname, const char *ns, bool rx)
{
	int one = 1, bytes = 64 << 20, home = open("/proc/self/ns/net", O_RDONLY);
	struct sockaddr_ll addr = { .sll_family = AF_PACKET };
	struct ifreq ifr = {};
	struct end e;
	char path[256];
	int fd;

	if (ns) {
		snprintf(path, sizeof(path), "/run/netns/%s", ns);
		fd = open(path, O_RDONLY);
		if (fd < 0 || setns(fd, CLONE_NEWNET))
			die(path);
		close(fd);
	}
	e.fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (e.fd < 0)
		die("socket");
	strncpy(ifr.ifr_name, ifname, IFNAMSIZ - 1);
	if (ioctl(e.fd, SIOCGIFHWADDR, &ifr))
		die(ifname);
	memcpy(e.mac, ifr.ifr_hwaddr.sa_data, 6);
	addr.sll_ifindex = if_nametoindex(ifname);
	addr.sll_protocol = rx ? htons(flows ? ETH_P_IP : ETH_P_TEST) : 0;
	setsockopt(e.fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	setsockopt(e.fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one));
	if (bind(e.fd, (struct sockaddr *)&addr, sizeof(addr)))
		die("bind");
	if (ns && setns(home, CLONE_NEWNET))
		die("setns");
	close(home);
	return e;
}

static void send_one(const struct end *e)
{
	static unsigned char p[65536];
	unsigned int flow = flows ? sent % flows : 0;

	/* of a short one the front */
	frame_build(p, size < 60 ? 60 : size, dst, e->mac, flows ? (int)flow : -1, next[flow]++);
	while (send(e->fd, p, size, 0) < 0) {
		if (errno != ENOBUFS && errno != EINTR && errno != ENETDOWN && errno != EAGAIN)
			die("send");
		if (stop)
			return;
		usleep(1000);
	}
	sent++;
}

/* Take what is there; wait for it at most @ms. */
static bool receive(const struct end *e, int ms)
{
	static unsigned char p[65536];
	struct pollfd pfd = { .fd = e->fd, .events = POLLIN };
	uint64_t before = got.received;
	ssize_t n;

	if (poll(&pfd, 1, ms) <= 0)
		return false;
	while ((n = recv(e->fd, p, sizeof(p), MSG_DONTWAIT)) > 0)
		frame_check(&got, p, n);
	return got.received != before;
}

static bool more(uint64_t done, double end)
{
	return !stop && (!limit || done < limit) && (!seconds || now() < end);
}

/* Frames that may still come. Those given up may come nevertheless, and others
 * that nobody sent: neither may make it less than none.
 */
static uint64_t under_way(uint64_t given_up)
{
	return sent > got.received + given_up ? sent - got.received - given_up : 0;
}

static void run_flow(const struct end *tx, const struct end *rx, double end)
{
	uint64_t given_up = 0;
	double last = now();

	while (more(sent, end) || (under_way(given_up) && !stop)) {
		while (under_way(given_up) < window && more(sent, end))
			send_one(tx);
		if (receive(rx, 100))
			last = now();
		else if (now() - last > (got.received ? 3 : 20)) {
			given_up = under_way(0);
			fprintf(stderr, "pkt: nothing came for seconds, %llu of %llu frames given up\n",
				(unsigned long long)given_up, (unsigned long long)sent);
			last = now();
			if (!got.received)
				break;
		}
	}
	/* The window is at most what may still be under way. It may take its time,
	 * unless some are known to be lost.
	 */
	while (got.received < sent && receive(rx, given_up ? 1000 : 5000))
		;
	lost = under_way(0);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	struct end tx, rx;
	double end;
	int c;

	while ((c = getopt(argc, argv, "n:d:s:w:f:m:g:N:M:")) > 0)
		switch (c) {
		case 'n': limit = strtoull(optarg, NULL, 0); break;
		case 'd': seconds = atof(optarg); break;
		case 's': size = atoi(optarg); break;
		case 'w': window = atoi(optarg); break;
		case 'f': flows = atoi(optarg); break;
		case 'g': gap = atoi(optarg); break;
		case 'N': tx_ns = optarg; break;
		case 'M': rx_ns = optarg; break;
		case 'm':
			if (sscanf(optarg, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", dst, dst + 1, dst + 2,
				   dst + 3, dst + 4, dst + 5) == 6)
				break;
			/* fall through */
		default:
			return 2;
		}
	argv += optind + 1;
	argc -= optind + 1;
	if (flows > MAX_FLOWS || argc < 1 || size < (!strcmp(mode, "send") ? ETH_HLEN : 60))
		return 2;
	/* not restarted: they end what sleeps */
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	sigaction(SIGINT, &(struct sigaction){ .sa_handler = on_signal }, NULL);

	if (!strcmp(mode, "send")) {
		tx = end_open(argv[0], tx_ns, false);
		end = now() + seconds;
		while (more(sent, end)) {
			send_one(&tx);
			if (!(sent % BURST))
				usleep(gap);
		}
		printf("sent %llu\n", (unsigned long long)sent);
		return 0;
	}
	if (!strcmp(mode, "recv")) {
		rx = end_open(argv[0], rx_ns, true);
		puts("ready");
		fflush(stdout);
		end = now() + seconds;
		while (more(got.received, end))
			receive(&rx, 100);
		sent = limit;
		lost = got.lost;
	} else if (!strcmp(mode, "flow") && argc == 2) {
		tx = end_open(argv[0], tx_ns, false);
		rx = end_open(argv[1], rx_ns, true);
		puts("ready");
		fflush(stdout);
		run_flow(&tx, &rx, now() + seconds);
	} else {
		return 2;
	}
	printf("sent %llu received %llu lost %llu corrupt %llu reordered %llu\n",
	       (unsigned long long)sent, (unsigned long long)got.received, (unsigned long long)lost,
	       (unsigned long long)got.corrupt, (unsigned long long)got.reordered);
	if (!stop && sent < limit)
		return 1;
	return !(got.received && got.received == sent && !lost && !got.corrupt && !got.reordered);
}
