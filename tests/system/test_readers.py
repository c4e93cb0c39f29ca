"""What public readers make of legal framings: what the documentation's table says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reading.readers import FRAMINGS, Event, cell, said, standard
from tests.system.server import ROOT, Server, serve
from tests.unit.pages import PAGES

NODE = ROOT / "tests" / "node"

#: The readers of the table that the tests have, and where their packages are.
READERS: dict[str, tuple[Path | None, pytest.MarkDecorator | None]] = {
    **{
        name: (NODE, pytest.mark.needs_node)
        for name in (
            *("eventsource", "eventsource-2", "fetch-event-source"),
            *("eventsource-parser", "event-source-polyfill", "undici"),
        )
    },
    **{name: (None, None) for name in ("httpx-sse", "sseclient-py", "openai")},
    "Chromium": (None, pytest.mark.needs_chromium),
    "Firefox": (None, pytest.mark.needs_firefox),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")
def wanted(server: Server) -> dict[str, list[Event]]:
    return standard(server, FRAMINGS)


def documented(name: str) -> str:
    """What the table says of a reader and the legal framings."""
    line = re.search(rf"^\| {re.escape(name)} \S+ \| (.*?) \|", PAGES["faults"], re.M)
    assert line is not None, f"the table has no {name}"
    return line[1]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if mark is None else [mark])
        for name, (_, mark) in READERS.items()
    ],
)
def test_a_reader_makes_of_legal_framings_what_the_table_says(
    server: Server, wanted: dict[str, list[Event]], name: str
) -> None:
    words = said(server, name, wanted, READERS[name][0])
    assert cell(words, FRAMINGS) == documented(name)
