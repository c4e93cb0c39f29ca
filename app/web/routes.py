"""Mock routes: the client's own API, at its own paths.

A request is looked up before anything else sees it, but for the service's own
paths, so that a route may also stand in front of a built-in endpoint. What the
client sends is data: none of it is an option.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn
from urllib.parse import parse_qs
from uuid import UUID

from flask import Flask, Response, g, request
from werkzeug.exceptions import NotFound as HttpNotFound

from ..errors import BadRequest, MethodNotAllowed, NoRoute, NotFound
from ..events.payloads import timestamp
from ..feeds.event_ids import read_id, short_name
from ..feeds.open_feeds import Feeds, route_telling
from ..ports import Clock
from ..request.bodies import parse_body
from ..request.inputs import header_text
from ..request.parsers import Limits
from ..router.book import RouteBook
from ..routes.conditions import Received
from ..routes.requests import Places, mock_request
from ..routes.route import ExactData, Origin, Route, StreamPlan
from ..routes.table import ANY
from ..routes.template import read_template
from ..schema.refusal import Refusal
from ..settings import Settings
from ..sse.frames import END_SUFFIX, FRAMINGS
from ..streams.programs import bare_plan, route_program
from ..streams.registry import Streams
from ..words import FeedChoice, Json, MockRequest
from .access import client_finder, current_route, key_checker
from .body import read_body
from .cors import METHODS
from .errors import nearest_paths
from .faults import RequestedFaults, respond_with_faults, with_faults
from .mock import (
    STREAM_HEADERS,
    answer_response,
    client_socket,
    note_feed,
    parse_current,
    stream_response,
    takes_chunks,
    value_response,
)

_JSON = "application/json"
_UNSTORED = {"Cache-Control": "no-store"}
#: Statuses of responses without a body.
_EMPTY = frozenset({204, 205, 304})
#: The id of a stream's last event; ids of others are nothing to us.
_OUR_END = re.compile(r"[0-9a-f]{16}-[0-9]{1,18}-end")

_ANYWHERE = read_template("/{path*}")

#: What keeps a response that is served beside the console from owning it.
_SANDBOX = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
}
#: The one that an operator may replace, in lower case.
_REPLACEABLE = "content-security-policy"


@dataclass(frozen=True, slots=True)
class Serving:
    """One request to a route, and what serves it."""

    route: Route
    wanted: MockRequest
    places: Places
    streams: Streams
    feeds: Feeds
    client: str


def register(app: Flask, book: RouteBook, settings: Settings) -> None:
    """Look every request up, before the checks of access and of origins."""

    addresses, admits = settings.addresses, key_checker(settings)

    def choose() -> None:
        g.route = g.received = None
        if request.method == "OPTIONS" or addresses.is_reserved(request.path):
            return
        g.received = received(settings)
        g.route = book.find(g.received, admits)

    app.before_request(choose)


def register_answers(
    app: Flask,
    book: RouteBook,
    streams: Streams,
    feeds: Feeds,
    settings: Settings,
    limits: Limits,
    *,
    requested: RequestedFaults,
    why_unserved: Callable[[str, str], str | None],
    clock: Clock,
    rng: random.Random,
) -> None:
    """Answer what a route serves, and say of other paths why none does.

    ``why_unserved`` tells of a method and a path why no description serves them.
    """
    client_of = client_finder(settings)

    def answer() -> Response | None:
        route = current_route()
        if route is None:
            # Other faults, such as a WebSocket's request, have words of their own.
            nothing_there = isinstance(request.routing_exception, HttpNotFound)
            if not nothing_there or g.received is None:
                return None
            allowed = book.methods_at(request.path)
            if settings.catch_all and not allowed and request.method in METHODS:
                return caught()
            _refuse(book, why_unserved(request.method, request.path))
        if route.responses is not None:
            g.route = route = route.responses.choose(g.received)
        places = Places(route.template, g.received, now_text, new_uuid)
        wanted = mock_request(route, g.received)
        note_feed(wanted)
        if route.faults:
            wanted = with_faults(wanted, book.faults_of(route, g.received))

        def respond(wanted: MockRequest) -> Response:
            serving = Serving(route, wanted, places, streams, feeds, client_of(request))
            try:
                if route.stream is None:
                    return _answer(serving)
                return _stream(serving, route.stream)
            except Refusal as error:
                if route.origin is not Origin.DESCRIPTION:
                    raise
                raise NotFound(
                    f"The response {route.status} of {route.name} cannot be made:"
                    f" {error.clause}."
                ) from None

        return respond_with_faults(streams, wanted, respond)

    def caught() -> Response:
        """Answer a path that nothing else serves as the built-in endpoints would."""
        g.why = "CatchAll answers any other path"
        wanted = parse_current(request.path, settings, limits)
        framing = _framing_of(request.headers.get("Accept", ""))
        is_stream = framing is not None and wanted.error is None
        wanted = requested.admitted(
            wanted, is_stream=is_stream, is_sse=framing == "sse"
        )
        if framing is None or not is_stream:
            return answer_response(streams, wanted)
        return respond_with_faults(
            streams, wanted, lambda wanted: caught_stream(wanted, framing)
        )

    def caught_stream(wanted: MockRequest, framing: str) -> Response:
        places = Places(_ANYWHERE, g.received, now_text, new_uuid)
        plan = bare_plan(wanted, framing)
        headers = {**STREAM_HEADERS, "Content-Type": FRAMINGS[framing].content_type}
        if request.method == "HEAD":
            return Response(status=200, headers=headers)
        opened = streams.open(
            wanted,
            path=request.path,
            client=client_of(request),
            sock=client_socket(),
            chunked=takes_chunks(),
            program=route_program(plan, places, None),
        )
        return stream_response(opened, 200, headers)

    def now_text() -> str:
        return timestamp(clock.now_ms()).decode()

    def new_uuid() -> str:
        return str(UUID(int=rng.getrandbits(128), version=4))

    app.before_request(answer)


def received(settings: Settings) -> Received:
    """The current request as routes see it; its body is read when it is asked for."""
    return Received(
        method=request.method,
        path=request.path,
        query=parse_qs(
            request.query_string.decode("utf-8", "replace"), keep_blank_values=True
        ),
        headers={
            name.lower(): header_text(value) for name, value in request.headers.items()
        },
        read_body=_once(lambda: _body(settings)),
    )


def _body(settings: Settings) -> Json:
    """The request's body as data; None for one that cannot be read as any."""
    try:
        return parse_body(
            read_body(settings), request.headers.get("Content-Type", "")
        ).value
    except BadRequest:
        return None


