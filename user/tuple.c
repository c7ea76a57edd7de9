// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* See tuple.h. */
#include <arpa/inet.h>
#include <linux/ethtool.h>
#include <stdio.h>
#include <string.h>

#include "numbers.h"
#include "tandem.h"
#include "tuple.h"

#define ADDRESSES	(RXH_IP_SRC | RXH_IP_DST)
#define PORTS		(RXH_L4_B_0_1 | RXH_L4_B_2_3)

static const struct kind {
	const char *proto;
	uint32_t v4, v6;
	bool has_ports;
} kinds[] = {
	{ "tcp", TCP_V4_FLOW, TCP_V6_FLOW, true },
	{ "udp", UDP_V4_FLOW, UDP_V6_FLOW, true },
	{ "ip", IPV4_FLOW, IPV6_FLOW, false },
};

static bool parse_address(const char *text, uint8_t *to, unsigned int *alen)
{
	*alen = strchr(text, ':') ? 16 : 4;
	return inet_pton(*alen == 16 ? AF_INET6 : AF_INET, text, to) == 1;
}

static bool parse_port(const char *text, uint16_t *port)
{
	uint64_t value;

	if (!number_parse(text, &value) || !value || value > UINT16_MAX)
		return false;
	*port = htons((uint16_t)value);
	return true;
}

/* "1.2.3.4:5" or "[1::2]:5" */
static bool parse_end(const char *text, uint8_t *to, unsigned int *alen,
		      uint16_t *port)
{
	char address[INET6_ADDRSTRLEN];
	bool bracket = *text == '[';
	const char *end = strchr(text, bracket ? ']' : ':');
	size_t len;

	text += bracket;
	if (!end || end[bracket] != ':')
		return false;
	len = (size_t)(end - text);
	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	return parse_address(address, to, alen) && bracket == (*alen == 16) &&
	       parse_port(end + bracket + 1, port);
}

static int parse_either(const struct kind *kind, const char *text, uint8_t *to,
			unsigned int *alen, uint16_t *port)
{
	if (!kind->has_ports)
		return parse_address(text, to, alen) ? 0 :
		       fail(TD_USAGE, "steer: ip: '%s' is not an address such "
			    "as 192.0.2.2 or 2001:db8::2", text);
	return parse_end(text, to, alen, port) ? 0 :
	       fail(TD_USAGE, "steer: %s: '%s' is not an address with a port "
		    "such as 192.0.2.2:4000 or [2001:db8::2]:4000",
		    kind->proto, text);
}

int tuple_parse(struct tuple *tuple, const char *proto, const char *src,
		const char *dst)
{
	const struct kind *kind = NULL;
	unsigned int alen = 0;
	size_t i;
	int err;

	memset(tuple, 0, sizeof(*tuple));
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(proto, kinds[i].proto))
			kind = &kinds[i];
	if (!kind)
		return fail(TD_USAGE, "steer: '%s' is not tcp, udp or ip; 'ip "
			    "SRC DST' is for all that the device hashes by its "
			    "addresses alone, such as fragments", proto);
	err = parse_either(kind, src, tuple->saddr, &tuple->alen,
			   &tuple->sport);
	if (!err)
		err = parse_either(kind, dst, tuple->daddr, &alen,
				   &tuple->dport);
	if (err)
		return err;
	if (alen != tuple->alen)
		return fail(TD_USAGE, "steer: %s is IPv%d and %s is IPv%d; a "
			    "flow has two addresses of one kind", src,
			    alen == 4 ? 6 : 4, dst, alen == 4 ? 4 : 6);
	tuple->flow_type = alen == 4 ? kind->v4 : kind->v6;
	tuple->has_ports = kind->has_ports;
	return 0;
}

static void end_text(const struct tuple *t, const uint8_t *address,
		     uint16_t port, char *text, size_t size)
{
	bool bracket = t->alen == 16;
	char plain[INET6_ADDRSTRLEN];

	inet_ntop(t->alen == 16 ? AF_INET6 : AF_INET, address, plain,
		  sizeof(plain));
	if (t->has_ports)
		snprintf(text, size, "%s%s%s:%u", bracket ? "[" : "", plain,
			 bracket ? "]" : "", ntohs(port));
	else
		snprintf(text, size, "%s", plain);
}

void tuple_text(const struct tuple *tuple, const char *proto, char *text)
{
	char src[TUPLE_TEXT / 2 - 2], dst[TUPLE_TEXT / 2 - 2];

	end_text(tuple, tuple->saddr, tuple->sport, src, sizeof(src));
	end_text(tuple, tuple->daddr, tuple->dport, dst, sizeof(dst));
	snprintf(text, TUPLE_TEXT, "%.3s %s %s", proto, src, dst);
}

unsigned int tuple_input(const struct tuple *tuple, uint64_t fields,
			 uint8_t *to)
{
	unsigned int n = tuple->alen;

	if (fields != ADDRESSES && fields != (ADDRESSES | PORTS))
		return 0;
	memcpy(to, tuple->saddr, n);
	memcpy(to + n, tuple->daddr, n);
	n *= 2;
	if (!(fields & PORTS))
		return n;
	if (!tuple->has_ports)
		return 0;
	memcpy(to + n, &tuple->sport, 2);
	memcpy(to + n + 2, &tuple->dport, 2);
	return n + 4;
}

void tuple_fields_text(uint64_t fields, char *text, size_t size)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} known[] = {
		{ RXH_IP_SRC, "source address" },
		{ RXH_IP_DST, "destination address" },
		{ RXH_L4_B_0_1, "source port" },
		{ RXH_L4_B_2_3, "destination port" },
	};
	size_t i, len;

	snprintf(text, size, "%s", fields ? "" : "nothing");
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		len = strlen(text);
		if (fields & known[i].bit)
			snprintf(text + len, size - len, "%s%s", len ? ", " :
				 "", known[i].name);
		fields &= ~known[i].bit;
	}
	len = strlen(text);
	if (fields)
		snprintf(text + len, size - len, "%sother fields", len ? ", " :
			 "");
}
