#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=3000 named=takes-half-an-hour
# xsk/wake by the hundred thousand.
WAKE_ROUNDS=100000 . /src/tests/vm/xsk/wake.sh
