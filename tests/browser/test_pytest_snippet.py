"""A route as a test: what the console writes is run as it is, on the same server."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from typing import Any

import pytest

from app.testing.llmock import Server as MockServer
from tests.browser.page import STREAM, Console
from tests.system.server import Server
from tests.system.small_clients import careful

pytestmark = pytest.mark.needs_chromium

PRICES = {
    "Path": "/v1/prices/{symbol}/stream",
    "Name": "prices",
    "Match": {"Query": {"depth": "2"}},
    "Stream": {
        "IntervalMs": 100,
        "RetryMs": 200,
        "Events": [
            {"Event": "price", "Shape": {"symbol": "A", "note": "it's\"\\/é", "p": 1.5}}
        ],
    },
}
STEPS = {
    "Path": "/v1/steps",
    "Stream": {
        "Script": [{"Event": "step", "Data": {"ok": True, "none": None}}],
        "RetryMs": 200,
        "Then": "hold",
    },
}
ORDERS = {"Path": "/v1/orders/{id}", "Methods": ["POST"], "Body": {"a": [1, None]}}
TEAPOT = {"Path": "/v1/tea", "Status": 418, "Shape": {"tea": "green"}}


class Reader:
    """A client that reads with care until its test is over."""

    def __init__(self, url: str) -> None:
        threading.Thread(target=careful, args=[url], daemon=True).start()

    def close(self) -> None:
        """It ends with the feed."""


def call_client(url: str) -> None:
    """Send the one request that the routes of these tests answer."""
    method = "POST" if "/orders/" in url else "GET"
    request = urllib.request.Request(url, method=method)
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except urllib.error.HTTPError as error:
        error.close()


def as_pytest(console: Console, text: str) -> str:
    """What the dialog shows of a route."""
    console.open(view="routes")
    console.run(
        """const field = document.getElementById('route');
        field.value = arguments[0];
        field.dispatchEvent(new Event('input', { bubbles: true }));""",
        text,
    )
    console.click("#route-editor [data-part=code]")
    console.click("#code input[value=pytest]")
    return str(console.run("return document.querySelector('#code pre').textContent"))


def run(code: str, server: Server) -> None:
    """Run every test of a file, each with a part of the server of its own."""
    names: dict[str, Any] = {"start_client": Reader, "call_client": call_client}
    exec(compile(code, "snippet", "exec"), names)  # noqa: S102
    for name, test in names.items():
        if name.startswith("test_"):
            with MockServer(server.url).mock("console") as llmock:
                test(llmock)


@pytest.mark.parametrize(
    "routes",
    [PRICES, STEPS, ORDERS, TEAPOT, [ORDERS, TEAPOT]],
    ids=["stream", "script", "answer", "status", "list"],
)
def test_a_route_is_a_test_that_passes(
    in_chromium: Console, server: Server, routes: Any
) -> None:
    run(as_pytest(in_chromium, json.dumps(routes)), server)


def test_a_test_is_written_as_one_would(in_chromium: Console) -> None:
    route = {
        "Path": "/v1/x",
        "Stream": {"Events": [{"Event": "e", "Shape": {"p": 1.0}}]},
    }
    assert as_pytest(in_chromium, json.dumps(route)) == (
        "def test_the_client(llmock):\n"
        '    feed = llmock.stream("/v1/x", {"p": 1.0}, event="e")\n'
        '    client = start_client(llmock.url + "/v1/x")  # yours\n'
        "    feed.wait_for_clients(1)\n"
        '    feed.push({"hello": "client"}, event="e")\n'
        "    feed.cut()\n"
        "    feed.wait_for_clients(1)  # a new one since the cut\n"
        '    feed.verdict().check("reconnects", "sends-last-id")\n'
        "    client.close()\n"
    )


def test_a_composed_stream_is_shown_as_a_test(in_chromium: Console) -> None:
    in_chromium.open(compose=f"{STREAM}users?continuous=true&count=2&interval=500")
    in_chromium.click("#composer [data-part=code]")
    in_chromium.click("#code input[value='Test with pytest']")
    text = in_chromium.run("return document.querySelector('#code pre').textContent")
    for part in (
        '"/users",',
        'mode="LlmTokens",',
        "interval_ms=500,",
        'route={"Count": 2}',
    ):
        assert part in text, text
