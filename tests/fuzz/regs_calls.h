/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The calls that fuzz_regs.c makes of the driver, each with two bytes of the
 * input for its arguments, and what the kernel-doc of each promises.
 */
#ifndef TANDEM_FUZZ_REGS_CALLS_H
#define TANDEM_FUZZ_REGS_CALLS_H

#include "regs_device.h"
#include "vmdq.h"

/* Waits end a little late: less than a step. */
#define LATE_US		USEC_PER_MSEC
#define SYNC_GET_US	(4 * USEC_PER_SEC + 6 * USEC_PER_MSEC)

static bool was_gone;
static struct tandem_hw_stats stats;

static u32 written(u32 reg)
{
	return cell(reg)->val;
}

static u32 seen(u32 reg)
{
	return cell(reg)->seen;
}

static void check_err(int err, const int *known, size_t n)
{
	bool documented = !err;
	size_t i;

	for (i = 0; i < n; i++)
		documented |= err == known[i];
	must(documented, "a documented error");
	must(err != -ENODEV || !hw.bar, "the device is not gone");
	must(err == -ENODEV || !was_gone, "the device was gone");
}

#define CHECK_ERR(err, ...) \
	check_err(err, (const int []){ __VA_ARGS__ }, \
		  sizeof((const int []){ __VA_ARGS__ }) / sizeof(int))
#define SYNC_ERRORS	-EBUSY, -ETIMEDOUT, -ENODEV
#define PHY_ERRORS	-EIO, SYNC_ERRORS

/* Two bytes make any word that matters here, and many that do not. */
static u32 spread(u8 a, u8 b)
{
	return b & 1 ? ~(u32)a << b % 25 : (u32)a << b % 25;
}

/* io.c */

static void call_rd32(u8 a, u8 b)
{
	u32 val = tandem_rd32(&hw, a * 4);

	must(!was_gone || val == ALL_ONES, "all ones once gone");
}

static void call_modify32(u8 a, u8 b)
{
	u32 reg = TANDEM_MTA(a % TANDEM_MTA_WORDS), bits = spread(a, b);

	tandem_modify32(&hw, reg, ~bits, bits);
	if (hw.bar)
		must(written(reg) == bits, "what was asked for is written");
}

static void call_poll32(u8 a, u8 b)
{
	u32 limit = 1 + a * 100, step = 1 + b, mask = spread(a, b);
	u32 want = mask & spread(b, a);
	int err;

	now.max_us = limit + step + 1;
	err = tandem_poll32(&hw, TANDEM_STATUS, mask, want, step, limit);
	CHECK_ERR(err, -ETIMEDOUT, -ENODEV);
	if (err != -ENODEV)
		must(!err == ((seen(TANDEM_STATUS) & mask) == want),
		     "0 means that it has come");
	if (err == -ETIMEDOUT)
		must(now.slept_us >= limit, "it waited");
}

static void call_sync(u8 a, u8 b)
{
	u32 resource = a & 1 ? TANDEM_SYNC_NVM : TANDEM_SYNC_PHY(hw.port);
	u32 taken = resource | resource << TANDEM_SYNC_FW_SHIFT;
	int err = tandem_sync_get(&hw, resource);

	CHECK_ERR(err, SYNC_ERRORS);
	must(now.slept_us <= SYNC_GET_US, "up to four seconds");
	must(!err == hw.sync.held, "0 means that it is ours");
	if (err)
		return;
	must(!(seen(TANDEM_SW_FW_SYNC) & taken), "nobody else has it");
	must(written(TANDEM_SW_FW_SYNC) & resource, "it is marked as ours");
	tandem_sync_put(&hw, resource);
	if (hw.bar)
		must(!(written(TANDEM_SW_FW_SYNC) & resource), "it is given back");
}

/* reset.c */

static void call_reset(u8 a, u8 b)
{
	int err = tandem_hw_reset(&hw);

	CHECK_ERR(err, -ETIMEDOUT, -ENODEV);
	if (err)
		return;
	must(now.slept_us >= 11 * USEC_PER_MSEC, "11 ms at least");
	must(!(seen(TANDEM_CTRL) & TANDEM_CTRL_RST), "the reset has ended");
	must(written(TANDEM_IMC) == U32_MAX && written(TANDEM_EIMC) == U32_MAX,
	     "no interrupts");
}

