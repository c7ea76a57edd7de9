// SPDX-License-Identifier: GPL-2.0
/* The vector pool: the entries that the VFs take, and what is left at the end. */
#include "pool_fixture.h"

static void vfs_take_from_the_top(void **state)
{
	/* The PF of QEMU has ten entries. This many are left to it. */
	static const u16 kept[] = { 10, 10, 10, 10, 10, 10, 7, 4, 1 };
	unsigned int vfs, i;

	for (vfs = 0; vfs < ARRAY_SIZE(kept); vfs++) {
		setup(MSIX, 10, 4, DYNAMIC);
		assert_int_equal(set_bound(vfs, 0), 0);
		assert_int_equal(tandem_pool_available(&pool, false),
				 kept[vfs]);
		for (i = 0; i < 10; i++)
			assert_int_equal(tandem_pool_state(&pool, i),
					 i < kept[vfs] ? TANDEM_POOL_FREE :
					 TANDEM_POOL_RESERVED);
		assert_int_equal(get(MSIX, NORMAL, ANY, 10), 0);
		expect_given(0, kept[vfs]);
		if (kept[vfs] == 10)
			continue;
		assert_int_equal(get(MSIX, NORMAL, 9, 1), -EAGAIN);
		assert_int_equal(get(MSIX, NORMAL, kept[vfs], 1), -EAGAIN);
		assert_int_equal(tandem_pool_free(&pool, 9), -ENOENT);
	}
}

static void bound_refused_while_held(void **state)
{
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(get(MSIX, STRICT, ANY, 9), 0);
	assert_int_equal(set_bound(5, 0), 0);
	assert_int_equal(set_bound(6, 2), -EBUSY);
	assert_int_equal(set_bound(7, 5), -EBUSY);
	assert_int_equal(set_bound(8, 8), -EBUSY);
	assert_int_equal(set_bound(9, 0), -EINVAL);
	assert_int_equal(set_bound(~0U, 0), -EINVAL);
	assert_int_equal(tandem_pool_available(&pool, false), 1);
	assert_int_equal(tandem_pool_state(&pool, 9), TANDEM_POOL_FREE);
	assert_int_equal(tandem_pool_free(&pool, 8), 0);
	assert_int_equal(set_bound(6, 1), -EBUSY);
	assert_int_equal(tandem_pool_free(&pool, 7), 0);
	assert_int_equal(set_bound(6, 0), 0);
	assert_int_equal(tandem_pool_available(&pool, false), 0);
}

static void bound_moves_both_ways(void **state)
{
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(set_bound(8, 0), 0);
	assert_int_equal(tandem_pool_available(&pool, true), 0);
	assert_int_equal(set_bound(7, 0), 0);
	assert_int_equal(tandem_pool_available(&pool, false), 4);
	assert_int_equal(tandem_pool_available(&pool, true), 0);
	assert_int_equal(get_dyn(NORMAL, ANY, 1), -EAGAIN);
	assert_int_equal(set_bound(6, 0), 0);
	assert_int_equal(get_dyn(NORMAL, ANY, 6), 0);
	expect_given(4, 3);
	assert_int_equal(set_bound(6, 0), 0);
	assert_int_equal(set_bound(0, 0), 0);
	assert_int_equal(tandem_pool_available(&pool, true), 3);
	assert_int_equal(tandem_pool_state(&pool, 6), TANDEM_POOL_DYN);
	assert_int_equal(tandem_pool_state(&pool, 7), TANDEM_POOL_FREE);

	/* Silicon's own number of causes. */
	setup(MSIX, 25, 25, 0);
	assert_int_equal(set_bound(1, 0), 0);
	assert_int_equal(tandem_pool_available(&pool, false), 22);
	assert_int_equal(tandem_pool_state(&pool, 21), TANDEM_POOL_FREE);
	assert_int_equal(tandem_pool_state(&pool, 22), TANDEM_POOL_RESERVED);
	assert_int_equal(tandem_pool_state(&pool, 24), TANDEM_POOL_RESERVED);
}

static void fini_counts_leaks(void **state)
{
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(set_bound(6, 0), 0);
	assert_int_equal(tandem_pool_fini(&pool), 0);
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(set_bound(6, 0), 0);
	assert_int_equal(get(MSIX, STRICT, 2, 4), 0);
	assert_int_equal(tandem_pool_free(&pool, 4), 0);
	assert_int_equal(tandem_pool_fini(&pool), 3);
	assert_int_equal(tandem_pool_free(&pool, 2), -ENOENT);
	assert_int_equal(get(MSIX, NORMAL, ANY, 1), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vfs_take_from_the_top),
		cmocka_unit_test(bound_refused_while_held),
		cmocka_unit_test(bound_moves_both_ways),
		cmocka_unit_test(fini_counts_leaks),
	};

	return cmocka_run_group_tests_name("pool bound", tests, NULL, NULL);
}
