/* SPDX-License-Identifier: GPL-2.0 */
/* One pool and short words for calling it, for the tests by example. */
#ifndef TANDEM_TESTS_POOL_FIXTURE_H
#define TANDEM_TESTS_POOL_FIXTURE_H

#include "test.h"
#include "pool.h"

#define ANY	TANDEM_POOL_ANY
#define MSIX	TANDEM_POOL_MSIX
#define MSI	TANDEM_POOL_MSI
#define INTX	TANDEM_POOL_INTX
#define NORMAL	TANDEM_POOL_NORMAL
#define STRICT	TANDEM_POOL_STRICT
#define DYNAMIC	TANDEM_POOL_DYNAMIC

static struct tandem_pool pool;
static u16 idx[TANDEM_POOL_MSIX_MAX];
static unsigned int actual;

static int get(int type, int behaviour, int first, unsigned int count)
{
	struct tandem_pool_req req = {
		.type = type, .behaviour = behaviour,
		.first = first, .count = count,
	};

	actual = 99;
	return tandem_pool_alloc(&pool, &req, idx, &actual);
}

static int get_dyn(int behaviour, int first, unsigned int count)
{
	struct tandem_pool_req req = {
		.type = MSIX, .behaviour = behaviour,
		.first = first, .count = count, .dyn_only = true,
	};

	actual = 99;
	return tandem_pool_alloc(&pool, &req, idx, &actual);
}

static void setup(int type, unsigned int total, unsigned int num_static,
		  unsigned int flags)
{
	assert_int_equal(tandem_pool_init(&pool, type, total, num_static,
					  flags), 0);
}

static int set_bound(unsigned int num_vfs, unsigned int want_held)
{
	unsigned int held = 99;
	int ret = tandem_pool_set_bound(&pool, num_vfs, &held);

	assert_int_equal(held, want_held);
	return ret;
}

static void expect_given(unsigned int first, unsigned int count)
{
	unsigned int i;

	assert_int_equal(actual, count);
	for (i = 0; i < count; i++)
		assert_int_equal(idx[i], first + i);
}

#endif /* TANDEM_TESTS_POOL_FIXTURE_H */
