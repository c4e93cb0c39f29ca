"""Liveness and readiness, for whatever watches the process."""

from __future__ import annotations

from flask import Blueprint, Response

from ..streams.registry import Streams


def blueprint(streams: Streams) -> Blueprint:
    """``/healthz`` and ``/readyz``."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> Response:
        return _plain("ok", 200)

    @health.get("/readyz")
    def readyz() -> Response:
        return _plain("draining", 503) if streams.draining else _plain("ready", 200)

    return health


def _plain(text: str, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(f"{text}\n", status, headers, content_type="text/plain")
