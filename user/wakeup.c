// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The parts of waking that are not on the fast path. */
#include <errno.h>
#include <poll.h>

#include "wakeup.h"

/*
 * EAGAIN: nothing there, or copy mode sent its share and wants another call.
 * EBUSY, ENOBUFS: the driver is at it, or its ring is full. ENETDOWN: the link
 * bounced. All of them pass; anything else is remembered and ends the run.
 */
void wakeup_failed(struct xsk *xsk)
{
	switch (errno) {
	case EAGAIN:
	case EBUSY:
	case ENOBUFS:
	case EINTR:
	case ENETDOWN:
		return;
	default:
		break;
	}
	if (!xsk->error)
		xsk->error = errno;
}

void wakeup_sleep(struct xsk *const *socks, unsigned int n, bool for_tx,
		  int ms)
{
	struct pollfd fds[PORT_MAX_QUEUES];
	unsigned int i;

	if (n > PORT_MAX_QUEUES)
		n = PORT_MAX_QUEUES;
	for (i = 0; i < n; i++) {
		fds[i].fd = socks[i]->fd;
		fds[i].events = for_tx ? POLLOUT : POLLIN;
	}
	socks[0]->syscalls++;
	if (poll(fds, n, ms) < 0)
		wakeup_failed(socks[0]);
}

const char *wakeup_name(enum wakeup_mode mode)
{
	static const char *const names[] = { "irq", "need", "busy" };

	return names[mode];
}
