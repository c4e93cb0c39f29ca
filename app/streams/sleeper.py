"""Sleeping that others can cut short, on gevent's loop.

Theory of operation
===================

Every stream sleeps in its own greenlet, and one ``AlarmClock`` per loop wakes all
of them from a single timer: a timer each would cost more than everything else in
a short sleep, and memory for as long as the sleep lasts. Sleepers lie in slots of
a quarter of a millisecond, a heap holds the slots' numbers, and the timer runs
until the first slot ends.

When it rings, those whose moment has come are *punctual* and run first. A sleeper
whose moment had passed when it went to sleep is *late*: its stream cannot keep its
interval, or has more to send at once than fits into its turn. So is one whose
last run took long. Late sleepers queue behind the punctual ones and run in the
order in which they came. Both get a few milliseconds; then the loop looks at its
sockets, and the clock rings again. So however many streams are late, a punctual
one waits for little more than one turn, a new request is read, and the late ones
share what is left.
"""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush
from math import inf
from time import monotonic
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from gevent import getcurrent
from gevent.hub import Hub, get_hub

#: Slots in a second; sleepers that are due in the same slot wake together.
_SLOTS = 4096
#: Turns of the punctual and of the late sleepers before the loop looks at its
#: sockets, in seconds.
_PUNCTUAL_TURN = 0.01
_LATE_TURN = 0.005
#: Maximum of sleepers that run in such a turn.
_MAX_AT_A_TIME = 100
#: A run that took longer, in seconds, makes its sleeper a late one.
_LONG_RUN = 0.005
#: Empty slots are swept out when they are more than this, and most of all.
_MAX_EMPTY = 1000
#: The slot of a sleeper that no alarm wakes.
_NEVER = -1


class Sleeper(Protocol):
    """One stream's sleep."""

    def sleep(self, until: float) -> float:
        """Let others run until that moment, or until :meth:`wake`.

        ``until`` is in monotonic seconds and may be infinity; returns the time
        after the sleep. May also return early without a reason; the caller looks
        again.
        """

    def wake(self) -> None:
        """End the sleep, if there is one. Safe from any greenlet or callback."""


