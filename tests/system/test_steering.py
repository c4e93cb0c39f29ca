"""Steering over TCP: what cut connections look like, and many verbs at once."""

from __future__ import annotations

import json
import random
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.integration.redis_server import redis_server
from tests.system.server import Server, serve
from tests.system.wire import (
    connect,
    get_json,
    open_stream,
    open_streams,
    read_until,
    wait_until,
)

MANAGE = "/api/manage/streams"
#: Events come only when they are asked for.
NEVER = "interval=86400000&sseMode=CompleteObjects&shape=1"
STREAMS, THREADS, VERBS = 50, 10, 40


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve("MockLlmApi: {}\n") as running:
        yield running


@pytest.fixture(scope="module")
def pair() -> Iterator[Server]:
    with redis_server() as redis:
        with serve(f"MockLlmApi:\n  Redis: {redis.url}\n", workers=2) as running:
            yield running


def post(server: Server, path: str, body: Any = None) -> Any:
    """The JSON answer, or the problem document of a refusal."""
    request = urllib.request.Request(
        f"{server.url}{path}",
        json.dumps({} if body is None else body).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


def rest(sock: socket.socket) -> bytes:
    """What still comes, up to the end of the connection."""
    received = b""
    while more := sock.recv(65536):
        received += more
    return received


def stream_at(server: Server, path: str) -> socket.socket:
    sock = connect(server, f"/api/mock/stream/{path}?continuous=true&{NEVER}")
    read_until(sock, b'"index":0')
    found = get_json(server, f"{MANAGE}/wait?prefix=/api/mock/stream/{path}")
    assert found["met"]
    return sock


def verb(server: Server, name: str, path: str, body: Any = None) -> Any:
    return post(server, f"{MANAGE}/{name}?prefix=/api/mock/stream/{path}", body)


def test_a_clean_cut_ends_the_body_and_says_no_end(server: Server) -> None:
    with stream_at(server, "clean") as sock:
        (cut,) = verb(server, "cut", "clean", {"how": "clean"})["streams"]
        assert cut["done"]
        sock.settimeout(5)
        received = b""
        while not received.endswith(b"0\r\n\r\n"):
            received += sock.recv(65536)
        assert b'"end"' not in received


def test_a_connection_is_ended_without_the_last_chunk(server: Server) -> None:
    with stream_at(server, "fin") as sock:
        verb(server, "cut", "fin", {"how": "fin"})
        received = rest(sock)
        assert not received.endswith(b"0\r\n\r\n") and b'"end"' not in received


def test_a_reset_comes_after_everything_that_was_sent(server: Server) -> None:
    with stream_at(server, "rst") as sock:
        verb(server, "push", "rst", {"data": "last words"})
        assert verb(server, "cut", "rst", {"how": "rst"})["streams"][0]["done"]
        received = b""
        with pytest.raises(ConnectionResetError):
            while True:
                more = sock.recv(65536)
                assert more, "the connection was closed, not reset"
                received += more
        assert b"last words" in received


def test_a_fault_acts_from_the_next_event_on(server: Server) -> None:
    with stream_at(server, "fault") as sock:
        verb(server, "push", "fault", {"data": '{"n":1}'})
        verb(server, "fault", "fault", {"fault": ["truncate-json*1", "crlf"]})
        verb(server, "push", "fault", [{"data": '{"n":2}'}, {"data": '{"n":3}'}])
        verb(server, "cut", "fault", {"how": "fin"})
        received = rest(sock)
    assert b'data: {"n":1}\n' in received
    assert b'data: {"n\r\n' in received
    assert b'data: {"n":3}\r\n' in received


@pytest.mark.parametrize("how", ["clean", "fin", "rst"])
def test_an_event_can_be_cut_in_half(server: Server, how: str) -> None:
    path = f"half-{how}"
    with stream_at(server, path) as sock, ThreadPoolExecutor() as pool:
        cutting = pool.submit(verb, server, "cut", path, {"how": how, "midFrame": True})
        wait_until(lambda: not cutting.done(), 5)
        time.sleep(0.1)  # the order has to arrive before the event
        verb(server, "push", path, {"data": "x" * 1000})
        assert cutting.result()["streams"][0]["done"]
        received = b""
        try:
            received = rest(sock) if how != "clean" else _until_last_chunk(sock)
        except ConnectionResetError:
            assert how == "rst"
        if how != "rst":
            assert 400 < received.count(b"x") < 600
            assert b"x\n\n" not in received


def _until_last_chunk(sock: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"0\r\n\r\n"):
        received += sock.recv(65536)
    return received


def test_a_cut_counts_the_bytes_of_the_body(server: Server) -> None:
    with stream_at(server, "bytes") as sock, ThreadPoolExecutor() as pool:
        cutting = pool.submit(
            verb, server, "cut", "bytes", {"how": "fin", "after": {"bytes": 1000}}
        )
        time.sleep(0.1)
        for _ in range(3):
            verb(server, "push", "bytes", {"data": "y" * 400})
        assert cutting.result()["streams"][0]["done"]
        chunks = re.findall(rb"([0-9A-F]+)\r\n((?:.|\n)*?)\r\n", rest(sock))
        pushed = [body for _, body in chunks if b"y" in body]
        assert sum(map(len, pushed)) == 1000


def test_a_verb_to_a_stream_that_left_says_how_it_ended(server: Server) -> None:
    sock = stream_at(server, "left")
    (stream,) = [
        each for each in get_json(server, MANAGE)["streams"] if each["path"] == "left"
    ]
    sock.close()
    waited = get_json(server, f"{MANAGE}/{stream['id']}/wait?until=closed")
    assert waited["met"] and waited["outcome"] == "client_gone"
    assert post(server, f"{MANAGE}/{stream['id']}/push", {"data": 1})["status"] == 409


def test_a_client_that_comes_back_is_waited_for(server: Server) -> None:
    with stream_at(server, "back") as first:
        cursor = verb(server, "cut", "back", {"how": "fin"})["cursor"]
        rest(first)
        wait = f"{MANAGE}/wait?prefix=/api/mock/stream/back&after={cursor}"
        assert not get_json(server, f"{wait}&timeoutMs=50")["met"]
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(get_json, server, wait)
            with open_stream(server, NEVER, "back"):
                assert waiting.result()["met"]


# -- many at once -------------------------------------------------------------------


class Reader:
    """A client, and the log of the verbs that its stream obeyed."""

    def __init__(self, server: Server, number: int, group: str) -> None:
        self.lock = threading.Lock()
        self.path = f"{group}/{number}"
        self.sock = connect(
            server, f"/api/mock/stream/{self.path}?continuous=true&{NEVER}"
        )
        self.body = b""
        self.is_over = False
        #: What the stream sends, as the verbs say: batches by number, pushed texts.
        self.expected: list[object] = ["info", 0]
        self.batches = 1
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self) -> None:
        try:
            while more := self.sock.recv(65536):
                self.body += more
                if more.endswith(b"\r\n0\r\n\r\n"):
                    return
        except OSError:
            return

    def step(self, batches: int) -> None:
        self.expected += range(self.batches, self.batches + batches)
        self.batches += batches

    def received(self) -> list[object]:
        found: list[object] = []
        for line in re.findall(rb"^data: (.*)$", self.body, re.MULTILINE):
            data = json.loads(line)
            if isinstance(data, dict):
                data = data.get("type", data.get("index"))
            found.append(data)
        return found


