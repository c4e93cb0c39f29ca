"""Puts the parts together that play the faults of one stream."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ...events.envelope import Envelope
from ...events.event import Event, Fields
from ...faults.fault import Fault
from ...faults.player import Player
from ...faults.spoiling import Fits
from ...schema.validation import schema_validator
from ...sse.frames import Frames
from ...words import MockRequest, Shape
from ..pause import Pause
from .distortion import Distortion, Insert
from .writer import FaultyWriter

_MESSAGE = "A fault that was asked for"
_ERROR = b'{"error":{"code":500,"message":"%b"}}' % _MESSAGE.encode()


def distortion_of(
    frames: Frames,
    insert: Insert,
    *,
    faults: Iterable[Fault],
    request: MockRequest,
    stream_id: str,
    envelope: Envelope,
    pause: Pause,
) -> Distortion:
    """What plays ``faults`` on a stream; a request with a seed gets the same again.

    ``insert`` takes events that the stream sends next.
    """
    seed = stream_id if request.seed is None else str(request.seed)
    return Distortion(
        frames,
        Player(faults, seed),
        pause=pause,
        writer=FaultyWriter(pause),
        error=_error_of(envelope, frames),
        fits=_fits_of(request.shape),
        insert=insert,
    )


def _error_of(envelope: Envelope, frames: Frames) -> Event:
    """The event that tells of an error, in the words of the stream."""
    told = envelope.error(_MESSAGE, 0)
    if told is not None and told.data is not None:
        return told
    return Event(_ERROR, fields=Fields(b"error") if frames.is_sse else None)


def _fits_of(shape: Shape | None) -> Fits | None:
    if shape is None:
        return None

    @lru_cache(maxsize=1)
    def validator() -> Any:
        return schema_validator(shape.schema)

    return lambda value: bool(validator().is_valid(value))
