"""A page's own script, with an EventSource that no one here wrote, in Node.js."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.server import ROOT, Server, serve

PAGES = Path(ROOT, "tests", "node")
CONFIG = """
MockLlmApi:
  ContinuousStreamingMaxDurationSeconds: 3
"""

pytestmark = pytest.mark.needs_node


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(CONFIG) as running:
        yield running


def run_page(script: str, url: str) -> dict[str, Any]:
    """What the page saw until its last source was closed for good."""
    done = subprocess.run(
        ["node", "dashboard.mjs", url, script],
        cwd=PAGES,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert isinstance(seen, dict)
    return seen


def test_the_example_page_shows_a_stock_until_the_stream_ends(server: Server) -> None:
    seen = run_page("example.js", server.url)
    assert seen["infos"] == ["Streaming started: CompleteObjects, interval: 2000ms"]
    assert seen["ended"] == ["Stream ended after 2 events"]
    assert seen["errors"] == []
    assert seen["connections"] == 1
    first, second = seen["updates"]
    assert list(first) == list(second)
    assert isinstance(first["ticker"], str) and first["price"] > 0
    assert first != second


def test_a_page_that_never_closes_its_streams_is_not_sent_them_again(
    server: Server,
) -> None:
    """Its sources reconnect after the end; 204 tells them to stop."""
    seen = run_page("stocks.js", server.url)
    assert seen["connections"] == 2 * 4
    shown = Counter(update["widget"] for update in seen["updates"])
    assert set(shown) == {"AAPL", "GOOGL", "MSFT", "AMZN"}
    assert all(2 <= times <= 4 for times in shown.values())
    assert all(update["ticker"] == update["widget"] for update in seen["updates"])