def _once(read: Callable[[], Json]) -> Callable[[], Json]:
    found: list[Json] = []

    def reader() -> Json:
        if not found:
            found.append(read())
        return found[0]

    return reader


def _answer(serving: Serving) -> Response:
    """One answer; its status, headers and perhaps its body are the route's."""
    route = serving.route
    content = route.content
    is_text = isinstance(content, ExactData) and content.is_text
    headers = _headers(route, "text/plain; charset=utf-8" if is_text else _JSON)
    if request.method == "HEAD" or route.status in _EMPTY:
        return Response(status=route.status, headers=headers)
    exact = None
    if isinstance(content, ExactData):
        exact = content.written(serving.places.at(0))
        if not exact:
            return Response(b"", route.status, headers)
    return value_response(serving.streams, serving.wanted, route.status, headers, exact)


def _stream(serving: Serving, plan: StreamPlan) -> Response:
    """A stream of events, in the form that the route says."""
    route, wanted = serving.route, serving.wanted
    last = _last_id()
    if last is not None and _is_end(last, wanted.feed):
        return Response(status=204)
    wanted = replace(wanted, last_event_id=last)
    framing = FRAMINGS[plan.framing.value]
    headers = _headers(route, framing.content_type, STREAM_HEADERS)
    if request.method == "HEAD":
        return Response(status=route.status, headers=headers)
    if plan.feed is not None:
        opened = serving.feeds.open(
            wanted,
            path=request.path,
            client=serving.client,
            sock=client_socket(),
            chunked=takes_chunks(),
            telling=route_telling(plan, plan.feed, serving.places, route.name),
        )
    else:
        opened = serving.streams.open(
            wanted,
            path=request.path,
            client=serving.client,
            sock=client_socket(),
            chunked=takes_chunks(),
            program=route_program(plan, serving.places, route.name),
        )
    return stream_response(opened, route.status, headers)


def _last_id() -> str | None:
    """The id that the client says it received last, of whatever form."""
    header = request.headers.get("Last-Event-ID", "")
    return header or request.args.get("lastEventId", "") or None


def _is_end(last: str, feed: FeedChoice | None) -> bool:
    """Whether an id is that of the end of one of our streams, or of ``feed``."""
    if feed is None or feed.name is None:
        return _OUR_END.fullmatch(last) is not None
    before = last.removesuffix(END_SUFFIX)
    return before != last and read_id(before, short_name(feed.name)) is not None


def _headers(
    route: Route, content_type: str, usual: Mapping[str, str] = _UNSTORED
) -> dict[str, str]:
    """The usual headers, over them the route's, and over these what is fixed."""
    is_configured = route.origin is Origin.CONFIGURATION
    fixed = {
        name: text
        for name, text in _SANDBOX.items()
        if not (is_configured and name.lower() == _REPLACEABLE)
    }
    usual = {**usual, "Content-Type": content_type, **_SANDBOX}
    return _replaced(_replaced(usual, route.headers), fixed.items())


def _replaced(
    headers: Mapping[str, str], others: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """``headers``, and over them the others, names in any case."""
    over = dict(others)
    names = {name.lower() for name in over}
    kept = {name: text for name, text in headers.items() if name.lower() not in names}
    return {**kept, **over}


def _framing_of(accept: str) -> str | None:
    """The framing of a stream that an ``Accept`` header names, or None for JSON."""
    for framing in ("sse", "ndjson"):
        if FRAMINGS[framing].content_type.partition(";")[0] in accept:
            return framing
    return None


def _refuse(book: RouteBook, why: str | None) -> NoReturn:
    """Say why nothing serves this path. Raises ``MethodNotAllowed`` or ``NoRoute``.

    ``why`` is a reason beside what the routes tell.
    """
    found = book.explain(g.received)
    also = "" if why is None else f" {why}"
    if found.allowed:
        g.why = "a route, but not for this method"
        allowed = METHODS if ANY in found.allowed else sorted(found.allowed)
        raise MethodNotAllowed(
            f"{request.path} has a route, but not for {request.method}.{also}", allowed
        )
    raise NoRoute(
        f"Nothing is served at {request.path}.{also}",
        [(each.name, each.reason) for each in found.nearest]
        or nearest_paths(request.path),
    )
