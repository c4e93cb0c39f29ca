"""Cross-origin access to the mock endpoints."""

from __future__ import annotations

import re

from flask import Flask, Response, request

from ..settings import CorsSettings
from .access import MOCK_PREFIX

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EXPOSED = ("X-Stream-Id", "X-Response-Schema", "Retry-After")

#: How long a browser may keep a preflight's answer, in seconds.
_MAX_AGE = 86400
#: The name of a header (RFC 9110, section 5.6.2).
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def register(app: Flask, settings: CorsSettings) -> None:
    """Answer preflights, and let pages of the allowed origins read mock responses."""
    origins = settings.allowed_origins

    def allow(response: Response) -> Response:
        if not _concerned():
            return response
        origin = "*" if "*" in origins else request.headers.get("Origin", "")
        if origin != "*":
            response.vary.add("Origin")
            if origin.lower() not in origins:
                return response
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED)
        if settings.allow_credentials:
            response.headers["Access-Control-Allow-Credentials"] = "true"
        if request.method == "OPTIONS":
            _allow_what_is_asked(response)
        return response

    app.before_request(_preflight)
    app.after_request(allow)


def _concerned() -> bool:
    return request.path.startswith(MOCK_PREFIX)


def _preflight() -> Response | None:
    """Answer a browser's question before a request that is not simple."""
    if request.method != "OPTIONS" or not _concerned():
        return None
    allow = ", ".join((*METHODS, "HEAD", "OPTIONS"))
    return Response(status=204, headers={"Allow": allow})


def _allow_what_is_asked(response: Response) -> None:
    """Permit every method, and the headers that the page wants to send.

    A mock stands in for APIs that it does not know: any header may be theirs.
    """
    response.headers["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    response.headers["Access-Control-Max-Age"] = str(_MAX_AGE)
    response.vary.add("Access-Control-Request-Headers")
    asked = request.headers.get("Access-Control-Request-Headers", "").split(",")
    names = [name.strip() for name in asked if _TOKEN.fullmatch(name.strip())]
    if names:
        response.headers["Access-Control-Allow-Headers"] = ", ".join(names)
