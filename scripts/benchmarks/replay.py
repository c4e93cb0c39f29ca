"""``scripts/bench replay``: how near a replay is to the times of its recording.

A real stream of the service, with gaps by chance, is recorded by the command, and the
recording is replayed at speeds 1 and 10, to one client and to many at a time. Of each
gap the time is told by which it differs from the recorded one, divided by the speed.
As fast as can be, it is events for each second. Takes about forty seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: The longest that the 99th percentile may be off at speed 1, in milliseconds.
PROMISED_MS = 5.0
SOURCE = {
    "Path": "/source",
    "Stream": {
        "IntervalMs": 20,
        "Gaps": "poisson",
        "Events": [{"Event": "price", "Shape": {"ticker": "AAPL", "price": 189.5}}],
    },
}


@contextmanager
def service(routes: Sequence[Any]) -> Iterator[int]:
    """The service with these routes: its port."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.json")
        settings = {"LogLevel": "warning", "Routes": list(routes)}
        config.write_text(json.dumps({"MockLlmApi": settings}))
        environment = {**os.environ, "PORT": "0", "CONFIG": str(config)}
        process = subprocess.Popen(
            [str(ROOT / "scripts" / "serve")],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if "http://" in line:
                    address = line.rsplit("http://", 1)[1].split("/")[0].split()[0]
                    yield int(address.rsplit(":", 1)[1])
                    return
            raise SystemExit("the server did not start")
        finally:
            process.terminate()
            process.wait(30)


def record(port: int, file: Path, seconds: float) -> list[float]:
    """Record the source; the moments of its events, in milliseconds."""
    url = f"http://127.0.0.1:{port}/source"
    command = [str(ROOT / "scripts/record"), url, "-o", str(file)]
    subprocess.run(
        [*command, "--seconds", str(seconds)], check=True, stderr=subprocess.DEVNULL
    )
    entries = [json.loads(line) for line in file.read_text().splitlines()[1:]]
    return [entry["at_ms"] for entry in entries if "data" in entry]


def read(port: int, path: str, clients: int) -> list[list[float]]:
    """The moments at which each client had each event, in milliseconds.

    A read that brings several events is the moment of all of them.
    """
    selector = selectors.DefaultSelector()
    moments: list[list[float]] = [[] for _ in range(clients)]
    for each in moments:
        sock = socket.create_connection(("127.0.0.1", port), 10)
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        selector.register(sock, selectors.EVENT_READ, each)
    left = clients
    while left:
        for key, _ in selector.select():
            data = key.fileobj.recv(1 << 18)  # type: ignore[union-attr]
            now = time.perf_counter() * 1000
            key.data.extend([now] * data.count(b"data: "))
            if not data or data.endswith(b"0\r\n\r\n"):
                selector.unregister(key.fileobj)
                left -= 1
    return moments


def errors(
    recorded: Sequence[float], read: Sequence[float], speed: float
) -> list[float]:
    """How far each gap is off, in milliseconds."""
    wanted = [(later - sooner) / speed for sooner, later in pairwise(recorded)]
    found = [later - sooner for sooner, later in pairwise(read)]
    return [abs(a - b) for a, b in zip(found, wanted, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of them lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="of the recording")
    parser.add_argument("--clients", type=int, default=100, help="most at a time")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "source.jsonl")
        with service([SOURCE]) as port:
            recorded = record(port, file, chosen.seconds)
        speeds = (1, 10, 1_000_000)
        replays = [
            {
                "Path": f"/at/{speed}",
                "Stream": {"Replay": {"File": str(file), "Speed": speed}},
            }
            for speed in speeds
        ]
        with service(replays) as port:
            table(port, recorded, chosen.clients)


def table(port: int, recorded: Sequence[float], most: int) -> None:
    """A row for each speed and number of clients."""
    print(f"{len(recorded)} events in {recorded[-1] / 1000:.1f} s\n")
    print("speed  clients    p50 ms    p99 ms    max ms")
    for speed in (1, 10):
        for clients in (1, most):
            off = [
                error
                for moments in read(port, f"/at/{speed}", clients)
                for error in errors(recorded, moments, speed)
            ]
            shown = [percentile(off, share) for share in (0.5, 0.99, 1)]
            row = " ".join(f"{value:9.2f}" for value in shown)
            mark = " (promised: below 5)" if speed == 1 else ""
            print(f"{speed:5}  {clients:7} {row}{mark}", flush=True)
            if speed == 1 and shown[1] >= PROMISED_MS:
                print("       the 99th percentile is beyond what is promised")
    began = time.perf_counter()
    count = sum(len(each) for each in read(port, "/at/1000000", most))
    rate = count / (time.perf_counter() - began)
    print(f"\nas fast as can be, to {most} clients: {rate:,.0f} events/s")


if __name__ == "__main__":
    main()
