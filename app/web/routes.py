"""Mock routes: the client's own API, at its own paths.

A request is looked up before anything else sees it, but for the service's own
paths, so that a route may also stand in front of a built-in endpoint. What the
client sends is data: none of it is an option.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

import orjson
from flask import Flask, Response, g, request

from ..errors import BadRequest, MethodNotAllowed, NoRoute
from ..request.bodies import parse_body
from ..request.inputs import header_text
from ..router.book import RouteBook
from ..routes.conditions import Received
from ..routes.requests import Places, mock_request
from ..routes.reserved import is_service_path
from ..routes.route import ExactData, Route
from ..settings import Settings
from ..sse.frames import END_SUFFIX
from ..streams.registry import Streams
from ..words import Json
from .access import client_finder
from .body import read_body
from .mock import client_socket, stream_response, takes_chunks

#: What keeps a response that is served beside the console from owning it.
_SANDBOX = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
}


def current_route() -> Route | None:
    """The route that serves the current request, if one does."""
    route: Route | None = g.get("route")
    return route


def register(app: Flask, book: RouteBook, settings: Settings) -> None:
    """Look every request up, before the checks of access and of origins."""

    def choose() -> None:
        g.route = None
        if request.method == "OPTIONS" or is_service_path(request.path):
            return
        g.received = received(settings)
        g.route = book.find(g.received)

    app.before_request(choose)


def register_answers(
    app: Flask, book: RouteBook, streams: Streams, settings: Settings
) -> None:
    """Answer what a route serves, and say of other paths why none does."""
    client_of = client_finder(settings)

    def answer() -> Response | None:
        route = current_route()
        if route is not None:
            if route.stream is None:
                return _answer(route, g.received, streams)
            return _stream(route, g.received, streams, client_of(request))
        if request.url_rule is None and request.method != "OPTIONS":
            _refuse(book)
        return None

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


def _answer(route: Route, asked: Received, streams: Streams) -> Response:
    headers = _headers(route, "application/json")
    if request.method == "HEAD" or route.status in (204, 304):
        return Response(status=route.status, headers=headers)
    wanted = mock_request(route, asked)
    content = route.content
    if isinstance(content, ExactData):
        if content.is_text:
            headers = _headers(route, "text/plain; charset=utf-8")
        value = streams.delayed(
            content.written(places_of(route, asked)), wanted, sock=client_socket()
        )
    else:
        value = streams.answer(wanted, sock=client_socket())
    if value is None:
        return Response(status=route.status)  # nobody is there to read it
    return Response(value, route.status, headers)


def _headers(route: Route, content_type: str) -> dict[str, str]:
    headers = {"Content-Type": content_type, "Cache-Control": "no-store", **_SANDBOX}
    return _replaced(headers, route)


def _replaced(headers: Mapping[str, str], route: Route) -> dict[str, str]:
    """``headers``, and over them those of the route, names in any case."""
    own = {name.lower() for name, _ in route.headers}
    kept = {name: text for name, text in headers.items() if name.lower() not in own}
    return {**kept, **dict(route.headers)}
