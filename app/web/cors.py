"""Cross-origin access to the mock endpoints, without credentials."""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, Response, request

from ..request.inputs import Place
from ..request.options import ERROR_TEXTS, OPTIONS
from .access import MOCK_PREFIX

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
    | {"X-Api-Key"}
)


def register(app: Flask, allowed: Collection[str]) -> None:
    """Answer preflights, and let pages of the ``allowed`` origins read mock responses.

    ``*`` among them is any origin.
    """

    def allow(response: Response) -> Response:
        if not _concerned():
            return response
        if "*" in allowed:
            origin = "*"
        else:
            response.vary.add("Origin")
            origin = request.headers.get("Origin", "")
            if origin.lower() not in allowed:
                return response
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED)
        return response

    app.before_request(_preflight)
    app.after_request(allow)


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
