"""``scripts/bench hub``: what a hub's clients cost, beside a bare loop and feeds.

Idle WebSockets: the memory of the worker for each. A group: messages for each second
of the worker's CPU, in turns beside a bare gevent loop that sends ready frames of the
same size as often, and beside a shared feed over Server-Sent Events. Once at a pace
at which every message is a send of its own, and once as fast as it goes, which is a
message a millisecond: then several messages leave in one send. The server has one
core and the client the other.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HUB = "/hub/mock"
#: Times from one message to the next, in milliseconds.
INTERVALS_MS = (10, 1)
SERVER_CORE, CLIENT_CORE = "0", "1"
CONFIG = """
MockLlmApi:
  LogLevel: warning
  MaxConcurrentStreams: 20000
  HubContexts:
    - Name: bench
      Path: /stocks
      IntervalMs: {interval_ms}
      Shape: {{ticker: AAPL, price: 189.5, volume: 1200}}
"""
FEED = (
    "/api/mock/stream/stocks?feed=bench&continuous=true&interval={interval_ms}"
    "&maxDuration=0&sseMode=CompleteObjects"
    "&shape=%7B%22ticker%22:%22AAPL%22,%22price%22:189.5,%22volume%22:1200%7D"
)
#: A frame of the size of a context's message.
FRAME = b"\x81\x7e\x00\xb0" + b"x" * 176


def port_of(process: subprocess.Popen[str]) -> int:
    """The port that a server prints."""
    assert process.stdout is not None
    for line in process.stdout:
        if "http://" in line:
            return int(
                line.rsplit("http://", 1)[1].split("/")[0].split()[0].rsplit(":")[-1]
            )
    raise SystemExit("the server did not start")


@contextmanager
def ours(interval_ms: int) -> Iterator[tuple[int, int]]:
    """The service: its port, and the process that serves."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.yaml")
        config.write_text(CONFIG.format(interval_ms=interval_ms))
        environment = {**os.environ, "PORT": "0", "CONFIG": str(config)}
        with running([str(ROOT / "scripts" / "serve")], environment) as master:
            port = port_of(master)
            children = Path(f"/proc/{master.pid}/task/{master.pid}/children")
            yield port, int(children.read_text().split()[0])


@contextmanager
def bare(interval_ms: int) -> Iterator[tuple[int, int]]:
    """A loop that sends ready frames to whoever has connected."""
    program = Path(__file__).parent / "servers" / "ready_frames.py"
    command = [sys.executable, str(program), str(interval_ms)]
    with running(command, dict(os.environ)) as process:
        yield port_of(process), process.pid


@contextmanager
def running(
    command: Sequence[str], environment: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A process, until the block ends."""
    process = subprocess.Popen(
        ["taskset", "-c", SERVER_CORE, *command],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


# -- clients ---------------------------------------------------------------------


def frame(text: bytes) -> bytes:
    """A client's frame of text."""
    return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text


UPGRADE = (
    f"GET {HUB} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
).encode()
HANDSHAKE = frame(b'{"protocol":"json","version":1}\x1e')
SUBSCRIBE = frame(b'{"type":1,"target":"SubscribeToContext","arguments":["bench"]}\x1e')


def websocket(port: int) -> socket.socket:
    """A client that has shaken hands."""
    sock = socket.create_connection(("127.0.0.1", port), 10)
    sock.sendall(UPGRADE)
    while b"\r\n\r\n" not in sock.recv(4096):
        pass
    sock.sendall(HANDSHAKE)
    received = b""
    while b"Connected" not in received:
        received += sock.recv(4096)
    return sock


def subscriber(port: int) -> socket.socket:
    """A client that gets the messages of the group."""
    sock = websocket(port)
    sock.sendall(SUBSCRIBE)
    return sock


def reader(port: int, interval_ms: int) -> socket.socket:
    """A client of the shared feed."""
    sock = socket.create_connection(("127.0.0.1", port), 10)
    path = FEED.format(interval_ms=interval_ms)
    sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    sock.recv(1)  # it is subscribed
    return sock


def anyone(port: int) -> socket.socket:
    """A client of the bare loop."""
    sock = socket.create_connection(("127.0.0.1", port), 10)
    sock.sendall(b"go")
    return sock


def received(clients: Sequence[socket.socket], mark: bytes, seconds: float) -> int:
    """How many messages with ``mark`` reach the clients in that time."""
    poll = select.epoll()
    by_number = {client.fileno(): client for client in clients}
    for number, client in by_number.items():
        client.setblocking(False)
        poll.register(number, select.EPOLLIN)
    count, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        for number, _ in poll.poll(0.1):
            count += by_number[number].recv(1 << 18).count(mark)
    poll.close()
    return count


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> int:
    """The memory of a process in KB, its part of what is shared included."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise SystemExit("this system does not tell the memory of a process")


# -- measurements ----------------------------------------------------------------


def rate(
    server: Callable[[int], object],
    interval_ms: int,
    connect: Callable[[int], socket.socket],
    mark: bytes,
    clients: int,
    seconds: float,
) -> float:
    """Messages for each second of the server's CPU."""
    with server(interval_ms) as (port, pid):  # type: ignore[attr-defined]
        connected = [connect(port) for _ in range(clients)]
        received(connected, mark, 0.5)
        began = cpu(pid)
        count = received(connected, mark, seconds)
        used = cpu(pid) - began
        for client in connected:
            client.close()
        return count / used


def per_idle(clients: int) -> float:
    """KB of memory for each idle WebSocket."""
    with ours(1000) as (port, pid):
        first = [websocket(port) for _ in range(50)]
        before = memory(pid)
        more = [websocket(port) for _ in range(clients)]
        grown = memory(pid) - before
        for client in first + more:
            client.close()
        return grown / clients


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench hub", description=__doc__)
    parser.add_argument("--idle", type=int, default=3000, help="idle WebSockets")
    parser.add_argument("--group", type=int, default=1000, help="clients of the group")
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement")
    parser.add_argument("--runs", type=int, default=3, help="of each server, in turns")
    given = parser.parse_args()
    os.sched_setaffinity(0, {int(CLIENT_CORE)})
    print(f"KB for each of {given.idle} idle WebSockets: {per_idle(given.idle):.1f}")
    for interval_ms in INTERVALS_MS:
        compare(interval_ms, given.group, given.seconds, given.runs)


def compare(interval_ms: int, group: int, seconds: float, runs: int) -> None:
    """Measure the servers in turns, and print their medians."""
    servers = {
        "hub": (ours, subscriber, b'"type":1'),
        "bare loop": (bare, anyone, b"\x81\x7e"),
        "shared feed": (ours, partial(reader, interval_ms=interval_ms), b"data: "),
    }
    rates: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(runs):
        for name, (server, connect, mark) in servers.items():
            found = rate(server, interval_ms, connect, mark, group, seconds)
            rates[name].append(found)
    print(f"a message each {interval_ms} ms to {group} clients, for a second of CPU")
    for name, found in rates.items():
        print(f"  {name}: {statistics.median(found):,.0f} messages")
    ratios = [hub / loop for hub, loop in zip(rates["hub"], rates["bare loop"])]
    print(f"  hub beside the bare loop: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
