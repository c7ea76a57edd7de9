# SPDX-License-Identifier: GPL-2.0
"""What scripts/bench/report.py and publish know of the figures: how to find one,
what measures it again, and the targets."""
import shlex

FIELDS = ["case", "driver", "kernel", "mode", "size", "batch", "queues",
          "instructions_per_packet", "interrupts_per_mpkt", "doorbells_per_mpkt",
          "syscalls_per_mpkt", "polls_per_mpkt", "spread_percent"]
COUNTS = FIELDS[7:-1]   # what a difference of two cases has as well
# Which two cases another is the difference of: the same frames sent to nobody
DIFFERENCES = {"rxdrop": ("pair", "txonly"), "udp_receive": ("udp_pair", "udp_send")}
ENOUGH = 0.5            # percent of spread
QUEUES = range(2, 9)


def key(r):
    return tuple(r[k] for k in FIELDS[:7])


def step(r):
    return (r["case"], r["mode"], r["size"], r["batch"], r["queues"])


def command(case, mode, size, batch, queues, boots, prefix=""):
    """What measures this again: one row, or with more than one of @boots a line of a
    table. @prefix: what stands in front of the case's name (see guest-run.py)"""
    words = ["scripts/bench/run"]
    for c in DIFFERENCES.get(case, (case,)):
        words += ["--only", f"{prefix}: {c}, {mode}, {size} bytes, batch {batch}, {queues} queues"]
    return shlex.join(words + list(boots))


def row_command(r):
    return command(*step(r), [f"{r['kernel']}-{r['driver']}"], f"{r['kernel']} {r['driver']}")


def settled(r):
    return r.get("settled", r["spread_percent"] < ENOUGH)


class Figures:
    def __init__(self, rows):
        self.rows = rows
        self.index = {(r["driver"], r["kernel"]) + step(r): r for r in rows}

    def get(self, driver, kernel, case, mode="busy", size=64, batch=64, queues=1,
            what="instructions_per_packet"):
        r = self.index.get((driver, kernel, case, mode, size, batch, queues))
        return r and r[what]

    def unsettled(self, *where, **rest):
        """Whether there is such a figure, and its repetitions differ too much"""
        spread = self.get(*where, **rest, what="spread_percent")
        return spread is not None and not self.get(*where, **rest, what="settled")


def targets(f, profile):
    """(what, target, value, met)"""
    rows = []

    def add(what, limit, value):
        rows.append((what, limit, value, None if value is None else value <= limit))

    def ratio(a, b):
        return a / b if a is not None and b else None

    share = {}
    for p in profile:
        share[p["driver"], p["case"]] = p["groups"].get("driver")
    tx = share.get(("tandem", "txonly"))
    pair = share.get(("tandem", "pair"))
    add("driver's own share, sending (instructions)", 25, tx)
    add("driver's own share, receiving with refill", 35,
        pair - tx if pair is not None and tx is not None else None)
    for case, limit in (("txonly", 0.78), ("pair", 0.87), ("l2fwd", 0.87)):
        add(f"{case}, same program, to igb 7.2", limit,
            ratio(f.get("tandem", "7.2", case), f.get("igb", "7.2", case)))
    for case in ("pair", "l2fwd"):
        add(f"{case}, our program to libxdp's on igb 7.2", 0.80,
            ratio(f.get("tandem", "7.2", case), f.get("igb", "7.2", case + "-libxdp")))
    for case in ("txonly", "pair", "l2fwd"):
        add(f"{case}, need_wakeup to busy polling", 1.10,
            ratio(f.get("tandem", "7.2", case, "need"), f.get("tandem", "7.2", case)))
    for case, limit, sizes in (("xdp_drop", 0.8, (64,)), ("xdp_tx", 0.8, (64,)),
                               ("udp_send", 1.0, (64, 256, 1518)),
                               ("udp_receive", 1.0, (64, 256, 1518))):
        for size in sizes:
            add(f"{case}, {size} bytes, to igb 7.2", limit,
                ratio(f.get("tandem", "7.2", case, "irq", size),
                      f.get("igb", "7.2", case, "irq", size)))
    for mode in ("busy", "need"):
        for case in ("txonly", "pair", "l2fwd"):
            add(f"{case}, {mode}: interrupts per million packets", 10,
                f.get("tandem", "7.2", case, mode, what="interrupts_per_mpkt"))
    for case in ("txonly", "pair", "l2fwd"):
        # pair and l2fwd also ring once per batch of refilled buffers
        add(f"{case}, busy: doorbells per million packets", 1e6 / 32,
            f.get("tandem", "7.2", case, what="doorbells_per_mpkt"))
    for case in ("txonly", "pair", "l2fwd"):
        one = f.get("tandem", "7.2", case)
        most = [f.get("tandem", "7.2", case, queues=q) for q in QUEUES]
        most = [m for m in most if m is not None]
        add(f"{case}, 2 to 8 queues to one", 1.05, ratio(max(most), one) if most and one else None)
    return rows
