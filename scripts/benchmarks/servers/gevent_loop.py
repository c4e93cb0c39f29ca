"""The least that a greenlet per stream costs: gevent's server, sleep and sendall.

The frame is ready beforehand, so this is the loop itself and nothing else.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import re  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.server import StreamServer  # noqa: E402

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
DATA = (
    b"id: 0123456789abcdef-1000\n"
    b'data: {"data":{"ticker":"AAPL","price":150.25},"index":1000,'
    b'"timestamp":"2026-01-06T12:34:56.789Z","done":false}\n\n'
)
FRAME = b"%X\r\n%b\r\n" % (len(DATA), DATA)


def serve(sock: Any, address: Any) -> None:
    """One stream, until its client has gone."""
    request = sock.recv(8192)
    asked = re.search(rb"interval=(\d+)", request)
    interval = int(asked[1]) / 1000 if asked else 1.0
    try:
        sock.sendall(HEAD)
        while True:
            sock.sendall(FRAME)
            gevent.sleep(interval)
    except OSError:
        sock.close()


if __name__ == "__main__":
    StreamServer(
        ("127.0.0.1", int(os.environ["PORT"])), serve, backlog=4096
    ).serve_forever()
