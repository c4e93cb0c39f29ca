"""The journal beside the routes, and the verdict's page."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest

from tests.browser.browsers import Chromium
from tests.browser.page import Console
from tests.system.server import Server, serve

pytestmark = pytest.mark.needs_chromium

TICKS = {
    "Path": "/v1/ticks",
    "Name": "ticks",
    "Stream": {
        "Script": [{"Event": "tick", "Data": {"p": 1}}],
        "Ids": "counter",
        "RetryMs": 200,
    },
}


@pytest.fixture(scope="module")
def journal_server() -> Iterator[Server]:
    """A server of this module's own, so that its journal holds nothing else."""
    with serve("MockLlmApi: {}") as running:
        yield running


@pytest.fixture
def console(chromium_browser: Chromium, journal_server: Server) -> Iterator[Console]:
    """The console of a server with one route and an empty journal."""
    call(journal_server, "DELETE", "/routes?all=true")
    call(journal_server, "DELETE", "/journal")
    call(journal_server, "POST", "/routes", TICKS)
    yield Console(chromium_browser, journal_server.url)
    chromium_browser.open("about:blank")


def call(server: Server, method: str, path: str, body: object = None) -> None:
    request = urllib.request.Request(
        f"{server.url}/api/manage{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=method,
    )
    urllib.request.urlopen(request, timeout=10).close()


def get(server: Server, path: str, **headers: str) -> None:
    request = urllib.request.Request(server.url + path, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        response.read()


def rows(console: Console) -> list[str]:
    """The journal's rows from its top, each as one text."""
    found = console.run(
        "return [...document.querySelectorAll('[data-part=journalTable] tbody tr')]"
        ".map((row) => [...row.cells].map((cell) => cell.textContent).join(' '))"
    )
    return list(found)


def wait_for_row(console: Console, *parts: str) -> None:
    """Wait until the first row has all of these texts."""
    console.until(
        "((row) => row && arguments[0].every((part) => row.textContent.includes(part)))"
        "(document.querySelector('[data-part=journalTable] tbody tr'))",
        parts,
    )


def test_requests_come_into_the_journal_as_one_watches(
    console: Console, journal_server: Server
) -> None:
    console.open(view="routes")
    console.until(
        "document.querySelector('[data-part=journalState]').textContent === 'Live'"
    )
    get(journal_server, "/v1/ticks", **{"Last-Event-ID": "mine-1"})
    wait_for_row(console, "/v1/ticks", "200", "ticks", "mine-1", "1 events", "server")
    get(journal_server, "/api/mock/users?count=1")
    wait_for_row(console, "/api/mock/users", "a built-in endpoint")
    assert len(rows(console)) == 2


def test_an_entry_is_shown_whole_and_without_its_secrets(
    console: Console, journal_server: Server
) -> None:
    get(journal_server, "/v1/ticks?token=s3cr3t", Authorization="Bearer s3cr3t")
    console.open(view="routes")
    wait_for_row(console, "/v1/ticks")
    console.click("[data-part=journalTable] tbody button")
    console.until("!document.querySelector('[data-part=entryBox]').hidden")
    text = console.run(
        "return document.querySelector('[data-part=entryText]').textContent"
    )
    entry = json.loads(text)
    assert entry["path"] == "/v1/ticks" and entry["lastId"] == "0"
    assert entry["headers"]["authorization"].startswith("***")
    assert "s3cr3t" not in console.run("return document.documentElement.outerHTML")
    assert console.run("return document.activeElement.dataset.part") == "entryBox"


def test_the_journal_is_filtered_and_forgotten(
    console: Console, journal_server: Server
) -> None:
    for path in ("/v1/ticks", "/api/mock/users?count=1"):
        get(journal_server, path)
    console.open(view="routes")
    wait_for_row(console, "/api/mock/users")
    console.run("""
        const filter = document.querySelector('[data-part=journalFilter]');
        filter.value = 'ticks';
        filter.dispatchEvent(new Event('input'));""")
    (row,) = rows(console)
    assert "/v1/ticks" in row
    console.click("[data-part=journalForget]")
    console.until(
        "document.querySelector('[data-part=journalNote]').textContent"
        " === '2 entries were forgotten.'"
    )
    console.until(
        "!document.querySelector('[data-part=journalTable] tbody').rows.length"
    )


def rule(console: Console, name: str) -> list[str]:
    """The cells of a rule of the only client."""
    found = console.run(
        "return [...document.querySelector(`[data-rule=${arguments[0]}]`).cells]"
        ".map((cell) => cell.textContent)",
        name,
    )
    return list(found)


def test_the_pages_own_event_source_is_judged(
    console: Console, journal_server: Server
) -> None:
    console.open(view="verdict")
    console.until("!document.querySelector('[data-part=verdictNothing]').hidden")
    console.run("""
        window.source = new EventSource('/v1/ticks');
        window.opened = 0;
        window.source.onopen = () => { window.opened += 1; };""")
    console.until("window.opened >= 3")
    console.run("window.source.close()")
    console.click("#verdict-view [type=submit]")
    console.until("document.querySelector('[data-rule=reconnects]')")
    name, result, why, requests, basis = rule(console, "sends-last-id")
    assert (result, basis) == ("kept", "HTML standard, section 9.2.4")
    assert "the last id, 0" in why and requests
    assert rule(console, "waits-retry")[1] == "kept"
    assert rule(console, "reconnects")[1] == "kept"
    assert rule(console, "follows-redirect")[1:4] == ["not seen", "", ""]

    console.click("[data-rule=sends-last-id] button")
    console.until("!document.querySelector('[data-part=entryBox]').hidden")
    shown = console.run(
        "return document.querySelector('[data-part=entryText]').textContent"
    )
    assert json.loads(shown)["path"] == "/v1/ticks"


def test_a_broken_rule_is_seen_with_its_requests(
    console: Console, journal_server: Server
) -> None:
    for _ in range(2):
        get(journal_server, "/v1/ticks", **{"User-Agent": "hasty"})
    console.open(view="verdict")
    console.until("document.querySelector('[data-rule=waits-retry]')")
    _, result, why, requests, _ = rule(console, "waits-retry")
    assert result == "broken" and "retry was 200 ms" in why
    assert len(requests.split()) == 2
    state = "document.querySelector('[data-part=verdictState]').textContent"
    assert str(console.run(f"return {state}")).startswith("broken, at")


def test_only_the_paths_that_are_asked_for_are_judged_and_an_end_is_marked(
    console: Console, journal_server: Server
) -> None:
    get(journal_server, "/v1/ticks", **{"User-Agent": "reader"})
    console.open(view="verdict")
    console.until("document.querySelector('.judged')")
    console.run("document.getElementById('verdict-prefix').value = '/v2/'")
    console.click("#verdict-view [type=submit]")
    console.until("!document.querySelector('[data-part=verdictNothing]').hidden")
    console.run("document.getElementById('verdict-prefix').value = 'v2'")
    console.click("#verdict-view [type=submit]")
    console.until(
        "document.querySelector('[data-part=verdictNote]').textContent"
        ".includes('begins with /')"
    )
    console.run("document.getElementById('verdict-prefix').value = ''")
    console.click("[data-part=verdictMark]")
    console.until(
        "document.querySelector('[data-part=verdictNote]').textContent"
        ".startsWith('Marked')"
    )