class AlarmClock:
    """Wakes all sleepers of one hub from a single timer of its loop.

    ``now`` is the latest reading of the clock while it rings, in seconds.
    """

    __slots__ = (
        "_due",
        "_empty",
        "_late",
        "_loop",
        "_punctual",
        "_ringing",
        "_slots",
        "_soon",
        "_timer",
        "now",
    )

    def __init__(self, loop: Any) -> None:
        """Use ``loop``, a hub's."""
        self._loop = loop
        self._slots: dict[int, list[GeventSleeper]] = {}
        # A heap of the slots' numbers, each of them once.
        self._due: list[int] = []
        self._empty = 0
        self._punctual: deque[GeventSleeper] = deque()
        self._late: deque[GeventSleeper] = deque()
        self._timer: Any = None
        self._soon = False
        self._ringing = False
        self.now = 0.0

    def __len__(self) -> int:
        """How many slots there are."""
        return len(self._slots)

    def set(self, until: float, sleeper: GeventSleeper) -> None:
        """Resume ``sleeper`` at a moment that is still to come."""
        sleeper.slot = slot = int(until * _SLOTS) + 1
        sleepers = self._slots.get(slot)
        if sleepers is not None:
            self._empty -= not sleepers
            sleepers.append(sleeper)
            return
        self._slots[slot] = [sleeper]
        due = self._due
        heappush(due, slot)
        if due[0] == slot and not self._ringing:
            self._arm()

    def queue(self, sleeper: GeventSleeper) -> None:
        """Resume ``sleeper``, whose moment has passed, when it is its turn."""
        self._late.append(sleeper)
        if not self._ringing and len(self._late) == 1:
            self._arm()

    def cancel(self, sleeper: GeventSleeper) -> None:
        """Forget a sleeper whose alarm has not rung."""
        sleepers = self._slots.get(sleeper.slot)
        sleeper.slot = _NEVER
        if sleepers is None:
            return
        sleepers.remove(sleeper)
        self._empty += not sleepers
        if self._empty > max(_MAX_EMPTY, len(self._due) // 2):
            self._sweep()

    def _sweep(self) -> None:
        """Forget the empty slots; in place, because :meth:`_ring` may be at them."""
        for slot in [slot for slot, sleepers in self._slots.items() if not sleepers]:
            del self._slots[slot]
        self._due[:] = self._slots
        heapify(self._due)
        self._empty = 0

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.close()
            self._timer = None
        seconds = self._due[0] / _SLOTS - monotonic() if self._due else inf
        if self._punctual or self._late or seconds <= 0:
            # A timer of no time that is started now may ring in this same turn of
            # the loop; one that a callback starts rings after a look at the sockets.
            if not self._soon:
                self._soon = True
                self._loop.run_callback(self._look)
        elif seconds != inf:
            self._start(seconds)

    def _look(self) -> None:
        """Let the loop look at its sockets, and then ring."""
        self._soon = False
        if self._timer is not None:
            self._timer.close()
        self._start(0.0)

    def _start(self, seconds: float) -> None:
        self._timer = self._loop.timer(seconds)
        self._timer.start(self._ring)

    def _ring(self) -> None:
        self._ringing = True
        try:
            self.now = monotonic()
            self._collect()
            self._serve(self._punctual, _PUNCTUAL_TURN)
            self._serve(self._late, _LATE_TURN)
        finally:
            self._ringing = False
            self._arm()

    def _collect(self) -> None:
        """Queue the sleepers whose moment has come."""
        due, slots, now = self._due, self._slots, self.now * _SLOTS
        while due and due[0] <= now:
            sleepers = slots.pop(heappop(due))
            self._empty -= not sleepers
            for sleeper in sleepers:
                sleeper.slot = _NEVER
                (self._late if sleeper.is_slow else self._punctual).append(sleeper)

    def _serve(self, queue: deque[GeventSleeper], seconds: float) -> None:
        """Resume those in the queue, at least one, for as long as there is time."""
        before = self.now
        until = before + seconds
        for _ in range(min(len(queue), _MAX_AT_A_TIME)):
            sleeper = queue.popleft()
            sleeper.resume(before)
            after = self.now
            if after is before:  # whoever sleeps again has looked at the clock
                after = self.now = monotonic()
            sleeper.is_slow = after - before > _LONG_RUN
            if after >= until:
                break
            before = after


class AlarmClocks:
    """The alarm clock of each hub; under gunicorn a process has one hub."""

    def __init__(self) -> None:
        """No clock yet."""
        self._by_hub: WeakKeyDictionary[Hub, AlarmClock] = WeakKeyDictionary()

    def of(self, hub: Hub) -> AlarmClock:
        """The clock of ``hub``."""
        clock = self._by_hub.get(hub)
        if clock is None:
            clock = self._by_hub[hub] = AlarmClock(hub.loop)
        return clock

    def sleeper(self) -> GeventSleeper:
        """A sleeper that shares these clocks."""
        return GeventSleeper(self)


class GeventSleeper:
    """Sleeps in a greenlet; an alarm, or whoever wakes it, resumes that.

    ``slot`` and ``is_slow`` belong to the alarm clock.
    """

    __slots__ = ("_alarms", "_clocks", "_greenlet", "_hub", "is_slow", "slot")

    def __init__(self, clocks: AlarmClocks | None = None) -> None:
        """Awake. ``clocks`` are shared with others where they are given."""
        self._clocks = clocks or AlarmClocks()
        self._hub: Any = None
        self._alarms: Any = None
        self._greenlet: Any = None
        self.slot = _NEVER
        self.is_slow = False

    def sleep(self, until: float) -> float:
        """Let others run until that moment, or until :meth:`wake`."""
        hub = self._hub
        if hub is None:  # a look at its truth would ask the greenlet
            hub = self._settle()
        alarms = self._alarms
        self._greenlet = getcurrent()
        alarms.now = now = monotonic()
        if until <= now:
            alarms.queue(self)
        elif until != inf:
            alarms.set(until, self)
        try:
            after: float = hub.switch()
        finally:
            self._greenlet = None
            if self.slot != _NEVER:
                alarms.cancel(self)
        return after

    def _settle(self) -> Hub:
        """Take the hub of the first sleep for that of all."""
        self._hub = hub = get_hub()
        self._alarms = self._clocks.of(hub)
        return hub

    def wake(self) -> None:
        """End the sleep, if there is one."""
        if self._greenlet is not None:
            self._hub.loop.run_callback(self._resume_now)

    def _resume_now(self) -> None:
        self.resume(monotonic())

    def resume(self, now: float) -> None:
        """Run the sleeping greenlet; for the hub, which is where callbacks run.

        An alarm and a wake may both come in one turn of the loop. The second one
        finds nobody, or a later sleep that then merely looks again.
        """
        greenlet, self._greenlet = self._greenlet, None
        if greenlet is not None:
            greenlet.switch(now)
