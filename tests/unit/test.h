/* SPDX-License-Identifier: GPL-2.0 */
/* For the tests of the driver's parts. */
#ifndef TANDEM_TESTS_TEST_H
#define TANDEM_TESTS_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "shim.h"
#include "unit.h"

/*
 * SplitMix64: random enough, and the same everywhere for the same seed. The
 * seed is TANDEM_SEED from the environment, else the clock.
 */
static inline u64 test_random(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static inline u64 test_seed(void)
{
	const char *set = getenv("TANDEM_SEED");
	u64 seed = set ? strtoull(set, NULL, 0) : (u64)time(NULL);

	printf("# TANDEM_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

#endif /* TANDEM_TESTS_TEST_H */
