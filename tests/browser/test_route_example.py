"""Routes as pages of another origin read them: an application's own, and htmx's."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tests.browser.browsers import Browser, Chromium, until
from tests.system.server import ROOT, Server, serve

EXAMPLES = Path(ROOT, "scripts/examples")

SWAPPED = """<!doctype html>
<title>Visitors</title>
<script src="/tests/node/node_modules/htmx.org/dist/htmx.js"></script>
<script src="/tests/node/node_modules/htmx-ext-sse/sse.js"></script>
<p hx-ext="sse" sse-connect="{url}/events" sse-swap="visitors">nobody</p>
"""


class _Files(SimpleHTTPRequestHandler):
    """The files of the repository, and one page for htmx."""

    page = ""

    def do_GET(self) -> None:
        if self.path != "/htmx":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The origin of the pages, which is not the server's."""
    pages = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=ROOT))
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    yield f"http://localhost:{pages.server_port}"
    pages.shutdown()


@pytest.fixture(scope="module")
def mock(elsewhere: str) -> Iterator[Server]:
    """The routes of both examples; htmx connects with credentials."""
    routes = [
        route
        for name in ("prices", "htmx")
        for route in yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text())[
            "MockLlmApi"
        ]["Routes"]
    ]
    cors = {"AllowedOrigins": [elsewhere], "AllowCredentials": True}
    with serve(json.dumps({"MockLlmApi": {"Routes": routes, "Cors": cors}})) as running:
        _Files.page = SWAPPED.format(url=running.url)
        yield running


def test_the_example_page_shows_prices_that_move(
    browser: Browser, mock: Server, elsewhere: str
) -> None:
    browser.open(f"{elsewhere}/scripts/examples/prices.html?api={mock.url}")
    until(browser, "document.getElementById('status').textContent === 'live'")
    until(browser, "document.querySelectorAll('#history li').length >= 3")
    lines = browser.run(
        "return [...document.querySelectorAll('#history li')].map(x => x.textContent)"
    )
    assert len(set(lines)) == len(lines)
    assert float(browser.run("return document.getElementById('price').textContent")) > 0


@pytest.mark.needs_chromium
@pytest.mark.needs_node
def test_htmx_swaps_the_html_of_events_in(
    chromium_browser: Chromium, mock: Server, elsewhere: str
) -> None:
    chromium_browser.open(f"{elsewhere}/htmx")
    until(chromium_browser, "document.querySelector('p b')?.textContent === '1'")
    assert chromium_browser.run("return !!document.querySelector('p small')")
