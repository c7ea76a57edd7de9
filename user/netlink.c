// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Netlink over libmnl, most of it generic. The numbers of "netdev" are written
 * out here, because the distribution's headers are of an older kernel than the
 * one that may be running; they are kernel ABI.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/devlink.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "netlink.h"

enum {
	CMD_DEV_GET = 1,
	CMD_QUEUE_GET = 10,
	CMD_NAPI_GET = 11,
	CMD_NAPI_SET = 14,

	DEV_IFINDEX = 1,
	DEV_XDP_FEATURES = 3,
	DEV_XDP_ZC_MAX_SEGS = 4,

	NAPI_IFINDEX = 1,
	NAPI_ID = 2,
	NAPI_IRQ = 3,
	NAPI_DEFER_HARD_IRQS = 5,
	NAPI_GRO_FLUSH_TIMEOUT = 6,
	NAPI_IRQ_SUSPEND_TIMEOUT = 7,

	QUEUE_ID = 1,
	QUEUE_IFINDEX = 2,
	QUEUE_TYPE = 3,
	QUEUE_NAPI_ID = 4,
	QUEUE_XSK = 7,
	QUEUE_TYPE_TX = 1,

	ATTR_MAX = 32,
};

struct netdev_nl {
	struct mnl_socket *sock;
	unsigned int portid;
	unsigned int seq;
	uint16_t family;
	char buf[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
};

static struct nlmsghdr *message(struct netdev_nl *nl, uint16_t type,
				uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	nlh->nlmsg_seq = ++nl->seq;
	return nlh;
}

static struct nlmsghdr *request(struct netdev_nl *nl, uint16_t family,
				uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr *nlh = message(nl, family, flags);
	struct genlmsghdr *genl;

	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

/* Sends @nlh and feeds every answer to @cb; 0 or -errno. */
static int talk(struct netdev_nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb,
		void *data)
{
	ssize_t n;
	int ret;

	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(nl->sock, nl->buf, sizeof(nl->buf));
		if (n < 0)
			return -errno;
		ret = mnl_cb_run(nl->buf, (size_t)n, nl->seq, nl->portid, cb,
				 data);
		if (ret < 0)
			return -errno;
	} while (ret > MNL_CB_STOP);
	return 0;
}

static int collect_attr(const struct nlattr *attr, void *data)
{
	const struct nlattr **table = data;

	if (mnl_attr_get_type(attr) < ATTR_MAX)
		table[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

/* @header: bytes before the attributes */
static void collect_behind(const struct nlmsghdr *nlh, unsigned int header,
			   const struct nlattr **table)
{
	memset(table, 0, ATTR_MAX * sizeof(*table));
	mnl_attr_parse(nlh, header, collect_attr, table);
}

static void collect(const struct nlmsghdr *nlh, const struct nlattr **table)
{
	collect_behind(nlh, sizeof(struct genlmsghdr), table);
}

/* The kernel's "uint" attributes are 4 or 8 bytes long, as needed. */
static uint64_t attr_uint(const struct nlattr *attr)
{
	if (!attr)
		return 0;
	return mnl_attr_get_payload_len(attr) == sizeof(uint64_t) ?
	       mnl_attr_get_u64(attr) : mnl_attr_get_u32(attr);
}

static int on_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[ATTR_MAX];

	collect(nlh, tb);
	if (tb[CTRL_ATTR_FAMILY_ID])
		*(uint16_t *)data = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	return MNL_CB_OK;
}

static struct netdev_nl *open_bus(int bus)
{
	struct netdev_nl *nl = calloc(1, sizeof(*nl));

	if (!nl)
		return NULL;
	nl->seq = (unsigned int)time(NULL);
	nl->sock = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		netdev_nl_close(nl);
		return NULL;
	}
	nl->portid = mnl_socket_get_portid(nl->sock);
	return nl;
}

static struct netdev_nl *open_family(const char *name)
{
	struct netdev_nl *nl = open_bus(NETLINK_GENERIC);
	struct nlmsghdr *nlh;

