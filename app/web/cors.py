"""Cross-origin access to the mock endpoints: any origin, without credentials."""

from __future__ import annotations

from flask import Flask, Response, request

from app.request.inputs import Place
from app.request.options import ERROR_TEXTS, OPTIONS

MOCK_PREFIX = "/api/mock/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EXPOSED = ("X-Stream-Id", "X-Response-Schema", "Retry-After")

#: How long a browser may keep a preflight's answer, in seconds.
_MAX_AGE = 86400

_PLACES = (*(option.places for option in OPTIONS), *ERROR_TEXTS.values())
_ACCEPTED = sorted(
    {
        where.name
        for places in _PLACES
        for where in places
        if where.place is Place.HEADER
    }
    | {"Accept", "Authorization", "Cache-Control", "Content-Type", "Last-Event-ID"}
)


def register(app: Flask) -> None:
    """Answer preflights, and let pages of any origin read the mock responses."""
    app.before_request(_preflight)
    app.after_request(_allow)


def _concerned() -> bool:
    return request.path.startswith(MOCK_PREFIX)


def _preflight() -> Response | None:
    """Answer what a browser asks before a request that is not a simple one."""
    if request.method != "OPTIONS" or not _concerned():
        return None
    headers = {
        "Access-Control-Allow-Methods": ", ".join(METHODS),
        "Access-Control-Allow-Headers": ", ".join(_ACCEPTED),
        "Access-Control-Max-Age": str(_MAX_AGE),
        "Allow": ", ".join((*METHODS, "HEAD", "OPTIONS")),
    }
    return Response(status=204, headers=headers)


def _allow(response: Response) -> Response:
    if _concerned():
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED)
    return response
