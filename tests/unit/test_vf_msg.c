// SPDX-License-Identifier: GPL-2.0
/* The messages of VFs: which are let pass and which are refused, and why. */
#include "test.h"

#include "control/vf_msg.h"

#define INFO(n)		((u32)(n) << 16)

static struct tandem_vf_msg msg;

#define PARSE(...) ({							\
	u32 word_[] = { __VA_ARGS__ };					\
	tandem_vf_msg_parse(word_, ARRAY_SIZE(word_), &msg); })

static void hello(void **state)
{
	assert_int_equal(PARSE(TANDEM_VF_RESET), 0);
	assert_int_equal(msg.id, TANDEM_VF_RESET);
	assert_int_equal(PARSE(TANDEM_VF_RESET | TANDEM_VF_MSG_CTS), 0);
	assert_int_equal(PARSE(TANDEM_VF_RESET | INFO(1)), -EINVAL);
}

static void not_a_request(void **state)
{
	u32 many[TANDEM_VF_MSG_WORDS + 1] = { TANDEM_VF_RESET };

	assert_int_equal(tandem_vf_msg_parse(many, 0, &msg), -EMSGSIZE);
	assert_int_equal(tandem_vf_msg_parse(many, TANDEM_VF_MSG_WORDS, &msg),
			 0);
	assert_int_equal(tandem_vf_msg_parse(many, ARRAY_SIZE(many), &msg),
			 -EMSGSIZE);
	assert_int_equal(PARSE(TANDEM_VF_RESET | TANDEM_VF_MSG_ACK), -EBADMSG);
	assert_int_equal(PARSE(TANDEM_VF_RESET | TANDEM_VF_MSG_NACK), -EBADMSG);
	assert_int_equal(PARSE(TANDEM_VF_RESET | BIT(24)), -EBADMSG);
	assert_int_equal(PARSE(TANDEM_VF_RESET | BIT(28)), -EBADMSG);
	assert_int_equal(PARSE(0), -ENOMSG);
	assert_int_equal(PARSE(7), -ENOMSG);
	assert_int_equal(PARSE(TANDEM_VF_CONTROL), -ENOMSG);
	assert_int_equal(PARSE(0xffff), -ENOMSG);
}

static void addresses(void **state)
{
	static const u8 mac[6] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };

	assert_int_equal(PARSE(TANDEM_VF_SET_MAC, 0x33221102, 0xffff5544), 0);
	assert_int_equal(msg.mac_op, TANDEM_VF_MAC_SET);
	assert_memory_equal(msg.mac, mac, sizeof(mac));
	assert_int_equal(PARSE(TANDEM_VF_SET_MAC | INFO(2), 0x33221102, 0x5544),
			 0);
	assert_int_equal(msg.mac_op, TANDEM_VF_MAC_ADD_FILTER);
	/* to clear, igbvf sends zeroes */
	assert_int_equal(PARSE(TANDEM_VF_SET_MAC | INFO(1), 0, 0), 0);
	assert_int_equal(msg.mac_op, TANDEM_VF_MAC_CLEAR_FILTERS);

	assert_int_equal(PARSE(TANDEM_VF_SET_MAC, 0, 0), -EADDRNOTAVAIL);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAC, 0x33221103, 0x5544),
			 -EADDRNOTAVAIL);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAC, 0xffffffff, 0xffff),
			 -EADDRNOTAVAIL);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAC | INFO(2), 0, 0),
			 -EADDRNOTAVAIL);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAC | INFO(3), 0x33221102, 0x5544),
			 -EINVAL);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAC, 0x33221102), -EMSGSIZE);
}

