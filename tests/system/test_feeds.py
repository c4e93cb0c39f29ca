"""Shared feeds over TCP: slow readers, silence, and clients that resume."""

from __future__ import annotations

import json
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse
from typing import Any

import pytest

from app.sse.parser import SseParser
from tests.system.feed_order import check_order
from tests.system.server import Server, serve
from tests.system.wire import connect, get_json, read_until, wait_until

_STREAM = "/api/mock/stream/stocks"
_TICKER = f"{_STREAM}?feed=ticker&sseMode=CompleteObjects&maxDuration=0&interval="
#: An event of some 4 KB, so that a socket that nobody reads is soon full.
_HEAVY = '&shape={"text":"%s"}' % ("x" * 4000)

_CONFIG = """
MockLlmApi:
  HeartbeatSeconds: 1
  FeedQueueEvents: 20
  FeedHistory: 500
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(_CONFIG) as running:
        yield running


@pytest.fixture
def closing_server() -> Iterator[Server]:
    with serve(f"{_CONFIG}  FeedOverflow: close\n") as running:
        yield running


class Client(threading.Thread):
    """Reads one response in a thread; events as their id and data."""

    def __init__(self, server: Server, target: str) -> None:
        super().__init__(daemon=True)
        self.sock = connect(server, target)
        self.response = HTTPResponse(self.sock)
        self.response.begin()
        self.parser = SseParser()
        self.events: list[tuple[str, Any]] = []
        self.beats = 0
        self.is_over = False
        self.start()

    def run(self) -> None:
        with suppress(OSError):  # it may be cut off
            for line in self.response:
                self._read(line)
        self.is_over = True

    def _read(self, line: bytes) -> None:
        for event in self.parser.feed(line):
            if event.data is not None and event.fields is not None:
                last = (event.fields.id or b"").decode()
                self.events.append((last, json.loads(event.data)))
            else:
                self.beats += 1

    def leave(self) -> None:
        """End the connection, and the thread with it."""
        self.sock.shutdown(socket.SHUT_RDWR)
        self.join(10)

    def wait_for(self, count: int) -> None:
        wait_until(lambda: len(self.events) >= count or self.is_over, 20)


def test_a_hundred_subscribers_get_the_same_events_in_order(server: Server) -> None:
    clients = [
        Client(server, f"{_TICKER}50".replace("ticker", "many")) for _ in range(100)
    ]
    for client in clients:
        client.wait_for(30)
    seen: dict[str, Any] = {}
    for client in clients:
        assert check_order(client.events) == 0
        for last, data in client.events[1:]:
            assert seen.setdefault(last, data) == data
    urllib.request.urlopen(
        urllib.request.Request(f"{server.url}/api/manage/feeds/many", method="DELETE")
    ).close()
    wait_until(lambda: all(client.is_over for client in clients), 10)
    for client in clients:
        last, end = client.events[-1]
        assert end["reason"] == "stopped"
        assert last == f"{client.events[-2][0]}-end"


def test_a_client_of_an_old_protocol_gets_no_chunks(server: Server) -> None:
    sock = socket.create_connection(server.address, timeout=10)
    sock.sendall(f"GET {_TICKER}20 HTTP/1.0\r\n\r\n".encode())
    received = read_until(sock, b"ticker-")
    while received.count(b"\nid: ticker-") < 10:
        received += sock.recv(65536)
    body = received.split(b"\r\n\r\n", 1)[1]
    assert b"\r" not in body
    sock.close()


def test_a_reader_that_falls_behind_is_told_and_slows_nobody(server: Server) -> None:
    target = f"{_TICKER}5{_HEAVY}".replace("ticker", "heavy")
    quick = Client(server, target)
    slow = connect(server, target)
    quick.wait_for(2)
    before = len(quick.events)
    wait_until(
        lambda: get_json(server, "/api/manage/feeds/heavy")["lagEvents"] > 30, 20
    )
    assert check_order(quick.events) == 0
    assert len(quick.events) > before + 30
    parser, events = SseParser(), []
    stream = slow.makefile("rb")
    while stream.readline() != b"\r\n":
        pass
    while sum("missed" in data for _, data in events) == 0 or len(events) < 100:
        size = int(stream.readline(), 16)
        for event in parser.feed(stream.read(size)):
            assert event.data is not None and event.fields is not None
            last = (event.fields.id or b"").decode()
            events.append((last, json.loads(event.data)))
        stream.readline()
    assert check_order(events) > 0
    assert get_json(server, "/api/manage/feeds/heavy")["skipped"] > 0
    slow.close()
    quick.leave()


def test_a_reader_that_falls_behind_can_be_closed_to_resume(
    closing_server: Server,
) -> None:
    target = f"{_TICKER}5{_HEAVY}"
    quick = Client(closing_server, target)
    slow = connect(closing_server, target)
    wait_until(
        lambda: get_json(closing_server, "/api/manage/feeds/ticker")["lagEvents"] > 40,
        20,
    )
    received = b""
    while more := slow.recv(1 << 20):
        received += more
    assert received.endswith(b"0\r\n\r\n")
    assert b'"type":"end"' not in received and b'"type":"gap"' not in received
    assert check_order(quick.events) == 0
    quick.leave()


def test_a_silent_feed_shows_life_and_then_goes_on(server: Server) -> None:
    client = Client(server, f"{_TICKER}2500".replace("ticker", "silent"))
    client.wait_for(3)
    assert client.beats >= 2
    assert check_order(client.events) == 0
    client.leave()
