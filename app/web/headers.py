"""Headers that every response needs or must not have."""

from __future__ import annotations

from flask import Flask, Response

#: Keep browsers from misusing a response. A page sets a policy of its own.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
#: Statuses of responses that never have a body.
_BODILESS = frozenset({204, 304})


def register(app: Flask) -> None:
    """Complete the headers of every response of ``app``."""
    app.after_request(_harden)
    app.after_request(_describe_no_body)


def _harden(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _describe_no_body(response: Response) -> Response:
    if response.status_code in _BODILESS:
        response.headers.pop("Content-Type", None)
    return response
