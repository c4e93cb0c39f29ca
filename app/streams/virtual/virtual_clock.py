"""A clock that stands still until it is advanced, and the streams that sleep by it.

Theory of operation
-------------------

Each stream of a clock has a sleeper. It is *asleep* until a moment of the clock, or
*busy*: about to look, generating, or writing to a client that takes its time. The
clock moves only while all are asleep. Then it goes to the earliest moment that one
waits for, wakes that sleeper alone, and waits until it sleeps again. So streams run
in the order of their due times, each at its own moment, and a stream that is asleep
has given all its bytes to the kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

import gevent.event
import gevent.lock

from ...events.event import FOREVER
from ..sleeper import Sleeper

#: 2030-01-01T00:00:00Z, in milliseconds since 1970.
EPOCH_MS = 1_893_456_000_000


class VirtualClock:
    """A clock, and who sleeps by it. Its seconds count from ``EPOCH_MS``.

    ``advancing`` is held by who moves it, and ``called`` is the real moment of the
    last call, in seconds. ``sleepers`` counts the streams.
    """

    def __init__(self, real: Callable[[], float], now: float = 0.0) -> None:
        """Stand at ``now``; ``real`` gives real monotonic seconds."""
        self._real = real
        self._now = now
        self._asleep: list[tuple[float, int, VirtualSleeper]] = []
        self._order = count()
        self._busy = 0
        self._settled = gevent.event.Event()
        self._settled.set()
        self.advancing = gevent.lock.RLock()
        self.sleepers = 0
        self.called = real()

    # -- Clock ----------------------------------------------------------------

    def monotonic(self) -> float:
        """Virtual seconds since ``EPOCH_MS``."""
        return self._now

    def now_ms(self) -> int:
        """Virtual milliseconds since 1970."""
        return EPOCH_MS + round(self._now * 1000)

    def call(self) -> None:
        """Note that somebody has called, so that no stream is idle."""
        self.called = self._real()

    # -- moving ---------------------------------------------------------------

    def set(self, moment: float) -> None:
        """Stand at any other moment, while there is no stream."""
        self._now = moment

    def next_due(self, seconds: float) -> float | None:
        """The next moment that somebody waits for; infinity where nobody does.

        None where not all are asleep within so many real seconds.
        """
        if self._busy and not self._settled.wait(max(seconds, 0.0)):
            return None
        asleep = self._asleep
        while asleep and not asleep[0][2].waits_for(asleep[0][1]):
            heappop(asleep)
        return asleep[0][0] if asleep else FOREVER

    def go(self, moment: float) -> None:
        """Move to ``moment``, and wake the first of those who wait for it."""
        self._now = max(self._now, moment)
        if self._asleep and self._asleep[0][0] <= moment:
            heappop(self._asleep)[2].rouse()

    def advance(self, moment: float, seconds: float) -> bool:
        """Let everything happen that falls due until ``moment``.

        False where the streams took more than so many real seconds; the clock stands
        where it came to.
        """
        self.call()
        until = self._real() + seconds
        with self.advancing:
            while True:
                due = self.next_due(until - self._real())
                if due is None:
                    return False
                if due > moment:
                    break
                if self._real() >= until:
                    return False
                self.go(due)
            self._now = max(self._now, moment)
        return True

    # -- sleeping -------------------------------------------------------------

    def rest(self, sleeper: VirtualSleeper, moment: float) -> int:
        """Note that a sleeper waits for ``moment``; gives the number of its wait."""
        number = next(self._order)
        if moment != FOREVER:
            heappush(self._asleep, (moment, number, sleeper))
        self.grow_busy(-1)
        return number

    def grow_busy(self, by: int) -> None:
        """Note that more sleepers are awake, or fewer."""
        self._busy += by
        if self._busy:
            self._settled.clear()
        else:
            self._settled.set()


class VirtualSleeper:
    """One stream's sleep by a virtual clock, which its real one carries out."""

    def __init__(self, clock: VirtualClock, real: Sleeper) -> None:
        """Awake; ``clock`` waits for it until it sleeps or leaves."""
        self._clock = clock
        self._real = real
        self._number: int | None = None
        self._has_left = False
        self._was_roused = False
        self.is_held = False
        clock.grow_busy(1)
        clock.sleepers += 1

    def hold(self) -> None:
        """Be due when the clock next moves, if it has not moved for this stream yet.

        A move to where it stands is one. ``is_held`` lasts until then.
        """
        self.is_held = not self._was_roused

    def sleep(self, until: float, wake_at: float = FOREVER) -> float:
        """Let others run until that moment, or until :meth:`wake`.

        ``wake_at`` is a real moment, in monotonic seconds. Returns the virtual time.
        """
        clock = self._clock
        now = clock.monotonic()
        if until <= now:
            self._real.sleep(0.0)  # long past: only let others run
            return clock.monotonic()
        self._number = clock.rest(self, now if self.is_held else until)
        try:
            self._real.sleep(wake_at)
        finally:
            self._rise()
        return clock.monotonic()

    def _rise(self) -> None:
        if self._number is not None:
            self._number = None
            if not self._has_left:
                self._clock.grow_busy(1)

    def waits_for(self, number: int) -> bool:
        """Whether it still sleeps the sleep of that number."""
        return self._number == number

    def rouse(self) -> None:
        """Wake it, because the clock has moved; from now on the clock waits for it."""
        self._was_roused = True
        self.is_held = False
        self.wake()

    def wake(self) -> None:
        """End the sleep, if there is one."""
        if self._number is not None:
            self._rise()
            self._real.wake()

    def leave(self) -> None:
        """Its stream has closed: the clock does not wait for it any more."""
        if not self._has_left:
            self._has_left = True
            self._clock.sleepers -= 1
            if self._number is None:
                self._clock.grow_busy(-1)
            self._number = None