static void call_reattach(u8 a, u8 b)
{
	dev.dead = dev.dead && (a & 1);
	tandem_hw_reattach(&hw);
	must(hw.bar == bar0 && !hw.gone, "attached");
	was_gone = false;
	call_reset(a, b);
}

static void call_init(u8 a, u8 b)
{
	tandem_hw_init(&hw);
	if (!hw.bar)
		return;
	must(!(written(TANDEM_RCTL) & TANDEM_RCTL_EN) &&
	     !(written(TANDEM_TCTL) & TANDEM_TCTL_EN), "receive and transmit off");
	must(written(TANDEM_RLPML) == 1518, "frames up to 1518 bytes");
	must(written(TANDEM_CTRL_EXT) & TANDEM_CTRL_EXT_DRV_LOAD, "firmware knows");
	must(!(written(TANDEM_CTRL) & TANDEM_CTRL_GIO_MASTER_DISABLE), "DMA");
}

static void call_settings(u8 a, u8 b)
{
	tandem_hw_rx_enable(&hw, a & 1);
	tandem_hw_tx_enable(&hw, a & 2);
	tandem_hw_rx_csum(&hw, a & 4);
	tandem_hw_vlan_strip(&hw, a & 8);
	tandem_hw_set_max_frame(&hw, spread(a, b));
	if (hw.bar) {
		must(!(written(TANDEM_RCTL) & TANDEM_RCTL_EN) == !(a & 1), "RCTL");
		must(written(TANDEM_RXCSUM) & TANDEM_RXCSUM_PCSD, "PCSD");
		must(written(TANDEM_RLPML) <= TANDEM_MAX_FRAME, "RLPML");
	}
	must(tandem_hw_present(&hw) == !!hw.bar, "present or not");
	if (a & 16)
		tandem_hw_release(&hw);
}

/* nvm.c */

static void call_nvm_read(u8 a, u8 b)
{
	u16 word = spread(a, b), val = 0;
	int err = tandem_nvm_read(&hw, word, &val);

	CHECK_ERR(err, -EINVAL, SYNC_ERRORS);
	if (err)
		return;
	must(word < 0x4000, "inside the largest NVM");
	end_nvm_word();
	must(now.nvm_words == 1 && val == now.nvm_sum, "what the NVM said");
}

static void call_nvm_check(u8 a, u8 b)
{
	int err = tandem_nvm_check(&hw);

	CHECK_ERR(err, -EBADMSG, -EINVAL, SYNC_ERRORS);
	if (err && err != -EBADMSG)
		return;
	end_nvm_word();
	must(now.nvm_words == TANDEM_NVM_CHECKSUM + 1, "all words were read");
	must(!err == (now.nvm_sum == TANDEM_NVM_SUM), "the sum is right");
}

static void call_nvm_mac(u8 a, u8 b)
{
	u8 mac[ETH_ALEN], was[ETH_ALEN];
	int err;

	memcpy(was, hw.mac, sizeof(was));
	now.is_mac = true;
	err = tandem_nvm_read_mac(&hw, mac);
	CHECK_ERR(err, -EADDRNOTAVAIL, -EINVAL, SYNC_ERRORS);
	if (!err)
		must(is_valid_ether_addr(mac) &&
		     !memcmp(mac, hw.mac, sizeof(mac)), "a station's address");
	else if (err != -ENODEV)
		must(!memcmp(was, hw.mac, sizeof(was)), "no new address");
}

static void call_nvm_bytes(u8 a, u8 b)
{
	u32 bytes = tandem_nvm_bytes(&hw);

	must(bytes <= 32 * 1024, "32 KiB at most");
	must(!bytes == !hw.bar, "0 if the device has left");
}

/* phy.c */

static void check_phy(int err, u8 reg)
{
	if (reg > 31) {
		must(err == -EINVAL, "no such PHY register");
		return;
	}
	CHECK_ERR(err, PHY_ERRORS);
	if (err)
		return;
	must(seen(TANDEM_MDIC) & TANDEM_MDIC_READY, "the PHY has answered");
	must(!(seen(TANDEM_MDIC) & TANDEM_MDIC_ERROR), "and knows the register");
}

