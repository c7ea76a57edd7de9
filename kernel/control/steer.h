/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flows on chosen queues: rules of the administrator (ethtool -N) and of
 * accelerated RFS share the device's filters. Rules come first: they push
 * out what RFS has put there, and win where both match.
 *
 * While there are VFs, queue numbers mean other things, and all filters are
 * off; rules stay on record.
 */
#ifndef _TANDEM_STEER_H
#define _TANDEM_STEER_H

#include <linux/ethtool.h>
#include <linux/spinlock.h>

#include "../hw/hw.h"

#define TANDEM_RULES	(TANDEM_FILTERS + TANDEM_ETYPES)	/* locations 0 to 14 */

/**
 * enum tandem_filter_owner - whose a 5-tuple filter is
 * @TANDEM_FILTER_FREE: nobody's
 * @TANDEM_FILTER_RULE: the administrator's
 * @TANDEM_FILTER_FLOW: accelerated RFS's
 */
enum tandem_filter_owner {
	TANDEM_FILTER_FREE,
	TANDEM_FILTER_RULE,
	TANDEM_FILTER_FLOW,
};

/**
 * struct tandem_filter - one of the device's 5-tuple filters
 * @tuple: what it matches and where that goes
 * @owner: whose it is
 * @flow_id: of the flow, if it is RFS's
 */
struct tandem_filter {
	struct tandem_tuple tuple;
	enum tandem_filter_owner owner;
	u32 flow_id;
};

/**
 * struct tandem_rule - one rule of the administrator
 * @fs: as ethtool gave it
 * @used: this location holds a rule
 * @filter: the filter that does it: 5-tuple or ether type, by @fs.flow_type
 */
struct tandem_rule {
	struct ethtool_rx_flow_spec fs;
	bool used;
	u8 filter;
};

/**
 * struct tandem_steering - the filters of a port
 * @rule: rules by location; under RTNL
 * @lock: one writer of filters at a time; RFS comes from the softirq
 * @tuple: 5-tuple filters; under @lock
 * @etype: ETQF of each ether type filter, 0 if free; under RTNL and @lock.
 *	The device has one more, which is for PTP.
 */
struct tandem_steering {
	struct tandem_rule rule[TANDEM_RULES];
	spinlock_t lock;	/* filters; RFS takes it in the softirq */
	struct tandem_filter tuple[TANDEM_FILTERS];
	u32 etype[TANDEM_ETYPES];
};

#endif /* _TANDEM_STEER_H */
