// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See diag.h. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "array.h"
#include "diag.h"

struct found {
	struct xsk_info *out;
	unsigned int n;
	uint32_t ifindex;
};

static int on_attr(const struct nlattr *attr, void *data)
{
	struct xsk_info *x = data;

	if (mnl_attr_get_type(attr) == XDP_DIAG_INFO) {
		const struct xdp_diag_info *info = mnl_attr_get_payload(attr);

		x->ifindex = info->ifindex;
		x->queue = info->queue_id;
	} else if (mnl_attr_get_type(attr) == XDP_DIAG_UMEM) {
		const struct xdp_diag_umem *umem = mnl_attr_get_payload(attr);

		x->chunk = umem->chunk_size;
		x->zerocopy = umem->flags & XDP_DU_F_ZEROCOPY;
	}
	return MNL_CB_OK;
}

static int on_socket(const struct nlmsghdr *nlh, void *data)
{
	const struct xdp_diag_msg *msg = mnl_nlmsg_get_payload(nlh);
	struct found *f = data;
	struct xsk_info x = { .ino = msg->xdiag_ino };

	mnl_attr_parse(nlh, sizeof(*msg), on_attr, &x);
	if (x.ifindex != f->ifindex)
		return MNL_CB_OK;
	f->out = array_grow(f->out, f->n, sizeof(x));
	f->out[f->n++] = x;
	return MNL_CB_OK;
}

static int dump(struct mnl_socket *sock, struct found *f)
{
	char buf[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct xdp_diag_req *req;
	ssize_t len;
	int rc;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = 1;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = AF_XDP;
	req->xdiag_show = XDP_SHOW_INFO | XDP_SHOW_UMEM;
	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(sock, buf, sizeof(buf));
		if (len < 0)
			return -errno;
		rc = mnl_cb_run(buf, (size_t)len, 1,
				mnl_socket_get_portid(sock), on_socket, f);
	} while (rc > MNL_CB_STOP);
	return rc < 0 ? -errno : 0;
}

static void read_comm(struct xsk_info *x)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", x->pid);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(x->comm, sizeof(x->comm), f))
		x->comm[strcspn(x->comm, "\n")] = '\0';
	fclose(f);
}

static void match_fd(const struct found *f, const char *target, int pid)
{
	unsigned int i;
	uint32_t ino;

	if (!f->out || sscanf(target, "socket:[%u]", &ino) != 1)
		return;
	for (i = 0; i < f->n; i++) {
		if (f->out[i].ino != ino || f->out[i].pid)
			continue;
		f->out[i].pid = pid;
		read_comm(&f->out[i]);
	}
}

static void search_process(const struct found *f, int pid)
{
	char path[64], target[64];
	struct dirent *e;
	ssize_t len;
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	fd = dirfd(dir);
	while (fd >= 0 && (e = readdir(dir))) {
		len = readlinkat(fd, e->d_name, target, sizeof(target) - 1);
		if (len > 0) {
			target[len] = '\0';
			match_fd(f, target, pid);
		}
	}
	closedir(dir);
}

static void find_owners(const struct found *f)
{
	struct dirent *e;
	DIR *dir = f->n ? opendir("/proc") : NULL;

	if (!dir)
		return;
	while ((e = readdir(dir)))
		if (isdigit((unsigned char)e->d_name[0]))
			search_process(f, atoi(e->d_name));
	closedir(dir);
}

int xsk_list(const struct port *port, struct xsk_info **out)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_SOCK_DIAG,
						   SOCK_CLOEXEC);
	struct found f = { .ifindex = port->ifindex };
	int err;

	*out = NULL;
	if (!sock)
		return -errno;
	err = mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno :
	      dump(sock, &f);
	mnl_socket_close(sock);
	*out = f.out;
	return err ? err : (int)f.n;
}

int xsk_diag(const struct port *port, struct xsk_info **out)
{
	int n = xsk_list(port, out);
	struct found f = { .out = *out, .n = n > 0 ? (unsigned int)n : 0 };

	find_owners(&f);
	return n;
}
