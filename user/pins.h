/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What `tandem pair` leaves in the BPF file system for applications to find:
 *
 *   /sys/fs/bpf/tandem/<dev>/xsks	the map that sockets go into
 *   /sys/fs/bpf/tandem/<dev>/link	what keeps the program attached
 *   /sys/fs/bpf/tandem/<dev>/unpaired	frames of queues without a socket, if counted
 *
 * The file system reserves names with a dot; a device's dot becomes a colon,
 * which no device may have in its name.
 */
#ifndef TANDEM_PINS_H
#define TANDEM_PINS_H

#include <stdbool.h>

#include "port.h"

#define PINS_ROOT "/sys/fs/bpf/tandem"

#define PINS_NAME_SIZE 32

struct pins {
	char dir[64];
	char map[72];
	char link[72];
	char unpaired[76];
};

/* True if a BPF file system is where it should be. */
bool pins_possible(void);

/* A device's name as a file's. */
void pins_name(char name[PINS_NAME_SIZE], const char *dev);

/* Makes a folder for our user alone, or finds that it is one. */
int pins_make_dir(const char *path);

void pins_paths(struct pins *pins, const char *dev);

/* Makes the folder of a device. */
int pins_create(const struct pins *pins, const char *dev);

/* Pins an object; @path is one of the above. */
int pins_add(int fd, const char *path);

/* Detaches the link and removes everything; what is not there is no error. */
bool pins_remove(const struct pins *pins);

/* True if there is a folder for this device. */
bool pins_exist(const struct pins *pins);

/* A pinned link, and what the kernel says of it; -1 if there is none to read. */
struct bpf_link_info;
int pins_open_link(const char *path, struct bpf_link_info *info);

/*
 * The pinned map of what runs on @port; -1 if it has none, or if what is pinned
 * under its name is another device's.
 */
int pins_open_map(const struct port *port);

#endif
