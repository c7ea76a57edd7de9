/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device that fuzz_regs.c gives to the driver. Left alone it is an 82576
 * that is well: hand-shakes end, the NVM has a sum. The bytes of the input
 * say at which reads it answers something else, and what:
 *
 *   000nnnnn	the next n * n + 1 answers are sane
 *   001nnnnn	sane, but bit n is the other way round
 *   010.....	the four bytes that follow
 *   011nnnnn	nothing but bit n
 *   100nnnnn	everything but bit n
 *   101.....	all ones; the device is gone if STATUS says so too
 *   110nnnnn	what was answered last, n + 1 times more, for any register
 *   111.....	see enum special
 */
#ifndef TANDEM_FUZZ_REGS_DEVICE_H
#define TANDEM_FUZZ_REGS_DEVICE_H

#include <stdio.h>
#include <stdlib.h>

#include "hw.h"
#include "regs_kernel.h"
#include "stats_regs.h"

#define BAR_BYTES	0x20000
#define BAR_WORDS	(BAR_BYTES / sizeof(u32))
#define ALL_ONES	(~0u)
/* What may come of one input; resets clear whole tables. */
#define MAX_TOUCHED	8192

enum special {
	SPECIAL_STUCK = 0x10,	/* this register, at the four bytes that follow */
	SPECIAL_ELSEWHERE,	/* another CPU finds the device gone meanwhile */
	SPECIAL_DEAD,		/* and all below: all ones from now on */
};

/* One register: what was written last, what was answered last. */
struct cell {
	u32 val;
	u32 seen;
	u32 stuck_at;
	bool stuck;
	bool touched;
};

static struct cell cells[BAR_WORDS];
static u32 touched[MAX_TOUCHED], num_touched;
/* Only the address counts: nothing may reach for what is behind it. */
static u8 bar0[BAR_BYTES] __attribute__((aligned(4096)));

static struct tandem_hw hw;

static struct {
	const u8 *data, *end, *at;
	bool again;		/* from the front when the input ends */
	bool dead;
	u32 sane, repeat, last;
	u8 port;
	u16 phy[32];
} dev;

/* What the call that is under way has done. */
static struct {
	const char *name;
	bool sleeps;
	bool status_allowed;	/* the read that makes sure that it is gone */
	bool is_mac;		/* see check_mac_word() */
	bool alt_known;
	u32 reads, max_reads;
	u64 slept_us, max_us, delayed_us;
	u64 counted;		/* what the statistics registers said, summed */
	u16 nvm_sum, alt;
	u32 nvm_words;
} now;

u64 fake_ns;

void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "%s: not so: %s (%u reads, %llu us)\n", now.name, what,
		now.reads, (unsigned long long)now.slept_us);
	__builtin_trap();
}

void fake_may_sleep(void)
{
	must(now.sleeps, "sleeps where it may");
	must(!hw.lock.held, "does not sleep with a spinlock held");
}

void fake_sleep(u64 us)
{
	fake_may_sleep();
	now.slept_us += us;
	fake_ns += us * NSEC_PER_USEC;
	must(now.slept_us <= now.max_us, "ends in the time promised");
}

/* As long as an interrupt handler may take. */
void fake_delay(u64 us)
{
	now.delayed_us += us;
	fake_ns += us * NSEC_PER_USEC;
	must(now.delayed_us <= 100, "does not spin for long");
}

static struct cell *cell(u32 reg)
{
	struct cell *c;

	must(reg < BAR_BYTES && !(reg & 3), "a register inside the BAR");
	c = &cells[reg / sizeof(u32)];
	if (!c->touched) {
		c->touched = true;
		must(num_touched < MAX_TOUCHED, "not that many registers");
		touched[num_touched++] = reg / sizeof(u32);
	}
	return c;
}

static u8 next_byte(void)
{
	if (dev.at == dev.end) {
		if (!dev.again || dev.data == dev.end)
			return 0x1f;
		dev.at = dev.data;
	}
	return *dev.at++;
}

static u32 next_word(void)
{
	u32 val = next_byte();

	val |= (u32)next_byte() << 8;
	val |= (u32)next_byte() << 16;
	return val | (u32)next_byte() << 24;
}

static u16 nvm_word(u32 word)
{
	switch (word) {
	case TANDEM_NVM_MAC:
		return 0x1b02;
	case TANDEM_NVM_CHECKSUM:
		return TANDEM_NVM_SUM - 0x1b02;
	default:
		return 0;
	}
}

static u32 sane(u32 reg, struct cell *c)
{
	u32 was = c->val;

	switch (reg) {
	case TANDEM_STATUS:
		return TANDEM_STATUS_FD | TANDEM_STATUS_LU |
		       FIELD_PREP(TANDEM_STATUS_LAN_ID, dev.port) |
		       FIELD_PREP(TANDEM_STATUS_SPEED, 2);
	case TANDEM_CTRL:
		return was & ~TANDEM_CTRL_RST;
	case TANDEM_EECD:
		return TANDEM_EECD_AUTO_RD | FIELD_PREP(TANDEM_EECD_SIZE, 7);
	case TANDEM_EERD:
		return TANDEM_EERD_DONE | FIELD_PREP(TANDEM_EERD_DATA,
			(u32)nvm_word(FIELD_GET(TANDEM_EERD_ADDR, was)));
	case TANDEM_EEMNGCTL:
		return TANDEM_EEMNGCTL_CFG_DONE(dev.port);
	case TANDEM_MDIC:
		return TANDEM_MDIC_READY |
		       dev.phy[FIELD_GET(TANDEM_MDIC_REG, was)];
	case TANDEM_SWSM:
		c->val |= TANDEM_SWSM_SMBI;
		return was;
	case TANDEM_RXPBS:
		return 64;
	default:
		return was;
	}
}

