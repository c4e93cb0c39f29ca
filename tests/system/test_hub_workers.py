"""Two workers that share a Redis: whichever a request meets, the hub works."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest

from tests.integration.redis_server import RedisServer, redis_server
from tests.system.server import Server, serve
from tests.system.test_hub import Client
from tests.system.test_hub_clients import node
from tests.system.wire import get_json, wait_until

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


def updates(client: Client, number: int) -> list[tuple[int, str]]:
    """The moments and the data of so many updates."""
    found: list[tuple[int, str]] = []
    while len(found) < number:
        message = client.receive()
        if message.get("target") == "DataUpdate":
            (update,) = message["arguments"]
            found.append((update["timestamp"], json.dumps(update["data"])))
    return found


def test_the_clients_of_all_workers_get_the_same(server: Server) -> None:
    clients = [Client(server) for _ in range(8)]
    for client in clients:
        client.connect()
        client.send(type=1, target="SubscribeToContext", arguments=["stocks"])
    stocks = "/api/manage/hub-contexts/stocks"
    wait_until(lambda: get_json(server, stocks)["connectionCount"] == 8, 5)
    seen = [updates(client, 10) for client in clients]
    data = dict(seen[0])
    assert len(data) == 10
    for each in seen[1:]:
        shared = [moment for moment, _ in each if moment in data]
        assert len(shared) >= 5
        assert all(data[moment] == text for moment, text in each if moment in data)
    for client in clients:
        client.ws.close()


def test_a_context_that_one_worker_makes_is_there_at_all(server: Server) -> None:
    declared = b'{"name":"later","path":"/users","intervalMs":50}'
    url = f"{server.url}/api/manage/hub-contexts"
    kind = {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, declared, kind)):
        for _ in range(8):
            client = Client(server)
            client.connect()
            client.send(type=1, target="SubscribeToContext", arguments=["later"])
            assert updates(client, 1)
            client.ws.close()


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
