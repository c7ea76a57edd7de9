#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: boot=icount timeout=900 debug=dma_debug=off
# The kernel's AF_XDP conformance program: zero-copy, over one port in loopback.
. /src/tests/vm/lib.sh
. /src/tests/vm/helpers/xskxceiver.sh

conformance zc loop
