/* SPDX-License-Identifier: GPL-2.0 */
/* What meta_pass of verdict.bpf.c says of a frame in front of it. */
#ifndef CARRIED_H
#define CARRIED_H

#define CARRIED_MAGIC 0x7a9de3

struct carried {
	__u32 magic;
	__u32 len;
};

#endif
