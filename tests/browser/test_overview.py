"""The server view: what goes on in the server, live, and stopping it."""

from __future__ import annotations

import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.browser.browsers import Chromium
from tests.browser.page import Console
from tests.system.proxy import proxied
from tests.system.server import Server

pytestmark = pytest.mark.needs_chromium


@contextmanager
def watching(server: Server, stream: str) -> Iterator[list[str]]:
    """Another client of a stream, and the lines that it has received."""
    lines: list[str] = []
    response = urllib.request.urlopen(f"{server.url}/api/mock/stream/{stream}")

    def read() -> None:
        for line in response:
            lines.append(line.decode())

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield lines
        thread.join(5)
        assert not thread.is_alive()
    finally:
        response.close()


def rows(console: Console, table: str) -> list[list[str]]:
    found = console.run(
        """const table = document.querySelector(`[data-part=${arguments[0]}]`);
        return [...table.tBodies[0].rows]
            .map((row) => [...row.cells].map((cell) => cell.textContent))""",
        table,
    )
    return list(found)


def wait_for_row(console: Console, table: str, text: str) -> None:
    console.until(
        "document.querySelector(`[data-part=${arguments[0]}]`).tBodies[0]"
        ".textContent.includes(arguments[1])",
        table,
        text,
    )


def wait_for_none(console: Console, table: str) -> None:
    console.until(
        "!document.querySelector(`[data-part=${arguments[0]}]`).tBodies[0].rows.length",
        table,
    )


def test_a_shared_feed_is_seen_and_ended(in_chromium: Console, server: Server) -> None:
    console = in_chromium.open(view="server")
    feed = "stocks?feed=seen&interval=200&sseMode=CompleteObjects"
    with watching(server, feed):
        wait_for_row(console, "feedTable", "seen")
        (row,) = rows(console, "feedTable")
        assert row[:5] == [
            "seen",
            "stocks",
            "CompleteObjects, every 200 ms",
            "embedded",
            "1",
        ]
        console.run("document.querySelector('[data-part=feedTable] button').click()")
    wait_for_none(console, "feedTable")


def test_a_stream_of_someone_else_is_seen_and_stopped(
    in_chromium: Console, server: Server
) -> None:
    console = in_chromium.open(view="server")
    wait_for_none(console, "streamTable")
    feed = "orders/7?continuous=true&interval=200&sseMode=CompleteObjects"
    with watching(server, feed) as lines:
        wait_for_row(console, "streamTable", "orders/7")
        (row,) = rows(console, "streamTable")
        assert row[1:4] == ["CompleteObjects, every 200 ms", "embedded", "127.0.0.1"]
        console.until(
            "Number(document.querySelector('[data-part=streamTable]')"
            ".tBodies[0].rows[0].cells[5].textContent) > arguments[0]",
            int(row[5]),
        )
        console.click("[aria-label='Stop orders/7']")
    assert '"reason":"stopped"' in "".join(lines)
    wait_for_none(console, "streamTable")


def test_contexts_are_listed_shown_and_deleted(
    in_chromium: Console, server: Server
) -> None:
    url = f"{server.url}/api/mock/users/42?context=some%20session"
    with urllib.request.urlopen(url) as response:
        user: Any = json.loads(response.read())
    console = in_chromium.open(view="server")
    wait_for_row(console, "contextTable", "some session")
    console.click("[aria-label='Show some session']")
    console.until("!document.querySelector('[data-part=contextBox]').hidden")
    contents = "document.querySelector('[data-part=contextText]').textContent"
    name = next(text for text in user.values() if isinstance(text, str))
    assert name in str(console.run(f"return {contents}"))
    console.click("[aria-label='Delete some session']")
    wait_for_none(console, "contextTable")


def test_backends_are_listed_with_their_health(in_chromium: Console) -> None:
    console = in_chromium.open(view="server")
    wait_for_row(console, "backendTable", "embedded")
    assert rows(console, "backendTable")[0][:5] == [
        "embedded",
        "embedded",
        "–",
        "1",
        "always well",
    ]


def test_it_listens_only_while_it_is_looked_at(
    in_chromium: Console, server: Server
) -> None:
    console = in_chromium.open(view="server")
    state = "document.querySelector('[data-part=overviewState]').dataset.state"
    console.until(f"{state} === 'open'")
    console.click("#show-streams")
    console.until(f"{state} === 'stopped'")
    assert re.search(r"#?$", str(console.run("return location.hash")))
    console.click("#show-server")
    console.until(f"{state} === 'open'")
    assert "view=server" in str(console.run("return location.hash"))


@pytest.mark.needs_nginx
def test_visitors_are_told_why_they_see_nothing(chromium_browser: Chromium) -> None:
    with proxied() as proxy:
        console = Console(chromium_browser, proxy.tls).open(view="server")
        console.until(
            "document.querySelector('[data-part=overviewState]').textContent"
            ".includes('on the server\\'s machine')"
        )
        chromium_browser.open("about:blank")
