/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The part that needs libxdp: several programs on one device. */
#ifndef TANDEM_DISPATCHER_H
#define TANDEM_DISPATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port.h"

struct bpf_object;
struct bpf_program;
struct xdp_program;

/* The path of libxdp's default AF_XDP program. */
int dispatcher_find_default(char *path, size_t size);

/* On success the xdp_program owns @obj. */
int dispatcher_attach(struct xdp_program **multi, struct bpf_object *obj,
		      struct bpf_program *prog, const struct port *port);
void dispatcher_detach(struct xdp_program *multi, const struct port *port);

/* Closes our handle; the program stays attached. */
void dispatcher_leave(struct xdp_program *multi);
uint32_t dispatcher_id(const struct xdp_program *multi);

/*
 * Detaches one program of the dispatcher: the one with this id, or if that is
 * 0 the first one that has the name of a pairing program. False if the program is
 * still there.
 */
bool dispatcher_detach_one(const struct port *port, uint32_t id);

/* The number of programs that a dispatcher runs there, 0 if there is none. */
unsigned int dispatcher_programs(const struct port *port);

/* True if a dispatcher was there and is gone now. */
bool dispatcher_detach_all(const struct port *port);

#endif