static void multicast(void **state)
{
	u32 word[TANDEM_VF_MSG_WORDS] = { 0 };
	unsigned int i;

	for (i = 0; i < TANDEM_VF_MAX_HASHES; i++)
		word[1 + i / 2] |= (0x1000 + i) << (16 * (i % 2));
	word[0] = TANDEM_VF_SET_MULTICAST | INFO(TANDEM_VF_MAX_HASHES);
	assert_int_equal(tandem_vf_msg_parse(word, 16, &msg), 0);
	assert_int_equal(msg.num_hashes, TANDEM_VF_MAX_HASHES);
	for (i = 0; i < TANDEM_VF_MAX_HASHES; i++)
		assert_int_equal(msg.hash[i], i);	/* twelve bits */

	/* more than fit, these are what did */
	word[0] |= INFO(TANDEM_VF_HASHES_MORE);
	assert_int_equal(tandem_vf_msg_parse(word, 16, &msg), 0);
	assert_int_equal(msg.num_hashes, TANDEM_VF_MAX_HASHES);

	assert_int_equal(tandem_vf_msg_parse(word, 15, &msg), -EMSGSIZE);
	word[0] = TANDEM_VF_SET_MULTICAST | INFO(TANDEM_VF_MAX_HASHES + 1);
	assert_int_equal(tandem_vf_msg_parse(word, 16, &msg), -EMSGSIZE);
	word[0] = TANDEM_VF_SET_MULTICAST | INFO(255);
	assert_int_equal(tandem_vf_msg_parse(word, 16, &msg), -EMSGSIZE);
	assert_int_equal(PARSE(TANDEM_VF_SET_MULTICAST), 0);
	assert_int_equal(msg.num_hashes, 0);
	assert_int_equal(PARSE(TANDEM_VF_SET_MULTICAST | INFO(1)), -EMSGSIZE);
	assert_int_equal(PARSE(TANDEM_VF_SET_MULTICAST | INFO(3), 0), -EMSGSIZE);
	assert_int_equal(PARSE(TANDEM_VF_SET_MULTICAST | INFO(3), 0, 5), 0);
	assert_int_equal(msg.hash[2], 5);
}

static void vlans(void **state)
{
	assert_int_equal(PARSE(TANDEM_VF_SET_VLAN | INFO(1), 4095), 0);
	assert_true(msg.add);
	assert_int_equal(msg.vid, 4095);
	assert_int_equal(PARSE(TANDEM_VF_SET_VLAN, 0), 0);
	assert_false(msg.add);
	assert_int_equal(PARSE(TANDEM_VF_SET_VLAN | INFO(1), 4096), -EINVAL);
	assert_int_equal(PARSE(TANDEM_VF_SET_VLAN | INFO(1), 0x10001), -EINVAL);
	assert_int_equal(PARSE(TANDEM_VF_SET_VLAN | INFO(2), 1), -EINVAL);
	assert_int_equal(PARSE(TANDEM_VF_SET_VLAN | INFO(1)), -EMSGSIZE);
}

static void frames(void **state)
{
	assert_int_equal(PARSE(TANDEM_VF_SET_MAX_FRAME, 1522), 0);
	assert_int_equal(msg.max_frame, 1522);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAX_FRAME, 64), 0);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAX_FRAME, 9728), 0);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAX_FRAME, 63), -EINVAL);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAX_FRAME, 9729), -EINVAL);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAX_FRAME, 0x10000 + 1522),
			 -EINVAL);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAX_FRAME | INFO(1), 1522),
			 -EINVAL);
	assert_int_equal(PARSE(TANDEM_VF_SET_MAX_FRAME), -EMSGSIZE);
}

static void promiscuous(void **state)
{
	assert_int_equal(PARSE(TANDEM_VF_SET_PROMISC), 0);
	assert_false(msg.multicast_promisc);
	assert_int_equal(PARSE(TANDEM_VF_SET_PROMISC | INFO(2)), 0);
	assert_true(msg.multicast_promisc);
	assert_int_equal(PARSE(TANDEM_VF_SET_PROMISC | INFO(1)), -EPERM);
	assert_int_equal(PARSE(TANDEM_VF_SET_PROMISC | INFO(3)), -EPERM);
	assert_int_equal(PARSE(TANDEM_VF_SET_PROMISC | INFO(4)), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello),
		cmocka_unit_test(not_a_request),
		cmocka_unit_test(addresses),
		cmocka_unit_test(multicast),
		cmocka_unit_test(vlans),
		cmocka_unit_test(frames),
		cmocka_unit_test(promiscuous),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
