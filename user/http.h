/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * As much of HTTP as a scrape needs: one request without a body. Pure logic,
 * which tests/fuzz/fuzz_http.c runs on anything.
 */
#ifndef TANDEM_HTTP_H
#define TANDEM_HTTP_H

#include <stdbool.h>
#include <stddef.h>

/* A request that is longer than this is refused. */
#define HTTP_MAX_REQUEST 4096
#define HTTP_MAX_PATH 64

enum http_status {
	HTTP_MORE = 0,		/* not complete yet */
	HTTP_OK = 200,
	HTTP_BAD = 400,
	HTTP_NOT_FOUND = 404,
	HTTP_NO_METHOD = 405,
	HTTP_TIMEOUT = 408,
	HTTP_HAS_BODY = 413,
	HTTP_LONG_PATH = 414,
	HTTP_TOO_LARGE = 431,
	HTTP_ERROR = 500,
	HTTP_VERSION = 505,
};

struct http_request {
	bool head;			/* wants the headers only */
	bool openmetrics;		/* can read OpenMetrics */
	char path[HTTP_MAX_PATH];	/* without the query */
};

/*
 * Looks at the @len bytes that have come so far. Any answer but HTTP_MORE is
 * final; with HTTP_OK, @req is filled.
 */
enum http_status http_parse(const char *buf, size_t len,
			    struct http_request *req);

/* "Not Found" */
const char *http_reason(enum http_status status);

#endif
