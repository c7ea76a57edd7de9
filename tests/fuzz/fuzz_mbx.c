// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: any contents of a VF's mailbox. The first byte says how
 * many words there are, the rest is those words; what the parser lets pass
 * must be within the limits that the driver relies on.
 */
#include <stdio.h>
#include <stdlib.h>

#include "control/vf_msg.h"

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "let pass: %s\n", what);
	__builtin_trap();
}

static void check_multicast(const struct tandem_vf_msg *msg,
			    unsigned int words)
{
	unsigned int i;

	must(msg->num_hashes <= TANDEM_VF_MAX_HASHES, "too many hashes");
	must(1 + (msg->num_hashes + 1U) / 2 <= words, "hashes that are not there");
	for (i = 0; i < msg->num_hashes; i++)
		must(msg->hash[i] < 128 * 32, "hash beyond the table");
}

static void check(const u32 *word, unsigned int words,
		  const struct tandem_vf_msg *msg)
{
	must(words && words <= TANDEM_VF_MSG_WORDS, "wrong length");
	must(!(word[0] >> 30), "marks of the PF");
	must((word[0] & 0xffff) == msg->id, "id");
	switch (msg->id) {
	case TANDEM_VF_RESET:
		return;
	case TANDEM_VF_SET_MAC:
		if (msg->mac_op != TANDEM_VF_MAC_CLEAR_FILTERS)
			must(tandem_vf_mac_ok(msg->mac), "address");
		must(msg->mac_op <= TANDEM_VF_MAC_ADD_FILTER, "operation");
		return;
	case TANDEM_VF_SET_MULTICAST:
		check_multicast(msg, words);
		return;
	case TANDEM_VF_SET_VLAN:
		must(msg->vid < 4096, "VLAN id");
		return;
	case TANDEM_VF_SET_MAX_FRAME:
		must(msg->max_frame >= TANDEM_VF_MIN_FRAME &&
		     msg->max_frame <= TANDEM_VF_MAX_FRAME, "length of frame");
		return;
	case TANDEM_VF_SET_PROMISC:
		return;
	default:
		must(false, "unknown id");
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct tandem_vf_msg msg;
	unsigned int words;
	u32 *word;

	if (!size)
		return -1;
	words = data[0];
	/* Not a word more than it says, so that reading past it is seen; but
	 * where it says too much, nothing may be read at all.
	 */
	if (words <= TANDEM_VF_MSG_WORDS && words > (size - 1) / sizeof(u32))
		return -1;
	word = malloc(words <= TANDEM_VF_MSG_WORDS ? words * sizeof(u32) : 1);
	if (!word)
		return -1;
	if (words <= TANDEM_VF_MSG_WORDS)
		memcpy(word, data + 1, words * sizeof(u32));
	if (!tandem_vf_msg_parse(word, words, &msg))
		check(word, words, &msg);
	free(word);
	return 0;
}
