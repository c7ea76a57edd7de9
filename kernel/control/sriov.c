// SPDX-License-Identifier: GPL-2.0
/*
 * VFs come and go (sriov_numvfs), and live through a reset of the port.
 */
#include <linux/bitmap.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "../tandem.h"

#define TANDEM_POLL_RARE	(2 * HZ)
/* A VF's driver waits for a second. */
#define TANDEM_POLL_OFTEN	(HZ / 5)

/* Is there an interrupt for each mail? One that is shared with a queue is off as
 * long as an application drives that.
 */
static bool tandem_sriov_heard(const struct tandem_adapter *ad)
{
	return tandem_running(ad) && !ad->other_shared;
}

static void tandem_sriov_poll(struct work_struct *work)
{
	struct tandem_adapter *ad = container_of(to_delayed_work(work),
						 struct tandem_adapter,
						 vfs.poll);
	unsigned long flags;

	tandem_vf_events(ad);
	spin_lock_irqsave(&ad->vfs.lock, flags);
	if (ad->vfs.ready)
		tandem_vf_read_counters(ad);
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	queue_delayed_work(system_dfl_wq, &ad->vfs.poll,
			   tandem_sriov_heard(ad) ? TANDEM_POLL_RARE :
						    TANDEM_POLL_OFTEN);
}

/* VFs that another driver has left know nothing of us, nor the device's pools of
 * either.
 */
static void tandem_sriov_clean(struct tandem_adapter *ad)
{
	if (!pci_num_vf(ad->pdev))
		return;
	if (pci_vfs_assigned(ad->pdev)) {
		pci_warn(ad->pdev, "VFs of another driver stay, and nothing serves them: a virtual machine has some\n");
		return;
	}
	pci_info(ad->pdev, "the %d VFs that another driver left go\n",
		 pci_num_vf(ad->pdev));
	pci_disable_sriov(ad->pdev);
}

/**
 * tandem_sriov_init - prepare for VFs
 * @ad: port, not registered
 *
 * Context: probe, before the device is reset.
 */
void tandem_sriov_init(struct tandem_adapter *ad)
{
	spin_lock_init(&ad->vfs.lock);
	INIT_DELAYED_WORK(&ad->vfs.poll, tandem_sriov_poll);
	tandem_sriov_clean(ad);
	/* the device has eight, the last of which would be the PF's */
	if (pci_sriov_set_totalvfs(ad->pdev, TANDEM_MAX_VFS))
		pci_dbg(ad->pdev, "no VFs\n");
}

/**
 * tandem_sriov_hurry - the port is closed, and with it the mailbox's interrupt
 * @ad: port, with or without VFs
 *
 * Context: RTNL.
 */
void tandem_sriov_hurry(struct tandem_adapter *ad)
{
	if (ad->vfs.ready)
		mod_delayed_work(system_dfl_wq, &ad->vfs.poll, 0);
}

/**
 * tandem_sriov_stop - leave the device alone until tandem_sriov_start()
 * @ad: port, with or without VFs
 *
 * Context: any.
 */
void tandem_sriov_stop(struct tandem_adapter *ad)
{
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&ad->vfs.lock, flags);
	if (ad->vfs.ready)
		tandem_vf_read_counters(ad);
	for (i = 0; i < ad->vfs.num; i++)
		memset(ad->vfs.vf[i].last, 0, sizeof(ad->vfs.vf[i].last));
	ad->vfs.ready = false;
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
}

/**
 * tandem_sriov_start - divide the device into pools, if there are VFs
 * @ad: port, its device just reset
 *
 * VFs were reset with it: their drivers are told to start again. Rates follow
 * when there is a link, the port's own settings in tandem_up().
 *
 * Context: any.
 */
void tandem_sriov_start(struct tandem_adapter *ad)
{
	unsigned long flags;
	unsigned int i;

	if (!ad->vfs.num)
		return;
	spin_lock_irqsave(&ad->vfs.lock, flags);
	tandem_vmdq_enable(&ad->hw, ad->vfs.num);
	tandem_hw_vlan_filter(&ad->hw, true);
	tandem_pf_write_pool(ad);
	tandem_vf_write_spoof(ad);
	for (i = 0; i < ad->vfs.num; i++)
		tandem_vf_expel(ad, i);
	tandem_mbx_enable(&ad->hw);
	tandem_mbx_reset_done(&ad->hw);
	ad->vfs.ready = true;
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
	tandem_write_vlans(ad);
}

/**
 * tandem_sriov_link_changed - tell VFs to look at the link
 * @ad: port
 *
 * Context: any.
 */
void tandem_sriov_link_changed(struct tandem_adapter *ad)
{
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&ad->vfs.lock, flags);
	if (ad->vfs.ready) {
		for (i = 0; i < ad->vfs.num; i++) {
			if (ad->link.up)
				tandem_vf_write_rate(ad, i);
			tandem_vf_notify(ad, i);
		}
		tandem_mbx_reset_done(&ad->hw);
	}
	spin_unlock_irqrestore(&ad->vfs.lock, flags);
}

