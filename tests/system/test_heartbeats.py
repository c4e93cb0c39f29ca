"""Clients that others wrote, on a stream that is silent for longer than a heartbeat.

Some of them take a comment that stands in a block of its own for an event with
empty data, and die of it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import openai
import pytest
from httpx_sse import connect_sse

from tests.system.server import ROOT, Server, serve

FEED = "/api/mock/stream/stocks?continuous=true&sseMode=CompleteObjects"
SILENT = f"{FEED}&interval=1500&maxDuration=2"
NODE_CLIENTS = (
    "eventsource",
    "undici",
    "fetch-event-source",
    "event-source-polyfill",
    "launchdarkly-eventsource",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve("MockLlmApi: {HeartbeatSeconds: 0.2}") as running:
        yield running


def read_with_node(kind: str, url: str, *options: str) -> list[Any]:
    """The events that a client in Node.js hands on, in order."""
    done = subprocess.run(
        ["node", "clients.mjs", kind, url, *options],
        cwd=ROOT / "tests" / "node",
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line)[1] for line in done.stdout.splitlines()]


def read_with_httpx_sse(url: str) -> list[Any]:
    with httpx.Client() as client, connect_sse(client, "GET", url) as source:
        return [event.json() for event in source.iter_sse()]


def read_with_openai(url: str) -> list[Any]:
    client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
    stream = client.get(
        url, cast_to=object, stream=True, stream_cls=openai.Stream[object]
    )
    return list(stream)


def kinds(events: list[Any]) -> list[str]:
    return [event.get("type", "data") for event in events]


def test_the_stream_is_silent_for_longer_than_a_heartbeat(server: Server) -> None:
    text = httpx.get(server.url + SILENT).text
    silence = text.split('"index":0')[1].split('"index":1')[0]
    assert silence.count(": keep-alive\n") >= 5
    # A line alone: a comment that is a block would be one.
    assert ": keep-alive\n\n" not in text


@pytest.mark.parametrize("read", [read_with_httpx_sse, read_with_openai])
def test_python_clients_see_no_heartbeat(
    server: Server, read: Callable[[str], list[Any]]
) -> None:
    assert kinds(read(server.url + SILENT)) == ["info", "data", "data", "end"]


@pytest.mark.needs_node
@pytest.mark.parametrize("kind", NODE_CLIENTS)
def test_javascript_clients_see_no_heartbeat(server: Server, kind: str) -> None:
    seen = read_with_node(kind, server.url + SILENT)
    assert kinds(seen) == ["info", "data", "data", "end"]


@pytest.mark.needs_node
@pytest.mark.parametrize("kind", ["event-source-polyfill", "eventsource", "undici"])
def test_a_client_that_connects_again_after_the_end_is_sent_nothing(
    server: Server, kind: str
) -> None:
    """Polyfills send the last id in the query, to be spared a preflight."""
    seen = read_with_node(
        kind, f"{server.url}{FEED}&interval=300&maxDuration=1", "stay"
    )
    assert kinds(seen) == ["info", *["data"] * 4, "end"]
