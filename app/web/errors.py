"""The one place that turns errors into responses: problem documents (RFC 9457)."""

from __future__ import annotations

import logging

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing.exceptions import WebsocketMismatch

from ..errors import ApiError, BackendError, BadRequest
from ..schema.jsontext import excerpt
from ..schema.refusal import Refusal
from ..streams.counts import INTERNAL, Counts

logger = logging.getLogger(__name__)

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
        f"No value can be generated for this {error.parameter}: {error.reason}.",
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
