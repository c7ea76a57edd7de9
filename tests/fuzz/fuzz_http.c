// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: any bytes as a request to `tandem export`. What came in
 * pieces must end as what came at once, and a good request must be one.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	__builtin_trap();
}

static void check_good(const char *buf, size_t len,
		       const struct http_request *req)
{
	must(len <= HTTP_MAX_REQUEST, "length");
	must(req->path[0] == '/', "path");
	must(memchr(req->path, '\0', sizeof(req->path)), "end of the path");
	must(!strpbrk(req->path, " \r\n?"), "characters of the path");
	must(!memcmp(buf, req->head ? "HEAD /" : "GET /", req->head ? 6 : 5),
	     "method");
	must(!memchr(buf, '\0', len), "zero byte");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum http_status whole, part = HTTP_MORE;
	struct http_request req, again;
	size_t len, step;
	char *copy;

	/* as long as it says, so that reading past it is seen */
	copy = malloc(size ? size : 1);
	if (!copy)
		return -1;
	memcpy(copy, data, size);
	whole = http_parse(copy, size, &req);
	must(*http_reason(whole), "reason");
	if (whole == HTTP_OK)
		check_good(copy, size, &req);

	step = 1 + size / 16;
	for (len = 0; len < size && part == HTTP_MORE; len += step)
		part = http_parse(copy, len, &again);
	/* a good request stays one whatever comes behind its end, except that
	 * the whole is looked at for what is not text
	 */
	if (part == HTTP_MORE)
		part = http_parse(copy, size, &again);
	if (whole == HTTP_OK)
		must(part == HTTP_OK && !strcmp(req.path, again.path) &&
		     req.head == again.head &&
		     req.openmetrics == again.openmetrics, "pieces");
	else
		must(whole != HTTP_MORE || part == HTTP_MORE, "more");
	free(copy);
	return 0;
}
