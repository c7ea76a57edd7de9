#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0
"""Makes results.json, environment.json, report.txt and the plots in a folder below
build/bench from what the guests measured. Runs inside the root tree."""
import argparse
import json
import os
import platform
import subprocess

from figures import (COUNTS, DIFFERENCES, FIELDS, QUEUES, Figures, command, key, row_command, settled, step,
                     targets)

DIR = "/src/build/bench"        # or what --dir says
COLUMNS = [("tandem", "7.2"), ("igb", "7.2"), ("tandem", "6.12"), ("igb", "6.12"), ("dpdk", "7.2")]


def first_line(*command):
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                       check=False)
    return p.stdout.splitlines()[0] if p.stdout else "unknown"


def environment(commit):
    kernels = sorted(d for d in os.listdir("/lib/modules") if d.endswith("-amd64"))
    return {"qemu": first_line("qemu-system-x86_64", "--version"),
            "kernels": kernels, "compiler": first_line("gcc", "--version"),
            "bpf_compiler": first_line("clang", "--version"), "commit": commit,
            "host": platform.release(),
            "dpdk": first_line("dpkg-query", "-W", "-f", "${Version}", "dpdk")}


def load():
    with open(f"{DIR}/results.jsonl", encoding="ascii") as f:
        rows = [json.loads(line) for line in f]
    for r in rows:
        r["settled"] = settled(r)
    derived = []
    index = {key(r): r for r in rows}
    for name, (whole, part) in DIFFERENCES.items():
        for r in rows:
            if r["case"] != whole:
                continue
            other = index.get((part,) + key(r)[1:])
            if not other:
                continue
            d = dict(r, case=name)
            for k in COUNTS:
                d[k] = None if r[k] is None or other[k] is None else round(max(r[k] - other[k], 0), 2)
            # the errors of both, of what is left
            error = sum(x["spread_percent"] * x["instructions_per_packet"] for x in (r, other))
            d["spread_percent"] = round(error / max(d["instructions_per_packet"], 1), 3)
            d["settled"] = r["settled"] and other["settled"]
            derived.append(d)
    return rows + derived


def fmt(x, marked=False):
    return (f"{x:10.1f}" if x is not None else " " * 9 + "-") + ("*" if marked else " ")


def main_table(figures):
    head = "".join(f"{d + ' ' + k:>12} " for d, k in COLUMNS)
    lines = ["Instructions per packet (time includes waiting where the application sleeps).",
             "*: did not settle, the best try's repetitions differ by 0.5 % or more.", "",
             f"{'case':14}{'mode':11}{'size':>5}{'batch':>6}{'queues':>7}{head}{'ours/igb':>10}"
             f"{'spread':>8}"]
    for s in dict.fromkeys(step(r) for r in figures.rows):
        cells = [figures.get(d, k, *s) for d, k in COLUMNS]
        ratio = f"{cells[0] / cells[1]:10.3f}" if cells[0] and cells[1] else " " * 10
        spread = max(r["spread_percent"] for r in figures.rows if step(r) == s)
        lines.append(f"{s[0]:14}{s[1]:11}{s[2]:5}{s[3]:6}{s[4]:7}"
                     + "".join("  " + fmt(c, figures.unsettled(d, k, *s))
                               for c, (d, k) in zip(cells, COLUMNS)) + ratio + f"{spread:7.2f}%")
    return lines


def count_table(figures):
    lines = ["", "Per million packets, kernel 7.2, ours (in-tree igb's in brackets):", "",
             f"{'case':14}{'mode':11}{'size':>5}{'batch':>6}{'queues':>7}"
             f"{'interrupts':>22}{'doorbells':>12}{'polls':>12}{'syscalls':>22}"]
    for s in dict.fromkeys(step(r) for r in figures.rows):
        ours = figures.index.get(("tandem", "7.2") + s)
        if not ours:
            continue
        igb = figures.index.get(("igb", "7.2") + s) or {}

        def both(k):
            a, b = ours[k], igb.get(k)
            return (f"{a:,.0f}" if a is not None else "-") + (f" ({b:,.0f})" if b is not None else "")
        lines.append(f"{s[0]:14}{s[1]:11}{s[2]:5}{s[3]:6}{s[4]:7}{both('interrupts_per_mpkt'):>22}"
                     f"{both('doorbells_per_mpkt'):>12}{both('polls_per_mpkt'):>12}"
                     f"{both('syscalls_per_mpkt'):>22}")
    return lines


