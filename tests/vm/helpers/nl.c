// SPDX-License-Identifier: GPL-2.0
/*
 * nl: what netdev-genl says of a device, one fact per line.
 *
 *   nl qstats IF   "rx 0 packets 12", also bytes, alloc-fail, hw-drops
 *   nl devstats IF "rx packets 12": the same of the whole device, queues that are
 *                  gone among them; packets and bytes only
 *   nl queues IF   "rx 0 napi 8193"; "xsk" behind it where the kernel says so
 *   nl napis IF    "napi 8193 irq 27"; behind it, where the kernel has them by
 *                  NAPI, "defer N flush N suspend N"
 *   nl set NAPI DEFER FLUSH SUSPEND
 *                  sets these, times in ns
 *   nl threaded NAPI HOW
 *                  who polls it: 0 softirqs, 1 a thread, 2 a thread all the time
 */
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netdev.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* newer than the headers */
#define QUEUE_XSK 7
#define NAPI_DEFER 5
#define NAPI_FLUSH 6
#define NAPI_SUSPEND 7
#define NAPI_THREADED 8
#define NAPI_SET 14

static struct mnl_socket *nl;
static char buf[65536];
static const char *mode;
static unsigned int family, ifindex;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct nlmsghdr *request(unsigned int type, unsigned int cmd, unsigned int flags)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *g;

	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | flags;
	h->nlmsg_seq = time(NULL);
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->cmd = cmd;
	g->version = 1;
	return h;
}

static void talk(struct nlmsghdr *h, mnl_cb_t cb)
{
	unsigned int seq = h->nlmsg_seq;
	int n, rc = 1;

	if (mnl_socket_sendto(nl, h, h->nlmsg_len) < 0)
		die("send");
	while (rc > 0) {
		n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (n < 0)
			die("receive");
		rc = mnl_cb_run(buf, n, seq, mnl_socket_get_portid(nl), cb, NULL);
	}
	if (rc < 0)
		die("netlink");
}

static int on_family(const struct nlmsghdr *h, void *data)
{
	struct nlattr *a;

	(void)data;
	mnl_attr_for_each(a, h, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID)
			family = mnl_attr_get_u16(a);
	return MNL_CB_STOP;
}

static unsigned long long number(const struct nlattr *a)
{
	return mnl_attr_get_payload_len(a) == 8 ? mnl_attr_get_u64(a) : mnl_attr_get_u32(a);
}

static int on_answer(const struct nlmsghdr *h, void *data)
{
	long long v[64];
	const char *dir;
	struct nlattr *a;
	unsigned int t;

	(void)data;
	memset(v, -1, sizeof(v));
	mnl_attr_for_each(a, h, sizeof(struct genlmsghdr)) {
		t = mnl_attr_get_type(a);
		if (t < 64)
			v[t] = mnl_attr_get_payload_len(a) >= 4 ? (long long)number(a) : 0;
	}
	if (!strcmp(mode, "devstats")) {
		if (v[NETDEV_A_QSTATS_IFINDEX] == ifindex)
			printf("rx packets %lld\nrx bytes %lld\ntx packets %lld\ntx bytes %lld\n",
			       v[NETDEV_A_QSTATS_RX_PACKETS], v[NETDEV_A_QSTATS_RX_BYTES],
			       v[NETDEV_A_QSTATS_TX_PACKETS], v[NETDEV_A_QSTATS_TX_BYTES]);
	} else if (!strcmp(mode, "qstats")) {
		static const struct { int attr; const char *name; } s[] = {
			{ NETDEV_A_QSTATS_RX_PACKETS, "packets" },
			{ NETDEV_A_QSTATS_RX_BYTES, "bytes" },
			{ NETDEV_A_QSTATS_TX_PACKETS, "packets" },
			{ NETDEV_A_QSTATS_TX_BYTES, "bytes" },
			{ NETDEV_A_QSTATS_RX_ALLOC_FAIL, "alloc-fail" },
			{ NETDEV_A_QSTATS_RX_HW_DROPS, "hw-drops" },
			{ NETDEV_A_QSTATS_TX_HW_DROP_ERRORS, "hw-drop-errors" },
		};

		if (v[NETDEV_A_QSTATS_IFINDEX] != ifindex)
			return MNL_CB_OK;
		dir = v[NETDEV_A_QSTATS_QUEUE_TYPE] ? "tx" : "rx";
		for (t = 0; t < sizeof(s) / sizeof(s[0]); t++)
			if (v[s[t].attr] >= 0)
				printf("%s %lld %s %lld\n", dir, v[NETDEV_A_QSTATS_QUEUE_ID],
				       s[t].name, v[s[t].attr]);
	} else if (!strcmp(mode, "queues")) {
		dir = v[NETDEV_A_QUEUE_TYPE] ? "tx" : "rx";
		printf("%s %lld napi %lld%s\n", dir, v[NETDEV_A_QUEUE_ID], v[NETDEV_A_QUEUE_NAPI_ID],
		       v[QUEUE_XSK] >= 0 ? " xsk" : "");
	} else {
		printf("napi %lld irq %lld", v[NETDEV_A_NAPI_ID], v[NETDEV_A_NAPI_IRQ]);
		if (v[NAPI_DEFER] >= 0)
			printf(" defer %lld flush %lld suspend %lld", v[NAPI_DEFER], v[NAPI_FLUSH],
			       v[NAPI_SUSPEND]);
		printf("\n");
	}
	return MNL_CB_OK;
}

