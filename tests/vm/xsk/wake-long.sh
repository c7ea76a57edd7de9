#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=6.12,7.2 timeout=3000 named=takes-ten-minutes
# xsk/wake by the hundred thousand.
WAKE_ROUNDS=100000 . /src/tests/vm/xsk/wake.sh
