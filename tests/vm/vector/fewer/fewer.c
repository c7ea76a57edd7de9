// SPDX-License-Identifier: GPL-2.0
/*
 * fewer: a machine that is short of interrupts. While it is loaded, every
 * request for a function's interrupts is cut down to most= of the kinds in
 * kinds= (PCI_IRQ_INTX 1, PCI_IRQ_MSI 2, PCI_IRQ_MSIX 4), and only later= further
 * MSI-X entries are to be had one at a time. With room= the CPUs are out of
 * vectors when a handler of queue vector room or above is to be installed. What is
 * left is the kernel's own doing.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>

static unsigned int most = 1;
module_param(most, uint, 0);
MODULE_PARM_DESC(most, "interrupts of a function, at most");
static unsigned int kinds = PCI_IRQ_ALL_TYPES;
module_param(kinds, uint, 0);
MODULE_PARM_DESC(kinds, "PCI_IRQ_... that there are");
static int later = -1;
module_param(later, int, 0);
MODULE_PARM_DESC(later, "how many can be had later; -1 is all");

static int room = -1;
module_param(room, int, 0600);
MODULE_PARM_DESC(room, "handlers of queue vectors that there is room for; -1 is all");

/* (dev, min_vecs, max_vecs, flags, affd) */
static int fewer_at_first(struct kprobe *p, struct pt_regs *regs)
{
	regs->dx = min_t(unsigned long, regs->dx, most);
	regs->cx &= kinds | ~(unsigned long)PCI_IRQ_ALL_TYPES;
	return 0;
}

/* (dev, index, affdesc): beyond the table, which is refused */
static int fewer_later(struct kprobe *p, struct pt_regs *regs)
{
	if (!later)
		regs->si = 4096;
	else if (later > 0)
		later--;
	return 0;
}

/* Returns to the caller of the function that was not entered. */
static noinline void fewer_return(void)
{
	barrier();
}

/* (irq, handler, thread_fn, irqflags, devname, dev_id) */
static int fewer_handlers(struct kprobe *p, struct pt_regs *regs)
{
	const char *name = (const char *)regs->r8;
	const char *number = name ? strstr(name, "-TxRx-") : NULL;
	int index;

	if (room < 0 || !number || kstrtoint(number + 6, 10, &index) ||
	    index < room)
		return 0;
	regs->ax = -ENOSPC;
	regs->ip = (unsigned long)fewer_return;
	return 1;
}

/* One that is there keeps the probe from becoming a jump, which could not return. */
static void fewer_after(struct kprobe *p, struct pt_regs *regs,
			unsigned long flags)
{
}

static struct kprobe probes[] = {
	{
		.symbol_name	= "pci_alloc_irq_vectors_affinity",
		.pre_handler	= fewer_at_first,
	}, {
		.symbol_name	= "pci_msix_alloc_irq_at",
		.pre_handler	= fewer_later,
	}, {
		.symbol_name	= "request_threaded_irq",
		.pre_handler	= fewer_handlers,
		.post_handler	= fewer_after,
	},
};

static int __init fewer_init(void)
{
	struct kprobe *all[] = { &probes[0], &probes[1], &probes[2] };

	return register_kprobes(all, ARRAY_SIZE(all));
}
module_init(fewer_init);

static void __exit fewer_exit(void)
{
	struct kprobe *all[] = { &probes[0], &probes[1], &probes[2] };

	unregister_kprobes(all, ARRAY_SIZE(all));
}
module_exit(fewer_exit);

MODULE_DESCRIPTION("A machine that is short of interrupts, for Tandem's tests");
MODULE_LICENSE("GPL");
