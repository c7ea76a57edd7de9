/* SPDX-License-Identifier: GPL-2.0 */
/* A frame's metadata, from meta.bpf.c to meta.c; errors are negative errnos. */
struct frame_meta {
	__u64 stamp;
	__u32 hash;
	__u32 hash_type;
	__s32 hash_err;
	__s32 vlan_err;
	__s32 stamp_err;
	__u16 ethertype;	/* as on the wire */
	__u16 vlan_proto;	/* as on the wire */
	__u16 tci;
	__u8 mark;		/* byte 59 of the frame */
};
