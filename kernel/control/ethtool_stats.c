// SPDX-License-Identifier: GPL-2.0
/*
 * ethtool -S: the counters of each queue vector, and what only this device
 * counts. Standard counters are in the standard groups, not here. Names are
 * stable: tools rely on them.
 */
#include <linux/ethtool.h>

#include "../tandem.h"
#include "control.h"

struct tandem_counter {
	const char *name;
	size_t offset;		/* of a u64 */
};

#define COUNTER(type, n, field) { n, offsetof(struct type, field) }

/* "vec0_interrupts" */
static const struct tandem_counter tandem_vec_counters[] = {
	COUNTER(tandem_vector, "interrupts", stats.interrupts),
	COUNTER(tandem_vector, "spurious", stats.spurious),
	COUNTER(tandem_vector, "polls", stats.polls),
	COUNTER(tandem_vector, "rearms", stats.rearms),
};

/* "rx0_xdp_drop" */
static const struct tandem_counter tandem_rx_counters[] = {
	COUNTER(tandem_rx_stats, "packets", packets),
	COUNTER(tandem_rx_stats, "bytes", bytes),
	COUNTER(tandem_rx_stats, "xsk_packets", xsk_packets),
	COUNTER(tandem_rx_stats, "xdp_pass", xdp_pass),
	COUNTER(tandem_rx_stats, "xdp_drop", xdp_drop),
	COUNTER(tandem_rx_stats, "xdp_tx", xdp_tx),
	COUNTER(tandem_rx_stats, "xdp_redirect", xdp_redirect),
	COUNTER(tandem_rx_stats, "xdp_aborted", xdp_aborted),
	COUNTER(tandem_rx_stats, "drop_no_buffer", drop_no_buffer),
	COUNTER(tandem_rx_stats, "drop_bad_desc", drop_bad_desc),
	COUNTER(tandem_rx_stats, "drop_too_long", drop_too_long),
	COUNTER(tandem_rx_stats, "drop_xsk_full", drop_xsk_full),
	COUNTER(tandem_rx_stats, "xsk_unfed", xsk_unfed),
	COUNTER(tandem_rx_stats, "csum_error", csum_error),
	COUNTER(tandem_rx_stats, "alloc_failed", alloc_failed),
	COUNTER(tandem_rx_stats, "refills", refills),
	COUNTER(tandem_rx_stats, "doorbells", doorbells),
};

/* "tx0_packets" for the stack's ring, "xdp0_packets" for the XDP ring */
static const struct tandem_counter tandem_tx_counters[] = {
	COUNTER(tandem_tx_stats, "packets", packets),
	COUNTER(tandem_tx_stats, "bytes", bytes),
	COUNTER(tandem_tx_stats, "xsk_packets", xsk_packets),
	COUNTER(tandem_tx_stats, "stopped", stopped),
	COUNTER(tandem_tx_stats, "woken", woken),
	COUNTER(tandem_tx_stats, "dropped", dropped),
	COUNTER(tandem_tx_stats, "xsk_invalid", xsk_invalid),
	COUNTER(tandem_tx_stats, "xdp_full", xdp_full),
	COUNTER(tandem_tx_stats, "csum_offloads", csum_offloads),
	COUNTER(tandem_tx_stats, "doorbells", doorbells),
};

/* Of a vector, but not plain fields of it. */
static const char * const tandem_wakeup_names[] = {
	"wakeups", "wakeup_ipis", "doorbells",
};

static const char * const tandem_port_names[] = {
	"resets", "tx_timeouts", "rx_overrun_events", "vf_bad_messages",
	"vf_spoof_events",
};

#define PER_VECTOR (ARRAY_SIZE(tandem_vec_counters) + \
		    ARRAY_SIZE(tandem_wakeup_names) + \
		    ARRAY_SIZE(tandem_rx_counters) + \
		    2 * ARRAY_SIZE(tandem_tx_counters))

/* ethtool -S lists the vectors that could exist, so that the list does not
 * change its length between the calls that ask for it.
 */
int tandem_get_sset_count(struct net_device *netdev, int set)
{
	if (set == ETH_SS_TEST)
		return tandem_test_count();
	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return ARRAY_SIZE(tandem_port_names) + TANDEM_MAX_PAIRS * PER_VECTOR;
}

static void tandem_put_names(u8 **data, const char *what, unsigned int i,
			     const struct tandem_counter *c, size_t num)
{
	for (; num; num--, c++)
		ethtool_sprintf(data, "%s%u_%s", what, i, c->name);
}

void tandem_get_strings(struct net_device *netdev, u32 set, u8 *data)
{
	unsigned int i, k;

	if (set == ETH_SS_TEST)
		tandem_test_strings(data);
	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < ARRAY_SIZE(tandem_port_names); i++)
		ethtool_puts(&data, tandem_port_names[i]);
	for (i = 0; i < TANDEM_MAX_PAIRS; i++) {
		tandem_put_names(&data, "vec", i, tandem_vec_counters,
				 ARRAY_SIZE(tandem_vec_counters));
		for (k = 0; k < ARRAY_SIZE(tandem_wakeup_names); k++)
			ethtool_sprintf(&data, "vec%u_%s", i,
					tandem_wakeup_names[k]);
		tandem_put_names(&data, "rx", i, tandem_rx_counters,
				 ARRAY_SIZE(tandem_rx_counters));
		tandem_put_names(&data, "tx", i, tandem_tx_counters,
				 ARRAY_SIZE(tandem_tx_counters));
		tandem_put_names(&data, "xdp", i, tandem_tx_counters,
				 ARRAY_SIZE(tandem_tx_counters));
	}
}

static u64 *tandem_put_values(u64 *data, const void *from,
			      const struct tandem_counter *c, size_t num)
{
	for (; num; num--, c++)
		*data++ = READ_ONCE(*(const u64 *)(from + c->offset));
	return data;
}

static u64 *tandem_put_vector(u64 *data, const struct tandem_vector *v)
{
	data = tandem_put_values(data, v, tandem_vec_counters,
				 ARRAY_SIZE(tandem_vec_counters));
	*data++ = atomic64_read(&v->wakeups);
	*data++ = atomic64_read(&v->wakeup_ipis);
	*data++ = v->rx.stats.doorbells + v->tx.stats.doorbells +
		  v->xdp.stats.doorbells;
	data = tandem_put_values(data, &v->rx.stats, tandem_rx_counters,
				 ARRAY_SIZE(tandem_rx_counters));
	data = tandem_put_values(data, &v->tx.stats, tandem_tx_counters,
				 ARRAY_SIZE(tandem_tx_counters));
	return tandem_put_values(data, &v->xdp.stats, tandem_tx_counters,
				 ARRAY_SIZE(tandem_tx_counters));
}

void tandem_get_ethtool_stats(struct net_device *netdev,
			      struct ethtool_stats *stats, u64 *data)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	unsigned int i;

	*data++ = ad->resets;
	*data++ = ad->tx_timeouts;
	*data++ = ad->rx_overruns;
	*data++ = ad->vfs.bad_messages;
	*data++ = ad->vfs.spoofed;
	for (i = 0; i < TANDEM_MAX_PAIRS; i++) {
		if (ad->vector[i]) {
			data = tandem_put_vector(data, ad->vector[i]);
		} else {
			memset(data, 0, PER_VECTOR * sizeof(*data));
			data += PER_VECTOR;
		}
	}
}
