// SPDX-License-Identifier: GPL-2.0
/* ethtool -t and ethtool -p: is the port well, and which is it. */
#include <linux/ethtool.h>

#include "../tandem.h"
#include "control.h"

enum tandem_test {
	TANDEM_TEST_REGS,
	TANDEM_TEST_NVM,
	TANDEM_TEST_LINK,
	TANDEM_TESTS
};

static const char * const tandem_test_names[] = {
	[TANDEM_TEST_REGS] = "registers (offline)",
	[TANDEM_TEST_NVM] = "nvm checksum",
	[TANDEM_TEST_LINK] = "link",
};

int tandem_test_count(void)
{
	return TANDEM_TESTS;
}

void tandem_test_strings(u8 *data)
{
	unsigned int i;

	for (i = 0; i < TANDEM_TESTS; i++)
		ethtool_puts(&data, tandem_test_names[i]);
}

/* Return: the offset of a bad register, or 1 if that could not be found. */
static u64 tandem_test_offline(struct tandem_adapter *ad)
{
	bool up = tandem_running(ad);
	u64 bad = 1;

	if (ad->vfs.num) {
		netdev_err(ad->netdev, "no offline test while there are VFs\n");
		return 1;
	}
	if (up)
		tandem_down(ad);
	if (!tandem_device_reset(ad))
		bad = tandem_hw_test_regs(&ad->hw);
	if (up ? tandem_reinit(ad) : tandem_device_reset(ad))
		bad = 1;
	return bad;
}

void tandem_self_test(struct net_device *netdev, struct ethtool_test *test,
		      u64 *data)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	unsigned int i;

	memset(data, 0, TANDEM_TESTS * sizeof(*data));
	/* before the offline test takes the link down for a while */
	data[TANDEM_TEST_LINK] = !netif_carrier_ok(netdev);
	data[TANDEM_TEST_NVM] = tandem_nvm_check(&ad->hw) != 0;
	if (test->flags & ETH_TEST_FL_OFFLINE)
		data[TANDEM_TEST_REGS] = tandem_test_offline(ad);
	for (i = 0; i < TANDEM_TESTS; i++)
		if (data[i])
			test->flags |= ETH_TEST_FL_FAILED;
}

int tandem_set_phys_id(struct net_device *netdev,
		       enum ethtool_phys_id_state state)
{
	struct tandem_adapter *ad = netdev_priv(netdev);

	switch (state) {
	case ETHTOOL_ID_ACTIVE:
		ad->leds = tandem_hw_blink(&ad->hw);
		return 0;
	case ETHTOOL_ID_INACTIVE:
		tandem_hw_restore_leds(&ad->hw, ad->leds);
		return 0;
	default:
		return -EINVAL;
	}
}
