#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=6.12,7.2 timeout=900 named=takes-minutes
# xdp/swap with a thousand programs.
ROUNDS=1000
. /src/tests/vm/xdp/swap.sh
note "$rounds programs, $SENT frames meanwhile"
