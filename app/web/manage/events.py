"""What goes on in the service, as a stream: for the console, in place of polling."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import orjson
from flask import Blueprint, Response

from ...bootstrap import Services
from ...cluster.directory import Query
from ...errors import Unavailable
from ...events.payloads import timestamp
from ...ports import Clock
from ...sse.frames import KEEP_ALIVE, Frames
from ...streams.connection import Connection
from ...streams.pause import FOREVER, Pause
from ...streams.sleeper import GeventSleeper
from ...words import Json
from ..body import Body
from ..mock import STREAM_HEADERS, client_socket
from ..openapi.operation import Operation, Tag, describes

#: Seconds from one look to the next.
_EVERY = 1.0

#: More rows of a table are not sent, however many there are.
MAX_ROWS = 200


class _Part(NamedTuple):
    rows: list[Mapping[str, Json]]
    total: int


def _streams(services: Services) -> _Part:
    found = services.directory.find(Query(limit=MAX_ROWS))
    return _Part([entry.description for entry in found.entries], found.total)


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
    "contexts": _contexts,
    "backends": _backends,
}


def blueprint(services: Services, clock: Clock) -> Blueprint:
    """``/api/manage/events``: a snapshot, whenever something in it has changed.

    Each event is ``{"streams": {"rows", "total"}, "contexts": ..., "backends":
    ...}``; a part that cannot be reached has a ``problem`` in place of both.
    """
    overview = Blueprint("overview", __name__, url_prefix="/api/manage")
    settings = services.settings

    def part(look: Callable[[Services], _Part]) -> dict[str, Json]:
        try:
            return look(services)._asdict()
        except Unavailable as error:
            return {"problem": error.detail}

    def snapshot() -> bytes:
        return orjson.dumps({name: part(look) for name, look in _PARTS.items()})

    def frames(pause: Pause) -> Iterator[bytes]:
        encoded = Frames(secrets.token_hex(8))
        last = b""
        while not pause.over and not services.streams.draining:
            now = snapshot()
            if now != last:
                last = now
                yield encoded.event(now)
                pause.sent()
            if pause.until(clock.monotonic() + _EVERY):
                yield KEEP_ALIVE
                pause.sent()

    @overview.get("/events")
    @describes(
        Operation(
            name="watch",
            summary="Streams, contexts and backends, whenever something has changed",
            tag=Tag.MANAGE,
            produces="text/event-stream",
        )
    )
    def events() -> Response:
        heartbeat = settings.heartbeat_seconds or FOREVER
        pause = Pause(clock, GeventSleeper(), deadline=FOREVER, heartbeat=heartbeat)
        sock = client_socket()
        close = pause.leave
        if sock is not None:
            seconds = settings.write_timeout_seconds
            close = Connection(sock, pause.leave, write_timeout=seconds).close
        body = Body(frames(pause), close)
        return Response(body, headers=STREAM_HEADERS, direct_passthrough=True)

    return overview
