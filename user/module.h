/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which tandem.ko is loaded and which is installed. As other network drivers it
 * has no version number of its own, and most kernels make no sum of a module's
 * sources (srcversion) without one; what every module has is the build ID that
 * the linker gave it.
 */
#ifndef TANDEM_MODULE_H
#define TANDEM_MODULE_H

#include <stdbool.h>

#define MODULE_ID_LEN 48

/* False if it is not loaded. @id is "" if the kernel does not tell. */
bool module_loaded(char id[MODULE_ID_LEN]);

/* Of the file that modprobe would load; false if there is none. */
bool module_installed(char id[MODULE_ID_LEN]);

#endif
