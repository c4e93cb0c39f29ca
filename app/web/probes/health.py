"""Liveness and readiness of the process."""

from __future__ import annotations

from flask import Blueprint, Response

from ...streams.registry import Streams
from ..openapi.operation import Operation, Tag, describes, empty


def blueprint(streams: Streams) -> Blueprint:
    """``/healthz`` and ``/readyz``."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    @describes(
        Operation(
            name="healthz",
            summary="Alive",
            tag=Tag.HEALTH,
            produces="text/plain",
        )
    )
    def healthz() -> Response:
        return _plain("ok", 200)

    @health.get("/readyz")
    @describes(
        Operation(
            name="readyz",
            summary="Ready for new streams",
            tag=Tag.HEALTH,
            produces="text/plain",
            responses={"503": empty("Draining")},
        )
    )
    def readyz() -> Response:
        return _plain("draining", 503) if streams.draining else _plain("ready", 200)

    return health


def _plain(text: str, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(f"{text}\n", status, headers, content_type="text/plain")
