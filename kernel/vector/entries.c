// SPDX-License-Identifier: GPL-2.0
/*
 * The interrupt table of a function: enabled once, for as long as the driver has
 * the device, with its entries in the pool. Who needs one reserves it here.
 */
#include <linux/pci.h>

#include "../tandem.h"
#include "../trace.h"

/**
 * tandem_entries_reserve - take entries out of the pool
 * @ad: port
 * @behaviour: what to do when there are fewer than @count
 * @count: how many are wanted
 * @entry: room for @count of them, lowest first
 * @actual: how many were taken; after -EAGAIN how many could be had
 *
 * Context: RTNL or probe. Return: 0, or as tandem_pool_alloc().
 */
int tandem_entries_reserve(struct tandem_adapter *ad,
			   enum tandem_pool_behaviour behaviour,
			   unsigned int count, u16 *entry, unsigned int *actual)
{
	struct tandem_pool_req req = {
		.type = ad->pool.type,
		.behaviour = behaviour,
		.first = TANDEM_POOL_ANY,
		.count = count,
	};
	unsigned int i;
	int err;

	err = tandem_pool_alloc(&ad->pool, &req, entry, actual);
	if (err)
		return err;
	for (i = 0; i < *actual; i++)
		trace_tandem_vector_reserve(ad->netdev, entry[i],
					    entry[i] >= ad->pool.num_static);
	return 0;
}

/**
 * tandem_entry_unreserve - give an entry back to the pool
 * @ad: port
 * @entry: reserved and not mapped
 *
 * Context: RTNL, probe or remove.
 */
void tandem_entry_unreserve(struct tandem_adapter *ad, unsigned int entry)
{
	if (tandem_pool_free(&ad->pool, entry))
		netdev_warn(ad->netdev, "entry %u was not taken\n", entry);
	trace_tandem_vector_free(ad->netdev, entry);
}

/* How many vectors to map when the table is enabled: one for the misc causes
 * and one for each ring pair that we start with. More come one at a time.
 */
static unsigned int tandem_want_static(void)
{
	return 1 + min_t(unsigned int, num_online_cpus(), TANDEM_MAX_PAIRS);
}

static int tandem_entries_msix(struct tandem_adapter *ad)
{
	struct pci_dev *pdev = ad->pdev;
	int total = pci_msix_vec_count(pdev);
	unsigned int flags = 0;
	int num, err;

	if (total <= 0)
		return -ENOENT;
	/* The entry is the device's cause number, of which it has 25. */
	total = min(total, TANDEM_MAX_CAUSES);
	num = pci_alloc_irq_vectors(pdev, 1,
				    min_t(int, tandem_want_static(), total),
				    PCI_IRQ_MSIX);
	if (num < 0)
		return num;
	if (pci_msix_can_alloc_dyn(pdev))
		flags |= TANDEM_POOL_DYNAMIC;
	else
		total = num;

	err = tandem_pool_init(&ad->pool, TANDEM_POOL_MSIX, total, num, flags);
	if (err) {
		pci_free_irq_vectors(pdev);
		return err;
	}
	ad->intr_mode = TANDEM_INTR_MSIX;
	/* With one mapped, the next would be asked of those who had no more. */
	ad->other_shared = num == 1;
	ad->max_vectors = clamp(total - !ad->other_shared, 1, TANDEM_MAX_PAIRS);
	ad->num_vectors = clamp(num - !ad->other_shared, 1, TANDEM_MAX_PAIRS);
	return 0;
}

static int tandem_entries_single(struct tandem_adapter *ad)
{
	struct pci_dev *pdev = ad->pdev;
	int err;

	err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI | PCI_IRQ_INTX);
	if (err < 0)
		return err;
	err = tandem_pool_init(&ad->pool, pdev->msi_enabled ? TANDEM_POOL_MSI :
			       TANDEM_POOL_INTX, 1, 1, 0);
	if (err) {
		pci_free_irq_vectors(pdev);
		return err;
	}
	ad->intr_mode = TANDEM_INTR_SINGLE;
	ad->other_shared = true;
	ad->max_vectors = 1;
	ad->num_vectors = 1;
	return 0;
}

/**
 * tandem_entries_init - enable the interrupts of a function and fill the pool
 * @ad: port
 *
 * Runs with what the machine gives, MSI-X first, then MSI, then INTx, and says
 * so in one line when that is less than wanted. Also takes the entry of the
 * misc vector. Context: probe. Return: 0 or a negative errno.
 */
int tandem_entries_init(struct tandem_adapter *ad)
{
	unsigned int want = tandem_want_static() - 1;
	const char *kind = "MSI-X";
	unsigned int got;
	u16 entry;
	int err;

	err = tandem_entries_msix(ad);
	if (err) {
		err = tandem_entries_single(ad);
		if (err)
			return err;
		kind = ad->pool.type == TANDEM_POOL_MSI ? "MSI" : "INTx";
	}
	if (ad->num_vectors < want || ad->other_shared)
		pci_info(ad->pdev,
			 "%u ring pairs on %s%s: wanted %u and a misc vector\n",
			 ad->num_vectors, kind,
			 ad->other_shared ? ", misc causes shared" : "", want);

	ad->other.entry = -ENOENT;
	if (ad->other_shared)
		return 0;
	err = tandem_entries_reserve(ad, TANDEM_POOL_STRICT, 1, &entry, &got);
	if (err)
		goto fini;
	err = tandem_irq_map(ad, &ad->other, entry, NULL);
	if (err)
		goto unreserve;
	return 0;

unreserve:
	tandem_entry_unreserve(ad, entry);
fini:
	tandem_pool_fini(&ad->pool);
	pci_free_irq_vectors(ad->pdev);
	return err;
}

/**
 * tandem_entries_fini - undo tandem_entries_init()
 * @ad: port; all queue vectors are gone
 */
void tandem_entries_fini(struct tandem_adapter *ad)
{
	unsigned int held;

	if (!ad->other_shared)
		tandem_entry_unreserve(ad, tandem_irq_unmap(ad, &ad->other));
	held = tandem_pool_fini(&ad->pool);
	if (held)
		pci_warn(ad->pdev, "%u vectors were not given back\n", held);
	pci_free_irq_vectors(ad->pdev);
}
