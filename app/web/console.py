"""The browser console: one page and its files."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from ..faults.catalogue import KINDS
from ..generation.values.census import LOCALES
from ..request.parsers import Limits
from ..resources.catalogue import nouns
from ..settings import Settings
from ..signalr.transports import Transport
from ..words import Mode

#: Nothing inline, nothing from elsewhere, no text that becomes markup.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)


def blueprint(settings: Settings, limits: Limits) -> Blueprint:
    """``/`` and ``/static/...``."""
    console = Blueprint("console", __name__, static_folder="static")
    paths = sorted(noun.name for noun in nouns())
    defaults = {
        "continuous": settings.enable_continuous_streaming,
        "interval": settings.continuous_streaming_interval_ms,
        "maxDuration": settings.continuous_streaming_max_duration_seconds,
        "jitter": settings.continuous_streaming_jitter_ms,
        "delay": _span(
            settings.random_request_delay_min_ms, settings.random_request_delay_max_ms
        ),
        "sseMode": settings.sse_mode.value,
        "includeSchema": settings.include_shape_in_response,
        "vary": False,
        "locale": settings.locale,
        "maxItems": limits.max_items,
    }

    @console.get("/")
    def page() -> Response:
        text = render_template(
            "console.html",
            defaults=defaults,
            base=settings.base_path,
            hub=settings.addresses.hub,
            transports=[transport.value for transport in Transport],
            modes=[mode.value for mode in Mode],
            paths=paths,
            backends=limits.backends,
            locales=sorted(LOCALES),
            faults=KINDS,
        )
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
        return Response(text, headers=headers, content_type="text/html; charset=utf-8")

    return console


def _span(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"
