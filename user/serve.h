/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Answers scrapes over HTTP until a signal comes. What a client may do is
 * bounded: how many at a time, how long a request, how long it may take, one
 * request per connection.
 */
#ifndef TANDEM_SERVE_H
#define TANDEM_SERVE_H

#define SERVE_CLIENTS 8
#define SERVE_SECONDS 5

/* @listen: "ADDR:PORT" or "[ADDR]:PORT"; @dev as in metrics.h. An exit code. */
int serve(const char *listen, const char *dev);

#endif
