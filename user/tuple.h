/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A flow as a user names it, and the bytes of it that a device hashes. */
#ifndef TANDEM_TUPLE_H
#define TANDEM_TUPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses and ports in network byte order, as in the frame. */
struct tuple {
	uint32_t flow_type;	/* the kernel's number: UDP_V4_FLOW, ... */
	bool has_ports;
	unsigned int alen;	/* bytes of an address: 4 or 16 */
	uint8_t saddr[16], daddr[16];
	uint16_t sport, dport;
};

#define TUPLE_MAX_INPUT 36
#define TUPLE_TEXT 112

/*
 * "udp", "192.0.2.2:4000", "192.0.2.1:5000"; "tcp", "[2001:db8::2]:4000", ...;
 * "ip" with addresses alone. 0, or TD_USAGE with a complaint.
 */
int tuple_parse(struct tuple *tuple, const char *proto, const char *src,
		const char *dst);

/* The same in one way of writing, into TUPLE_TEXT bytes. */
void tuple_text(const struct tuple *tuple, const char *proto, char *text);

/*
 * What goes into the hash when @fields (RXH_*) of @tuple are hashed, into
 * TUPLE_MAX_INPUT bytes; its length, or 0 where that is not the same for all
 * devices.
 */
unsigned int tuple_input(const struct tuple *tuple, uint64_t fields,
			 uint8_t *to);

/* @fields in words, for a complaint about them. */
void tuple_fields_text(uint64_t fields, char *text, size_t size);

#endif