static void call_phy_read(u8 a, u8 b)
{
	u8 reg = a % 40;
	u16 val = 0;
	int err = tandem_phy_read(&hw, reg, &val);

	check_phy(err, reg);
	if (!err)
		must(val == (u16)seen(TANDEM_MDIC), "what the PHY said");
}

static void call_phy_write(u8 a, u8 b)
{
	u8 reg = a % 40;

	check_phy(tandem_phy_write(&hw, reg, spread(a, b)), reg);
}

static void call_phy_identify(u8 a, u8 b)
{
	int err = tandem_phy_identify(&hw);
	u16 high = hw.phy_id >> 16;

	if (hw.media == TANDEM_MEDIA_SERDES) {
		must(!err && !hw.phy_id, "a SerDes has no PHY");
		return;
	}
	if (err == -ENODEV && hw.bar)
		must(!high || high == U16_MAX, "no PHY answers");
	else
		CHECK_ERR(err, PHY_ERRORS);
	if (!err)
		must(high && high != U16_MAX && !(hw.phy_id & 0xf), "a PHY's id");
}

static void call_link_start(u8 a, u8 b)
{
	int err = tandem_link_start(&hw, a);
	u8 speeds = hw.media == TANDEM_MEDIA_SERDES ? TANDEM_ADV_1000_FULL :
						      TANDEM_ADV_SPEEDS;

	if (!(a & speeds))
		must(err == -EINVAL, "no possible speed");
	else
		CHECK_ERR(err, PHY_ERRORS);
}

static void call_link_stop(u8 a, u8 b)
{
	CHECK_ERR(tandem_link_stop(&hw), PHY_ERRORS);
}

static void call_link_get(u8 a, u8 b)
{
	static const struct tandem_link none;
	struct tandem_link link;

	memset(&link, 0xff, sizeof(link));
	tandem_link_get(&hw, &link);
	if (!hw.bar || !link.up) {
		must(link.up == none.up && link.speed == none.speed &&
		     link.full_duplex == none.full_duplex &&
		     link.rx_pause == none.rx_pause &&
		     link.tx_pause == none.tx_pause, "all zero");
		return;
	}
	must(link.speed == 1000 || (hw.media == TANDEM_MEDIA_COPPER &&
	     (link.speed == 10 || link.speed == 100)), "a speed");
	must(link.full_duplex || (!link.rx_pause && !link.tx_pause),
	     "pause with full duplex only");
}

static void call_link_partner(u8 a, u8 b)
{
	u16 abilities = tandem_link_partner(&hw);

	must(!(abilities & ~(TANDEM_ADV_SPEEDS | TANDEM_ADV_1000_HALF |
			     TANDEM_ADV_PAUSE | TANDEM_ADV_ASYM_PAUSE)), "abilities");
	must(!abilities || !was_gone, "nobody is there");
}

static void call_pause(u8 a, u8 b)
{
	u32 high, low;

	tandem_hw_set_pause(&hw, a & 1, a & 2);
	if (!hw.bar)
		return;
	high = written(TANDEM_FCRTH);
	low = written(TANDEM_FCRTL) & ~TANDEM_FCRTL_XONE;
	must(high <= 127 * SZ_1K && !(high & 0xf), "inside the buffer");
	must(high ? low == high - 16 : !low, "released 16 bytes below");
	must(!high == !(written(TANDEM_CTRL) & TANDEM_CTRL_TFCE), "TFCE");
}

static void call_loopback(u8 a, u8 b)
{
	CHECK_ERR(tandem_hw_set_loopback(&hw, a & 1), PHY_ERRORS);
}

/* filter.c, rss.c, steer.c */

static void call_rar(u8 a, u8 b)
{
	u8 addr[ETH_ALEN] = { a & ~1, b, a, b, a ^ b, a + b };
	unsigned int idx = a % TANDEM_RAR_ENTRIES;

	if (b & 1)
		tandem_hw_clear_rar(&hw, idx);
	else
		tandem_hw_set_rar(&hw, idx, addr, b);
	if (hw.bar)
		must(!(written(TANDEM_RAH(idx)) & TANDEM_RAH_AV) == !!(b & 1), "AV");
	must(!tandem_hw_rar_foreign(&hw, addr, b % 8) || !was_gone,
	     "no entry in what is gone");
}

