"""When the next batch of a continuous stream starts. Times are in seconds."""

from __future__ import annotations

from collections.abc import Callable

#: A batch that is later than this share of the interval (clamped to these seconds)
#: shifts the schedule. Less is the jitter of waking up: an event loop waits for
#: whole milliseconds, and another stream may be served first.
_LATE_SHARE = 0.1
_MIN_LATE = 0.002
_MAX_LATE = 0.1
#: The tolerance never reaches the interval, or the next batch would come at once.
_MAX_LATE_SHARE = 2 / 3

#: Longest wait before another try after failures (contract, section 6).
MAX_BACKOFF = 60.0


class Schedule:
    """Start times ``interval`` apart, without drift and without bursts.

    A batch that is late starts as soon as it can and the schedule goes on from
    there (contract, section 5). With ``jitter`` each batch but the first moves by
    up to half of it either way around its place, so that the mean rate stays.
    """

    __slots__ = ("_draw", "_interval", "_jitter", "_late", "_moved", "_stretch", "due")

    def __init__(
        self,
        interval: float,
        start: float,
        *,
        jitter: float = 0.0,
        draw: Callable[[], float] = lambda: 0.5,
        stretch: Callable[[float], float] | None = None,
        leeway: float = 0.0,
    ) -> None:
        """The first batch is due at ``start``.

        A batch that is up to ``leeway`` late shifts nothing, however short the
        interval is: those that are due meanwhile follow at once.

        ``jitter`` is at most the interval, so that the order stays. ``draw`` gives
        numbers in [0, 1). ``stretch`` makes one of them what each gap is multiplied
        with; its mean is 1.
        """
        self._interval = interval
        self._jitter = jitter
        self._draw = draw
        self._stretch = stretch
        least = min(_MIN_LATE, interval * _MAX_LATE_SHARE)
        shift = min(max(interval * _LATE_SHARE, least), _MAX_LATE)
        self._late = max(shift, leeway)
        # How far the due moment lies from its place.
        self._moved = 0.0
        self.due = start

    def started(self, now: float) -> float:
        """Note that a batch starts at ``now``; return by how much it is late."""
        late = now - self.due
        gap = self._interval
        if self._stretch is not None:
            gap *= self._stretch(self._draw())
        self.due = (now if late > self._late else self.due) + gap
        if self._jitter:
            moved = (self._draw() - 0.5) * self._jitter
            self.due += moved - self._moved
            self._moved = moved
        return late

    def failed(self, now: float, failures: int) -> None:
        """Wait longer: the ``failures``-th batch in a row failed at ``now``."""
        wait = self._interval * 2 ** min(failures - 1, 30)
        self.due = now + min(wait, MAX_BACKOFF)
        self._moved = 0.0
