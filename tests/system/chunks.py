"""Reads a response as it came over the wire: chunk by chunk, to its very end."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field

from tests.system.server import Server

#: How a connection ends.
FIN, RESET, SILENT = "fin", "reset", "silent"


@dataclass
class Received:
    """What a client received: all bytes, the head, the chunks, and how it ended.

    ``is_whole`` tells whether the last chunk came. ``times`` are those of the reads,
    in seconds since the request.
    """

    raw: bytes
    end: str
    times: list[float] = field(default_factory=list)

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def status(self) -> int:
        return int(self.head.split()[1])

    @property
    def rest(self) -> bytes:
        """Everything after the head."""
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def chunks(self) -> list[bytes]:
        found, rest = [], self.rest
        while b"\r\n" in rest:
            size, _, rest = rest.partition(b"\r\n")
            length = int(size, 16)
            if not length:
                break
            found.append(rest[:length])
            rest = rest[length + 2 :]
        return found

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def is_whole(self) -> bool:
        return self.rest.endswith(b"0\r\n\r\n")


def receive(
    server: Server,
    target: str,
    *,
    method: str = "GET",
    version: str = "1.1",
    headers: str = "",
    patience: float = 10,
) -> Received:
    """Ask for ``target`` and read until the connection ends, or ``patience`` does."""
    with socket.create_connection(server.address, timeout=patience) as sock:
        began = time.monotonic()
        sock.sendall(
            f"{method} {target} HTTP/{version}\r\nHost: {server.address[0]}\r\n"
            f"Connection: close\r\n{headers}\r\n".encode()
        )
        received = Received(b"", SILENT)
        try:
            while more := sock.recv(65_536):
                received.raw += more
                received.times.append(time.monotonic() - began)
            received.end = FIN
        except ConnectionResetError:
            received.end = RESET
        except TimeoutError:
            pass
        return received