/* Down, reset and up again, whatever of it applies. */
static int tandem_sriov_reset_port(struct tandem_adapter *ad)
{
	if (tandem_running(ad))
		return tandem_reinit(ad);
	return tandem_device_reset(ad);
}

static void tandem_vfs_clear(struct tandem_adapter *ad, unsigned int num_vfs)
{
	struct tandem_vfs *vfs = &ad->vfs;
	unsigned long flags;
	unsigned int i, vid;

	spin_lock_irqsave(&vfs->lock, flags);
	vfs->ready = false;
	vfs->num = num_vfs;
	memset(vfs->vf, 0, sizeof(vfs->vf));
	memset(vfs->vlan, 0, sizeof(vfs->vlan));
	memset(vfs->filter, 0, sizeof(vfs->filter));
	for (i = 0; i < num_vfs; i++)
		vfs->vf[i].spoof_check = true;

	/* the port's own VLANs need entries only where there are pools */
	for (vid = 0, i = 0; num_vfs && vid < VLAN_N_VID; vid++)
		if (ad->vfta[vid / 32] & BIT(vid % 32)) {
			vfs->vlan[i].vid = vid;
			vfs->vlan[i++].pools = BIT(num_vfs);
		}
	spin_unlock_irqrestore(&vfs->lock, flags);
}

static int tandem_count_vlan(struct net_device *netdev, int vid, void *num)
{
	++*(unsigned int *)num;
	return 0;
}

/* The core's count: it keeps VLANs from us that we need not filter, but will with
 * VFs.
 */
static bool tandem_vlans_fit(const struct tandem_adapter *ad)
{
	unsigned int num = 0;

	vlan_for_each(ad->netdev, tandem_count_vlan, &num);
	if (num <= TANDEM_VLVF_ENTRIES)
		return true;
	pci_info(ad->pdev,
		 "no VFs: the port is in %u VLANs, with VFs it could be in %u\n",
		 num, TANDEM_VLVF_ENTRIES);
	return false;
}

/* What a port must be like to make room for VFs. */
static int tandem_sriov_allowed(struct tandem_adapter *ad)
{
	if (!netif_device_present(ad->netdev))
		return -ENODEV;
	if (ad->pool.type != TANDEM_POOL_MSIX) {
		pci_info(ad->pdev, "no VFs: the port has no MSI-X\n");
		return -EOPNOTSUPP;
	}
	if (netif_is_rxfh_configured(ad->netdev)) {
		pci_info(ad->pdev,
			 "no VFs: there is no RSS with VFs, and the table was set by hand (ethtool -X DEV default)\n");
		return -EBUSY;
	}
	return tandem_vlans_fit(ad) ? 0 : -ENOSPC;
}

/* The port keeps one ring pair; the causes of the VFs must be free. */
static int tandem_sriov_shrink(struct tandem_adapter *ad, unsigned int num_vfs)
{
	unsigned int old = ad->num_vectors, held;
	struct netlink_ext_ack extack = {};
	int err;

	err = tandem_set_vectors(ad, 1, &extack);
	if (err) {
		pci_info(ad->pdev,
			 "no VFs: with VFs the port has one ring pair, it has %u: %s\n",
			 old, extack._msg ?: "cannot shrink");
		return err;
	}
	err = tandem_pool_set_bound(&ad->pool, num_vfs, &held);
	if (err) {
		pci_info(ad->pdev,
			 "no VFs: the port holds %u vectors that %u VFs would take\n",
			 held, num_vfs);
		tandem_set_vectors(ad, old, NULL);
		return err;
	}
	if (old > 1)
		pci_info(ad->pdev,
			 "room for VFs: the port goes on with one ring pair of %u\n",
			 old);
	ad->vfs.old_vectors = old;
	ad->vfs.old_max_vectors = ad->max_vectors;
	ad->max_vectors = 1;
	return 0;
}

/* Undo tandem_sriov_shrink(), as far as vectors are to be had. */
static void tandem_sriov_grow(struct tandem_adapter *ad)
{
	struct netlink_ext_ack extack = {};
	unsigned int held;

	if (tandem_pool_set_bound(&ad->pool, 0, &held))
		pci_warn(ad->pdev, "the VFs' vectors do not come back\n");
	ad->max_vectors = ad->vfs.old_max_vectors;
	if (tandem_set_vectors(ad, ad->vfs.old_vectors, &extack))
		pci_info(ad->pdev, "the port stays with %u ring pairs of %u: %s\n",
			 ad->num_vectors, ad->vfs.old_vectors,
			 extack._msg ?: "cannot grow");
}

