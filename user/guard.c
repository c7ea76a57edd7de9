// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See guard.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "state.h"

/* True when @size bytes came, false at the end. */
static bool read_all(int fd, void *to, size_t size)
{
	char *at = to;
	ssize_t n;

	while (size) {
		n = read(fd, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static void child(int fd)
{
	static struct napi_profile profile[PORT_MAX_DEVICES];
	unsigned int n = 0;

	/* Neither the terminal nor whoever reads our output notices it. */
	setsid();
	prctl(PR_SET_NAME, "tandem-guard");
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	dup2(fd, 0);
	close_range(1, ~0U, 0);
	/* what complains must not write into whatever is opened next */
	open("/dev/null", O_WRONLY | O_CLOEXEC);
	open("/dev/null", O_WRONLY | O_CLOEXEC);
	while (n < PORT_MAX_DEVICES &&
	       read_all(0, &profile[n], sizeof(profile[n])))
		n++;
	/* full: wait for the end */
	read_all(0, &(char){ 0 }, 1);
	while (n)
		state_give_back(&profile[--n]);
	/* neither the parent's output nor its exit handlers are ours */
	_exit(0);
}

void guard_open(struct guard *guard)
{
	int fds[2];

	guard->fd = -1;
	if (pipe2(fds, O_CLOEXEC))
		return;
	guard->pid = fork();
	if (!guard->pid)
		child(fds[0]);
	close(fds[0]);
	if (guard->pid < 0)
		close(fds[1]);
	else
		guard->fd = fds[1];
}

void guard_tell(struct guard *guard, const struct napi_profile *profile)
{
	/* less than a pipe holds, and the child takes one after the other: it is
	 * written whole or not at all
	 */
	_Static_assert(sizeof(*profile) <= 65536, "pipe size");

	if (guard->fd >= 0 &&
	    write(guard->fd, profile, sizeof(*profile)) < 0)
		guard_close(guard);
}

void guard_close(struct guard *guard)
{
	if (guard->fd < 0)
		return;
	kill(guard->pid, SIGKILL);
	close(guard->fd);
	waitpid(guard->pid, NULL, 0);
	guard->fd = -1;
}
