/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the vectors' life. Names and fields are stable: tools rely
 * on them, and the test vector/trace has the list of both. Each begins with the
 * ifindex, which is 0 while a port is probed and has none yet; those of a vector
 * go on with its entry of the table and the Linux IRQ, as far as it has one.
 *
 *   tandem_vector_reserve   an entry was taken from the pool
 *   tandem_vector_map       it has a Linux IRQ
 *   tandem_vector_request   a handler is installed
 *   tandem_vector_mask      the vector may not interrupt: nobody polls it until
 *                           it comes up again. One that interrupts is masked
 *                           without an event
 *   tandem_vector_unmask    it may, once
 *   tandem_vector_affinity  the administrator moved it; cpu is the first of those
 *                           that it may go to
 *   tandem_vector_free      the entry went back to the pool
 *
 * Of a vector at work; "xdp" tells its own transmit ring from the stack's, "end"
 * is the index behind the last descriptor that it is about, so that a doorbell
 * and the report of its completion can be matched:
 *
 *   tandem_wakeup           a socket asked for the queue to be looked at
 *   tandem_doorbell         the device was told of descriptors up to end
 *   tandem_complete         the device reported those up to end as sent
 *
 * And of the flow filters, as their registers are written:
 *
 *   tandem_steer_tuple      a 5-tuple filter; owner 0 nobody, 1 a rule of the
 *                           administrator, 2 accelerated RFS
 *   tandem_steer_etype      an ether type filter; 0 is off
 *
 * Likewise of VFs:
 *
 *   tandem_vf_rate          the limit of what one sends; 0 is none
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tandem

#if !defined(_TANDEM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TANDEM_TRACE_H

#include <linux/netdevice.h>
#include <linux/tracepoint.h>

#include "hw/hw.h"

DECLARE_EVENT_CLASS(tandem_vector,
	TP_PROTO(const struct net_device *netdev, int index, int virq),
	TP_ARGS(netdev, index, virq),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(int, entry)
		__field(int, virq)
	),
	TP_fast_assign(
		__entry->ifindex = netdev->ifindex;
		__entry->entry = index;
		__entry->virq = virq;
	),
	TP_printk("ifindex=%d entry=%d virq=%d", __entry->ifindex,
		  __entry->entry, __entry->virq)
);

DEFINE_EVENT(tandem_vector, tandem_vector_map,
	TP_PROTO(const struct net_device *netdev, int index, int virq),
	TP_ARGS(netdev, index, virq)
);

DEFINE_EVENT(tandem_vector, tandem_vector_mask,
	TP_PROTO(const struct net_device *netdev, int index, int virq),
	TP_ARGS(netdev, index, virq)
);

DEFINE_EVENT(tandem_vector, tandem_vector_unmask,
	TP_PROTO(const struct net_device *netdev, int index, int virq),
	TP_ARGS(netdev, index, virq)
);

TRACE_EVENT(tandem_vector_reserve,
	TP_PROTO(const struct net_device *netdev, int index, bool dynamic),
	TP_ARGS(netdev, index, dynamic),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(int, entry)
		__field(bool, dynamic)
	),
	TP_fast_assign(
		__entry->ifindex = netdev->ifindex;
		__entry->entry = index;
		__entry->dynamic = dynamic;
	),
	TP_printk("ifindex=%d entry=%d dynamic=%d", __entry->ifindex,
		  __entry->entry, __entry->dynamic)
);

TRACE_EVENT(tandem_vector_free,
	TP_PROTO(const struct net_device *netdev, int index),
	TP_ARGS(netdev, index),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(int, entry)
	),
	TP_fast_assign(
		__entry->ifindex = netdev->ifindex;
		__entry->entry = index;
	),
	TP_printk("ifindex=%d entry=%d", __entry->ifindex, __entry->entry)
);

TRACE_EVENT(tandem_vector_request,
	TP_PROTO(const struct net_device *netdev, int index, int virq,
		 const char *name),
	TP_ARGS(netdev, index, virq, name),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(int, entry)
		__field(int, virq)
		__string(name, name)
	),
	TP_fast_assign(
		__entry->ifindex = netdev->ifindex;
		__entry->entry = index;
		__entry->virq = virq;
		__assign_str(name);
	),
	TP_printk("ifindex=%d entry=%d virq=%d name=%s", __entry->ifindex,
		  __entry->entry, __entry->virq, __get_str(name))
);

