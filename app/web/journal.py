"""Tells the journal of every request that is mocked: once answered, and once ended.

Nothing is done while a stream runs. What it sent is read from it when the server has
finished with its response.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isinf

from flask import Flask, Response, g, request

from ..faults.fault import Fault
from ..journal.entry import MAX_BODY_BYTES, Asked, Ended, Played, Side
from ..journal.journal import Journal
from ..ports import Clock
from ..request.inputs import header_text
from ..settings import Settings
from ..streams.counts import Outcome
from ..streams.delivery import Delivery
from ..streams.stream import Stream
from .access import client_finder, current_route
from .body import Body

_BUILT_IN = "a built-in endpoint"
_PREFLIGHT = "a preflight"
_NOTHING = "no route, and no built-in endpoint"

#: Who ended a stream, where it was not the server.
_SIDES: Mapping[Outcome, Side] = {
    Outcome.CLIENT_GONE: Side.CLIENT,
    Outcome.CUT: Side.FAULT,
}


def register(app: Flask, journal: Journal, settings: Settings, clock: Clock) -> None:
    """Record the requests to ``app``; call it before anything else is registered.

    Functions after a request run in the opposite order, so that this one sees the
    response as it goes out.
    """
    if not journal.is_on:
        return
    client_of = client_finder(settings)

    def arrive() -> None:
        g.asked_ms = clock.now_ms()
        g.stream = g.answer = g.why = g.feed = None
        g.faults = ()
        g.has_left = False
        g.body = b""

    def record(response: Response) -> Response:
        if settings.addresses.is_service(request.path):
            return response
        keeps_body = settings.journal_bodies or current_route() is not None
        asked = _asked(response, client_of(request), keeps_body, clock.now_ms())
        key = journal.begin(asked)
        ended = _ending()
        if ended is None:
            journal.end(key, _answered(response, clock.now_ms()))
            return response
        body = response.response
        assert isinstance(body, Body)
        body.close = _closing(
            body.close, lambda: journal.end(key, ended(clock.now_ms()))
        )
        return response

    app.before_request(arrive)
    app.after_request(record)


def _ending() -> Callable[[int], Ended] | None:
    """What tells how the response ended, at a time; None where it has ended now."""
    stream: Stream | None = g.stream
    answer: Delivery | None = g.answer
    before = _before(g.faults)
    if stream is not None:
        return lambda now_ms: _ended(stream, before, now_ms)
    if answer is not None:
        return lambda now_ms: _sent(answer, before, now_ms)
    return None


def _closing(close: Callable[[], None], then: Callable[[], None]) -> Callable[[], None]:
    """``close``, and after its first call ``then``."""
    left = [then]

    def close_and_tell() -> None:
        close()
        if left:
            left.pop()()

    return close_and_tell


def _asked(response: Response, client: str, keeps_body: bool, now_ms: int) -> Asked:
    """The current request, and the head of its response."""
    body: bytes = g.body
    keeps_body = keeps_body and body != b""
    route = current_route()
    stream: Stream | None = g.stream
    headers = {
        name.lower(): header_text(value) for name, value in request.headers.items()
    }
    last_id = headers.get("last-event-id") or request.args.get("lastEventId")
    return Asked(
        at_ms=g.asked_ms,
        method=request.method,
        path=request.path,
        query=request.query_string.decode("utf-8", "replace"),
        headers=headers,
        body=body[:MAX_BODY_BYTES].decode("utf-8", "replace") if keeps_body else None,
        body_bytes=len(body),
        client=client,
        route=None if route is None else route.name,
        why=None if route is not None else _why(),
        last_event_id=last_id or None,
        answered_ms=now_ms,
        status=0 if _is_refused() else response.status_code,
        response_headers={
            name.lower(): header_text(value) for name, value in response.headers.items()
        },
        stream=None if stream is None else stream.id,
        feed=g.feed,
    )


def _why() -> str:
    """What serves the request in place of a route, or that nothing does."""
    told: str | None = g.why
    if told is not None:
        return told
    if request.method == "OPTIONS":
        return _PREFLIGHT
    return _NOTHING if request.url_rule is None else _BUILT_IN


def _answered(response: Response, now_ms: int) -> Ended:
    """The end of a response that is no stream."""
    size = response.calculate_content_length() or 0
    outcome, by = Outcome.COMPLETE, Side.SERVER
    if g.has_left:
        outcome, by = Outcome.CLIENT_GONE, Side.CLIENT
    elif any(fault.kind.replaces for fault in g.faults):
        outcome = Outcome.CUT if _is_refused() else Outcome.COMPLETE
        by = Side.FAULT
    return Ended(
        at_ms=now_ms,
        events=0,
        bytes=0 if request.method == "HEAD" else size,
        outcome=outcome.value,
        by=by,
        faults=_before(g.faults),
    )


def _sent(answer: Delivery, before: tuple[Played, ...], now_ms: int) -> Ended:
    """The end of an answer that faults were played on."""
    outcome = answer.outcome or Outcome.COMPLETE
    return Ended(
        at_ms=now_ms,
        events=0,
        bytes=answer.bytes,
        outcome=outcome.value,
        by=_SIDES.get(outcome, Side.SERVER),
        faults=(
            *before,
            *(
                Played(each.text, each.is_legal, how=each.detail or None)
                for each in answer.played
            ),
        ),
    )


def _is_refused() -> bool:
    """Whether the connection is reset before any byte."""
    return any(fault.name == "refuse" for fault in g.faults)


def _before(faults: Iterable[Fault]) -> tuple[Played, ...]:
    """The faults that came before a response."""
    return tuple(Played(fault.text, fault.kind.is_legal) for fault in faults)


def _ended(stream: Stream, before: tuple[Played, ...], now_ms: int) -> Ended:
    """The end of a stream, read from what it has sent.

    ``before`` are the faults that came before it.
    """
    outcome = stream.outcome
    assert outcome is not None
    told = stream.told()
    return Ended(
        at_ms=now_ms,
        events=stream.events_sent,
        bytes=stream.bytes_sent,
        outcome=outcome.value,
        by=_SIDES.get(outcome, Side.SERVER),
        first_id=_text(told.first_id),
        last_id=_text(told.last_id),
        half_id=_text(told.half_id),
        retry_ms=told.retry_ms,
        heartbeat_ms=None if isinf(told.heartbeat_s) else int(told.heartbeat_s * 1000),
        silence_ms=int(told.silence_s * 1000),
        stall_ms=int(told.stall_s * 1000),
        faults=(
            *before,
            *(
                Played(each.text, each.is_legal, each.event, each.detail or None)
                for each in stream.played
            ),
        ),
    )


def _text(event_id: bytes | None) -> str | None:
    return None if event_id is None else event_id.decode("utf-8", "replace")
