// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See caps.h. By plain system calls: a library would only wrap these two. */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "caps.h"
#include "tandem.h"

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
	/* Nobody is refused having less. Nor gets what root starts it all back. */
	syscall(SYS_capset, &header, data);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

uint64_t caps_effective(void)
{
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t caps;

	if (syscall(SYS_capget, &header, data))
		return 0;
	caps = data[0].effective | (uint64_t)data[1].effective << 32;
	if (caps & CAPS(CAP_SYS_ADMIN))
		caps |= CAPS(CAP_BPF) | CAPS(CAP_PERFMON);
	return caps;
}

uint64_t caps_of_files(void)
{
	return geteuid() ? CAPS(CAP_DAC_OVERRIDE) : 0;
}

int caps_require(uint64_t mask, const char *what)
{
	static const struct {
		uint64_t cap;
		const char *name;
	} known[] = {
		{ CAPS(CAP_NET_ADMIN), "CAP_NET_ADMIN" },
		{ CAPS(CAP_NET_RAW), "CAP_NET_RAW" },
		{ CAPS(CAP_BPF), "CAP_BPF" },
		{ CAPS(CAP_DAC_OVERRIDE), "CAP_DAC_OVERRIDE" },
	};
	uint64_t missing = mask & ~caps_effective();
	char names[80] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (missing & known[i].cap)
			snprintf(names + strlen(names),
				 sizeof(names) - strlen(names), "%s%s",
				 names[0] ? ", " : "", known[i].name);
	if (!missing)
		return 0;
	return fail(TD_PERM, "%s needs %s, which this process has not; run it "
		    "with sudo", what, names);
}
