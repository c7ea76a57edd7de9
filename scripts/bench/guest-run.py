#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""guest-run.py KERNEL DRIVER SET FIRST [CASE]: the guest's half of scripts/bench/run.

Measures the cases of a set (quick or full), from number FIRST on, with one
driver (tandem, igb, dpdk) in a guest that counts instructions, where a
nanosecond is an instruction. Writes an object per case to /out/results.jsonl,
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
INFLIGHT = 256
RING = 1024         # descriptors of the device's rings, the same for all

LIMIT = 60          # seconds that a program may take

KERNEL, DRIVER, SET = sys.argv[1:4]
FIRST = int(sys.argv[4])
ONLY = sys.argv[5] if len(sys.argv) > 5 else ""
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


def doorbells():
    """Of both ports; None where the driver does not count them"""
    n, known = 0, False
    for p in PORTS:
        for value in re.findall(r"vec\d+_doorbells: (\d+)", run("ethtool", "-S", p, check=False)):
            n, known = n + int(value), True
    return n if known else None


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


def figures(costs, irqs, bells, calls, packets=1e6):
    """What a case measured: instructions per packet, once per repetition, and
    how often something happened while @packets went by"""
    def rate(n):
        return None if n is None else n * 1e6 / packets
    middle = statistics.median(costs)
    return {"instructions_per_packet": middle, "interrupts_per_mpkt": rate(irqs),
            "doorbells_per_mpkt": rate(bells), "syscalls_per_mpkt": rate(calls),
            "spread_percent": 100 * (max(costs) - min(costs)) / middle}


# ------------------------------------------------------------------- cases

def bench(*args, warmup=0.01, interval=0.012):
    """The tool's result with at least REPEAT intervals"""
    # It looks at the clock every 4096 frames, so intervals are longer than asked.
    args = [*args, "--warmup", warmup, "--interval", interval,
            "--duration", round(REPEAT * interval * 1.5 + 0.02, 4), "--json"]
    r = json.loads(run("tandem", "bench", *args))
    if len(r["interval_ns_per_packet"]) < REPEAT:
        raise Failed(f"hardly a packet: {r['interval_ns_per_packet']}")
    return r


def tool(case, mode, size, batch, queues):
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
    r = bench(*args, **({"warmup": 0.05, "interval": 0.04} if "irq" in words else {}))
    if ("copy" not in words) != r["zerocopy"]:
        raise Failed("not in the mode that was asked for")
    return figures(r["interval_ns_per_packet"], r["interrupts_per_mpkt"],
                   r["doorbells_per_mpkt"], r["syscalls_per_mpkt"])


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


def xdp_drop(_case, _mode, size, batch, _queues):
    """A zero-copy sender of known cost; less its cost"""
    args = ["txonly", "p1", "--wakeup", "busy", "--size", size, "--batch", batch]
    # Nobody at p0 takes these frames: the device drops them.
    alone = bench(*args)["interval_ns_per_packet"]
    attach(f"{BPF}/xdp_drop.bpf.o", "p0")
    try:
        both = bench(*args, warmup=0.1, interval=0.05)["interval_ns_per_packet"]
        # The tool's own count: in-tree igb forgets what a ring has sent when its socket goes.
        # What is on its way when the tool has counted enough, it does not count.
        rx, irqs = received("p0"), interrupts()
        tx = json.loads(run("tandem", "bench", *args, "--warmup", 0, "--packets", 2000000,
                            "--json"))["packets"]
        rx, irqs = received("p0") - rx, interrupts() - irqs
    finally:
        detach()
    # The receiver is slower than the sender, whom it interrupts: the device
    # drops what finds no descriptor, before the driver sees it.
    if rx < 0.5 * tx:
        raise Failed(f"only {rx} of {tx} frames arrived")
    lost = max(tx / rx, 1)
    return figures([(b - statistics.median(alone)) * lost for b in both], irqs, None, 0, rx)


def bouncing(program):
    def measure(_case, _mode, size, _batch, _queues):
        counters = [f"/sys/class/net/{p}/statistics/rx_packets" for p in PORTS]
        attach(program, *PORTS)
        try:
            with Soak():
                idle_share()
                before = counted()
                run(METER, "inject", "p1", INFLIGHT, size)
                time.sleep(0.05)
                n, irqs, bells = received(*PORTS), interrupts(), doorbells()
                # How many frames a poll finds wanders about, by a tenth in a shorter time.
                runs = [meter("wait", 0.2, *counters) for _ in range(REPEAT)]
                n, irqs = received(*PORTS) - n, interrupts() - irqs
                bells = None if bells is None else doorbells() - bells
                if min(packets for _, packets, _ in runs) < 10000:
                    news = {k: v - before.get(k, 0) for k, v in counted().items()}
                    news = " ".join(f"{k} {v}," for k, v in news.items() if v)
                    raise Failed(f"the frames do not go round ({n} hops): {news}")
        finally:
            detach()
        return figures([work / packets for work, packets, _ in runs], irqs, bells, 0, n)
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
    def measure(_case, _mode, size, batch, _queues):
        if not os.path.exists("/run/netns/peer"):
            setup_udp()
        with Soak():
            idle_share()
            irqs = interrupts()
            runs = [meter("udp", kind, address, 10000, size, batch) for _ in range(REPEAT)]
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


