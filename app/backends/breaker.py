"""A circuit breaker: a backend that keeps failing is left alone for a while.

Closed, it counts failures in a row. At the threshold it opens, and no call is
let through for ``duration_s``. Then it is half open: one call is let through as
a probe, whose outcome closes or opens it again. Nothing is held during a call,
and only ``UpstreamError`` is a failure: a call that is cancelled tells nothing
about the backend. For the greenlets of one worker; not for threads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum

from ..llm.chat import (
    UpstreamDeclined,
    UpstreamError,
    UpstreamRefused,
    UpstreamUnreachable,
)

#: Statuses by which a working backend refuses one request for what is in it.
_ABOUT_THE_REQUEST = frozenset({400, 413, 422})

#: When to ask again while a probe is under way, in seconds.
_PROBE_S = 1.0


class BreakerState(str, Enum):
    """What a breaker does with the next call."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class BreakerOpen(UpstreamUnreachable):
    """The call was refused; ``retry_after_s`` says when to try again."""


class Breaker:
    """The breaker of one backend, shared by all streams of the worker."""

    def __init__(
        self,
        *,
        threshold: int | None,
        duration_s: float,
        clock: Callable[[], float],
    ) -> None:
        """Open after ``threshold`` failures in a row; None never opens.

        ``clock`` gives monotonic seconds.
        """
        self._threshold = math.inf if threshold is None else threshold
        self._duration_s = duration_s
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = False

    @property
    def state(self) -> BreakerState:
        """The current state."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self._left_s() > 0 else BreakerState.HALF_OPEN

    @property
    def ready_in_s(self) -> float:
        """Seconds until a call may be let through; 0 is now."""
        left_s = self._left_s()
        return max(left_s, _PROBE_S) if self._probing else left_s

    @contextmanager
    def call(self) -> Iterator[None]:
        """Let one call through, and count its outcome.

        Raises ``BreakerOpen`` while no call is let through.
        """
        wait_s = self.ready_in_s
        if wait_s > 0:
            raise BreakerOpen("circuit open", retryable=False, retry_after_s=wait_s)
        probe = self._opened_at is not None
        self._probing = probe
        try:
            yield
        except UpstreamError as error:
            if not _is_about_the_request(error):
                self._failed(probe)
            raise
        except GeneratorExit:
            self._succeeded(probe)  # closed between two pieces: it was delivering
            raise
        else:
            self._succeeded(probe)
        finally:
            if probe:
                self._probing = False

    def _left_s(self) -> float:
        if self._opened_at is None:
            return 0.0
        return max(0.0, self._opened_at + self._duration_s - self._clock())

    def _succeeded(self, probe: bool) -> None:
        if probe or self._opened_at is None:
            self._failures = 0
            self._opened_at = None

    def _failed(self, probe: bool) -> None:
        # Calls from before it opened end later; they change nothing.
        if not probe and self._opened_at is not None:
            return
        self._failures += 1
        if probe or self._failures >= self._threshold:
            self._opened_at = self._clock()


def _is_about_the_request(error: UpstreamError) -> bool:
    if isinstance(error, UpstreamRefused):
        return error.status in _ABOUT_THE_REQUEST
    return isinstance(error, UpstreamDeclined)
