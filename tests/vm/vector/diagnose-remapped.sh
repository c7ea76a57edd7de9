#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: boot=iommu
# With interrupt remapping there is one level more between table and CPU.
. /src/tests/vm/lib.sh

pci=pci/$(basename "$(readlink -f /sys/class/net/p0/device)")
chain=$(devlink -j health diagnose "$pci" reporter vector |
	jq -r '.entries[] | select(.queue == 0) | [.domains[].domain] | join(" ")')
note "$chain"
# the numbers at the end of the names differ between kernels
[[ $chain =~ ^IR-PCI-MSIX-[^\ ]+\ INTEL-IR-[^\ ]+\ VECTOR$ ]] || die "chain is '$chain'"
