/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel names that kernel/hw uses, for the host: its linux/ headers are
 * all this one (see the Makefile). Registers and time are the target's. It is
 * stricter than the kernel: a warning, a field that does not fit, a lock held
 * wrongly or a sleep where none may be is a finding.
 */
#ifndef TANDEM_FUZZ_REGS_KERNEL_H
#define TANDEM_FUZZ_REGS_KERNEL_H

#include "shim.h"

/* fuzz_regs.c; fake_ns is the time, which only goes on while one waits */
extern u64 fake_ns;
void must(bool right, const char *what);
u32 readl(const void *addr);
void writel(u32 val, void *addr);
void fake_sleep(u64 us);
void fake_delay(u64 us);
void fake_may_sleep(void);

typedef u16 __bitwise __be16;
typedef u32 __bitwise __be32;
typedef u64 dma_addr_t;
typedef s64 ktime_t;

#define __iomem
#define U32_MAX		UINT32_MAX
#define BITS_PER_BYTE	8
#define SZ_1K		1024
#define USEC_PER_MSEC	1000UL
#define USEC_PER_SEC	1000000UL
#define NSEC_PER_USEC	1000UL

#define ALLOW_ERROR_INJECTION(fn, type)	\
	_Static_assert(sizeof(&fn) > 0, #fn)

#define ALIGN_DOWN(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a)	(!((x) & ((__typeof__(x))(a) - 1)))
#define lower_32_bits(n)	((u32)(n))
#define upper_32_bits(n)	((u32)((u64)(n) >> 32))

#define WARN_ON_ONCE(x) ({				\
	bool warn_ = !!(x);				\
	must(!warn_, "a warning: " #x);			\
	warn_; })

#undef FIELD_PREP
#define FIELD_MAX(mask)	((__typeof__(mask))((mask) >> __builtin_ctzll(mask)))
#define FIELD_PREP(mask, val) ({						\
	__typeof__(val) prep_ = (val);						\
	must((u64)prep_ <= FIELD_MAX(mask), "does not fit: " #mask);		\
	((__typeof__(mask))prep_ << __builtin_ctzll(mask)) & (mask); })

#define cmpxchg(ptr, old, new) ({			\
	__typeof__(*(ptr)) was_ = *(ptr);		\
	if (was_ == (old))				\
		*(ptr) = (new);				\
	was_; })

/* Messages are for the compiler only. */
struct device {
	int unused;
};

static inline __attribute__((format(printf, 2, 3)))
void dev_err(const struct device *dev, const char *fmt, ...)
{
}

#define dev_warn	dev_err
#define dev_dbg		dev_err

/* There is one thread: a lock that is taken already would never be free. */
typedef struct {
	bool held;
} spinlock_t;

struct mutex {
	bool held;
};

#define spin_lock_init(lock)	((lock)->held = false)
#define spin_lock_irqsave(lock, flags) do {		\
	(flags) = 0;					\
	must(!(lock)->held, "a spinlock is free");	\
	(lock)->held = true;				\
} while (0)
#define spin_unlock_irqrestore(lock, flags) do {	\
	(void)(flags);					\
	must((lock)->held, "a spinlock is held");	\
	(lock)->held = false;				\
} while (0)

#define mutex_init(lock)	((lock)->held = false)

static inline void mutex_lock(struct mutex *lock)
{
	fake_may_sleep();
	must(!lock->held, "a mutex is free");
	lock->held = true;
}

static inline void mutex_unlock(struct mutex *lock)
{
	must(lock->held, "a mutex is held");
	lock->held = false;
}

static inline void fsleep(unsigned long us)
{
	fake_sleep(us);
}

static inline void udelay(unsigned long us)
{
	fake_delay(us);
}

static inline ktime_t ktime_get(void)
{
	return fake_ns;
}

static inline ktime_t ktime_add_us(ktime_t t, u64 us)
{
	return t + us * NSEC_PER_USEC;
}

static inline bool ktime_before(ktime_t a, ktime_t b)
{
	return a < b;
}

/*
 * How long to sleep between two looks. The scheduler may wake one late: here
 * it is as late as the wait is old, so that a second is twenty looks and not
 * twenty thousand.
 */
