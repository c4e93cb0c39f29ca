"""What a producer yields: events, waits and the end of a stream."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import NamedTuple, TypeAlias

from ..faults.fault import Fault

#: No moment in time comes after this one, in seconds.
FOREVER = float("inf")


class Fields(NamedTuple):
    """What an event has beside its data.

    ``name`` is its type. ``id`` is an id of its own, in place of the stream's next
    one; ``retry`` is the client's wait before it reconnects, in milliseconds.
    ``raw`` are bytes to send as they are, in place of everything else. ``faults``
    are played from this event on.
    """

    name: bytes = b""
    id: bytes | None = None
    retry: int | None = None
    comment: bytes | None = None
    raw: bytes | None = None
    faults: tuple[Fault, ...] = ()


class Event(NamedTuple):
    """One event, before it is numbered and framed.

    ``data`` is the payload in UTF-8: one line, where there are no ``fields``, or
    None where the event has nothing but fields. ``last`` marks the event after
    which a client need not come back, and ``whole`` the one that completes its
    batch. An event with neither data nor raw bytes is not dispatched: it has no
    number and no id.
    """

    data: bytes | None
    last: bool = False
    whole: bool = False
    fields: Fields | None = None

    @property
    def is_dispatched(self) -> bool:
        """Whether a client hands it on, as far as the event itself decides."""
        fields = self.fields
        return self.data is not None or (fields is not None and fields.raw is not None)


#: Makes an event of all its members, in a third of the time that the class takes.
make_event: Callable[[tuple[bytes | None, bool, bool, Fields | None]], Event]
make_event = partial(tuple.__new__, Event)


class Wait:
    """Nothing to send before ``until``, in monotonic seconds, or ``ready()``.

    A producer may use one again, with another moment.
    """

    __slots__ = ("ready", "until")

    def __init__(
        self, until: float = FOREVER, ready: Callable[[], bool] | None = None
    ) -> None:
        """Wait for whichever comes first."""
        self.until = until
        self.ready = ready


class EndReason(Enum):
    """Why a stream was ended: the event's ``reason``, and its ``message``."""

    MAX_DURATION = "max_duration", "Max duration reached"
    MAX_EVENTS = "max_events", "Max events reached"
    STOPPED = "stopped", "Stopped"
    SHUTDOWN = "shutdown", "Server shutting down"
    ERRORS = "errors", "Too many consecutive errors"
    COMPLETE = "complete", "Complete"

    @property
    def code(self) -> str:
        """For programs."""
        return self.value[0]

    @property
    def message(self) -> str:
        """For people."""
        return self.value[1]


class End(NamedTuple):
    """The producer has nothing more to send, and the client is told why."""

    reason: EndReason


#: What a producer yields next.
Step: TypeAlias = "Event | Wait | End"
