/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Arrays that grow by one element at a time. */
#ifndef TANDEM_ARRAY_H
#define TANDEM_ARRAY_H

#include <stddef.h>

/*
 * @array, which has @n elements of @size bytes, with room for one more; NULL is
 * an empty one. It may have lost elements, by a smaller @n. Without memory the
 * process ends: use it where nothing would be left behind.
 */
void *array_grow(void *array, size_t n, size_t size);

#endif
