"""Cross-origin access to what is mocked: the built-in endpoints, and every route."""

from __future__ import annotations

import re
from collections.abc import Collection

from flask import Flask, Response, request

from ..router.book import RouteBook
from ..routes.table import ANY
from ..settings import Settings
from .access import changes_hub_contexts, current_route

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EXPOSED = ("X-Stream-Id", "X-Response-Schema", "Retry-After")

#: How long a browser may keep a preflight's answer, in seconds.
_MAX_AGE = 86400
#: The name of a header (RFC 9110, section 5.6.2).
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def register(app: Flask, book: RouteBook, settings: Settings) -> None:
    """Answer preflights, and let pages of the allowed origins read mock responses."""
    addresses = settings.addresses
    origins = settings.cors.allowed_origins

    def preflight() -> Response | None:
        """Answer a browser's question before a request that is not simple."""
        if request.method != "OPTIONS" or addresses.is_service(request.path):
            return None
        methods = set(book.methods_at(request.path))
        path = request.path
        if ANY in methods or addresses.is_built_in(path) or addresses.is_hub(path):
            methods = {*METHODS}
        if not methods:
            return None
        allow = ", ".join((*sorted(methods), "HEAD", "OPTIONS"))
        return Response(status=204, headers={"Allow": allow})

    def allow(response: Response) -> Response:
        asked = request.headers.get("Access-Control-Request-Method")
        method = asked if request.method == "OPTIONS" and asked else request.method
        if addresses.is_service(request.path) or changes_hub_contexts(settings, method):
            return response
        asking = request.headers.get("Origin", "")
        # Microsoft's client insists on credentials, which nothing here reads, and
        # browsers give them to no page where the answer is "*".
        is_hub = current_route() is None and addresses.is_hub(request.path)
        origin = "*" if "*" in origins and not (is_hub and asking) else asking
        if origin != "*":
            response.vary.add("Origin")
            if not is_allowed(asking, origins):
                return response
        response.headers["Access-Control-Allow-Origin"] = origin
        route = current_route()
        own = () if route is None else [name for name, _ in route.headers]
        exposed = ", ".join((*EXPOSED, *own))
        response.headers["Access-Control-Expose-Headers"] = exposed
        if settings.cors.allow_credentials or (is_hub and asking):
            response.headers["Access-Control-Allow-Credentials"] = "true"
        if request.method == "OPTIONS":
            _allow_what_is_asked(response)
        return response

    app.before_request(preflight)
    app.after_request(allow)


def is_allowed(origin: str, origins: Collection[str]) -> bool:
    """Whether pages of ``origin`` may read responses."""
    return "*" in origins or origin.lower() in origins


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
