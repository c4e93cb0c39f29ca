"""Sends each event of a feed to all subscribers that take it at once.

A switch to another greenlet, a step of a generator and the server's own write cost
more than a send. So whoever publishes an event writes the ready bytes itself, with
the plain send that never waits, to each connection whose stream is waiting. The
stream's greenlet wakes only for what is left: its beginning and end, heartbeats,
what a full socket did not take.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from ..sse.frames import Framing
from .history import Entry

#: Maximum of subscribers that are served before others get their turn.
MAX_AT_A_TIME = 1000


class Wire(NamedTuple):
    """How events go out to a group of subscribers that get the same bytes."""

    framing: Framing
    chunked: bool


class Lane(Protocol):
    """A connection, as the fan-out sees it; see ``Connection.bypass``."""

    bypass: Callable[[bytes], int]


class Line(Protocol):
    """A subscriber, as the fan-out sees it.

    The event of number ``cursor`` may go past it while it ``is_waiting``.
    """

    cursor: int
    is_waiting: bool
    lane: Lane

    def sent(self, size: int, whole: bool, now: float) -> None:
        """Note that the event at the cursor went out, ``size`` bytes as a frame."""

    def left_over(self, entry: Entry, size: int, rest: bytes | None) -> None:
        """Note what of an event's bytes still has to go out; None is all of it."""

    def lost(self) -> None:
        """Note that the client has gone."""


class FanOut:
    """The subscribers of one feed, grouped by the bytes that they get."""

    def __init__(
        self,
        turn: Callable[[], None],
        monotonic: Callable[[], float],
        at_a_time: int = MAX_AT_A_TIME,
    ) -> None:
        """``turn`` lets others run, after ``at_a_time`` sends.

        ``monotonic`` gives seconds.
        """
        self._at_a_time = at_a_time
        self._turn = turn
        self._monotonic = monotonic
        self._groups: dict[Wire, dict[Line, None]] = {}
        self._done = 0

    def join(self, line: Line, wire: Wire) -> None:
        """Send to ``line`` from now on."""
        self._groups.setdefault(wire, {})[line] = None

    def leave(self, line: Line, wire: Wire) -> None:
        """Send no more to ``line``. Harmless when called again."""
        group = self._groups.get(wire)
        if group is not None:
            group.pop(line, None)
            if not group:
                del self._groups[wire]

    def send(self, entry: Entry, encode: Callable[[Entry, Framing], bytes]) -> int:
        """Send an event that was published; ``encode`` gives its frame.

        Returns how many subscribers have it now.
        """
        delivered = 0
        self._done += 1
        for wire, group in [*self._groups.items()]:
            frame = encode(entry, wire.framing)
            chunk = frame
            if wire.chunked:
                chunk = b"%X\r\n%b\r\n" % (len(frame), frame)
            delivered += self._send(entry, chunk, len(frame), [*group])
        if self._done >= self._at_a_time:
            self._rest()
        return delivered

    def _send(self, entry: Entry, chunk: bytes, frame: int, group: list[Line]) -> int:
        number, whole, size = entry.number, entry.event.whole, len(chunk)
        now = self._monotonic()
        delivered = 0
        for line in group:
            # Others run in between, so a line may have read the event by itself.
            if line.cursor != number or not line.is_waiting:
                continue
            try:
                sent = line.lane.bypass(chunk)
            except BlockingIOError:
                line.left_over(entry, frame, None)
                continue
            except OSError:
                line.lost()
                continue
            if sent == size:
                line.sent(frame, whole, now)
                delivered += 1
            else:
                line.left_over(entry, frame, chunk[sent:])
            self._done += 1
            if self._done >= self._at_a_time:
                self._rest()
                now = self._monotonic()
        return delivered

    def _rest(self) -> None:
        self._done = 0
        self._turn()
