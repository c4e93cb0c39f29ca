"""The console's hub window, and the programs for hub clients that it hands out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.browser.browsers import Browser
from tests.browser.page import Console
from tests.system.server import ROOT, Server, serve
from tests.system.test_hub import Client

CONFIG = """
MockLlmApi:
  HubContexts:
    - {Name: stocks, Path: /stocks, IntervalMs: 100, Shape: {ticker: AAPL, price: 1.5}}
    - {Name: weather, Path: /weather, IntervalMs: 100, Shape: {celsius: 20.5}}
  Feeds:
    - Name: ticker
      Path: quotes
      SseMode: CompleteObjects
      IntervalMs: 100
      Shape: {bid: 1.5}
  Routes:
    - Name: clicks
      Path: /v1/clicks
      Stream:
        Envelope: bare
        IntervalMs: 100
        Events: [{Event: click, Shape: {x: 12}}]
"""
SHAPE = """{"price":150.0,"tag":"O'Neil"}"""
STREAM = (
    "stocks?continuous=true&interval=50&maxEvents=3&sseMode=CompleteObjects"
    f"&shape={quote(SHAPE)}"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(CONFIG) as running:
        yield running


def watch(console: Console, transport: str, source: str, kind: str = "context") -> None:
    """Choose, and press the button."""
    console.run(
        """const { elements } = document.querySelector('#hub-view form');
        elements.transport.value = arguments[0];
        elements.source.value = arguments[1];
        elements.kind.value = arguments[2];""",
        transport,
        source,
        kind,
    )
    console.click("#hub-view button[type=submit]")


def part(name: str) -> str:
    return f"document.querySelector('#hub-view [data-part={name}]').textContent"


def test_a_hub_context_is_watched_over_every_transport(
    browser: Browser, server: Server
) -> None:
    console = Console(browser, server.url).open()
    console.click("#show-hub")
    for transport in ("WebSockets", "ServerSentEvents", "LongPolling"):
        watch(console, transport, "stocks")
        console.until(f"{part('hubState')} === 'Connected'")
        console.until(f"{part('hubLatest')}.includes('price')")
        console.until("document.querySelector('#hub-view canvas')")
        watch(console, transport, "weather")
        console.until(f"{part('hubLatest')}.includes('celsius')")
        console.click("#hub-view [data-part=hubLeave]")
        console.until(f"{part('hubState')} === 'Not connected'")


@pytest.mark.needs_chromium
def test_feeds_and_routes_are_watched_beside_contexts(
    chromium_browser: Browser, server: Server
) -> None:
    console = Console(chromium_browser, server.url).open(view="hub")
    for kind, source, field in (
        ("feed", "ticker", "bid"),
        ("context", "weather", "celsius"),
        ("feed", "clicks", "x"),
    ):
        watch(console, "", source, kind)
        console.until(f"{part('hubLatest')}.includes('\"{field}\"')")
        console.until(f"{part('hubCharts')}.includes('{field}')")
    watch(console, "", "nope", "feed")
    console.until(f"{part('hubNote')}.includes(\"Unknown feed or route 'nope'\")")


def test_what_cannot_be_watched_is_said(browser: Browser, server: Server) -> None:
    console = Console(browser, server.url).open(view="hub")
    watch(console, "", "nope")
    console.until(f"{part('hubNote')}.includes(\"Unknown context 'nope'\")")
    watch(console, "", "")
    console.until(f"{part('hubLatest')}.includes('price')")


@pytest.mark.needs_chromium
def test_the_clients_of_the_hub_are_seen_and_stopped(
    chromium_browser: Browser, server: Server
) -> None:
    client = Client(server)
    client.connect()
    console = Console(chromium_browser, server.url).open(view="server")
    row = "document.querySelector('[data-part=streamTable]').tBodies[0].rows[0]"
    console.until(f"{row}?.cells[1].textContent === 'hub, WebSockets'")
    console.click("[data-part=streamTable] button")
    assert client.receive() == {"type": 7}
    client.ws.close()


@pytest.mark.needs_chromium
def test_without_a_hub_there_is_no_window_and_no_code_for_it(
    chromium_browser: Browser,
) -> None:
    with serve("MockLlmApi: {EnableSignalR: false}") as without:
        console = Console(chromium_browser, without.url).open()
        assert console.run("return document.getElementById('show-hub').hidden")
        console.click("#composer [data-part=code]")
        languages = console.run("return document.getElementById('code').textContent")
        assert "SignalR" not in str(languages)


def code_of(console: Console, language: str) -> str:
    console.open(compose=f"/api/mock/stream/{STREAM}")
    console.click("#composer [data-part=code]")
    console.click(f"#code input[value='{language}']")
    return str(console.run("return document.querySelector('#code pre').textContent"))


@pytest.mark.needs_chromium
@pytest.mark.needs_node
@pytest.mark.parametrize(
    ("language", "command"),
    [
        ("SignalR: JavaScript", ("node", "--input-type=module")),
        ("SignalR: Python", (sys.executable, "-")),
    ],
)
def test_a_program_streams_over_the_hub(
    chromium_browser: Browser, server: Server, language: str, command: tuple[str, ...]
) -> None:
    code = code_of(Console(chromium_browser, server.url), language)
    done = subprocess.run(
        command,
        input=code,
        cwd=ROOT / "tests" / "node",
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("price") == 3


@pytest.mark.needs_chromium
def test_csharp_has_the_call_as_literals(
    chromium_browser: Browser, server: Server
) -> None:
    code = code_of(Console(chromium_browser, server.url), "SignalR: C#")
    assert f'WithUrl("{server.url}/hub/mock")' in code
    assert '("Stream", "stocks", options)' in code
    assert "O'Neil" in code
