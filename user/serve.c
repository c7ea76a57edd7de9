// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A listener for a handful of scrapers; see serve.h. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "caps.h"
#include "http.h"
#include "metrics.h"
#include "serve.h"
#include "tandem.h"

#define SECOND_NS 1000000000ull
/* How much of what nobody asked for is read before the end. */
#define DRAIN_BYTES 65536

struct client {
	uint64_t deadline;
	size_t got;
	char *answer;		/* NULL: the request is not complete */
	size_t len, sent, drained;
	int fd;			/* -1: free */
	bool drain;		/* answered; waits for the client to close */
	char request[HTTP_MAX_REQUEST + 1];
};

static struct client clients[SERVE_CLIENTS];

/* Numbers only, so that what is listened on is what was written. */
static struct addrinfo *parse_address(const char *text)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	};
	const char *colon = strrchr(text, ':'), *at = text;
	struct addrinfo *info = NULL;
	char host[64];
	size_t len;

	if (!colon || colon == text)
		return NULL;
	len = (size_t)(colon - text);
	if (text[0] == '[' && text[len - 1] == ']') {
		at++;
		len -= 2;
	} else if (memchr(text, ':', len)) {
		return NULL;
	}
	if (!len || len >= sizeof(host) || !colon[1] || strlen(colon) > 6 ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    strtoul(colon + 1, NULL, 10) > 65535)
		return NULL;
	memcpy(host, at, len);
	host[len] = '\0';
	return getaddrinfo(host, colon + 1, &hints, &info) ? NULL : info;
}

static int cannot_listen(const char *text)
{
	if (errno == EACCES)
		return fail(TD_PERM, "listening on %s needs "
			    "CAP_NET_BIND_SERVICE; use a port from 1024 on",
			    text);
	if (errno == EADDRINUSE)
		return fail(TD_FAIL, "%s is in use; --listen ADDR:PORT chooses "
			    "another port", text);
	if (errno == EADDRNOTAVAIL)
		return fail(TD_FAIL, "no interface of this machine has the "
			    "address of %s; 'ip addr' lists them", text);
	return fail(TD_FAIL, "cannot listen on %s: %s", text, strerror(errno));
}

/* The port that the kernel chose, when it was 0. */
static void announce(int fd)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = sizeof(addr);
	char host[64], port[8];

	if (getsockname(fd, (struct sockaddr *)&addr, &len) ||
	    getnameinfo((struct sockaddr *)&addr, len, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV))
		return;
	printf(addr.ss_family == AF_INET6 ?
	       "listening on http://[%s]:%s/metrics\n" :
	       "listening on http://%s:%s/metrics\n", host, port);
	fflush(stdout);
}

static int open_listener(const char *text, int *fd)
{
	struct addrinfo *info = parse_address(text);
	int err = 0, one = 1;

	if (!info)
		return fail(TD_USAGE, "export: --listen: '%s' is not an "
			    "address and a port, such as 127.0.0.1:9576 or "
			    "[::1]:9576", text);
	*fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK |
		     SOCK_CLOEXEC, 0);
	if (*fd < 0) {
		err = cannot_listen(text);
		goto out;
	}
	setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(*fd, info->ai_addr, info->ai_addrlen) ||
	    listen(*fd, SERVE_CLIENTS)) {
		err = cannot_listen(text);
		close(*fd);
		goto out;
	}
	/* From here on strangers talk to us; reading counters needs no rights. */
	caps_keep(0);
	announce(*fd);
out:
	freeaddrinfo(info);
	return err;
}

static void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->answer);
	c->answer = NULL;
	c->fd = -1;
}

static void client_accept(int listener)
{
	struct client *c;

	for (c = clients; c < clients + SERVE_CLIENTS; c++)
		if (c->fd < 0)
			break;
	if (c == clients + SERVE_CLIENTS)
		return;
	memset(c, 0, sizeof(*c));
	c->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	c->deadline = now_ns() + SERVE_SECONDS * SECOND_NS;
}

/* Makes the answer of a status line, headers, and @body unless it is NULL. */
static void respond(struct client *c, enum http_status status, const char *type,
		    const char *body, size_t len, bool head)
{
	FILE *out = open_memstream(&c->answer, &c->len);

	if (!out)
		return;
	fprintf(out, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n"
		"Content-Length: %zu\r\nConnection: close\r\n"
		"Cache-Control: no-store\r\n%s\r\n", (int)status,
		http_reason(status), type, len,
		status == HTTP_NO_METHOD ? "Allow: GET, HEAD\r\n" : "");
	if (!head)
		fwrite(body, 1, len, out);
	if (fclose(out)) {
		free(c->answer);
		c->answer = NULL;
	}
}

