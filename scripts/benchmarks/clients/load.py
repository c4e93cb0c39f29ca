"""The load client: many streams on one event loop in C, in a process of its own.

    python load.py '{"port": 5000, "path": "/...", "streams": 200, ...}'

prints one line of JSON: events, seconds, the client's share of its core, gaps
between the events of a stream and times to the first one, in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from array import array
from typing import Any

import uvloop


class Reader(asyncio.Protocol):
    """One stream. What comes in the first piece is not counted."""

    def __init__(self, load: Load) -> None:
        """Report to ``load``."""
        self.load = load
        self.last = 0.0
        self.opened = 0.0
        self.seen = 0
        self.tail = b""

    def connection_made(self, transport: Any) -> None:
        """Ask for the stream."""
        self.load.transports.append(transport)
        self.opened = time.perf_counter()
        transport.write(self.load.next_request())

    def data_received(self, data: bytes) -> None:
        """Count what came; time it where times are wanted."""
        load = self.load
        found = data.count(load.mark)
        if not found:
            return
        now = time.perf_counter()
        if not self.seen:
            load.first.append(now - self.opened)
        elif load.counting:
            load.events += found
            if self.seen > 2 and found == 1:
                load.gaps.append(now - self.last)
            if load.arrivals is not None:
                load.arrived(data, now)
        self.seen += found
        self.last = now
        self.tail = data

    def missed(self) -> int:
        """How many events did not come, by the number in the last one's id."""
        *_, event = [line for line in self.tail.split(b"\n") if line[:4] == b"id: "]
        return int(event.rpartition(b"-")[2]) + 1 - self.seen

    def connection_lost(self, exc: Exception | None) -> None:
        """A stream that ends while it is measured is an error."""
        if self.load.running:
            self.load.lost += 1


class Load:
    """All streams of one measurement."""

    def __init__(self, port: int, path: str, mark: str) -> None:
        """Ask for ``path`` at ``port`` on this machine.

        ``mark`` is what every event has once, and nothing else has.
        """
        self.port = port
        self.mark = mark.encode()
        # Streams take turns with the numbers that stand in the path.
        self.numbers = 1
        self._opened = 0
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Accept: text/event-stream\r\n\r\n"
        ).encode()
        self.transports: list[Any] = []
        self.events = 0
        self.lost = 0
        self.gaps = array("d")
        self.first = array("d")
        self.counting = False
        self.running = True
        # When each event of a shared feed came first and last, and how often.
        self.arrivals: dict[bytes, tuple[float, float, int]] | None = None

    def next_request(self) -> bytes:
        """The request of the next stream."""
        number, self._opened = self._opened % self.numbers, self._opened + 1
        return self._request.replace(b"{number}", b"%d" % number)

    def arrived(self, data: bytes, now: float) -> None:
        """Note that one of the readers has the last event in ``data``."""
        assert self.arrivals is not None
        event_id = data.rpartition(b"id: ")[2].partition(b"\n")[0]
        first, _, count = self.arrivals.get(event_id, (now, now, 0))
        self.arrivals[event_id] = first, now, count + 1

    def last_after_first_ms(self) -> float:
        """Median over the events that all readers have; 0 without any."""
        spans = sorted(
            last - first
            for first, last, count in (self.arrivals or {}).values()
            if count == len(self.transports)
        )
        return round(spans[len(spans) // 2] * 1000, 1) if spans else 0.0

    async def run(
        self,
        streams: int,
        seconds: float,
        ramp: float,
        settle: float,
        numbered: bool = False,
        shared: bool = False,
        numbers: int = 1,
    ) -> dict[str, Any]:
        """Open ``streams`` in ``ramp`` seconds, wait, then count for ``seconds``.

        With ``numbered`` the ids are those of our contract, and what is missing
        among them is counted. With ``shared`` all streams get the same events, and
        it is looked at when each of them comes to the first and to the last.
        """
        self.numbers = numbers
        if shared:
            self.arrivals = {}
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        opening = []
        for number in range(streams):
            due = began + ramp * number / streams
            wait = due - time.perf_counter()
            if wait > 0.001:
                await asyncio.sleep(wait)
            opening.append(
                loop.create_task(
                    loop.create_connection(lambda: Reader(self), "127.0.0.1", self.port)
                )
            )
        await asyncio.gather(*opening)
        while len(self.first) < streams and time.perf_counter() - began < ramp + 30:
            await asyncio.sleep(0.05)
        await asyncio.sleep(settle)
        print("open", flush=True)
        self.counting = True
        start, used = time.perf_counter(), cpu_seconds()
        await asyncio.sleep(seconds)
        self.counting = False
        took, used = time.perf_counter() - start, cpu_seconds() - used
        print("counted", flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)
        self.running = False
        readers = [transport.get_protocol() for transport in self.transports]
        missed = sum(reader.missed() for reader in readers) if numbered else 0
        for transport in self.transports:
            transport.abort()
        return {
            "missed": missed,
            "streams": len(self.first),
            "lost": self.lost,
            "events": self.events,
            "seconds": took,
            "client_cpu": used / took,
            "gap_ms": quantiles(self.gaps),
            "first_ms": quantiles(self.first),
            "last_after_first_ms": self.last_after_first_ms(),
        }


def cpu_seconds() -> float:
    """What this process has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def quantiles(values: array[float]) -> dict[str, float]:
    """p50, p99 and p99.9 in milliseconds; empty without values."""
    ordered = sorted(values)
    if not ordered:
        return {}
    return {
        name: round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 3)
        for name, share in (("p50", 0.5), ("p99", 0.99), ("p999", 0.999))
    }


def main() -> None:
    """Run the measurement that the argument describes."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    wanted = json.loads(sys.argv[1])
    load = Load(wanted.pop("port"), wanted.pop("path"), wanted.pop("mark"))
    print(json.dumps(uvloop.run(load.run(**wanted))), flush=True)


if __name__ == "__main__":
    main()
