// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See attached.h. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <string.h>
#include <unistd.h>

#include "attached.h"

void attached_read(struct attached *attached, const struct port *port)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	int fd;

	memset(attached, 0, sizeof(*attached));
	if (bpf_xdp_query((int)port->ifindex, 0, &query) || !query.prog_id)
		return;
	attached->id = query.prog_id;
	attached->mode = query.attach_mode == XDP_ATTACHED_SKB ? "generic" :
			 query.attach_mode == XDP_ATTACHED_HW ? "offloaded" :
			 "native";
	fd = bpf_prog_get_fd_by_id(attached->id);
	if (fd < 0)
		return;
	if (!bpf_prog_get_info_by_fd(fd, &info, &len))
		memcpy(attached->name, info.name, sizeof(attached->name) - 1);
	close(fd);
}
