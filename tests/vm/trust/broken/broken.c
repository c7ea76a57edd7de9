// SPDX-License-Identifier: GPL-2.0
/*
 * broken: what the debug kernel and the harness's log reader must catch. One
 * misdeed per load, named by kind=; "none" does nothing wrong.
 */
#include <linux/dma-mapping.h>
#include <linux/if_ether.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *kind = "none";
module_param(kind, charp, 0400);
MODULE_PARM_DESC(kind, "what to do wrong");

static DEFINE_SPINLOCK(lock_a);
static DEFINE_SPINLOCK(lock_b);
static u8 __rcu *published;
static u8 *volatile kept;	/* not seen through by the compiler */

static void use_after_free(void)
{
	kept = kzalloc(64, GFP_KERNEL);
	kfree(kept);
	pr_info("broken: read %u\n", READ_ONCE(kept[8]));
	kept = NULL;
}

static void out_of_bounds(void)
{
	kept = kzalloc(60, GFP_KERNEL);
	if (kept)
		WRITE_ONCE(kept[60], 1);
	kfree(kept);
	kept = NULL;
}

/* It need not come to sleeping; that it may is enough. */
static void sleep_in_atomic(void)
{
	void *p;

	spin_lock(&lock_a);
	p = kmalloc(64, GFP_KERNEL);
	spin_unlock(&lock_a);
	kfree(p);
}

/* Each order of the two locks once: nothing hangs, but it could. */
static void deadlock(void)
{
	spin_lock(&lock_a);
	spin_lock(&lock_b);
	spin_unlock(&lock_b);
	spin_unlock(&lock_a);

	spin_lock(&lock_b);
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
	spin_unlock(&lock_b);
}

static void rcu_without_lock(void)
{
	if (rcu_dereference(published))
		pr_info("broken: there is something\n");
}

static void leak(void)
{
	kept = kmalloc(1021, GFP_KERNEL);
	kept = NULL;
}

/* Of the PCI function that driver_override gives us. */
static int broken_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	dma_addr_t dma;
	void *buf;

	if (!strcmp(kind, "dma-unmap")) {
		dma_unmap_single(&pdev->dev, 0x1000, ETH_FRAME_LEN,
				 DMA_FROM_DEVICE);
		return 0;
	}
	if (strcmp(kind, "dma-leak"))
		return 0;
	buf = kmalloc(ETH_FRAME_LEN, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	dma = dma_map_single(&pdev->dev, buf, ETH_FRAME_LEN, DMA_FROM_DEVICE);
	if (dma_mapping_error(&pdev->dev, dma)) {
		kfree(buf);
		return -EIO;
	}
	pci_set_drvdata(pdev, buf);
	return 0;
}

/* The mapping is left. */
static void broken_remove(struct pci_dev *pdev)
{
	kfree(pci_get_drvdata(pdev));
}

/* Nothing is bound to it but by driver_override. */
static const struct pci_device_id broken_ids[] = {
	{ PCI_DEVICE(0xfffe, 0xfffe) },
	{ }
};

static struct pci_driver broken_driver = {
	.name		= KBUILD_MODNAME,
	.id_table	= broken_ids,
	.probe		= broken_probe,
	.remove		= broken_remove,
};

static const struct {
	const char *kind;
	void (*act)(void);
} acts[] = {
	{ "use-after-free", use_after_free },
	{ "out-of-bounds", out_of_bounds },
	{ "sleep-in-atomic", sleep_in_atomic },
	{ "deadlock", deadlock },
	{ "rcu", rcu_without_lock },
	{ "leak", leak },
};

static int __init broken_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(acts); i++)
		if (!strcmp(kind, acts[i].kind))
			acts[i].act();
	return pci_register_driver(&broken_driver);
}
module_init(broken_init);

static void __exit broken_exit(void)
{
	pci_unregister_driver(&broken_driver);
}
module_exit(broken_exit);

MODULE_DESCRIPTION("Misdeeds for the test of the test harness");
MODULE_LICENSE("GPL");
