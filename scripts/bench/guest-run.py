#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""guest-run.py KERNEL DRIVER SET FIRST [CASE...]: the guest's half of scripts/bench/run.

Measures the cases of a set (quick or full), from number FIRST on, those whose
line contains one of CASE if any is given, with one driver (tandem, igb, dpdk) in
a guest that counts instructions, where a nanosecond is an instruction. Writes an object per case to /out/results.jsonl,
what failed to /out/failed, and which case it is at to /out/case: the host looks
at that, and begins anew behind a case that does not end.
"""
import json
import os
import re
import statistics
import subprocess
import sys
import time

METER = "/src/build/bench/bin/meter"
BPF = "/src/build/bpf"
OUT = "/out"
PORTS = ("p0", "p1")
REPEAT = 3          # times that a case is measured in a row
ENOUGH = 0.5        # percent of spread
# How much longer than the first each try is. What only had bad luck, as when a poll met
# the timer's tick, does not need longer; what wanders about does, and goes on wandering.
TRIES = (1, 1, 2)
INFLIGHT = 256
RING = 1024         # descriptors of the device's rings, the same for all
OFFLOADS = ("rx", "tx", "sg", "tso", "gso", "gro")

LIMIT = 60          # seconds that a program may take

KERNEL, DRIVER, SET = sys.argv[1:4]
FIRST = int(sys.argv[4])
ONLY = sys.argv[5:] or [""]
QUICK = SET == "quick"
# In-tree igb has zero-copy from 6.14 on
COPY = DRIVER == "igb" and KERNEL == "6.12"


class Failed(Exception):
    pass


def run(*args, check=True):
    p = subprocess.run([str(a) for a in args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       text=True, check=False, timeout=LIMIT)
    if check and p.returncode:
        error = (p.stderr or p.stdout).strip().splitlines()
        raise Failed(f"{' '.join(map(str, args))}: {error[-1] if error else p.returncode}")
    return p.stdout


def read(path):
    with open(path, encoding="ascii") as f:
        return f.read().strip()


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(str(text))


def carrier(port, netns):
    path = f"/sys/class/net/{port}/carrier"
    if netns:
        return run("ip", "netns", "exec", netns, "cat", path, check=False).strip() == "1"
    try:
        return read(path) == "1"
    except OSError:
        return False        # it is down


def wait_link(*ports, netns=None):
    for _ in range(300):
        if all(carrier(p, netns) for p in ports):
            return
        time.sleep(0.1)
    raise Failed("no link")


# ---------------------------------------------------------------- counters

def interrupts():
    n = 0
    for line in read("/proc/interrupts").splitlines()[1:]:
        words = line.split()
        if re.match(r"(p[01]|tandem.*p[01]|.*-p[01])\b", words[-1]):
            n += int(words[1])
    return n


def received(*ports):
    return sum(int(read(f"/sys/class/net/{p}/statistics/rx_packets")) for p in ports)


def counted():
    """What the ports have counted, by name: to say where frames were lost"""
    numbers = {}
    for p in PORTS:
        for name, value in re.findall(r"(\S+): (\d+)", run("ethtool", "-S", p, check=False)):
            numbers[f"{p} {name}"] = int(value)
        for name in ("rx_packets", "tx_packets", "rx_dropped", "tx_dropped", "carrier_changes"):
            folder = "" if name == "carrier_changes" else "statistics/"
            numbers[f"{p} {name}"] = int(read(f"/sys/class/net/{p}/{folder}{name}"))
    return numbers


def bells_and_polls():
    """Doorbells and polls of both ports' vectors; None where the driver does not count them"""
    numbers = counted()

    def total(what):
        values = [v for k, v in numbers.items() if re.fullmatch(rf"p[01] vec\d+_{what}", k)]
        return sum(values) if values else None
    return total("doorbells"), total("polls")


def figures(costs, irqs, bells, calls, packets=1e6, polls=None):
    """What a case measured: instructions per packet, once per repetition, and
    how often something happened while @packets went by"""
    def rate(n):
        return None if n is None else n * 1e6 / packets
    middle = statistics.median(costs)
    return {"instructions_per_packet": middle, "interrupts_per_mpkt": rate(irqs),
            "doorbells_per_mpkt": rate(bells), "syscalls_per_mpkt": rate(calls),
            "polls_per_mpkt": rate(polls),
            "spread_percent": 100 * (max(costs) - min(costs)) / middle}