def command_list(figures):
    lines = ["", "What measures a line of these again, for all drivers and kernels that have it; one of",
             "them at the end (7.2-tandem, 7.2-igb, 6.12-tandem, 6.12-igb, 7.2-dpdk) leaves the others",
             "out. results.json has the command of every single figure.", ""]
    for s in dict.fromkeys(step(r) for r in figures.rows):
        boots = [f"{k}-{d}" for d, k in COLUMNS if (d, k) + s in figures.index]
        lines.append("  " + command(*s, boots))
    return lines


def target_table(f, profile, part):
    lines = ["", "Targets:", ""]
    for what, limit, value, met in targets(f, profile):
        if value is None and part:
            continue
        verdict = {None: "not measured", True: "met", False: "MISSED"}[met]
        lines.append(f"  {what:52} at most {limit:<9g} "
                     f"{'' if value is None else format(value, '.3f'):>10}  {verdict}")
    return lines


def wall_table(wall):
    lines = ["", f"Wall clock, two vCPUs, in turns, medians of {wall['rounds']}: packet rate, ours to in-tree "
             "igb's 7.2 (again by: scripts/bench/run --wall)", ""]
    for name, r in wall["pps_ratio_to_igb"].items():
        lines.append(f"  {name:16} {r['median']:6.2f}   ({r['min']:.2f} to {r['max']:.2f}, "
                     f"{r['turns']} turns)")
    if wall["latency"]:
        lines += ["", "Way of one frame round both ports, median of the turns' p50 and p99 in "
                  "microseconds (in-tree igb's in brackets), and ratios:", ""]
    for mode, l in wall["latency"].items():
        lines.append(f"  {mode:6}" + "".join(
            f"  {p} {l['tandem'][p + '_ns'] / 1e3:9.1f} ({l['igb'][p + '_ns'] / 1e3:.1f}): "
            f"{l[p + '_ratio_to_igb']['median']:.2f}" for p in ("p50", "p99")))
    return lines


def plot(name, title, commands):
    for terminal, suffix in (("svg size 800,450 font 'sans,13' background 'white'", "svg"),
                             ("pngcairo size 800,450 font 'sans,10'", "png")):
        script = f"""set terminal {terminal}
set output '{DIR}/{name}.{suffix}'
set title '{title}'
set ylabel 'instructions per packet'
set yrange [0:*]
set grid ytics lc rgb '#dddddd'
set key top left
set border 3
set tics nomirror
{commands}
"""
        subprocess.run(["gnuplot"], input=script, text=True, check=True)


COLOURS = {"tandem": "#1b6ca8", "igb": "#c0504d", "dpdk": "#888888"}


