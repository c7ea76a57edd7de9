// SPDX-License-Identifier: GPL-2.0
/*
 * Where a flow lands: the flow as it is written, the hash of it (with the
 * values by which Microsoft verifies RSS), and the record of what was changed.
 */
#include <arpa/inet.h>
#include <linux/ethtool.h>
#include <stdio.h>
#include <string.h>

#include "steer.h"
#include "steered.h"
#include "tandem.h"
#include "tuple.h"
#include "unit.h"

#define TWO	(RXH_IP_SRC | RXH_IP_DST)
#define FOUR	(TWO | RXH_L4_B_0_1 | RXH_L4_B_2_3)

static const uint8_t microsoft[40] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static char said[300];

/* For the tool's own, which says it on stderr; cmocka has a macro of that name. */
#undef fail
int fail(int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	return code;
}

static struct tuple tuple;

static uint32_t hash(const char *proto, const char *src, const char *dst,
		     uint64_t fields)
{
	uint8_t input[TUPLE_MAX_INPUT];
	unsigned int len;

	assert_int_equal(tuple_parse(&tuple, proto, src, dst), 0);
	len = tuple_input(&tuple, fields, input);
	assert_true(len);
	return toeplitz(microsoft, input, len);
}

static void microsoft_ipv4(void **state)
{
	static const struct {
		const char *src, *dst;
		uint32_t two, four;
	} v[] = {
		{ "66.9.149.187:2794", "161.142.100.80:1766",
		  0x323e8fc2, 0x51ccc178 },
		{ "199.92.111.2:14230", "65.69.140.83:4739",
		  0xd718262a, 0xc626b0ea },
		{ "24.19.198.95:12898", "12.22.207.184:38024",
		  0xd2d0a5de, 0x5c2b394a },
		{ "38.27.205.30:48228", "209.142.163.6:2217",
		  0x82989176, 0xafc7327f },
		{ "153.39.163.191:44251", "202.188.127.2:1303",
		  0x5d1809c5, 0x10e828a2 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(v); i++) {
		assert_int_equal(hash("tcp", v[i].src, v[i].dst, FOUR),
				 v[i].four);
		assert_int_equal(hash("udp", v[i].src, v[i].dst, FOUR),
				 v[i].four);
		assert_int_equal(hash("udp", v[i].src, v[i].dst, TWO),
				 v[i].two);
	}
	assert_int_equal(hash("ip", "66.9.149.187", "161.142.100.80", TWO),
			 0x323e8fc2);
}

static void microsoft_ipv6(void **state)
{
	static const struct {
		const char *src, *dst;
		uint32_t two, four;
	} v[] = {
		{ "[3ffe:2501:200:1fff::7]:2794", "[3ffe:2501:200:3::1]:1766",
		  0x2cc18cd5, 0x40207d3d },
		{ "[3ffe:501:8::260:97ff:fe40:efab]:14230", "[ff02::1]:4739",
		  0x0f0c461c, 0xdde51bbf },
		{ "[3ffe:1900:4545:3:200:f8ff:fe21:67cf]:44251",
		  "[fe80::200:f8ff:fe21:67cf]:38024",
		  0x4b61e985, 0x02d1feef },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(v); i++) {
		assert_int_equal(hash("tcp", v[i].src, v[i].dst, FOUR),
				 v[i].four);
		assert_int_equal(hash("udp", v[i].src, v[i].dst, TWO),
				 v[i].two);
	}
	assert_int_equal(hash("ip", "3ffe:2501:200:1fff::7",
			      "3ffe:2501:200:3::1", TWO), 0x2cc18cd5);
}

static void kinds(void **state)
{
	static const struct {
		const char *proto, *src, *dst;
		uint32_t flow_type;
	} v[] = {
		{ "tcp", "192.0.2.2:1", "192.0.2.1:65535", TCP_V4_FLOW },
		{ "udp", "192.0.2.2:1", "192.0.2.1:65535", UDP_V4_FLOW },
		{ "tcp", "[2001:db8::2]:1", "[::1]:65535", TCP_V6_FLOW },
		{ "udp", "[2001:db8::2]:1", "[::1]:65535", UDP_V6_FLOW },
		{ "ip", "192.0.2.2", "192.0.2.1", IPV4_FLOW },
		{ "ip", "2001:db8::2", "::1", IPV6_FLOW },
	};
	char text[TUPLE_TEXT], want[TUPLE_TEXT];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(v); i++) {
		assert_int_equal(tuple_parse(&tuple, v[i].proto, v[i].src,
					     v[i].dst), 0);
		assert_int_equal(tuple.flow_type, v[i].flow_type);
		tuple_text(&tuple, v[i].proto, text);
		snprintf(want, sizeof(want), "%s %s %s", v[i].proto, v[i].src,
			 v[i].dst);
		assert_string_equal(text, want);
	}
	assert_int_equal(tuple_parse(&tuple, "udp", "[2001:DB8:0:0::2]:4000",
				     "[1111:2222:3333:4444:5555:6666:7777:8888]:65535"),
			 0);
	tuple_text(&tuple, "udp", text);
	assert_string_equal(text, "udp [2001:db8::2]:4000 "
			    "[1111:2222:3333:4444:5555:6666:7777:8888]:65535");
}