# ------------------------------------------------------------------- cases

def bench(*args, longer=1, warmup=0.01, interval=0.012, skip=0):
    """The tool's result with at least REPEAT intervals, besides the first @skip"""
    # It looks at the clock every 4096 frames, so intervals are longer than asked.
    warmup, interval = round(warmup * longer, 4), round(interval * longer, 4)
    args = [*args, "--warmup", warmup, "--interval", interval,
            "--duration", round(REPEAT * interval * 1.5 + 0.02 + skip * interval, 4), "--json"]
    r = json.loads(run("tandem", "bench", *args))
    del r["interval_ns_per_packet"][:skip]
    if len(r["interval_ns_per_packet"]) < REPEAT:
        raise Failed(f"hardly a packet: {r['interval_ns_per_packet']}")
    return r


def tool(longer, case, mode, size, batch, queues):
    """AF_XDP, by the tool"""
    name, _, libxdp = case.partition("-")
    args = {"txonly": ["txonly", "p0"], "pair": ["pair", "p0", "p1"],
            "l2fwd": ["l2fwd", "p0", "p1", "--inflight", INFLIGHT]}[name]
    words = mode.split()
    args += ["--wakeup", words[-1], "--size", size, "--batch", batch,
             "--queues", f"0-{queues - 1}"]
    if libxdp:
        args += ["--prog", "libxdp", "--attach", "dispatcher"]
    if "copy" in words:
        args += ["--copy"]
    # moderation has to settle
    r = bench(*args, longer=longer,
              **({"warmup": 0.1, "interval": 0.04} if "irq" in words else {}))
    if ("copy" not in words) != r["zerocopy"]:
        raise Failed("not in the mode that was asked for")
    return figures(r["interval_ns_per_packet"], r["interrupts_per_mpkt"],
                   r["doorbells_per_mpkt"], r["syscalls_per_mpkt"],
                   polls=r["polls_per_mpkt"])


def attach(program, *ports):
    for p in ports:
        run("ip", "link", "set", p, "xdp", "off", check=False)
        run("tandem", "load", program, p)
        run("ip", "link", "set", p, "promisc", "on")
    wait_link(*PORTS)


def detach():
    for p in PORTS:
        run("tandem", "unload", p, check=False)
        run("ip", "link", "set", p, "promisc", "off")
    wait_link(*PORTS)


class Soak:
    """Takes the time that nobody else wants"""
    def __enter__(self):
        self.process = subprocess.Popen([METER, "soak"])
        time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def meter(*args):
    """(instructions, packets, system calls) of one run of the meter"""
    r = json.loads(run(METER, *args))
    # less what the guest spends when there is nothing to do (its clock's tick)
    return r["ns"] - r["soaked"] - r["ns"] * idle_share(), r["packets"], r["syscalls"]


_idle = []


def idle_share():
    if not _idle:
        r = json.loads(run(METER, "wait", 0.1))
        _idle.append((r["ns"] - r["soaked"]) / r["ns"])
    return _idle[0]


def xdp_drop(longer, _case, _mode, size, batch, _queues):
    """A sender of known cost, by zero-copy where that is; less its cost"""
    args = ["txonly", "p1", "--wakeup", "busy", "--size", size, "--batch", batch]
    if COPY:
        args += ["--copy"]
    # Nobody at p0 takes these frames: the device drops them.
    alone = bench(*args, longer=longer)["interval_ns_per_packet"]
    attach(f"{BPF}/xdp_drop.bpf.o", "p0")
    try:
        # All that it sends is counted, so the warm-up is part of it. The count is the tool's:
        # in-tree igb forgets what a ring has sent when its socket goes.
        rx, irqs = received("p0"), interrupts()
        r = bench(*args, longer=longer, warmup=0, interval=0.04, skip=2)
        both, tx = r["interval_ns_per_packet"], r["packets"]
        rx, irqs = received("p0") - rx, interrupts() - irqs
    finally:
        detach()
    # Where the receiver is slower than the sender, whom it interrupts, or its interrupts
    # are far apart: the device drops what finds no descriptor, before the driver sees it.
    if rx < 0.1 * tx:
        raise Failed(f"only {rx} of {tx} frames arrived")
    lost = max(tx / rx, 1)
    return figures([(b - statistics.median(alone)) * lost for b in both], irqs, None, 0, rx)


