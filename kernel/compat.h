/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few differences between Debian's 6.12 and 7.2, and nothing else. The
 * driver is written to the 7.2 interface; this file gives it to 6.12. Delete
 * it and its include, and what is left is a driver for 7.2.
 */
#ifndef _TANDEM_COMPAT_H
#define _TANDEM_COMPAT_H

#include <linux/version.h>
#include <linux/cpu_rmap.h>
#include <linux/dim.h>
#include <linux/ethtool.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/timecounter.h>
#include <linux/workqueue.h>
#include <net/devlink.h>
#include <net/xdp.h>
#include <net/xdp_sock_drv.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 85)
#error "tandem needs Linux 6.12.85 or later: earlier ones lack fixes to AF_XDP that it relies on"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)

#define TANDEM_CYCLECOUNTER const struct cyclecounter
#define TANDEM_CORE_AFFINITY 0	/* we keep the affinity of vectors ourselves */

#define system_percpu_wq system_wq
#define system_dfl_wq system_unbound_wq

static inline void netif_napi_add_config(struct net_device *dev,
					 struct napi_struct *napi,
					 int (*poll)(struct napi_struct *, int),
					 int index)
{
	netif_napi_add(dev, napi, poll);
}

static inline void netif_set_affinity_auto(struct net_device *dev)
{
}

/* The reverse map of accelerated RFS, one object per queue. An IRQ has one
 * affinity notifier, which is ours: it tells the map.
 */
#ifdef CONFIG_RFS_ACCEL
static inline int netif_enable_cpu_rmap(struct net_device *dev,
					unsigned int num_irqs)
{
	dev->rx_cpu_rmap = alloc_irq_cpu_rmap(num_irqs);
	if (!dev->rx_cpu_rmap)
		return -ENOMEM;
	while (num_irqs--)
		cpu_rmap_add(dev->rx_cpu_rmap, dev);
	return 0;
}

static inline void tandem_rmap_set(struct net_device *dev, u16 queue,
				   const struct cpumask *cpus)
{
	if (dev->rx_cpu_rmap)
		cpu_rmap_update(dev->rx_cpu_rmap, queue, cpus);
}

static inline void tandem_rmap_free(struct net_device *dev)
{
	if (dev->rx_cpu_rmap)
		cpu_rmap_put(dev->rx_cpu_rmap);
	dev->rx_cpu_rmap = NULL;
}
#else
static inline int netif_enable_cpu_rmap(struct net_device *dev,
					unsigned int num_irqs)
{
	return 0;
}

static inline void tandem_rmap_set(struct net_device *dev, u16 queue,
				   const struct cpumask *cpus)
{
}

static inline void tandem_rmap_free(struct net_device *dev)
{
}
#endif

static inline bool tandem_xsk_add_frag(struct xdp_buff *head,
				       struct xdp_buff *frag)
{
	struct skb_shared_info *sinfo = xdp_get_shared_info_from_buff(head);
	u8 num;

	if (!xdp_buff_has_frags(head)) {
		sinfo->nr_frags = 0;
		sinfo->xdp_frags_size = 0;
		xdp_buff_set_frags_flag(head);
	}
	/* user space can write here */
	num = READ_ONCE(sinfo->nr_frags);
	if (unlikely(num >= MAX_SKB_FRAGS))
		return false;

	sinfo->nr_frags = num + 1;
	__skb_fill_page_desc_noacc(sinfo, num, virt_to_page(frag->data),
				   offset_in_page(frag->data),
				   frag->data_end - frag->data);
	sinfo->xdp_frags_size += frag->data_end - frag->data;
	xsk_buff_add_frag(frag);
	return true;
}

static inline bool xdp_buff_add_frag(struct xdp_buff *xdp, netmem_ref netmem,
				     u32 offset, u32 size, u32 truesize)
{
	struct skb_shared_info *sinfo = xdp_get_shared_info_from_buff(xdp);

	if (!xdp_buff_has_frags(xdp)) {
		sinfo->nr_frags = 0;
		sinfo->xdp_frags_size = 0;
		xdp_buff_set_frags_flag(xdp);
	}
	if (unlikely(sinfo->nr_frags == MAX_SKB_FRAGS))
		return false;

	__skb_fill_page_desc_noacc(sinfo, sinfo->nr_frags++,
				   netmem_to_page(netmem), offset, size);
	sinfo->xdp_frags_size += size;
	if (unlikely(page_is_pfmemalloc(netmem_to_page(netmem))))
		xdp_buff_set_frag_pfmemalloc(xdp);
	return true;
}

/* As xsk_buff_get_metadata(), which has another argument from some release of
 * 6.12 on.
 */
static inline struct xsk_tx_metadata *
tandem_xsk_meta_request(struct xsk_buff_pool *pool, const struct xdp_desc *d,
			const struct xsk_tx_metadata_ops *ops, void *priv)
{
	struct xsk_tx_metadata *meta;

	if (!pool->tx_metadata_len || !(d->options & XDP_TX_METADATA))
		return NULL;
	meta = xp_raw_get_data(pool, d->addr) - pool->tx_metadata_len;
	if (unlikely(!xsk_buff_valid_tx_metadata(meta)))
		return NULL;
	xsk_tx_metadata_request(meta, ops, priv);
	return meta;
}

/* The core puts what it takes into an array as long as the transmit ring of the
 * pool's first socket, and relies on the driver not to ask for more: together,
 * or when the first is gone, other sockets may have more. The array's length is
 * known from its memory only; it is a power of two, as the sizes of slabs are.
 */
