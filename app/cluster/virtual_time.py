"""Questions to virtual clocks: where they stand, and moving them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ..events.event import FOREVER
from ..request.selection import Selection


class ClockName(NamedTuple):
    """A clock: the one that a route's streams share, or the own one of a stream."""

    route: str
    stream_id: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a clock stands at one worker, or at all.

    ``now`` and ``due``, the next moment that a stream waits for, are its seconds.
    ``streams`` counts the streams, ``events`` what they have sent. ``settled`` is
    False where they have not come to rest in time.
    """

    now: float
    due: float = FOREVER
    streams: int = 0
    events: int = 0
    settled: bool = True

    def join(self, other: Stand) -> Stand:
        """The two together."""
        return Stand(
            max(self.now, other.now),
            min(self.due, other.due),
            self.streams + other.streams,
            self.events + other.events,
            self.settled and other.settled,
        )


class Clocks(Protocol):
    """The virtual clocks of all workers. Real times are in seconds."""

    def names(self, selection: Selection) -> list[ClockName]:
        """The own clocks of the streams of ``selection``."""

    def stand(self, name: ClockName, seconds: float) -> Stand:
        """How a clock stands, once its streams are at rest.

        Raises ``NotFound``, and ``Conflict`` for a stream on the real clock.
        """

    def advance(self, name: ClockName, moment: float, seconds: float) -> Stand:
        """Let everything happen that falls due until ``moment``, in order.

        ``events`` of the answer counts what was sent. Raises as ``stand`` does.
        """

    def set(self, name: ClockName, moment: float) -> None:
        """Set a clock without streams to any moment. Raises as ``stand`` does."""
