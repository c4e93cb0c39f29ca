"""A description is loaded by hand, its operations are seen, and one is tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.browsers import Chromium
from tests.browser.page import Console
from tests.browser.test_routes import frames, wait_for_text
from tests.system.server import Server, serve
from tests.system.wire import wait_until
from tests.unit.described import SHOP

pytestmark = pytest.mark.needs_chromium

NOTE = "[data-part=specNote]"
OPERATIONS = "[data-part=operationTable] tbody"


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server whose descriptions are these tests' own."""
    with serve("MockLlmApi: {}") as running:
        yield running


def test_a_description_is_loaded_seen_tried_and_dropped(
    chromium_browser: Chromium, own_server: Server, tmp_path: Path
) -> None:
    page = Console(chromium_browser, own_server.url).open(view="routes")
    field = chromium_browser.driver.find_element("id", "spec-file")
    file = tmp_path / "Our shop.yaml"
    file.write_text("openapi: 3.1.0\n")
    field.send_keys(str(file))
    wait_for_text(page, NOTE, "it has no operations")
    file.write_text(SHOP)
    field.send_keys(str(file))
    wait_for_text(page, NOTE, "Our-shop is served: 5 operations, and 3 are not.")
    page.until(f"document.querySelectorAll('{OPERATIONS} tr').length === 8")
    told = page.run(f"return document.querySelector('{OPERATIONS}').textContent")
    assert "GET /v1/pets/{pet_id}" in told and "shop.getPet" in told
    assert "a path of the service itself" in told

    page.click("[aria-label='Try Our-shop.born']")
    wait_for_text(page, "#route-trial [data-part=state]", "ended")
    wait_until(lambda: {kind for kind, _, _ in frames(page)} >= {"born", "fed"}, 20)

    page.run(
        "const field = document.querySelector('[data-part=operationFilter]');"
        "field.value = 'lines'; field.dispatchEvent(new Event('input'));"
    )
    page.until(f"document.querySelectorAll('{OPERATIONS} tr').length === 2")
    page.click("[aria-label='Delete Our-shop']")
    wait_for_text(page, NOTE, "is no longer served")
    page.until("document.querySelector('[data-part=operationBox]').hidden")
    chromium_browser.open("about:blank")
