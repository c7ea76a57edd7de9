#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs a command on a terminal of its own and types at it.

terminal.py [-s ROWSxCOLUMNS] [-t TERM] STEP... -- COMMAND...

A STEP is "key:TEXT" to type, "wait:TEXT" to wait for output, "signal:NAME",
"sleep:SECONDS", "run:COMMAND" (a shell command), or "size:ROWSxCOLUMNS".
Prints all that came, escape sequences and all; the exit status is the
command's. Fails with 125 if something that was waited for did not come, or if
the terminal's settings are not as they were.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

LIMIT = 20 * float(os.environ.get("SLOW", "1"))


def set_size(fd, text):
    rows, columns = map(int, text.split("x"))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    args, term, size = sys.argv[1:], "xterm", "24x140"
    while args[0] in ("-s", "-t"):
        if args[0] == "-s":
            size = args[1]
        else:
            term = args[1]
        args = args[2:]
    split = args.index("--")
    steps, command = args[:split], args[split + 1:]
    master, slave = pty.openpty()
    set_size(slave, size)
    before = termios.tcgetattr(slave)
    env = dict(os.environ, TERM=term)
    child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave,
                             start_new_session=True, env=env,
                             preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    out, seen = b"", 0

    def read(seconds):
        nonlocal out
        if select.select([master], [], [], seconds)[0]:
            out += os.read(master, 65536)

    def give_up(what):
        child.kill()
        sys.stdout.buffer.write(out)
        sys.stdout.flush()
        sys.stderr.write("\nterminal: %s\n" % what)
        sys.exit(125)

    for step in steps:
        verb, _, text = step.partition(":")
        if verb == "key":
            os.write(master, text.encode())
        elif verb == "signal":
            child.send_signal(getattr(signal, "SIG" + text))
        elif verb == "run":
            subprocess.run(text, shell=True, check=True)
        elif verb == "size":
            set_size(master, text)
        elif verb == "sleep":
            end = time.time() + float(text)
            while time.time() < end:
                read(0.1)
        elif verb == "wait":
            end = time.time() + LIMIT
            while text.encode() not in out[seen:]:
                if time.time() > end:
                    give_up("'%s' did not come" % text)
                read(0.2)
            seen = out.index(text.encode(), seen) + len(text)
    end = time.time() + LIMIT
    while child.poll() is None:
        if time.time() > end:
            give_up("it did not end")
        read(0.1)
    same = termios.tcgetattr(slave) == before
    # what is still on its way comes before the end of the other side
    os.close(slave)
    end = time.time() + LIMIT
    try:
        while True:
            read(LIMIT)
            if time.time() > end:
                give_up("its output has no end")
    except OSError:
        pass
    if not same:
        give_up("the terminal's settings are others")
    sys.stdout.buffer.write(out)
    sys.exit(child.returncode if child.returncode >= 0 else 128 - child.returncode)


main()
