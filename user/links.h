/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Links that `tandem load` pins, so that a program stays when the command has
 * ended and nobody replaces it by accident:
 *
 *   /sys/fs/bpf/tandem-links/<dev>
 *
 * A device that was renamed keeps its pin; the link tells whose it is.
 */
#ifndef TANDEM_LINKS_H
#define TANDEM_LINKS_H

#include <stdint.h>

#include "port.h"

#define LINKS_PATH_SIZE 64

/*
 * The pinned link that holds what is attached to @port now: a descriptor for
 * the caller to close, its pin in @path; or -1, and @path "".
 */
int links_find(const struct port *port, char path[LINKS_PATH_SIZE]);

/* Pins a link of @port, the pin in @path. Complains when it fails. */
int links_pin(const struct port *port, int link_fd,
	      char path[LINKS_PATH_SIZE]);

/* Detaches a link from its device and removes its pin. */
int links_remove(int link_fd, const char *path);

#endif
