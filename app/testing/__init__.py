"""Tests against a running server: routes of a test's own, and their clients.

It speaks plain HTTP to the server and imports nothing of it, so that a test needs no
server in its process. ``pytest_plugin`` makes fixtures of it; without pytest::

    with started() as server, server.mock("a name") as llmock:
        feed = llmock.stream("/v1/prices", {"symbol": "AAPL", "price": 1.0})
"""

from __future__ import annotations

from .api import MockServerError
from .described_api import Description
from .handles import Feed, Handle
from .judged import Judgement, Verdict
from .llmock import LLMock, Server
from .records import Entry, Journal
from .started import started

__all__ = [
    "Description",
    "Entry",
    "Feed",
    "Handle",
    "Journal",
    "Judgement",
    "LLMock",
    "MockServerError",
    "Server",
    "Verdict",
    "started",
]
