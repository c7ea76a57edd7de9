// SPDX-License-Identifier: GPL-2.0
/*
 * The devlink instance of a port: what it is, and how its vectors and
 * transmit queues are.
 *
 * devlink's lock is outside RTNL, so what is called here may take RTNL, and
 * nothing under RTNL calls into here. Whatever is shown is shown while the
 * port is down, too.
 */
#include <linux/bitfield.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>
#include <net/devlink.h>

#include "../tandem.h"
#include "control.h"

/**
 * struct tandem_devlink - a port's devlink instance, its private part
 * @ad: port
 * @port: the one port of this instance
 * @vectors: health reporter: interrupt entries
 * @tx: health reporter: transmit timeouts
 */
struct tandem_devlink {
	struct tandem_adapter *ad;
	struct devlink_port port;
	struct devlink_health_reporter *vectors;
	struct devlink_health_reporter *tx;
};

/* Image revision: one word, major.minor with two digits. */
static int tandem_info_nvm(struct tandem_adapter *ad,
			   struct devlink_info_req *req)
{
	char text[16];
	u16 word;
	int err;

	rtnl_lock();
	/* not in the middle of a reset of the function */
	err = netif_device_present(ad->netdev) ?
		      tandem_nvm_read(&ad->hw, TANDEM_NVM_VERSION, &word) :
		      -ENODEV;
	rtnl_unlock();
	/* the NVM is no part of what devlink promises: do without */
	if (err)
		return 0;
	snprintf(text, sizeof(text), "%x.%02x.%x",
		 (unsigned int)FIELD_GET(TANDEM_NVM_VERSION_MAJOR, word),
		 (unsigned int)FIELD_GET(TANDEM_NVM_VERSION_MINOR, word),
		 (unsigned int)FIELD_GET(TANDEM_NVM_VERSION_IMAGE, word));
	return devlink_info_version_running_put(req, "nvm", text);
}

static int tandem_info_get(struct devlink *devlink,
			   struct devlink_info_req *req,
			   struct netlink_ext_ack *extack)
{
	struct tandem_devlink *dl = devlink_priv(devlink);
	struct pci_dev *pdev = dl->ad->pdev;
	char text[32];
	u64 serial;
	int err;

	snprintf(text, sizeof(text), "%04x:%04x:%04x:%04x", pdev->vendor,
		 pdev->device, pdev->subsystem_vendor, pdev->subsystem_device);
	err = devlink_info_version_fixed_put(req,
					     DEVLINK_INFO_VERSION_GENERIC_BOARD_ID,
					     text);
	if (err)
		return err;
	snprintf(text, sizeof(text), "%02x", pdev->revision);
	err = devlink_info_version_fixed_put(req,
					     DEVLINK_INFO_VERSION_GENERIC_ASIC_REV,
					     text);
	if (err)
		return err;
	serial = pci_get_dsn(pdev);
	if (serial) {
		snprintf(text, sizeof(text), "%016llx", serial);
		err = devlink_info_serial_number_put(req, text);
		if (err)
			return err;
	}
	return tandem_info_nvm(dl->ad, req);
}

static const struct devlink_ops tandem_devlink_ops = {
	.info_get	= tandem_info_get,
};

static int tandem_vectors_diagnose(struct devlink_health_reporter *reporter,
				   struct devlink_fmsg *fmsg,
				   struct netlink_ext_ack *extack)
{
	struct tandem_devlink *dl = devlink_health_reporter_priv(reporter);

	rtnl_lock();
	tandem_show_entries(dl->ad, fmsg);
	rtnl_unlock();
	return 0;
}

static const struct devlink_health_reporter_ops tandem_vectors_ops = {
	.name		= "vector",
	.diagnose	= tandem_vectors_diagnose,
};

static int tandem_tx_diagnose(struct devlink_health_reporter *reporter,
			      struct devlink_fmsg *fmsg,
			      struct netlink_ext_ack *extack)
{
	struct tandem_devlink *dl = devlink_health_reporter_priv(reporter);

	rtnl_lock();
	tandem_show_tx(dl->ad, fmsg);
	rtnl_unlock();
	return 0;
}

