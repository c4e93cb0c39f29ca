"""The pytest plugin: fixtures that give each test a part of a server.

pytest imports this module at every start, so it imports nothing that is not needed
until a fixture is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .testing import LLMock, Server
    from .testing.started import Config

#: A server that runs already, and its management key.
URL_VARIABLE = "LLMOCK_URL"
KEY_VARIABLE = "LLMOCK_KEY"

_MARKER = "llmock(config): the configuration of this test's server, a file or its keys"
_MOCK: pytest.StashKey[LLMock] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture(scope="session")
def _llmock_servers() -> Iterator[Callable[[Any], Server]]:
    """The servers of this session, each started when a test first asks for it."""
    from .testing import Server, started

    running: dict[str, Server] = {}
    with ExitStack() as servers:

        def find(config: Config | None) -> Server:
            url = os.environ.get(URL_VARIABLE)
            if url and config is not None:
                raise pytest.UsageError(
                    f"{URL_VARIABLE} names a running server ({url}), whose"
                    " configuration no test can choose"
                )
            wanted = repr(config)
            if wanted not in running:
                running[wanted] = (
                    Server(url, os.environ.get(KEY_VARIABLE))
                    if url
                    else servers.enter_context(started(config))
                )
            return running[wanted]

        yield find


@pytest.fixture(scope="session")
def llmock_server(_llmock_servers: Callable[[Any], Server]) -> Server:
    """The mock server of this session, on a free port; or that of ``LLMOCK_URL``."""
    return _llmock_servers(None)


@pytest.fixture
def llmock(
    request: pytest.FixtureRequest, _llmock_servers: Callable[[Any], Server]
) -> Iterator[LLMock]:
    """Routes of this test's own, which are gone after it."""
    marker = request.node.get_closest_marker("llmock")
    server = _llmock_servers(marker.kwargs.get("config") if marker else None)
    with server.mock(request.node.name) as mock:
        request.node.stash[_MOCK] = mock
        yield mock


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the journal to the report of a test that failed."""
    report = yield
    mock = item.stash.get(_MOCK, None)
    if mock is not None and report.when == "call" and report.failed:
        report.sections.append(("llmock journal", _story(mock)))
    return report


def _story(mock: LLMock) -> str:
    from .testing import MockServerError

    try:
        return str(mock.journal)
    except MockServerError as error:
        return f"the journal cannot be read: {error}"