static void not_a_flow(void **state)
{
	static const char *const ends[] = {
		"", ":", "192.0.2.2", "192.0.2.2:", "192.0.2.2:0",
		"192.0.2.2:65536", "192.0.2.2:010", "192.0.2.2:1x",
		"192.0.2.2:-1", "192.0.2:1", "192.0.2.256:1", "192.0.2.2 :1",
		"2001:db8::2", "2001:db8::2:1", "[2001:db8::2]",
		"[2001:db8::2]:", "[2001:db8::2]1", "[2001:db8::2]:65536",
		"[2001:db8::2:1", "[192.0.2.2]:1", "[]:1", "[", "[]", "host:1",
		"[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa]:1",
	};
	static const char *const addresses[] = {
		"", "192.0.2", "192.0.2.2:1", "[2001:db8::2]", "2001:db8::2::",
		"host", "192.0.2.2/24", "0x7f.1",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		said[0] = '\0';
		assert_int_equal(tuple_parse(&tuple, "udp", ends[i],
					     "192.0.2.1:1"), TD_USAGE);
		assert_non_null(strstr(said, "udp: '"));
		assert_non_null(strstr(said, "[2001:db8::2]:4000"));
		assert_int_equal(tuple_parse(&tuple, "tcp", "192.0.2.1:1",
					     ends[i]), TD_USAGE);
	}
	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		assert_int_equal(tuple_parse(&tuple, "ip", addresses[i],
					     "192.0.2.1"), TD_USAGE);
		assert_int_equal(tuple_parse(&tuple, "ip", "192.0.2.1",
					     addresses[i]), TD_USAGE);
		assert_non_null(strstr(said, "such as 192.0.2.2 or"));
	}
	assert_int_equal(tuple_parse(&tuple, "sctp", "192.0.2.2:1",
				     "192.0.2.1:1"), TD_USAGE);
	assert_non_null(strstr(said, "'sctp' is not tcp, udp or ip"));
	assert_int_equal(tuple_parse(&tuple, "", "1.1.1.1", "1.1.1.1"),
			 TD_USAGE);
	assert_int_equal(tuple_parse(&tuple, "udp", "192.0.2.2:1",
				     "[2001:db8::1]:1"), TD_USAGE);
	assert_non_null(strstr(said, "192.0.2.2:1 is IPv4 and [2001:db8::1]:1 is IPv6"));
	assert_int_equal(tuple_parse(&tuple, "ip", "2001:db8::1", "192.0.2.2"),
			 TD_USAGE);
	assert_non_null(strstr(said, "is IPv6 and 192.0.2.2 is IPv4"));
}

