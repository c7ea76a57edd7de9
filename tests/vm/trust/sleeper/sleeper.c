// SPDX-License-Identifier: GPL-2.0
/*
 * sleeper: suspends one PCI function and resumes it, as often as times= says,
 * by the bus's own power management calls in their order. The guest as a whole
 * cannot suspend: /src is on virtio-9p, which does not come back.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/pci.h>

static char *dev = "";
module_param(dev, charp, 0400);
MODULE_PARM_DESC(dev, "PCI function, as 0000:01:00.0");

static int times = 1;
module_param(times, int, 0400);
MODULE_PARM_DESC(times, "how often");

static int run(struct device *d, int (*call)(struct device *), const char *name)
{
	int err = call ? call(d) : 0;

	if (err)
		dev_err(d, "sleeper: %s: %pe\n", name, ERR_PTR(err));
	return err;
}

static int sleep_once(struct device *d)
{
	const struct dev_pm_ops *pm = d->bus->pm;
	int err, back;

	err = run(d, pm->prepare, "prepare");
	if (err < 0)
		return err;
	err = run(d, pm->suspend, "suspend");
	if (err)
		goto complete;
	err = run(d, pm->suspend_late, "suspend_late");
	if (err)
		goto resume;
	err = run(d, pm->suspend_noirq, "suspend_noirq");
	if (err)
		goto resume_early;
	back = run(d, pm->resume_noirq, "resume_noirq");
	err = err ?: back;
resume_early:
	back = run(d, pm->resume_early, "resume_early");
	err = err ?: back;
resume:
	back = run(d, pm->resume, "resume");
	err = err ?: back;
complete:
	if (pm->complete)
		pm->complete(d);
	return err;
}

static int __init sleeper_init(void)
{
	struct device *d = bus_find_device_by_name(&pci_bus_type, NULL, dev);
	int i, err = 0;

	if (!d)
		return -ENODEV;
	for (i = 0; i < times && !err; i++) {
		device_lock(d);
		err = sleep_once(d);
		device_unlock(d);
	}
	put_device(d);
	return err;
}
module_init(sleeper_init);

static void __exit sleeper_exit(void)
{
}
module_exit(sleeper_exit);

MODULE_DESCRIPTION("Suspends and resumes one PCI function");
MODULE_LICENSE("GPL");
