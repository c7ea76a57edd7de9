/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of the vector pool, said as plainly as they can be, and a rig that
 * drives a pool and this model with the same calls and compares everything
 * that can be seen. The property test feeds it random bytes, the fuzzer its
 * own.
 */
#ifndef TANDEM_TESTS_POOL_MODEL_H
#define TANDEM_TESTS_POOL_MODEL_H

#include "pool.h"

#define POOL_RIG_INIT_BYTES	6
#define POOL_RIG_STEP_BYTES	8

struct pool_model {
	bool given[TANDEM_POOL_MSIX_MAX];
	int type;
	int total;
	int num_static;
	int num_vfs;
};

struct pool_rig {
	struct tandem_pool pool;
	struct pool_model model;
	u16 index[TANDEM_POOL_MSIX_MAX + 1];
	u16 want[TANDEM_POOL_MSIX_MAX + 1];
};

static bool model_init(struct pool_model *m, int type, int total,
		       int num_static, int flags)
{
	bool ok = true;

	memset(m, 0, sizeof(*m));
	if (type == TANDEM_POOL_MSIX)
		ok = total >= 1 && total <= 2048;
	else if (type == TANDEM_POOL_MSI)
		ok = total >= 1 && total <= 32;
	else if (type == TANDEM_POOL_INTX)
		ok = total == 1;
	else
		ok = false;
	if (flags == 0 && num_static != total)
		ok = false;
	if (flags == 1 && (num_static > total || type != TANDEM_POOL_MSIX))
		ok = false;
	if (flags > 1)
		ok = false;
	if (!ok)
		return false;
	m->type = type;
	m->total = total;
	m->num_static = num_static;
	return true;
}

static int model_state(const struct pool_model *m, int i)
{
	int vf;

	if (i >= m->total)
		return -ENOENT;
	for (vf = 0; vf < m->num_vfs; vf++)
		if (i >= 22 - 3 * vf && i <= 24 - 3 * vf)
			return TANDEM_POOL_RESERVED;
	if (!m->given[i])
		return TANDEM_POOL_FREE;
	return i < m->num_static ? TANDEM_POOL_STATIC : TANDEM_POOL_DYN;
}

static unsigned int model_available(const struct pool_model *m, bool dyn_only)
{
	unsigned int n = 0;
	int i;

	for (i = dyn_only ? m->num_static : 0; i < m->total; i++)
		n += model_state(m, i) == TANDEM_POOL_FREE;
	return n;
}

static unsigned int model_held(const struct pool_model *m)
{
	unsigned int n = 0;
	int i;

	for (i = 0; i < m->total; i++)
		n += m->given[i];
	return n;
}

static int model_check(const struct pool_model *m,
		       const struct tandem_pool_req *req)
{
	long long first = req->first, count = req->count;
	int dynamic = m->total - m->num_static;

	if (count < 1)
		return -EINVAL;
	switch ((int)req->type) {
	case TANDEM_POOL_MSIX:
		if (count > 2048 || first < -1 || first > 2047)
			return -EINVAL;
		break;
	case TANDEM_POOL_MSI:
		if (first < -1 || first > 31)
			return -EINVAL;
		if (count != 1 && count != 2 && count != 4 && count != 8 &&
		    count != 16 && count != 32)
			return -EINVAL;
		break;
	case TANDEM_POOL_INTX:
		if (count > 1 || first < -1 || first > 0)
			return -EINVAL;
		break;
	default:
		return -EINVAL;
	}
	if ((int)req->behaviour != TANDEM_POOL_NORMAL &&
	    (int)req->behaviour != TANDEM_POOL_STRICT)
		return -EINVAL;
	if ((int)req->type != m->type)
		return -ENOENT;
	if (req->dyn_only && dynamic == 0)
		return -ENOENT;
	if (req->dyn_only && first >= 0 && first < m->num_static)
		return -EINVAL;
	if (req->dyn_only && count > dynamic)
		return -EINVAL;
	if (count > m->total)
		return -EINVAL;
	if (first >= 0 && first + count > m->total)
		return -EINVAL;
	return 0;
}

static int model_alloc(struct pool_model *m, const struct tandem_pool_req *req,
		       u16 *index, unsigned int *actual)
{
	unsigned int got = 0;
	int err, i;

	*actual = 0;
	err = model_check(m, req);
	if (err)
		return err;

	i = req->first >= 0 ? req->first : req->dyn_only ? m->num_static : 0;
	for (; i < m->total && got < req->count; i++) {
		if (model_state(m, i) == TANDEM_POOL_FREE)
			index[got++] = i;
		else if (req->first >= 0)
			break;
	}
	if (!got || (got < req->count &&
		     req->behaviour == TANDEM_POOL_STRICT)) {
		*actual = got;
		return -EAGAIN;
	}
	while (req->type == TANDEM_POOL_MSI && !is_power_of_2(got))
		got--;
	*actual = got;
	while (got--)
		m->given[index[got]] = true;
	return 0;
}

static int model_free(struct pool_model *m, int i)
{
	switch (model_state(m, i)) {
	case TANDEM_POOL_FREE:
		return -EALREADY;
	case TANDEM_POOL_STATIC:
	case TANDEM_POOL_DYN:
		m->given[i] = false;
		return 0;
	}
	return -ENOENT;
}