static void fields(void **state)
{
	uint8_t input[TUPLE_MAX_INPUT];
	char text[100];
	uint64_t f;

	tuple_parse(&tuple, "udp", "1.2.3.4:258", "5.6.7.8:772");
	for (f = 0; f < 1024; f++)
		assert_int_equal(tuple_input(&tuple, f, input),
				 f == TWO ? 8 : f == FOUR ? 12 : 0);
	assert_int_equal(tuple_input(&tuple, FOUR | 1ull << 31, input), 0);
	assert_int_equal(tuple_input(&tuple, FOUR, input), 12);
	assert_memory_equal(input, "\1\2\3\4\5\6\7\10\1\2\3\4", 12);
	/* of that there are no ports */
	tuple_parse(&tuple, "ip", "2001:db8::2", "2001:db8::1");
	assert_int_equal(tuple_input(&tuple, TWO, input), 32);
	assert_int_equal(tuple_input(&tuple, FOUR, input), 0);

	tuple_fields_text(0, text, sizeof(text));
	assert_string_equal(text, "nothing");
	tuple_fields_text(RXH_IP_SRC | RXH_L4_B_2_3, text, sizeof(text));
	assert_string_equal(text, "source address, destination port");
	tuple_fields_text(RXH_IP_DST | RXH_VLAN, text, sizeof(text));
	assert_string_equal(text, "destination address, other fields");
	tuple_fields_text(RXH_L2DA | FOUR, text, sizeof(text));
	assert_string_equal(text, "source address, destination address, source port, destination port, other fields");
}

static struct rss rss;

static void fill(unsigned int table, unsigned int key)
{
	unsigned int i;

	memset(&rss, 0, sizeof(rss));
	rss.table_len = table;
	rss.key_len = key;
	for (i = 0; i < table; i++)
		rss.table[i] = i % 4;
}

static void obstacles(void **state)
{
	fill(128, 40);
	assert_null(steer_obstacle(&rss, 36));
	rss.hfunc = RSS_TOEPLITZ;
	assert_null(steer_obstacle(&rss, 36));
	assert_non_null(steer_obstacle(&rss, 37));
	rss.hfunc = RSS_XOR;
	assert_non_null(strstr(steer_obstacle(&rss, 8), "by XOR"));
	rss.hfunc = RSS_CRC32;
	assert_non_null(strstr(steer_obstacle(&rss, 8), "by CRC32"));
	rss.hfunc = 8;
	assert_non_null(strstr(steer_obstacle(&rss, 8), "of its own"));
	rss.hfunc = RSS_TOEPLITZ;
	rss.xfrm = 1;
	assert_non_null(strstr(steer_obstacle(&rss, 8), "xfrm none"));
	fill(128, 0);
	assert_non_null(strstr(steer_obstacle(&rss, 0), "not tell its RSS key"));
	fill(0, 40);
	assert_non_null(strstr(steer_obstacle(&rss, 8), "no RSS table"));
	fill(96, 40);
	assert_non_null(strstr(steer_obstacle(&rss, 8), "power of two"));
	fill(1, 40);
	assert_null(steer_obstacle(&rss, 8));

	fill(128, 40);
	assert_int_equal(steer_entry(&rss, 0x51ccc178), 0x78);
	fill(512, 52);
	assert_int_equal(steer_entry(&rss, 0x51ccc178), 0x178);
}

static void bench_flows(void **state)
{
	struct flow flow;
	unsigned int q;
	char src[40];

	fill(128, 40);
	memcpy(rss.key, microsoft, sizeof(microsoft));
	for (q = 0; q < 4; q++) {
		assert_true(steer_flow(&rss, q, &flow));
		snprintf(src, sizeof(src), "%s:%u",
			 inet_ntoa((struct in_addr){ flow.saddr }),
			 ntohs(flow.sport));
		assert_int_equal(hash("udp", src, "198.19.0.1:9", FOUR) % 4, q);
		assert_int_equal(hash("udp", src, "198.19.0.1:9", TWO) % 4, q);
	}
	assert_false(steer_flow(&rss, 4, &flow));
}

static struct steered steered;

/* What 'tandem steer' does: noted, written, settled. */
static void steer(unsigned int entry, uint32_t queue)
{
	steered_note(&steered, entry, rss.table[entry], queue);
	rss.table[entry] = queue;
	steered_settle(&steered);
}

static void start(void)
{
	fill(128, 40);
	memset(&steered, 0, sizeof(steered));
}

