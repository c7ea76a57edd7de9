// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Reads a request; see http.h. Nothing here trusts a byte of it. */
#include <string.h>
#include <strings.h>

#include "http.h"

/* Part of the request; not terminated. */
struct span {
	const char *at;
	size_t len;
};

static bool span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && !memcmp(s.at, text, s.len);
}

static bool span_is_word(struct span s, const char *text)
{
	return s.len == strlen(text) && !strncasecmp(s.at, text, s.len);
}

static bool span_has(struct span s, const char *text)
{
	size_t n = strlen(text);

	for (; s.len >= n; s.at++, s.len--)
		if (!strncasecmp(s.at, text, n))
			return true;
	return false;
}

/* Cuts off what stands before the first @c, and @c; all if there is none. */
static struct span cut(struct span *from, char c)
{
	const char *end = memchr(from->at, c, from->len);
	struct span head = *from;

	if (end)
		head.len = (size_t)(end - from->at);
	from->at += head.len + (end ? 1 : 0);
	from->len -= head.len + (end ? 1 : 0);
	return head;
}

static struct span trim(struct span s)
{
	while (s.len && (*s.at == ' ' || *s.at == '\t')) {
		s.at++;
		s.len--;
	}
	while (s.len && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* Only what a header may hold; what is not text is not worth waiting for. */
static bool is_text(const char *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)buf[i];

		if ((c < ' ' && c != '\r' && c != '\n' && c != '\t') ||
		    c == 0x7f)
			return false;
		if (c == '\n' && (!i || buf[i - 1] != '\r'))
			return false;
		if (c == '\r' && i + 1 < len && buf[i + 1] != '\n')
			return false;
	}
	return true;
}

static enum http_status parse_path(struct span target, struct http_request *req)
{
	struct span path = cut(&target, '?');

	if (!path.len || path.at[0] != '/')
		return HTTP_BAD;
	if (path.len >= sizeof(req->path))
		return HTTP_LONG_PATH;
	memcpy(req->path, path.at, path.len);
	req->path[path.len] = '\0';
	return HTTP_OK;
}

/* "GET /metrics HTTP/1.1" */
static enum http_status parse_first(struct span line, struct http_request *req,
				    bool *wants_host)
{
	struct span method = cut(&line, ' ');
	struct span target = cut(&line, ' ');

	if (!method.len || line.len < 8 || memcmp(line.at, "HTTP/", 5) != 0)
		return HTTP_BAD;
	if (!span_is(line, "HTTP/1.1") && !span_is(line, "HTTP/1.0"))
		return HTTP_VERSION;
	*wants_host = span_is(line, "HTTP/1.1");
	req->head = span_is(method, "HEAD");
	if (!req->head && !span_is(method, "GET"))
		return HTTP_NO_METHOD;
	return parse_path(target, req);
}

static enum http_status parse_field(struct span line, struct http_request *req,
				    bool *wants_host)
{
	struct span name, value = line;

	if (!memchr(line.at, ':', line.len))
		return HTTP_BAD;
	name = cut(&value, ':');
	/* also refuses a line that goes on from the one before */
	if (!name.len || memchr(name.at, ' ', name.len) ||
	    memchr(name.at, '\t', name.len))
		return HTTP_BAD;
	value = trim(value);
	if (span_is_word(name, "Host"))
		*wants_host = false;
	if (span_is_word(name, "Accept") &&
	    span_has(value, "application/openmetrics-text"))
		req->openmetrics = true;
	if (span_is_word(name, "Transfer-Encoding") ||
	    (span_is_word(name, "Content-Length") && !span_is(value, "0")))
		return HTTP_HAS_BODY;
	return HTTP_OK;
}

/* The next line without its end; false if it has none. */
static bool next_line(struct span *rest, struct span *line)
{
	if (!memchr(rest->at, '\n', rest->len))
		return false;
	*line = cut(rest, '\n');
	line->len--;	/* the \r that is_text() has seen */
	return true;
}

static bool is_complete(const char *buf, size_t len)
{
	size_t i;

	for (i = 3; i < len; i++)
		if (!memcmp(buf + i - 3, "\r\n\r\n", 4))
			return true;
	return false;
}

enum http_status http_parse(const char *buf, size_t len,
			    struct http_request *req)
{
	struct span rest = { buf, len }, line;
	enum http_status status;
	bool wants_host = false;

	memset(req, 0, sizeof(*req));
	if (len > HTTP_MAX_REQUEST)
		return HTTP_TOO_LARGE;
	if (!is_text(buf, len))
		return HTTP_BAD;
	if (!is_complete(buf, len))
		return len == HTTP_MAX_REQUEST ? HTTP_TOO_LARGE : HTTP_MORE;
	if (!next_line(&rest, &line))
		return HTTP_BAD;
	status = parse_first(line, req, &wants_host);
	while (status == HTTP_OK && next_line(&rest, &line) && line.len)
		status = parse_field(line, req, &wants_host);
	if (status == HTTP_OK && wants_host)
		return HTTP_BAD;
	return status;
}

const char *http_reason(enum http_status status)
{
	switch (status) {
	case HTTP_OK:
		return "OK";
	case HTTP_NOT_FOUND:
		return "Not Found";
	case HTTP_NO_METHOD:
		return "Method Not Allowed";
	case HTTP_TIMEOUT:
		return "Request Timeout";
	case HTTP_HAS_BODY:
		return "Content Too Large";
	case HTTP_LONG_PATH:
		return "URI Too Long";
	case HTTP_TOO_LARGE:
		return "Request Header Fields Too Large";
	case HTTP_ERROR:
		return "Internal Server Error";
	case HTTP_VERSION:
		return "HTTP Version Not Supported";
	default:
		return "Bad Request";
	}
}