static inline u32 tandem_xsk_batch_max(const struct xsk_buff_pool *pool, u32 n)
{
	const struct xdp_desc *descs = pool->tx_descs;

	if (!is_vmalloc_addr(descs))
		n = min_t(u32, n, ksize(descs) / sizeof(*descs));
	return n;
}

static inline void tandem_skb_frags_info(struct sk_buff *skb, u8 nr_frags,
					 unsigned int size,
					 unsigned int truesize,
					 struct xdp_buff *xdp)
{
	xdp_update_skb_shared_info(skb, nr_frags, size, truesize,
				   xdp_buff_is_frag_pfmemalloc(xdp));
}

static inline void tandem_net_dim(struct dim *dim,
				  const struct dim_sample *sample)
{
	net_dim(dim, *sample);
}

/* Attributes of a port would bring along a part of the interface's name. */
static inline void tandem_devlink_unnamed_port(struct devlink_port *port,
					       unsigned int number)
{
}

/* the grace period after a recovery is an argument here, none of ours has one */
#define devl_health_reporter_create(devlink, ops, priv) \
	devl_health_reporter_create(devlink, ops, 0, priv)

/* What has operations of its own later still comes through get_rxnfc() and
 * set_rxnfc(): the number of rings, the fields that RSS hashes. Some releases of
 * 6.12 have a structure of this name, which is not the one meant here.
 */
#define ethtool_rxfh_fields tandem_rxfh_fields
struct ethtool_rxfh_fields {
	u32 data;
	u32 flow_type;
	u32 rss_context;
};

#define TANDEM_RXNFC_OPS(rings, get_fields, set_fields)

static inline int
tandem_compat_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
			u32 (*rings)(struct net_device *),
			int (*get_fields)(struct net_device *,
					  struct ethtool_rxfh_fields *))
{
	struct ethtool_rxfh_fields fields = { .flow_type = info->flow_type };
	int err;

	switch (info->cmd) {
	case ETHTOOL_GRXRINGS:
		info->data = rings(dev);
		return 0;
	case ETHTOOL_GRXFH:
		err = get_fields(dev, &fields);
		info->data = fields.data;
		return err;
	default:
		return -EOPNOTSUPP;
	}
}

static inline int
tandem_compat_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
			int (*set_fields)(struct net_device *,
					  const struct ethtool_rxfh_fields *,
					  struct netlink_ext_ack *))
{
	struct ethtool_rxfh_fields fields = {
		.flow_type = info->flow_type,
		.data = info->data,
	};

	if (info->cmd != ETHTOOL_SRXFH)
		return -EOPNOTSUPP;
	return set_fields(dev, &fields, NULL);
}

#else

#define TANDEM_CYCLECOUNTER struct cyclecounter
#define TANDEM_CORE_AFFINITY 1

static inline struct xsk_tx_metadata *
tandem_xsk_meta_request(struct xsk_buff_pool *pool, const struct xdp_desc *d,
			const struct xsk_tx_metadata_ops *ops, void *priv)
{
	struct xsk_tx_metadata *meta;

	meta = xsk_buff_get_metadata(pool, d->addr, d->options);
	xsk_tx_metadata_request(pool, &meta, ops, priv);
	return meta;
}

/* the core takes no more at a time */
static inline u32 tandem_xsk_batch_max(const struct xsk_buff_pool *pool, u32 n)
{
	return min(n, pool->tx_descs_nentries);
}

static inline void tandem_devlink_unnamed_port(struct devlink_port *port,
					       unsigned int number)
{
	struct devlink_port_attrs attrs = {
		.flavour		= DEVLINK_PORT_FLAVOUR_PHYSICAL,
		.phys.port_number	= number,
		.no_phys_port_name	= 1,
	};

	devlink_port_attrs_set(port, &attrs);
}

static inline bool tandem_xsk_add_frag(struct xdp_buff *head,
				       struct xdp_buff *frag)
{
	return xsk_buff_add_frag(head, frag);
}

static inline void tandem_skb_frags_info(struct sk_buff *skb, u8 nr_frags,
					 unsigned int size,
					 unsigned int truesize,
					 struct xdp_buff *xdp)
{
	xdp_update_skb_frags_info(skb, nr_frags, size, truesize, xdp->flags);
}

static inline void tandem_net_dim(struct dim *dim,
				  const struct dim_sample *sample)
{
	net_dim(dim, sample);
}

#define TANDEM_RXNFC_OPS(rings, get_fields, set_fields) \
	.get_rx_ring_count = rings, \
	.get_rxfh_fields = get_fields, \
	.set_rxfh_fields = set_fields,

static inline int
tandem_compat_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
			u32 (*rings)(struct net_device *),
			int (*get_fields)(struct net_device *,
					  struct ethtool_rxfh_fields *))
{
	return -EOPNOTSUPP;
}

static inline int
tandem_compat_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
			int (*set_fields)(struct net_device *,
					  const struct ethtool_rxfh_fields *,
					  struct netlink_ext_ack *))
{
	return -EOPNOTSUPP;
}

/* the core keeps the reverse map itself */
static inline void tandem_rmap_set(struct net_device *dev, u16 queue,
				   const struct cpumask *cpus)
{
}

static inline void tandem_rmap_free(struct net_device *dev)
{
}

#endif
#endif /* _TANDEM_COMPAT_H */
