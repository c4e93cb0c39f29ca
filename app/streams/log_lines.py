"""A stream's two lines in the log: one at its start, one at its end.

Each is a short text with fields beside it (``app.logs`` writes both). A shape,
a body or a query is in neither.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .counts import Outcome

if TYPE_CHECKING:
    from .stream import Stream

logger = logging.getLogger(__name__)


def started(stream: Stream) -> None:
    """Say who asked for what."""
    if logger.isEnabledFor(logging.INFO):
        _write("stream started", _request_of(stream))


def ended(stream: Stream, outcome: Outcome) -> None:
    """Say why it ended and what it sent; the request again, so that a line is whole."""
    if logger.isEnabledFor(logging.INFO):
        _write(
            "stream ended",
            {
                **_request_of(stream),
                "reason": outcome.value,
                "batches": stream.batches,
                "events": stream.events_sent,
                "bytes": stream.bytes_sent,
                "seconds": round(stream.age, 3),
            },
        )


def _request_of(stream: Stream) -> dict[str, object]:
    request = stream.request
    return {
        "id": stream.id,
        "method": request.method,
        "path": request.path,
        "mode": request.mode.value,
        "continuous": request.continuous,
        "client": stream.client,
        "backend": stream.backend,
        "context": request.context,
    }


def _write(text: str, fields: dict[str, object]) -> None:
    logger.info(text, extra={"fields": fields})
