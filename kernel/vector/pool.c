// SPDX-License-Identifier: GPL-2.0
/*
 * The vector pool. A bit per free entry and, above it, a bit per word that
 * has one: the lowest free entry is three words away in a table of any size.
 * The state of an entry is not stored, it follows from its bit and its index.
 *
 * There is no lock in here. Every function is called with the RTNL held, or
 * before the function's net device is registered or after it is gone; none
 * sleeps.
 */
#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>
#endif

#include "pool.h"

#define WORD_BITS	64

static bool is_free(const struct tandem_pool *pool, unsigned int index)
{
	return pool->free[index / WORD_BITS] & BIT_ULL(index % WORD_BITS);
}

static bool is_reserved(const struct tandem_pool *pool, unsigned int index)
{
	return index >= pool->bound && index < TANDEM_POOL_CAUSES;
}

static u16 *free_counter(struct tandem_pool *pool, unsigned int index)
{
	return index < pool->num_static ? &pool->free_static :
					  &pool->free_dynamic;
}

static void take(struct tandem_pool *pool, unsigned int index)
{
	unsigned int word = index / WORD_BITS;

	pool->free[word] &= ~BIT_ULL(index % WORD_BITS);
	if (!pool->free[word])
		pool->words &= ~BIT(word);
	*free_counter(pool, index) -= 1;
}

static void put(struct tandem_pool *pool, unsigned int index)
{
	unsigned int word = index / WORD_BITS;

	pool->free[word] |= BIT_ULL(index % WORD_BITS);
	pool->words |= BIT(word);
	*free_counter(pool, index) += 1;
}

/* The lowest free entry from @from up. The caller knows that there is one. */
static unsigned int find_free(const struct tandem_pool *pool, unsigned int from)
{
	unsigned int word = from / WORD_BITS;
	u64 bits = pool->free[word] & (~0ULL << from % WORD_BITS);

	if (!bits) {
		/* Two shifts, for there is no shift by 32 above the last. */
		word = __ffs(pool->words & (~0U << word << 1));
		bits = pool->free[word];
	}
	return word * WORD_BITS + __ffs64(bits);
}

/* The most entries that a function can have of @type, 0 if it is no type. */
static unsigned int type_limit(enum tandem_pool_type type)
{
	switch (type) {
	case TANDEM_POOL_INTX:
		return TANDEM_POOL_INTX_MAX;
	case TANDEM_POOL_MSI:
		return TANDEM_POOL_MSI_MAX;
	case TANDEM_POOL_MSIX:
		return TANDEM_POOL_MSIX_MAX;
	}
	return 0;
}

/**
 * tandem_pool_init - set up a pool with all entries free
 * @pool: the pool, whatever it holds
 * @type: the type of its entries
 * @total: number of entries: 1 for INTx, up to 32 for MSI, up to 2048 for
 *	MSI-X; what the device's table has
 * @num_static: entries that are mapped from the start, the lowest ones
 * @flags: TANDEM_POOL_DYNAMIC if the entries above @num_static can be mapped
 *	one at a time. Without it every entry is static: where the platform
 *	has no dynamic MSI-X, @total is what it gave at the start.
 *
 * The VFs have no entries reserved yet.
 *
 * Context: RTNL, or before the net device is registered. Does not sleep.
 * Return: 0, or -EINVAL (and an empty pool) if @type is no type, @total is 0
 * or more than @type can have, @num_static is more than @total, or entries
 * would be dynamic that cannot be.
 */
int tandem_pool_init(struct tandem_pool *pool, enum tandem_pool_type type,
		     unsigned int total, unsigned int num_static,
		     unsigned int flags)
{
	unsigned int i;

	memset(pool, 0, sizeof(*pool));
	if (!total || total > type_limit(type) || num_static > total)
		return -EINVAL;
	if (flags & ~TANDEM_POOL_DYNAMIC)
		return -EINVAL;
	if (flags & TANDEM_POOL_DYNAMIC && type != TANDEM_POOL_MSIX)
		return -EINVAL;
	if (!(flags & TANDEM_POOL_DYNAMIC) && num_static != total)
		return -EINVAL;

	pool->type = type;
	pool->total = total;
	pool->num_static = num_static;
	pool->bound = TANDEM_POOL_CAUSES;
	for (i = 0; i < total; i++)
		put(pool, i);
	return 0;
}

