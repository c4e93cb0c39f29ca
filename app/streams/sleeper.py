"""Sleeping that others can cut short, on gevent's loop."""

from __future__ import annotations

from math import inf
from typing import Any, Protocol

import gevent
from gevent.hub import get_hub


class Sleeper(Protocol):
    """One stream's sleep."""

    def sleep(self, seconds: float) -> None:
        """Let others run for ``seconds``, infinity included, or until :meth:`wake`.

        May also return early without a reason; the caller looks again.
        """

    def wake(self) -> None:
        """End the sleep, if there is one. Safe from any greenlet or callback."""


class GeventSleeper:
    """A hub timer whose callback resumes the sleeping greenlet.

    ``gevent.event.Event.wait`` with a timeout does the same at several times
    the cost, which thousands of streams on one core would feel.
    """

    __slots__ = ("_greenlet",)

    def __init__(self) -> None:
        """Awake."""
        self._greenlet: Any = None

    def sleep(self, seconds: float) -> None:
        """Let others run for ``seconds``, or until :meth:`wake`."""
        hub = get_hub()
        self._greenlet = gevent.getcurrent()
        # Without a timer it takes a wake to resume.
        timer = None if seconds == inf else hub.loop.timer(max(seconds, 0.0))
        try:
            if timer is not None:
                timer.start(self._resume)
            hub.switch()
        finally:
            self._greenlet = None
            if timer is not None:
                timer.close()

    def wake(self) -> None:
        """End the sleep, if there is one."""
        if self._greenlet is not None:
            get_hub().loop.run_callback(self._resume)

    def _resume(self) -> None:
        # A timer and a wake may both come in one turn of the loop; whoever is
        # second finds nobody, or a later sleep that then merely looks again.
        greenlet, self._greenlet = self._greenlet, None
        if greenlet is not None:
            greenlet.switch()
