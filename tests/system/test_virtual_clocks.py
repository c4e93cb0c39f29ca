"""Virtual clocks over TCP: slow clients, neighbours, and two workers."""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.integration.redis_server import redis_server
from tests.system.server import Server, serve
from tests.system.wire import connect, get_json, read_until

ROUTE = """
  Routes:
    - Name: prices
      Path: /v1/prices
      Clock: virtual
      Seed: 7
      Stream:
        IntervalMs: 1000
        Script: [{Data: {n: "{{index}}", at: "{{now}}"}, AfterMs: 1000}]
        Repeat: true
        MaxDurationSeconds: 3600
"""
#: Fills the buffers of a connection that nobody reads.
FAT = """
    - Name: fat
      Path: /v1/fat
      Clock: virtual
      Stream: {IntervalMs: 1000, MaxDurationSeconds: 0, Events: [{Data: "%s"}]}
""" % ("x" * 20_000)

#: A clock that no other test moves.
STEPPED = ROUTE.partition("Routes:")[2].replace("prices", "stepped")

#: What a stream sends before its clock moves.
RETRY = b"retry: 2000\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(f"MockLlmApi:{ROUTE}{FAT}") as running:
        yield running


@pytest.fixture(scope="module")
def pair() -> Iterator[Server]:
    with redis_server() as redis:
        config = f"MockLlmApi:\n  Redis: {redis.url}{ROUTE}{STEPPED.rstrip()}"
        with serve(config, workers=2) as running:
            yield running


def post(server: Server, path: str, body: Any) -> Any:
    request = urllib.request.Request(
        f"{server.url}{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def advance(server: Server, query: str, **move: Any) -> Any:
    return post(server, f"/api/manage/clock/advance?{query}&timeoutMs=50000", move)


def opened(server: Server, path: str, mark: bytes) -> tuple[socket.socket, bytes]:
    sock = connect(server, path)
    return sock, read_until(sock, mark)


def test_a_client_that_reads_slowly_gets_every_event(server: Server) -> None:
    sock, begun = opened(server, "/v1/fat", RETRY)
    parts, is_last = [begun], False
    with sock, ThreadPoolExecutor() as pool:
        advancing = pool.submit(advance, server, "route=fat", ms=600_000)
        while not (is_last and parts[-1].endswith(b"x\n\n\r\n")):
            if len(parts) < 200:
                assert not advancing.done()  # it waits for its client
                time.sleep(0.002)
            parts.append(sock.recv(16_384))
            is_last = is_last or b"-600\n" in parts[-2][-40:] + parts[-1]
        assert advancing.result()["events"] == 601
    ids = re.findall(rb"id: [0-9a-f]+-([0-9]+)\n", b"".join(parts))
    assert [int(each) for each in ids] == [*range(601)]


def test_streams_on_the_real_clock_keep_their_schedule_beside_an_hour(
    server: Server,
) -> None:
    sock, _ = opened(
        server,
        "/api/mock/stream/a?continuous=true&interval=200&shape=1"
        "&sseMode=CompleteObjects",
        b'"index":0',
    )
    virtual, _ = opened(server, "/v1/prices", RETRY)
    times: list[float] = []
    with sock, virtual, ThreadPoolExecutor() as pool:
        reading = pool.submit(drain, virtual)
        advancing = pool.submit(advance, server, "route=prices", ms=3_599_000)
        while len(times) < 10:
            read_until(sock, b'"index"')
            times.append(time.monotonic())
        assert advancing.result()["events"] == 3600
        advance(server, "route=prices", ms=2000)
        assert reading.result().count(b"data: ") == 3600
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    assert max(gaps) < 0.45, gaps


def drain(sock: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"0\r\n\r\n"):
        more = sock.recv(65536)
        if not more:
            break
        received += more
    return received


def test_two_workers_share_a_clock_and_its_order(pair: Server) -> None:
    streams = []
    for _ in range(8):
        sock, received = opened(pair, "/v1/prices", RETRY)
        streams.append((sock, received))
        advance(pair, "route=prices", ms=100)
    moved = advance(pair, "route=prices", ms=9_200)
    assert moved["now"] == "2030-01-01T00:00:10.000Z"
    ids = set()
    for number, (sock, received) in enumerate(streams):
        received += read_until(sock, b'"n":9')
        times = re.findall(rb'"at":"2030-01-01T00:00:([0-9.]+)Z"', received)
        moments = [round(float(each) - number / 10, 3) for each in times]
        assert moments[:10] == [*range(10)]
        ids.update(re.findall(rb"id: ([0-9a-f]{16})-", received))
        sock.close()
    assert len(ids) == 8
    wait = "/api/manage/streams/wait?route=prices&timeoutMs=0"
    assert get_json(pair, wait)["complete"]


def test_a_step_gives_each_stream_of_two_workers_its_batches(pair: Server) -> None:
    streams = [opened(pair, "/v1/stepped", RETRY)[0] for _ in range(8)]
    advance(pair, "route=stepped", ms=0)  # the first batch
    step = "/api/manage/streams/step?route=stepped&timeoutMs=20000"
    for count in range(1, 40, 3):
        stepped = post(pair, step, {"batches": 3})["streams"]
        sent = [(each["batches"], each["done"]) for each in stepped]
        assert sent == [(count + 3, True)] * 8
    for sock in streams:
        sock.close()
