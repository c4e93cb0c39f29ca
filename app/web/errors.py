"""The one place that turns errors into responses: problem documents (RFC 9457)."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Iterable, Sequence

import orjson
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing.exceptions import WebsocketMismatch

from ..errors import ApiError, BackendError, BadRequest, NoRoute
from ..schema.jsontext import excerpt
from ..schema.refusal import Refusal
from ..streams.counts import INTERNAL, Counts

logger = logging.getLogger(__name__)

#: Most paths that are named.
_MAX_NEAREST = 3
#: How much a path resembles one that is named, at least, from 0 to 1.
_ALIKE = 0.5
#: A variable of a path as Flask writes it.
_VARIABLE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")

PROBLEM_TYPE = "application/problem+json"

#: What is accepted in place of what no value can be generated for.
_GENERATED = {
    "shape": "an example, or a JSON Schema that some value of a bounded size fits",
    "count": "fewer elements: they are made for every array, also inside another",
}


def register(app: Flask, counts: Counts) -> None:
    """Answer every error of ``app`` with a problem document, and count it."""

    def api_error(error: ApiError) -> Response:
        if not isinstance(error, BackendError):  # which the stream has counted
            counts.refuse(error)
        return _api_error(error)

    def refusal(error: Refusal) -> Response:
        return api_error(_refused(error))

    def http_error(error: HTTPException) -> Response:
        # Of its own, the framework names no path that there is.
        if isinstance(error, NotFound) and error is request.routing_exception:
            return api_error(nothing_here())
        counts.refuse_status(error.code or 500)
        return _http_error(error)

    def websocket(error: WebsocketMismatch) -> Response:
        return api_error(
            BadRequest(
                "This is no WebSocket but HTTP: a stream comes as Server-Sent Events, "
                "for EventSource or fetch.",
                parameter="Upgrade",
                value=request.headers["Upgrade"],
                allowed="no Upgrade header",
            )
        )

    def unexpected(error: Exception) -> Response:
        counts.errors[INTERNAL] += 1
        return _unexpected()

    app.register_error_handler(ApiError, api_error)
    app.register_error_handler(Refusal, refusal)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(WebsocketMismatch, websocket)
    app.register_error_handler(Exception, unexpected)


def _respond(status: int, members: dict[str, object]) -> Response:
    body = b"" if request.method == "HEAD" else orjson.dumps(members)
    return Response(body, status, content_type=PROBLEM_TYPE)


def _api_error(error: ApiError) -> Response:
    response = _respond(error.status, error.problem())
    response.headers.update(error.headers)
    return response


def _refused(error: Refusal) -> BadRequest:
    """What the generator refuses, as an error of the request."""
    return BadRequest(
        f"No value can be generated for this {error.parameter}: {error.clause}.",
        parameter=error.parameter,
        value=excerpt(error.value),
        allowed=error.accepted or _GENERATED[error.parameter],
        pointer=error.pointer,
        keyword=error.keyword,
        limit=error.limit,
    )


def _http_error(error: HTTPException) -> Response:
    """An error of Flask's own: no such route, a wrong method, a large body."""
    status = error.code or 500
    response = _respond(
        status,
        {
            "type": "about:blank",
            "title": error.name,
            "status": status,
            "detail": error.description,
        },
    )
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _unexpected() -> Response:
    logger.exception("%s %s failed", request.method, request.path)
    return _respond(
        500,
        {
            "type": "about:blank",
            "title": "Internal server error",
            "status": 500,
            "detail": "The server failed; its log says why.",
        },
    )


def nearest_paths(path: str) -> Sequence[tuple[str, str]]:
    """The service's own paths that resemble ``path``, each with a reason."""
    rules = {rule.rule for rule in current_app.url_map.iter_rules()}
    paths = sorted(_VARIABLE.sub(r"{\1}", rule) for rule in rules)
    return [(near, "a path of the service itself") for near in alike(path, paths)]


def alike(text: str, known: Iterable[str]) -> list[str]:
    """The texts that resemble ``text`` most, of those that are ``known``."""
    return difflib.get_close_matches(text, [*known], _MAX_NEAREST, _ALIKE)


def nothing_here() -> NoRoute:
    """The error that nothing is at the path of the current request."""
    path = request.path
    return NoRoute(f"Nothing is served at {path}.", nearest_paths(path))
