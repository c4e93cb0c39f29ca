"""Publishes to nchan, from a process of its own: ``python publisher.py PORT EVERY``.

``EVERY`` is the time between two messages in seconds; 0 is as fast as they are taken,
with a few of them on their way at once.
"""

from __future__ import annotations

import socket
import sys
import time

#: Messages whose answers have not come yet.
_WINDOW = 8
#: What nchan's answer to each ends in.
_ANSWER_END = b"last requested:"


def main() -> None:
    """Publish until the connection ends."""
    port, every = int(sys.argv[1]), float(sys.argv[2])
    connection = socket.create_connection(("127.0.0.1", port))
    number = on_their_way = 0
    while True:
        connection.sendall(_request(number))
        number += 1
        on_their_way += 1
        while on_their_way >= (_WINDOW if not every else 1):
            received = connection.recv(65536)
            if not received:
                return
            on_their_way -= received.count(_ANSWER_END)
        if every:
            time.sleep(every)


def _request(number: int) -> bytes:
    body = (
        b'{"item":{"ticker":"AAPL","price":150.25},"index":0,"total":20,"batchNumber":'
        b'%d,"timestamp":"2026-01-01T00:00:00.000Z","hasMore":true,"done":false}'
    ) % number
    return (
        b"POST /pub HTTP/1.1\r\nHost: bench\r\nContent-Length: %d\r\n\r\n" % len(body)
    ) + body


main()