TRACE_EVENT(tandem_vector_affinity,
	TP_PROTO(const struct net_device *netdev, int index, int virq,
		 unsigned int cpu),
	TP_ARGS(netdev, index, virq, cpu),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(int, entry)
		__field(int, virq)
		__field(unsigned int, cpu)
	),
	TP_fast_assign(
		__entry->ifindex = netdev->ifindex;
		__entry->entry = index;
		__entry->virq = virq;
		__entry->cpu = cpu;
	),
	TP_printk("ifindex=%d entry=%d virq=%d first_cpu=%u",
		  __entry->ifindex, __entry->entry, __entry->virq,
		  __entry->cpu)
);

TRACE_EVENT(tandem_wakeup,
	TP_PROTO(const struct net_device *netdev, unsigned int queue,
		 unsigned int flags),
	TP_ARGS(netdev, queue, flags),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(unsigned int, queue)
		__field(unsigned int, flags)
	),
	TP_fast_assign(
		__entry->ifindex = netdev->ifindex;
		__entry->queue = queue;
		__entry->flags = flags;
	),
	TP_printk("ifindex=%d queue=%u flags=%x", __entry->ifindex,
		  __entry->queue, __entry->flags)
);

DECLARE_EVENT_CLASS(tandem_ring,
	TP_PROTO(const struct net_device *netdev, unsigned int queue, bool xdp,
		 unsigned int end),
	TP_ARGS(netdev, queue, xdp, end),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(unsigned int, queue)
		__field(bool, xdp)
		__field(unsigned int, end)
	),
	TP_fast_assign(
		__entry->ifindex = netdev->ifindex;
		__entry->queue = queue;
		__entry->xdp = xdp;
		__entry->end = end;
	),
	TP_printk("ifindex=%d queue=%u xdp=%d end=%u", __entry->ifindex,
		  __entry->queue, __entry->xdp, __entry->end)
);

DEFINE_EVENT(tandem_ring, tandem_doorbell,
	TP_PROTO(const struct net_device *netdev, unsigned int queue, bool xdp,
		 unsigned int end),
	TP_ARGS(netdev, queue, xdp, end)
);

DEFINE_EVENT(tandem_ring, tandem_complete,
	TP_PROTO(const struct net_device *netdev, unsigned int queue, bool xdp,
		 unsigned int end),
	TP_ARGS(netdev, queue, xdp, end)
);

TRACE_EVENT(tandem_steer_tuple,
	TP_PROTO(const struct net_device *netdev, unsigned int filter,
		 unsigned int owner, const struct tandem_tuple_regs *regs),
	TP_ARGS(netdev, filter, owner, regs),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(unsigned int, filter)
		__field(unsigned int, owner)
		__field(u32, ftqf)
		__field(u32, saqf)
		__field(u32, daqf)
		__field(u32, spqf)
		__field(u32, imir)
		__field(u32, imirext)
	),
	TP_fast_assign(
		__entry->ifindex = netdev->ifindex;
		__entry->filter = filter;
		__entry->owner = owner;
		__entry->ftqf = regs->ftqf;
		__entry->saqf = regs->saqf;
		__entry->daqf = regs->daqf;
		__entry->spqf = regs->spqf;
		__entry->imir = regs->imir;
		__entry->imirext = regs->imirext;
	),
	TP_printk("ifindex=%d filter=%u owner=%u ftqf=%08x saqf=%08x daqf=%08x spqf=%08x imir=%08x imirext=%08x",
		  __entry->ifindex, __entry->filter, __entry->owner,
		  __entry->ftqf, __entry->saqf, __entry->daqf, __entry->spqf,
		  __entry->imir, __entry->imirext)
);

TRACE_EVENT(tandem_steer_etype,
	TP_PROTO(const struct net_device *netdev, unsigned int filter,
		 u32 etqf),
	TP_ARGS(netdev, filter, etqf),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(unsigned int, filter)
		__field(u32, etqf)
	),
	TP_fast_assign(
		__entry->ifindex = netdev->ifindex;
		__entry->filter = filter;
		__entry->etqf = etqf;
	),
	TP_printk("ifindex=%d filter=%u etqf=%08x", __entry->ifindex,
		  __entry->filter, __entry->etqf)
);

TRACE_EVENT(tandem_vf_rate,
	TP_PROTO(const struct net_device *netdev, unsigned int vf,
		 u32 rttbcnrc),
	TP_ARGS(netdev, vf, rttbcnrc),
	TP_STRUCT__entry(
		__field(int, ifindex)
		__field(unsigned int, vf)
		__field(u32, rttbcnrc)
	),
	TP_fast_assign(
		__entry->ifindex = netdev->ifindex;
		__entry->vf = vf;
		__entry->rttbcnrc = rttbcnrc;
	),
	TP_printk("ifindex=%d vf=%u rttbcnrc=%08x", __entry->ifindex,
		  __entry->vf, __entry->rttbcnrc)
);

#endif /* _TANDEM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
