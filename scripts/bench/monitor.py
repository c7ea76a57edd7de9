#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The half of scripts/bench/profile that talks to QEMU's monitor.

Runs inside the root tree, with the guest's /out and the lab's control folder
mounted. For each case that the guest announces: lets QEMU print every block of
code once as it is translated (in_asm), then every execution of one (exec).
"nochain" comes into both, since it makes QEMU translate all blocks anew and
come back to its main loop, where it logs, after every block.
"""
import os
import socket
import sys
import time

OUT = "/out"
SOCKET = "/run/ctl/monitor"


class Monitor:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.wait()

    def wait(self):
        seen = b""
        while not seen.endswith(b"(qemu) "):
            data = self.socket.recv(4096)
            if not data:
                sys.exit(0)     # the guest is gone
            seen += data

    def __call__(self, command):
        self.socket.sendall(command.encode() + b"\n")
        self.wait()


def wait_for(*paths):
    while not any(os.path.exists(p) for p in paths):
        time.sleep(0.05)


def size(path):
    try:
        return os.path.getsize(path)
    except FileNotFoundError:
        return 0


def log(monitor, kind, path, seconds, limit):
    """Logs until it is idle for so long, or the file is that big."""
    monitor("stop")
    monitor(f"logfile {path}")
    monitor(f"log {kind},nochain")
    monitor("cont")
    end = time.monotonic() + seconds
    while time.monotonic() < end and size(path) < limit:
        time.sleep(0.02)
    monitor("stop")
    monitor("log none")


def main():
    wait_for(SOCKET)
    monitor = Monitor(SOCKET)
    n = 0
    while True:
        wait_for(f"{OUT}/ready-{n}", f"{OUT}/done")
        if os.path.exists(f"{OUT}/done"):
            return
        # Long enough for a timer tick and what comes with it
        log(monitor, "in_asm", f"{OUT}/asm-{n}", float(sys.argv[1]), 1 << 30)
        log(monitor, "exec", f"{OUT}/exec-{n}", 60, int(sys.argv[2]) << 20)
        open(f"{OUT}/logged-{n}", "w").close()
        monitor("cont")
        n += 1


main()