def bouncing(program):
    def measure(longer, _case, _mode, size, _batch, _queues):
        counters = [f"/sys/class/net/{p}/statistics/rx_packets" for p in PORTS]
        attach(program, *PORTS)
        try:
            with Soak():
                idle_share()
                before = counted()
                run(METER, "inject", "p1", INFLIGHT, size)
                time.sleep(0.15)        # moderation has to settle
                n, irqs, vectors = received(*PORTS), interrupts(), bells_and_polls()
                # How many frames a poll finds wanders about, by a tenth in a shorter time.
                runs = [meter("wait", 0.2 * longer, *counters) for _ in range(REPEAT)]
                n, irqs = received(*PORTS) - n, interrupts() - irqs
                bells, polls = (None if a is None else b - a
                                for a, b in zip(vectors, bells_and_polls()))
                if min(packets for _, packets, _ in runs) < 10000:
                    news = {k: v - before.get(k, 0) for k, v in counted().items()}
                    news = " ".join(f"{k} {v}," for k, v in news.items() if v)
                    raise Failed(f"the frames do not go round ({n} hops): {news}")
        finally:
            detach()
        return figures([work / packets for work, packets, _ in runs], irqs, bells, 0, n, polls)
    return measure


def xdp_redirect(*args):
    indexes = {int(read(f"/sys/class/net/{p}/ifindex")) for p in PORTS}
    if indexes != {2, 3}:
        raise Failed(f"the program is made for interfaces 2 and 3, not {indexes}")
    return bouncing("/src/build/bench/bin/redirect.bpf.o")(*args)


def setup_udp():
    run("ip", "netns", "add", "peer")
    run("ip", "link", "set", "p1", "netns", "peer")
    ns = ("ip", "netns", "exec", "peer")
    mac = read("/sys/class/net/p0/address")
    run("ip", "addr", "add", "192.0.2.1/24", "dev", "p0")
    run(*ns, "ip", "addr", "add", "192.0.2.2/24", "dev", "p1")
    run(*ns, "ip", "link", "set", "p1", "up")
    run(*ns, "ip", "neigh", "add", "192.0.2.1", "lladdr", mac, "dev", "p1")
    # the device drops these, at no cost
    run(*ns, "ip", "neigh", "add", "192.0.2.99", "lladdr", "02:00:00:00:00:99", "dev", "p1")
    wait_link("p0")
    wait_link("p1", netns="peer")


def udp(kind, address):
    def measure(longer, _case, _mode, size, batch, _queues):
        if not os.path.exists("/run/netns/peer"):
            setup_udp()
        with Soak():
            idle_share()
            irqs = interrupts()
            runs = [meter("udp", kind, address, 10000 * longer, size, batch) for _ in range(REPEAT)]
            irqs = interrupts() - irqs
        packets, calls = (sum(r[i] for r in runs) for i in (1, 2))
        result = figures([work / n for work, n, _ in runs], irqs, None, calls, packets)
        # these were counted while it warmed up as well
        result["interrupts_per_mpkt"] /= 1.1
        return result
    return measure


CASES = {"xdp_drop": xdp_drop, "xdp_tx": bouncing(f"{BPF}/xdp_tx.bpf.o"),
         "xdp_redirect": xdp_redirect,
         "udp_send": udp("send", "192.0.2.99"), "udp_pair": udp("pair", "192.0.2.1")}


# -------------------------------------------------------------------- DPDK