	if (!nl)
		return NULL;
	nlh = request(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
	if (!talk(nl, nlh, on_family, &nl->family) && nl->family)
		return nl;
	netdev_nl_close(nl);
	return NULL;
}

struct netdev_nl *netdev_nl_open(void)
{
	return open_family("netdev");
}

void netdev_nl_close(struct netdev_nl *nl)
{
	if (!nl)
		return;
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl);
}

struct list {
	void *out;
	unsigned int n, max;
};

static int on_napi(const struct nlmsghdr *nlh, void *data)
{
	struct list *list = data;
	struct nl_napi *napi = (struct nl_napi *)list->out + list->n;
	const struct nlattr *tb[ATTR_MAX];

	collect(nlh, tb);
	if (list->n == list->max || !tb[NAPI_ID])
		return MNL_CB_OK;
	memset(napi, 0, sizeof(*napi));
	napi->id = mnl_attr_get_u32(tb[NAPI_ID]);
	napi->irq = (uint32_t)attr_uint(tb[NAPI_IRQ]);
	napi->has_settings = tb[NAPI_DEFER_HARD_IRQS];
	napi->has_suspend = tb[NAPI_IRQ_SUSPEND_TIMEOUT];
	napi->defer_hard_irqs = (uint32_t)attr_uint(tb[NAPI_DEFER_HARD_IRQS]);
	napi->gro_flush_timeout = attr_uint(tb[NAPI_GRO_FLUSH_TIMEOUT]);
	napi->irq_suspend_timeout = attr_uint(tb[NAPI_IRQ_SUSPEND_TIMEOUT]);
	list->n++;
	return MNL_CB_OK;
}

static int on_queue(const struct nlmsghdr *nlh, void *data)
{
	struct list *list = data;
	struct nl_queue *queue = (struct nl_queue *)list->out + list->n;
	const struct nlattr *tb[ATTR_MAX];

	collect(nlh, tb);
	if (list->n == list->max || !tb[QUEUE_ID])
		return MNL_CB_OK;
	memset(queue, 0, sizeof(*queue));
	queue->id = mnl_attr_get_u32(tb[QUEUE_ID]);
	queue->is_tx = attr_uint(tb[QUEUE_TYPE]) == QUEUE_TYPE_TX;
	queue->napi_id = (uint32_t)attr_uint(tb[QUEUE_NAPI_ID]);
	queue->has_xsk = tb[QUEUE_XSK];
	list->n++;
	return MNL_CB_OK;
}

int netdev_nl_napis(struct netdev_nl *nl, unsigned int ifindex,
		    struct nl_napi *out, unsigned int max)
{
	struct list list = { .out = out, .max = max };
	struct nlmsghdr *nlh = request(nl, nl->family, CMD_NAPI_GET, NLM_F_DUMP);
	int err;

	mnl_attr_put_u32(nlh, NAPI_IFINDEX, ifindex);
	err = talk(nl, nlh, on_napi, &list);
	return err ? err : (int)list.n;
}

int netdev_nl_queues(struct netdev_nl *nl, unsigned int ifindex,
		     struct nl_queue *out, unsigned int max)
{
	struct list list = { .out = out, .max = max };
	struct nlmsghdr *nlh = request(nl, nl->family, CMD_QUEUE_GET,
				       NLM_F_DUMP);
	int err;

