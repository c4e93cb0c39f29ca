"""The least that a fan-out costs: one greenlet, plain sends of ready bytes to all.

    PORT=5000 python fan_out_loop.py

A client asks for ``/?interval=1&burst=20``: so many events in one send, and the
milliseconds from one send to the next. The first one decides.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import re  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.server import StreamServer  # noqa: E402
from gevent_loop import HEAD  # noqa: E402

DATA = (
    b"id: bench-0123abcd-%d\n"
    b'data: {"data":{"ticker":"AAPL","price":150.25},"index":1000,'
    b'"timestamp":"2026-01-06T12:34:56.789Z","done":false}\n\n'
)
#: Sends before others get their turn.
AT_A_TIME = 1000

clients: dict[Any, None] = {}
senders: list[Any] = []


def serve(sock: Any, address: Any) -> None:
    """Let a client be sent to until it leaves."""
    request = sock.recv(8192)
    sock.sendall(HEAD)
    if not clients:
        gevent.spawn(
            send, _asked(request, b"interval") / 1000, _asked(request, b"burst")
        )
    clients[sock._sock] = None
    try:
        while sock.recv(100):
            pass
    except OSError:
        pass
    clients.pop(sock._sock, None)


def _asked(request: bytes, name: bytes) -> int:
    found = re.search(name + rb"=(\d+)", request)
    return int(found[1]) if found else 1


def send(interval: float, burst: int) -> None:
    """Send to all who are there, event after event."""
    number = 0
    while True:
        data = b""
        for _ in range(burst):
            frame = DATA % number
            data += b"%X\r\n%b\r\n" % (len(frame), frame)
            number += 1
        for place, client in enumerate([*clients]):
            try:
                client.send(data)
            except OSError:  # it is full, or has gone
                pass
            if place % AT_A_TIME == AT_A_TIME - 1:
                gevent.sleep(0)
        gevent.sleep(interval)


if __name__ == "__main__":
    StreamServer(
        ("127.0.0.1", int(os.environ["PORT"])), serve, backlog=4096
    ).serve_forever()