class Testpmd:
    """DPDK's forwarder on both ports, driven by its command line"""
    PROMPT = "testpmd> "

    def __init__(self, size, burst):
        os.makedirs("/run/dpdk", exist_ok=True)
        run("modprobe", "uio_pci_generic")
        ports = [d for d in sorted(os.listdir("/sys/bus/pci/devices"))
                 if read(f"/sys/bus/pci/devices/{d}/vendor") == "0x8086" and
                 read(f"/sys/bus/pci/devices/{d}/device") == "0x10c9"]
        for p in ports:
            write(f"/sys/bus/pci/devices/{p}/driver_override", "uio_pci_generic")
            write("/sys/bus/pci/drivers_probe", p)
        self.process = subprocess.Popen(
            # both threads on the one CPU; the 64 MiB of huge pages that there are
            ["dpdk-testpmd", "--lcores", "0@0,1@0", "-m", "60",
             *[w for p in ports for w in ("-a", p)],
             "--", "-i", "--forward-mode=io", "--total-num-mbufs=16384", f"--txpkts={size - 4}",
             f"--burst={burst}", f"--rxd={RING}", f"--txd={RING}", "--no-lsc-interrupt",
             # it would spin for seconds
             "--disable-link-check"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0)
        self.text = ""
        self.prompts = 0

    def __enter__(self):
        self.wait()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def wait(self):
        """For the next prompt; what the command printed may come later"""
        self.prompts += 1
        while self.text.count(self.PROMPT) < self.prompts:
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise Failed("testpmd: " + " ".join(self.text.split())[-300:])
            self.text += data.decode(errors="replace")

    def tell(self, command, seconds):
        self.process.stdin.write(command.encode() + b"\n")
        self.wait()
        time.sleep(seconds)

    def finish(self):
        self.process.stdin.write(b"stop\nquit\n")
        return self.text + self.process.communicate()[0].decode(errors="replace")


def dpdk(longer, _case, _mode, size, batch, _queues):
    with Testpmd(size, batch) as t:
        time.sleep(2)       # for the link
        irqs = interrupts()
        # as many frames in flight as the other cases have
        t.tell(f"start tx_first {max(INFLIGHT // batch, 1)}", 0.05)
        for _ in range(REPEAT + 2):
            t.tell("show port stats all", 0.04 * longer)
        irqs = interrupts() - irqs
        text = t.finish()
    rates = [int(x) for x in re.findall(r"Tx-pps:\s+(\d+)", text)]
    # of each port in turn; the first two are of the time before
    pairs = list(zip(rates[2::2], rates[3::2]))
    if len(pairs) < REPEAT or not all(a and b for a, b in pairs):
        raise Failed(f"testpmd does not forward both ways: {rates}")
    return figures([1e9 / (a + b) for a, b in pairs], irqs, None, 0)


# -------------------------------------------------------------------- plan

BASE = (64, 64, 1)      # bytes, frames per batch, queues
AF_XDP = ("txonly", "pair", "l2fwd")


SIZES, BATCHES = (256, 1518), (1, 8, 256)
# The peer takes a minute for each.
QUEUES = (2, 3, 4, 5, 6, 7, 8) if (KERNEL, DRIVER) == ("7.2", "tandem") else (2, 4, 8)


def plan():
    """(case, mode, size, batch, queues): a base, then one thing changed at a time"""
    def base(mode, *cases):
        return [(c, mode) + BASE for c in cases]

    def sizes(mode, *cases):
        return [(c, mode, s, 64, 1) for c in cases for s in SIZES]

    if DRIVER == "dpdk":
        yield from base("busy", "l2fwd")
        if not QUICK:
            yield from (("l2fwd", "busy", 64, b, 1) for b in BATCHES)
            yield from sizes("busy", "l2fwd")
        return
    if COPY:
        yield from base("copy busy", *AF_XDP)
    else:
        yield from base("busy", *AF_XDP)
        if not (QUICK and KERNEL == "6.12"):
            yield from base("need", *AF_XDP)
        if KERNEL == "7.2":
            yield from base("busy", "pair-libxdp", "l2fwd-libxdp")
    if QUICK:
        return
    if COPY:
        yield from base("copy irq", *AF_XDP)
        yield from sizes("copy busy", *AF_XDP)
    else:
        yield from base("irq", *AF_XDP)
        if KERNEL == "7.2":
            yield from base("copy busy", *AF_XDP)
        yield from sizes("busy", *AF_XDP)
        yield from ((c, "busy", 64, b, 1) for c in AF_XDP for b in BATCHES)
        yield from ((c, "busy", 64, 64, q) for c in AF_XDP for q in QUEUES)
    # UDP moves a port to another namespace: last
    for c in ("xdp_drop", "xdp_tx", "xdp_redirect", "udp_send", "udp_pair"):
        yield from base("irq", c)
        if not COPY:
            yield from sizes("irq", c)


def settled(f, step, first=None):
    """The figures of a case; of another try as long as its repetitions differ, at
    worst of the try whose repetitions differ least. @first: of a try made already"""
    best, error = first, None
    for longer in TRIES[1 if first else 0:]:
        if best and best["spread_percent"] < ENOUGH:
            break
        try:
            r = f(longer, *step)
        except Failed as e:
            error = e
            continue
        best = min(best or r, r, key=lambda r: r["spread_percent"])
    if not best:
        raise error
    best["settled"] = best["spread_percent"] < ENOUGH
    return best


# What interrupts are moderated to besides in-tree igb's default. With none,
# frames that go round between two ports keep the only CPU in interrupts for ever,
# at a few frames each, and no process gets on: not even the one that injects them.
# A poll of 64 of them takes about 50 microseconds.
OWN_MODERATION = 3
OTHER_MODERATION = {"xdp_tx": 50, "xdp_redirect": 50}
# Where it is polled, interrupts only interrupt: the fewer the better.
POLLED_MODERATION = 50


def moderation(usecs):
    for p in PORTS:
        ns = () if os.path.exists(f"/sys/class/net/{p}") else ("ip", "netns", "exec", "peer")
        run(*ns, "ethtool", "-C", p, "rx-usecs", usecs)


_polled = {}


def measure(step):
    case, mode = step[:2]
    if DRIVER == "dpdk":
        return settled(dpdk, step)
    f = CASES.get(case, tool)
    if DRIVER != "igb":
        return settled(f, step)
    # The better of its own moderation and another.
    own = OWN_MODERATION
    tried = (own, OTHER_MODERATION.get(case, 0))
    if "busy" in mode:
        # what was better at a case's first point serves the rest
        tried = _polled.get((case, mode), (own, POLLED_MODERATION))
    first, error = {}, None
    try:
        for usecs in tried:
            moderation(usecs)
            try:
                first[usecs] = f(TRIES[0], *step)
            except Failed as e:
                error = e
        if not first:
            raise error
        best = min(first, key=lambda usecs: first[usecs]["instructions_per_packet"])
        moderation(best)
        if "busy" in mode:
            _polled[case, mode] = (best,)
        r = settled(f, step, first[best])
    finally:
        moderation(own)
    r["rx_usecs"] = best
    return r


def setting(port, change, show, **wanted):
    """Sets what ethtool shows; that it is so already is an error to it, and none to us"""
    run("ethtool", change, port, *(w for k, v in wanted.items() for w in (k.lower(), v)), check=False)
    now = run("ethtool", show, port).split("Current hardware settings:")[1]
    for k, v in wanted.items():
        if not re.search(rf"^{k}:\s+{v}$", now, re.MULTILINE):
            raise Failed(f"ethtool {change} {port}: {k} is not {v}")


def main():
    write("/proc/sys/net/ipv6/conf/default/disable_ipv6", 1)
    if DRIVER != "dpdk":
        for p in PORTS:
            write(f"/proc/sys/net/ipv6/conf/{p}/disable_ipv6", 1)
            run("ip", "link", "set", p, "up")
            # in-tree igb's best: a vector for each pair of rings
            setting(p, "-L", "-l", Combined=8)
            setting(p, "-G", "-g", RX=RING, TX=RING)
            # the same of all drivers, whatever they begin with
            run("ethtool", "-K", p, *(w for f in OFFLOADS for w in (f, "on")))
        wait_link(*PORTS)
    for number, step in enumerate(plan()):
        case, mode, size, batch, queues = step
        what = f"{KERNEL} {DRIVER}: {case}, {mode}, {size} bytes, batch {batch}, {queues} queues"
        if number < FIRST or not any(text in what for text in ONLY):
            continue
        write(f"{OUT}/case", f"{number} {what}\n")
        try:
            r = measure(step)
        except (Failed, subprocess.SubprocessError, OSError, KeyError) as e:
            print(f"{what}: FAILED: {e}", flush=True)
            with open(f"{OUT}/failed", "a", encoding="utf-8") as f:
                f.write(f"{what}: {e}\n")
            continue
        result = dict(case=case, driver=DRIVER, kernel=KERNEL, mode=mode, size=size, batch=batch,
                      queues=queues)
        for k, v in r.items():
            result[k] = round(v, 3) if isinstance(v, float) else v
        print(f"{what}: {result['instructions_per_packet']:.1f} "
              f"(spread {result['spread_percent']:.2f} %)", flush=True)
        with open(f"{OUT}/results.jsonl", "a", encoding="ascii") as f:
            f.write(json.dumps(result) + "\n")


main()
