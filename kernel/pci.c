// SPDX-License-Identifier: GPL-2.0
/*
 * The PCI function: probe, remove, reset, suspend and resume, error recovery.
 *
 * There is no MODULE_DEVICE_TABLE on purpose. Installing this module must not
 * take a port away from the in-tree driver: nothing loads it by device id,
 * and when it is loaded it binds the ports that nobody drives. To give it one
 * that is driven, use driver_override (tandem bind).
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include "tandem.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

#define TANDEM_BAR	0

/* The 82576 and its siblings, all alike but for what they are wired to. */
#define TANDEM_DEV_82576			0x10c9
#define TANDEM_DEV_82576_FIBER			0x10e6
#define TANDEM_DEV_82576_SERDES			0x10e7
#define TANDEM_DEV_82576_QUAD_COPPER		0x10e8
#define TANDEM_DEV_82576_QUAD_COPPER_ET2	0x1526
#define TANDEM_DEV_82576_NS			0x150a
#define TANDEM_DEV_82576_NS_SERDES		0x1518
#define TANDEM_DEV_82576_SERDES_QUAD		0x150d

static const struct pci_device_id tandem_ids[] = {
	{ PCI_VDEVICE(INTEL, TANDEM_DEV_82576) },
	{ PCI_VDEVICE(INTEL, TANDEM_DEV_82576_FIBER) },
	{ PCI_VDEVICE(INTEL, TANDEM_DEV_82576_SERDES) },
	{ PCI_VDEVICE(INTEL, TANDEM_DEV_82576_QUAD_COPPER) },
	{ PCI_VDEVICE(INTEL, TANDEM_DEV_82576_QUAD_COPPER_ET2) },
	{ PCI_VDEVICE(INTEL, TANDEM_DEV_82576_NS) },
	{ PCI_VDEVICE(INTEL, TANDEM_DEV_82576_NS_SERDES) },
	{ PCI_VDEVICE(INTEL, TANDEM_DEV_82576_SERDES_QUAD) },
	{ }
};

static int tandem_map_device(struct pci_dev *pdev, struct tandem_adapter *ad)
{
	int err;

	err = pci_enable_device_mem(pdev);
	if (err)
		return err;
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		goto disable;
	err = pci_request_mem_regions(pdev, KBUILD_MODNAME);
	if (err)
		goto disable;
	ad->hw.bar = pci_ioremap_bar(pdev, TANDEM_BAR);
	if (!ad->hw.bar) {
		err = -ENOMEM;
		goto release;
	}
	pci_set_master(pdev);
	return 0;

release:
	pci_release_mem_regions(pdev);
disable:
	pci_disable_device(pdev);
	return err;
}

static void tandem_unmap_device(struct pci_dev *pdev, struct tandem_adapter *ad)
{
	pci_clear_master(pdev);
	iounmap(ad->hw.mapped);
	pci_release_mem_regions(pdev);
	/* not after an error that nothing recovered from */
	if (pci_is_enabled(pdev))
		pci_disable_device(pdev);
}

/* From an unknown state to a reset device with a known address. */
static int tandem_start_device(struct tandem_adapter *ad)
{
	struct pci_dev *pdev = ad->pdev;
	struct tandem_hw *hw = &ad->hw;
	int err;

	hw->dev = &pdev->dev;
	err = tandem_hw_identify(hw, pdev->device, pdev->subsystem_vendor,
				 pdev->subsystem_device);
	if (err)
		return err;
	err = tandem_hw_reset(hw);
	if (err)
		return err;
	err = tandem_nvm_check(hw);
	if (err)
		pci_warn(pdev, "NVM checksum is wrong, going on\n");
	err = tandem_nvm_read_mac(hw, hw->mac);
	if (err == -EADDRNOTAVAIL) {
		eth_hw_addr_random(ad->netdev);
		ether_addr_copy(hw->mac, ad->netdev->dev_addr);
		pci_warn(pdev, "NVM holds no valid address, using a random one\n");
	} else if (err) {
		return err;
	}
	err = tandem_phy_identify(hw);
	if (err)
		return err;
	tandem_hw_init(hw);
	return 0;
}

static void tandem_defaults(struct tandem_adapter *ad)
{
	spin_lock_init(&ad->steer.lock);
	spin_lock_init(&ad->base_lock);
	ad->rx_count = TANDEM_DEFAULT_DESC;
	ad->tx_count = TANDEM_DEFAULT_DESC;
	ad->rx_itr.adaptive = true;
	ad->rx_itr.usecs = TANDEM_START_USECS;
	ad->tx_itr.adaptive = true;
	ad->tx_itr.usecs = TANDEM_START_USECS;
	ad->rss.fields = TANDEM_MRQC_RSS_IPV4 | TANDEM_MRQC_RSS_TCPV4 |
			 TANDEM_MRQC_RSS_UDPV4 | TANDEM_MRQC_RSS_IPV6 |
			 TANDEM_MRQC_RSS_TCPV6 | TANDEM_MRQC_RSS_TCPV6_EX |
			 TANDEM_MRQC_RSS_UDPV6;
	netdev_rss_key_fill(ad->rss.key, sizeof(ad->rss.key));
	tandem_rss_spread(ad);
}

