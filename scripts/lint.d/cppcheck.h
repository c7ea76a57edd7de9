/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For cppcheck, which sees none of the kernel's or libbpf's headers: the
 * macros that would be no C without their definitions.
 */
#define netdev_for_each_uc_addr(ha, dev) for (ha = first(dev); ha; ha = next(ha))
#define netdev_for_each_mc_addr(ha, dev) for (ha = first(dev); ha; ha = next(ha))
#define for_each_set_bit(bit, map, size) for (bit = 0; bit < (size); bit++)
#define for_each_online_cpu(cpu) for (cpu = 0; cpu < 8; cpu++)
#define list_for_each_entry(p, head, member) for (p = first(head); p; p = next(p))
#define DECLARE_LIBXDP_OPTS(type, name, ...) struct type name = { __VA_ARGS__ }
#define LIBBPF_OPTS(type, name, ...) struct type name = { __VA_ARGS__ }
#define DECLARE_LIBBPF_OPTS LIBBPF_OPTS
#define bpf_object__for_each_program(p, obj) for (p = first(obj); p; p = next(p))
#define bpf_object__for_each_map(p, obj) for (p = first(obj); p; p = next(p))
