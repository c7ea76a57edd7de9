/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Which interface the machine is reached by. */
#ifndef TANDEM_ROUTE_H
#define TANDEM_ROUTE_H

/*
 * 1 if a default route of this network namespace, IPv4 or IPv6, of any table,
 * goes out by @dev or by a bond, bridge or VLAN on top of it; 0 or -errno.
 */
int route_is_default(const char *dev);

#endif
