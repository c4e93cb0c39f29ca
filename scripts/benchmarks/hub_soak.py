"""``scripts/bench hub_soak``: hub clients that come and go over every transport.

Clients connect, subscribe to a hub context, stream, stay for a while and leave in every
way there is: they say so, close, reset, or vanish from their polls. Each is replaced at
once by another. Looked at and judged as ``soak`` does it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import socket
import struct
import sys
import time
from collections.abc import Sequence
from http.client import HTTPConnection

from hub import HANDSHAKE, UPGRADE, frame
from serve import OBJECTS, Running, running
from soak import EVERY, FLAT_KB, FLAT_SHARE, SETTLING, Sample, growth, look, show

HUB = "/hub/mock"
CONTEXTS = ("stocks", "sensors", "orders")
#: What a client says of each protocol's first message.
_JSON = b'{"protocol":"json","version":1}\x1e'
#: Files more than at the start that are no leak: a log, a connection of this program.
_FILES = 2
#: Longest stay of a client, in seconds.
_MAX_STAY = 60.0
#: Time after which clients without a word count as gone, and a bit, in seconds.
_UNTIL_FORGOTTEN = 50


class HubClients:
    """So many clients of a hub, each replaced when it is over."""

    def __init__(self, port: int, seed: int) -> None:
        """At ``port`` of this machine; ``seed`` decides who comes and goes when."""
        self._port = port
        self._random = random.Random(seed)
        self._kinds = (self._websocket, self._event_stream, self._polls)
        self.opened = 0
        self.events = 0
        self.refused = 0

    async def keep_one(self) -> None:
        """One client after the other, for ever."""
        await asyncio.sleep(self._random.uniform(0, 5))
        while True:
            stay = min(self._random.expovariate(1 / 10), _MAX_STAY)
            try:
                await self._random.choice(self._kinds)(stay)
                self.opened += 1
            except (OSError, EOFError, KeyError, ValueError):
                self.refused += 1
                await asyncio.sleep(1)

    # -- transports ---------------------------------------------------------------

    async def _websocket(self, stay: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(UPGRADE)
            await reader.readuntil(b"\r\n\r\n")
            writer.write(HANDSHAKE)
            for message in self._calls():
                writer.write(frame(message))
            await self._read(reader, stay)
            way = self._random.choice(("close frame", "close", "reset"))
            if way == "close frame":
                writer.write(b"\x88\x80" + bytes(4))
                await asyncio.wait_for(reader.read(), 5)
            elif way == "reset":
                linger = struct.pack("ii", 1, 0)
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        finally:
            writer.close()

    async def _event_stream(self, stay: float) -> None:
        target = f"{HUB}?id={await self._negotiate()}"
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(_request("GET", target, b"", "Accept: text/event-stream"))
            await reader.readuntil(b"\r\n\r\n")
            await self._ask("POST", target, _JSON + b"".join(self._calls()))
            await self._read(reader, stay)
        finally:
            writer.close()

    async def _polls(self, stay: float) -> None:
        target = f"{HUB}?id={await self._negotiate()}"
        await self._ask("GET", target)
        await self._ask("POST", target, _JSON + b"".join(self._calls()))
        until = time.monotonic() + stay
        while time.monotonic() < until:
            answer = await self._ask("GET", target)
            self.events += answer.count(b"\x1e")
        if self._random.random() < 0.8:
            await self._ask("DELETE", target)

    # -- what they say ------------------------------------------------------------

    def _calls(self) -> list[bytes]:
        """A subscription, a stream that ends by itself or not, or a value."""
        chance = self._random
        options = {"interval": chance.choice((100, 500)), "maxEvents": 20}
        if chance.random() < 0.5:
            del options["maxEvents"]
        calls = [
            {"type": 1, "target": "SubscribeToContext", "arguments": [name]}
            for name in chance.sample(CONTEXTS, chance.randrange(3))
        ]
        stream = {"type": 4, "invocationId": "s", "target": "Stream"}
        calls.append({**stream, "arguments": ["stocks", options]})
        get = {"type": 1, "invocationId": "g", "target": "Get", "arguments": ["users"]}
        return [json.dumps(call).encode() + b"\x1e" for call in (*calls, get)]

    async def _read(self, reader: asyncio.StreamReader, stay: float) -> None:
        """Count what comes for a while."""
        until = time.monotonic() + stay
        while (left := until - time.monotonic()) > 0:
            try:
                data = await asyncio.wait_for(reader.read(65_536), left)
            except TimeoutError:
                return
            if not data:
                raise EOFError
            self.events += data.count(b"\x1e")

    async def _negotiate(self) -> str:
        target = f"{HUB}/negotiate?negotiateVersion=1"
        token: str = json.loads(await self._ask("POST", target))["connectionToken"]
        return token

    async def _ask(self, method: str, target: str, body: bytes = b"") -> bytes:
        """The body of an answer. Raises ``EOFError`` for any but 200, 202 and 204."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(_request(method, target, body, "Connection: close"))
            head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
            if head.split()[1:2] not in ([b"200"], [b"202"], [b"204"]):
                raise EOFError
            return answer
        finally:
            writer.close()