static void call_tables(u8 a, u8 b)
{
	u8 addr[ETH_ALEN] = { a, b, a, b, a, b };
	u32 mta[TANDEM_MTA_WORDS] = {};
	u32 hash = tandem_hw_mta_hash(addr);

	must(hash / 32 < TANDEM_MTA_WORDS, "12 bits");
	mta[hash / 32] = BIT(hash % 32);
	tandem_hw_write_mta(&hw, mta);
	tandem_hw_set_promisc(&hw, a & 1, a & 2);
	tandem_hw_vlan_filter(&hw, a & 4);
	tandem_hw_write_vfta(&hw, b % TANDEM_VFTA_WORDS, spread(a, b));
}

static void call_rss(u8 a, u8 b)
{
	struct tandem_rss rss = { .fields = spread(a, b) };

	memset(rss.key, b, sizeof(rss.key));
	memset(rss.table, a % TANDEM_MAX_HW_QUEUES, sizeof(rss.table));
	tandem_hw_write_rss(&hw, &rss);
	if (a & 0x40)
		tandem_hw_write_reta(&hw, &rss);
	if (hw.bar)
		must(written(TANDEM_RETA(31)) == a % TANDEM_MAX_HW_QUEUES * 0x01010101u &&
		     !(written(TANDEM_MRQC) & ~(TANDEM_MRQC_RSS_FIELDS | TANDEM_MRQC_MODE)),
		     "RETA and MRQC");
	if (a & 0x80)
		tandem_hw_rss_off(&hw);
}

static void call_steer(u8 a, u8 b)
{
	struct tandem_tuple t = {
		.src = spread(a, b), .dst = spread(b, a), .sport = a, .dport = b,
		.proto = a, .match = b & TANDEM_MATCH_ALL,
		.queue = b % TANDEM_MAX_HW_QUEUES, .priority = 1 + a % 7,
	};
	struct tandem_tuple_regs regs;

	tandem_hw_tuple_regs(&t, &regs);
	tandem_hw_write_tuple(&hw, a % TANDEM_FILTERS, &regs);
	tandem_hw_clear_tuple(&hw, b % TANDEM_FILTERS);
	tandem_hw_write_etype(&hw, a % TANDEM_ETYPES,
			      tandem_hw_etype_reg(a << 8 | b, b % 8));
}

/* intr.c */

static void call_intr_setup(u8 a, u8 b)
{
	tandem_intr_mask_all(&hw);
	tandem_intr_setup(&hw, a & 1 ? TANDEM_INTR_SINGLE : TANDEM_INTR_MSIX);
	tandem_intr_auto(&hw, spread(a, b));
	tandem_intr_map_other(&hw, b % TANDEM_MAX_CAUSES);
	tandem_intr_set_other_causes(&hw, spread(a, b));
	tandem_intr_unmask(&hw, a);
	tandem_intr_mask(&hw, a);
	tandem_intr_single_unmask(&hw, a);
	tandem_intr_single_mask(&hw, TANDEM_INTR_SINGLE_RINGS);
}

static void call_intr_map(u8 a, u8 b)
{
	u8 queue = a % TANDEM_MAX_HW_QUEUES, vector = b % TANDEM_MAX_CAUSES;

	tandem_intr_map_rx(&hw, queue, vector);
	tandem_intr_map_tx(&hw, queue, vector);
	tandem_intr_set_itr(&hw, vector, spread(a, b));
	if (hw.bar)
		must(!(written(TANDEM_EITR(vector)) &
		       ~(TANDEM_EITR_CNT_IGNR | TANDEM_EITR_INTERVAL)), "EITR");
	if (a & 0x80)
		tandem_intr_unmap_queue(&hw, queue);
}

