"""One request, however much it asks for, does not stop the others."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.figures import workers
from tests.system.server import Server, serve
from tests.system.wire import get_json, open_stream
from tests.unit.hostile import INPUTS, Hostile

pytestmark = pytest.mark.alone

#: The longest that anybody waits for the server's work on somebody else's request,
#: in seconds of its CPU: other programs of the machine do not count. Half of it is
#: kept on a processor that nothing else slows down.
MAX_STALL_S = 0.2
#: The most that one request takes, in seconds of CPU.
MAX_CPU_S = 4.0
#: Time for one request to be answered or refused, in seconds.
MAX_ANSWER_S = 30


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve("MockLlmApi: {LogLevel: warning}") as running:
        yield running


class Ticker:
    """A stream of an event every 20 ms, and the most CPU between two of its events."""

    def __init__(self, server: Server) -> None:
        self._sock = open_stream(server, "interval=20&maxDuration=0")
        (pid,) = workers(server)
        self._schedule = Path(f"/proc/{pid}/schedstat")
        self.longest = 0.0
        self.began = self._latest = self._cpu()

    def _cpu(self) -> float:
        """Seconds of CPU that the worker has taken since its start."""
        return int(self._schedule.read_text().split()[0]) / 1e9

    def watch(self, seconds: float) -> None:
        """Read what comes within ``seconds``."""
        self._sock.settimeout(seconds)
        try:
            events = self._sock.recv(1 << 16).count(b"\n\n")
        except TimeoutError:
            events = 0
        now = self._cpu()
        self.longest = max(self.longest, (now - self._latest) / max(events, 1))
        if events:
            self._latest = now

    @property
    def spent(self) -> float:
        """Seconds of CPU since it began."""
        return self._latest - self.began

    def close(self) -> None:
        """Leave."""
        self._sock.close()


def asked(hostile: Hostile, stream: bool) -> bytes:
    """A request for the shape, as a POST."""
    query = "" if hostile.count is None else f"&count={hostile.count}"
    kind, more = ("stream/", "&continuous=true&interval=1") if stream else ("", "")
    target = f"/api/mock/{kind}{hostile.path}?sseMode=CompleteObjects{query}{more}"
    return posted(target, None if hostile.shape is None else {"shape": hostile.shape})


def posted(target: str, value: Any) -> bytes:
    """A POST of JSON, or of nothing."""
    body = b"" if value is None else json.dumps(value).encode()
    head = (
        f"POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def test_no_hostile_request_keeps_others_waiting(server: Server) -> None:
    waited: dict[str, float] = {}
    spent: dict[str, float] = {}
    for name, hostile in INPUTS.items():
        ticker = Ticker(server)
        with socket.create_connection(server.address, timeout=MAX_ANSWER_S) as sock:
            sock.sendall(asked(hostile, stream=False))
            sock.setblocking(False)
            began = time.monotonic()
            while not _has_ended(sock):
                ticker.watch(0.05)
                assert time.monotonic() - began < MAX_ANSWER_S, name
        ticker.watch(0.05)
        ticker.close()
        waited[name], spent[name] = ticker.longest, ticker.spent
    assert not {name: s for name, s in waited.items() if s > MAX_STALL_S}
    assert not {name: s for name, s in spent.items() if s > MAX_CPU_S}


def test_no_hostile_route_keeps_others_waiting(server: Server) -> None:
    shape = INPUTS["1 000 patterns"].shape
    ticker = Ticker(server)
    with socket.create_connection(server.address, timeout=MAX_ANSWER_S) as sock:
        sock.sendall(posted("/api/manage/routes", {"path": "/p", "shape": shape}))
        sock.setblocking(False)
        began = time.monotonic()
        while not _has_ended(sock):
            ticker.watch(0.05)
            assert time.monotonic() - began < MAX_ANSWER_S
    ticker.watch(0.05)
    ticker.close()
    assert len(get_json(server, "/api/manage/routes")["routes"]) == 1
    assert ticker.longest < MAX_STALL_S


def test_a_stream_that_cannot_keep_its_interval_leaves_others_theirs(
    server: Server,
) -> None:
    ticker = Ticker(server)
    with socket.create_connection(server.address, timeout=MAX_ANSWER_S) as sock:
        sock.sendall(asked(INPUTS["a thousand records"], stream=True))
        sock.setblocking(False)
        began = time.monotonic()
        while time.monotonic() - began < 2:
            _has_ended(sock)
            ticker.watch(0.05)
    ticker.close()
    assert ticker.longest < MAX_STALL_S


def _has_ended(sock: socket.socket) -> bool:
    """Read what there is; whether the answer is complete."""
    try:
        while received := sock.recv(1 << 20):
            assert received
        return True
    except BlockingIOError:
        return False
