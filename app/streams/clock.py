"""The real clock."""

from __future__ import annotations

import time


class SystemClock:
    """The machine's clocks: one that never jumps, and the wall clock."""

    monotonic = staticmethod(time.monotonic)

    @staticmethod
    def now_ms() -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000
