#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""UDP in IPv6 behind an extension header of any length, its checksum left to
the device as a virtual machine leaves it (PACKET_VNET_HDR).

usage: headers.py send DEV SRC-MAC DST-MAC SRC DST PORT LENGTH... | receive PORT N
"""
import socket
import struct
import sys

PAYLOAD = b"behind a header of "
VNET_HDR, NEEDS_CSUM = 15, 1


def frame(src_mac, dst_mac, src, dst, port, length):
    """Ethernet, IPv6, destination options of LENGTH bytes (0 for none), UDP"""
    data = PAYLOAD + str(length).encode()
    options = b""
    while len(options) < length - 2:
        # one for experiments (RFC 4727), since of padding only 7 bytes are taken
        size = min(length - 2 - len(options), 257)
        options += struct.pack("BB", 0x1e, size - 2) + bytes(size - 2)
    if length:
        options = struct.pack("BB", socket.IPPROTO_UDP, length // 8 - 1) + options
    udp_len = 8 + len(data)
    src, dst = (socket.inet_pton(socket.AF_INET6, a) for a in (src, dst))
    pseudo = src + dst + struct.pack("!II", udp_len, socket.IPPROTO_UDP)
    total = sum(struct.unpack(f"!{len(pseudo) // 2}H", pseudo))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    # the device is to add the rest and complement
    udp = struct.pack("!HHHH", port, port, udp_len, total) + data
    following = 60 if length else socket.IPPROTO_UDP
    ip = struct.pack("!IHBB", 6 << 28, len(options) + udp_len, following, 64) + src + dst
    mac = bytes.fromhex((dst_mac + src_mac).replace(":", "")) + b"\x86\xdd"
    vnet = struct.pack("BBHHHH", NEEDS_CSUM, 0, 0, 0, 14 + 40 + len(options), 6)
    return vnet + mac + ip + options + udp


def send(dev, src_mac, dst_mac, src, dst, port, *lengths):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    s.setsockopt(263, VNET_HDR, 1)      # SOL_PACKET
    s.bind((dev, 0x86dd))
    for length in lengths:
        s.send(frame(src_mac, dst_mac, src, dst, int(port), int(length)))


def receive(port, count):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.bind(("::", int(port)))
    print("ready", flush=True)
    for _ in range(int(count)):
        print(s.recv(2048).decode(), flush=True)


{"send": send, "receive": receive}[sys.argv[1]](*sys.argv[2:])
