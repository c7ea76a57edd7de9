// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of the administrator: ethtool -N, -u. Either IPv4 with TCP, UDP or
 * SCTP, each address and port compared in full or not at all, or an ether
 * type. Among rules that match the same frame the one at the lower location
 * wins. Rules are kept over down, up and reset.
 */
#include <linux/ethtool.h>
#include <linux/in.h>

#include "../tandem.h"
#include "control.h"

/* Filter priorities: RFS has 1. Rules beyond the sixth location are equal. */
#define TANDEM_RULE_TOP		7
#define TANDEM_RULE_BOTTOM	2

/* A field is compared in full or not at all: 1, 0; else -EOPNOTSUPP. */
static int tandem_mask32(__be32 mask)
{
	if (!mask)
		return 0;
	return mask == htonl(~0) ? 1 : -EOPNOTSUPP;
}

static int tandem_mask16(__be16 mask)
{
	if (!mask)
		return 0;
	return mask == htons(~0) ? 1 : -EOPNOTSUPP;
}

/* TCP, UDP and SCTP rules have the same layout. */
static int tandem_rule_tuple(const struct ethtool_rx_flow_spec *fs, u8 proto,
			     struct tandem_tuple *t)
{
	const struct ethtool_tcpip4_spec *h = &fs->h_u.tcp_ip4_spec;
	const struct ethtool_tcpip4_spec *m = &fs->m_u.tcp_ip4_spec;
	int src = tandem_mask32(m->ip4src);
	int dst = tandem_mask32(m->ip4dst);
	int sport = tandem_mask16(m->psrc);
	int dport = tandem_mask16(m->pdst);

	if (m->tos || src < 0 || dst < 0 || sport < 0 || dport < 0)
		return -EOPNOTSUPP;

	memset(t, 0, sizeof(*t));
	t->proto = proto;
	if (src) {
		t->match |= TANDEM_MATCH_SRC;
		t->src = h->ip4src;
	}
	if (dst) {
		t->match |= TANDEM_MATCH_DST;
		t->dst = h->ip4dst;
	}
	if (sport) {
		t->match |= TANDEM_MATCH_SPORT;
		t->sport = h->psrc;
	}
	if (dport) {
		t->match |= TANDEM_MATCH_DPORT;
		t->dport = h->pdst;
	}
	t->queue = fs->ring_cookie;
	t->priority = max_t(int, TANDEM_RULE_TOP - (int)fs->location,
			    TANDEM_RULE_BOTTOM);
	return 0;
}

/* Return: the ether type, or a negative errno. */
static int tandem_rule_etype(const struct ethtool_rx_flow_spec *fs)
{
	const struct ethhdr *h = &fs->h_u.ether_spec;
	const struct ethhdr *m = &fs->m_u.ether_spec;
	u16 type = ntohs(h->h_proto);

	if (!is_zero_ether_addr(m->h_dest) ||
	    !is_zero_ether_addr(m->h_source) || tandem_mask16(m->h_proto) != 1)
		return -EOPNOTSUPP;
	/* below: lengths. IP is what all other filters look at. */
	if (type < ETH_P_802_3_MIN || type == ETH_P_IP || type == ETH_P_IPV6)
		return -EOPNOTSUPP;
	return type;
}

static int tandem_add_tuple(struct tandem_adapter *ad, struct tandem_rule *rule,
			    u8 proto)
{
	struct tandem_filter f = { .owner = TANDEM_FILTER_RULE };
	struct tandem_steering *st = &ad->steer;
	int i, err;

	err = tandem_rule_tuple(&rule->fs, proto, &f.tuple);
	if (err)
		return err;
	spin_lock_bh(&st->lock);
	if (tandem_steer_find(ad, &f.tuple, TANDEM_FILTER_RULE) >= 0) {
		i = -EEXIST;
	} else {
		/* a flow of RFS that is the same would only be in the way */
		i = tandem_steer_find(ad, &f.tuple, TANDEM_FILTER_FLOW);
		if (i < 0)
			i = tandem_steer_slot(ad, TANDEM_FILTER_RULE);
		if (i >= 0)
			tandem_steer_set(ad, i, &f);
	}
	spin_unlock_bh(&st->lock);
	if (i < 0)
		return i;
	rule->filter = i;
	return 0;
}

