"""Limits and times that one request sets or meets, over TCP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import quote

import httpx
import pytest
from httpx_sse import connect_sse

from tests.system.server import Server, serve

#: Four texts, a thousand times: gigabytes, as every token repeats what came before.
TEXTS = quote(json.dumps([{name: "a sentence of some words" for name in "abcd"}]))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve("MockLlmApi: {LogLevel: warning}") as running:
        yield running


def events(server: Server, query: str) -> list[dict[str, object]]:
    host, port = server.address
    url = f"http://{host}:{port}/api/mock/stream/things?{query}"
    with httpx.Client(timeout=20) as client, connect_sse(client, "GET", url) as source:
        return [json.loads(event.data) for event in source.iter_sse()]


def test_a_text_that_would_be_repeated_for_gigabytes_is_refused(
    server: Server,
) -> None:
    connection = HTTPConnection(*server.address, timeout=20)
    connection.request("GET", f"/api/mock/stream/x?shape={TEXTS}&count=1000")
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    assert answer.status == 400
    assert "MaxTokenTextBytes" in problem["allowed"]
    assert str(65536) in problem["detail"]


def test_in_a_continuous_stream_such_a_text_is_an_error_event(server: Server) -> None:
    info, error = events(server, f"continuous=true&shape={TEXTS}&count=1000")
    assert info["type"] == "info"
    assert error["type"] == "error"
    assert "65536" in str(error["message"])


def test_a_stream_ends_after_the_batches_that_were_asked_for(server: Server) -> None:
    query = "continuous=true&interval=20&jitter=20&maxEvents=5&sseMode=CompleteObjects"
    _, *batches, end = events(server, query)
    assert [batch["index"] for batch in batches] == [0, 1, 2, 3, 4]
    assert (end["reason"], end["eventCount"]) == ("max_events", 5)


def test_a_response_waits_as_long_as_was_asked_for(server: Server) -> None:
    connection = HTTPConnection(*server.address, timeout=20)
    began = time.monotonic()
    connection.request("GET", "/api/mock/things?delay=300")
    assert connection.getresponse().status == 200
    assert time.monotonic() - began >= 0.3
