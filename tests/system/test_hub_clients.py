"""The hub with the clients that people use, directly and through nginx."""

from __future__ import annotations

import asyncio
import json
import queue
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from pysignalr.client import SignalRClient
from signalrcore.hub_connection_builder import HubConnectionBuilder
from signalrcore.protocol.messagepack_protocol import MessagePackHubProtocol
from signalrcore.types import HttpTransportType

from tests.system.proxy import Proxy, proxied
from tests.system.server import ROOT, Server, serve

HUB = "/hub/mock"
CONFIG = """
MockLlmApi:
  TrustedProxies: [unix]
  HubContexts:
    - {Name: stocks, Path: /stocks, IntervalMs: 200, Shape: {ticker: AAPL, price: 1.5}}
"""
COMBINATIONS = [
    ("WebSockets", "json"),
    ("WebSockets", "messagepack"),
    ("WebSockets", "skip"),
    ("ServerSentEvents", "json"),
    ("LongPolling", "json"),
    ("LongPolling", "messagepack"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(CONFIG) as running:
        yield running


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with proxied(CONFIG) as running:
        yield running


def node(*arguments: str) -> subprocess.Popen[str]:
    """The client of Microsoft, as tests/node/hub.mjs uses it."""
    return subprocess.Popen(
        ["node", "hub.mjs", *arguments],
        cwd=ROOT / "tests" / "node",
        stdout=subprocess.PIPE,
        text=True,
    )


def check_visit(url: str, transport: str, protocol: str) -> None:
    """Let a client connect, call, stream, cancel and subscribe."""
    visitor = node(f"{url}{HUB}", transport, protocol, "visit")
    printed, _ = visitor.communicate(timeout=30)
    said = dict(map(json.loads, printed.splitlines()))
    assert visitor.returncode == 0, printed
    assert "connectionId" in said["connected"]
    assert [*said["value"]] == ["ticker", "price"]
    assert [[*item] for item in said["stream"]] == [["price"]] * 3
    assert said["cancelled"] == 2
    assert said["unknown"].partition(";")[0].endswith("Unknown context 'nope'")
    assert said["contexts"] == {"contexts": ["stocks"]}
    times = [update["timestamp"] for update in said["updates"]]
    gaps = [b - a for a, b in zip(times, times[1:], strict=False)]
    assert all(gap == pytest.approx(200, abs=100) for gap in gaps)
    assert [*said["updates"][0]["data"]] == ["ticker", "price"]
    assert said["closed"] is None


@pytest.mark.needs_node
@pytest.mark.parametrize(("transport", "protocol"), COMBINATIONS)
def test_microsofts_client_is_served(
    server: Server, transport: str, protocol: str
) -> None:
    check_visit(server.url, transport, protocol)


@pytest.mark.needs_node
@pytest.mark.needs_nginx
@pytest.mark.parametrize(("transport", "protocol"), COMBINATIONS)
def test_microsofts_client_is_served_through_nginx(
    proxy: Proxy, transport: str, protocol: str
) -> None:
    check_visit(proxy.plain, transport, protocol)


@pytest.mark.needs_node
def test_a_reload_loses_no_client_that_reconnects() -> None:
    with serve(CONFIG) as server:
        clients = [
            node(f"{server.url}{HUB}", transport, "json", "stay", "60")
            for transport in ("WebSockets", "ServerSentEvents", "LongPolling")
        ]
        for client in clients:
            wait_for(client, "updates")
        server.process.send_signal(signal.SIGHUP)
        for client in clients:
            for event in ("reconnecting", "reconnected", "updates"):
                wait_for(client, event)
            client.kill()
            client.communicate()


def wait_for(client: subprocess.Popen[str], event: str) -> None:
    """Read on until the client says ``event``."""
    assert client.stdout is not None
    for line in client.stdout:
        said = json.loads(line)[0]
        assert said != "closed", line
        if said == event:
            return
    raise AssertionError(f"the client never said {event}")


# -- clients in Python -------------------------------------------------------------


def test_pysignalr_is_served(server: Server) -> None:
    async def visit() -> None:
        await asyncio.wait_for(visit_with_pysignalr(server), 20)

    asyncio.run(visit())


async def visit_with_pysignalr(server: Server) -> None:
    """Subscribe, and stream to the end."""
    client = SignalRClient(f"{server.url}{HUB}")
    said: dict[str, asyncio.Queue[Any]] = {
        name: asyncio.Queue() for name in ("greeting", "update", "done", "item", "end")
    }
    client.on("Connected", said["greeting"].put)
    client.on("DataUpdate", said["update"].put)
    running = asyncio.create_task(client.run())
    try:
        await said["greeting"].get()
        await client.send("SubscribeToContext", ["stocks"], said["done"].put)
        assert (await said["done"].get()).error is None
        (update,) = await said["update"].get()
        assert [*update["data"]] == ["ticker", "price"]
        call: list[Any] = ["stocks", {"maxEvents": 2, "interval": 20}]
        await client.stream("Stream", call, said["item"].put, said["end"].put)
        assert (await said["end"].get()).error is None
        assert said["item"].qsize() == 2
    finally:
        running.cancel()


def test_a_reload_loses_no_client_of_pysignalr() -> None:
    with serve(CONFIG) as server:

        async def stay() -> None:
            await asyncio.wait_for(stay_with_pysignalr(server), 60)

        asyncio.run(stay())


async def stay_with_pysignalr(server: Server) -> None:
    """Reload the server, and get data again."""
    client = SignalRClient(f"{server.url}{HUB}")
    greetings: asyncio.Queue[Any] = asyncio.Queue()
    updates: asyncio.Queue[Any] = asyncio.Queue()
    client.on("Connected", greetings.put)
    client.on("DataUpdate", updates.put)
    running = asyncio.create_task(client.run())
    try:
        (first,) = await greetings.get()
        server.process.send_signal(signal.SIGHUP)
        second = first
        while second["connectionId"] == first["connectionId"]:
            # The worker that goes may greet it once more.
            (second,) = await greetings.get()
        await client.send("SubscribeToContext", ["stocks"])
        await updates.get()
        assert not running.done()
    finally:
        running.cancel()


# It reads MessagePack over WebSockets only.
@pytest.mark.parametrize(
    ("transport", "protocol"),
    [
        (HttpTransportType.web_sockets, "json"),
        (HttpTransportType.web_sockets, "messagepack"),
        (HttpTransportType.server_sent_events, "json"),
        (HttpTransportType.long_polling, "json"),
    ],
)
def test_signalrcore_is_served(
    server: Server, transport: HttpTransportType, protocol: str
) -> None:
    said: dict[str, queue.Queue[Any]] = {
        name: queue.Queue() for name in ("open", "update", "item")
    }
    builder = HubConnectionBuilder().with_url(
        f"{server.url}{HUB}", options={"transport": transport}
    )
    if protocol == "messagepack":
        builder.with_hub_protocol(MessagePackHubProtocol())
    client = builder.build()
    client.on("Connected", said["open"].put)
    client.on("DataUpdate", said["update"].put)
    client.start()
    try:
        said["open"].get(timeout=10)
        client.send("SubscribeToContext", ["stocks"])
        (update,) = said["update"].get(timeout=10)
        assert [*update["data"]] == ["ticker", "price"]
        # What comes before this client has its callbacks, it drops.
        call = ["stocks", {"interval": 50}]
        client.stream("Stream", call).subscribe(
            {"next": said["item"].put, "complete": print, "error": print}
        )
        assert [said["item"].get(timeout=10) for _ in range(2)]
    finally:
        client.stop()