def obey(server: Server, reader: Reader, rng: random.Random) -> None:
    """One random verb, or the client's leaving; the reader's lock is held."""
    name = rng.choice(["push", "push", "step", "step", "pause", "resume", "leave"])
    if name == "leave" and rng.random() < 0.8:
        name = rng.choice(["stall", "end", "cut"] if rng.random() < 0.3 else ["stall"])
    if name == "leave":
        reader.is_over = True
        reader.sock.shutdown(socket.SHUT_RDWR)
        return
    body: Any = {}
    if name == "push":
        body = [{"data": rng.randrange(1000, 9999)} for _ in range(rng.randint(1, 3))]
        reader.expected += [each["data"] for each in body]
    elif name == "step":
        body = {"batches": rng.randint(1, 4)}
        reader.step(body["batches"])
    elif name == "stall":
        body = {"seconds": 0.01}
    elif name in ("end", "cut"):
        reader.is_over = True
        reader.expected += ["end"] if name == "end" else []
        body = {"how": rng.choice(["clean", "fin"])} if name == "cut" else {}
    steered = verb(server, name, reader.path, body)
    assert [each["done"] for each in steered["streams"]] == [True], steered


@pytest.mark.parametrize("workers", [1, 2])
def test_every_stream_sends_what_its_verbs_say(
    request: pytest.FixtureRequest, workers: int
) -> None:
    server = request.getfixturevalue("server" if workers == 1 else "pair")
    group = f"many{workers}"
    readers = [Reader(server, number + 100, group) for number in range(STREAMS)]
    prefix = f"prefix=/api/mock/stream/{group}/"
    assert get_json(server, f"{MANAGE}/wait?{prefix}&clients={STREAMS}")["met"]

    def steer(seed: int) -> None:
        rng = random.Random(seed)
        for _ in range(VERBS):
            reader = rng.choice(readers)
            with reader.lock:
                if not reader.is_over:
                    obey(server, reader, rng)

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(steer, seed) for seed in range(THREADS)]:
            done.result(60)
    ended = post(server, f"{MANAGE}/end?{prefix}")
    assert all(each["done"] for each in ended["streams"])
    for reader in readers:
        if not reader.is_over:
            reader.expected.append("end")
        reader.thread.join(10)
        reader.sock.close()
        received = reader.received()
        left = reader.is_over and "end" not in reader.expected
        expected = reader.expected[: len(received)] if left else reader.expected
        assert received == expected, reader.path
    wait_until(lambda: open_streams(server) == 0, 5)


def test_a_verb_finds_the_streams_of_every_worker(pair: Server) -> None:
    socks = [open_stream(pair, NEVER, "all") for _ in range(12)]
    wait = f"{MANAGE}/wait?prefix=/api/mock/stream/all&clients=12"
    cursor = get_json(pair, wait)["cursor"]
    assert cursor.count(".") == 1  # both workers are in it
    answer = verb(pair, "push", "all", {"data": "hello"})
    assert answer["complete"] and len(answer["streams"]) == 12
    assert {each["lastEventId"][-2:] for each in answer["streams"]} == {"-2"}
    answer = verb(pair, "cut", "all", {"how": "fin"})
    assert len(answer["streams"]) == 12
    for sock in socks:
        assert b"hello" in rest(sock)
        sock.close()
    for each in answer["streams"]:
        assert post(pair, f"{MANAGE}/{each['id']}/pause")["status"] == 409
