// SPDX-License-Identifier: GPL-2.0
/*
 * From an entry of the interrupt table to a running handler: of the three steps
 * that are each undone in reverse, the second and the third. The entry was
 * reserved in the pool (entries.c); it is mapped to a Linux IRQ, and that is
 * requested.
 *
 * The mapping lives as long as the queue vector, over down and up, since the
 * administrator's affinity hangs on the Linux IRQ number. The request lives
 * from up to down.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/pci.h>
#include <linux/topology.h>

#include "../tandem.h"
#include "../trace.h"

/* Return: the Linux IRQ of a reserved entry, or a negative errno. */
static int tandem_irq_find(struct tandem_adapter *ad, struct tandem_irq *irq,
			   unsigned int entry, const struct cpumask *where)
{
	struct irq_affinity_desc desc = {};
	struct msi_map map;

	irq->dynamic = entry >= ad->pool.num_static;
	if (!irq->dynamic)
		return pci_irq_vector(ad->pdev, entry);
	if (where)
		cpumask_copy(&desc.mask, where);
	map = pci_msix_alloc_irq_at(ad->pdev, entry, where ? &desc : NULL);
	return map.index < 0 ? map.index : map.virq;
}

/**
 * tandem_irq_map - give a reserved entry its Linux IRQ
 * @ad: port
 * @irq: not mapped; has the entry and its IRQ afterwards, or the errno for an entry
 * @entry: reserved, and still so if this fails
 * @where: CPUs that it should start on, or NULL
 *
 * Static entries were mapped when the table was enabled; dynamic ones are
 * mapped here. Context: may sleep. Return: 0 or a negative errno.
 */
int tandem_irq_map(struct tandem_adapter *ad, struct tandem_irq *irq,
		   unsigned int entry, const struct cpumask *where)
{
	int virq = tandem_irq_find(ad, irq, entry, where);

	if (virq < 0) {
		irq->entry = virq;
		return virq;
	}
	irq->entry = entry;
	irq->virq = virq;
	trace_tandem_vector_map(ad->netdev, entry, virq);
	return 0;
}

/**
 * tandem_irq_unmap - undo tandem_irq_map()
 * @ad: port
 * @irq: mapped and not requested
 *
 * Return: the entry, which is still reserved.
 */
unsigned int tandem_irq_unmap(struct tandem_adapter *ad, struct tandem_irq *irq)
{
	struct msi_map map = { .index = irq->entry, .virq = irq->virq };

	if (irq->dynamic)
		pci_msix_free_irq(ad->pdev, map);
	irq->virq = 0;
	irq->entry = -ENOENT;
	return map.index;
}

/* While the vector is masked somebody else drives the NAPI, or is about to arm
 * the vector. What comes nevertheless is the end of a moderation interval: the
 * emulated device announces each, masked or not, and takes back a cause that
 * waited. So a poll under way has to look once more after it armed the vector.
 * Return: true if the interrupt is to be ignored.
 */
static bool tandem_vector_missed(struct tandem_vector *v)
{
	if (READ_ONCE(v->armed))
		return false;
	/* Either we see the vector armed, or who arms it sees this: pairs with
	 * the barrier in tandem_vector_arm().
	 */
	smp_store_mb(v->missed, true);
	return !READ_ONCE(v->armed);
}

static irqreturn_t tandem_vector_irq(int virq, void *data)
{
	struct tandem_vector *v = data;

	v->stats.interrupts++;
	if (tandem_vector_missed(v)) {
		v->stats.spurious++;
		return IRQ_HANDLED;
	}
	/* Silicon masks by itself (EIAM), the emulated device does not. */
	WRITE_ONCE(v->armed, false);
	tandem_intr_mask(v->hw, v->mask);
	v->rx_itr.events++;
	napi_schedule_irqoff(&v->napi);
	return IRQ_HANDLED;
}

/* Link, mailbox, overruns. */
static void tandem_other_causes(struct tandem_adapter *ad, u32 icr)
{
	if (icr & TANDEM_ICR_RXO)
		ad->rx_overruns++;
	if ((icr & TANDEM_ICR_LSC) && !test_bit(TANDEM_DOWN, &ad->flags))
		schedule_work(&ad->link_task);
	/* not deferred: see control/sriov.h */
	if (icr & (TANDEM_ICR_VMMB | TANDEM_ICR_DOUTSYNC))
		tandem_vf_events(ad);
}

/**
 * tandem_other_unmask - let the misc vector interrupt again
 * @ad: port whose misc causes have a vector of their own
 *
 * Context: any.
 */