static void respond_text(struct client *c, enum http_status status,
			 const char *text, bool head)
{
	respond(c, status, "text/plain; charset=utf-8", text, strlen(text),
		head);
}

static void respond_metrics(struct client *c, const struct http_request *req,
			    const char *dev)
{
	static const char *const types[] = {
		"text/plain; version=0.0.4; charset=utf-8",
		"application/openmetrics-text; version=1.0.0; charset=utf-8",
	};
	enum metrics_format format = req->openmetrics ? METRICS_OPENMETRICS :
				     METRICS_PROMETHEUS;
	size_t len;
	char *text = metrics_text(format, dev, &len);

	if (text)
		respond(c, HTTP_OK, types[format], text, len, req->head);
	else
		respond_text(c, HTTP_ERROR, "out of memory\n", req->head);
	free(text);
}

static void client_answer(struct client *c, enum http_status status,
			  const struct http_request *req, const char *dev)
{
	char text[80];

	if (status == HTTP_OK && !strcmp(req->path, "/metrics")) {
		respond_metrics(c, req, dev);
	} else if (status == HTTP_OK && !strcmp(req->path, "/")) {
		respond_text(c, status, "tandem export: see /metrics\n",
			     req->head);
	} else {
		if (status == HTTP_OK)
			status = HTTP_NOT_FOUND;
		snprintf(text, sizeof(text), "%d %s\n", (int)status,
			 http_reason(status));
		respond_text(c, status, text, req->head);
	}
	if (!c->answer)
		client_close(c);
}

static void client_read(struct client *c, const char *dev)
{
	struct http_request req;
	enum http_status status;
	ssize_t n;

	n = read(c->fd, c->request + c->got, sizeof(c->request) - c->got);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_close(c);
		return;
	}
	c->got += (size_t)n;
	status = http_parse(c->request, c->got, &req);
	if (status != HTTP_MORE)
		client_answer(c, status, &req, dev);
}

/*
 * A socket that is closed with unread data in it is reset, which may take the
 * answer from the client: what still comes is read and thrown away.
 */
static void client_drain(struct client *c)
{
	ssize_t n = read(c->fd, c->request, sizeof(c->request));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	c->drained += n > 0 ? (size_t)n : 0;
	if (n <= 0 || c->drained > DRAIN_BYTES)
		client_close(c);
}

static void client_write(struct client *c)
{
	ssize_t n = write(c->fd, c->answer + c->sent, c->len - c->sent);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		client_close(c);
		return;
	}
	c->sent += (size_t)n;
	if (c->sent == c->len) {
		shutdown(c->fd, SHUT_WR);
		c->drain = true;
	}
}

/* A request that does not come gets an answer, an answer that nobody reads
 * gets the end.
 */
static void client_expire(struct client *c, const char *dev)
{
	if (c->answer) {
		client_close(c);
		return;
	}
	c->deadline = now_ns() + SECOND_NS;
	client_answer(c, HTTP_TIMEOUT, &(struct http_request){ 0 }, dev);
}

static void client_event(struct client *c, short events, const char *dev)
{
	if (events && !c->answer)
		client_read(c, dev);
	else if (events && c->drain)
		client_drain(c);
	else if (events)
		client_write(c);
	if (c->fd >= 0 && now_ns() >= c->deadline)
		client_expire(c, dev);
}

static void serve_once(int listener, const char *dev)
{
	struct pollfd fds[SERVE_CLIENTS + 1];
	unsigned int i, busy = 0;

	for (i = 0; i < SERVE_CLIENTS; i++) {
		fds[i].fd = clients[i].fd;
		fds[i].events = clients[i].answer && !clients[i].drain ?
				POLLOUT : POLLIN;
		fds[i].revents = 0;
		busy += clients[i].fd >= 0;
	}
	/* the others wait in the kernel's queue */
	fds[i].fd = busy < SERVE_CLIENTS ? listener : -1;
	fds[i].events = POLLIN;
	fds[i].revents = 0;
	/* a signal that comes just before poll() is seen a second later */
	if (poll(fds, SERVE_CLIENTS + 1, busy ? 100 : 500) < 0)
		return;
	for (i = 0; i < SERVE_CLIENTS; i++)
		if (clients[i].fd >= 0)
			client_event(&clients[i], fds[i].revents, dev);
	if (fds[SERVE_CLIENTS].revents)
		client_accept(listener);
}

int serve(const char *listen, const char *dev)
{
	unsigned int i;
	int listener = -1, err;

	for (i = 0; i < SERVE_CLIENTS; i++)
		clients[i].fd = -1;
	err = open_listener(listen, &listener);
	if (err)
		return err;
	while (!stop_requested)
		serve_once(listener, dev);
	for (i = 0; i < SERVE_CLIENTS; i++)
		client_close(&clients[i]);
	close(listener);
	return TD_OK;
}
