"""What is going on: the open streams."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response

from app.sse.payloads import timestamp
from app.streams.registry import Streams
from app.streams.stream import Stream


def blueprint(streams: Streams) -> Blueprint:
    """``/api/manage/...``."""
    manage = Blueprint("manage", __name__, url_prefix="/api/manage")

    @manage.get("/streams")
    def list_streams() -> Response:
        found = [describe(stream) for stream in streams]
        return _json({"streams": found, "total": len(found)})

    @manage.get("/streams/<stream_id>")
    def show_stream(stream_id: str) -> Response:
        return _json(describe(streams.get(stream_id)))

    return manage


def describe(stream: Stream) -> dict[str, object]:
    """What an operator sees of a stream; ``ageSeconds`` is whole seconds."""
    request = stream.request
    return {
        "id": stream.id,
        "path": request.path,
        "mode": request.mode.value,
        "continuous": request.continuous,
        "intervalMs": request.interval_ms if request.continuous else None,
        "client": stream.client,
        "backend": stream.feed.backend,
        "context": request.context,
        "startedAt": timestamp(stream.started_ms).decode(),
        "ageSeconds": int(stream.age),
        "batches": stream.batches,
        "events": stream.frames_sent,
        "bytes": stream.bytes_sent,
        "lastEventAt": timestamp(stream.last_event_ms).decode(),
    }


def _json(value: object) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(
        orjson.dumps(value), headers=headers, content_type="application/json"
    )
