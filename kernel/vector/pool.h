/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The vector pool: which interrupt entries of one function are free.
 *
 * An entry is a slot of the MSI-X table, an MSI message or the INTx line. The
 * pool only keeps the books. It touches no device and maps nothing to a virq:
 * irq.c does that with the entries it gets here.
 */
#ifndef TANDEM_VECTOR_POOL_H
#define TANDEM_VECTOR_POOL_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include "shim.h"
#endif

/* The most that one function can have of each type, as PCI says. */
#define TANDEM_POOL_MSIX_MAX	2048
#define TANDEM_POOL_MSI_MAX	32
#define TANDEM_POOL_INTX_MAX	1

/*
 * The 82576 has 25 interrupt causes and the VFs take theirs from the top,
 * three each: VF n owns causes 22 - 3n to 24 - 3n. Entry i of the PF raises
 * cause i, so n VFs leave the PF the entries below 25 - 3n.
 */
#define TANDEM_POOL_CAUSES	25
#define TANDEM_POOL_VF_CAUSES	3
#define TANDEM_POOL_VFS_MAX	8

/* A request's first index when any entry will do. */
#define TANDEM_POOL_ANY		(-1)

/* Entries past the static range exist and are mapped one at a time. */
#define TANDEM_POOL_DYNAMIC	0x1

/**
 * enum tandem_pool_type - kinds of interrupt
 * @TANDEM_POOL_INTX: the fixed interrupt line
 * @TANDEM_POOL_MSI: MSI messages
 * @TANDEM_POOL_MSIX: MSI-X table entries
 *
 * Zero is no type, so that a pool that is all zeroes hands out nothing.
 */
enum tandem_pool_type {
	TANDEM_POOL_INTX = 1,
	TANDEM_POOL_MSI,
	TANDEM_POOL_MSIX,
};

/**
 * enum tandem_pool_behaviour - what to do when there is less than asked for
 * @TANDEM_POOL_NORMAL: give what there is, at least one entry
 * @TANDEM_POOL_STRICT: all or nothing
 */
enum tandem_pool_behaviour {
	TANDEM_POOL_NORMAL,
	TANDEM_POOL_STRICT,
};

/**
 * enum tandem_pool_state - what an entry is doing
 * @TANDEM_POOL_FREE: can be given out
 * @TANDEM_POOL_STATIC: given out, from the static range
 * @TANDEM_POOL_DYN: given out, from the dynamic range
 * @TANDEM_POOL_RESERVED: its cause belongs to a VF
 */
enum tandem_pool_state {
	TANDEM_POOL_FREE,
	TANDEM_POOL_STATIC,
	TANDEM_POOL_DYN,
	TANDEM_POOL_RESERVED,
};

/**
 * struct tandem_pool_req - a request for entries
 * @type: the type wanted
 * @behaviour: what to do when there is less than @count
 * @first: the entries wanted are @first, @first + 1, ...; or TANDEM_POOL_ANY
 *	for the lowest free ones, static before dynamic
 * @count: how many; a power of two for MSI
 * @dyn_only: take dynamic entries only
 */
struct tandem_pool_req {
	enum tandem_pool_type type;
	enum tandem_pool_behaviour behaviour;
	int first;
	unsigned int count;
	bool dyn_only;
};

/**
 * struct tandem_pool - the entries of one function
 * @free: one bit for each entry that can be given out
 * @words: one bit for each word of @free that is not zero
 * @type: the type of all entries, 0 before init and after fini
 * @total: number of entries
 * @num_static: entries below this are static, the others dynamic
 * @free_static: bits set in @free below @num_static
 * @free_dynamic: bits set in @free from @num_static
 * @bound: the lowest cause that belongs to a VF
 *
 * Only pool.c writes here. Everything has a fixed size, nothing is allocated.
 */
struct tandem_pool {
	u64 free[TANDEM_POOL_MSIX_MAX / 64];
	u32 words;
	enum tandem_pool_type type;
	u16 total;
	u16 num_static;
	u16 free_static;
	u16 free_dynamic;
	u16 bound;
};

int tandem_pool_init(struct tandem_pool *pool, enum tandem_pool_type type,
		     unsigned int total, unsigned int num_static,
		     unsigned int flags);
unsigned int tandem_pool_fini(struct tandem_pool *pool);
int __must_check tandem_pool_alloc(struct tandem_pool *pool,
				   const struct tandem_pool_req *req,
				   u16 *index, unsigned int *actual);
int __must_check tandem_pool_free(struct tandem_pool *pool, unsigned int index);
int __must_check tandem_pool_set_bound(struct tandem_pool *pool,
				       unsigned int num_vfs,
				       unsigned int *held);
unsigned int tandem_pool_available(const struct tandem_pool *pool,
				   bool dyn_only);
int tandem_pool_state(const struct tandem_pool *pool, unsigned int index);
const char *tandem_pool_state_name(enum tandem_pool_state state);

#endif /* TANDEM_VECTOR_POOL_H */
