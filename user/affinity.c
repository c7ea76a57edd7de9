// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See affinity.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "affinity.h"

static int open_list(int irq, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity_list", irq);
	return open(path, flags | O_CLOEXEC);
}

bool affinity_read(int irq, char *list, unsigned int size)
{
	int fd = open_list(irq, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, list, size);
	close(fd);
	/* a list that was cut off would be another one */
	if (n >= (ssize_t)size)
		errno = E2BIG;
	if (n <= 0 || n >= (ssize_t)size)
		return false;
	list[n] = '\0';
	list[strcspn(list, "\n")] = '\0';
	return true;
}

bool affinity_write(int irq, const char *list)
{
	int fd = open_list(irq, O_WRONLY);
	ssize_t n;

	if (fd < 0)
		return false;
	n = write(fd, list, strlen(list));
	close(fd);
	return n == (ssize_t)strlen(list);
}
