"""The hub as its clients meet it: real ones, and those that mean no good."""

from __future__ import annotations

import json
import socket
import struct
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import websocket

from tests.system.figures import observed
from tests.system.hub_wire import HUB, frame, negotiate, upgrade
from tests.system.server import Server, serve
from tests.system.wire import get_text, read_until, wait_until

CONFIG = """
MockLlmApi:
  WriteTimeoutSeconds: 2
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(CONFIG) as running:
        yield running


class Client:
    """A client over a WebSocket that does not negotiate."""

    def __init__(self, server: Server, *, query: str = "", **options: Any) -> None:
        url = f"{server.url.replace('http', 'ws')}{HUB}{query}"
        self.ws = websocket.create_connection(url, timeout=10, **options)
        self._received: list[Any] = []

    def connect(self) -> Any:
        self.send(protocol="json", version=1)
        assert self.receive() == {}
        return self.receive()

    def send(self, **message: object) -> None:
        self.ws.send(json.dumps(message) + "\x1e")

    def receive(self) -> Any:
        while not self._received:
            text = self.ws.recv()
            self._received += map(json.loads, text.split("\x1e")[:-1])
        return self._received.pop(0)

    def last_code(self) -> int:
        """The code of the close frame that comes next, after any messages."""
        while True:
            opcode, data = self.ws.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int.from_bytes(data[:2], "big")


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    client = Client(server)
    client.connect()
    yield client
    client.ws.close()


def streams(server: Server) -> list[Any]:
    with urllib.request.urlopen(f"{server.url}/api/manage/streams") as answer:
        return list(json.load(answer)["streams"])


def wait_until_gone(server: Server, seconds: float = 3.0) -> float:
    """How long it takes until no stream or connection is open."""
    began = time.monotonic()
    while streams(server):
        assert time.monotonic() - began < seconds, streams(server)
        time.sleep(0.02)
    return time.monotonic() - began


def test_a_client_that_leaves_takes_its_streams_with_it(server: Server) -> None:
    for leave in (lambda ws: ws.close(), lambda ws: ws.shutdown(), reset):
        client = Client(server)
        client.connect()
        client.send(type=4, invocationId="1", target="Stream", arguments=["stocks"])
        assert client.receive()["type"] == 2
        assert len(streams(server)) == 2
        leave(client.ws)
        assert wait_until_gone(server) < 1


def reset(ws: websocket.WebSocket) -> None:
    """Close the connection as a process that dies does."""
    linger = struct.pack("ii", 1, 0)
    ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    ws.shutdown()


def test_a_client_that_does_not_read_is_cut_off_and_slows_nobody(
    server: Server, client: Client
) -> None:
    deaf = Client(server, sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)])
    deaf.connect()
    shape = {"text": "x" * 2000}
    options = {"interval": 1, "shape": {"list": [shape] * 10}}
    deaf.send(type=4, invocationId="1", target="Stream", arguments=["x", options])
    client.send(
        type=4,
        invocationId="1",
        target="Stream",
        arguments=["stocks", {"interval": 50, "maxEvents": 60}],
    )
    arrivals = []
    while client.receive()["type"] == 2:
        arrivals.append(time.monotonic())
    gaps = [b - a for a, b in zip(arrivals, arrivals[1:], strict=False)]
    assert len(arrivals) == 60
    assert max(gaps) < 0.5
    wait_until(lambda: len(streams(server)) == 1, 20)
    deaf.ws.shutdown()
    stalled = 'hub_connections_ended_total{reason="stalled",transport="WebSockets"} 1'
    assert stalled in get_text(server, "/metrics")


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (frame(1, b"x" * 33_000), 1009),
        (frame(1, b"x" * 20_000, fin=False) + frame(0, b"x" * 20_000), 1009),
        (b"\x81\xff" + struct.pack("!Q", 2**62), 1009),
        (frame(1, b"{}", mask=False), 1002),
        (frame(3, b""), 1002),
        (frame(0, b"x"), 1002),
        (frame(9, b"x" * 126), 1002),
        (frame(9, b"x", fin=False), 1002),
        (b"\xc1\x80\0\0\0\0", 1002),
        (frame(1, b"a", fin=False) + frame(1, b"b"), 1002),
        (frame(1, b"\xff\xfe"), 1007),
        (frame(1, b"nonsense\x1e"), 1000),
    ],
)
def test_frames_that_are_none_end_the_connection(
    server: Server, client: Client, frames: bytes, code: int
) -> None:
    client.ws.sock.sendall(frames)
    assert client.last_code() == code
    client.ws.shutdown()
    assert wait_until_gone(server) < 2


def test_a_message_may_come_in_fragments_with_pings_between(client: Client) -> None:
    call = b'{"type":1,"invocationId":"1","target":"Get","arguments":["x"]}\x1e'
    for at, byte in enumerate(call):
        fin = at == len(call) - 1
        client.ws.sock.sendall(frame(0 if at else 1, bytes([byte]), fin=fin))
        if at == 5:
            client.ws.sock.sendall(frame(9, b"still there?"))
    opcode, data = client.ws.recv_data(control_frame=True)
    assert (opcode, data) == (websocket.ABNF.OPCODE_PONG, b"still there?")
    assert client.receive()["type"] == 3


def test_the_server_ends_with_a_close_that_lets_clients_reconnect() -> None:
    with serve() as server:
        clients = [Client(server) for _ in range(20)]
        for each in clients:
            each.connect()
        began = time.monotonic()
        server.process.terminate()
        for each in clients:
            assert each.receive() == {"type": 7, "allowReconnect": True}
            assert each.last_code() == 1000
        server.wait()
        assert time.monotonic() - began < 4


def test_the_hub_is_no_path_for_other_protocols(server: Server) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(f"{server.url.replace('http', 'ws')}/api/mock/x")
    assert refused.value.status_code == 400


def test_workers_of_one_server_take_each_others_connections() -> None:
    with serve("MockLlmApi: {PerWorkerState: true}", workers=2) as server:
        for _ in range(12):
            negotiate = f"{server.url}{HUB}/negotiate?negotiateVersion=1"
            with urllib.request.urlopen(negotiate, data=b"") as answer:
                token = json.load(answer)["connectionToken"]
            client = Client(server, query=f"?id={token}")
            assert client.connect()["target"] == "Connected"
            client.ws.close()


# -- who means no good -----------------------------------------------------------

LOCKED = """
MockLlmApi:
  ApiKeys: [one, two]
  Cors: {AllowedOrigins: ["https://app.example"]}
