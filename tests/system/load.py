"""Many clients at once, on one event loop in a process of their own.

A test has a ``Crowd`` and tells it what its clients do; the process is this
module, which takes one command a line and answers each with a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import socket
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.system.server import ROOT, Server

#: How much of what came last a client keeps: any END event fits.
_TAIL = 400


def request(target: str, *headers: str) -> bytes:
    """A request as it is sent, for this target and with these headers."""
    lines = (f"GET {target} HTTP/1.1", "Host: localhost", *headers, "", "")
    return "\r\n".join(lines).encode()


@dataclass(frozen=True)
class Tally:
    """All clients of a crowd, counted.

    ``open`` is how many connections there are, ``begun`` how many have received an
    event or a whole response. ``ends`` is by the reason of the END event, and
    ``last_end`` the monotonic second of the last one. ``whole`` counts responses
    that came to their proper end, ``cut`` connections that the server closed.
    ``messages`` are those of a hub, and ``may_return`` counts the clients that it told
    to reconnect.
    """

    open: int
    begun: int
    events: int
    statuses: dict[str, int]
    ends: dict[str, int]
    last_end: float
    whole: int
    cut: int
    messages: int
    may_return: int


class Crowd:
    """The test's side: a process with clients of ``server``, gone at the end.

    ``where`` is put before its command line, and ``host`` is what the server's
    address is from there.
    """

    def __init__(
        self, server: Server, where: Sequence[str] = (), host: str | None = None
    ) -> None:
        own, port = server.address
        clients = ["-m", "tests.system.load", host or own, str(port)]
        self._process = subprocess.Popen(
            [*where, sys.executable, *clients],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *exc_info: object) -> None:
        # It ends with its input; with sudo before it, a signal would not reach it.
        self._process.communicate()

    def open(
        self,
        requests: Sequence[bytes],
        *,
        over: float = 0.0,
        trickle: float = 0.0,
        receive_buffer: int | None = None,
        then: bytes = b"",
    ) -> None:
        """One more client a request, which it sends as it is, ``then`` what follows.

        What follows is sent once the server has answered.

        They connect at random moments within ``over`` seconds. With ``trickle`` a
        byte leaves every so many seconds. Clients with a ``receive_buffer``, in
        bytes, never read.
        """
        texts = [request.decode("latin-1") for request in requests]
        self._ask("open", texts, over, trickle, receive_buffer, then.decode("latin-1"))

    def leave(self, *ways: str, within: float) -> None:
        """All clients leave at random moments: by ``close`` or ``reset``."""
        self._ask("leave", ways, within)

    def tally(self) -> Tally:
        """How things stand."""
        return Tally(**self._ask("tally"))

    def _ask(self, command: str, *arguments: object) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([command, *arguments]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


class _Client(asyncio.Protocol):
    def __init__(
        self, request: bytes, trickle: float, reads: bool, then: bytes
    ) -> None:
        self._request = request
        self._then = then
        self._trickle = trickle
        self._reads = reads
        self._transport: Any = None
        self.events = 0
        self.messages = 0
        self.tail = b""
        self.status = ""
        self.ended_at = 0.0
        self.connected = False
        self.cut = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self.connected = True
        if not self._reads:
            # Up to Python 3.10 asyncio begins to read after this, paused or not.
            asyncio.get_running_loop().call_soon(transport.pause_reading)
        if self._trickle:
            self._send_byte(0)
        else:
            transport.write(self._request)

    def _send_byte(self, position: int) -> None:
        if self.connected and position < len(self._request):
            self._transport.write(self._request[position : position + 1])
            loop = asyncio.get_running_loop()
            loop.call_later(self._trickle, self._send_byte, position + 1)

    def data_received(self, data: bytes) -> None:
        if not self.status:
            self.status = data[9:12].decode("ascii")
            self._transport.write(self._then)
        # The end of an event may be cut in two.
        self.events += (self.tail[-1:] + data).count(b"\n\n")
        self.messages += data.count(b"\x1e")
        self.tail = (self.tail + data)[-_TAIL:]
        if not self.ended_at and b'"type":"end"' in self.tail:
            self.ended_at = asyncio.get_running_loop().time()

    def connection_lost(self, exc: Exception | None) -> None:
        self.cut = self.connected
        self.connected = False

    @property
    def reason(self) -> str:
        return self.tail.rpartition(b'"reason":"')[2].partition(b'"')[0].decode()

    @property
    def may_return(self) -> bool:
        return b'{"type":7,"allowReconnect":true}' in self.tail

    @property
    def whole(self) -> bool:
        return self.tail.endswith(b"\r\n0\r\n\r\n")

    def leave(self, way: str) -> None:
        if self.connected:
            self.connected = False
            if way == "reset":
                sock = self._transport.get_extra_info("socket")
                linger = struct.pack("ii", 1, 0)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._transport.abort()


class _Clients:
    """What the process does on command."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._clients: list[_Client] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._random = random.Random(7)

    def open(
        self,
        requests: list[str],
        over: float,
        trickle: float,
        receive_buffer: int | None,
        then: str,
    ) -> None:
        for request in requests:
            client = _Client(
                request.encode("latin-1"),
                trickle,
                reads=receive_buffer is None,
                then=then.encode("latin-1"),
            )
            self._clients.append(client)
            delay = self._random.uniform(0, over)
            task = asyncio.create_task(self._connect(client, delay, receive_buffer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(
        self, client: _Client, delay: float, receive_buffer: int | None
    ) -> None:
        await asyncio.sleep(delay)
        sock = socket.socket()
        sock.setblocking(False)
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, self._address)
        await loop.create_connection(lambda: client, sock=sock)

    def leave(self, ways: list[str], within: float) -> None:
        loop = asyncio.get_running_loop()
        for client in self._clients:
            moment = self._random.uniform(0, within)
            loop.call_later(moment, client.leave, self._random.choice(ways))

    def tally(self) -> dict[str, object]:
        clients = self._clients
        return {
            "open": sum(client.connected for client in clients),
            "begun": sum(bool(client.events or client.whole) for client in clients),
            "events": sum(client.events for client in clients),
            "statuses": Counter(client.status for client in clients if client.status),
            "ends": Counter(client.reason for client in clients if client.ended_at),
            "last_end": max((client.ended_at for client in clients), default=0.0),
            "whole": sum(client.whole for client in clients),
            "cut": sum(client.cut for client in clients),
            "messages": sum(client.messages for client in clients),
            "may_return": sum(client.may_return for client in clients),
        }


async def _serve(host: str, port: int) -> None:
    clients = _Clients(host, port)
    commands = asyncio.StreamReader(limit=1 << 26)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(commands), sys.stdin
    )
    while line := await commands.readline():
        command, *arguments = json.loads(line)
        print(json.dumps(getattr(clients, command)(*arguments)), flush=True)


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2])))