static int tandem_tx_recover(struct devlink_health_reporter *reporter,
			     void *priv_ctx, struct netlink_ext_ack *extack)
{
	struct tandem_devlink *dl = devlink_health_reporter_priv(reporter);
	struct tandem_adapter *ad = dl->ad;
	int err = 0;

	rtnl_lock();
	/* A port that is closed starts with a reset anyway; one that is not and
	 * yet down is so since a reset failed.
	 */
	if (netif_running(ad->netdev) && netif_device_present(ad->netdev)) {
		ad->resets++;
		err = tandem_reinit(ad);
	}
	rtnl_unlock();
	if (err)
		NL_SET_ERR_MSG_MOD(extack, "the reset failed, the port is down");
	return err;
}

static const struct devlink_health_reporter_ops tandem_tx_ops = {
	.name		= "tx",
	.recover	= tandem_tx_recover,
	.diagnose	= tandem_tx_diagnose,
};

/**
 * tandem_tx_hung - a transmit queue did not get on
 * @ad: port
 *
 * Resets the port by way of the reporter, unless the administrator switched
 * that off there (devlink health set ... auto_recover false).
 *
 * Context: may sleep; neither RTNL nor devlink's lock held.
 */
void tandem_tx_hung(struct tandem_adapter *ad)
{
	struct tandem_devlink *dl = devlink_priv(ad->devlink);
	char text[48];

	snprintf(text, sizeof(text), "transmit queue %u timed out",
		 READ_ONCE(ad->tx_hung_queue));
	/* Refused if one before was never recovered here, though the port may
	 * have been closed and opened since.
	 */
	if (devlink_health_report(dl->tx, text, NULL) == -ECANCELED)
		tandem_tx_recover(dl->tx, NULL, NULL);
}

static int tandem_devlink_port(struct devlink *devlink,
			       struct tandem_devlink *dl)
{
	/* the interface keeps the name that it has under other drivers */
	tandem_devlink_unnamed_port(&dl->port, dl->ad->hw.port);
	return devl_port_register(devlink, &dl->port, dl->ad->hw.port);
}

static int tandem_devlink_reporters(struct devlink *devlink,
				    struct tandem_devlink *dl)
{
	dl->vectors = devl_health_reporter_create(devlink, &tandem_vectors_ops,
						  dl);
	if (IS_ERR(dl->vectors))
		return PTR_ERR(dl->vectors);
	dl->tx = devl_health_reporter_create(devlink, &tandem_tx_ops, dl);
	if (IS_ERR(dl->tx)) {
		devl_health_reporter_destroy(dl->vectors);
		return PTR_ERR(dl->tx);
	}
	return 0;
}

/**
 * tandem_devlink_init - make the devlink instance of a port
 * @ad: port, with its vectors; its network device not yet registered
 *
 * Context: probe. Return: 0 or a negative errno with nothing left behind.
 */
int tandem_devlink_init(struct tandem_adapter *ad)
{
	struct tandem_devlink *dl;
	struct devlink *devlink;
	int err;

	devlink = devlink_alloc(&tandem_devlink_ops, sizeof(*dl),
				&ad->pdev->dev);
	if (!devlink)
		return -ENOMEM;
	dl = devlink_priv(devlink);
	dl->ad = ad;

	devl_lock(devlink);
	err = tandem_devlink_port(devlink, dl);
	if (err)
		goto unlock;
	err = tandem_devlink_reporters(devlink, dl);
	if (err)
		goto unregister_port;
	ad->devlink = devlink;
	SET_NETDEV_DEVLINK_PORT(ad->netdev, &dl->port);
	devl_register(devlink);
	devl_unlock(devlink);
	return 0;

unregister_port:
	devl_port_unregister(&dl->port);
unlock:
	devl_unlock(devlink);
	devlink_free(devlink);
	return err;
}

/**
 * tandem_devlink_fini - undo tandem_devlink_init()
 * @ad: port; its network device is not registered, its tasks are cancelled
 */
void tandem_devlink_fini(struct tandem_adapter *ad)
{
	struct tandem_devlink *dl = devlink_priv(ad->devlink);
	struct devlink *devlink = ad->devlink;

	devl_lock(devlink);
	devl_unregister(devlink);
	devl_health_reporter_destroy(dl->tx);
	devl_health_reporter_destroy(dl->vectors);
	devl_port_unregister(&dl->port);
	devl_unlock(devlink);
	ad->devlink = NULL;
	devlink_free(devlink);
}
