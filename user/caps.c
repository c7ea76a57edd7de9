// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See caps.h. By plain system calls: a library would only wrap these two. */
#include <sys/syscall.h>
#include <unistd.h>

#include "caps.h"

static struct __user_cap_header_struct header = {
	.version = _LINUX_CAPABILITY_VERSION_3,
};

void caps_keep(uint64_t mask)
{
	struct __user_cap_data_struct data[2] = { 0 };
	unsigned int i;

	if (syscall(SYS_capget, &header, data))
		return;
	for (i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(mask >> 32 * i);
		data[i].effective &= data[i].permitted;
		data[i].inheritable &= data[i].permitted;
	}
	/* Nobody is refused having less. */
	syscall(SYS_capset, &header, data);
}

uint64_t caps_effective(void)
{
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &header, data))
		return 0;
	return data[0].effective | (uint64_t)data[1].effective << 32;
}
