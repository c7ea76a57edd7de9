# SPDX-License-Identifier: GPL-2.0
"""PTP clock and time stamps of a port, without ptp4l.

  ptp.py clock DEV           what /dev/ptpN can do: read, set, adjust, step
  ptp.py read DEV            its nanoseconds
  ptp.py config IF TX RX     SIOCSHWTSTAMP; prints the filter that came of it
  ptp.py send IF N FILE      N sync messages, a line with the stamp of each, the
                             next one when FILE has grown: what "receive" prints
  ptp.py lose IF             a sync message to a group that nobody has joined
  ptp.py receive IF N        N PTP frames, a line with the stamp of each
"""
import ctypes
import fcntl
import os
import select
import socket
import struct
import sys
import time

SO_TIMESTAMPING = 37
# hardware stamps of both directions, raw
FLAGS = 1 << 0 | 1 << 2 | 1 << 6
ETH_P_1588 = 0x88F7


class Timex(ctypes.Structure):
    _fields_ = [("modes", ctypes.c_uint)] + [
        (n, ctypes.c_long) for n in ("offset", "freq", "maxerror", "esterror")
    ] + [("status", ctypes.c_int)] + [
        (n, ctypes.c_long) for n in ("constant", "precision", "tolerance", "sec", "usec", "tick",
                                     "ppsfreq", "jitter")
    ] + [("shift", ctypes.c_int)] + [
        (n, ctypes.c_long) for n in ("stabil", "jitcnt", "calcnt", "errcnt", "stbcnt")
    ] + [("tai", ctypes.c_int), ("pad", ctypes.c_int * 11)]


def adjust(clk, **values):
    libc = ctypes.CDLL(None, use_errno=True)
    t = Timex(**values)
    if libc.clock_adjtime(clk, ctypes.byref(t)) < 0:
        raise OSError(ctypes.get_errno(), "clock_adjtime")


def both(clk):
    """The clock and the system's at one moment: of twenty looks the one that took
    least, since a busy machine may do something else between two lines."""
    looks = []
    for _ in range(20):
        start, now, end = time.monotonic_ns(), time.clock_gettime_ns(clk), time.monotonic_ns()
        looks.append((end - start, now, (start + end) // 2))
    return min(looks)[1:]


def rate(clk, seconds=0.5):
    """The clock's seconds for each of the system's."""
    a, start = both(clk)
    time.sleep(seconds)
    b, end = both(clk)
    return (b - a) / (end - start)


def clock(dev):
    f = open(dev, "rb+", buffering=0)
    clk = (~f.fileno() << 3) | 3
    print("starts with the system's time:",
          abs(time.clock_gettime(clk) - time.time()) < 3600)
    time.clock_settime_ns(clk, 10**9 * 1000)
    now = time.clock_gettime_ns(clk) - 10**9 * 1000
    print("set:", 0 <= now < 10**9 * 60)
    before = time.clock_gettime_ns(clk)
    adjust(clk, modes=0x0100 | 0x2000, sec=-50, usec=0)  # ADJ_SETOFFSET | ADJ_NANO
    print("stepped back:", -50 * 10**9 <= time.clock_gettime_ns(clk) - before < -40 * 10**9)
    plain = rate(clk)
    adjust(clk, modes=0x0002, freq=65536 * 200000)  # ADJ_FREQUENCY: a fifth faster
    fast = rate(clk)
    adjust(clk, modes=0x0002, freq=0)
    print("faster by %.2f" % (fast / plain - 1))
    a = time.clock_gettime_ns(clk)
    print("goes on:", a < time.clock_gettime_ns(clk))


def read(dev):
    with open(dev, "rb", buffering=0) as f:
        print(time.clock_gettime_ns((~f.fileno() << 3) | 3))


def config(ifname, tx, rx):
    data = ctypes.create_string_buffer(struct.pack("iii", 0, int(tx), int(rx)))
    req = struct.pack("16sP16x", ifname.encode(), ctypes.addressof(data))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, 0x89B0, req)
    print("filter", struct.unpack("iii", data.raw[:12])[2])


def opened(ifname):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_1588))
    s.bind((ifname, ETH_P_1588))
    s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING, FLAGS)
    return s


def stamp_of(ancillary):
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPING:
            values = struct.unpack("qqqqqq", data[:48])
            return values[4] * 10**9 + values[5]
    return 0


def send(ifname, n, told):
    s = opened(ifname)
    waiting = select.poll()
    waiting.register(s, 0)  # the error queue counts as an error
    for i in range(int(n)):
        body = bytes([0, 2]) + bytes(43) + bytes([i])
        before = os.path.getsize(told)
        s.send(b"\xff" * 6 + b"\x02\0\0\0\0\1" + struct.pack("!H", ETH_P_1588) + body)
        waiting.poll(5000)
        try:
            _, ancillary, _, _ = s.recvmsg(2048, 1024, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
            print("sent", i, "at", stamp_of(ancillary), flush=True)
        except BlockingIOError:
            print("sent", i, "at nothing", flush=True)
        # the receiver has one stamp, which it must take before the next
        end = time.monotonic() + 20
        while os.path.getsize(told) == before:
            if time.monotonic() > end:
                sys.exit(f"message {i} was not received")
            time.sleep(0.01)


def lose(ifname):
    to = b"\x01\x1b\x19\0\0\x77" + b"\x02\0\0\0\0\1"
    opened(ifname).send(to + struct.pack("!H", ETH_P_1588) + bytes([0, 2]) + bytes(44))


def receive(ifname, n):
    s = opened(ifname)
    s.settimeout(30)
    print("ready", flush=True)
    for _ in range(int(n)):
        data, ancillary, _, _ = s.recvmsg(2048, 1024)
        print("received", data[59], "at", stamp_of(ancillary), flush=True)


if __name__ == "__main__":
    {"clock": clock, "read": read, "config": config, "send": send,
     "lose": lose, "receive": receive}[sys.argv[1]](*sys.argv[2:])
