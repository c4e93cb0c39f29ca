"""``scripts/bench soak``: hundreds of streams that come and go, and what is held.

Clients open streams of all kinds, stay for a while and leave in every way there
is. Each is replaced at once by another. Resident memory, descriptors and open
streams are looked at every few seconds; after two minutes memory has to be flat.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import random
import socket
import statistics
import struct
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from serve import OBJECTS, Running, family, running

#: Seconds between two looks at the server.
EVERY = 5.0
#: Minutes that memory has to settle, or a fifth of a shorter soak.
SETTLING = 2.0
#: What memory may grow by between the two halves of the rest, and still be flat.
FLAT_KB, FLAT_SHARE = 2048, 0.02

MODES = ("LlmTokens", "CompleteObjects", "ArrayItems")
SHAPES = (
    '{"ticker":"AAPL","price":150.25}',
    '{"sensors":[{"id":"s1","temperature":21.5,"online":true}]}',
    '[{"orderId":1,"customer":"Ada","total":9.5,"placedAt":"2025-01-06T12:00:00Z"}]',
    '{"type":"object","properties":{"level":{"enum":["info","warning"]}}}',
)
PATHS = ("stocks/AAPL", "sensors", "users/42", "orders", "chat", "logs/api", "x")
#: So few that each has soon remembered as much as it may.
CONTEXTS = 20
LEAVING = ("close", "reset", "half-close")


@dataclass(frozen=True)
class Sample:
    """One look: seconds since the start, and what there was."""

    at: float
    resident_kb: int
    descriptors: int
    streams: int
    opened: int
    events: int


class Visit(asyncio.Protocol):
    """One stream, from its request to its end."""

    def __init__(self, request: bytes, clients: Clients) -> None:
        """Tell ``clients`` what comes."""
        self._request = request
        self._clients = clients
        self._transport: Any = None
        self._last = b""
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Ask for the stream."""
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count the events, of which one may be cut in two."""
        self._clients.events += (self._last + data).count(b"\n\n")
        self._last = data[-1:]

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended by itself, or was left."""
        if not self.over.done():
            self.over.set_result(None)

    async def leave(self, way: str) -> None:
        """Begin its end as ``way`` says, one of ``LEAVING``."""
        if way == "half-close":
            self._transport.write_eof()
            await asyncio.wait([self.over], timeout=5)
        elif way == "reset":
            sock = self._transport.get_extra_info("socket")
            linger = struct.pack("ii", 1, 0)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def abort(self) -> None:
        """Have no connection from now on."""
        self._transport.abort()


class Clients:
    """So many streams, each replaced when it is over."""

    def __init__(self, port: int, seed: int) -> None:
        """At ``port`` of this machine; ``seed`` decides who comes and goes when."""
        self._port = port
        self._random = random.Random(seed)
        self.opened = 0
        self.events = 0
        self.refused = 0

    async def keep_one(self) -> None:
        """One stream after the other, for ever."""
        chance = self._random
        loop = asyncio.get_running_loop()
        await asyncio.sleep(chance.uniform(0, 5))
        while True:
            visit = Visit(self._make_request(), self)
            try:
                await loop.create_connection(lambda: visit, "127.0.0.1", self._port)
            except OSError:
                self.refused += 1
                await asyncio.sleep(1)
                continue
            self.opened += 1
            stay = min(chance.expovariate(1 / 15), 120)
            try:
                await asyncio.wait([visit.over], timeout=stay)
                if not visit.over.done():
                    await visit.leave(chance.choice(LEAVING))
            finally:  # the soak may be over
                visit.abort()

    def _make_request(self) -> bytes:
        chance = self._random
        query = [f"sseMode={chance.choice(MODES)}"]
        if chance.random() < 0.9:
            query += [
                "continuous=true",
                f"interval={chance.choice((200, 500, 1000, 2000, 60_000))}",
                f"maxDuration={chance.choice((0, 0, 5, 30))}",
            ]
        if chance.random() < 0.6:
            query.append(f"shape={quote(chance.choice(SHAPES))}")
        if chance.random() < 0.2:
            query.append(f"contextName=session-{chance.randrange(CONTEXTS)}")
        path = chance.choice(PATHS)
        lines = [
            f"GET /api/mock/stream/{path}?{'&'.join(query)} HTTP/1.1",
            "Host: localhost",
            "Connection: close",
        ]
        if chance.random() < 0.01:
            lines.append("Last-Event-ID: 0123456789abcdef-7-end")
        return "\r\n".join((*lines, "", "")).encode()


