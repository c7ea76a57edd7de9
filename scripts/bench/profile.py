#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0
"""Makes the tables of scripts/bench/profile from what its guests left in /out."""
import argparse
import collections
import json
import os
import sys

import blocks

OUT = "/out"
SOAK_BYTES = 8          # enough for the loop of "meter soak"
ORDER = ["driver", "AF_XDP core", "program", "application", "syscall", "softirq", "rest"]


def read(driver):
    """{case: (instructions per packet, {(function, group): of these})}"""
    cases = {}
    seen = blocks.Blocks()
    n = 0
    while os.path.exists(f"{OUT}/{driver}/logged-{n}"):
        d = f"{OUT}/{driver}"
        with open(f"{d}/ready-{n}", encoding="ascii") as f:
            name = f.read().strip()
        with open(f"{d}/total-{n}", encoding="ascii") as f:
            exact = json.load(f)["ns_per_packet"]
        seen.read(f"{d}/asm-{n}")
        symbols = blocks.Symbols(f"{d}/symbols-{n}", f"{d}/maps-{n}")
        count, unknown, runs = blocks.executed(f"{d}/exec-{n}", seen)
        try:
            # What soaks up the time that is left is not part of the traffic.
            with open(f"{d}/soak-{n}", encoding="ascii") as f:
                soak = int(f.read())
            for pc in [pc for pc in count if soak <= pc < soak + SOAK_BYTES]:
                del count[pc]
        except FileNotFoundError:
            pass
        functions = blocks.by_function(count, symbols)
        total = sum(functions.values())
        n += 1
        if not total:
            sys.exit(f"profile: {driver} {name}: nothing was logged")
        if unknown > runs / 500:
            print(f"profile: {driver} {name}: {unknown} of {runs} blocks of unknown length",
                  file=sys.stderr)
        if functions["another process", "application"] > total / 200:
            print(f"profile: {driver} {name}: another process ran meanwhile", file=sys.stderr)
        cases[name] = (exact, {k: v * exact / total for k, v in functions.items()})
    return cases


def groups(functions):
    sums = collections.Counter()
    for (_, group), n in functions.items():
        sums[group] += n
    return sums


def number(x):
    return f"{x:8.1f}" if x is not None and x >= 0.05 else " " * 7 + "-"


def table(case, drivers, data, top):
    lines = [f"{case}: instructions per packet",
             f"  {'':44}" + "".join(f"{d:>8}" for d in drivers)]

    def line(name, values, indent=2):
        lines.append(" " * indent + f"{name:{46 - indent}}" + "".join(number(v) for v in values))

    line("total", [data[d][0] for d in drivers])
    sums = [groups(data[d][1]) for d in drivers]
    for g in ORDER:
        line(g, [s[g] for s in sums], 4)
    merged = collections.Counter()
    for d in drivers:
        for key, n in data[d][1].items():
            merged[key] = max(merged[key], n)
    shown = {key for key, _ in merged.most_common(top)}
    # of the module nothing is left out
    shown |= {key for key in merged if key[1] == "driver" and merged[key] >= 0.05}
    lines.append("")
    for g in ORDER:
        keys = sorted((k for k in shown if k[1] == g), key=lambda k: -merged[k])
        if not keys:
            continue
        lines.append(f"  {g}")
        for key in keys:
            line(key[0], [data[d][1].get(key) for d in drivers], 4)
        left = [sums[i][g] - sum(data[d][1].get(k, 0) for k in keys) for i, d in enumerate(drivers)]
        if max(left) >= 0.05:
            line("others", left, 4)
    return lines + [""]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--top", type=int, default=40)
    parser.add_argument("--title", default="")
    parser.add_argument("drivers", nargs="+")
    args = parser.parse_args()

    data = {d: read(d) for d in args.drivers}
    names = list(dict.fromkeys(c for d in args.drivers for c in data[d]))
    if not names:
        sys.exit("profile: no case came to its end")
    lines = [args.title, ""]
    result = []
    for case in names:
        drivers = [d for d in args.drivers if case in data[d]]
        lines += table(case, drivers, {d: data[d][case] for d in drivers}, args.top)
        for d in drivers:
            total, functions = data[d][case]
            result.append({
                "case": case, "driver": d, "instructions_per_packet": round(total, 2),
                "groups": {g: round(n, 2) for g, n in groups(functions).items()},
                "functions": {k[0]: round(n, 2) for k, n in
                              sorted(functions.items(), key=lambda kv: -kv[1]) if n >= 0.01},
            })
    for d in args.drivers:
        if "txonly" in data[d] and "pair" in data[d]:
            tx = groups(data[d]["txonly"][1])["driver"]
            rx = groups(data[d]["pair"][1])["driver"] - tx
            lines.append(f"the driver's own share, {d}: sending {tx:.1f}, "
                         f"receiving (pair less txonly) {rx:.1f}")
    with open(f"{OUT}/profile.txt", "w", encoding="ascii") as f:
        f.write("\n".join(lines) + "\n")
    with open(f"{OUT}/profile.json", "w", encoding="ascii") as f:
        json.dump({"title": args.title, "profiles": result}, f, indent=1)
        f.write("\n")


main()
