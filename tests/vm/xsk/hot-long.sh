#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=6.12,7.2 timeout=900 named=takes-minutes
# xsk/hot with a thousand sockets.
ROUNDS=1000
. /src/tests/vm/xsk/hot.sh
note "$rounds rounds"