static int tandem_sriov_divide(struct tandem_adapter *ad, unsigned int num_vfs)
{
	bool running = tandem_running(ad);
	int err;

	err = tandem_sriov_allowed(ad);
	if (err)
		return err;
	err = tandem_sriov_shrink(ad, num_vfs);
	if (err)
		return err;
	tandem_vfs_clear(ad, num_vfs);
	err = tandem_sriov_reset_port(ad);
	if (err) {
		tandem_vfs_clear(ad, 0);
		/* what was not to be had may be there now */
		if (running)
			tandem_reinit(ad);
		tandem_sriov_grow(ad);
		return err;
	}
	/* ndo_fix_features() knows of VFs now */
	netdev_update_features(ad->netdev);
	return 0;
}

static void tandem_sriov_unite(struct tandem_adapter *ad)
{
	rtnl_lock();
	/* VFs that we did not make took nothing from us */
	if (ad->vfs.num) {
		tandem_vfs_clear(ad, 0);
		/* nobody hurries it any more */
		cancel_delayed_work_sync(&ad->vfs.poll);
		if (netif_device_present(ad->netdev)) {
			tandem_vmdq_reclaim(&ad->hw);
			tandem_sriov_reset_port(ad);
		}
		tandem_sriov_grow(ad);
		/* ndo_fix_features() lets go */
		netdev_update_features(ad->netdev);
	}
	rtnl_unlock();
}

/* VFs are probed in here, so that RTNL must not be held and the mailbox must
 * be ready.
 */
static int tandem_sriov_enable(struct tandem_adapter *ad, unsigned int num_vfs)
{
	int err;

	rtnl_lock();
	err = tandem_sriov_divide(ad, num_vfs);
	rtnl_unlock();
	if (err)
		return err;
	queue_delayed_work(system_dfl_wq, &ad->vfs.poll, 0);
	err = pci_enable_sriov(ad->pdev, num_vfs);
	if (err) {
		pci_info(ad->pdev, "%u VFs cannot be enabled: %pe\n", num_vfs,
			 ERR_PTR(err));
		tandem_sriov_unite(ad);
	}
	return err;
}

static int tandem_sriov_disable(struct tandem_adapter *ad)
{
	if (pci_vfs_assigned(ad->pdev)) {
		pci_info(ad->pdev, "VFs stay: a virtual machine has some\n");
		return -EBUSY;
	}
	pci_disable_sriov(ad->pdev);
	tandem_sriov_unite(ad);
	return 0;
}

/**
 * tandem_sriov_configure - sriov_numvfs was written
 * @pdev: PCI function
 * @num_vfs: 0 to TANDEM_MAX_VFS; not 0 only if there are none
 *
 * Context: device lock held, may sleep; takes RTNL. Return: @num_vfs or a
 * negative errno, with the reason in the kernel log.
 */
int tandem_sriov_configure(struct pci_dev *pdev, int num_vfs)
{
	struct tandem_adapter *ad = pci_get_drvdata(pdev);
	int err;

	if (!num_vfs)
		return pci_num_vf(pdev) ? tandem_sriov_disable(ad) : 0;
	if (num_vfs > TANDEM_MAX_VFS)
		return -ERANGE;
	err = tandem_sriov_enable(ad, num_vfs);
	return err ?: num_vfs;
}

/**
 * tandem_sriov_remove - no VFs any more: the driver lets go of the port
 * @ad: port, still working
 *
 * VFs that a virtual machine has stay in it, without a PF.
 *
 * Context: may sleep; not under RTNL, which VF drivers take.
 */
void tandem_sriov_remove(struct tandem_adapter *ad)
{
	if (pci_vfs_assigned(ad->pdev))
		pci_info(ad->pdev, "VFs stay: a virtual machine has some\n");
	else
		pci_disable_sriov(ad->pdev);
	cancel_delayed_work_sync(&ad->vfs.poll);
	tandem_sriov_stop(ad);
}

/* The next VF of this port, as pci_get_device() walks. */
static struct pci_dev *tandem_next_vf(struct tandem_adapter *ad,
				      struct pci_dev *vf)
{
	do {
		vf = pci_get_device(PCI_VENDOR_ID_INTEL, PCI_ANY_ID, vf);
	} while (vf && (!vf->is_virtfn || pci_physfn(vf) != ad->pdev));
	return vf;
}

/**
 * tandem_sriov_save - remember the VFs' configuration space
 * @ad: port that is about to be reset as a PCI function
 *
 * Such a reset removes the VFs. The core brings them back with the port's
 * configuration, but knows nothing of their own.
 *
 * Context: may sleep.
 */
void tandem_sriov_save(struct tandem_adapter *ad)
{
	struct pci_dev *vf = NULL;

	while ((vf = tandem_next_vf(ad, vf)))
		pci_save_state(vf);
}

/**
 * tandem_sriov_restore - give VFs the configuration space that they had
 * @ad: port that was reset as a PCI function
 *
 * Context: may sleep.
 */
void tandem_sriov_restore(struct tandem_adapter *ad)
{
	struct pci_dev *vf = NULL;

	while ((vf = tandem_next_vf(ad, vf)))
		pci_restore_state(vf);
}
