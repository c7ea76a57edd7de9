// SPDX-License-Identifier: GPL-2.0
/* The vector pool: each rule by example, then all of them at random. */
#include "pool_fixture.h"
#include "pool_model.h"

static void init_arguments(void **state)
{
	static const struct {
		int type, total, num_static, flags, ret;
	} t[] = {
		{ MSIX, 1, 1, 0, 0 },
		{ MSIX, 10, 4, DYNAMIC, 0 },
		{ MSIX, 10, 10, DYNAMIC, 0 },
		{ MSIX, 10, 0, DYNAMIC, 0 },
		{ MSIX, 2048, 1, DYNAMIC, 0 },
		{ MSIX, 2049, 1, DYNAMIC, -EINVAL },
		{ MSIX, 0, 0, DYNAMIC, -EINVAL },
		{ MSIX, 0, 0, 0, -EINVAL },
		{ MSIX, 10, 11, DYNAMIC, -EINVAL },
		{ MSIX, 10, 11, 0, -EINVAL },
		{ MSIX, 10, 4, 0, -EINVAL },
		{ MSIX, 10, 10, 2, -EINVAL },
		{ MSI, 32, 32, 0, 0 },
		{ MSI, 3, 3, 0, 0 },
		{ MSI, 33, 33, 0, -EINVAL },
		{ MSI, 8, 8, DYNAMIC, -EINVAL },
		{ INTX, 1, 1, 0, 0 },
		{ INTX, 2, 2, 0, -EINVAL },
		{ INTX, 1, 1, DYNAMIC, -EINVAL },
		{ 0, 1, 1, 0, -EINVAL },
		{ 4, 1, 1, 0, -EINVAL },
		{ -1, 1, 1, 0, -EINVAL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		int ret = tandem_pool_init(&pool, t[i].type, t[i].total,
					   t[i].num_static, t[i].flags);

		if (ret != t[i].ret)
			fail_msg("row %zu: %d, not %d", i, ret, t[i].ret);
		assert_int_equal(tandem_pool_available(&pool, false),
				 ret ? 0 : t[i].total);
	}
}

static void init_overwrites_anything(void **state)
{
	memset(&pool, 0xa5, sizeof(pool));
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(tandem_pool_available(&pool, false), 10);
	assert_int_equal(tandem_pool_available(&pool, true), 6);
}

static void empty_pool_gives_nothing(void **state)
{
	memset(&pool, 0, sizeof(pool));
	assert_int_equal(get(MSIX, NORMAL, ANY, 1), -ENOENT);
	assert_int_equal(get(MSI, NORMAL, ANY, 1), -ENOENT);
	assert_int_equal(get(INTX, NORMAL, ANY, 1), -ENOENT);
	assert_int_equal(tandem_pool_free(&pool, 0), -ENOENT);
	assert_int_equal(tandem_pool_state(&pool, 0), -ENOENT);
	assert_int_equal(set_bound(8, 0), 0);
	assert_int_equal(set_bound(0, 0), 0);
	assert_int_equal(tandem_pool_available(&pool, false), 0);
	assert_int_equal(tandem_pool_fini(&pool), 0);
}

static void static_range_first(void **state)
{
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(get(MSIX, STRICT, ANY, 6), 0);
	expect_given(0, 6);
	assert_int_equal(tandem_pool_state(&pool, 3), TANDEM_POOL_STATIC);
	assert_int_equal(tandem_pool_state(&pool, 4), TANDEM_POOL_DYN);
	assert_int_equal(tandem_pool_state(&pool, 6), TANDEM_POOL_FREE);
	assert_int_equal(tandem_pool_free(&pool, 2), 0);
	assert_int_equal(get(MSIX, STRICT, ANY, 2), 0);
	assert_int_equal(idx[0], 2);
	assert_int_equal(idx[1], 6);
}

static void dyn_only(void **state)
{
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(get_dyn(STRICT, ANY, 2), 0);
	expect_given(4, 2);
	assert_int_equal(get_dyn(STRICT, 9, 1), 0);
	expect_given(9, 1);
	assert_int_equal(get_dyn(STRICT, ANY, 4), -EAGAIN);
	assert_int_equal(actual, 3);
	assert_int_equal(get_dyn(NORMAL, ANY, 4), 0);
	expect_given(6, 3);
	assert_int_equal(get_dyn(NORMAL, ANY, 1), -EAGAIN);
	assert_int_equal(actual, 0);
	assert_int_equal(tandem_pool_available(&pool, false), 4);
	assert_int_equal(get_dyn(STRICT, ANY, 7), -EINVAL);
	assert_int_equal(get_dyn(STRICT, 3, 1), -EINVAL);

	setup(MSIX, 10, 10, 0);
	assert_int_equal(get_dyn(NORMAL, ANY, 1), -ENOENT);
	assert_int_equal(actual, 0);
}

static void normal_gives_what_there_is(void **state)
{
	setup(MSIX, 10, 10, 0);
	assert_int_equal(get(MSIX, NORMAL, ANY, 7), 0);
	expect_given(0, 7);
	assert_int_equal(get(MSIX, NORMAL, ANY, 10), 0);
	expect_given(7, 3);
	assert_int_equal(get(MSIX, NORMAL, ANY, 1), -EAGAIN);
	assert_int_equal(actual, 0);
}

static void strict_is_all_or_nothing(void **state)
{
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(get(MSIX, STRICT, ANY, 7), 0);
	idx[0] = 77;
	assert_int_equal(get(MSIX, STRICT, ANY, 4), -EAGAIN);
	assert_int_equal(actual, 3);
	assert_int_equal(idx[0], 77);
	assert_int_equal(tandem_pool_available(&pool, false), 3);
	assert_int_equal(get(MSIX, STRICT, ANY, 3), 0);
	expect_given(7, 3);
	assert_int_equal(get(MSIX, STRICT, ANY, 1), -EAGAIN);
	assert_int_equal(actual, 0);
}

static void first_index(void **state)
{
	setup(MSIX, 100, 100, 0);
	assert_int_equal(get(MSIX, STRICT, 62, 4), 0);
	expect_given(62, 4);
	assert_int_equal(get(MSIX, STRICT, 60, 3), -EAGAIN);
	assert_int_equal(actual, 2);
	assert_int_equal(get(MSIX, NORMAL, 60, 10), 0);
	expect_given(60, 2);
	assert_int_equal(get(MSIX, NORMAL, 60, 10), -EAGAIN);
	assert_int_equal(actual, 0);
	assert_int_equal(get(MSIX, STRICT, 99, 1), 0);
	expect_given(99, 1);
	assert_int_equal(get(MSIX, STRICT, ANY, 61), 0);
	assert_int_equal(idx[59], 59);
	assert_int_equal(idx[60], 66);
}

static void bad_arguments(void **state)
{
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(get(MSIX, NORMAL, ANY, 0), -EINVAL);
	assert_int_equal(actual, 0);
	assert_int_equal(get(MSIX, NORMAL, ANY, 11), -EINVAL);
	assert_int_equal(actual, 0);
	assert_int_equal(get(MSIX, NORMAL, ANY, 2049), -EINVAL);
	assert_int_equal(get(MSIX, NORMAL, ANY, ~0U), -EINVAL);
	assert_int_equal(get(MSIX, NORMAL, 10, 1), -EINVAL);
	assert_int_equal(get(MSIX, NORMAL, 9, 2), -EINVAL);
	assert_int_equal(get(MSIX, NORMAL, 2048, 1), -EINVAL);
	assert_int_equal(get(MSIX, NORMAL, -2, 1), -EINVAL);
	assert_int_equal(get(MSIX, NORMAL, 0x7fffffff, 1), -EINVAL);
	assert_int_equal(get(MSIX, 2, ANY, 1), -EINVAL);
	assert_int_equal(get(MSIX, -1, ANY, 1), -EINVAL);
	assert_int_equal(get(0, NORMAL, ANY, 1), -EINVAL);
	assert_int_equal(get(4, NORMAL, ANY, 1), -EINVAL);
	assert_int_equal(tandem_pool_available(&pool, false), 10);
}

static void wrong_kind_is_not_found(void **state)
{
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(get(MSI, NORMAL, ANY, 1), -ENOENT);
	assert_int_equal(get(INTX, NORMAL, ANY, 1), -ENOENT);
	assert_int_equal(get(MSI, NORMAL, ANY, 3), -EINVAL);
	setup(MSI, 4, 4, 0);
	assert_int_equal(get(MSIX, NORMAL, ANY, 1), -ENOENT);
}

static void msi_rules(void **state)
{
	unsigned int i;

	setup(MSI, 32, 32, 0);
	for (i = 0; i <= 64; i++) {
		bool ok = i && !(i & (i - 1)) && i <= 32;

		assert_int_equal(get(MSI, STRICT, ANY, i), ok ? 0 : -EINVAL);
		while (actual)
			assert_int_equal(tandem_pool_free(&pool,
							  idx[--actual]), 0);
	}
	assert_int_equal(get(MSI, STRICT, 32, 1), -EINVAL);
	assert_int_equal(get(MSI, STRICT, 31, 1), 0);
	expect_given(31, 1);

	/* Seven free: NORMAL gives four, STRICT says seven. */
	setup(MSI, 8, 8, 0);
	assert_int_equal(get(MSI, STRICT, 0, 1), 0);
	assert_int_equal(get(MSI, STRICT, ANY, 8), -EAGAIN);
	assert_int_equal(actual, 7);
	assert_int_equal(get(MSI, NORMAL, ANY, 8), 0);
	expect_given(1, 4);
	assert_int_equal(tandem_pool_available(&pool, false), 3);
	assert_int_equal(get(MSI, NORMAL, ANY, 16), -EINVAL);
}

static void intx_rules(void **state)
{
	setup(INTX, 1, 1, 0);
	assert_int_equal(get(INTX, STRICT, ANY, 2), -EINVAL);
	assert_int_equal(get(INTX, STRICT, 1, 1), -EINVAL);
	assert_int_equal(get(INTX, STRICT, 0, 1), 0);
	expect_given(0, 1);
	assert_int_equal(get(INTX, NORMAL, ANY, 1), -EAGAIN);
	assert_int_equal(tandem_pool_free(&pool, 0), 0);
	assert_int_equal(get(INTX, NORMAL, ANY, 1), 0);
}

static void freed_exactly_once(void **state)
{
	setup(MSIX, 10, 4, DYNAMIC);
	assert_int_equal(tandem_pool_free(&pool, 0), -EALREADY);
	assert_int_equal(get(MSIX, STRICT, ANY, 10), 0);
	assert_int_equal(tandem_pool_free(&pool, 3), 0);
	assert_int_equal(tandem_pool_free(&pool, 3), -EALREADY);
	assert_int_equal(tandem_pool_free(&pool, 4), 0);
	assert_int_equal(tandem_pool_free(&pool, 4), -EALREADY);
	assert_int_equal(tandem_pool_free(&pool, 10), -ENOENT);
	assert_int_equal(tandem_pool_free(&pool, 2048), -ENOENT);
	assert_int_equal(tandem_pool_free(&pool, ~0U), -ENOENT);
	assert_int_equal(tandem_pool_available(&pool, false), 2);
	assert_int_equal(tandem_pool_available(&pool, true), 1);
	assert_int_equal(get(MSIX, STRICT, ANY, 3), -EAGAIN);
	assert_int_equal(get(MSIX, STRICT, ANY, 2), 0);
	expect_given(3, 2);
}

static void whole_table(void **state)
{
	unsigned int i;

	setup(MSIX, 2048, 1000, DYNAMIC);
	assert_int_equal(get(MSIX, STRICT, ANY, 2048), 0);
	expect_given(0, 2048);
	for (i = 0; i < 2048; i += 2)
		assert_int_equal(tandem_pool_free(&pool, i), 0);
	assert_int_equal(tandem_pool_available(&pool, false), 1024);
	assert_int_equal(tandem_pool_available(&pool, true), 524);
	assert_int_equal(get_dyn(STRICT, ANY, 1), 0);
	expect_given(1000, 1);
	assert_int_equal(get(MSIX, NORMAL, ANY, 2048), 0);
	assert_int_equal(actual, 1023);
	assert_int_equal(idx[1022], 2046);
	assert_int_equal(tandem_pool_fini(&pool), 2048);
}

static void state_names(void **state)
{
	assert_string_equal(tandem_pool_state_name(TANDEM_POOL_FREE), "free");
	assert_string_equal(tandem_pool_state_name(TANDEM_POOL_STATIC),
			    "static");
	assert_string_equal(tandem_pool_state_name(TANDEM_POOL_DYN),
			    "dynamic");
	assert_string_equal(tandem_pool_state_name(TANDEM_POOL_RESERVED),
			    "reserved for VFs");
	assert_string_equal(tandem_pool_state_name(-1), "unknown");
}

static void like_the_model(void **state)
{
	static struct pool_rig rig;
	u64 rnd = test_seed();
	unsigned int i;

	for (i = 0; i < 1000000; i++) {
		const char *wrong;
		u64 bytes;

		bytes = test_random(&rnd);
		if (i % 1000 == 0)
			wrong = pool_rig_init(&rig, (u8 *)&bytes);
		else
			wrong = pool_rig_step(&rig, (u8 *)&bytes);
		if (!wrong && (rig.model.total <= 32 || i % 100 == 0))
			wrong = pool_rig_check_all(&rig);
		if (wrong)
			fail_msg("call %u, type %d, %d entries: %s", i,
				 rig.model.type, rig.model.total, wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(init_arguments),
		cmocka_unit_test(init_overwrites_anything),
		cmocka_unit_test(empty_pool_gives_nothing),
		cmocka_unit_test(static_range_first),
		cmocka_unit_test(dyn_only),
		cmocka_unit_test(normal_gives_what_there_is),
		cmocka_unit_test(strict_is_all_or_nothing),
		cmocka_unit_test(first_index),
		cmocka_unit_test(bad_arguments),
		cmocka_unit_test(wrong_kind_is_not_found),
		cmocka_unit_test(msi_rules),
		cmocka_unit_test(intx_rules),
		cmocka_unit_test(freed_exactly_once),
		cmocka_unit_test(whole_table),
		cmocka_unit_test(state_names),
		cmocka_unit_test(like_the_model),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