static int model_set_bound(struct pool_model *m, int num_vfs,
			   unsigned int *held)
{
	int before = m->num_vfs;
	int i;

	*held = 0;
	if (num_vfs < 0 || num_vfs > 8)
		return -EINVAL;
	m->num_vfs = num_vfs;
	for (i = 0; i < m->total; i++)
		*held += m->given[i] &&
			 model_state(m, i) == TANDEM_POOL_RESERVED;
	if (!*held)
		return 0;
	m->num_vfs = before;
	return -EBUSY;
}

/* Everything that can be asked of the pool, entry by entry. */
static const char *pool_rig_check_all(const struct pool_rig *rig)
{
	int i;

	for (i = 0; i <= rig->model.total; i++)
		if (tandem_pool_state(&rig->pool, i) !=
		    model_state(&rig->model, i))
			return "state of an entry";
	for (i = 0; i < 2; i++)
		if (tandem_pool_available(&rig->pool, i) !=
		    model_available(&rig->model, i))
			return "number of free entries";
	return NULL;
}

static const char *pool_rig_init(struct pool_rig *rig, const u8 *b)
{
	static const u16 totals[] = { 0, 1, 10, 16, 25, 32, 64, 65, 128, 2049 };
	int total = b[1] & 1 ? totals[(b[1] >> 1) % 10] : b[1] >> 1;
	int type = b[0] & 0x70 ? TANDEM_POOL_MSIX : b[0] & 0x7;
	int flags = b[5] & 0x0f ? b[5] & 1 : b[5] >> 4;
	int num_static = (b[3] << 8 | b[4]) % (total + 2);
	bool ok;

	/* Seldom: it takes long to look at. */
	if (total == 128 && b[2] & 0x10)
		total = TANDEM_POOL_MSIX_MAX;
	if (type == TANDEM_POOL_INTX && b[2] & 3)
		total = 1;
	if (b[2] & 4 || (!(flags & 1) && b[2] & 8))
		num_static = total;
	ok = model_init(&rig->model, type, total, num_static, flags);
	if (tandem_pool_init(&rig->pool, type, total, num_static, flags) !=
	    (ok ? 0 : -EINVAL))
		return "init";
	return pool_rig_check_all(rig);
}

static const char *pool_rig_alloc(struct pool_rig *rig, const u8 *b)
{
	struct tandem_pool_req req = {
		.type = b[1] & 0x1f ? rig->model.type : b[1] >> 5,
		.behaviour = b[2] & 0x1f ? b[2] & 1 : b[2] >> 5,
		.first = TANDEM_POOL_ANY,
		.count = b[3] & 0xc0 ? b[3] & 7 : (b[3] & 0x3f) << 6 | b[4],
		.dyn_only = (b[6] & 0x60) == 0x60,
	};
	unsigned int actual = 99, want = 99;
	int ret, expect;
	size_t size;

	if (req.type == TANDEM_POOL_MSI && b[4] & 0xf0)
		req.count = 1 << (b[4] & 0xf) % 7;
	if (b[6] & 0x80)
		req.first = (b[6] & 0x1f) << 8 | b[5];
	else if (b[6] & 0x10)
		req.first = b[5] & 0xf ? b[5] % (rig->model.total + 2) :
					 (int)((u32)b[5] << 24);

	/* One more than may be written. */
	size = (min_t(u32, req.count, TANDEM_POOL_MSIX_MAX) + 1) * sizeof(u16);
	memset(rig->index, 0xff, size);
	memset(rig->want, 0xff, size);
	ret = tandem_pool_alloc(&rig->pool, &req, rig->index, &actual);
	expect = model_alloc(&rig->model, &req, rig->want, &want);
	if (ret != expect)
		return "result of alloc";
	if (actual != want)
		return "actual";
	/* The model writes what it found, given or not. */
	if (ret)
		want = 0;
	memset(rig->want + want, 0xff, size - want * sizeof(u16));
	if (memcmp(rig->index, rig->want, size))
		return "entries given";
	return NULL;
}

/* One call, made of eight bytes. NULL if all is well, else what is not. */
static const char *pool_rig_step(struct pool_rig *rig, const u8 *b)
{
	struct pool_model *m = &rig->model;
	unsigned int held = 99, want = 99;
	int i, n;

	switch (b[0] % 16) {
	case 0 ... 5:
		return pool_rig_alloc(rig, b);
	case 6 ... 10:
		/* One that is given, if there is one at or above a place. */
		i = m->total ? (b[1] << 8 | b[2]) % m->total : 0;
		while (i < m->total && !m->given[i])
			i++;
		n = 1 + (b[3] == 0);
		while (n--)
			if (tandem_pool_free(&rig->pool, i) != model_free(m, i))
				return "result of free";
		return NULL;
	case 11:
		i = b[1] & 1 ? b[2] : b[1] << 8 | b[2];
		if (tandem_pool_free(&rig->pool, i) != model_free(m, i))
			return "result of free, any entry";
		return NULL;
	case 12 ... 14:
		n = b[1] & 0xf0 ? b[1] % 9 : b[2];
		if (tandem_pool_set_bound(&rig->pool, n, &held) !=
		    model_set_bound(m, n, &want))
			return "result of set_bound";
		return held == want ? NULL : "entries in the VFs' way";
	}
	if (b[1])
		return m->total <= 64 || !b[2] ? pool_rig_check_all(rig) : NULL;
	if (tandem_pool_fini(&rig->pool) != model_held(m))
		return "result of fini";
	memset(m, 0, sizeof(*m));
	if (b[2] & 1)
		return pool_rig_check_all(rig);
	return pool_rig_init(rig, b + 2);
}

#endif /* TANDEM_TESTS_POOL_MODEL_H */
