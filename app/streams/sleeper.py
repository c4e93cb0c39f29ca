"""Sleeping that others can cut short, on gevent's loop."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import inf
from time import monotonic
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from gevent import getcurrent
from gevent.hub import Hub, get_hub

#: Sleepers that are due in the same slot wake together: so many in a second.
_SLOTS = 4096
#: So many sleepers wake in one go before the loop looks at its sockets again.
_AT_A_TIME = 100
#: Slots that were left empty are swept out when they are more than this, and
#: most of all.
_FEW = 1000
#: The slot of a sleeper whom no alarm wakes.
_NEVER = -1


class Sleeper(Protocol):
    """One stream's sleep."""

    def sleep(self, until: float) -> None:
        """Let others run until that moment, or until :meth:`wake`.

        ``until`` is in monotonic seconds and may be infinity. May also return
        early without a reason; the caller looks again.
        """

    def wake(self) -> None:
        """End the sleep, if there is one. Safe from any greenlet or callback."""


class AlarmClock:
    """Wakes all sleepers of one hub from a single timer of its loop.

    A timer of the loop for each costs more than everything else in a short
    sleep, and memory for as long as the sleep lasts. Here, sleepers lie in slots
    of a quarter of a millisecond, and one timer runs until the first slot ends.
    """

    __slots__ = ("_due", "_empty", "_loop", "_ringing", "_slots", "_timer")

    def __init__(self, loop: Any) -> None:
        """Use ``loop``, a hub's."""
        self._loop = loop
        self._slots: dict[int, list[GeventSleeper]] = {}
        # A heap of the slots' numbers, each of them once.
        self._due: list[int] = []
        self._empty = 0
        self._timer: Any = None
        self._ringing = False

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

    def cancel(self, sleeper: GeventSleeper) -> None:
        """Forget a sleeper whose alarm has not rung."""
        sleepers = self._slots.get(sleeper.slot)
        sleeper.slot = _NEVER
        if sleepers is None:
            return
        sleepers.remove(sleeper)
        self._empty += not sleepers
        if self._empty > max(_FEW, len(self._due) // 2):
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
        seconds = self._due[0] / _SLOTS - monotonic()
        if seconds <= 0:
            # A timer of no time would fire in the same turn of the loop, and the
            # sockets would never get theirs.
            self._loop.run_callback(self._ring)
        else:
            self._timer = self._loop.timer(seconds)
            self._timer.start(self._ring)

    def _ring(self) -> None:
        due, slots, left = self._due, self._slots, _AT_A_TIME
        now = monotonic() * _SLOTS
        self._ringing = True
        try:
            while left > 0 and due and due[0] <= now:
                slot = due[0]
                sleepers = slots[slot]
                if len(sleepers) > left:
                    sleepers, slots[slot] = sleepers[:left], sleepers[left:]
                else:
                    heappop(due)
                    del slots[slot]
                    self._empty -= not sleepers
                left -= len(sleepers)
                for sleeper in sleepers:
                    sleeper.slot = _NEVER
                for sleeper in sleepers:
                    sleeper.resume()
        finally:
            self._ringing = False
            if due:
                self._arm()


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

    ``slot`` belongs to the alarm clock.
    """

    __slots__ = ("_alarms", "_clocks", "_greenlet", "_hub", "slot")

    def __init__(self, clocks: AlarmClocks | None = None) -> None:
        """Awake. ``clocks`` are shared with others where they are given."""
        self._clocks = clocks or AlarmClocks()
        self._hub: Any = None
        self._alarms: Any = None
        self._greenlet: Any = None
        self.slot = _NEVER

    def sleep(self, until: float) -> None:
        """Let others run until that moment, or until :meth:`wake`."""
        hub = self._hub or self._settle()
        self._greenlet = getcurrent()
        if until <= monotonic():
            hub.loop.run_callback(self.resume)
        elif until != inf:
            self._alarms.set(until, self)
        try:
            hub.switch()
        finally:
            self._greenlet = None
            if self.slot != _NEVER:
                self._alarms.cancel(self)

    def _settle(self) -> Hub:
        """Take the hub of the first sleep for that of all."""
        self._hub = hub = get_hub()
        self._alarms = self._clocks.of(hub)
        return hub

    def wake(self) -> None:
        """End the sleep, if there is one."""
        if self._greenlet is not None:
            self._hub.loop.run_callback(self.resume)

    def resume(self) -> None:
        """Run the sleeping greenlet; for the hub, which is where callbacks run.

        An alarm and a wake may both come in one turn of the loop. Whoever is
        second finds nobody, or a later sleep that then merely looks again.
        """
        greenlet, self._greenlet = self._greenlet, None
        if greenlet is not None:
            greenlet.switch()
