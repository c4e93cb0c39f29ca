"""Clients that nobody here wrote come back after a cut, and miss nothing.

Each reads a shared feed, and a private stream that can go on. Then the verdict is
asked what it saw of them.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import pytest
from httpx_sse import connect_sse

from tests.browser.browsers import chromium, until
from tests.system.feed_order import Seen, check_order, number_of, without_kept_ids
from tests.system.proxy import Proxy, proxied
from tests.system.server import ROOT, Server, serve
from tests.system.wire import get_json, read_until, wait_until

_CONFIG = "MockLlmApi: {ResumeSeconds: 30, ResumeEvents: 200, FeedHistory: 500}"
_STREAM = "/api/mock/stream/clients"
_OPTIONS = "continuous=true&sseMode=CompleteObjects&interval=20&maxDuration=0"
#: What the verdict has to say of each of them.
_RULES = ("reconnects", "sends-last-id")

KINDS = [
    "eventsource",
    "eventsource-2",
    "undici",
    "event-source-polyfill",
    "launchdarkly-eventsource",
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(_CONFIG) as running:
        yield running


def targets(name: str) -> dict[str, str]:
    """A shared feed and a private stream for one client."""
    return {
        "shared": f"{_STREAM}/shared/{name}?{_OPTIONS}&feed={name}",
        "private": f"{_STREAM}/private/{name}?{_OPTIONS}",
    }


def cut(server: Server, path: str) -> None:
    """Reset the connection of the one stream at ``path``."""
    path = path.partition("?")[0]
    listed = f"/api/manage/streams?prefix={path}"
    wait_until(lambda: get_json(server, listed)["total"] == 1, 20)
    wait_until(lambda: get_json(server, listed)["streams"][0]["batches"] > 5, 20)
    request = urllib.request.Request(
        f"{server.url}/api/manage/streams/cut?prefix={path}",
        data=b'{"how":"rst"}',
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()


def check_verdict(
    ask: Callable[[str], Any], target: str, accepted: tuple[str, ...] = ("pass",)
) -> None:
    """The verdict on the one client of ``target``: it came back, with its last id."""
    told = ask(f"/api/manage/verdict?prefix={target.partition('?')[0]}")
    (client,) = told["clients"]
    results = {rule["rule"]: rule for rule in client["rules"]}
    for rule in _RULES:
        assert results[rule]["result"] in accepted, results[rule]


def check_private(events: list[Seen]) -> None:
    """One stream, in which every event came once."""
    assert len({last.rpartition("-")[0] for last, _ in events}) == 1
    numbers = [number_of(last) for last, _ in events]
    assert numbers == [*range(numbers[0], numbers[0] + len(numbers))]
    indexes = [data["index"] for _, data in events]
    assert indexes == [*range(len(indexes))]


@pytest.mark.needs_node
@pytest.mark.parametrize("kind", KINDS)
def test_a_client_that_is_cut_off_misses_nothing(server: Server, kind: str) -> None:
    wanted = targets(kind)
    pages = {
        name: subprocess.Popen(
            ["node", "resuming.mjs", kind, server.url + target, "200"],
            cwd=ROOT / "tests" / "node",
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, target in wanted.items()
    }
    try:
        for target in wanted.values():
            cut(server, target)
        read = {name: page.communicate(timeout=40)[0] for name, page in pages.items()}
    finally:
        for page in pages.values():
            page.kill()
    events = {
        name: [(a, b) for a, b in json.loads(text)] for name, text in read.items()
    }
    assert check_order(without_kept_ids(events["shared"])) == 0
    check_private(events["private"])
    for target in wanted.values():
        check_verdict(lambda path: get_json(server, path), target)


def read_with_httpx(url: str, count: int) -> list[Seen]:
    """The first events, however often the connection is lost, with the last id."""
    events: list[Seen] = []
    last = ""
    with httpx.Client(timeout=20) as client:
        while len(events) < count:
            headers = {"Last-Event-ID": last} if last else {}
            with (
                suppress(httpx.TransportError),
                connect_sse(client, "GET", url, headers=headers) as source,
            ):
                for sse in source.iter_sse():
                    last = sse.id or last
                    if "type" not in sse.json():
                        events.append((last, sse.json()))
                    if len(events) == count:
                        return events
    return events


def test_httpx_sse_misses_nothing_where_it_is_given_its_last_id(server: Server) -> None:
    wanted = targets("httpx-sse")
    with ThreadPoolExecutor() as pool:
        reading = {
            name: pool.submit(read_with_httpx, server.url + target, 100)
            for name, target in wanted.items()
        }
        for _ in range(2):
            for target in wanted.values():
                cut(server, target)
        events = {name: each.result(timeout=60) for name, each in reading.items()}
    assert check_order(events["shared"]) == 0
    check_private(events["private"])
    for target in wanted.values():
        check_verdict(lambda path: get_json(server, path), target)


def test_a_connection_that_is_still_open_is_closed_for_one_that_comes_back(
    server: Server,
) -> None:
    target = targets("twice")["private"]
    request = f"GET {target} HTTP/1.1\r\nHost: a\r\n"
    first = socket.create_connection(server.address, timeout=10)
    first.sendall(f"{request}\r\n".encode())
    received = read_until(first, b'"index":1,')
    place = received.partition(b"id: ")[2].partition(b"-")[0].decode()
    second = socket.create_connection(server.address, timeout=10)
    second.sendall(f"{request}Last-Event-ID: {place}-1\r\n\r\n".encode())
    assert f"\r\nid: {place}-2\n".encode() in read_until(second, b'"index":2,')
    while first.recv(65536):
        pass  # it comes to its end
    first.close()
    second.close()
    with socket.create_connection(server.address, timeout=10) as third:
        third.sendall(f"{request}Last-Event-ID: {place}-1\r\n\r\n".encode())
        assert f"\r\nid: {place}-2\n".encode() in read_until(third, b'"index":2,')


# -- through nginx ----------------------------------------------------------------


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with proxied(
        "MockLlmApi: {TrustedProxies: [unix], ManagementApiKey: k, ResumeSeconds: 30}"
    ) as running:
        yield running


def over_unix(proxy: Proxy, path: str) -> Any:
    """What management answers, past nginx."""
    connection = http.client.HTTPConnection("localhost", timeout=10)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(proxy.socket))
    connection.request("GET", path, headers={"X-Api-Key": "k"})
    return json.load(connection.getresponse())


@pytest.mark.needs_nginx
@pytest.mark.needs_chromium
def test_a_browser_misses_nothing_while_nginx_is_started_anew(proxy: Proxy) -> None:
    target = f"{_STREAM}/browser?{_OPTIONS}&feed=nginx".replace("val=20", "val=50")
    with chromium() as browser:
        browser.open(f"{proxy.plain}/docs")
        browser.run(
            "window.seen = []; window.source = new EventSource(arguments[0]);"
            "window.source.onmessage = (event) =>"
            " window.seen.push([event.lastEventId, JSON.parse(event.data)]);",
            target,
        )
        until(browser, "window.seen.length > 20")
        proxy.nginx.close()
        time.sleep(1)  # what is made meanwhile is missed
        proxy.nginx.start()
        count = browser.run("return window.seen.length")
        until(browser, "window.seen.length > arguments[0]", count + 60, patience=30)
        seen = [(last, data) for last, data in browser.run("return window.seen")]
        browser.run("window.source.close()")
    assert sum(data.get("type") == "info" for _, data in seen) == 2
    assert check_order(without_kept_ids(seen)) == 0
    # To the server it is the client that left, so it need not have come back.
    check_verdict(
        lambda path: over_unix(proxy, path), target, accepted=("pass", "not-seen")
    )
