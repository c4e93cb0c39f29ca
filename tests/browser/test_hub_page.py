"""The hub as pages of another origin use it, over every transport."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browser.browsers import Browser, Chromium, until
from tests.system.proxy import proxied
from tests.system.server import ROOT, serve

MICROSOFT = "/tests/node/node_modules/@microsoft"
PACKED = f"{MICROSOFT}/signalr-protocol-msgpack/dist/browser"

#: Connects in each way, subscribes, streams, and says what came of it.
PAGE = f"""<!doctype html>
<title>Hub</title>
<script src="{MICROSOFT}/signalr/dist/browser/signalr.js"></script>
<script src="{PACKED}/signalr-protocol-msgpack.js"></script>
<script>
  const api = new URLSearchParams(location.search).get('api');
  const said = {{}};
  async function connect(transport, packed) {{
    let builder = new signalR.HubConnectionBuilder()
      .withUrl(`${{api}}/hub/mock`, {{
        transport: signalR.HttpTransportType[transport],
        accessTokenFactory: () => 'secret',
      }});
    if (packed) {{
      const protocol = new signalR.protocols.msgpack.MessagePackHubProtocol();
      builder = builder.withHubProtocol(protocol);
    }}
    const hub = builder.build();
    const update = new Promise((done) => hub.on('DataUpdate', done));
    await hub.start();
    await hub.invoke('SubscribeToContext', 'stock-market');
    const rows = (await update).data.stocks.length;
    const value = await hub.invoke('Get', 'stocks', {{ shape: {{ price: 1.5 }} }});
    await hub.stop();
    said[transport + (packed ? ' packed' : '')] = [rows, Object.keys(value)];
  }}
  (async () => {{
    for (const transport of ['WebSockets', 'ServerSentEvents', 'LongPolling']) {{
      const ways = transport === 'ServerSentEvents' ? [false] : [false, true];
      for (const packed of ways) {{
        await connect(transport, packed).catch((error) => {{
          said[transport] = String(error);
        }});
      }}
    }}
    document.title = 'done';
  }})();
</script>
"""
EXAMPLE = Path(ROOT, "scripts/examples/hub.yaml").read_text("utf-8")


class _Files(SimpleHTTPRequestHandler):
    """The files of the repository, and the page."""

    def do_GET(self) -> None:
        if not self.path.startswith("/hub?"):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The origin of the pages, which is not the server's."""
    pages = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=ROOT))
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    yield f"http://localhost:{pages.server_port}"
    pages.shutdown()


def test_the_example_dashboard_shows_stocks_that_move(
    browser: Browser, elsewhere: str
) -> None:
    with serve(EXAMPLE) as server:
        browser.open(f"{elsewhere}/scripts/examples/hub.html?api={server.url}")
        until(browser, "document.getElementById('status').textContent === 'live'")
        until(browser, "document.querySelectorAll('#stocks tr').length === 3")
        first = browser.run("return document.getElementById('stocks').textContent")
        until(
            browser,
            f"document.getElementById('stocks').textContent !== {first!r}",
        )


@pytest.mark.needs_chromium
@pytest.mark.needs_node
def test_a_page_of_another_origin_connects_in_every_way(
    chromium_browser: Chromium, elsewhere: str
) -> None:
    with serve(f"{EXAMPLE}  ApiKeys: [secret]\n") as server:
        check_page(chromium_browser, server.url, elsewhere)


@pytest.mark.needs_chromium
@pytest.mark.needs_nginx
@pytest.mark.needs_node
def test_a_page_connects_in_every_way_through_nginx(
    chromium_browser: Chromium, elsewhere: str
) -> None:
    with proxied(f"{EXAMPLE}  ApiKeys: [secret]\n  TrustedProxies: [unix]\n") as nginx:
        for url in (nginx.plain, nginx.tls):
            check_page(chromium_browser, url, elsewhere)


def check_page(browser: Chromium, api: str, elsewhere: str) -> None:
    browser.open(f"{elsewhere}/hub?api={api}")
    until(browser, "document.title === 'done'")
    assert browser.run("return said") == {
        way: [3, ["price"]]
        for way in (
            "WebSockets",
            "WebSockets packed",
            "ServerSentEvents",
            "LongPolling",
            "LongPolling packed",
        )
    }
