"""The state of the configured backends, without their keys and addresses."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response

from ...backends.pool import Backends
from ..openapi.operation import Operation, Tag, describes


def blueprint(backends: Backends) -> Blueprint:
    """``/api/manage/backends``."""
    manage = Blueprint("backends", __name__, url_prefix="/api/manage")

    @manage.get("/backends")
    @describes(
        Operation(
            name="listBackends",
            summary="The configured backends, their health and counters",
            tag=Tag.MANAGE,
        )
    )
    def list_backends() -> Response:
        return Response(
            orjson.dumps({"backends": backends.status()}),
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    return manage
