"""A bare gevent server that sends one ready frame to all its clients, each interval.

The interval is the argument, in milliseconds.
"""

from __future__ import annotations

import socket
import sys
import time

import gevent
from gevent.server import StreamServer

FRAME = b"\x81\x7e\x00\xb0" + b"x" * 176
AT_A_TIME = 500

clients: list[socket.socket] = []


def serve(sock: gevent.socket.socket, address: object) -> None:
    """Let a client be sent to until it leaves."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    plain = sock._sock
    sock.recv(100)
    clients.append(plain)
    try:
        while sock.recv(100):
            pass
    except OSError:
        pass
    clients.remove(plain)


def send_for_ever(interval_s: float) -> None:
    """Send to everybody when it is due; look at the sockets in between."""
    while True:
        due = time.monotonic() + interval_s
        for number, client in enumerate([*clients]):
            try:
                client.send(FRAME)
            except OSError:  # it is full, or has gone
                pass
            if number % AT_A_TIME == 0:
                gevent.sleep(0)
        gevent.sleep(max(due - time.monotonic(), 0))


server = StreamServer(("127.0.0.1", 0), serve)
server.start()
print(f"http://127.0.0.1:{server.server_port}", flush=True)
gevent.spawn(send_for_ever, int(sys.argv[1]) / 1000)
server.serve_forever()
