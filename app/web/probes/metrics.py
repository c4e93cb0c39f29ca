"""The metrics of the service."""

from __future__ import annotations

from flask import Blueprint, Response

from ...metrics import CONTENT_TYPE, Metrics
from ..openapi.operation import Operation, Tag, describes


def blueprint(metrics: Metrics) -> Blueprint:
    """``/metrics``, in Prometheus's text format."""
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    @describes(
        Operation(
            name="metrics",
            summary="Prometheus text",
            tag=Tag.MANAGE,
            produces="text/plain",
        )
    )
    def show_metrics() -> Response:
        headers = {"Cache-Control": "no-store"}
        return Response(metrics.text(), headers=headers, content_type=CONTENT_TYPE)

    return pages
