"""Asking again after a failure: how often, and after how long.

Exponential backoff with jitter, on top of tenacity. A backend that asks to be
left alone (``Retry-After``) is, up to 30 s; one that wants longer is not asked
again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, stop_after_attempt

from app.backends.chat import UpstreamError

T = TypeVar("T")

#: The longest pause before asking again, in seconds.
LONGEST_PAUSE_S = 30.0


class Retry:
    """Makes a call up to ``1 + attempts`` times."""

    def __init__(
        self,
        *,
        attempts: int,
        base_s: float,
        sleep: Callable[[float], None],
        rng: random.Random,
    ) -> None:
        """``base_s`` (seconds) is the first pause; each further one is doubled."""
        self._base_s = base_s
        self._rng = rng
        self._attempts = attempts
        self._sleep = sleep

    def __call__(self, call: Callable[[], T]) -> T:
        """What ``call`` returns, or the last error that it raised.

        Only an ``UpstreamError`` that says so is worth another attempt.
        """
        retrying = Retrying(
            stop=stop_after_attempt(1 + self._attempts),
            retry=_worth_another,
            wait=self._pause_s,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(call)

    def _pause_s(self, state: RetryCallState) -> float:
        """The seconds to wait: half of the backoff is certain, half is chance."""
        backoff_s = min(
            self._base_s * 2.0 ** (state.attempt_number - 1), LONGEST_PAUSE_S
        )
        wished_s = getattr(_error(state), "retry_after_s", None) or 0.0
        return max(wished_s, backoff_s * self._rng.uniform(0.5, 1.0))


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _worth_another(state: RetryCallState) -> bool:
    error = _error(state)
    return (
        isinstance(error, UpstreamError)
        and error.retryable
        and (error.retry_after_s or 0.0) <= LONGEST_PAUSE_S
    )
