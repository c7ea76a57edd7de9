#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# needs: timeout=300
# The fuzz targets build, and find nothing in their corpus and in so many inputs
# more; "make fuzz" does ten million.
. "$(dirname "$0")/../vm/helpers/host.sh"

scripts/lab/in make -s -C tests/fuzz O=/src/build/fuzz RUNS=50000 run >"$WORK/log" 2>&1 || {
	tail -n 50 "$WORK/log"
	die "a finding, or no build"
}
sed -n 's/^stat::number_of_executed_units: */# inputs: /p' "$WORK/log"
targets=(tests/fuzz/fuzz_*.c)
assert_eq "$(awk '$1 == "stat::number_of_executed_units:" && $2 >= 50000' "$WORK/log" | wc -l)" ${#targets[@]} "fuzz targets that ran"