/**
 * tandem_pool_fini - empty a pool
 * @pool: the pool; one that is all zeroes is fine
 *
 * After this the pool has no entries: requests get -ENOENT, and so do entries
 * that come back late.
 *
 * Context: RTNL, or after the net device is gone. Does not sleep.
 * Return: how many entries were still given out. Anything but 0 is a leak,
 * which the caller reports.
 */
unsigned int tandem_pool_fini(struct tandem_pool *pool)
{
	unsigned int held = 0;
	unsigned int i;

	for (i = 0; i < pool->total; i++)
		held += !is_free(pool, i) && !is_reserved(pool, i);
	memset(pool, 0, sizeof(*pool));
	return held;
}

/* What is wrong with @req whatever device it is for. */
static int check_request(const struct tandem_pool_req *req)
{
	unsigned int max = type_limit(req->type);

	if (!req->count || req->count > max)
		return -EINVAL;
	/* As unsigned, so that this finds the negative ones too. */
	if (req->first != TANDEM_POOL_ANY && (unsigned int)req->first >= max)
		return -EINVAL;
	if (req->type == TANDEM_POOL_MSI && !is_power_of_2(req->count))
		return -EINVAL;
	if (req->behaviour != TANDEM_POOL_NORMAL &&
	    req->behaviour != TANDEM_POOL_STRICT)
		return -EINVAL;
	return 0;
}

/* What is wrong with @req for the entries that @pool has, free or not. */
static int check_table(const struct tandem_pool *pool,
		       const struct tandem_pool_req *req)
{
	unsigned int lowest = req->dyn_only ? pool->num_static : 0;
	unsigned int from = lowest;

	if (req->type != pool->type || lowest == pool->total)
		return -ENOENT;
	if (req->first != TANDEM_POOL_ANY)
		from = req->first;
	if (from < lowest || from + req->count > pool->total)
		return -EINVAL;
	return 0;
}

/* How many entries could be given for @req now, even if it wants fewer. */
static unsigned int count_room(const struct tandem_pool *pool,
			       const struct tandem_pool_req *req)
{
	unsigned int room = 0;

	if (req->first == TANDEM_POOL_ANY)
		return tandem_pool_available(pool, req->dyn_only);
	while (room < req->count && is_free(pool, req->first + room))
		room++;
	return room;
}

/**
 * tandem_pool_alloc - give out entries
 * @pool: the pool
 * @req: what is wanted
 * @index: room for @req->count entries; the first @actual are written, in
 *	rising order, and none on failure
 * @actual: how many were given; with -EAGAIN how many a smaller request could
 *	have had; 0 with any other error
 *
 * With a first index the entries are the ones from there on, and a taken one
 * ends the row. With TANDEM_POOL_ANY they are the lowest free ones, which
 * need not be neighbours. Entries of VFs are never given out. A shortened MSI
 * request still gets a power of two.
 *
 * Every entry given is to be freed once, with tandem_pool_free().
 *
 * Context: RTNL, or before the net device is registered. Does not sleep.
 * Takes time for each entry asked for, not for the size of the table.
 * Return:
 * * 0 - @actual entries given: all, or with TANDEM_POOL_NORMAL at least one
 * * -EINVAL - wrong at any time: not a type or behaviour; count 0 or over what
 *   the device has (of dynamic entries, for @req->dyn_only); an MSI count that
 *   is not a power of two or is over 32; a first index over 2047 for MSI-X, 31
 *   for MSI, 0 for INTx or past the table; entries past the table; a static
 *   first index for @req->dyn_only
 * * -ENOENT - the pool has no such interrupts: it is of another type or empty,
 *   or has no dynamic range for @req->dyn_only
 * * -EAGAIN - not enough free now
 */
