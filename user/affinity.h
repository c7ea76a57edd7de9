/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The CPUs that an interrupt may run on, as lists such as "0-3,6". */
#ifndef TANDEM_AFFINITY_H
#define TANDEM_AFFINITY_H

#include <stdbool.h>

/* False on error, with errno. */
bool affinity_read(int irq, char *list, unsigned int size);
bool affinity_write(int irq, const char *list);

#endif
