"""A browser of each kind and a server for all tests of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.browsers import Browser, Chromium, chromium, firefox
from tests.browser.page import Console
from tests.system.server import Server, serve


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server as it is without a word of configuration."""
    with serve("MockLlmApi: {}") as running:
        yield running


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Chromium]:
    with chromium() as browser:
        yield browser


@pytest.fixture(
    scope="session",
    params=[
        pytest.param("chromium", marks=pytest.mark.needs_chromium),
        pytest.param("firefox", marks=pytest.mark.needs_firefox),
    ],
)
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Each kind of browser, one after the other."""
    if request.param == "chromium":
        yield request.getfixturevalue("chromium_browser")
    else:
        with firefox() as started:
            yield started


@pytest.fixture
def console(browser: Browser, server: Server) -> Iterator[Console]:
    """The console, in each browser. Its streams end with the test."""
    yield Console(browser, server.url)
    browser.open("about:blank")


@pytest.fixture
def in_chromium(chromium_browser: Chromium, server: Server) -> Iterator[Console]:
    """The console in Chromium alone."""
    yield Console(chromium_browser, server.url)
    chromium_browser.open("about:blank")
