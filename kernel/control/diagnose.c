// SPDX-License-Identifier: GPL-2.0
/*
 * What `devlink health diagnose` shows: every interrupt entry with all that
 * hangs on it, and every transmit ring. Names are stable: tools rely on them.
 */
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/pci.h>
#include <net/devlink.h>

#include "../tandem.h"
#include "control.h"

/* From the MSI-X table's own domain down to the CPU's: at each level the
 * domain, its chip and the number that the interrupt has there.
 */
static void tandem_show_domains(struct devlink_fmsg *fmsg, struct irq_data *d)
{
	devlink_fmsg_arr_pair_nest_start(fmsg, "domains");
	for (; d; d = d->parent_data) {
		devlink_fmsg_obj_nest_start(fmsg);
		devlink_fmsg_string_pair_put(fmsg, "domain",
					     d->domain && d->domain->name ?
					     d->domain->name : "none");
		devlink_fmsg_string_pair_put(fmsg, "chip",
					     d->chip && d->chip->name ?
					     d->chip->name : "none");
		devlink_fmsg_u64_pair_put(fmsg, "hwirq", d->hwirq);
		devlink_fmsg_obj_nest_end(fmsg);
	}
	devlink_fmsg_arr_pair_nest_end(fmsg);
}

static void tandem_show_virq(struct tandem_adapter *ad,
			     struct devlink_fmsg *fmsg, unsigned int entry)
{
	int virq = pci_irq_vector(ad->pdev, entry);
	const struct cpumask *mask;
	struct irq_data *d;
	unsigned int cpu;

	if (virq <= 0)
		return;
	devlink_fmsg_u32_pair_put(fmsg, "virq", virq);
	d = irq_get_irq_data(virq);
	if (!d)
		return;
	tandem_show_domains(fmsg, d);

	mask = irq_data_get_effective_affinity_mask(d);
	cpu = cpumask_first(mask);
	if (cpu < nr_cpu_ids)
		devlink_fmsg_u32_pair_put(fmsg, "cpu", cpu);
}

static void tandem_show_vector(struct devlink_fmsg *fmsg,
			       const struct tandem_vector *v)
{
	devlink_fmsg_u32_pair_put(fmsg, "queue", v->index);
	/* newer kernels give a NAPI its id when it is first enabled */
	devlink_fmsg_u32_pair_put(fmsg, "napi_id", v->napi.napi_id);
	devlink_fmsg_bool_pair_put(fmsg, "pool", v->ad->xsk_pool[v->index]);
	devlink_fmsg_u64_pair_put(fmsg, "interrupts",
				  READ_ONCE(v->stats.interrupts));
	devlink_fmsg_u64_pair_put(fmsg, "polls", READ_ONCE(v->stats.polls));
	devlink_fmsg_u64_pair_put(fmsg, "wakeups", atomic64_read(&v->wakeups));
	devlink_fmsg_u32_pair_put(fmsg, "usecs", tandem_vector_usecs(v));
	devlink_fmsg_bool_pair_put(fmsg, "adaptive", v->rx_itr.adaptive);
}

static const struct tandem_vector *tandem_find_vector(struct tandem_adapter *ad,
						      unsigned int entry)
{
	unsigned int i;

	for (i = 0; i < ad->num_vectors; i++)
		if (ad->vector[i]->irq.entry == entry)
			return ad->vector[i];
	return NULL;
}

static void tandem_show_entry(struct tandem_adapter *ad,
			      struct devlink_fmsg *fmsg, unsigned int entry)
{
	const struct tandem_vector *v = tandem_find_vector(ad, entry);
	int state = tandem_pool_state(&ad->pool, entry);
	bool other = ad->other_shared ? v && !v->index :
					ad->other.entry == entry;

	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_u32_pair_put(fmsg, "index", entry);
	devlink_fmsg_string_pair_put(fmsg, "state", state < 0 ? "unknown" :
				     tandem_pool_state_name(state));
	devlink_fmsg_bool_pair_put(fmsg, "misc", other);
	tandem_show_virq(ad, fmsg, entry);
	if (v)
		tandem_show_vector(fmsg, v);
	else if (other)
		devlink_fmsg_u64_pair_put(fmsg, "interrupts",
					  READ_ONCE(ad->other_interrupts));
	devlink_fmsg_obj_nest_end(fmsg);
}

