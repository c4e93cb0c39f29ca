"""The real clock, and the clock of one stream, which can be held."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..ports import Clock


class SystemClock:
    """The machine's clocks: one that never jumps, and the wall clock."""

    monotonic = staticmethod(time.monotonic)

    @staticmethod
    def now_ms() -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000


class StreamClock:
    """The clock of one stream's schedule: another's, until it is held.

    ``behind`` is how far it is behind that one, in seconds. Reading it costs no
    more than reading the other as long as nothing holds it.
    """

    __slots__ = ("_base", "behind", "is_held", "monotonic", "now_ms")

    monotonic: Callable[[], float]
    now_ms: Callable[[], int]

    def __init__(self, base: Clock) -> None:
        """Go as ``base`` goes."""
        self._base = base
        self.behind = 0.0
        self.is_held = False
        self.monotonic = base.monotonic
        self.now_ms = base.now_ms

    def hold(self, moment: float | None = None) -> None:
        """Stand still, now or at a later ``moment`` of this clock."""
        now = self.monotonic()
        held = now if moment is None or moment < now else moment
        self.monotonic = lambda: held
        self.is_held = True

    def go(self) -> None:
        """Go on from where it stands."""
        base, held = self._base.monotonic, self.monotonic()
        self.behind = behind = base() - held
        self.monotonic = lambda: base() - behind
        self.is_held = False
