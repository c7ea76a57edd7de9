// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See array.h. */
#include <stdlib.h>

#include "array.h"
#include "tandem.h"

#define FIRST 16

void *array_grow(void *array, size_t n, size_t size)
{
	/* There is room up to the next power of two. */
	if (n && (n < FIRST || (n & (n - 1))))
		return array;
	array = reallocarray(array, n < FIRST ? FIRST : 2 * n, size);
	if (!array)
		exit(fail(TD_FAIL, "out of memory"));
	return array;
}