static void call_intr_read(u8 a, u8 b)
{
	bool shared = a & 1;
	u32 icr = tandem_intr_single_read(&hw, shared);

	must(!icr || (hw.bar && (!shared || (icr & TANDEM_ICR_INTA))),
	     "causes that are ours");
	icr = tandem_intr_read_other(&hw);
	must(!icr || hw.bar, "0 once the device is gone");
}

/* queue.c */

static void check_queue_start(int err, bool possible, u32 reg)
{
	if (!possible) {
		must(err == -EINVAL, "a ring that cannot be");
		return;
	}
	CHECK_ERR(err, -ETIMEDOUT, -ENODEV);
	if (!err)
		must(seen(reg) & TANDEM_XDCTL_ENABLE, "the queue is enabled");
}

static void call_rx_queue_start(u8 a, u8 b)
{
	struct tandem_rx_queue_cfg cfg = {
		.dma = (u64)spread(a, b) << 7, .count = spread(b, 0) * 8,
		.buf_kib = a % 18, .drop_en = b & 1,
	};
	u8 queue = a % 17;
	int err = tandem_rx_queue_start(&hw, queue, &cfg);

	check_queue_start(err, queue < TANDEM_MAX_HW_QUEUES && cfg.count &&
			  cfg.count <= 4096 && cfg.buf_kib && cfg.buf_kib <= 16,
			  TANDEM_RXDCTL(queue));
}

static void call_tx_queue_start(u8 a, u8 b)
{
	u16 count = b * 4;
	u8 queue = a % 17;
	int err = tandem_tx_queue_start(&hw, queue, (u64)a << 36 | a >> 7, count);

	check_queue_start(err, queue < TANDEM_MAX_HW_QUEUES && count &&
			  !(count % 8) && a < 0x80,
			  TANDEM_TXDCTL(queue));
}

static void call_queue_stop(u8 a, u8 b)
{
	u8 queue = b % TANDEM_MAX_HW_QUEUES;
	u32 reg = a & 1 ? TANDEM_RXDCTL(queue) : TANDEM_TXDCTL(queue);
	int err = a & 1 ? tandem_rx_queue_stop(&hw, queue) :
			  tandem_tx_queue_stop(&hw, queue);

	must(!err || err == -ETIMEDOUT, "a documented error");
	must(!err || hw.bar, "0 if the device has left");
	if (hw.bar)
		must(!err == !(seen(reg) & TANDEM_XDCTL_ENABLE),
		     "0 means that the device confirmed");
}

static void call_queue_look(u8 a, u8 b)
{
	u8 queue = a % TANDEM_MAX_HW_QUEUES;
	u32 drops = tandem_rx_queue_drops(&hw, queue);

	must(drops <= 4095 && (!drops || hw.bar), "saturates at 4095");
	must(tandem_tx_queue_head(&hw, queue) == ALL_ONES || !was_gone,
	     "all ones once gone");
	must(tandem_rx_tail(&hw, queue) == bar0 + TANDEM_RDT(queue) &&
	     tandem_tx_tail(&hw, queue) == bar0 + TANDEM_TDT(queue),
	     "tails stay mapped");
}

/* time.c, test.c, stats.c */

static void call_time(u8 a, u8 b)
{
	u64 time = 0;

	tandem_time_set_rate(&hw, spread(a, b));
	if (hw.bar)
		must(written(TANDEM_TIMINCA) >> 24 == 1, "a period of 16 ns");
	tandem_time_read(&hw);
	if (b & 2)
		tandem_stamp_tx_enable(&hw);
	if (b & 4)
		tandem_stamp_rx_enable(&hw, a % (TANDEM_STAMP_RX_EVENTS + 1), b >> 4);
	must(!tandem_stamp_tx_take(&hw, &time) || hw.bar, "none once gone");
	must(!tandem_stamp_rx_take(&hw, &time) || hw.bar, "none once gone");
}

static void call_test(u8 a, u8 b)
{
	u32 reg;

	if (a & 1) {
		tandem_hw_restore_leds(&hw, tandem_hw_blink(&hw));
		return;
	}
	reg = tandem_hw_test_regs(&hw);
	must(reg < BAR_BYTES && !(reg & 3), "an offset");
	must(reg || !was_gone, "what is gone keeps nothing");
	if (!reg)
		must(written(TANDEM_RSSRK(9)) == seen(TANDEM_RSSRK(9)), "it kept");
}

