"""Section 6 of the contract: a client that goes away frees everything within 1 s."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from tests.system.server import Server, serve
from tests.system.wire import (
    connect,
    get_json,
    open_stream,
    open_streams,
    read_until,
    wait_until,
)

STALLED = """
MockLlmApi:
  WriteTimeoutSeconds: 1.5
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


def close(sock: socket.socket) -> None:
    sock.close()


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def half_close(sock: socket.socket) -> None:
    sock.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("leave", [close, reset, half_close])
@pytest.mark.parametrize("mode", ["LlmTokens", "CompleteObjects", "ArrayItems"])
def test_a_stream_that_sleeps_ends_when_its_client_leaves(
    server: Server, leave: object, mode: str
) -> None:
    sock = open_stream(server, f"interval=60000&sseMode={mode}&maxDuration=0")
    wait_until(lambda: open_streams(server) == 1, 1)
    leave(sock)  # type: ignore[operator]
    assert wait_until(lambda: open_streams(server) == 0, 1) < 1
    sock.close()


def test_a_stream_that_cannot_write_ends_when_its_client_leaves(
    server: Server,
) -> None:
    sock = open_stream(
        server, 'interval=1&count=1000&sseMode=LlmTokens&shape={"a":["b","c"]}'
    )
    last = -1

    def stalled() -> bool:
        nonlocal last
        before, last = (
            last,
            get_json(server, "/api/manage/streams")["streams"][0]["bytes"],
        )
        return before == last

    wait_until(stalled, 60)
    reset(sock)
    assert wait_until(lambda: open_streams(server) == 0, 1) < 1


def test_a_reader_that_stalls_is_cut_off() -> None:
    with serve(STALLED) as server:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(10)
        sock.connect(server.address)
        sock.sendall(
            b"GET /api/mock/stream/x?continuous=true&interval=1&count=500"
            b'&sseMode=CompleteObjects&shape={"a":["text"]} HTTP/1.1\r\nHost: a\r\n\r\n'
        )
        wait_until(lambda: open_streams(server) == 1, 2)
        wait_until(lambda: open_streams(server) == 0, 30)
        sock.close()


def test_a_pipelined_request_is_answered_after_the_stream(server: Server) -> None:
    sock = connect(
        server, "/api/mock/stream/x?continuous=true&interval=300&maxDuration=1"
    )
    sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    received = read_until(sock, b"ok\n")
    assert b'"reason":"max_duration"' in received
    assert received.count(b"HTTP/1.1 200") == 2
    sock.close()


def test_a_connection_serves_a_second_stream_after_the_first(server: Server) -> None:
    sock = connect(server, "/api/mock/stream/x")
    read_until(sock, b"\r\n0\r\n\r\n")
    sock.sendall(b"GET /api/mock/stream/y HTTP/1.1\r\nHost: a\r\n\r\n")
    read_until(sock, b"\r\n0\r\n\r\n")
    assert open_streams(server) == 0
    sock.close()


def test_head_holds_nothing(server: Server) -> None:
    sock = connect(server, "/api/mock/stream/x?continuous=true", method="HEAD")
    head = read_until(sock, b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200") and b"text/event-stream" in head
    assert open_streams(server) == 0
    sock.close()