/* One of some two thousand keys gives none of 4095 hosts to queue 0 of eight. */
static void bench_flow_of_rare_key(void **state)
{
	static const uint8_t rare[40] = {
		0xeb, 0xc9, 0xfe, 0xa6, 0x5d, 0x4d, 0x80, 0x04, 0x57, 0xb2,
		0x54, 0x51, 0x24, 0xb0, 0xf5, 0x47, 0x6b, 0xbe, 0xa5, 0x22,
		0x71, 0xc6, 0xce, 0xeb, 0xf2, 0xa2, 0xff, 0x09, 0xa9, 0x3c,
		0x9a, 0x94, 0x06, 0x99, 0x3b, 0x63, 0xe6, 0xbc, 0x68, 0x3e,
	};
	struct flow flow;
	unsigned int i;

	fill(128, sizeof(rare));
	memcpy(rss.key, rare, sizeof(rare));
	for (i = 0; i < 128; i++)
		rss.table[i] = i % 8;
	assert_true(steer_flow(&rss, 0, &flow));
}

static void put_back(void **state)
{
	start();
	steer(5, 3);
	steer(7, 0);
	steer(5, 2);
	assert_int_equal(steered.n, 2);
	assert_int_equal(steered_undo(&steered.entry[0], &rss, 4),
			 STEERED_BACK);
	assert_int_equal(rss.table[5], 1);
	assert_int_equal(rss.table[7], 0);
	assert_int_equal(steered_undo(&steered.entry[1], &rss, 4),
			 STEERED_BACK);
	assert_int_equal(rss.table[7], 3);
	/* what is done is done */
	assert_int_equal(steered_undo(&steered.entry[0], &rss, 4),
			 STEERED_BACK);
	assert_int_equal(rss.table[5], 1);
}

static void led_back(void **state)
{
	start();
	steer(5, 3);
	steer(7, 0);
	steer(5, 1);
	assert_int_equal(steered.n, 1);
	assert_int_equal(steered.entry[0].entry, 7);
}

static void somebody_else(void **state)
{
	start();
	steer(5, 3);
	rss.table[5] = 0;
	assert_int_equal(steered_undo(&steered.entry[0], &rss, 4),
			 STEERED_FOREIGN);
	assert_int_equal(rss.table[5], 0);
	/* from then on that is what it goes back to */
	steer(5, 2);
	assert_int_equal(steered.n, 1);
	assert_int_equal(steered_undo(&steered.entry[0], &rss, 4),
			 STEERED_BACK);
	assert_int_equal(rss.table[5], 0);
	rss.table_len = 4;
	assert_int_equal(steered_undo(&steered.entry[0], &rss, 4),
			 STEERED_FOREIGN);
}

/* Noted, and killed before the table was written */
static void killed(void **state)
{
	start();
	steered_note(&steered, 5, 1, 3);
	assert_int_equal(steered_undo(&steered.entry[0], &rss, 4),
			 STEERED_BACK);
	assert_int_equal(rss.table[5], 1);
	steer(5, 3);
	steered_note(&steered, 5, 3, 2);
	assert_int_equal(steered_undo(&steered.entry[0], &rss, 4),
			 STEERED_BACK);
	assert_int_equal(rss.table[5], 1);
	/* on its way back */
	rss.table[5] = 3;
	steered_note(&steered, 5, 3, 1);
	assert_int_equal(steered_undo(&steered.entry[0], &rss, 4),
			 STEERED_BACK);
	assert_int_equal(rss.table[5], 1);
}

static void queue_gone(void **state)
{
	start();
	steer(7, 0);
	assert_int_equal(steered_undo(&steered.entry[0], &rss, 3),
			 STEERED_NO_QUEUE);
	assert_int_equal(rss.table[7], 0);
	assert_int_equal(steered_undo(&steered.entry[0], &rss, 4),
			 STEERED_BACK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(microsoft_ipv4),
		cmocka_unit_test(microsoft_ipv6),
		cmocka_unit_test(kinds),
		cmocka_unit_test(not_a_flow),
		cmocka_unit_test(fields),
		cmocka_unit_test(obstacles),
		cmocka_unit_test(bench_flows),
		cmocka_unit_test(bench_flow_of_rare_key),
		cmocka_unit_test(put_back),
		cmocka_unit_test(led_back),
		cmocka_unit_test(somebody_else),
		cmocka_unit_test(killed),
		cmocka_unit_test(queue_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
