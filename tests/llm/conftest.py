"""Real language models for these tests, with ``LLM_TESTS=1`` or ``CI=true``."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from contextlib import ExitStack  # noqa: E402

import pytest  # noqa: E402

from tests.llm.model_server import ModelServer, model_server  # noqa: E402


def pytest_runtest_setup(item: pytest.Item) -> None:
    wanted = os.environ.get("LLM_TESTS") == "1" or os.environ.get("CI") == "true"
    if item.get_closest_marker("needs_llm") and not wanted:
        pytest.skip("LLM_TESTS=1 runs it")


@pytest.fixture(scope="session")
def model() -> Iterator[ModelServer]:
    """One server for all tests; none of them may stop it."""
    with model_server() as server:
        yield server


@pytest.fixture
def start_model() -> Iterator[Callable[[], ModelServer]]:
    """Starts servers of a test's own, which it may kill."""
    with ExitStack() as servers:
        yield lambda: servers.enter_context(model_server())
