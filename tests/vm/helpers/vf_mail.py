#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""VFs without a driver, for the tests: writes to mailboxes what it is told.

usage: vf_mail.py /sys/bus/pci/devices/<PF>

Reads lines "VF COMMAND", and answers each with a line. A COMMAND is "reset"
(of the function), "hold" (own the mailbox and keep it), "request" (say that
there is a message, without writing one), "lose WORDS" (write a message and
say nothing), "look" (read what is there), "flood SECONDS" (anything, as fast as
it goes) or the words of a message, comma-separated. The answer to a message and
to "look" is "ack", "nack", "neither" or "none", then "cts" if the VF is clear to
send, then the first words.
"""
import mmap
import random
import struct
import sys
import time

CTRL, MAILBOX, MEMORY = 0x0, 0xc40, 0x800
RST = 1 << 26
REQ, ACK, VFU, PFU, PFSTS, PFACK, RSTI, RSTD = (1 << i for i in range(8))
CTS, NACK, ACKED = 1 << 29, 1 << 30, 1 << 31


def numbers(text):
    return [int(w, 0) for w in text.split(',')]


class Vf:
    def __init__(self, path):
        with open(path + '/enable', 'w', encoding='ascii') as f:
            f.write('1')
        with open(path + '/resource0', 'r+b') as f:
            self.map = mmap.mmap(f.fileno(), 16384)
        self.flags = 0

    def read(self, reg):
        return struct.unpack_from('<I', memoryview(self.map)[reg:reg + 4].cast('I'))[0]

    def write(self, reg, val):
        memoryview(self.map)[reg:reg + 4].cast('I')[0] = val

    def mailbox(self):
        # some bits are cleared by reading
        self.flags |= self.read(MAILBOX) & (PFSTS | PFACK | RSTI | RSTD)
        return self.flags

    def wait(self, bit):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.mailbox() & bit:
                self.flags &= ~bit
                return True
        return False

    def own(self):
        for _ in range(1000):
            self.write(MAILBOX, VFU)
            if self.read(MAILBOX) & VFU:
                return
        raise SystemExit('the mailbox cannot be had')

    def fill(self, words):
        self.mailbox()
        self.flags &= ~(PFSTS | PFACK)
        self.own()
        for i, word in enumerate(words):
            self.write(MEMORY + 4 * i, word)

    def send(self, words):
        self.fill(words)
        self.write(MAILBOX, REQ)
        return self.answer()

    def answer(self):
        if not self.wait(PFACK) or not self.wait(PFSTS):
            return 'none'
        return self.look()

    def look(self):
        self.own()
        words = [self.read(MEMORY + 4 * i) for i in range(3)]
        self.write(MAILBOX, ACK)
        verdict = 'ack' if words[0] & ACKED else 'nack' if words[0] & NACK else 'neither'
        cts = ' cts' if words[0] & CTS else ''
        return verdict + cts + ' ' + ' '.join(f'{w:#x}' for w in words)

    def flood(self, seconds):
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            word = random.choice([random.getrandbits(32), random.randrange(8),
                                  random.randrange(8) | random.randrange(256) << 16])
            self.write(MAILBOX, VFU)
            self.write(MEMORY, word)
            for i in range(1, 16):
                self.write(MEMORY + 4 * i, random.getrandbits(32))
            self.write(MAILBOX, random.choice([REQ, REQ, REQ | ACK, ACK, VFU | REQ]))
            if random.random() < .01:
                self.write(CTRL, RST)
            count += 1
        self.write(MAILBOX, 0)
        return f'{count} messages'

    def command(self, cmd, *args):
        if cmd == 'reset':
            self.write(CTRL, RST)
        elif cmd == 'hold':
            self.own()
        elif cmd == 'lose':
            self.fill(numbers(args[0]))
            self.write(MAILBOX, 0)
        elif cmd == 'look':
            return self.look()
        elif cmd == 'flood':
            return self.flood(int(args[0]))
        elif cmd == 'request':
            self.mailbox()
            self.flags &= ~(PFSTS | PFACK)
            self.write(MAILBOX, REQ)
            return self.answer()
        else:
            return self.send(numbers(cmd))
        return 'done'


def main():
    vfs = {}
    for line in sys.stdin:
        num, *cmd = line.split()
        if num not in vfs:
            vfs[num] = Vf(f'{sys.argv[1]}/virtfn{num}')
        print(vfs[num].command(*cmd), flush=True)


main()