"""


@pytest.fixture(scope="module")
def locked() -> Iterator[Server]:
    with serve(LOCKED) as running:
        yield running


def knock(server: Server, token: str, *headers: str) -> int:
    """The status of a request for a WebSocket, which is closed at once."""
    with socket.create_connection(server.address, timeout=10) as sock:
        sock.sendall(upgrade(token, *headers))
        return int(read_until(sock, b"\r\n\r\n").split()[1])


ONE, TWO = "X-Api-Key: one", "X-Api-Key: two"


def test_a_token_is_good_once_and_for_its_own_client_alone(locked: Server) -> None:
    token = negotiate(locked, **{"X-Api-Key": "one"})
    assert knock(locked, token) == 401
    assert knock(locked, token, TWO) == 404
    for guess in ("x", "A" * 40, token[:-1], token.swapcase()):
        assert knock(locked, guess, ONE) == 404
    with socket.create_connection(locked.address, timeout=10) as sock:
        sock.sendall(upgrade(token, ONE))
        assert b" 101 " in read_until(sock, b"\r\n\r\n")
        assert knock(locked, token, ONE) == 409
        assert knock(locked, token, TWO) == 404
    wait_until(lambda: knock(locked, token, ONE) == 404, 20)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://app.example", 101),
        ("https://APP.example", 101),
        ("https://evil.example", 403),
        ("https://app.example.evil.example", 403),
        ("http://app.example", 403),
        ("null", 403),
        ("https://localhost.evil.example", 403),
        ("http://localhost", 101),  # the host of the request itself
    ],
)
def test_a_page_of_another_origin_gets_no_websocket(
    locked: Server, origin: str, status: int
) -> None:
    assert knock(locked, "", ONE, f"Origin: {origin}") == status


def test_no_log_has_the_key_of_a_query(tmp_path: Path) -> None:
    config = "MockLlmApi: {ApiKeys: [hush-hush], LogLevel: debug}"
    log = tmp_path / "access.log"
    with serve(config, {"GUNICORN_CMD_ARGS": f"--access-logfile={log}"}) as server:
        token = negotiate(server, **{"X-Api-Key": "hush-hush"})
        url = f"{server.url}{HUB}?id={token}&access_token=hush-hush"
        urllib.request.urlopen(url, timeout=20).close()
        client = Client(server, query="?access_token=hush-hush")
        client.connect()
        client.ws.close()
        assert HUB in log.read_text()
    for text in (log.read_text(), server.log()):
        assert "hush-hush" not in text and token not in text


def test_a_flood_of_negotiations_keeps_nothing_and_slows_nobody() -> None:
    asked = (
        f"POST {HUB}/negotiate?negotiateVersion=1 HTTP/1.1\r\n"
        "Host: localhost\r\nContent-Length: 0\r\n\r\n"
    ).encode()
    config = "MockLlmApi: {LogLevel: warning, JournalSize: 0}"
    with observed(config, used_to=50) as quiet:
        server, before = quiet.server, quiet.figures()
        client = Client(server)
        client.connect()
        options = {"interval": 50, "maxEvents": 40}
        client.send(type=4, invocationId="1", target="Stream", arguments=["x", options])
        with ExitStack() as stack:
            for _ in range(10):
                sock = socket.create_connection(server.address, timeout=20)
                stack.enter_context(sock)
                sock.sendall(asked * 200)
            arrivals = []
            while client.receive()["type"] == 2:
                arrivals.append(time.monotonic())
        gaps = [b - a for a, b in zip(arrivals, arrivals[1:], strict=False)]
        assert len(arrivals) == 40 and max(gaps) < 1
        client.ws.close()
        quiet.wait_until_back_at(before, 5, slack_kb=2000)
