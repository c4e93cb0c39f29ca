"""The one place where an error becomes a response: a problem document (RFC 9457)."""

from __future__ import annotations

import logging

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing.exceptions import WebsocketMismatch

from ..errors import ApiError, BackendError, BadRequest
from ..streams.counts import INTERNAL, Counts

logger = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"


def register(app: Flask, counts: Counts) -> None:
    """Answer every error of ``app`` with a problem document, and count it."""

    def api_error(error: ApiError) -> Response:
        if not isinstance(error, BackendError):  # which the stream has counted
            counts.refuse(error)
        return _api_error(error)

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


def _http_error(error: HTTPException) -> Response:
    """What Flask itself refuses: no such route, a wrong method, a large body."""
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
