"""What goes on in the service, as a stream: for the console, in place of polling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import orjson
from flask import Blueprint, Response, request

from ...bootstrap import Services
from ...cluster.directory import Query
from ...errors import Unavailable
from ...events.event import Event, Step, Wait
from ...events.payloads import timestamp
from ...streams.opening import own_program
from ...words import Json, MockRequest, Mode
from ..access import client_finder
from ..mock import client_socket, stream_response, takes_chunks
from ..openapi.operation import Operation, Tag, describes
from .journal import row

#: Seconds from one look to the next.
_EVERY = 1.0

#: More rows of a table are not sent, however many there are.
MAX_ROWS = 200
#: The same for the journal, whose rows change with every request.
MAX_ENTRIES = 50


class _Part(NamedTuple):
    rows: list[Mapping[str, Json]]
    total: int


def _streams(services: Services) -> _Part:
    found = services.directory.find(Query(limit=MAX_ROWS))
    return _Part([entry.description for entry in found.entries], found.total)


def _feeds(services: Services) -> _Part:
    found = services.feed_directory.find().feeds
    return _Part(found[:MAX_ROWS], len(found))


def _contexts(services: Services) -> _Part:
    page = services.contexts.page(0, MAX_ROWS)
    rows: list[Mapping[str, Json]] = [
        {
            "name": name,
            "calls": context.calls,
            "lastUsedAt": timestamp(context.used_ms).decode(),
        }
        for name, context in page.entries
    ]
    return _Part(rows, page.total)


def _backends(services: Services) -> _Part:
    rows: list[Mapping[str, Json]] = [*services.backends.status()]
    return _Part(rows, len(rows))


_PARTS: Mapping[str, Callable[[Services], _Part]] = {
    "streams": _streams,
    "feeds": _feeds,
    "contexts": _contexts,
    "backends": _backends,
}


#: What the feed is, in the words of logs and metrics.
_REQUEST = MockRequest(
    method="GET",
    path="api/manage/events",
    continuous=True,
    interval_ms=round(_EVERY * 1000),
    max_duration_s=0,
    mode=Mode.COMPLETE_OBJECTS,
    shape=None,
    context=None,
    backend=None,
    error=None,
    include_schema=False,
    count=None,
    seed=None,
    locale="",
    fields={},
    body=None,
    delay_ms=0,
)


class Snapshots:
    """Produces a snapshot of the service, whenever something in it has changed."""

    backend = ""

    def __init__(self, services: Services) -> None:
        """Look at ``services``."""
        self._services = services
        self._parts = {**_PARTS, "journal": self._journal}
        # The latest entries, and the count of changes when they were read.
        self._entries: tuple[int, _Part] = (-1, _Part([], 0))

    def steps(self) -> Iterator[Step]:
        """A snapshot at once, and then every second those that differ."""
        last = b""
        while True:
            now = self._snapshot()
            if now != last:
                last = now
                yield Event(now, whole=True)
            yield Wait(self._services.clock.monotonic() + _EVERY)

    def _snapshot(self) -> bytes:
        parts = self._parts.items()
        return orjson.dumps({name: self._part(look) for name, look in parts})

    def _part(self, look: Callable[[Services], _Part]) -> dict[str, Json]:
        try:
            return look(self._services)._asdict()
        except Unavailable as error:
            return {"problem": error.detail}

    def _journal(self, services: Services) -> _Part:
        """The latest entries, newest first, read again where something has changed."""
        standing = services.journal.standing()
        if standing.changes != self._entries[0]:
            found = services.journal.contents(standing.seq - MAX_ENTRIES).entries
            rows: list[Mapping[str, Json]] = [row(entry) for entry in reversed(found)]
            self._entries = standing.changes, _Part(rows, standing.total)
        return self._entries[1]

    def cancel(self) -> None:
        """Nothing is being generated."""


def blueprint(services: Services) -> Blueprint:
    """``/api/manage/events``: a snapshot, whenever something in it has changed.

    Each event is ``{"streams": {"rows", "total"}, "feeds": ..., "contexts": ...,
    "backends": ..., "journal": ...}``; a part that cannot be reached has a ``problem``
    in place of both.
    """
    overview = Blueprint("overview", __name__, url_prefix="/api/manage")
    client_of = client_finder(services.settings)

    @overview.get("/events")
    @describes(
        Operation(
            name="watch",
            summary="Streams, contexts, backends and journal, as they change",
            tag=Tag.MANAGE,
            produces="text/event-stream",
        )
    )
    def events() -> Response:
        stream = services.streams.open(
            _REQUEST,
            path=request.path,
            client=client_of(request),
            sock=client_socket(),
            chunked=takes_chunks(),
            program=own_program(Snapshots(services)),
        )
        return stream_response(stream)

    return overview
