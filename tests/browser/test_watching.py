"""A route and a channel of a description are watched like the server's own streams."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.browsers import Chromium
from tests.browser.page import Console
from tests.browser.test_routes import wait_for_rows
from tests.system.server import Server, serve

pytestmark = pytest.mark.needs_chromium

#: Its payloads have members that the server's own events have, and mean other things.
DESCRIPTION = """
asyncapi: 3.0.0
info: {title: Tasks, version: "1"}
channels:
  tasks:
    address: tasks/{list}
    x-llmock: {IntervalMs: 60}
    messages:
      task: {name: task, payload: {type: object, required: [type, done, left],
             properties: {type: {const: end}, done: {const: true},
                          left: {type: integer, minimum: 1, maximum: 90}}}}
      gone: {name: gone, payload: {type: "null"}}
operations:
  watch: {action: send, channel: {$ref: "#/channels/tasks"}}
"""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a description."""
    file = tmp_path_factory.mktemp("spec") / "tasks.yaml"
    file.write_text(DESCRIPTION)
    with serve("MockLlmApi: {}", env={"SPEC": str(file)}) as running:
        yield running


def test_a_channel_is_watched_with_values_and_frames_of_its_messages(
    chromium_browser: Chromium, described: Server
) -> None:
    page = Console(chromium_browser, described.url).open(view="routes")
    wait_for_rows(page, "tasks.watch")
    page.click("[aria-label='Watch tasks.watch']")
    panel = page.panel().wait_for("open").wait_for_events(12)
    assert panel.part("title") == "/tasks/list"
    panel.until("panel.querySelector('.values').textContent.includes('task.left')")
    panel.until("panel.querySelector('.values').textContent.includes('gone')")
    assert '"left":' in panel.wait_for_frame("task")
    assert "null" in panel.wait_for_frame("gone")
    assert panel.state == "open"
    # The page's address brings it back.
    page.run("location.reload()")
    page.until("document.documentElement.dataset.ready")
    page.panel().wait_for("open").wait_for_events(2)
    chromium_browser.open("about:blank")