static const char *tandem_pool_type_name(const struct tandem_pool *pool)
{
	switch (pool->type) {
	case TANDEM_POOL_MSIX:
		return "MSI-X";
	case TANDEM_POOL_MSI:
		return "MSI";
	default:
		return "INTx";
	}
}

/**
 * tandem_show_entries - every interrupt entry of a port
 * @ad: port, up or down
 * @fmsg: where to
 *
 * Context: RTNL.
 */
void tandem_show_entries(struct tandem_adapter *ad, struct devlink_fmsg *fmsg)
{
	unsigned int i;

	devlink_fmsg_string_pair_put(fmsg, "type",
				     tandem_pool_type_name(&ad->pool));
	devlink_fmsg_u32_pair_put(fmsg, "total", ad->pool.total);
	devlink_fmsg_u32_pair_put(fmsg, "static", ad->pool.num_static);
	devlink_fmsg_u32_pair_put(fmsg, "free",
				  tandem_pool_available(&ad->pool, false));
	devlink_fmsg_bool_pair_put(fmsg, "up", tandem_running(ad));
	devlink_fmsg_arr_pair_nest_start(fmsg, "entries");
	for (i = 0; i < ad->pool.total; i++)
		tandem_show_entry(ad, fmsg, i);
	devlink_fmsg_arr_pair_nest_end(fmsg);
}

static void tandem_show_tx_ring(struct devlink_fmsg *fmsg, const char *kind,
				const struct tandem_tx_ring *ring)
{
	struct tandem_vector *v = ring->v;

	devlink_fmsg_obj_nest_start(fmsg);
	devlink_fmsg_u32_pair_put(fmsg, "queue", v->index);
	devlink_fmsg_string_pair_put(fmsg, "kind", kind);
	devlink_fmsg_u32_pair_put(fmsg, "hw_queue", ring->hw_queue);
	devlink_fmsg_bool_pair_put(fmsg, "running", ring->running);
	if (ring->running) {
		devlink_fmsg_u32_pair_put(fmsg, "size", ring->count);
		devlink_fmsg_u32_pair_put(fmsg, "use", READ_ONCE(ring->ntu));
		devlink_fmsg_u32_pair_put(fmsg, "clean", READ_ONCE(ring->ntc));
		devlink_fmsg_u32_pair_put(fmsg, "head",
					  tandem_tx_queue_head(v->hw,
							       ring->hw_queue));
	}
	devlink_fmsg_u64_pair_put(fmsg, "packets",
				  READ_ONCE(ring->stats.packets));
	devlink_fmsg_obj_nest_end(fmsg);
}

/**
 * tandem_show_tx - every transmit ring of a port
 * @ad: port, up or down
 * @fmsg: where to
 *
 * Context: RTNL.
 */
void tandem_show_tx(struct tandem_adapter *ad, struct devlink_fmsg *fmsg)
{
	unsigned int i;

	devlink_fmsg_u64_pair_put(fmsg, "timeouts", ad->tx_timeouts);
	devlink_fmsg_u64_pair_put(fmsg, "resets", ad->resets);
	devlink_fmsg_arr_pair_nest_start(fmsg, "rings");
	for (i = 0; i < ad->num_vectors; i++) {
		tandem_show_tx_ring(fmsg, "stack", &ad->vector[i]->tx);
		tandem_show_tx_ring(fmsg, "xdp", &ad->vector[i]->xdp);
	}
	devlink_fmsg_arr_pair_nest_end(fmsg);
}
