// SPDX-License-Identifier: GPL-2.0
/*
 * What a call of the vector pool costs in a table of 16 and of 2048 entries.
 *
 * The cost is counted, not timed: pool.c is compiled here with
 * -fsanitize-coverage=trace-pc, which calls the function below on every basic
 * block, so that a loop shows with each turn. Nanoseconds are printed for
 * information.
 */
#include "test.h"
#include "pool.h"

#define SMALL	16
#define LARGE	2048
#define ROUNDS	20000

static unsigned long blocks;

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
	blocks++;
}

struct cost {
	unsigned long worst;	/* blocks in the most expensive call */
	double mean;		/* blocks in a call */
	double ns;
};

struct bench {
	struct tandem_pool pool;
	unsigned long calls;
	unsigned long all;
	unsigned long worst;
};

static void count(struct bench *b, unsigned long before)
{
	unsigned long used = blocks - before;

	b->calls++;
	b->all += used;
	b->worst = max(b->worst, used);
}

static unsigned int get(struct bench *b, int first, bool dyn_only)
{
	struct tandem_pool_req req = {
		.type = TANDEM_POOL_MSIX, .behaviour = TANDEM_POOL_STRICT,
		.first = first, .count = 1, .dyn_only = dyn_only,
	};
	unsigned long before = blocks;
	unsigned int actual;
	u16 index = 0;

	if (tandem_pool_alloc(&b->pool, &req, &index, &actual))
		abort();
	count(b, before);
	return index;
}

static void give_back(struct bench *b, unsigned int index)
{
	unsigned long before = blocks;

	if (tandem_pool_free(&b->pool, index))
		abort();
	count(b, before);
}

static void empty(struct bench *b, u64 *rnd)
{
	give_back(b, get(b, TANDEM_POOL_ANY, false));
}

static void nearly_full(struct bench *b, u64 *rnd)
{
	while (tandem_pool_available(&b->pool, false))
		get(b, TANDEM_POOL_ANY, false);
	give_back(b, b->pool.total - 1);
	get(b, TANDEM_POOL_ANY, false);
}

static void nearly_full_random(struct bench *b, u64 *rnd)
{
	while (tandem_pool_available(&b->pool, false))
		get(b, TANDEM_POOL_ANY, false);
	give_back(b, test_random(rnd) % b->pool.total);
	get(b, TANDEM_POOL_ANY, false);
}

static void certain_index(struct bench *b, u64 *rnd)
{
	give_back(b, get(b, test_random(rnd) % b->pool.total, false));
}

static void dynamic_only(struct bench *b, u64 *rnd)
{
	while (tandem_pool_available(&b->pool, true) > 1)
		get(b, TANDEM_POOL_ANY, true);
	give_back(b, get(b, TANDEM_POOL_ANY, true));
}

static void half_full(struct bench *b, u64 *rnd)
{
	unsigned int i = test_random(rnd) % b->pool.total;

	if (tandem_pool_state(&b->pool, i) == TANDEM_POOL_FREE)
		get(b, TANDEM_POOL_ANY, false);
	else
		give_back(b, i);
}

static void refused(struct bench *b, u64 *rnd)
{
	unsigned long before;

	if (tandem_pool_available(&b->pool, false) == b->pool.total)
		get(b, b->pool.total - 1, false);
	before = blocks;
	if (tandem_pool_free(&b->pool, b->pool.total - 2) != -EALREADY)
		abort();
	count(b, before);
}

typedef void (*pattern_fn)(struct bench *b, u64 *rnd);

static struct cost measure(pattern_fn pattern, unsigned int total)
{
	struct timespec t0, t1;
	u64 rnd = 1;
	struct bench b = {};
	unsigned int i;

	if (tandem_pool_init(&b.pool, TANDEM_POOL_MSIX, total, 4,
			     TANDEM_POOL_DYNAMIC))
		abort();
	pattern(&b, &rnd);
	b.calls = 0;
	b.all = 0;
	b.worst = 0;
	clock_gettime(CLOCK_MONOTONIC, &t0);
	for (i = 0; i < ROUNDS; i++)
		pattern(&b, &rnd);
	clock_gettime(CLOCK_MONOTONIC, &t1);

	return (struct cost) {
		.worst = b.worst,
		.mean = (double)b.all / b.calls,
		.ns = ((t1.tv_sec - t0.tv_sec) * 1e9 + t1.tv_nsec -
		       t0.tv_nsec) / b.calls,
	};
}

static void compare(const char *name, pattern_fn pattern)
{
	struct cost s = measure(pattern, SMALL);
	struct cost l = measure(pattern, LARGE);

	printf("# %-19s %4d entries: %5.2f blocks, worst %2lu, %4.0f ns;"
	       " %4d: %5.2f, worst %2lu, %4.0f ns\n", name,
	       SMALL, s.mean, s.worst, s.ns, LARGE, l.mean, l.worst, l.ns);
	assert_true(s.mean >= 1);
	assert_true(l.mean <= 2 * s.mean);
	assert_true(l.worst <= 2 * s.worst);
}

#define BENCH(pattern)						\
	static void cost_##pattern(void **state)		\
	{							\
		compare(#pattern, pattern);			\
	}

BENCH(empty)
BENCH(nearly_full)
BENCH(nearly_full_random)
BENCH(certain_index)
BENCH(dynamic_only)
BENCH(half_full)
BENCH(refused)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cost_empty),
		cmocka_unit_test(cost_nearly_full),
		cmocka_unit_test(cost_nearly_full_random),
		cmocka_unit_test(cost_certain_index),
		cmocka_unit_test(cost_dynamic_only),
		cmocka_unit_test(cost_half_full),
		cmocka_unit_test(cost_refused),
	};

	return cmocka_run_group_tests_name("pool cost", tests, NULL, NULL);
}
