#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Frames of a flow with any addresses and ports, nobody's own, whole and, unless
otherwise asked for, with right checksums.

usage: tuple.py DEV DST-MAC COUNT PROTOCOL SRC DST

PROTOCOL is tcp or udp, with SRC and DST such as 192.0.2.2:4000 and
[2001:db8::2]:4000; icmp, for addresses alone; or as udp: frag, of whose
datagrams only the first half is sent, wrong, with a wrong checksum, and none,
without one.
"""
import ipaddress
import socket
import struct
import sys

NUMBERS = {"tcp": 6, "udp": 17, "frag": 17, "wrong": 17, "none": 17, "icmp": 1}


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def end(text, proto):
    port = 0
    if proto != "icmp":
        text, port = text.rsplit(":", 1)
    return ipaddress.ip_address(text.strip("[]")), int(port)


def segment(proto, pseudo, sport, dport):
    payload = b"a payload, even."
    if proto == "tcp":
        parts = struct.pack("!HHIIBBH", sport, dport, 1, 1, 5 << 4, 0x10, 1024), struct.pack("!H", 0) + payload
    elif proto == "icmp":
        parts = struct.pack("!BB", 8, 0), struct.pack("!HH", 1, 1) + payload
        pseudo = b""
    else:
        parts = struct.pack("!HHH", sport, dport, 8 + len(payload)), payload
    length = sum(map(len, parts)) + 2
    if pseudo:
        pseudo += struct.pack("!II", length, NUMBERS[proto])
    right = checksum(pseudo + parts[0] + b"\0\0" + parts[1])
    said = {"wrong": right ^ 0x1234, "none": 0}.get(proto, right)
    return parts[0] + struct.pack("!H", said) + parts[1]


def packet(proto, src, dst):
    (saddr, sport), (daddr, dport) = end(src, proto), end(dst, proto)
    body = segment(proto, saddr.packed + daddr.packed, sport, dport)
    if saddr.version == 6:
        return 0x86dd, struct.pack("!IHBB", 6 << 28, len(body), NUMBERS[proto], 64) + saddr.packed + daddr.packed + body
    more = 0x2000 if proto == "frag" else 0
    head = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(body), 1, more, 64, NUMBERS[proto])
    tail = saddr.packed + daddr.packed
    return 0x0800, head + struct.pack("!H", checksum(head + b"\0\0" + tail)) + tail + body


def main(dev, mac, count, proto, src, dst):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    s.bind((dev, 0))
    own = s.getsockname()[4]
    kind, data = packet(proto, src, dst)
    for _ in range(int(count)):
        s.send(bytes.fromhex(mac.replace(":", "")) + own + struct.pack("!H", kind) + data)


main(*sys.argv[1:])
