"""Headers that keep browsers from doing more with a response than it is for."""

from __future__ import annotations

from flask import Flask, Response

#: For everything that is not a page of ours; a page sets its own policy.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def register(app: Flask) -> None:
    """Add the headers to every response of ``app`` that does not set them itself."""
    app.after_request(_harden)


def _harden(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response
