#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: kernel=6.12,7.2 cpus=1 timeout=900 named=takes-minutes
# xdp/swap with a thousand programs. On one CPU: each program changes the text of the
# dispatcher of the kernel, and the emulator was seen to run what had been replaced on the
# other CPU ("Oops: int3" in bpf_dispatcher_xdp_func, once in a thousand).
ROUNDS=1000
. /src/tests/vm/xdp/swap.sh
note "$rounds programs, $SENT frames meanwhile"