int tandem_pool_alloc(struct tandem_pool *pool,
		      const struct tandem_pool_req *req,
		      u16 *index, unsigned int *actual)
{
	unsigned int from, room, count, i;
	int err;

	*actual = 0;
	err = check_request(req) ?: check_table(pool, req);
	if (err)
		return err;

	room = count_room(pool, req);
	count = min(room, req->count);
	if (!count ||
	    (req->behaviour == TANDEM_POOL_STRICT && count < req->count)) {
		*actual = room;
		return -EAGAIN;
	}
	if (pool->type == TANDEM_POOL_MSI)
		count = rounddown_pow_of_two(count);

	from = req->dyn_only ? pool->num_static : 0;
	if (req->first != TANDEM_POOL_ANY)
		from = req->first;
	for (i = 0; i < count; i++) {
		from = find_free(pool, from);
		take(pool, from);
		index[i] = from;
	}
	*actual = count;
	return 0;
}

/**
 * tandem_pool_free - take one entry back
 * @pool: the pool
 * @index: the entry, as tandem_pool_alloc() gave it
 *
 * An error means that the caller has lost count; it is for the caller to say
 * so aloud. The pool is as it was.
 *
 * Context: RTNL, or after the net device is gone. Does not sleep. Takes the
 * same time in a table of any size.
 * Return: 0, -EALREADY if the entry is free already, or -ENOENT if it is past
 * the table or belongs to a VF.
 */
int tandem_pool_free(struct tandem_pool *pool, unsigned int index)
{
	if (index >= pool->total || is_reserved(pool, index))
		return -ENOENT;
	if (is_free(pool, index))
		return -EALREADY;
	put(pool, index);
	return 0;
}

/**
 * tandem_pool_set_bound - reserve the entries whose causes the VFs own
 * @pool: the pool of the PF
 * @num_vfs: the number of VFs from now on, 0 for none
 * @held: how many given-out entries are in the way
 *
 * Entries that are no longer a VF's are free again. To be called before VFs
 * are enabled and after they are disabled.
 *
 * Context: RTNL, or before the net device is registered. Does not sleep.
 * Return: 0, -EINVAL if the device has not so many VFs, or -EBUSY, with the
 * pool as it was, if @held is not 0.
 */
int tandem_pool_set_bound(struct tandem_pool *pool, unsigned int num_vfs,
			  unsigned int *held)
{
	unsigned int was = min(pool->bound, pool->total);
	unsigned int bound, now, i;

	*held = 0;
	if (num_vfs > TANDEM_POOL_VFS_MAX)
		return -EINVAL;

	bound = TANDEM_POOL_CAUSES - num_vfs * TANDEM_POOL_VF_CAUSES;
	now = min_t(unsigned int, bound, pool->total);
	for (i = now; i < was; i++)
		*held += !is_free(pool, i);
	if (*held)
		return -EBUSY;

	for (i = now; i < was; i++)
		take(pool, i);
	for (i = was; i < now; i++)
		put(pool, i);
	pool->bound = bound;
	return 0;
}

/**
 * tandem_pool_available - how many entries are free
 * @pool: the pool
 * @dyn_only: count the dynamic entries only
 *
 * Context: RTNL. Does not sleep. Takes the same time in a table of any size.
 * Return: the number of free entries; entries of VFs are not free.
 */
unsigned int tandem_pool_available(const struct tandem_pool *pool,
				   bool dyn_only)
{
	return pool->free_dynamic + (dyn_only ? 0 : pool->free_static);
}

/**
 * tandem_pool_state - what an entry is doing, for diagnosis
 * @pool: the pool
 * @index: the entry
 *
 * Context: RTNL. Does not sleep.
 * Return: an enum tandem_pool_state, or -ENOENT past the table.
 */
int tandem_pool_state(const struct tandem_pool *pool, unsigned int index)
{
	if (index >= pool->total)
		return -ENOENT;
	if (is_reserved(pool, index))
		return TANDEM_POOL_RESERVED;
	if (is_free(pool, index))
		return TANDEM_POOL_FREE;
	return index < pool->num_static ? TANDEM_POOL_STATIC : TANDEM_POOL_DYN;
}

/**
 * tandem_pool_state_name - a state in words, for diagnosis
 * @state: the state
 *
 * Context: Any.
 * Return: a string that stays.
 */
const char *tandem_pool_state_name(enum tandem_pool_state state)
{
	switch (state) {
	case TANDEM_POOL_FREE:
		return "free";
	case TANDEM_POOL_STATIC:
		return "static";
	case TANDEM_POOL_DYN:
		return "dynamic";
	case TANDEM_POOL_RESERVED:
		return "reserved for VFs";
	}
	return "unknown";
}