static int tandem_add_etype(struct tandem_adapter *ad, struct tandem_rule *rule)
{
	int type = tandem_rule_etype(&rule->fs);
	const u32 *etype = ad->steer.etype;
	int i, free = -ENOSPC;

	if (type < 0)
		return type;
	for (i = TANDEM_ETYPES - 1; i >= 0; i--) {
		if (!etype[i])
			free = i;
		else if (FIELD_GET(TANDEM_ETQF_ETYPE, etype[i]) == type)
			return -EEXIST;
	}
	if (free < 0)
		return free;
	tandem_steer_etype(ad, free,
			   tandem_hw_etype_reg(type, rule->fs.ring_cookie));
	rule->filter = free;
	return 0;
}

static int tandem_add_rule(struct tandem_adapter *ad, struct tandem_rule *rule)
{
	switch (rule->fs.flow_type) {
	case TCP_V4_FLOW:
		return tandem_add_tuple(ad, rule, IPPROTO_TCP);
	case UDP_V4_FLOW:
		return tandem_add_tuple(ad, rule, IPPROTO_UDP);
	case SCTP_V4_FLOW:
		return tandem_add_tuple(ad, rule, IPPROTO_SCTP);
	case ETHER_FLOW:
		return tandem_add_etype(ad, rule);
	default:
		/* other protocols, and FLOW_EXT, FLOW_MAC_EXT, FLOW_RSS */
		return -EOPNOTSUPP;
	}
}

static void tandem_del_rule(struct tandem_adapter *ad, struct tandem_rule *rule)
{
	rule->used = false;
	if (rule->fs.flow_type == ETHER_FLOW) {
		tandem_steer_etype(ad, rule->filter, 0);
		return;
	}
	spin_lock_bh(&ad->steer.lock);
	tandem_steer_clear(ad, rule->filter);
	spin_unlock_bh(&ad->steer.lock);
}

/* Where a rule goes: where it says, or the first free location. */
static int tandem_rule_location(const struct tandem_adapter *ad, u32 location)
{
	int i;

	if (location < TANDEM_RULES)
		return location;
	if (location != RX_CLS_LOC_ANY)
		return location & RX_CLS_LOC_SPECIAL ? -EOPNOTSUPP : -EINVAL;
	for (i = 0; i < TANDEM_RULES; i++)
		if (!ad->steer.rule[i].used)
			return i;
	return -ENOSPC;
}

/* Neither kernel has a way to tell whoever called ethtool more than a number. */
static const char *tandem_rule_problem(const struct tandem_adapter *ad, int err)
{
	if (!(ad->netdev->features & NETIF_F_NTUPLE))
		return "ntuple filters are off (ethtool -K DEV ntuple on)";
	switch (err) {
	case -EBUSY:
		return "with VFs the device has no filters";
	case -EINVAL:
		return "no such queue or location";
	case -EEXIST:
		return "another rule is the same";
	case -ENOSPC:
		return "all filters or locations are taken";
	default:
		return "only TCP, UDP, SCTP over IPv4 or an ether type, in full, to a queue";
	}
}

static int tandem_insert_rule(struct tandem_adapter *ad,
			      struct ethtool_rx_flow_spec *fs)
{
	struct tandem_rule rule = { .used = true };
	struct tandem_rule old = {};
	int location, err;