	mnl_attr_put_u32(nlh, QUEUE_IFINDEX, ifindex);
	err = talk(nl, nlh, on_queue, &list);
	return err ? err : (int)list.n;
}

static void put_uint(struct nlmsghdr *nlh, uint16_t type, uint64_t value)
{
	if (value > UINT32_MAX)
		mnl_attr_put_u64(nlh, type, value);
	else
		mnl_attr_put_u32(nlh, type, (uint32_t)value);
}

int netdev_nl_napi_set(struct netdev_nl *nl, const struct nl_napi *napi)
{
	struct nlmsghdr *nlh = request(nl, nl->family, CMD_NAPI_SET, NLM_F_ACK);

	mnl_attr_put_u32(nlh, NAPI_ID, napi->id);
	mnl_attr_put_u32(nlh, NAPI_DEFER_HARD_IRQS, napi->defer_hard_irqs);
	put_uint(nlh, NAPI_GRO_FLUSH_TIMEOUT, napi->gro_flush_timeout);
	if (napi->has_suspend)
		put_uint(nlh, NAPI_IRQ_SUSPEND_TIMEOUT,
			 napi->irq_suspend_timeout);
	return talk(nl, nlh, NULL, NULL);
}

struct features {
	uint64_t bits;
	uint32_t zc_max_segs;
};

static int on_features(const struct nlmsghdr *nlh, void *data)
{
	struct features *features = data;
	const struct nlattr *tb[ATTR_MAX];

	collect(nlh, tb);
	features->bits = attr_uint(tb[DEV_XDP_FEATURES]);
	features->zc_max_segs = (uint32_t)attr_uint(tb[DEV_XDP_ZC_MAX_SEGS]);
	return MNL_CB_OK;
}

int netdev_nl_features(struct netdev_nl *nl, unsigned int ifindex,
		       uint64_t *bits, uint32_t *zc_max_segs)
{
	struct features features = { 0 };
	struct nlmsghdr *nlh = request(nl, nl->family, CMD_DEV_GET, NLM_F_ACK);
	int err;

	mnl_attr_put_u32(nlh, DEV_IFINDEX, ifindex);
	err = talk(nl, nlh, on_features, &features);
	if (err)
		return err;
	*bits = features.bits;
	*zc_max_segs = features.zc_max_segs;
	return 0;
}

struct diagnosis {
	void (*fn)(const char *name, const void *value, unsigned int len,
		   void *data);
	void *data;
	char text[64];		/* name of the value that follows */
};

static int on_diagnosis_attr(const struct nlattr *attr, void *data)
{
	struct diagnosis *d = data;

	switch (mnl_attr_get_type(attr)) {
	case DEVLINK_ATTR_FMSG_OBJ_NAME:
		/* the value may be in the next message, this one gone by then */
		snprintf(d->text, sizeof(d->text), "%s",
			 mnl_attr_get_str(attr));
		break;
	case DEVLINK_ATTR_FMSG_OBJ_VALUE_DATA:
		d->fn(d->text, mnl_attr_get_payload(attr),
		      mnl_attr_get_payload_len(attr), d->data);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

static int on_diagnosis(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == DEVLINK_ATTR_FMSG)
			mnl_attr_parse_nested(attr, on_diagnosis_attr, data);
	return MNL_CB_OK;
}

int devlink_diagnose(const char *pci, const char *reporter,
		     void (*fn)(const char *name, const void *value,
				unsigned int len, void *data), void *data)
{
	struct diagnosis d = { .fn = fn, .data = data };
	struct netdev_nl *nl = open_family("devlink");
	struct nlmsghdr *nlh;
	int err;

	if (!nl)
		return -EOPNOTSUPP;
	nlh = request(nl, nl->family, DEVLINK_CMD_HEALTH_REPORTER_DIAGNOSE, 0);
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_BUS_NAME, "pci");
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_DEV_NAME, pci);
	mnl_attr_put_strz(nlh, DEVLINK_ATTR_HEALTH_REPORTER_NAME, reporter);
	err = talk(nl, nlh, on_diagnosis, &d);
	netdev_nl_close(nl);
	return err;
}

struct routes {
	void (*fn)(unsigned int ifindex, void *data);
	void *data;
};

/* Each way of a route that has several. */
static void every_hop(const struct nlattr *attr, const struct routes *routes)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(attr);
	int left = mnl_attr_get_payload_len(attr);

	while (RTNH_OK(hop, left)) {
		routes->fn((unsigned int)hop->rtnh_ifindex, routes->data);
		left -= (int)RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
}

static int on_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct routes *routes = data;
	const struct nlattr *tb[ATTR_MAX];

	/* one that rejects goes nowhere */
	if (nlh->nlmsg_type != RTM_NEWROUTE || rtm->rtm_dst_len ||
	    rtm->rtm_type != RTN_UNICAST)
		return MNL_CB_OK;
	collect_behind(nlh, sizeof(*rtm), tb);
	if (tb[RTA_OIF])
		routes->fn(mnl_attr_get_u32(tb[RTA_OIF]), routes->data);
	if (tb[RTA_MULTIPATH])
		every_hop(tb[RTA_MULTIPATH], routes);
	/* with net.ipv4.nexthop_compat_mode=0 nexthop objects are not told */
	if (!tb[RTA_OIF] && !tb[RTA_MULTIPATH]) {
		errno = ENODATA;
		return MNL_CB_ERROR;
	}
	return MNL_CB_OK;
}

int netlink_default_routes(void (*fn)(unsigned int ifindex, void *data),
			   void *data)
{
	static const unsigned char families[] = { AF_INET, AF_INET6 };
	struct routes routes = { .fn = fn, .data = data };
	struct netdev_nl *nl = open_bus(NETLINK_ROUTE);
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;
	int err = 0;
	size_t i;

	if (!nl)
		return -errno;
	for (i = 0; i < sizeof(families) && !err; i++) {
		nlh = message(nl, RTM_GETROUTE, NLM_F_DUMP);
		rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
		rtm->rtm_family = families[i];
		err = talk(nl, nlh, on_route, &routes);
	}
	netdev_nl_close(nl);
	return err;
}
