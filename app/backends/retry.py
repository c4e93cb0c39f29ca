"""Asking again after a failure: how often, and after how long.

Exponential backoff with jitter. A backend that asks to be left alone
(``Retry-After``) is, up to 30 s; one that wants longer is not asked again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from ..llm.chat import UpstreamError

T = TypeVar("T")

#: The longest pause before asking again, in seconds.
MAX_PAUSE_S = 30.0


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
        sleep: Callable[[float], None],
        rng: random.Random,
    ) -> None:
        """``base_s`` (seconds) is the first pause; each further one is doubled."""
        self._attempts = attempts
        self._base_s = base_s
        self._sleep = sleep
        self._rng = rng

    def __call__(self, call: Callable[[], T]) -> T:
        """What ``call`` returns, or the last error that it raised.

        Only an ``UpstreamError`` that says so is worth another attempt.
        """
        for attempt in range(self._attempts):
            try:
                return call()
            except UpstreamError as error:
                if not _is_worth_another(error):
                    raise
                pause_s = self._pause_s(attempt, error)
            self._sleep(pause_s)
        return call()

    def _pause_s(self, attempt: int, error: UpstreamError) -> float:
        """The seconds to wait: half of the backoff is certain, half is chance."""
        backoff_s = min(self._base_s * 2.0**attempt, MAX_PAUSE_S)
        return max(error.retry_after_s or 0.0, backoff_s * self._rng.uniform(0.5, 1))


def _is_worth_another(error: UpstreamError) -> bool:
    return error.retryable and (error.retry_after_s or 0.0) <= MAX_PAUSE_S