static u32 special(u8 kind, struct cell *c, u32 reg)
{
	switch (kind) {
	case SPECIAL_STUCK:
		c->stuck = true;
		c->stuck_at = next_word();
		return c->stuck_at;
	case SPECIAL_ELSEWHERE:
		hw.bar = NULL;
		hw.gone = true;
		return sane(reg, c);
	default:
		dev.dead = kind >= SPECIAL_DEAD;
		return dev.dead ? ALL_ONES : sane(reg, c);
	}
}

static u32 answer(u32 reg, struct cell *c)
{
	u8 byte, n;

	if (dev.dead)
		return ALL_ONES;
	if (c->stuck)
		return c->stuck_at;
	if (dev.repeat) {
		dev.repeat--;
		return dev.last;
	}
	if (dev.sane) {
		dev.sane--;
		return sane(reg, c);
	}

	byte = next_byte();
	n = byte & 0x1f;
	switch (byte >> 5) {
	case 0:
		dev.sane = n * n;
		return sane(reg, c);
	case 1:
		return sane(reg, c) ^ 1u << n;
	case 2:
		return next_word();
	case 3:
		return 1u << n;
	case 4:
		return ~(1u << n);
	case 5:
		return ALL_ONES;
	case 6:
		dev.repeat = n;
		return dev.last;
	default:
		return special(n, c, reg);
	}
}

static u32 offset_of(const void *addr)
{
	uintptr_t at = (uintptr_t)addr - (uintptr_t)bar0;

	must(at < BAR_BYTES, "an access to what is mapped");
	return at;
}

/* Of 64-bit counters the high half is the second register. */
static void count(u32 reg, u32 val)
{
	switch (reg) {
	case TANDEM_GORCL + 4:
	case TANDEM_GOTCL + 4:
	case TANDEM_TORL + 4:
	case TANDEM_TOTL + 4:
		now.counted += (u64)val << 32;
		break;
	default:
		now.counted += val;
	}
}

u32 readl(const void *addr)
{
	u32 reg = offset_of(addr);
	struct cell *c = cell(reg);
	u32 val;

	must(hw.bar || (reg == TANDEM_STATUS && now.status_allowed),
	     "no read of a device that is gone");
	must(++now.reads <= now.max_reads, "not that many reads");
	now.status_allowed = false;
	val = answer(reg, c);
	now.status_allowed = val == ALL_ONES;
	c->seen = val;
	dev.last = val;
	if (reg >= TANDEM_CRCERRS && reg <= TANDEM_IAC)
		count(reg, val);
	return val;
}

/* Only the last answer before the next address counts. */
static void end_nvm_word(void)
{
	struct cell *c = cell(TANDEM_EERD);
	u16 data = FIELD_GET(TANDEM_EERD_DATA, c->seen);

	if (!(c->val & TANDEM_EERD_START))
		return;
	now.nvm_sum += data;
	now.nvm_words++;
	if (FIELD_GET(TANDEM_EERD_ADDR, c->val) == TANDEM_NVM_ALT_MAC_PTR &&
	    !now.alt_known) {
		now.alt = data;
		now.alt_known = true;
	}
	c->val = 0;
}

/* Where an address may be: a pointer that is nonsense leads nowhere. */
static void check_mac_word(u32 word)
{
	u32 first = now.alt + ETH_ALEN / 2 * hw.port;

	must(word < TANDEM_NVM_MAC + ETH_ALEN / 2 ||
	     word == TANDEM_NVM_ALT_MAC_PTR ||
	     (now.alt_known && word >= first && word < first + ETH_ALEN / 2),
	     "a word of an address");
}

static void phy_access(u32 mdic)
{
	if (mdic & TANDEM_MDIC_OP_WRITE)
		dev.phy[FIELD_GET(TANDEM_MDIC_REG, mdic)] =
			FIELD_GET(TANDEM_MDIC_DATA, mdic);
}

void writel(u32 val, void *addr)
{
	u32 reg = offset_of(addr);
	struct cell *c = cell(reg);

	must(hw.bar, "no write to a device that is gone");
	now.status_allowed = false;
	if (reg == TANDEM_EERD) {
		end_nvm_word();
		if (now.is_mac)
			check_mac_word(FIELD_GET(TANDEM_EERD_ADDR, val));
	} else if (reg == TANDEM_MDIC) {
		phy_access(val);
	}
	c->val = val;
}

static void device_init(const u8 *data, size_t size)
{
	static const u16 phy[32] = {
		[MII_BMSR] = BMSR_ANEGCOMPLETE, [MII_PHYSID1] = 0x02a8,
		[MII_PHYSID2] = 0x0391, [MII_LPA] = 0x4de0,
		[MII_STAT1000] = LPA_1000FULL,
	};

	while (num_touched)
		cells[touched[--num_touched]] = (struct cell){};
	memset(&dev, 0, sizeof(dev));
	memcpy(dev.phy, phy, sizeof(phy));
	dev.data = data;
	dev.at = data;
	dev.end = data + size;
	fake_ns = 0;
}

#endif /* TANDEM_FUZZ_REGS_DEVICE_H */
