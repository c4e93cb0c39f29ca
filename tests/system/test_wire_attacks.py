"""Bytes that attack the server: refused in words, and nobody else waits."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any

import pytest

from tests.system.figures import workers
from tests.system.server import Server, serve

MOCK = b"/api/mock/x"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve("MockLlmApi: {MaxBodyBytes: 100000}") as running:
        yield running


def connected(server: Server) -> socket.socket:
    return socket.create_connection(server.address, timeout=10)


def answered(sock: socket.socket) -> tuple[HTTPResponse, bytes]:
    response = HTTPResponse(sock)
    response.begin()
    return response, response.read()


def exchange(server: Server, request: bytes) -> tuple[HTTPResponse, Any]:
    """A refusal on a connection of its own, which is closed after it."""
    with connected(server) as sock:
        sock.sendall(request)
        response, body = answered(sock)
        assert response.getheader("Connection") == "close"
        assert sock.recv(1) == b""
    assert response.getheader("Content-Type") == "application/problem+json"
    problem = json.loads(body)
    assert problem["status"] == response.status and problem["title"]
    return response, problem


def get(target: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join(
        (b"GET " + target + b" HTTP/1.1", b"Host: a", *headers, b"", b"")
    )


# Limits of the head


def test_a_url_that_is_too_long_says_to_post_the_shape(server: Server) -> None:
    response, problem = exchange(server, get(MOCK + b"?shape=" + b"x" * 9000))
    assert response.status == 414
    assert "8190 bytes" in problem["detail"]
    assert 'POST a large shape instead, as the JSON body {"shape": ...}' in (
        problem["detail"]
    )


def test_what_the_refusal_says_to_do_works(server: Server) -> None:
    shape = {"text": "x" * 20_000}
    body = json.dumps({"shape": shape}).encode()
    with connected(server) as sock:
        sock.sendall(
            b"POST /api/mock/x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json"
            b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )
        response, answer = answered(sock)
    assert response.status == 200 and list(json.loads(answer)) == ["text"]


@pytest.mark.parametrize(
    "headers",
    [
        [b"X-Long: " + b"x" * 40_000],
        [b"X-%d: x" % number for number in range(101)],
        [b"X-%d: " % number + b"x" * 30_000 for number in range(6)],
    ],
)
def test_headers_over_a_limit_are_refused_with_the_limits(
    server: Server, headers: list[bytes]
) -> None:
    response, problem = exchange(server, get(MOCK, *headers))
    assert response.status == 431
    for limit in ("100 fields", "32768 bytes in one", "131072 in all"):
        assert limit in problem["detail"]


def cpu_seconds(server: Server) -> float:
    (pid,) = workers(server)
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_three_megabytes_of_headers_are_refused_before_they_are_parsed(
    server: Server,
) -> None:
    block = b"".join(b"X-%d: " % n + b"x" * 31_000 + b"\r\n" for n in range(97))
    before = cpu_seconds(server)
    for _ in range(5):
        response, _ = exchange(server, get(MOCK)[:-2] + block + b"\r\n")
        assert response.status == 431
    assert cpu_seconds(server) - before < 0.5


# What is no request


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /api/mock/x\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET /api/mock/x HTTP/9.9\r\nHost: a\r\n\r\n", 400),
        (b"GET /api/mock/x HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n", 400),
        (b"GET /api/mock/x HTTP/1.1\r\nHost: a\r\n folded: 1\r\n\r\n", 400),
        (b"GET /api/mock/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /api/mock/x HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: br\r\n\r\n", 501),
    ],
)
def test_what_is_no_request_gets_a_problem_document(
    server: Server, request_: bytes, status: int
) -> None:
    response, problem = exchange(server, request_)
    assert response.status == status
    assert "gunicorn" not in problem["detail"]


SMUGGLED = b"GET /api/manage/streams HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4",
        b"Content-Length: 0\r\nContent-Length: 60",
        b"Content-Length: 0, 60",
        b"Content-Length: +0",
        b"Content-Length: 0x0",
        b"Content-Length : 0",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding: chunked, chunked",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding : chunked",
        b"Transfer-Encoding:\x0bchunked",
        b"Transfer_Encoding: chunked",
        b"Content_Length: 60",
    ],
)
def test_a_request_of_two_lengths_smuggles_no_second_one(
    server: Server, framing: bytes
) -> None:
    request = b"POST /api/mock/x HTTP/1.1\r\nHost: a\r\n" + framing + b"\r\n\r\n"
    with connected(server) as sock:
        sock.sendall(request + b"0\r\n\r\n" + SMUGGLED)
        received = b""
        while more := sock.recv(65_536):
            received += more
    assert b'"streams"' not in received
    assert received.count(b"HTTP/1.1 ") <= 2
    assert b"HTTP/1.1 4" in received or b"HTTP/1.1 5" in received


# Bodies


def test_after_a_body_that_is_too_large_the_connection_is_closed(
    server: Server,
) -> None:
    with connected(server) as sock:
        sock.sendall(
            b"POST /api/mock/x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json"
            b"\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 500_000
        )
        began = time.monotonic()
        response, body = answered(sock)
        assert response.status == 413
        assert response.getheader("Connection") == "close"
        assert json.loads(body)["status"] == 413
        assert sock.recv(1) == b""
        assert time.monotonic() - began < 3


def test_a_chunked_body_that_is_too_large_closes_the_connection_too(
    server: Server,
) -> None:
    with connected(server) as sock:
        sock.sendall(
            b"POST /api/mock/x HTTP/1.1\r\nHost: a\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
            + (b"%x\r\n" % 50_000 + b" " * 50_000 + b"\r\n") * 4
        )
        response, _ = answered(sock)
        assert response.status == 413
        assert response.getheader("Connection") == "close"
        assert sock.recv(1) == b""


# Paths and upgrades


def test_a_line_feed_in_a_path_is_data(server: Server) -> None:
    with connected(server) as sock:
        for path in (b"/api/mock/a%0ab", b"/api/mock/a%0D%0Ab/c%0a", b"/api/mock/%0a"):
            sock.sendall(get(path + b"?shape={%22a%22:1}"))
            response, body = answered(sock)
            assert response.status == 200, (path, body)
            assert list(json.loads(body)) == ["a"]
        sock.sendall(get(b"/api/mock/stream/a%0ab?shape={%22a%22:1}"))
        response, body = answered(sock)
        assert response.status == 200 and b"data: " in body


@pytest.mark.parametrize("path", [b"/api/mock/stream/x?continuous=true", MOCK])
def test_a_websocket_is_told_what_is_served_instead(
    server: Server, path: bytes
) -> None:
    with connected(server) as sock:
        sock.sendall(
            get(
                path,
                b"Connection: Upgrade",
                b"Upgrade: WebSocket",
                b"Sec-WebSocket-Version: 13",
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            )
        )
        response, body = answered(sock)
    problem = json.loads(body)
    assert response.status == 400
    assert problem["parameter"] == "Upgrade" and problem["value"] == "WebSocket"
    assert "Server-Sent Events" in problem["detail"]