	if (!(ad->netdev->features & NETIF_F_NTUPLE))
		return -EOPNOTSUPP;
	if (tandem_steer_blocked(ad))
		return -EBUSY;
	/* dropping and waking are not in these filters, nor VFs' queues */
	if (fs->ring_cookie == RX_CLS_FLOW_DISC ||
	    fs->ring_cookie == RX_CLS_FLOW_WAKE ||
	    ethtool_get_flow_spec_ring_vf(fs->ring_cookie))
		return -EOPNOTSUPP;
	if (fs->ring_cookie >= ad->num_vectors)
		return -EINVAL;
	location = tandem_rule_location(ad, fs->location);
	if (location < 0)
		return location;

	fs->location = location;
	rule.fs = *fs;
	if (ad->steer.rule[location].used) {
		old = ad->steer.rule[location];
		tandem_del_rule(ad, &ad->steer.rule[location]);
	}
	err = tandem_add_rule(ad, &rule);
	if (!err)
		ad->steer.rule[location] = rule;
	else if (old.used && !tandem_add_rule(ad, &old))
		ad->steer.rule[location] = old;
	return err;
}

/**
 * tandem_rules_flush - forget all rules
 * @ad: port
 *
 * Context: RTNL.
 */
void tandem_rules_flush(struct tandem_adapter *ad)
{
	unsigned int i;

	for (i = 0; i < TANDEM_RULES; i++)
		if (ad->steer.rule[i].used)
			tandem_del_rule(ad, &ad->steer.rule[i]);
}

static unsigned int tandem_count_rules(const struct tandem_adapter *ad)
{
	unsigned int i, count = 0;

	for (i = 0; i < TANDEM_RULES; i++)
		count += ad->steer.rule[i].used;
	return count;
}

static int tandem_list_rules(const struct tandem_adapter *ad,
			     struct ethtool_rxnfc *info, u32 *locations)
{
	unsigned int i, count = 0;

	if (tandem_count_rules(ad) > info->rule_cnt)
		return -EMSGSIZE;
	for (i = 0; i < TANDEM_RULES; i++)
		if (ad->steer.rule[i].used)
			locations[count++] = i;
	info->rule_cnt = count;
	info->data = TANDEM_RULES;
	return 0;
}

static const struct tandem_rule *tandem_rule_at(const struct tandem_adapter *ad,
						u32 location)
{
	if (location >= TANDEM_RULES || !ad->steer.rule[location].used)
		return NULL;
	return &ad->steer.rule[location];
}

int tandem_get_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info,
		     u32 *locations)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	const struct tandem_rule *rule;

	switch (info->cmd) {
	case ETHTOOL_GRXCLSRLCNT:
		info->rule_cnt = tandem_count_rules(ad);
		info->data = TANDEM_RULES | RX_CLS_LOC_SPECIAL;
		return 0;
	case ETHTOOL_GRXCLSRULE:
		rule = tandem_rule_at(ad, info->fs.location);
		if (!rule)
			return -ENOENT;
		info->fs = rule->fs;
		info->data = TANDEM_RULES;
		return 0;
	case ETHTOOL_GRXCLSRLALL:
		return tandem_list_rules(ad, info, locations);
	default:
		return tandem_compat_get_rxnfc(netdev, info,
					       tandem_get_rx_ring_count,
					       tandem_get_rxfh_fields);
	}
}

int tandem_set_rxnfc(struct net_device *netdev, struct ethtool_rxnfc *info)
{
	struct tandem_adapter *ad = netdev_priv(netdev);
	int err;

	switch (info->cmd) {
	case ETHTOOL_SRXCLSRLINS:
		err = tandem_insert_rule(ad, &info->fs);
		if (err)
			netdev_info(netdev, "rule refused: %s\n",
				    tandem_rule_problem(ad, err));
		return err;
	case ETHTOOL_SRXCLSRLDEL:
		if (!tandem_rule_at(ad, info->fs.location))
			return -ENOENT;
		tandem_del_rule(ad, &ad->steer.rule[info->fs.location]);
		return 0;
	default:
		return tandem_compat_set_rxnfc(netdev, info,
					       tandem_set_rxfh_fields);
	}
}
