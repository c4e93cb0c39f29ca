"""Going down and making way: everybody hears the end, and nobody is lost."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from tests.system.server import Server, serve
from tests.system.wire import connect, read_until, wait_until

#: Elements of a regular stream come so far apart, in milliseconds.
APART = 400
SLOW_ELEMENTS = f"""
MockLlmApi:
  StreamingChunkDelayMinMs: {APART}
  StreamingChunkDelayMaxMs: {APART}
"""
CONTINUOUS = (
    "interval=60000&sseMode=LlmTokens",
    "interval=60000&sseMode=CompleteObjects",
    "interval=60000&sseMode=ArrayItems",
    "interval=1&sseMode=CompleteObjects",
)


def begun(server: Server, target: str) -> socket.socket:
    """A stream of which the first event has arrived."""
    sock = connect(server, f"/api/mock/stream/{target}")
    assert b" 200 " in read_until(sock, b"\n\n").split(b"\r\n")[0]
    return sock


def rest(sock: socket.socket) -> tuple[bytes, float]:
    """Everything up to the end of the connection, and when that was."""
    received = b""
    while more := sock.recv(65536):
        received += more
    sock.close()
    return received, time.monotonic()


def status(server: Server, path: str) -> tuple[int, str | None]:
    """Status and Retry-After, on a connection of its own."""
    connection = http.client.HTTPConnection(*server.address, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.getheader("Retry-After")
    finally:
        connection.close()


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_ends_tells_everyone_and_waits_for_regular_streams(
    order: signal.Signals,
) -> None:
    with serve(SLOW_ELEMENTS) as server:
        continuous = [
            begun(server, f"a?continuous=true&{query}")
            for query in CONTINUOUS
            for _ in range(5)
        ]
        regular = begun(server, "b?sseMode=ArrayItems&shape=[1]&count=8")

        server.process.send_signal(order)
        told = time.monotonic()

        with ThreadPoolExecutor(len(continuous)) as pool:
            ends = list(pool.map(rest, continuous))
        for received, at in ends:
            assert received.count(b'"type":"end"') == 1
            # A finished stream's last id; with it, the client would not come back.
            assert b"-end\n" not in received
            assert b'"message":"Server shutting down"' in received
            assert b'"done":true}\n\n' in received
            assert at - told < 1
        assert status(server, "/readyz") == (503, None)
        assert status(server, "/healthz") == (200, None)
        assert status(server, "/api/mock/stream/a?continuous=true") == (503, "1")

        received, at = rest(regular)
        assert received.count(b"data: ") == 8 - 1
        assert b'"hasMore":false,"done":true}\n\n' in received
        assert server.wait() == 0
        assert time.monotonic() - at < 4
        assert "SIGKILL" not in server.log()


def test_what_takes_longer_than_the_grace_period_hears_the_end_too() -> None:
    config = f"{SLOW_ELEMENTS}  DrainSeconds: 1\n"
    with serve(config) as server:
        regular = begun(server, "b?sseMode=ArrayItems&shape=[1]&count=500")
        server.process.send_signal(signal.SIGTERM)
        told = time.monotonic()
        received, at = rest(regular)
        assert 1 <= at - told < 2
        assert b'"reason":"shutdown","done":true}\n\n' in received
        assert server.wait() == 0
        assert "SIGKILL" not in server.log()


def test_who_interrupts_twice_waits_for_nobody() -> None:
    with serve(SLOW_ELEMENTS) as server:
        regular = begun(server, "b?sseMode=ArrayItems&shape=[1]&count=500")
        server.process.send_signal(signal.SIGINT)
        wait_until(lambda: status(server, "/readyz")[0] == 503, 2)
        server.process.send_signal(signal.SIGINT)
        told = time.monotonic()
        rest(regular)
        assert server.wait() == 0
        assert time.monotonic() - told < 2.5


def test_an_idle_connection_holds_nobody_up() -> None:
    with serve() as server:
        connection = http.client.HTTPConnection(*server.address, timeout=5)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
        told = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - told < 4  # keepalive is 5
        connection.close()


# Under load


@dataclass
class Crowd:
    """Clients that open one short stream after the other."""

    server: Server
    finished: int = 0
    told: int = 0
    losses: list[str] = field(default_factory=list)
    leaving: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.leaving.is_set():
            try:
                self._one_stream()
            except OSError as error:
                self.losses.append(repr(error))

    def _one_stream(self) -> None:
        connection = http.client.HTTPConnection(*self.server.address, timeout=20)
        target = "a?continuous=true&interval=50&maxDuration=1&sseMode=CompleteObjects"
        connection.request("GET", f"/api/mock/stream/{target}")
        response = connection.getresponse()
        received = response.read()
        connection.close()
        if response.status != 200:
            self.losses.append(f"{response.status} {received[:200]!r}")
            return
        last = json.loads(received.split(b"data: ")[-1])
        if last.get("type") != "end":
            self.losses.append(repr(received[-200:]))
        self.told += last.get("reason") == "shutdown"
        self.finished += 1


@contextmanager
def crowd(server: Server, size: int = 50) -> Iterator[Crowd]:
    clients = Crowd(server)
    threads = [threading.Thread(target=clients.run) for _ in range(size)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: clients.finished >= size, 15)
        yield clients
    finally:
        clients.leaving.set()
        for thread in threads:
            thread.join(30)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_rolling_reload_loses_nobody(workers: int) -> None:
    shared = {"MockLlmApi__PerWorkerState": "true"}
    with serve(env=shared, workers=workers) as server, crowd(server) as clients:
        server.process.send_signal(signal.SIGHUP)
        wait_for_exits(server, workers)
        wait_for_more(clients)
        clients.leaving.set()
    assert clients.losses == []
    assert clients.told > 0


def wait_for_exits(server: Server, count: int) -> None:
    wait_until(lambda: server.log().count("Worker exiting") >= count, 40)


def wait_for_more(clients: Crowd) -> None:
    finished = clients.finished
    wait_until(lambda: clients.finished > finished + 50, 20)


def test_a_worker_that_makes_way_after_its_share_of_requests_loses_nobody() -> None:
    often = {"GUNICORN_CMD_ARGS": "--max-requests 80"}
    with serve(env=often) as server, crowd(server) as clients:
        wait_for_exits(server, 2)
        wait_for_more(clients)
        clients.leaving.set()
    assert clients.losses == []
    assert clients.told > 0
