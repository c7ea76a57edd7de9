// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The parts of waking that are not on the fast path. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include "wakeup.h"

/*
 * How long the epoll polls before it goes to sleep and interrupts come back: longer
 * than the sender at the other end of the cable stays away on a slow machine.
 */
#define EPOLL_BUSY_USECS 20000

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
	struct pollfd fds[WAKEUP_MAX];
	unsigned int i;

	if (n > WAKEUP_MAX)
		n = WAKEUP_MAX;
	for (i = 0; i < n; i++) {
		fds[i].fd = socks[i]->fd;
		fds[i].events = for_tx ? POLLOUT : POLLIN;
	}
	socks[0]->syscalls++;
	if (poll(fds, n, ms) < 0)
		wakeup_failed(socks[0]);
}

int wakeup_epoll(struct xsk *const *socks, unsigned int n, bool for_tx,
		 uint32_t budget, int *epoll)
{
	struct epoll_params params = {
		.busy_poll_usecs = EPOLL_BUSY_USECS,
		.busy_poll_budget = (uint16_t)budget,
		.prefer_busy_poll = 1,
	};
	struct epoll_event event = { .events = for_tx ? EPOLLOUT : EPOLLIN };
	unsigned int i;
	int err;

	*epoll = epoll_create1(EPOLL_CLOEXEC);
	err = *epoll < 0 || ioctl(*epoll, EPIOCSPARAMS, &params);
	for (i = 0; i < n && !err; i++)
		err = epoll_ctl(*epoll, EPOLL_CTL_ADD, socks[i]->fd, &event);
	if (!err)
		return 0;
	if (errno == EPERM)
		return fail(TD_PERM, "an epoll that polls %u frames at a time "
			    "needs CAP_NET_ADMIN; 64 need nothing", budget);
	return fail(TD_FAIL, "cannot make an epoll that polls: %s",
		    strerror(errno));
}

bool wakeup_wait(int epoll, struct xsk *first, int ms)
{
	struct epoll_event events[PORT_MAX_QUEUES];
	int n = epoll_wait(epoll, events, PORT_MAX_QUEUES, ms);

	first->syscalls++;
	if (n < 0)
		wakeup_failed(first);
	return n > 0;
}

const char *wakeup_name(enum wakeup_mode mode)
{
	static const char *const names[] = { "irq", "need", "busy",
					     "suspend" };

	return names[mode];
}