def _request(method: str, target: str, body: bytes, *headers: str) -> bytes:
    lines = (
        f"{method} {target} HTTP/1.1",
        "Host: localhost",
        f"Content-Length: {len(body)}",
        *headers,
    )
    return "\r\n".join((*lines, "", "")).encode() + body


def make_contexts(port: int) -> None:
    """Make the hub contexts to which the clients subscribe."""
    for name in CONTEXTS:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        declared = {"name": name, "path": f"/{name}", "intervalMs": 200}
        headers = {"Content-Type": "application/json"}
        body = json.dumps(declared)
        connection.request("POST", "/api/manage/hub-contexts", body, headers)
        if connection.getresponse().status != 201:
            raise SystemExit(f"the hub context {name} could not be made")
        connection.close()


async def soak(server: Running, number: int, minutes: float) -> list[Sample]:
    """Samples of a server under ``number`` clients."""
    clients = HubClients(server.port, seed=1)
    tasks = [asyncio.create_task(clients.keep_one()) for _ in range(number)]
    samples, began = [look(server, clients, 0.0)], time.monotonic()
    while samples[-1].at < minutes * 60:
        await asyncio.sleep(EVERY)
        at = time.monotonic() - began
        samples.append(await asyncio.to_thread(look, server, clients, at))
        show(samples[-1])
    left = set(tasks)
    while left:  # a task that is just given what it waited for may not hear of it
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=1)
    if clients.refused:
        print(f"{clients.refused} clients were refused or cut off")
    return samples


def is_flat(samples: Sequence[Sample], minutes: float) -> bool:
    """Print how memory went; whether it is flat."""
    settled = min(SETTLING, minutes / 5) * 60
    before, after = growth([each for each in samples if each.at >= settled])
    flat = after - before <= max(FLAT_KB, before * FLAT_SHARE)
    print(
        f"\nMemory after {settled / 60:.1f} minutes: {before / 1024:.1f} MB, "
        f"at the end: {after / 1024:.1f} MB; {'flat' if flat else 'NOT FLAT'}"
    )
    return flat


def main() -> int:
    """Print the table; 1 where memory is not flat or anything is left."""
    program = "scripts/bench hub_soak"
    parser = argparse.ArgumentParser(prog=program, description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=200)
    wanted = parser.parse_args()
    print(f"{'minute':>8}{'RSS MB':>10}{'files':>8}{'streams':>9}{'opened':>9}", end="")
    print(f"{'messages':>12}")
    with running(OBJECTS) as server:
        make_contexts(server.port)
        samples = asyncio.run(soak(server, wanted.clients, wanted.minutes))
        flat = is_flat(samples, wanted.minutes)
        time.sleep(_UNTIL_FORGOTTEN)
        rest = look(server, HubClients(server.port, 0), 0.0)
    files = rest.descriptors - samples[0].descriptors
    print(f"Left when all have gone: {rest.streams} streams, {files} files more")
    return 0 if flat and not rest.streams and files <= _FILES else 1


if __name__ == "__main__":
    sys.exit(main())
