// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target: a device that answers register reads as it likes. All of
 * kernel/hw is compiled as it is; the input says which of its functions are
 * called and what each read returns (regs_device.h). Whatever that is, a
 * function must keep what its kernel-doc promises, and touch no register once
 * the device is gone.
 *
 * First byte: model, QEMU or not, repeat the answers or not, port. Second
 * byte: how many calls. Three bytes for each call: which, two arguments. The
 * rest is the answers.
 */
#include "regs_calls.h"

#define HEAD_BYTES	2
#define CALL_BYTES	3
#define MAX_CALLS	8

/* One access to what is shared: to get it, and to give it back */
#define SYNC_US		(SYNC_GET_US + 3 * USEC_PER_SEC)
#define SYNC_READS	8192

/* A wait looks this often at most, see fake_poll_step(), and at STATUS too. */
#define POLL_READS	64

#define MS	USEC_PER_MSEC
#define CALL(name)	#name, call_##name

/* How long the kernel-doc lets it sleep (0: not at all), how often it may read
 * a register, how many accesses to NVM and PHY are in it, each in its turn.
 */
static const struct call {
	const char *name;
	void (*run)(u8 a, u8 b);
	u32 us, reads, syncs;
} calls[] = {
	{ CALL(rd32), 0, 2, 0 },
	{ CALL(modify32), 0, 2, 0 },
	{ CALL(poll32), 1, POLL_READS, 0 },	/* limits itself */
	{ CALL(sync), 0, 0, 1 },
	{ CALL(reset), 211 * MS, 4 * POLL_READS, 0 },
	{ CALL(reattach), 211 * MS, 4 * POLL_READS, 0 },
	{ CALL(init), 0, 256, 0 },
	{ CALL(settings), 0, 32, 0 },
	{ CALL(nvm_read), 101 * MS, POLL_READS, 1 },
	{ CALL(nvm_check), 64 * 101 * MS, 64 * POLL_READS, 1 },
	{ CALL(nvm_mac), 7 * 101 * MS, 7 * POLL_READS, 3 },
	{ CALL(nvm_bytes), 0, 2, 0 },
	{ CALL(phy_read), 11 * MS, POLL_READS, 1 },
	{ CALL(phy_write), 11 * MS, POLL_READS, 1 },
	{ CALL(phy_identify), 22 * MS, 2 * POLL_READS, 2 },
	{ CALL(link_start), 66 * MS, 7 * POLL_READS, 6 },
	{ CALL(link_stop), 22 * MS, 3 * POLL_READS, 2 },
	{ CALL(link_get), 22 * MS, 3 * POLL_READS, 2 },
	{ CALL(link_partner), 33 * MS, 3 * POLL_READS, 3 },
	{ CALL(pause), 0, 8, 0 },
	{ CALL(loopback), 3000 * MS, 6 * POLL_READS, 3 },
	{ CALL(rar), 0, 128, 0 },
	{ CALL(tables), 0, 8, 0 },
	{ CALL(rss), 0, 8, 0 },
	{ CALL(steer), 0, 0, 0 },
	{ CALL(intr_setup), 0, 16, 0 },
	{ CALL(intr_map), 0, 16, 0 },
	{ CALL(intr_read), 0, 4, 0 },
	{ CALL(rx_queue_start), 30 * MS, 3 * POLL_READS, 0 },
	{ CALL(tx_queue_start), 30 * MS, 3 * POLL_READS, 0 },
	{ CALL(queue_stop), 10 * MS, POLL_READS, 0 },
	{ CALL(queue_look), 0, 4, 0 },
	{ CALL(time), 0, 32, 0 },
	{ CALL(test), 0, 2048, 0 },
	{ CALL(stats), 0, 128, 0 },
	{ CALL(mbx), 0, 96, 0 },
	{ CALL(mbx_events), 0, 16, 0 },
	{ CALL(vmdq), 0, 16, 0 },
	{ CALL(vmdq_look), 0, 16, 0 },
};

static void check_hw(void)
{
	must(!hw.sync.held && !hw.lock.held, "no lock is kept");
	must(hw.bar ? hw.bar == bar0 && !hw.gone : hw.gone,
	     "gone, or attached as mapped");
	must(hw.mapped == bar0, "what is mapped stays so");
	must(hw.port <= 3 && hw.port == dev.port, "the same port");
}

static void run_call(const u8 *what)
{
	const struct call *c = &calls[what[0] % (sizeof(calls) / sizeof(*calls))];

	/* only for a device that was found gone */
	if (c->run == call_reattach && hw.bar)
		return;
	end_nvm_word();
	memset(&now, 0, sizeof(now));
	now.name = c->name;
	now.sleeps = c->us || c->syncs;
	now.max_us = c->syncs * SYNC_US;
	if (c->us)
		now.max_us += c->us + LATE_US;
	now.max_reads = c->reads + c->syncs * SYNC_READS;
	was_gone = !hw.bar;
	c->run(what[1], what[2]);
	check_hw();
}

/* Return: false if there is nothing to go on with. */
static bool identify(u8 how)
{
	static const u16 ids[] = { 0x10c9, 0x10e6, 0x10e7, 0x10e8,
				   0x1526, 0x150a, 0x1518, 0x150d, 0x10a7 };
	u16 id = ids[(how & 0xf) % (sizeof(ids) / sizeof(*ids))];
	int err;

	memset(&now, 0, sizeof(now));
	now.name = "identify";
	now.max_reads = 1;
	memset(&hw, 0, sizeof(hw));
	memset(&stats, 0, sizeof(stats));
	hw.bar = bar0;
	err = tandem_hw_identify(&hw, id, how & 0x10 ? 0x1af4 : 0x8086, 0x1100);
	must(!err || err == -ENODEV, "a documented error");
	must(!err == (hw.bar && id != 0x10a7), "an 82576 that is there");
	must(hw.port <= 3, "a port");
	dev.port = hw.port;
	return id != 0x10a7;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	unsigned int n, i;
	const u8 *what;

	if (size < HEAD_BYTES)
		return -1;
	n = 1 + data[1] % MAX_CALLS;
	if (size < HEAD_BYTES + n * CALL_BYTES)
		return -1;
	what = data + HEAD_BYTES;
	device_init(what + n * CALL_BYTES, size - HEAD_BYTES - n * CALL_BYTES);
	dev.again = data[0] & 0x20;
	dev.port = data[0] >> 6;
	if (!identify(data[0]))
		return 0;
	check_hw();
	for (i = 0; i < n; i++)
		run_call(what + i * CALL_BYTES);
	return 0;
}
