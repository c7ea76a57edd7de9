// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See numbers.h. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "numbers.h"

/* The number that @text begins with; what follows, or NULL if there is none. */
static const char *leading(const char *text, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)text[0]) ||
	    (text[0] == '0' && isdigit((unsigned char)text[1])))
		return NULL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno ? NULL : end;
}

bool number_parse(const char *text, uint64_t *value)
{
	const char *end = leading(text, value);

	return end && !*end;
}

bool numbers_list(const char *text, uint64_t max,
		  bool (*add)(void *data, uint64_t value), void *data)
{
	uint64_t first, last;
	const char *p = text;

	for (;;) {
		p = leading(p, &first);
		if (!p)
			return false;
		last = first;
		if (*p == '-')
			p = leading(p + 1, &last);
		if (!p || first > last || last > max)
			return false;
		for (; first <= last; first++)
			if (!add(data, first))
				return false;
		if (*p != ',')
			return !*p;
		p++;
	}
}