static int tandem_name_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct tandem_adapter *ad = container_of(nb, struct tandem_adapter,
						 name_nb);

	if (event == NETDEV_CHANGENAME &&
	    netdev_notifier_info_to_dev(ptr) == ad->netdev)
		tandem_irq_rename(ad);
	return NOTIFY_DONE;
}

static int tandem_register(struct tandem_adapter *ad)
{
	struct net_device *netdev = ad->netdev;
	int err;

	tandem_netdev_init(netdev);
	eth_hw_addr_set(netdev, ad->hw.mac);
	netif_carrier_off(netdev);
	err = netif_set_real_num_queues(netdev, ad->num_vectors,
					ad->num_vectors);
	if (err)
		return err;
	ad->name_nb.notifier_call = tandem_name_event;
	err = register_netdevice_notifier(&ad->name_nb);
	if (err)
		return err;
	err = register_netdev(netdev);
	if (err)
		unregister_netdevice_notifier(&ad->name_nb);
	return err;
}

static int tandem_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct net_device *netdev;
	struct tandem_adapter *ad;
	int err;

	netdev = alloc_etherdev_mqs(sizeof(*ad), TANDEM_MAX_PAIRS,
				    TANDEM_MAX_PAIRS);
	if (!netdev)
		return -ENOMEM;
	SET_NETDEV_DEV(netdev, &pdev->dev);
	ad = netdev_priv(netdev);
	ad->netdev = netdev;
	ad->pdev = pdev;
	set_bit(TANDEM_DOWN, &ad->flags);
	tandem_tasks_init(ad);
	tandem_sriov_init(ad);
	tandem_clock_init(ad);

	err = tandem_map_device(pdev, ad);
	if (err)
		goto free;
	pci_set_drvdata(pdev, ad);
	err = tandem_start_device(ad);
	if (err)
		goto unmap;
	pci_save_state(pdev);

	err = tandem_entries_init(ad);
	if (err)
		goto unmap;
	tandem_defaults(ad);
	err = tandem_vectors_init(ad);
	if (err)
		goto entries;
	err = tandem_devlink_init(ad);
	if (err)
		goto vectors;
	tandem_clock_register(ad);
	err = tandem_register(ad);
	if (err)
		goto clock;
	netdev_info(netdev, "%pM, %u ring pairs\n", netdev->dev_addr,
		    ad->num_vectors);
	return 0;

clock:
	tandem_clock_unregister(ad);
	tandem_devlink_fini(ad);
vectors:
	tandem_vectors_fini(ad);
entries:
	tandem_entries_fini(ad);
unmap:
	tandem_unmap_device(pdev, ad);
free:
	tandem_rmap_free(netdev);
	free_netdev(netdev);
	return err;
}

static void tandem_remove(struct pci_dev *pdev)
{
	struct tandem_adapter *ad = pci_get_drvdata(pdev);

	set_bit(TANDEM_REMOVING, &ad->flags);
	tandem_sriov_remove(ad);
	unregister_netdev(ad->netdev);
	unregister_netdevice_notifier(&ad->name_nb);
	tandem_tasks_cancel(ad);
	tandem_clock_unregister(ad);
	tandem_devlink_fini(ad);
	tandem_vectors_fini(ad);
	tandem_entries_fini(ad);
	tandem_hw_release(&ad->hw);
	tandem_unmap_device(pdev, ad);
	tandem_rmap_free(ad->netdev);
	free_netdev(ad->netdev);
}

/* Stop using the device; its settings stay on record here. */
static void tandem_detach(struct tandem_adapter *ad)
{
	rtnl_lock();
	netif_device_detach(ad->netdev);
	tandem_down(ad);
	tandem_sriov_stop(ad);
	tandem_clock_stop(ad);
	rtnl_unlock();
}

/* The device is back but the port cannot run, for want of memory: it is closed,
 * so that the administrator can open it when there is some.
 */
static void tandem_reopen(struct tandem_adapter *ad)
{
	int err = tandem_up(ad);

	if (!err)
		return;
	netdev_err(ad->netdev, "closed, it cannot run: %pe\n", ERR_PTR(err));
	dev_close(ad->netdev);
}