void tandem_other_unmask(struct tandem_adapter *ad)
{
	trace_tandem_vector_unmask(ad->netdev, ad->other.entry, ad->other.virq);
	tandem_intr_unmask(&ad->hw, BIT(ad->other.entry));
}

static irqreturn_t tandem_other_irq(int virq, void *data)
{
	struct tandem_adapter *ad = data;

	ad->other_interrupts++;
	tandem_other_causes(ad, tandem_intr_read_other(&ad->hw));
	tandem_other_unmask(ad);
	return IRQ_HANDLED;
}

/* One MSI-X entry for everything: too few vectors. */
static irqreturn_t tandem_shared_irq(int virq, void *data)
{
	struct tandem_vector *v = data;

	tandem_other_causes(v->ad, tandem_intr_read_other(v->hw));
	return tandem_vector_irq(virq, data);
}

/* MSI or INTx: one interrupt, causes in ICR. */
static irqreturn_t tandem_single_irq(int virq, void *data)
{
	struct tandem_vector *v = data;
	u32 icr = tandem_intr_single_read(v->hw,
					  tandem_line_shared(v->ad));

	if (!icr)
		return IRQ_NONE;
	tandem_other_causes(v->ad, icr);
	if (icr & TANDEM_INTR_SINGLE_RINGS) {
		tandem_intr_single_mask(v->hw, TANDEM_INTR_SINGLE_RINGS);
		v->stats.interrupts++;
		v->rx_itr.events++;
		napi_schedule_irqoff(&v->napi);
	}
	return IRQ_HANDLED;
}

static void tandem_affinity_changed(struct irq_affinity_notify *notify,
				    const cpumask_t *mask)
{
	struct tandem_vector *v = container_of(notify, struct tandem_vector,
					       notify);

	cpumask_copy(&v->affinity, mask);
	v->affinity_set = true;
	tandem_rmap_set(v->ad->netdev, v->index, mask);
	trace_tandem_vector_affinity(v->ad->netdev, v->irq.entry, v->irq.virq,
				     cpumask_first(mask));
}

/* The notifier is part of the queue vector, which outlives the request. */
static void tandem_affinity_release(struct kref *ref)
{
}

/**
 * tandem_irq_start_cpu - where a vector starts: spread by distance from the device
 * @v: queue vector
 *
 * Context: any. Return: a mask of one CPU, which outlives the vector.
 */
const struct cpumask *tandem_irq_start_cpu(const struct tandem_vector *v)
{
	int node = dev_to_node(&v->ad->pdev->dev);

	return cpumask_of(cpumask_local_spread(v->index, node));
}

static void tandem_spread(struct tandem_vector *v)
{
	cpumask_copy(&v->affinity, tandem_irq_start_cpu(v));
	v->affinity_set = true;
}

/* What the administrator wrote while no handler was there to hear of it. Before
 * the request, for which the kernel may choose other CPUs.
 */
static void tandem_affinity_adopt(struct tandem_vector *v)
{
	struct irq_data *d = irq_get_irq_data(v->irq.virq);
	struct tandem_adapter *ad = v->ad;
	const struct cpumask *now;

	if (TANDEM_CORE_AFFINITY || tandem_line_shared(ad) || !d)
		return;
	now = irq_data_get_affinity_mask(d);
	if (v->affinity_set) {
		if (cpumask_equal(now, &v->left))
			return;
	} else if (!irqd_affinity_was_set(d) ||
		   test_bit(v->irq.entry, &ad->had_handler)) {
		/* or an earlier vector of this entry has left it so */
		return;
	}
	cpumask_copy(&v->affinity, now);
	v->affinity_set = true;
}

/* Kernels without core-managed affinity: keep what the administrator set, also
 * while none of these CPUs is there. The hint is applied again since freeing an
 * IRQ can lose a pending move.
 */
static void tandem_affinity_install(struct tandem_vector *v)
{
	const struct cpumask *where = &v->affinity;

	if (TANDEM_CORE_AFFINITY || tandem_line_shared(v->ad))
		return;
	if (!v->affinity_set)
		tandem_spread(v);
	if (!cpumask_intersects(where, cpu_online_mask))
		where = tandem_irq_start_cpu(v);
	irq_set_affinity_and_hint(v->irq.virq, where);
	tandem_rmap_set(v->ad->netdev, v->index, where);
	v->notify.notify = tandem_affinity_changed;
	v->notify.release = tandem_affinity_release;
	irq_set_affinity_notifier(v->irq.virq, &v->notify);
}

