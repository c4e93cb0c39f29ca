"""What a stream says of itself, around its batches: its start, failures and end."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..words import MockRequest
from . import payloads
from .event import EndReason, Event


class Envelope(NamedTuple):
    """The events that stand around a producer's own.

    ``opening`` comes before anything is generated. ``error`` takes a message and
    the number of whole batches, and gives None for no event; ``end`` takes the
    reason, that number, and a message in place of the reason's own.
    """

    opening: Callable[[MockRequest], tuple[Event, ...]]
    error: Callable[[str, int], Event | None]
    end: Callable[[EndReason, int, str | None], tuple[Event, ...]]


def _opening(request: MockRequest) -> tuple[Event, ...]:
    if not request.continuous or request.error is not None:
        return ()
    info = payloads.info(request.mode, request.interval_ms, request.max_duration_s)
    return (Event(info),)


def _error(message: str, batches: int) -> Event:
    return Event(payloads.error(message, batches))


def _end(reason: EndReason, batches: int, message: str | None) -> tuple[Event, ...]:
    # A client that hears of a shutdown is to come back, to another worker.
    last = reason is not EndReason.SHUTDOWN
    return (Event(payloads.end(reason, batches, message), last=last),)


#: The events of the contract, section 4.
CONTRACT = Envelope(opening=_opening, error=_error, end=_end)

#: The producer's events alone.
BARE = Envelope(
    opening=lambda request: (),
    error=lambda message, batches: None,
    end=lambda reason, batches, message: (),
)
