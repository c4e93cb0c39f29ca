"""The verdict on real clients, and on small broken ones: what each rule says of them.

The documentation has a table of it, which is held against these runs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.verdict.rules import RULES
from tests.browser.browsers import chromium
from tests.system.server import ROOT, Server, serve
from tests.system.wire import get_json, wait_until
from tests.unit.pages import PAGES

pytestmark = [
    pytest.mark.needs_node,
    pytest.mark.needs_chromium,
    pytest.mark.alone,  # clients reconnect in time, or not
]

NODE = ROOT / "tests" / "node"
SMALL = Path(__file__).with_name("small_clients.py")

#: What the feeds tell their clients to wait, in milliseconds.
RETRY_MS = 500
#: A silence that no heartbeat ends, in seconds; one was promised every second.
STALL_S = 4.0
#: Time for all that happens on the feeds, and for clients to show that they stay
#: away: three times the wait, and a second more, in seconds.
PATIENCE_S = 6.0

EVENT = {"Data": {"n": 1}}


def script(*steps: object, **more: object) -> dict[str, Any]:
    """A stream of exact steps whose ids count; it closes after the last."""
    stream: dict[str, Any] = {"Script": [*steps], "Ids": "counter", "IntervalMs": 100}
    return {"RetryMs": RETRY_MS, "Heartbeat": {"Seconds": 1}, **stream, **more}


def hold(*steps: object) -> dict[str, Any]:
    return script(*steps, Then="hold")


#: What happens on each feed: routes that take turns.
FEEDS: Mapping[str, list[dict[str, Any]]] = {
    # It ends cleanly, again and again.
    "clean": [{"Stream": script(EVENT, EVENT)}],
    # It ends with an event that says that it is the last.
    "finished": [{"Stream": script(EVENT, Ids="stream")}],
    # Something else comes with the status of a stream.
    "html": [{"Times": 1, "Stream": script(EVENT)}, {"Body": "<p>Sign in</p>"}],
    # It is there no more.
    "gone": [{"Times": 1, "Stream": script(EVENT)}, {"Status": 404, "Body": "gone"}],
    # It is too busy for a while.
    "busy": [
        {"Times": 1, "Stream": script(EVENT)},
        {"Times": 1, "Status": 503, "Headers": {"Retry-After": "1"}, "Body": "later"},
        {"Stream": hold(EVENT)},
    ],
    # It has moved.
    "moved": [
        {"Status": 307, "Headers": {"Location": "{server}{prefix}/there"}, "Body": ""}
    ],
    "there": [{"Stream": hold(EVENT)}],
    # It is silent for long: a verb does that.
    "silent": [{"Stream": hold(EVENT)}],
    # It is cut in the middle of an event: a verb does that, too.
    "half": [{"Stream": {**script(EVENT), "Repeat": True}}],
}
ASKED = tuple(name for name in FEEDS if name != "there")


@dataclass(frozen=True)
class Reader:
    """A client: its name in the table, and the command that runs it."""

    name: str
    command: tuple[str, ...]
    feeds: tuple[str, ...] = ASKED

    @property
    def prefix(self) -> str:
        """The paths of its own feeds."""
        return f"/{self.name.replace(' ', '-')}"


def in_node(name: str) -> Reader:
    return Reader(name, ("node", str(NODE / "reader.mjs"), name))


def small(name: str, kind: str, feeds: tuple[str, ...] = ASKED) -> Reader:
    return Reader(name, (sys.executable, str(SMALL), kind), feeds)


BROWSER = Reader("Chromium", ())
READERS = [
    BROWSER,
    in_node("eventsource"),
    in_node("undici"),
    in_node("event-source-polyfill"),
    in_node("fetch-event-source"),
    in_node("launchdarkly-eventsource"),
    small("httpx-sse in a loop", "loop"),
    small("reads once", "once"),
    small("reads with care", "careful"),
    # Two connections would share what happens once; this one does not need it.
    small("reads twice", "twice", feeds=("there",)),
]


def post(server: Server, path: str, body: object) -> Any:
    request = urllib.request.Request(
        server.url + path,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def make_feeds(server: Server, prefix: str) -> None:
    """All feeds, below the prefix of one client."""
    routes = [
        {"Path": f"{prefix}/{name}", **route}
        for name, turns in FEEDS.items()
        for route in turns
    ]
    text = json.dumps(routes).replace("{server}{prefix}", server.url + prefix)
    post(server, "/api/manage/routes", json.loads(text))


@contextmanager
def reading(reader: Reader, urls: list[str]) -> Iterator[Callable[[], None]]:
    """The client, while it reads; the function closes what it has opened."""
    if reader is BROWSER:
        with chromium() as browser:
            browser.open(urls[0].rsplit("/", 2)[0])
            browser.run(
                "window.sources = arguments[0].map((url) => new EventSource(url));",
                urls,
            )
            yield lambda: browser.run("window.sources.forEach((each) => each.close())")
        return
    process = subprocess.Popen(
        [*reader.command, *urls],
        cwd=NODE,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    try:
        yield process.stdin.close
    finally:
        process.stdin.close()
        process.kill()
        process.wait()


def are_open(server: Server, prefix: str) -> int:
    """How many streams are open below a path."""
    streams = get_json(server, "/api/manage/streams?limit=1000")["streams"]
    return sum(f"/{each['path']}".startswith(prefix) for each in streams)


Results = Mapping[str, Mapping[str, Mapping[str, Any]]]


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    """What the verdict says of each client, by the client and the rule."""
    # One client asks fifty times a second: what the others did has to stay.
    journal = "MockLlmApi: {JournalSize: 100000}"
    with serve(journal) as server, ThreadPoolExecutor(3) as together:
        found = together.map(lambda reader: judged(server, reader), READERS)
        yield dict(zip([reader.name for reader in READERS], found, strict=True))


def judged(server: Server, reader: Reader) -> dict[str, Any]:
    """Let a client read, do to it what can be done, and judge it."""
    prefix, streams = reader.prefix, "/api/manage/streams"
    make_feeds(server, prefix)
    urls = [f"{server.url}{prefix}/{name}" for name in reader.feeds]
    with reading(reader, urls) as close:
        if reader.feeds is ASKED:
            for name in ("silent", "half"):
                wait_until(lambda: are_open(server, f"{prefix}/{name}") > 0, 20)
            cut = {"how": "fin", "midFrame": True}
            post(server, f"{streams}/cut?prefix={prefix}/half", cut)
            stall = {"seconds": STALL_S}
            post(server, f"{streams}/stall?prefix={prefix}/silent", stall)
            time.sleep(PATIENCE_S)
        else:
            wait_until(lambda: are_open(server, prefix) == 2, 20)
            time.sleep(1.2)
        if reader.name != "httpx-sse in a loop":  # which nobody thought of closing
            close()
            wait_until(lambda: are_open(server, prefix) == 0, 10)
        post(server, f"/api/manage/verdict/mark?prefix={prefix}/", {})
        time.sleep(1.2)
        told = get_json(server, f"/api/manage/verdict?prefix={prefix}/")
    (client,) = told["clients"]
    return {each["rule"]: each for each in client["rules"]}


def table(results: Results) -> str:
    """The table of the documentation."""
    names = [*results]
    lines = [["rule", *names], ["---"] * (len(names) + 1)]
    for rule in RULES:
        found = [results[name][rule.name]["result"] for name in names]
        lines.append([f"`{rule.name}`", *found])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def test_the_documented_table_is_what_clients_do(results: Results) -> None:
    assert table(results) in PAGES["verdict"], table(results)


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_for_every_rule_one_client_keeps_it_and_one_does_not(
    rule: str, results: Results
) -> None:
    found = {results[name][rule]["result"] for name in results}
    assert {"pass", "fail"} <= found, {n: results[n][rule]["says"] for n in results}