async def soak(server: Running, streams: int, minutes: float) -> list[Sample]:
    """Samples of a server under ``streams`` streams."""
    clients = Clients(server.port, seed=1)
    tasks = [asyncio.create_task(clients.keep_one()) for _ in range(streams)]
    samples, began = [look(server, clients, 0.0)], time.monotonic()
    show(samples[0])
    shown = 0.0
    while samples[-1].at < minutes * 60:
        await asyncio.sleep(EVERY)
        at = time.monotonic() - began
        samples.append(await asyncio.to_thread(look, server, clients, at))
        if at - shown >= min(30, minutes * 6):
            shown = at
            show(samples[-1])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if clients.refused:
        print(f"{clients.refused} connections were refused")
    return samples


def look(server: Running, clients: Clients, at: float) -> Sample:
    """What the server holds now."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/api/manage/streams?limit=1")
    streams = json.loads(connection.getresponse().read())["total"]
    connection.close()
    return Sample(
        at,
        server.resident_kb(),
        sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in family(server.pid)),
        streams,
        clients.opened,
        clients.events,
    )


def show(sample: Sample) -> None:
    """A line of the table."""
    print(
        f"{sample.at / 60:8.1f}{sample.resident_kb / 1024:10.1f}{sample.descriptors:8}"
        f"{sample.streams:9}{sample.opened:9,}{sample.events:12,}",
        flush=True,
    )


def growth(samples: Sequence[Sample]) -> tuple[float, float]:
    """Median memory of the first and of the last third, in KB."""
    third = max(len(samples) // 3, 1)
    first, last = samples[:third], samples[-third:]
    return (
        statistics.median(sample.resident_kb for sample in first),
        statistics.median(sample.resident_kb for sample in last),
    )


def main() -> int:
    """Print the table; 1 where memory is not flat."""
    parser = argparse.ArgumentParser(prog="scripts/bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--streams", type=int, default=500)
    wanted = parser.parse_args()
    print(f"{'minute':>8}{'RSS MB':>10}{'files':>8}{'streams':>9}{'opened':>9}", end="")
    print(f"{'events':>12}")
    with running(OBJECTS) as server:
        samples = asyncio.run(soak(server, wanted.streams, wanted.minutes))
        settled = min(SETTLING, wanted.minutes / 5) * 60
        before, after = growth([each for each in samples if each.at >= settled])
        left = look_at_rest(server, samples[0])
    limit = max(FLAT_KB, before * FLAT_SHARE)
    flat = after - before <= limit
    print(
        f"\nMemory after {settled / 60:.1f} minutes: {before / 1024:.1f} MB, "
        f"at the end: {after / 1024:.1f} MB; {'flat' if flat else 'NOT FLAT'}\n{left}"
    )
    return 0 if flat else 1


def look_at_rest(server: Running, before: Sample) -> str:
    """What is left when everybody has gone."""
    time.sleep(7)  # longer than an idle connection is kept
    rest = look(server, Clients(server.port, 0), 0.0)
    return (
        f"Left when all have gone: {rest.streams} streams, "
        f"{rest.descriptors - before.descriptors} files more than at the start, "
        f"{rest.resident_kb / 1024:.1f} MB"
    )


if __name__ == "__main__":
    sys.exit(main())
