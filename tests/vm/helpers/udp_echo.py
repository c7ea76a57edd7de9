#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""udp_echo.py ADDRESS PORT SIZE...: datagrams of each size, echoed by the other
end, come back unchanged; none may get lost, since one is under way at a time."""
import os
import socket
import sys

address, port = sys.argv[1], int(sys.argv[2])
sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(30)
for size in map(int, sys.argv[3:]):
    data = os.urandom(size)
    sock.sendto(data, (address, port))
    if sock.recv(65536) != data:
        sys.exit(f"{size} bytes came back changed")
