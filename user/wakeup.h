/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Waking the kernel: which system call, and when it can be left out.
 *
 *  irq   transmission is started by sendto(), reception by the interrupt
 *  need  a system call only when the ring's flag asks for it
 *  busy  every call runs the queue's NAPI in our own context
 *  suspend  as need, and who has nothing to do waits in an epoll that polls the
 *  queue; as long as it finds work, the interrupt stays suspended
 */
#ifndef TANDEM_WAKEUP_H
#define TANDEM_WAKEUP_H

#include <sys/socket.h>

#include "socket.h"
#include "tandem.h"

/* Sockets that can be waited for at once */
#define WAKEUP_MAX (PORT_MAX_DEVICES * PORT_MAX_QUEUES)

/* The uncommon outcomes of a wakeup: kept out of the loops. */
void wakeup_failed(struct xsk *xsk);

/*
 * The ring was published before, the flag is read after. The kernel does it
 * the other way round (sets the flag, then looks at the ring), so with a full
 * barrier on both sides one of the two always sees the other. A release store
 * is not enough: it lets the load of the flag overtake it.
 */
static inline void wakeup_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void wakeup_tx(struct xsk *xsk)
{
	if (xsk->wakeup == WAKEUP_NEED) {
		wakeup_barrier();
		if (!ring_needs_wakeup(&xsk->tx))
			return;
	}
	xsk->syscalls++;
	if (unlikely(sendto(xsk->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0))
		wakeup_failed(xsk);
}

static inline void wakeup_rx(struct xsk *xsk)
{
	if (xsk->wakeup == WAKEUP_IRQ)
		return;
	if (xsk->wakeup == WAKEUP_NEED) {
		wakeup_barrier();
		if (!ring_needs_wakeup(&xsk->fill))
			return;
	}
	xsk->syscalls++;
	if (unlikely(recvfrom(xsk->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL) < 0))
		wakeup_failed(xsk);
}

/*
 * Nothing moved: sleep in poll() until one of the sockets is readable (or, with
 * @for_tx, writable) or @ms have passed. Counts as a call of the first socket.
 */
void wakeup_sleep(struct xsk *const *socks, unsigned int n, bool for_tx,
		  int ms);

/*
 * An epoll that polls busily for @socks, at most @budget frames at a time: all of
 * one queue, since it follows one NAPI.
 */
int wakeup_epoll(struct xsk *const *socks, unsigned int n, bool for_tx,
		 uint32_t budget, int *epoll);

/* As wakeup_sleep(), in @epoll; true if it found work. */
bool wakeup_wait(int epoll, struct xsk *first, int ms);

const char *wakeup_name(enum wakeup_mode mode);

#endif
