"""Retries: how often a failed call is made again, and after which pause.

Exponential backoff with jitter. A backend that asks to be left alone
(``Retry-After``) is waited for once, if the caller has the time for it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import TypeVar

from ..llm.chat import UpstreamError

T = TypeVar("T")

#: The longest backoff before asking again, in seconds.
MAX_BACKOFF_S = 30.0


class Retry:
    """Makes a call up to ``1 + attempts`` times.

    A loop of its own, for a library's (tenacity) keeps the error, and with it
    every frame of a cancelled call, in a reference cycle.
    """

    def __init__(
        self,
        *,
        attempts: int,
        base_s: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        rng: random.Random,
    ) -> None:
        """``base_s`` (seconds) is the first pause; each further one is doubled.

        ``clock`` gives monotonic seconds.
        """
        self._attempts = attempts
        self._base_s = base_s
        self._clock = clock
        self._sleep = sleep
        self._rng = rng

    def __call__(self, call: Callable[[], T], *, patience_s: float) -> T:
        """Return what ``call`` returns, or raise its last error.

        Only an ``UpstreamError`` that says so is worth another attempt. A wish to
        be left alone is granted once, if it ends within ``patience_s`` (seconds)
        of the first call.
        """
        deadline_s = self._clock() + patience_s
        for attempt in range(self._attempts):
            try:
                return call()
            except UpstreamError as error:
                if not error.retryable:
                    raise
                pause_s = self._backoff_s(attempt)
                if error.retry_after_s:
                    pause_s = max(pause_s, error.retry_after_s)
                    if self._clock() + pause_s > deadline_s:
                        raise
                    deadline_s = -math.inf
            self._sleep(pause_s)
        return call()

    def wait(self, seconds: float) -> None:
        """Wait before a call; its error has been passed on already."""
        self._sleep(seconds)

    def _backoff_s(self, attempt: int) -> float:
        """The seconds to wait: half of the backoff is certain, half is chance."""
        backoff_s = min(self._base_s * 2.0**attempt, MAX_BACKOFF_S)
        return backoff_s * self._rng.uniform(0.5, 1)
