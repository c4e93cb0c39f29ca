"""Pushing a hub context: one value an interval, the same to all who subscribe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import gevent
import orjson

from ...errors import ApiError
from ...events.envelope import BARE
from ...events.event import Event, Fields, Step, Wait
from ...events.modes import BARE_BATCHES
from ...feeds.open_feeds import Feeds
from ...ports import Clock
from ...signalr.hub_messages import Invocation, Written
from ...sse.frames import Framing, no_ids
from ...sse.parser import SseParser
from ...streams.opening import Program
from ...streams.producer import Continuous, Producer
from ...streams.registry import ITSELF, Streams
from ...streams.stream import Stream
from ...streams.workshop import Workshop
from ...words import FeedChoice, Json, MockRequest, Mode
from ..groups import Groups
from .hub_context import HubContext

#: What clients receive.
UPDATE = "DataUpdate"

_ERROR = Fields(name=b"error")


class Made(NamedTuple):
    """A member of a message; ``at_ms``, since 1970, is None for what is made now."""

    member: bytes
    at_ms: int | None = None


class Opened(NamedTuple):
    """A stream, and what reads its frames."""

    stream: Stream
    read: Callable[[bytes], Iterable[Made]]


class Push:
    """The greenlet that pushes one context, so that a slow one delays no other."""

    def __init__(
        self,
        context: HubContext,
        opens: Callable[[], Opened],
        groups: Groups,
        streams: Streams,
        clock: Clock,
    ) -> None:
        """Begin at once, with what ``opens`` gives: again when that has ended."""
        self.context = context
        self._opens = opens
        self._groups = groups
        self._streams = streams
        self._clock = clock
        self._stream: Stream | None = None
        self._running = gevent.spawn(self._run)

    def end(self) -> None:
        """End it, and what is being generated. Harmless from its own greenlet."""
        self._running.kill(block=False)
        if self._stream is not None:
            self._stream.lose(stalled=False)

    def _run(self) -> None:
        context = self.context
        while not self._streams.draining:
            try:
                self._push()
            except ApiError as error:  # the next one may do better
                failed = _member(_error(error.status, error.detail), 0, None)
                self._send(Made(failed))
            gevent.sleep(context.request.interval_ms / 1000)

    def _push(self) -> None:
        stream, read = self._opens()
        self._stream = stream
        try:
            for frame in stream.frames():
                for made in read(frame):
                    self._send(made)
        finally:
            stream.close()

    def _send(self, made: Made) -> None:
        now_ms = self._clock.now_ms() if made.at_ms is None else made.at_ms
        message = update(self.context, now_ms, made.member)
        self._groups.send(self.context.name, message)


def open_own(context: HubContext, streams: Streams) -> Opened:
    """A stream for this worker's clients alone. Raises as ``Streams.open`` does."""
    stream = streams.open(
        context.request,
        path=f"/{context.request.path}",
        client=ITSELF,
        sock=None,
        program=program(context),
    )
    return Opened(stream, lambda frame: [Made(frame)] if frame else [])


def open_shared(context: HubContext, feeds: Feeds, name: str) -> Opened:
    """The shared feed of that name, which is made of a context for all workers.

    Raises as ``Feeds.open`` does.
    """
    stream = feeds.open(
        replace(context.request, feed=FeedChoice(name, frozenset())),
        path=f"/{context.request.path}",
        client=ITSELF,
        sock=None,
    )
    parser = SseParser()
    return Opened(
        stream,
        lambda frame: [
            made
            for event in parser.feed(frame)
            if event.data is not None and (made := _made_of(event.data)) is not None
        ],
    )


def _made_of(data: bytes) -> Made | None:
    """What an event of a feed tells clients; None where they need not know of it."""
    payload = orjson.loads(data)
    if payload.get("type") == "error":
        return Made(_member(_error(502, payload["message"]), 0, None))
    if "index" not in payload:
        return None
    moment = datetime.fromisoformat(payload["timestamp"].replace("Z", "+00:00"))
    member = b'"data":%b' % orjson.dumps(payload["data"])
    return Made(member, round(moment.timestamp() * 1000))


def update(context: HubContext, now_ms: int, member: bytes) -> Invocation:
    """The message with ``member``, which is data or an error, of a moment."""
    head = orjson.dumps(
        {
            "context": context.name,
            "method": context.declared.method,
            "path": context.declared.path,
            "timestamp": now_ms,
        }
    )
    return Invocation(UPDATE, (Written(head[:-1] + b"," + member + b"}"),))


def program(context: HubContext) -> Program:
    """What makes the members ``data`` and ``error`` of a context's messages."""
    return Program(
        lambda request, shop: _produce(context, request, shop),
        BARE._replace(error=lambda message, batches: _error(502, message)),
        framing=_MEMBERS,
        ids=lambda ids: no_ids,
        heartbeat_s=0,
        is_listed=False,
    )


def _member(event: Event, number: int, event_id: bytes | None) -> bytes:
    name = b"data" if event.fields is None else event.fields.name
    return b'"%b":%b' % (name, event.data or b"null")


_MEMBERS = Framing("application/json", _member, b"")


def _error(code: int, message: str, details: Json = None) -> Event:
    told: dict[str, Json] = {"code": code, "message": message}
    if details is not None:
        told["details"] = details
    return Event(orjson.dumps(told), whole=True, fields=_ERROR)


def _produce(context: HubContext, request: MockRequest, shop: Workshop) -> Producer:
    error = context.error
    if error is not None:
        event = _error(error.code, error.message, error.details)
        return _Same(event, request.interval_ms / 1000, shop.clock)
    return Continuous(
        shop.batches(request, BARE_BATCHES[Mode.COMPLETE_OBJECTS]),
        request,
        envelope=BARE._replace(error=lambda message, batches: _error(502, message)),
        counts=shop.counts,
    )


class _Same:
    """The same event, over and over."""

    backend = ""

    def __init__(self, event: Event, interval: float, clock: Clock) -> None:
        self._event = event
        self._interval = interval
        self._clock = clock

    def steps(self) -> Iterator[Step]:
        """The event, and a wait after each."""
        due = self._clock.monotonic()
        while True:
            yield self._event
            due = max(due + self._interval, self._clock.monotonic())
            yield Wait(due)

    def cancel(self) -> None:
        """Nothing is being generated."""
