"""A stream's waiting by a virtual clock."""

from __future__ import annotations

from collections.abc import Callable

from ...events.event import FOREVER, EndReason, Event
from ..pause import HEARTBEAT, Pause
from .virtual_clock import VirtualClock, VirtualSleeper


class VirtualPause(Pause):
    """Waits by a virtual clock, and shows life by the real one.

    Heartbeats that a route writes itself belong to what its clients see, and fall
    due by the virtual clock. A proxy would cut a connection that is silent in real
    time, so comments go on by the real one.
    """

    __slots__ = ("_idle", "_quiet", "_real", "_virtual", "_virtual_sleeper")

    def __init__(
        self,
        clock: VirtualClock,
        sleeper: VirtualSleeper,
        *,
        real: Callable[[], float],
        deadline: float,
        heartbeat: float,
        quiet: float,
        idle: float,
    ) -> None:
        """``quiet`` is the longest real silence, in seconds.

        The stream is stopped ``idle`` real seconds after the last call.
        """
        super().__init__(clock, sleeper, deadline=deadline, heartbeat=heartbeat)
        self._virtual = clock
        self._virtual_sleeper = sleeper
        self._real = real
        self._quiet = quiet
        self._idle = idle

    def until(
        self, moment: float, ready: Callable[[], bool] | None = None
    ) -> Event | None:
        """Wait until ``moment``, or until ``ready()``, or until it is halted."""
        virtual, deadline, beat = self._virtual, self.deadline, FOREVER
        if self.beat is not HEARTBEAT:
            beat = self.last_sent + self.heartbeat
        until = min(moment, beat, deadline)
        is_mute = FOREVER in (self.heartbeat, self.last_sent)
        quiet_until = FOREVER if is_mute else self._real() + self._quiet
        while not (self.halted or (ready is not None and ready())):
            wake_at = min(quiet_until, virtual.called + self._idle)
            self.now = now = self._virtual_sleeper.sleep(until, wake_at)
            if now >= deadline:
                self.end(EndReason.MAX_DURATION)
            elif now >= moment:
                break
            elif self.halted or (ready is not None and ready()):
                continue
            elif now >= beat:
                return self.beat
            elif self._real() >= virtual.called + self._idle:
                self.end(EndReason.STOPPED)
            elif self._real() >= quiet_until:
                return HEARTBEAT
        return None

    def halt(self) -> None:
        """End the wait; that is a call."""
        self._virtual.called = self._real()
        super().halt()

    def leave(self) -> None:
        """The stream is over and nobody is there to hear it."""
        super().leave()
        self._virtual_sleeper.leave()