static inline u64 fake_poll_step(u64 waited, u64 step, u64 limit)
{
	return max(step, min(waited, limit + 1 - waited));
}

#define read_poll_timeout(op, val, cond, step_us, limit_us, before, args...) ({ \
	u64 step_ = (step_us), limit_ = (limit_us), waited_ = 0;		\
	must(step_ && limit_, "a wait has a step and an end");			\
	fake_may_sleep();							\
	for (;;) {								\
		(val) = op(args);						\
		if (cond)							\
			break;							\
		if (waited_ > limit_) {						\
			(val) = op(args);					\
			break;							\
		}								\
		u64 sleep_ = fake_poll_step(waited_, step_, limit_);		\
		fake_sleep(sleep_);						\
		waited_ += sleep_;						\
	}									\
	(cond) ? 0 : -ETIMEDOUT; })

/* Ethernet */
#define ETH_ALEN		6
#define ETH_FCS_LEN		4
#define ETH_FRAME_LEN		1514
#define ETH_P_1588		0x88f7
#define PCI_SUBVENDOR_ID_REDHAT_QUMRANET	0x1af4

static inline u16 get_unaligned_le16(const void *p)
{
	u16 val;

	memcpy(&val, p, sizeof(val));
	return le16toh(val);
}

static inline u32 get_unaligned_le32(const void *p)
{
	u32 val;

	memcpy(&val, p, sizeof(val));
	return le32toh(val);
}

static inline void put_unaligned_le16(u16 val, void *p)
{
	val = htole16(val);
	memcpy(p, &val, sizeof(val));
}

static inline void put_unaligned_le32(u32 val, void *p)
{
	val = htole32(val);
	memcpy(p, &val, sizeof(val));
}

static inline bool is_valid_ether_addr(const u8 *addr)
{
	static const u8 zero[ETH_ALEN];

	return !(addr[0] & 1) && memcmp(addr, zero, ETH_ALEN);
}

static inline void ether_addr_copy(u8 *dst, const u8 *src)
{
	memcpy(dst, src, ETH_ALEN);
}

/* MII */
#define MII_BMCR		0x00
#define MII_BMSR		0x01
#define MII_PHYSID1		0x02
#define MII_PHYSID2		0x03
#define MII_ADVERTISE		0x04
#define MII_LPA			0x05
#define MII_CTRL1000		0x09
#define MII_STAT1000		0x0a
#define BMCR_SPEED1000		0x0040
#define BMCR_FULLDPLX		0x0100
#define BMCR_ANRESTART		0x0200
#define BMCR_ISOLATE		0x0400
#define BMCR_PDOWN		0x0800
#define BMCR_ANENABLE		0x1000
#define BMCR_LOOPBACK		0x4000
#define BMSR_ANEGCOMPLETE	0x0020
#define ADVERTISE_10HALF	0x0020
#define ADVERTISE_10FULL	0x0040
#define ADVERTISE_100HALF	0x0080
#define ADVERTISE_100FULL	0x0100
#define ADVERTISE_PAUSE_CAP	0x0400
#define ADVERTISE_PAUSE_ASYM	0x0800
#define ADVERTISE_1000HALF	0x0100
#define ADVERTISE_1000FULL	0x0200
#define LPA_1000HALF		0x0400
#define LPA_1000FULL		0x0800
#define FLOW_CTRL_TX		0x01
#define FLOW_CTRL_RX		0x02

static inline u8 mii_resolve_flowctrl_fdx(u16 ours, u16 theirs)
{
	if (ours & theirs & ADVERTISE_PAUSE_CAP)
		return FLOW_CTRL_TX | FLOW_CTRL_RX;
	if (!(ours & theirs & ADVERTISE_PAUSE_ASYM))
		return 0;
	if (ours & ADVERTISE_PAUSE_CAP)
		return FLOW_CTRL_RX;
	return theirs & ADVERTISE_PAUSE_CAP ? FLOW_CTRL_TX : 0;
}

#endif /* TANDEM_FUZZ_REGS_KERNEL_H */
