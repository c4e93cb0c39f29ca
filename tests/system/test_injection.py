"""Text from outside ends no line: not of a header, not of an event, not of the log."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from urllib.parse import quote

import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent

from tests.system.figures import MODES
from tests.system.server import Server, serve

#: Everything that ends a line for somebody, with what one would like to smuggle.
EVIL = (
    "x\r\nX-Evil: 1\r\n\r\nHTTP/1.1 200 OK\r\n\r\ndata: evil\n\nevent: evil\nid: evil\n"
    "retry: 1\n\n\rdata: evil\r\r\u2028data: evil\u2029\x85"
    "\x0b\x0c\x1c\0\x1b[2J\x7f\ufeff"
)
HEADERS = {
    *("server", "date", "connection", "transfer-encoding", "content-length", "allow"),
    *("content-type", "cache-control", "x-accel-buffering", "x-stream-id"),
    *("x-response-schema", "access-control-allow-origin", "retry-after"),
    *("access-control-expose-headers", "x-content-type-options", "referrer-policy"),
    *("x-frame-options", "content-security-policy"),
}
SCHEMA = quote(json.dumps({"type": "object", "properties": {"a": {"const": EVIL}}}))
FIELD = quote(json.dumps({EVIL: EVIL, "a": [EVIL]}))

#: What is asked for, and the body, for each way in.
WAYS: dict[str, tuple[str, object]] = {
    "a key and a value of the shape": (f"x?shape={FIELD}", None),
    "a constant of a schema": (f"x?shape={SCHEMA}", None),
    "the shape in the body": ("x", {"shape": {EVIL: [EVIL]}}),
    "a field of the body": ("x?shape={%22a%22:%22text%22}", {"a": EVIL}),
    "the context's name": (f"x?contextName={quote(EVIL)}", None),
    "the context's name in the body": ("x", {"context": EVIL}),
    "the error's texts": (
        f"x?error=418&errorMessage={quote(EVIL)}&errorDetails={quote(EVIL)}",
        None,
    ),
    "the error in the body": (
        "x",
        {"error": {"code": 499, "message": EVIL, "details": {EVIL: [EVIL]}}},
    ),
    "the path": (quote(f"x/{EVIL}/y"), None),
    "a value that is refused": (
        f"x?interval={quote(EVIL)}&sseMode={quote(EVIL)}",
        None,
    ),
    "a name that is none": (f"x?{quote(EVIL)}={quote(EVIL)}", None),
    "a backend that is none": (f"x?backend={quote(EVIL)}", None),
}

#: Those whose text comes back as the value of a field.
ECHOED = ("a constant of a schema", "a field of the body")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running
        log = running.log()
        assert "evil" not in re.sub(r"(\\r|\\n|%0A|%0D).*", "", log).lower()


def exchange(server: Server, request: bytes) -> httpx.Response:
    """The one response, whose headers are all ours."""
    with socket.create_connection(server.address, timeout=10) as sock:
        sock.sendall(request)
        answer = HTTPResponse(sock)
        answer.begin()
        body = answer.read()
        assert sock.recv(1) == b""
    names = {name.lower() for name in answer.headers}
    assert names <= HEADERS
    for value in answer.headers.values():
        assert re.fullmatch(r"[\t\x20-\x7e]*", value)  # RFC 9110, section 5.5
    return httpx.Response(answer.status, headers=answer.getheaders(), content=body)


def ask(server: Server, target: str, body: object = None) -> httpx.Response:
    content = b"" if body is None else json.dumps(body).encode()
    lines = (
        f"{'GET' if body is None else 'POST'} {target} HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        "Connection: close",
    )
    return exchange(server, "\r\n".join((*lines, "", "")).encode() + content)


def events(response: httpx.Response) -> list[ServerSentEvent]:
    """The events of a stream, each of them one of ours."""
    found = list(EventSource(response).iter_sse())
    assert response.text.count("\n\n") == len(found) > 0
    for number, event in enumerate(found):
        assert event.event == "message"
        assert re.fullmatch(rf"[0-9a-f]{{16}}-{number}(-end)?", event.id)
        assert event.retry == (None if number else 2000)
        assert isinstance(event.json(), dict)
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", MODES)
def test_no_input_ends_a_line(server: Server, way: str, mode: str) -> None:
    target, body = WAYS[way]
    join = "&" if "?" in target else "?"
    options = f"{join}includeSchema=true&sseMode={mode}"
    once = ask(server, f"/api/mock/{target}{options}", body)
    once.json()
    streamed = ask(server, f"/api/mock/stream/{target}{options}", body)
    assert streamed.status_code == once.status_code
    if streamed.headers["Content-Type"] == "application/problem+json":
        assert streamed.json() == once.json()
    else:
        events(streamed)
    if way in ECHOED:
        endless = f"{options}&continuous=true&interval=400&maxDuration=1"
        found = events(ask(server, f"/api/mock/stream/{target}{endless}", body))
        assert found[-1].json()["type"] == "end"


@pytest.mark.parametrize("way", ECHOED)
def test_what_is_harmless_comes_through_as_it_was(server: Server, way: str) -> None:
    target, body = WAYS[way]
    assert ask(server, f"/api/mock/{target}", body).json() == {"a": EVIL}
    (event,) = events(
        ask(server, f"/api/mock/stream/{target}&sseMode=CompleteObjects", body)
    )
    assert event.json()["data"] == {"a": EVIL}


@pytest.mark.parametrize(
    "name",
    [
        *("X-Response-Shape", "X-Api-Context", "X-LLM-Backend", "X-Error-Message"),
        *("X-Error-Code", "X-Error-Details", "X-Continuous-Streaming"),
        *("Last-Event-ID", "Origin", "Host", "X-Forwarded-For", "Accept"),
    ],
)
def test_no_header_ends_a_line(server: Server, name: str) -> None:
    for mark in ("\r", "\n", "\0", "\r ", "\n\t", "\x85", "\u2028", "\x7f"):
        for target in ("/api/mock/stream/x?sseMode=ArrayItems", "/api/mock/x"):
            value = f"a{mark}X-Evil: 1{mark}{mark}data: evil{mark}{mark}"
            response = exchange(
                server,
                f"GET {target} HTTP/1.1\r\n{name}: {value}\r\n"
                "X-Error-Code: 418\r\nConnection: close\r\n\r\n".encode(),
            )
            if "event-stream" in response.headers["Content-Type"]:
                (event,) = events(response)
                assert event.json()["error"]["code"] == 418
