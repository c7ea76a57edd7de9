// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Allocates the frames' memory and registers it. */
#include <errno.h>
#include <linux/if_xdp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "tandem.h"
#include "umem.h"

int umem_create(struct umem *umem, uint32_t chunks, uint32_t chunk,
		uint32_t headroom)
{
	void *area;

	memset(umem, 0, sizeof(*umem));
	umem->owner_fd = -1;
	umem->bytes = (size_t)chunks * chunk;
	/* MAP_POPULATE: no page fault is to happen while we measure. */
	area = mmap(NULL, umem->bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (area == MAP_FAILED)
		return fail(TD_FAIL, "no %zu KiB of memory for %u frames: %s; "
			    "a smaller --ring or fewer queues need less",
			    umem->bytes >> 10, chunks, strerror(errno));
	umem->area = area;
	umem->chunk = chunk;
	umem->headroom = headroom;
	umem->chunks = chunks;
	return 0;
}

void umem_destroy(struct umem *umem)
{
	if (umem->area)
		munmap(umem->area, umem->bytes);
	umem->area = NULL;
}

int umem_register(struct umem *umem, int fd)
{
	struct xdp_umem_reg reg = {
		.addr = (uintptr_t)umem->area,
		.len = umem->bytes,
		.chunk_size = umem->chunk,
		.headroom = umem->headroom,
	};

	if (setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg))) {
		if (errno == ENOBUFS || errno == ENOMEM)
			return fail(TD_PERM, "%zu KiB of frames are more than "
				    "the locked-memory limit allows: 'ulimit "
				    "-l unlimited', or CAP_IPC_LOCK",
				    umem->bytes >> 10);
		return fail(TD_FAIL, "the kernel refuses %u frames of %u bytes "
			    "with %u bytes of headroom: %s", umem->chunks,
			    umem->chunk, umem->headroom, strerror(errno));
	}
	umem->owner_fd = fd;
	return 0;
}