static void tandem_affinity_remove(struct tandem_vector *v)
{
	if (TANDEM_CORE_AFFINITY || tandem_line_shared(v->ad))
		return;
	/* What was just written is on its way to us, and would be dropped; what is
	 * written from here on is seen as a difference.
	 */
	cpumask_copy(&v->left, irq_data_get_affinity_mask(v->irqd));
	if (v->notify.work.func)
		flush_work(&v->notify.work);
	irq_set_affinity_notifier(v->irq.virq, NULL);
	irq_update_affinity_hint(v->irq.virq, NULL);
	tandem_rmap_set(v->ad->netdev, v->index, cpu_none_mask);
}

static void tandem_vector_name(struct tandem_vector *v)
{
	const char *what = "TxRx";

	if (!v->rx.desc)
		what = "tx";
	else if (!v->tx.desc)
		what = "rx";
	snprintf(v->irq.name, sizeof(v->irq.name), "%s-%s-%u",
		 v->ad->netdev->name, what, v->index);
}

/**
 * tandem_irq_request - install the handler of a queue vector
 * @v: queue vector, mapped, masked
 *
 * Named after the interface and what the vector serves. Context: RTNL, may
 * sleep. Return: 0 or a negative errno (-ENOSPC: the CPUs are out of
 * vectors).
 */
int tandem_irq_request(struct tandem_vector *v)
{
	irq_handler_t handler = tandem_vector_irq;
	unsigned long flags = 0;
	int err;

	if (v->ad->intr_mode == TANDEM_INTR_SINGLE) {
		handler = tandem_single_irq;
		if (v->ad->pool.type == TANDEM_POOL_INTX)
			flags = IRQF_SHARED;
	} else if (v->ad->other_shared && !v->index) {
		handler = tandem_shared_irq;
	}

	tandem_vector_name(v);
	tandem_affinity_adopt(v);
	err = request_irq(v->irq.virq, handler, flags, v->irq.name, v);
	if (err)
		return err;
	v->irq.requested = true;
	__set_bit(v->irq.entry, &v->ad->had_handler);
	v->irqd = irq_get_irq_data(v->irq.virq);
	tandem_affinity_install(v);
	netif_napi_set_irq(&v->napi, v->irq.virq);
	trace_tandem_vector_request(v->ad->netdev, v->irq.entry, v->irq.virq,
				    v->irq.name);
	return 0;
}

/**
 * tandem_irq_release - undo tandem_irq_request()
 * @v: queue vector, masked
 */
void tandem_irq_release(struct tandem_vector *v)
{
	if (!v->irq.requested)
		return;
	v->irq.requested = false;
	netif_napi_set_irq(&v->napi, -1);
	tandem_affinity_remove(v);
	WRITE_ONCE(v->irqd, NULL);
	free_irq(v->irq.virq, v);
}

/**
 * tandem_irq_home - the CPUs that a vector may be served on
 * @v: queue vector
 *
 * Return: the mask that the administrator or the first spread set; NULL if
 * there is none at the moment.
 */
const struct cpumask *tandem_irq_home(const struct tandem_vector *v)
{
	struct irq_data *d = READ_ONCE(v->irqd);

	return d ? irq_data_get_affinity_mask(d) : NULL;
}

/**
 * tandem_other_request - install the handler of the misc vector
 * @ad: port
 *
 * Nothing to do if its causes ride on queue vector 0.
 */
int tandem_other_request(struct tandem_adapter *ad)
{
	int err;

	if (ad->other_shared)
		return 0;
	snprintf(ad->other.name, sizeof(ad->other.name), "%s",
		 ad->netdev->name);
	err = request_irq(ad->other.virq, tandem_other_irq, 0, ad->other.name,
			  ad);
	if (err)
		return err;
	ad->other.requested = true;
	trace_tandem_vector_request(ad->netdev, ad->other.entry, ad->other.virq,
				    ad->other.name);
	return 0;
}

/**
 * tandem_other_release - undo tandem_other_request()
 * @ad: port
 */
void tandem_other_release(struct tandem_adapter *ad)
{
	if (!ad->other.requested)
		return;
	ad->other.requested = false;
	free_irq(ad->other.virq, ad);
	/* after the last handler, which unmasks */
	trace_tandem_vector_mask(ad->netdev, ad->other.entry, ad->other.virq);
	tandem_intr_mask(&ad->hw, BIT(ad->other.entry));
}

/**
 * tandem_irq_rename - follow a new interface name
 * @ad: port
 *
 * /proc/interrupts prints the buffers that were given to request_irq().
 */
void tandem_irq_rename(struct tandem_adapter *ad)
{
	unsigned int i;

	if (ad->other.requested)
		snprintf(ad->other.name, sizeof(ad->other.name), "%s",
			 ad->netdev->name);
	for (i = 0; i < ad->num_vectors; i++)
		if (ad->vector[i]->irq.requested)
			tandem_vector_name(ad->vector[i]);
}