def plots(f):
    # cases side by side
    cases = [("txonly", "busy"), ("pair", "busy"), ("l2fwd", "busy"), ("xdp_drop", "irq"),
             ("xdp_tx", "irq"), ("xdp_redirect", "irq")]
    rows = []
    for case, mode in cases:
        v = [f.get("tandem", "7.2", case, mode), f.get("igb", "7.2", case, mode),
             f.get("dpdk", "7.2", case, mode)]
        if v[0] is not None:
            rows.append(case.replace("_", " ") + " " + " ".join("NaN" if x is None else str(x)
                                                               for x in v))
    # gnuplot takes no column without a value
    there = [i for i in range(3) if any(r.split()[i - 3] != "NaN" for r in rows)]
    rows = [f'"{r.rsplit(" ", 3)[0]}" ' + " ".join(r.rsplit(" ", 3)[1:]) for r in rows]
    if rows:
        data = "$d << E\n" + "\n".join(rows) + "\nE\n"
        plot("cases", "64-byte frames, batch 64, one queue, Linux 7.2", data +
             "set style data histograms\nset style histogram cluster gap 1\n"
             "set style fill solid noborder\nset key top left Left reverse\nplot " + ", ".join(
                 f"$d using {i + 2}:xtic(1) title '{t}' lc rgb '{COLOURS[d]}'"
                 for i, (d, t) in enumerate((("tandem", "tandem"), ("igb", "in-tree igb"),
                                             ("dpdk", "DPDK igb, testpmd io"))) if i in there))
    for name, values, title, extra in (
            ("batch", (1, 8, 64, 256), "Frames per batch",
             "set logscale xy\nset yrange [50:*]\nset xtics (1, 8, 64, 256)\n"),
            ("queues", (1, *QUEUES), "Queues, one process", "set xrange [0.5:8.5]\n")):
        curves, data = [], ""
        for case, dash in (("txonly", 1), ("pair", 2), ("l2fwd", 3)):
            for driver in ("tandem", "igb"):
                points = [(v, f.get(driver, "7.2", case, **{name if name == "batch" else "queues": v}))
                          for v in values]
                points = [p for p in points if p[1] is not None]
                if len(points) < 2:
                    continue
                block = f"$d{len(curves)}"
                data += f"{block} << E\n" + "\n".join(f"{a} {b}" for a, b in points) + "\nE\n"
                curves.append(f"{block} with linespoints title '{case}, {driver}' dt {dash} pt 7 ps 0.6 "
                              f"lw 2 lc rgb '{COLOURS[driver]}'")
        if curves:
            plot(name, f"{title}: 64-byte frames, busy polling, Linux 7.2", data + extra +
                 "set key outside right\n" + "plot " + ", ".join(curves))


def load_json(name, default):
    try:
        with open(f"{DIR}/{name}", encoding="ascii") as f:
            return json.load(f)
    except FileNotFoundError:
        return default


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", default=DIR)
    parser.add_argument("--commit", default="unknown")
    parser.add_argument("--seconds", type=int, help="that it took")
    parser.add_argument("--wall-only", action="store_true", help="only the wall clock is new")
    parser.add_argument("--busy", type=float,
                        help="CPUs of the host that others kept busy before the wall clock's part")
    parser.add_argument("--accel", help="what ran the wall clock's guest: kvm or tcg")
    args = parser.parse_args()
    globals()["DIR"] = args.dir
    rows = load()
    if args.wall_only:
        env = load_json("environment.json", {})
        env.update(wall_commit=args.commit, wall_seconds=args.seconds)
    else:
        env = environment(args.commit)
        env.update(wall_commit=args.commit, seconds=args.seconds)
    if args.busy is not None:
        env["wall_busy_cpus"] = args.busy
    if args.accel:
        env["wall_accel"] = args.accel
    figures = Figures(rows)
    profile = load_json("profile.json", {"profiles": []})["profiles"]
    wall = load_json("wall.json", None)
    with open(f"{DIR}/results.json", "w", encoding="ascii") as f:
        f.write("[\n" + ",\n".join(" " + json.dumps(
            {k: r[k] for k in FIELDS + ["settled", "rx_usecs"] if k in r} | {"command": row_command(r)})
            for r in rows) + "\n]\n")
    with open(f"{DIR}/environment.json", "w", encoding="ascii") as f:
        json.dump(env, f, indent=1)
        f.write("\n")
    lines = [f"{env['qemu']}; kernels {', '.join(env['kernels'])}; {env['compiler']}; "
             f"commit {env['commit']}; DPDK {env['dpdk']}", ""]
    lines += main_table(figures) + count_table(figures) + target_table(figures, profile, args.dir != "/src/build/bench")
    if wall:
        lines += wall_table(wall)
    lines += command_list(figures)
    if os.path.exists(f"{DIR}/failed") and os.path.getsize(f"{DIR}/failed"):
        with open(f"{DIR}/failed", encoding="utf-8") as f:
            lines += ["", "Failed:", ""] + ["  " + line.rstrip() for line in f]
    with open(f"{DIR}/report.txt", "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    print("\n".join(lines))
    plots(figures)


main()
