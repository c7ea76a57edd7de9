/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Numbers that a user writes, alone and in lists: decimal, without sign or
 * leading zeros, so that nobody who means 8 or 16 times something gets it.
 */
#ifndef TANDEM_NUMBERS_H
#define TANDEM_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

/* The whole of @text is a number. */
bool number_parse(const char *text, uint64_t *value);

/*
 * Calls @add for each number of a list such as "0-3,7", in its order; none may
 * be larger than @max. False if it is no such list or @add says so.
 */
bool numbers_list(const char *text, uint64_t max,
		  bool (*add)(void *data, uint64_t value), void *data);

#endif
