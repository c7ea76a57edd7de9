// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* tandem doctor: what can be wrong with the device. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "doctor.h"
#include "netlink.h"
#include "pci.h"
#include "probe.h"
#include "state.h"
#include "tandem.h"

/* What the kernel and the device need of a chunk besides the frame's MTU. */
#define CHUNK_RESERVE 256
#define FRAME_OVERHEAD 26

static void check_driver(struct doctor *d)
{
	const struct port *p = &d->port;

	d->is_82576 = pci_is_82576(p->bus);
	if (!p->driver[0])
		found(d, SEV_INFO, "driver", "%s has no driver that tells its "
		      "name", p->name);
	else
		found(d, SEV_OK, "driver", "%s%s%s", p->driver,
		      p->bus[0] ? " at " : "", p->bus);
}

/* Our driver can do it if the device is its; else @option does without. */
static void fix_driver(struct doctor *d, const char *option)
{
	if (d->is_82576 && strcmp(d->port.driver, "tandem"))
		fix(d, "tandem bind %s", d->port.bus);
	else
		fix(d, "tandem bench rxdrop %s %s", d->port.name, option);
}

static void no_zerocopy(struct doctor *d)
{
	found(d, SEV_ERROR, "zero-copy", "driver %s does not offer AF_XDP "
	      "zero-copy on this kernel", port_driver(&d->port));
	fix_driver(d, "--allow-copy");
}

static void no_redirect(struct doctor *d)
{
	found(d, SEV_ERROR, "xdp", "driver %s cannot run programs that "
	      "redirect", port_driver(&d->port));
	fix_driver(d, "--skb");
}

static void check_features(struct doctor *d, uint32_t *segments)
{
	struct netdev_nl *nl = netdev_nl_open();
	uint64_t bits = 0;
	int err = nl ? netdev_nl_features(nl, d->port.ifindex, &bits, segments) :
		  -EOPNOTSUPP;

	netdev_nl_close(nl);
	if (err) {
		found(d, SEV_INFO, "features", "this kernel does not tell what "
		      "a driver can (netdev netlink, Linux 6.7)");
		fix(d, "tandem doctor %s --try", d->port.name);
		return;
	}
	if (bits & NL_XDP_ZEROCOPY)
		found(d, SEV_OK, "zero-copy", "offered%s, %u buffers per frame",
		      bits & NL_XDP_RX_SG ? ", frames of several buffers" : "",
		      *segments ? *segments : 1);
	else
		no_zerocopy(d);
	if (!(bits & NL_XDP_BASIC) || !(bits & NL_XDP_REDIRECT))
		no_redirect(d);
	else if (!(bits & NL_XDP_NDO_XMIT))
		found(d, SEV_INFO, "xdp", "programs run in the driver; frames "
		      "of other devices cannot be redirected to it now");
	else
		found(d, SEV_OK, "xdp", "programs run in the driver, redirect "
		      "in and out");
	if (!(bits & NL_XDP_RX_SG))
		*segments = 1;
}

static void check_mtu(struct doctor *d, uint32_t segments)
{
	unsigned int room = ((d->chunk - CHUNK_RESERVE) & ~127u) -
			    FRAME_OVERHEAD;

	if (d->port.mtu <= room) {
		found(d, SEV_OK, "mtu", "frames of MTU %u fit in chunks of %u "
		      "bytes", d->port.mtu, d->chunk);
	} else if (segments > 1) {
		found(d, SEV_WARN, "mtu", "frames of MTU %u take several chunks "
		      "of %u: sockets need XDP_USE_SG, programs xdp.frags",
		      d->port.mtu, d->chunk);
		fix(d, "ip link set %s mtu %u", d->port.name, room);
	} else {
		found(d, SEV_ERROR, "mtu", "frames of MTU %u do not fit in "
		      "chunks of %u bytes", d->port.mtu, d->chunk);
		fix(d, "ip link set %s mtu %u", d->port.name, room);
	}
}

static void check_link(struct doctor *d)
{
	char carrier[8] = "";

	if (!port_is_up(&d->port)) {
		found(d, SEV_ERROR, "link", "%s is down", d->port.name);
		fix(d, "ip link set %s up", d->port.name);
		return;
	}
	port_sysfs_read(&d->port, "carrier", carrier, sizeof(carrier));
	if (carrier[0] == '1') {
		found(d, SEV_OK, "link", "up");
		return;
	}
	found(d, SEV_WARN, "link", "up, but no carrier: is the other end up? "
	      "if it is, negotiate anew");
	fix(d, "ethtool -r %s", d->port.name);
}

