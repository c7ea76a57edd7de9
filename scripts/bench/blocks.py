# SPDX-License-Identifier: GPL-2.0
"""Counts instructions by function from QEMU's logs of translated (in_asm) and
executed (exec) blocks and the guest's /proc/kallsyms."""
import bisect
import collections
import re

COUNT_MASK = 0x1ff      # CF_COUNT_MASK: a block cut to so many instructions

# Who spends it, by function; the first that matches. Modules and the JIT's
# code are told by kallsyms before this is looked at.
GROUPS = [
    ("AF_XDP core", r"^_*(xsk|xp|xdp|bpf_xdp|bpf_redirect)_|^xskq_|^_*bpf_xdp_redirect"),
    ("program", r"^bpf_dispatcher|^bpf_prog|^bpf_test|^__bpf_prog"),
    ("softirq", r"softirq|napi|net_rx_action|busy_poll|^busy_loop|local_bh|irq|timer|tick|^gro_|"
                r"^sched_clock|^local_clock|page_pool|skb|^clockevents|^ktime|^rcu_"),
    ("syscall", r"^entry_|^do_syscall|^x64_sys|^__(x64|do|se)_sys|^__sys_|syscall|^sock|^_*fget|^_*fput|"
                r"^security_|^import_|^move_addr|^_copy|^rseq|^sockfd|^__sock|exit_to_user|"
                r"^fdget|^ksys|^sys_|^do_sock|^apparmor|^aa_|^clear_bhb"),
]
MODULES = ("tandem", "igb", "igbvf")


class Symbols:
    def __init__(self, path, maps):
        with open(maps, encoding="ascii") as f:
            self.own = [[int(a, 16) for a in line.split("-")] for line in f]
        table = []
        with open(path, encoding="ascii") as f:
            for line in f:
                address, kind, name, *module = line.split()
                if kind in "tTwW":
                    table.append((int(address, 16), name, module[0][1:-1] if module else ""))
        table.sort()
        self.addresses = [t[0] for t in table]
        self.table = table
        self.cache = {}

    def find(self, pc):
        """(name, group) of the function at this address"""
        if pc < 1 << 63:
            own = any(a <= pc < b for a, b in self.own)
            return ("user space" if own else "another process", "application")
        i = bisect.bisect(self.addresses, pc) - 1
        start = self.addresses[i]
        if start not in self.cache:
            self.cache[start] = self.classify(*self.table[i][1:])
        return self.cache[start]

    @staticmethod
    def classify(name, module):
        # what the compiler made of it is no other function to the reader
        name = re.sub(r"\.(constprop|isra|part|cold)[.\d]*", "", name)
        if module in MODULES:
            return (name, "driver")
        if module == "bpf":
            return (re.sub(r"^bpf_prog_[0-9a-f]{16}_", "program: ", name), "program")
        for group, pattern in GROUPS:
            if re.search(pattern, name):
                return (name, group)
        return (name, "rest")


class Blocks:
    """Addresses of each block's instructions. Blocks of earlier cases count as
    well, since QEMU prints only what it translates anew."""

    def __init__(self):
        self.pcs = {}

    def read(self, path):
        block = []
        with open(path, encoding="ascii", errors="replace") as f:
            for line in f:
                if line.startswith("0x"):
                    # a long instruction's bytes go on in a line without text
                    address, _, text = line.partition(":")
                    if len(text.rstrip()) > 26 or not block:
                        block.append(int(address, 16))
                elif line.startswith("IN:"):
                    block = []
                elif block:
                    # a shorter one of the same start was cut for the clock
                    known = self.pcs.get(block[0])
                    if not known or len(block) > len(known) or block != known[:len(block)]:
                        self.pcs[block[0]] = block
                    block = []
        if block and len(block) > len(self.pcs.get(block[0], ())):
            self.pcs[block[0]] = block

    def length(self, pc, flags):
        cut = flags & COUNT_MASK
        n = len(self.pcs.get(pc, ()))
        return min(cut, n) if cut and n else cut or n


def executed(path, blocks):
    """Instructions by block, and how many blocks were of unknown length"""
    runs = collections.Counter()
    lost = collections.Counter()
    last = None
    with open(path, encoding="ascii", errors="replace") as f:
        for line in f:
            if line.startswith("Trace"):
                i = line.find("[")
                last = line[i + 1:line.find("]", i)]
                runs[last] += 1
            elif last and line.startswith("cpu_io_recompile"):
                # a device was reached in the midst of a block: from there
                # on it runs again
                to = int(line.rsplit(None, 1)[1].rstrip("]"), 16)
                pc, flags = where(last)
                pcs = blocks.pcs.get(pc, [])
                if to in pcs:
                    lost[pc] += blocks.length(pc, flags) - pcs.index(to)
                last = None
            elif last and line.startswith("Stopped"):
                runs[last] -= 1
                last = None
    count = collections.Counter()
    unknown = 0
    for key, n in runs.items():
        pc, flags = where(key)
        length = blocks.length(pc, flags)
        if not length:
            unknown += n
        count[pc] += n * length
    count.subtract(lost)
    return count, unknown, sum(runs.values())


def where(key):
    """pc and flags of "cs_base/pc/flags/cflags" """
    _, pc, _, flags = key.split("/")
    return int(pc, 16), int(flags, 16)


def by_function(count, symbols):
    total = collections.Counter()
    for pc, n in count.items():
        # a block may run on from one function into the next; its start
        # decides, since that is rare
        total[symbols.find(pc)] += n
    return total
