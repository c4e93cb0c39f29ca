"""Turns at the processor: long computations run in slices, between other work.

A computation asks for a turn now and then. Once it has run for a slice, it waits
in a queue, and each round of the event loop lets one of those that wait go on. So
sockets and timers are served between two slices, however many computations there
are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress

import gevent
from gevent.event import Event

#: How long a computation may run before others are served, in seconds.
_SLICE_S = 0.004
#: What the event loop waits for between two slices, in seconds.
_ROUND_S = 0.000_1


class Turns:
    """Gives turns to the computations of one process."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """``monotonic`` gives seconds that never jump."""
        self._monotonic = monotonic
        #: When the computation that runs began, or went on.
        self._since = 0.0
        self._waiting: deque[Event] = deque()
        self._is_serving = False

    def __call__(self, number: int) -> None:
        """Wait for a turn if the slice is over; ``number`` is 0 when work begins."""
        if number == 0:
            self._since = self._monotonic()
        elif self._monotonic() - self._since >= _SLICE_S:
            self._wait()
            self._since = self._monotonic()

    def _wait(self) -> None:
        if gevent.getcurrent() is gevent.get_hub():
            return  # the loop itself, which cannot wait for itself
        turn = Event()
        self._waiting.append(turn)
        if not self._is_serving:
            self._is_serving = True
            gevent.spawn(self._serve)
        try:
            turn.wait()
        finally:
            with suppress(ValueError):  # it has come, unless this greenlet is killed
                self._waiting.remove(turn)

    def _serve(self) -> None:
        try:
            while self._waiting:
                gevent.sleep(_ROUND_S)
                if self._waiting:
                    self._waiting.popleft().set()
        finally:
            self._is_serving = False
