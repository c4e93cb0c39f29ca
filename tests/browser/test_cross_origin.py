"""Pages of another origin, in real browsers, which decide what they may read."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.browser.browsers import PATIENCE, Browser
from tests.system.server import Server, serve

READ = """
    const response = await fetch(url + '/api/mock/users', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Requested-With': 'XMLHttpRequest',
        'traceparent': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'X-Client-Token': 'abc',
      },
      credentials,
      body: '{"shape":{"name":"Ada"}}',
    });
    return Object.keys(await response.json());"""

LISTEN = """
    const source = new EventSource(
      url + '/api/mock/stream/users?sseMode=CompleteObjects',
      { withCredentials: credentials === 'include' },
    );
    try {
      return await new Promise((resolve, reject) => {
        source.onmessage = (message) => resolve([JSON.parse(message.data).done]);
        source.onerror = () => reject(new Error('refused'));
      });
    } finally {
      source.close();
    }"""


class _Page(BaseHTTPRequestHandler):
    """An empty page, whatever is asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Another origin</title>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The origin of a page that the server knows nothing of."""
    pages = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    yield f"http://localhost:{pages.server_port}"
    pages.shutdown()


@pytest.fixture(scope="module")
def trusting(elsewhere: str) -> Iterator[Server]:
    """A server that takes credentials from the page's origin, and no other."""
    cors = f'{{AllowedOrigins: ["{elsewhere}"], AllowCredentials: true}}'
    with serve(f"MockLlmApi: {{Cors: {cors}}}") as running:
        yield running


def outcome(browser: Browser, origin: str, script: str, *arguments: object) -> Any:
    """What the script of a page of ``origin`` returns, or the name of its error."""
    browser.open(origin)
    browser.run(
        f"""
        window.outcome = null;
        const [url, credentials] = arguments;
        (async () => {{ {script} }})().then(
          (value) => {{ window.outcome = value; }},
          (error) => {{ window.outcome = error.name; }},
        );""",
        *arguments,
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = browser.run("return window.outcome")
        if found is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("the page's script did not end")


def test_any_page_may_send_any_header_and_read(
    browser: Browser, server: Server, elsewhere: str
) -> None:
    assert outcome(browser, elsewhere, READ, server.url, "omit") == ["name"]
    assert outcome(browser, elsewhere, LISTEN, server.url, "omit") == [True]


def test_no_page_may_read_with_credentials_unless_that_is_configured(
    browser: Browser, server: Server, elsewhere: str
) -> None:
    for script in (READ, LISTEN):
        assert "Error" in outcome(browser, elsewhere, script, server.url, "include")


@pytest.mark.parametrize("credentials", ["omit", "include"])
def test_a_named_origin_may_read_with_credentials_and_without(
    browser: Browser, trusting: Server, elsewhere: str, credentials: str
) -> None:
    assert outcome(browser, elsewhere, READ, trusting.url, credentials) == ["name"]
    assert outcome(browser, elsewhere, LISTEN, trusting.url, credentials) == [True]


def test_a_page_of_an_origin_that_is_not_named_reads_nothing(
    browser: Browser, trusting: Server, elsewhere: str
) -> None:
    other = elsewhere.replace("localhost", "127.0.0.1")
    for script in (READ, LISTEN):
        assert "Error" in outcome(browser, other, script, trusting.url, "omit")
