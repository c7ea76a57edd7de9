/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Loading, attaching and detaching XDP programs, with reasons when it fails. */
#ifndef TANDEM_PROGRAM_H
#define TANDEM_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "links.h"
#include "port.h"

struct bpf_object;
struct bpf_program;
struct xdp_program;

enum attach_how {
	ATTACH_NATIVE,		/* in the driver, by a bpf_link of our own */
	ATTACH_DISPATCHER,	/* in the driver, through libxdp's dispatcher */
	ATTACH_SKB,		/* generic, in the network stack */
};

/* libxdp's default program for AF_XDP, as a name for --prog. */
#define PROGRAM_LIBXDP "libxdp"
/* Our own that counts the frames that found no socket. */
#define PROGRAM_COUNT "count"

/*
 * A program that redirects into sockets, attached for as long as we live: a
 * link's file descriptor is all that holds it, so the kernel detaches it even
 * if we are killed. The dispatcher has no such thing; it is detached at exit.
 */
struct pairing {
	const struct port *port;
	struct bpf_object *obj;
	struct bpf_program *prog;
	struct xdp_program *multi;
	enum attach_how how;
	int link_fd;
	int map_fd;
	int unpaired_fd;	/* map of PROGRAM_COUNT, or -1 */
	bool pinned;		/* by `tandem pair`; not ours to detach */
};

/*
 * @file: an object with an XSKMAP, PROGRAM_LIBXDP, PROGRAM_COUNT, or NULL for our
 * own. On a device that `tandem pair` has prepared, NULL takes the program and the map
 * that are there.
 */
int pairing_attach(struct pairing *p, const struct port *port,
		   const char *file, enum attach_how how, bool or_skb);
int pairing_add(struct pairing *p, unsigned int queue, int socket_fd);
void pairing_detach(struct pairing *p);
/* The id of the program that we have attached, 0 if unknown. */
uint32_t pairing_program_id(const struct pairing *p);
/* Lets go of our handles; what is pinned, or libxdp's, stays. */
void pairing_leave(struct pairing *p);

/* Opens @file and finds the XDP program of @section (NULL: the first one). */
int program_open_file(struct bpf_object **obj, struct bpf_program **prog,
		      const char *file, const char *section);
/* The same, and loads it into the kernel. */
int program_load_file(struct bpf_object **obj, struct bpf_program **prog,
		      const char *file, const char *section);

/*
 * Attach and detach a program that stays when we exit: by a pinned link, whose
 * pin goes into @pin, or as 'ip link' does where one has been attached like
 * that or there is no BPF file system, @pin "". What is there is replaced.
 */
int program_attach_persistent(const struct port *port,
			      struct bpf_program *prog, enum attach_how how,
			      char pin[LINKS_PATH_SIZE]);
int program_detach_persistent(const struct port *port);

/* True if any XDP program is attached. */
bool port_has_program(const struct port *port);

/* The last thing that the kernel or libbpf complained of, or "". */
const char *program_complaint(void);
void program_capture_messages(void);

#endif
