"""When the next batch of a continuous stream starts. Times are in seconds."""

from __future__ import annotations

#: A batch this late, as a part of the interval and at most and least in seconds,
#: moves the rest of the schedule; less is the jitter of waking up, which must not.
#: An event loop waits for whole milliseconds, and somebody else may be first.
_LATE_SHARE = 0.1
_MAX_LATE = 0.1
_MIN_LATE = 0.002
#: And never so late that the next one would come at once.
_MAX_LATE_SHARE = 2 / 3

#: The longest wait between two tries after failures (contract, section 6).
MAX_BACKOFF = 60.0


class Schedule:
    """Start times ``interval`` apart, without drift and without bursts.

    A batch that is late starts as soon as it can and the schedule goes on from
    there (contract, section 5).
    """

    __slots__ = ("_interval", "_late", "due")

    def __init__(self, interval: float, start: float) -> None:
        """The first batch is due at ``start``."""
        self._interval = interval
        least = min(_MIN_LATE, interval * _MAX_LATE_SHARE)
        self._late = min(max(interval * _LATE_SHARE, least), _MAX_LATE)
        self.due = start

    def started(self, now: float) -> float:
        """A batch starts at ``now``, so much late; the next one is an interval on."""
        late = now - self.due
        self.due = (now if late > self._late else self.due) + self._interval
        return late

    def failed(self, now: float, failures: int) -> None:
        """The ``failures``-th batch in a row failed at ``now``: wait for longer."""
        wait = self._interval * 2 ** min(failures - 1, 30)
        self.due = now + min(wait, MAX_BACKOFF)
