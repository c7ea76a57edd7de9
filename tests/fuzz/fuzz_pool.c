// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: any row of calls of the vector pool, compared with the
 * model after each. Six bytes make the pool, every eight more make a call.
 */
#include <stdio.h>

#include "pool_model.h"

static struct pool_rig rig;

static void must(const char *wrong, size_t at)
{
	if (!wrong)
		return;
	fprintf(stderr, "not like the model: %s (byte %zu; type %d, %d entries,"
		" %d static, %d VFs)\n", wrong, at, rig.model.type,
		rig.model.total, rig.model.num_static, rig.model.num_vfs);
	__builtin_trap();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	size_t at = POOL_RIG_INIT_BYTES;

	if (size < at)
		return -1;
	must(pool_rig_init(&rig, data), 0);
	for (; size - at >= POOL_RIG_STEP_BYTES; at += POOL_RIG_STEP_BYTES)
		must(pool_rig_step(&rig, data + at), at);
	/* A large table takes too long to look at each time. */
	if (rig.model.total <= 64)
		must(pool_rig_check_all(&rig), size);
	if (tandem_pool_fini(&rig.pool) != model_held(&rig.model))
		must("result of fini", size);
	return 0;
}
