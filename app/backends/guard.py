"""Guards one backend's chat: concurrency, circuit breaker, rest, counters."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from gevent.lock import BoundedSemaphore

from ..llm.chat import (
    Answering,
    Chat,
    ChatRequest,
    Pieces,
    UpstreamError,
    UpstreamUnreachable,
)
from ..words import Json
from .breaker import Breaker

#: How much the latest answer counts in a mean latency, from 0 to 1.
_LATEST = 0.2

#: A backend that asks for a longer rest is asked again after this, in seconds.
_MAX_REST_S = 60.0

#: What a client is told to wait when all places are taken, in seconds.
_BUSY_S = 1.0


class Busy(UpstreamUnreachable):
    """No place of the backend became free in time."""


class GuardedChat:
    """A ``Chat`` that keeps to its backend's limits and learns from its failures."""

    def __init__(
        self,
        chat: Chat,
        breaker: Breaker,
        *,
        places: int,
        patience_s: float,
        clock: Callable[[], float],
    ) -> None:
        """Let ``places`` requests run at once; others wait up to ``patience_s``.

        ``clock`` gives monotonic seconds.
        """
        self._chat = chat
        self.usage = chat.usage
        self._places = BoundedSemaphore(places)
        self._patience_s = patience_s
        self._clock = clock
        self.breaker = breaker
        self.in_flight = 0
        self.failures = 0
        self._rests_until_s = 0.0
        self._last_failure: tuple[str, float] | None = None  # why, and when
        self.latency_ms = Mean()
        self.first_token_ms = Mean()

    @property
    def ready_in_s(self) -> float:
        """Seconds until a call may be made; 0 is now.

        ``Retry-After`` of one answer holds for every stream.
        """
        return max(self.breaker.ready_in_s, self._rests_until_s - self._clock())

    @property
    def has_place(self) -> bool:
        """Whether a call would get a place at once."""
        return not self._places.locked()

    @property
    def last_error(self) -> dict[str, Json] | None:
        """The latest failure: its reason, and how long ago; None without one."""
        if self._last_failure is None:
            return None
        reason, failed_s = self._last_failure
        return {"reason": reason, "agoMs": round((self._clock() - failed_s) * 1000)}

    def close(self) -> None:
        """Close the connections that are idle."""
        self._chat.close()

    def stream(self, request: ChatRequest) -> Pieces:
        """Yield the answer's pieces (see ``Chat.stream``).

        Also raises ``Busy`` and ``BreakerOpen``, both before anything is sent.
        """
        if not self._places.acquire(timeout=self._patience_s):
            raise Busy("all places are taken", retryable=False, retry_after_s=_BUSY_S)
        self.in_flight += 1
        try:
            with self.breaker.call():
                return (yield from self._measured(request))
        finally:
            self.in_flight -= 1
            self._places.release()

    def _measured(self, request: ChatRequest) -> Pieces:
        """Yield the pieces, measuring only the time spent waiting for the backend."""
        waited_s = 0.0
        first = True
        started_s = self._clock()
        with closing(Answering(self._chat.stream(request))) as pieces:
            try:
                for piece in pieces:
                    waited_s += self._clock() - started_s
                    if first:
                        self.first_token_ms.add(waited_s * 1000)
                        first = False
                    yield piece
                    started_s = self._clock()
            except UpstreamError as error:
                self.failures += 1
                self._last_failure = error.reason, self._clock()
                if error.retry_after_s:
                    rest_s = min(error.retry_after_s, _MAX_REST_S)
                    self._rests_until_s = self._clock() + rest_s
                raise
        self.latency_ms.add((waited_s + self._clock() - started_s) * 1000)
        return pieces.is_cut


class Mean:
    """An exponentially weighted mean."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        """Begin without a value."""
        self.value: float | None = None

    @property
    def rounded(self) -> float | None:
        """The value with one decimal; None before the first."""
        return None if self.value is None else round(self.value, 1)

    def add(self, value: float) -> None:
        """Add a value."""
        if self.value is None:
            self.value = value
        else:
            self.value += _LATEST * (value - self.value)
