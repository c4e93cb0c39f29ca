"""Sleeping that others can cut short, on gevent's loop."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import inf
from time import monotonic
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from gevent import getcurrent
from gevent.hub import Hub, get_hub

#: So many sleepers wake in one go before the loop looks at its sockets again.
_AT_A_TIME = 100
#: Cancelled alarms are swept out when they are more than this, and most of all.
_FEW = 64


class Sleeper(Protocol):
    """One stream's sleep."""

    def sleep(self, seconds: float) -> None:
        """Let others run for ``seconds``, infinity included, or until :meth:`wake`.

        May also return early without a reason; the caller looks again.
        """

    def wake(self) -> None:
        """End the sleep, if there is one. Safe from any greenlet or callback."""


class _Alarm:
    """When to wake a sleeper; without one, the alarm is over."""

    __slots__ = ("sleeper",)

    def __init__(self, sleeper: GeventSleeper) -> None:
        self.sleeper: GeventSleeper | None = sleeper


class AlarmClock:
    """Wakes all sleepers of one hub from a single timer of its loop.

    A timer of the loop costs more than everything else in a short sleep, and
    memory for as long as the sleep lasts. Times are monotonic seconds.
    """

    __slots__ = ("_alarms", "_cancelled", "_loop", "_ringing", "_timer")

    def __init__(self, loop: Any) -> None:
        """Use ``loop``, a hub's."""
        self._loop = loop
        self._alarms: list[tuple[float, int, _Alarm]] = []
        self._timer: Any = None
        self._ringing = False
        self._cancelled = 0

    def set(self, seconds: float, sleeper: GeventSleeper) -> _Alarm:
        """Resume ``sleeper`` in ``seconds``."""
        due = monotonic() + seconds
        alarm = _Alarm(sleeper)
        alarms = self._alarms
        # Tuples of numbers compare in C; the id settles a tie.
        heappush(alarms, (due, id(alarm), alarm))
        if alarms[0][2] is alarm and not self._ringing:
            self._arm(seconds)
        return alarm

    def cancel(self, alarm: _Alarm) -> None:
        """Forget ``alarm``, which has not rung."""
        alarm.sleeper = None
        self._cancelled += 1
        if self._cancelled > max(_FEW, len(self._alarms) // 2):
            self._alarms[:] = [entry for entry in self._alarms if entry[2].sleeper]
            heapify(self._alarms)
            self._cancelled = 0

    def _arm(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.close()
            self._timer = None
        if seconds <= 0:
            # A timer of no time would fire in the same turn of the loop, and the
            # sockets would never get theirs.
            self._loop.run_callback(self._ring)
        else:
            self._timer = self._loop.timer(seconds)
            self._timer.start(self._ring)

    def _ring(self) -> None:
        alarms, now, left = self._alarms, monotonic(), _AT_A_TIME
        self._ringing = True
        try:
            while alarms and left and alarms[0][0] <= now:
                alarm = heappop(alarms)[2]
                sleeper, alarm.sleeper = alarm.sleeper, None
                if sleeper is None:
                    self._cancelled -= 1
                else:
                    left -= 1
                    sleeper.resume()
        finally:
            self._ringing = False
            if alarms:
                self._arm(alarms[0][0] - monotonic())


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
    """Sleeps in a greenlet; an alarm, or whoever wakes it, resumes that."""

    __slots__ = ("_clock", "_clocks", "_greenlet")

    def __init__(self, clocks: AlarmClocks | None = None) -> None:
        """Awake. ``clocks`` are shared with others where they are given."""
        self._clocks = clocks or AlarmClocks()
        self._clock: AlarmClock | None = None
        self._greenlet: Any = None

    def sleep(self, seconds: float) -> None:
        """Let others run for ``seconds``, or until :meth:`wake`."""
        hub = get_hub()
        self._greenlet = getcurrent()
        alarm = None
        if seconds <= 0:
            hub.loop.run_callback(self.resume)
        elif seconds != inf:
            alarm = self._clock_of(hub).set(seconds, self)
        try:
            hub.switch()
        finally:
            self._greenlet = None
            if alarm is not None and alarm.sleeper is not None:
                self._clock_of(hub).cancel(alarm)

    def _clock_of(self, hub: Hub) -> AlarmClock:
        clock = self._clock
        if clock is None:
            clock = self._clock = self._clocks.of(hub)
        return clock

    def wake(self) -> None:
        """End the sleep, if there is one."""
        if self._greenlet is not None:
            get_hub().loop.run_callback(self.resume)

    def resume(self) -> None:
        """Run the sleeping greenlet; for the hub, which is where callbacks run.

        An alarm and a wake may both come in one turn of the loop. Whoever is
        second finds nobody, or a later sleep that then merely looks again.
        """
        greenlet, self._greenlet = self._greenlet, None
        if greenlet is not None:
            greenlet.switch()
