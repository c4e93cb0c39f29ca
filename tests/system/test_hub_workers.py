"""Two workers that share a Redis: whichever a request meets, the hub works."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.integration.redis_server import RedisServer, redis_server
from tests.system.server import Server, serve
from tests.system.test_hub_clients import node

pytestmark = [pytest.mark.needs_redis, pytest.mark.needs_node]

CONTEXT = "{Name: stocks, Path: /stocks, IntervalMs: 200, Shape: {ticker: AAPL}}"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture(scope="module")
def server(redis: RedisServer) -> Iterator[Server]:
    config = f"MockLlmApi:\n  Redis: {redis.url}\n  HubContexts: [{CONTEXT}]\n"
    with serve(config, workers=2) as running:
        yield running


def test_every_transport_works_whichever_worker_answers(server: Server) -> None:
    visitors = [
        node(f"{server.url}/hub/mock", transport, protocol, "visit")
        for transport, protocol in [
            ("WebSockets", "messagepack"),
            ("ServerSentEvents", "json"),
            ("ServerSentEvents", "json"),
            ("LongPolling", "json"),
            ("LongPolling", "messagepack"),
        ]
    ]
    for visitor in visitors:
        printed, _ = visitor.communicate(timeout=60)
        assert visitor.returncode == 0, printed
        said = dict(map(json.loads, printed.splitlines()))
        assert len(said["stream"]) == 3
        assert len(said["updates"]) == 3
        assert said["closed"] is None
