#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""napi_suspend.py NAPI NS: sets irq_suspend_timeout of one NAPI instance, as an
application may do for its own."""
import socket
import struct
import sys

GENERIC, CTRL, GETFAMILY, NAPI_SET = 16, 16, 3, 14
REQUEST_ACK = 1 | 4


def attr(kind, value):
    data = struct.pack("=HH", 4 + len(value), kind) + value
    return data + bytes(-len(data) % 4)


def talk(sock, kind, command, body):
    body = struct.pack("=BBH", command, 1, 0) + body
    sock.send(struct.pack("=IHHII", 16 + len(body), kind, REQUEST_ACK, 1, 0) + body)
    answer = b""
    while True:
        message = sock.recv(65536)
        if struct.unpack_from("=H", message, 4)[0] != 2:
            answer = message
            continue
        error = struct.unpack_from("=i", message, 16)[0]
        if error:
            sys.exit(f"netlink: error {-error}")
        return answer


def family_id(answer):
    at = 20
    while at < len(answer):
        length, kind = struct.unpack_from("=HH", answer, at)
        if kind == 1:
            return struct.unpack_from("=H", answer, at + 4)[0]
        at += (length + 3) & ~3
    sys.exit("no netdev family")


sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, GENERIC)
netdev = family_id(talk(sock, CTRL, GETFAMILY, attr(2, b"netdev\0")))
talk(sock, netdev, NAPI_SET, attr(2, struct.pack("=I", int(sys.argv[1]))) +
     attr(7, struct.pack("=I", int(sys.argv[2]))))