static void set(char **argv)
{
	struct nlmsghdr *h = request(family, NAPI_SET, NLM_F_ACK);

	mnl_attr_put_u32(h, NETDEV_A_NAPI_ID, atoi(argv[0]));
	mnl_attr_put_u32(h, NAPI_DEFER, atoi(argv[1]));
	mnl_attr_put_u32(h, NAPI_FLUSH, atoi(argv[2]));
	mnl_attr_put_u32(h, NAPI_SUSPEND, atoi(argv[3]));
	talk(h, NULL);
}

int main(int argc, char **argv)
{
	struct nlmsghdr *h;

	if (argc < 3)
		return 2;
	mode = argv[1];
	if (!strcmp(mode, "threaded")) {
		if (argc != 4)
			return 2;
	} else if (strcmp(mode, "set")) {
		ifindex = if_nametoindex(argv[2]);
		if (!ifindex)
			die(argv[2]);
	} else if (argc != 6) {
		return 2;
	}
	nl = mnl_socket_open(NETLINK_GENERIC);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("socket");
	h = request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	mnl_attr_put_strz(h, CTRL_ATTR_FAMILY_NAME, "netdev");
	talk(h, on_family);
	mnl_socket_close(nl);
	nl = mnl_socket_open(NETLINK_GENERIC);
	mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID);

	if (!strcmp(mode, "threaded")) {
		h = request(family, NAPI_SET, NLM_F_ACK);
		mnl_attr_put_u32(h, NETDEV_A_NAPI_ID, atoi(argv[2]));
		mnl_attr_put_u32(h, NAPI_THREADED, atoi(argv[3]));
		talk(h, NULL);
		return 0;
	}
	if (!strcmp(mode, "set")) {
		set(argv + 2);
		return 0;
	}
	if (!strcmp(mode, "qstats") || !strcmp(mode, "devstats")) {
		h = request(family, NETDEV_CMD_QSTATS_GET, NLM_F_DUMP);
		mnl_attr_put_u32(h, NETDEV_A_QSTATS_IFINDEX, ifindex);
		if (mode[0] == 'q')
			mnl_attr_put_u32(h, NETDEV_A_QSTATS_SCOPE, NETDEV_QSTATS_SCOPE_QUEUE);
	} else if (!strcmp(mode, "queues")) {
		h = request(family, NETDEV_CMD_QUEUE_GET, NLM_F_DUMP);
		mnl_attr_put_u32(h, NETDEV_A_QUEUE_IFINDEX, ifindex);
	} else if (!strcmp(mode, "napis")) {
		h = request(family, NETDEV_CMD_NAPI_GET, NLM_F_DUMP);
		mnl_attr_put_u32(h, NETDEV_A_NAPI_IFINDEX, ifindex);
	} else {
		return 2;
	}
	talk(h, on_answer);
	return 0;
}