/* Each total may grow by what its register said, and all together do. */
static void call_stats(u8 a, u8 b)
{
	struct tandem_hw_stats before;
	const u64 *was = (const u64 *)&before, *is = (const u64 *)&stats;
	u64 sum = 0;
	size_t i;

	if (a & 1) {
		tandem_hw_clear_stats(&hw);
		return;
	}
	/* so that those of 32 bits have somewhere to go */
	if (b & 1)
		memset(&stats, b, sizeof(stats));
	before = stats;
	tandem_hw_read_stats(&hw, &stats);
	for (i = 0; i < sizeof(stats) / sizeof(*is); i++) {
		sum += is[i] - was[i];
		if (&is[i] != &stats.rx_good_octets && &is[i] != &stats.tx_good_octets &&
		    &is[i] != &stats.rx_total_octets && &is[i] != &stats.tx_total_octets)
			must(is[i] - was[i] <= U32_MAX, "as much as a register holds");
	}
	must(!sum || !was_gone, "what is gone counts nothing");
	if (hw.bar)
		must(sum == now.counted, "nothing is lost or counted twice");
}

/* mailbox.c, vmdq.c */

static void call_mbx(u8 a, u8 b)
{
	u32 msg[TANDEM_VMBMEM_WORDS] = {};
	u8 vf = a % TANDEM_MAX_VFS;
	unsigned int i;
	int err;

	if (b & 0x80)
		tandem_mbx_requested(&hw, vf);
	err = tandem_mbx_read(&hw, vf, msg);
	CHECK_ERR(err, -EBUSY, -ENODEV);
	if (!err) {
		must(hw.bar, "a message was read");
		for (i = 0; i < TANDEM_VMBMEM_WORDS; i++)
			must(msg[i] == seen(TANDEM_VMBMEM(vf) + 4 * i), "its words");
	}
	was_gone = !hw.bar;
	err = tandem_mbx_write(&hw, vf, msg, 1 + b % TANDEM_VMBMEM_WORDS);
	CHECK_ERR(err, -EBUSY, -ENODEV);
	if (!err)
		must(seen(TANDEM_P2VMAILBOX(vf)) & TANDEM_P2VMAILBOX_PFU, "ours");
}

static void call_mbx_events(u8 a, u8 b)
{
	struct tandem_mbx_events ev;

	tandem_mbx_enable(&hw);
	tandem_mbx_take_events(&hw, &ev);
	if (!hw.bar)
		must(!ev.reset && !ev.request && !ev.ack, "nothing once gone");
	if (a & 1)
		tandem_mbx_reset_done(&hw);
}

static void call_vmdq(u8 a, u8 b)
{
	u8 pool = a % TANDEM_VMDQ_POOLS;

	tandem_vmdq_enable(&hw, pool);
	tandem_vmdq_set_pool(&hw, pool, b, spread(a, b));
	if (hw.bar)
		must(FIELD_GET(TANDEM_VMOLR_RLPML, written(TANDEM_VMOLR(pool))) <=
		     TANDEM_MAX_FRAME, "VMOLR");
	tandem_vmdq_set_vlan(&hw, a % TANDEM_VLVF_ENTRIES, a << 4 & 0xfff, b);
	tandem_vmdq_default_pool(&hw, pool, b & 1);
	tandem_vmdq_tag(&hw, pool, b & 2, a << 8 | b);
	tandem_vmdq_spoof_check(&hw, b);
	tandem_vmdq_set_rate(&hw, pool, tandem_vmdq_rate_reg(1000, a * 4));
	if (b & 4)
		tandem_vmdq_unicast_all(&hw, a & 1);
}

static void call_vmdq_look(u8 a, u8 b)
{
	u32 val[TANDEM_VF_COUNTERS];
	u8 pools = tandem_vmdq_spoofers(&hw);

	must(!pools || hw.bar, "nobody once gone");
	must(tandem_vmdq_read_counters(&hw, a % TANDEM_MAX_VFS, val) == !!hw.bar,
	     "false once gone");
}

#endif /* TANDEM_FUZZ_REGS_CALLS_H */
