"""The virtual clocks of a worker: those of routes, and those of single streams."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from ...errors import Unavailable
from .virtual_clock import VirtualClock


class ClockBook(Protocol):
    """What is known of the clocks of routes, to all workers that share it."""

    def read(self, route: str) -> float | None:
        """The time of a clock, in its seconds, or None for one that never moved.

        Raises ``Unavailable``.
        """

    def write(self, route: str, now: float) -> None:
        """Note the time of a clock. Raises ``Unavailable``."""

    def join(self, route: str) -> int:
        """How many streams had joined before this one. Raises ``Unavailable``."""

    def forget(self, route: str) -> None:
        """Drop a clock. Raises ``Unavailable``."""


class MemoryClockBook:
    """The clocks of one worker alone."""

    def __init__(self) -> None:
        """No clock yet."""
        self._times: dict[str, float] = {}
        self._joined: dict[str, int] = {}

    def read(self, route: str) -> float | None:
        """See ``ClockBook.read``."""
        return self._times.get(route)

    def write(self, route: str, now: float) -> None:
        """See ``ClockBook.write``."""
        self._times[route] = now

    def join(self, route: str) -> int:
        """See ``ClockBook.join``."""
        before = self._joined.get(route, 0)
        self._joined[route] = before + 1
        return before

    def forget(self, route: str) -> None:
        """See ``ClockBook.forget``."""
        self._times.pop(route, None)
        self._joined.pop(route, None)


class VirtualClocks:
    """Makes virtual clocks, and keeps those of routes."""

    def __init__(self, book: ClockBook, real: Callable[[], float]) -> None:
        """``real`` gives real monotonic seconds."""
        self._real = real
        self._of_routes: dict[str, VirtualClock] = {}
        self.book = book

    def own(self) -> VirtualClock:
        """A clock for one stream."""
        return VirtualClock(self._real)

    def of_route(self, route: str) -> VirtualClock:
        """The clock that the streams of a route share. Raises ``Unavailable``."""
        clock = self._of_routes.get(route)
        if clock is None:
            now = self.book.read(route) or 0.0
            clock = self._of_routes[route] = VirtualClock(self._real, now)
        return clock

    def forget(self, route: str) -> None:
        """Drop the clock of a route that is gone or has been replaced."""
        if self._of_routes.pop(route, None) is not None:
            with suppress(Unavailable):  # the book forgets it by itself, later
                self.book.forget(route)
