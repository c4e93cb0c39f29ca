"""Chat completions of fixed latency: a token after 50 ms, then one every 10 ms."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gevent.server import StreamServer  # noqa: E402

FIRST_TOKEN_S = 0.05
NEXT_TOKEN_S = 0.01
TOKENS = ('{\\"ticker\\"', ':\\"AAPL\\"', ',\\"price\\"', ":150", ".25", "}")
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


def chunk(text: str) -> bytes:
    """One event, as an HTTP chunk."""
    data = f"data: {text}\n\n".encode()
    return b"%X\r\n%b\r\n" % (len(data), data)


def serve(sock: Any, address: Any) -> None:
    """Answer requests on one connection, all alike."""
    reader = sock.makefile("rb")
    try:
        while reader.readline():
            length = 0
            while (line := reader.readline().strip().lower()) != b"":
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            reader.read(length)
            sock.sendall(HEAD)
            for number, token in enumerate(TOKENS):
                gevent.sleep(NEXT_TOKEN_S if number else FIRST_TOKEN_S)
                sock.sendall(
                    chunk(
                        '{"choices":[{"index":0,"delta":{"content":"%s"},'
                        '"finish_reason":null}]}' % token
                    )
                )
            stop = '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'
            sock.sendall(chunk(stop) + chunk("[DONE]") + b"0\r\n\r\n")
    except OSError:
        pass
    finally:
        sock.close()


if __name__ == "__main__":
    StreamServer(
        ("127.0.0.1", int(os.environ["PORT"])), serve, backlog=1024
    ).serve_forever()
