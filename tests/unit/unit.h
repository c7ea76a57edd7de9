/* SPDX-License-Identifier: GPL-2.0 */
/* What cmocka wants before its own header, in the order it wants it. */
#ifndef TANDEM_TESTS_UNIT_H
#define TANDEM_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#endif /* TANDEM_TESTS_UNIT_H */