static void check_range(struct doctor *d, uint64_t wanted)
{
	uint64_t all = port_all_queues(&d->port);
	unsigned int n = (unsigned int)__builtin_popcountll(all);

	d->queues = wanted & all;
	if (!(wanted & ~all)) {
		found(d, SEV_OK, "queues", "%u queues with both directions", n);
		return;
	}
	found(d, SEV_ERROR, "queues", "%s has queues 0-%d, not %d",
	      d->port.name, (int)n - 1, 63 - __builtin_clzll(wanted));
	fix(d, "ethtool -L %s combined %d", d->port.name,
	    64 - __builtin_clzll(wanted));
}

static void check_sockets(struct doctor *d)
{
	struct xsk_info *socks;
	int n = xsk_diag(&d->port, &socks), i;
	bool taken = false;

	if (n < 0) {
		found(d, SEV_INFO, "sockets", "this kernel does not list AF_XDP "
		      "sockets: %s", strerror(-n));
		fix(d, "modprobe xsk_diag");
		return;
	}
	for (i = 0; i < n; i++) {
		if (socks[i].queue > 63 || !(d->queues >> socks[i].queue & 1))
			continue;
		taken = true;
		if (!socks[i].pid) {
			found(d, SEV_ERROR, "sockets", "queue %u already has a "
			      "socket, of a process that is not to be seen",
			      socks[i].queue);
			fix(d, "sudo tandem show %s", d->port.name);
			continue;
		}
		found(d, SEV_ERROR, "sockets", "queue %u already has a socket, "
		      "of %s (%d)", socks[i].queue, socks[i].comm,
		      socks[i].pid);
		fix(d, "kill %d", socks[i].pid);
	}
	free(socks);
	if (!taken)
		found(d, SEV_OK, "sockets", "no socket is on the queues asked "
		      "for");
}

static void check_program(struct doctor *d)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);

	if (bpf_xdp_query((int)d->port.ifindex, 0, &query) ||
	    query.attach_mode == XDP_ATTACHED_NONE) {
		found(d, SEV_OK, "program", "none is in the way");
		return;
	}
	if (state_is_paired(&d->port)) {
		found(d, SEV_OK, "program", "program %u of 'tandem pair'",
		      query.prog_id);
	} else if (query.attach_mode == XDP_ATTACHED_SKB) {
		found(d, SEV_ERROR, "program", "program %u runs in the stack, "
		      "which excludes zero-copy", query.prog_id);
		fix(d, "tandem unload %s", d->port.name);
	} else {
		found(d, SEV_WARN, "program", "program %u is attached: only "
		      "what it redirects reaches a socket", query.prog_id);
		fix(d, "tandem unload %s", d->port.name);
	}
}

static void check_offloads(struct doctor *d)
{
	uint32_t flags = 0, gro = 0;

	if (port_ethtool_value(&d->port, ETHTOOL_GFLAGS, &flags) &&
	    (flags & ETH_FLAG_LRO)) {
		found(d, SEV_WARN, "offloads", "LRO merges frames before a "
		      "program sees them; most drivers refuse programs then");
		fix(d, "ethtool -K %s lro off", d->port.name);
	} else if (port_ethtool_value(&d->port, ETHTOOL_GGRO, &gro) && gro) {
		found(d, SEV_OK, "offloads", "no LRO; GRO is on, for frames "
		      "that go to the stack only");
	} else {
		found(d, SEV_OK, "offloads", "no LRO, no GRO");
	}
}

void doctor_device(struct doctor *d, uint64_t wanted)
{
	uint32_t segments = 1;

	check_driver(d);
	check_link(d);
	check_features(d, &segments);
	check_mtu(d, segments);
	check_range(d, wanted);
	check_sockets(d);
	check_program(d);
	check_offloads(d);
}

static void trial_failed(struct doctor *d, int err, const char *why)
{
	found(d, SEV_ERROR, "trial", "%s", why);
	d->finding[d->n - 1].permission = err == TD_PERM;
	if (err == TD_PERM)
		fix(d, "sudo tandem doctor %s --try", d->port.name);
	else if (err == TD_NOTSUP)
		fix_driver(d, "--allow-copy");
	else
		fix(d, "tandem show %s", d->port.name);
}

void doctor_try(struct doctor *d)
{
	char why[200];
	bool zerocopy;
	unsigned int q;
	int err;

	for (q = 0; q < PORT_MAX_QUEUES && !stop_requested; q++) {
		if (!(d->queues >> q & 1))
			continue;
		fail_capture(why, sizeof(why));
		err = probe_queue(&d->port, q, XSK_ZEROCOPY, &zerocopy);
		fail_capture(NULL, 0);
		if (!err)
			found(d, SEV_OK, "trial", "queue %u took a zero-copy "
			      "socket", q);
		else
			trial_failed(d, err, why);
	}
}
