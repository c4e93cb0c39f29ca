"""What a stream sent is kept by hand, as a file or as a route that replays it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.recordings.recording import NDJSON, SSE, read_recording
from tests.browser.browsers import Chromium
from tests.browser.page import Console
from tests.browser.test_modules import Call, call
from tests.browser.test_routes import frames, save, wait_for_rows, wait_for_text
from tests.system.server import Server, serve
from tests.system.wire import wait_until

pytestmark = pytest.mark.needs_chromium

__all__ = ["call"]

FEED = "stocks?continuous=true&interval=70&maxDuration=0&sseMode=CompleteObjects"
TEXT = "[data-part=recordingTable] tbody"


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server whose routes and recordings are these tests' own."""
    with serve("MockLlmApi: {}") as running:
        yield running


@pytest.fixture
def page(chromium_browser: Chromium, own_server: Server) -> Iterator[Console]:
    yield Console(chromium_browser, own_server.url)
    chromium_browser.open("about:blank")


def fill(page: Console, **fields: str) -> None:
    """Write into the dialog."""
    for name, text in fields.items():
        page.run(
            "document.querySelector('#recording form').elements[arguments[0]].value"
            " = arguments[1]",
            name,
            text,
        )


def has_values(page: Console) -> bool:
    """Whether a frame of values is shown; they are drawn a moment after they came."""
    return any(
        kind == "message" and '"index"' in text for kind, _, text in frames(page)
    )


def rows(page: Console) -> list[list[str]]:
    """The texts of the table of recordings."""
    return list(
        page.run(
            "return [...document.querySelectorAll(arguments[0] + ' tr')].map((row) =>"
            " [...row.cells].map((cell) => cell.textContent))",
            TEXT,
        )
    )


def test_a_stream_is_recorded_and_replayed_by_hand(
    page: Console, own_server: Server
) -> None:
    panel = page.open(FEED).panel().wait_for_events(6)
    panel.click("tabFrames")
    panel.click("record")
    about = wait_for_text(page, "#recording [data-part=about]", " events of ")
    fill(page, name="by hand", path="/again")
    page.click("#recording [value=keep]")
    said = wait_for_text(page, "#recording [data-part=problem]", "Name")
    assert 'Name is "by hand"; accepted: 1 to 100 characters' in said
    fill(page, name="by-hand", path="/again", speed="2")
    page.click("#recording [value=keep]")
    wait_for_rows(page, "get-again")
    wait_for_text(page, "#route-trial [data-part=state]", "ended")
    wait_until(lambda: has_values(page), 20)
    with urllib.request.urlopen(f"{own_server.url}/again") as response:
        sent = [line for line in response.read().split(b"\n") if line[:5] == b"data:"]
    assert b'"type":"info"' in sent[0] and len(sent) == int(about.split()[0])
    page.until(f"document.querySelectorAll('{TEXT} tr').length === 1")
    (row,) = rows(page)
    assert row[0] == "by-hand" and row[1].startswith(
        f"{own_server.url}/api/mock/stream"
    )
    assert row[3] == about.split()[0] and int(row[3]) >= 6

    page.click("[aria-label='Delete by-hand']")
    wait_for_text(page, "[data-part=recordingNote]", "The route 'get-again' replays")
    page.click("[aria-label='Replay by-hand']")
    page.run(
        "const field = document.getElementById('route');"
        "field.value = field.value.replace('/replay/by-hand', '/other');"
    )
    save(page)
    wait_for_rows(page, "get-again", "get-other")
    for name in ("get-again", "get-other"):
        page.click(f"[aria-label='Delete {name}']")
    wait_for_rows(page)
    page.click("[aria-label='Delete by-hand']")
    page.until(f"document.querySelectorAll('{TEXT} tr').length === 0")


def test_a_file_of_the_recorder_is_uploaded(
    page: Console, chromium_browser: Chromium, tmp_path: Path
) -> None:
    header = {"recording": 1, "url": "http://h/feed", "started": "2026-01-06T12:00:00Z"}
    header["content_type"] = SSE
    file = tmp_path / "Prices of Monday.jsonl"
    file.write_text(f'{json.dumps(header)}\n{{"at_ms":1,"data":"1"}}\n')
    page.open(view="routes")
    field = chromium_browser.driver.find_element("id", "recording-file")
    field.send_keys(str(file))
    wait_for_text(page, "[data-part=recordingNote]", "Prices-of-Monday was uploaded")
    file.write_text("data: no recording\n\n")
    field.send_keys(str(file))
    wait_for_text(page, "[data-part=recordingNote]", "line 1 is not JSON")
    page.click("[aria-label='Delete Prices-of-Monday']")
    wait_for_text(page, "[data-part=recordingNote]", "was deleted")


RECORD = "return module.recordingOf(given.url, given.frames, [given.secret]);"


def test_frames_become_what_the_recorder_would_have_written(call: Call) -> None:
    came: list[dict[str, Any]] = [
        {"at": 1000.5, "kind": "note", "raw": "200, text/event-stream"},
        {
            "at": 1001,
            "form": "block",
            "raw": "retry: 50\n: hello\nid: 1\ndata: a\ndata: b",
        },
        {"at": 1001.25, "form": "block", "raw": ": keep-alive"},
        {
            "at": 1041.5,
            "form": "block",
            "raw": 'event: note\nid:\ndata: {"k":"k3y\\"1"}',
        },
    ]
    url = "/v1/feed?api_key=abc&q=1"
    made = call("recording", RECORD, {"url": url, "frames": came, "secret": 'k3y"1'})
    recording = read_recording(made["text"].encode())
    assert recording.header.content_type == SSE
    assert recording.header.url.endswith("/v1/feed?api_key=***&q=1")
    assert [
        (each.at_ms, each.event, each.id, each.retry, each.data, each.comment)
        for each in recording.entries
    ] == [
        (0, None, None, None, None, "hello"),
        (0, None, "1", 50, "a\nb", None),
        (0.25, None, None, None, None, "keep-alive"),
        (40.5, "note", "", None, '{"k":"***"}', None),
    ]
    assert made["events"] == 2

    lines = [{"at": 5, "form": "line", "raw": '{"n":1}'}]
    made = call("recording", RECORD, {"url": url, "frames": lines, "secret": ""})
    recording = read_recording(made["text"].encode())
    assert recording.header.content_type == NDJSON
    assert [each.data for each in recording.entries] == ['{"n":1}']
