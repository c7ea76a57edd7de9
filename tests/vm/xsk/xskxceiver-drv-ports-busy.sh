#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: boot=icount timeout=900 debug=dma_debug=off
# The kernel's AF_XDP conformance program: native XDP, copying sockets, over two ports, busy polling.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/xskxceiver.sh

conformance drv ports -b