def dpdk(_case, _mode, size, batch, _queues):
    with Testpmd(size, batch) as t:
        time.sleep(2)       # for the link
        irqs = interrupts()
        # as many frames in flight as the other cases have
        t.tell(f"start tx_first {max(INFLIGHT // batch, 1)}", 0.05)
        for _ in range(REPEAT + 2):
            t.tell("show port stats all", 0.04)
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


def plan():
    """(case, mode, size, batch, queues): a base, then one thing changed at a time"""
    def base(mode, *cases):
        return [(c, mode) + BASE for c in cases]

    if DRIVER == "dpdk":
        yield from base("busy", "l2fwd")
        if not QUICK:
            yield from (("l2fwd", "busy", 64, b, 1) for b in (8, 256))
            yield "l2fwd", "busy", 1518, 64, 1
        return
    if COPY:
        yield from base("copy busy", *AF_XDP)
        if not QUICK:
            yield from base("irq", "udp_send", "udp_pair")
        return
    yield from base("busy", *AF_XDP)
    if not (QUICK and KERNEL == "6.12"):
        yield from base("need", *AF_XDP)
    if KERNEL == "7.2":
        yield from base("busy", "pair-libxdp", "l2fwd-libxdp")
    if QUICK:
        return
    yield from base("irq", "xdp_drop")
    if KERNEL == "7.2":
        yield from base("irq", *AF_XDP)
        yield from base("copy busy", *AF_XDP)
        yield from ((c, "busy", s, 64, 1) for c in ("txonly", "pair") for s in (256, 1518))
        yield from ((c, "busy", 64, b, 1) for c in AF_XDP for b in (1, 8, 256))
        yield from ((c, "busy", 64, 64, q) for c in AF_XDP for q in (2, 4, 8))
    yield from base("irq", "xdp_tx", "xdp_redirect")
    # these move a port to another namespace: last
    yield from ((c, "irq", s, 64, 1) for c in ("udp_send", "udp_pair")
                for s in ((64, 1518) if KERNEL == "7.2" else (64,)))


def settled(f, step):
    """The figures of a case; of a second try if its repetitions differ"""
    r = f(*step)
    return r if r["spread_percent"] < ENOUGH else f(*step)


# What interrupts are moderated to besides in-tree igb's default, 3. With none,
# frames that go round between two ports keep the only CPU in interrupts for ever,
# at a few frames each, and no process gets on: not even the one that injects them.
# A poll of 64 of them takes about 50 microseconds.
OTHER_MODERATION = {"xdp_tx": 50, "xdp_redirect": 50}


def moderation(usecs):
    for p in PORTS:
        ns = () if os.path.exists(f"/sys/class/net/{p}") else ("ip", "netns", "exec", "peer")
        run(*ns, "ethtool", "-C", p, "rx-usecs", usecs)


def measure(step):
    case, mode = step[:2]
    if DRIVER == "dpdk":
        return settled(dpdk, step)
    f = CASES.get(case, tool)
    r = settled(f, step)
    if DRIVER == "igb" and "busy" not in mode:
        # Where interrupts drive it, the better of its own moderation and another.
        moderation(OTHER_MODERATION.get(case, 0))
        try:
            r = min(r, settled(f, step), key=lambda r: r["instructions_per_packet"])
        finally:
            moderation(3)
    return r


def main():
    write("/proc/sys/net/ipv6/conf/default/disable_ipv6", 1)
    if DRIVER != "dpdk":
        for p in PORTS:
            write(f"/proc/sys/net/ipv6/conf/{p}/disable_ipv6", 1)
            run("ip", "link", "set", p, "up")
            # in-tree igb's best: a vector for each pair of rings
            run("ethtool", "-L", p, "combined", 8, check=False)
            run("ethtool", "-G", p, "rx", RING, "tx", RING, check=False)
        wait_link(*PORTS)
    for number, step in enumerate(plan()):
        case, mode, size, batch, queues = step
        what = f"{KERNEL} {DRIVER}: {case}, {mode}, {size} bytes, batch {batch}, {queues} queues"
        if number < FIRST or ONLY not in what:
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
            result[k] = None if v is None else round(v, 3)
        print(f"{what}: {result['instructions_per_packet']:.1f} "
              f"(spread {result['spread_percent']:.2f} %)", flush=True)
        with open(f"{OUT}/results.jsonl", "a", encoding="ascii") as f:
            f.write(json.dumps(result) + "\n")


main()