/* Use the device again after it lost everything. */
static int tandem_attach(struct tandem_adapter *ad)
{
	int err;

	rtnl_lock();
	tandem_hw_reattach(&ad->hw);
	err = tandem_device_reset(ad);
	if (!err && netif_running(ad->netdev))
		tandem_reopen(ad);
	if (!err)
		netif_device_attach(ad->netdev);
	rtnl_unlock();
	/* the core has used up what was saved; slot_reset needs it */
	if (!err)
		pci_save_state(ad->pdev);
	if (err)
		pci_err(ad->pdev, "device does not come back: %pe\n",
			ERR_PTR(err));
	return err;
}

static int tandem_suspend(struct device *dev)
{
	struct tandem_adapter *ad = dev_get_drvdata(dev);

	tandem_detach(ad);
	tandem_hw_release(&ad->hw);
	return 0;
}

static int tandem_resume(struct device *dev)
{
	return tandem_attach(dev_get_drvdata(dev));
}

static DEFINE_SIMPLE_DEV_PM_OPS(tandem_pm_ops, tandem_suspend, tandem_resume);

static void tandem_shutdown(struct pci_dev *pdev)
{
	struct tandem_adapter *ad = pci_get_drvdata(pdev);

	tandem_detach(ad);
	tandem_hw_release(&ad->hw);
	if (pci_is_enabled(pdev))
		pci_disable_device(pdev);
}

static pci_ers_result_t tandem_error_detected(struct pci_dev *pdev,
					      pci_channel_state_t state)
{
	struct tandem_adapter *ad = pci_get_drvdata(pdev);

	tandem_detach(ad);
	switch (state) {
	case pci_channel_io_normal:
		/* The link works: the device's own reset is enough. */
		return PCI_ERS_RESULT_CAN_RECOVER;
	case pci_channel_io_frozen:
		/* again, when the bus reset after the last one failed */
		if (pci_is_enabled(pdev))
			pci_disable_device(pdev);
		return PCI_ERS_RESULT_NEED_RESET;
	default:
		return PCI_ERS_RESULT_DISCONNECT;
	}
}

static pci_ers_result_t tandem_mmio_enabled(struct pci_dev *pdev)
{
	struct tandem_adapter *ad = pci_get_drvdata(pdev);

	return tandem_hw_present(&ad->hw) ? PCI_ERS_RESULT_RECOVERED :
					    PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t tandem_slot_reset(struct pci_dev *pdev)
{
	struct tandem_adapter *ad = pci_get_drvdata(pdev);
	int err = 0;

	/* still enabled when it was another device that asked for the reset */
	if (!pci_is_enabled(pdev))
		err = pci_enable_device_mem(pdev);
	if (err) {
		pci_err(pdev, "cannot be enabled after reset: %pe\n",
			ERR_PTR(err));
		return PCI_ERS_RESULT_DISCONNECT;
	}
	pci_set_master(pdev);
	pci_restore_state(pdev);
	pci_save_state(pdev);
	tandem_hw_reattach(&ad->hw);
	return tandem_hw_present(&ad->hw) ? PCI_ERS_RESULT_RECOVERED :
					    PCI_ERS_RESULT_DISCONNECT;
}

static void tandem_error_resume(struct pci_dev *pdev)
{
	tandem_attach(pci_get_drvdata(pdev));
}

/* The core saves and restores configuration space, MSI-X included. */
static void tandem_reset_prepare(struct pci_dev *pdev)
{
	struct tandem_adapter *ad = pci_get_drvdata(pdev);

	tandem_detach(ad);
	tandem_sriov_save(ad);
}

static void tandem_reset_done(struct pci_dev *pdev)
{
	struct tandem_adapter *ad = pci_get_drvdata(pdev);

	tandem_sriov_restore(ad);
	tandem_attach(ad);
}

static const struct pci_error_handlers tandem_err_handlers = {
	.error_detected	= tandem_error_detected,
	.mmio_enabled	= tandem_mmio_enabled,
	.slot_reset	= tandem_slot_reset,
	.resume		= tandem_error_resume,
	.reset_prepare	= tandem_reset_prepare,
	.reset_done	= tandem_reset_done,
};

static struct pci_driver tandem_driver = {
	.name		= KBUILD_MODNAME,
	.id_table	= tandem_ids,
	.probe		= tandem_probe,
	.remove		= tandem_remove,
	.shutdown	= tandem_shutdown,
	.driver.pm	= pm_sleep_ptr(&tandem_pm_ops),
	.err_handler	= &tandem_err_handlers,
	.sriov_configure = tandem_sriov_configure,
};
module_pci_driver(tandem_driver);

MODULE_DESCRIPTION("AF_XDP-first driver for the Intel 82576");
MODULE_AUTHOR("The Tandem authors");
MODULE_LICENSE("GPL");
