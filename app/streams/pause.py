"""One stream's waiting: for a moment, for data, for its end, for a heartbeat."""

from __future__ import annotations

from collections.abc import Callable

from ..events.event import FOREVER, EndReason, Event
from ..ports import Clock
from .sleeper import Sleeper

#: What stands for the framing's own sign of life.
HEARTBEAT = Event(None)


class Pause:
    """What a stream waits on, and what ends it.

    All times are monotonic seconds; ``now`` is the latest reading of the clock.
    ``over`` is set once: by the deadline, by whoever stops the stream, or by the
    client's leaving, which has no ``reason`` to send. ``halted`` ends the wait, and
    is set with ``over``, or by whoever steers the stream. ``heartbeat`` is the
    longest silence, in seconds, after the first byte, and ``beat`` what ends it.
    """

    __slots__ = (
        "_sleeper",
        "beat",
        "clock",
        "deadline",
        "halted",
        "heartbeat",
        "last_sent",
        "now",
        "over",
        "reason",
    )

    def __init__(
        self,
        clock: Clock,
        sleeper: Sleeper,
        *,
        deadline: float,
        heartbeat: float,
    ) -> None:
        """Neither over nor halted."""
        self.clock = clock
        self._sleeper = sleeper
        self.heartbeat = heartbeat
        self.beat = HEARTBEAT
        self.deadline = deadline
        self.now = clock.monotonic()
        self.last_sent = FOREVER
        self.over = False
        self.halted = False
        self.reason: EndReason | None = None

    def look(self) -> float:
        """Read the clock, and end the stream where its time is up."""
        self.now = now = self.clock.monotonic()
        if now >= self.deadline:
            self.end(EndReason.MAX_DURATION)
        return now

    def until(
        self, moment: float, ready: Callable[[], bool] | None = None
    ) -> Event | None:
        """Wait until ``moment``, or until ``ready()``, or until it is halted.

        Lets others run, unless it is ready at once. Gives the heartbeat that has to
        be sent first: call again after it.
        """
        deadline = self.deadline
        beat = self.last_sent + self.heartbeat
        # Comparisons, because this runs for every event: min() costs a call.
        until = beat if beat < moment else moment
        if deadline < until:
            until = deadline
        while not (self.halted or (ready is not None and ready())):
            self.now = now = self._sleeper.sleep(until)
            if now < until:
                continue  # woken early: look again
            if now >= deadline:
                self.end(EndReason.MAX_DURATION)
            elif now >= moment or self.halted or (ready is not None and ready()):
                break
            elif now < self.last_sent + self.heartbeat:
                # Others sent for this stream meanwhile.
                beat = self.last_sent + self.heartbeat
                until = min(beat, moment, deadline)
            else:
                return self.beat
        return None

    @property
    def has_lost(self) -> bool:
        """Whether the stream is over because its client has gone."""
        return self.over and self.reason is None

    def wake(self) -> None:
        """Make a waiting stream look again."""
        self._sleeper.wake()

    def halt(self) -> None:
        """End the wait, for whoever steers the stream."""
        self.halted = True
        self._sleeper.wake()

    def revive(self) -> None:
        """Let a stream that was over go on; nothing was sent in its new response."""
        self.over = self.halted = False
        self.reason = None
        self.now = self.clock.monotonic()
        self.last_sent = FOREVER

    def end(self, reason: EndReason) -> None:
        """The stream is over and its client hears why. The first end counts."""
        if not self.over:
            self.over = True
            self.reason = reason
            self.halt()

    def leave(self) -> None:
        """The stream is over and nobody is there to hear it."""
        self.over = True
        self.reason = None
        self.halt()
