"""Metrics for whatever watches the service."""

from __future__ import annotations

from flask import Blueprint, Response

from ..metrics import CONTENT_TYPE, Metrics


def blueprint(metrics: Metrics) -> Blueprint:
    """``/metrics``, in Prometheus's text format."""
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    def show_metrics() -> Response:
        headers = {"Cache-Control": "no-store"}
        return Response(metrics.text(), headers=headers, content_type=CONTENT_TYPE)

    return pages
