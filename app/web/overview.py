"""What goes on in this process, as a stream: for the console, in place of polling."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping

import orjson
from flask import Blueprint, Response

from app.ports import Clock
from app.settings import Settings
from app.sse.frames import KEEP_ALIVE, Frames
from app.streams.connection import Connection
from app.streams.pause import FOREVER, Pause
from app.streams.registry import Streams
from app.streams.sleeper import GeventSleeper
from app.web.mock import STREAM_HEADERS, client_socket

#: Seconds from one look to the next.
_EVERY = 1.0

#: More than these are not sent, however many there are.
MOST_ROWS = 200

#: Rows of a table, at most so many of them, and how many there are in all.
Table = Callable[[int], tuple[list[dict[str, object]], int]]


def blueprint(
    streams: Streams, tables: Mapping[str, Table], settings: Settings, clock: Clock
) -> Blueprint:
    """``/api/manage/events``: a snapshot of all ``tables`` whenever one has changed.

    Each event is ``{"totals": {table: number}, table: [row, ...], ...}``.
    """
    overview = Blueprint("overview", __name__, url_prefix="/api/manage")

    def snapshot() -> bytes:
        found = {name: table(MOST_ROWS) for name, table in tables.items()}
        totals = {name: total for name, (_, total) in found.items()}
        rows = {name: rows for name, (rows, _) in found.items()}
        return orjson.dumps({"totals": totals, **rows})

    def frames(pause: Pause) -> Iterator[bytes]:
        encoded = Frames(secrets.token_hex(8))
        last = b""
        while not pause.over and not streams.draining:
            now = snapshot()
            if now != last:
                last = now
                yield encoded.event(now)
                pause.sent()
            if pause.until(clock.monotonic() + _EVERY):
                yield KEEP_ALIVE
                pause.sent()

    @overview.get("/events")
    def events() -> Response:
        pause = Pause(
            clock,
            GeventSleeper(),
            deadline=FOREVER,
            heartbeat=settings.heartbeat_seconds or FOREVER,
        )
        response = Response(
            frames(pause), headers=STREAM_HEADERS, direct_passthrough=True
        )
        sock = client_socket()
        if sock is not None:
            seconds = settings.write_timeout_seconds
            connection = Connection(sock, pause.leave, write_timeout=seconds)
            response.call_on_close(connection.close)
        response.call_on_close(pause.leave)
        return response

    return overview
