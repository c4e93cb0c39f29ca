from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest

from app.backends.retry import Retry
from app.llm.chat import UpstreamError
from tests.unit.fake_chat import FakeTime


class Flaky:
    """Fails with each error once, then answers."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def retry(time: FakeTime, attempts: int = 3) -> Callable[[Flaky], str]:
    """Three attempts, and thirty seconds for what a backend asks for."""
    made = Retry(
        attempts=attempts,
        base_s=1.0,
        clock=time,
        sleep=time.sleep,
        rng=random.Random(3),
    )
    return partial(made, patience_s=30.0)


def test_pauses_double_and_vary() -> None:
    time = FakeTime()
    call = Flaky(*(UpstreamError("down") for _ in range(3)))
    assert retry(time)(call) == "answer"
    assert len(time.slept) == 3
    for slept, backoff in zip(time.slept, (1, 2, 4)):
        assert backoff / 2 <= slept < backoff
    again = FakeTime()
    retry(again)(Flaky(UpstreamError("down"), UpstreamError("down")))
    assert again.slept[0] != again.slept[1] / 2


def test_no_pause_is_longer_than_thirty_seconds() -> None:
    time = FakeTime()
    retry(time, attempts=9)(Flaky(*(UpstreamError("down") for _ in range(9))))
    assert 15 <= max(time.slept) <= 30


def test_the_last_error_is_raised_after_all_attempts() -> None:
    time = FakeTime()
    call = Flaky(*(UpstreamError(str(number)) for number in range(9)))
    with pytest.raises(UpstreamError, match="^3$"):
        retry(time)(call)
    assert (call.calls, len(time.slept)) == (4, 3)


@pytest.mark.parametrize(
    "error",
    [
        UpstreamError("401", retryable=False),
        UpstreamError("later", retry_after_s=31),
        ValueError("ours"),
        KeyboardInterrupt(),
    ],
)
def test_what_another_attempt_cannot_help_is_raised_at_once(
    error: BaseException,
) -> None:
    time = FakeTime()
    call = Flaky(error)
    with pytest.raises(type(error)):
        retry(time)(call)
    assert (call.calls, time.slept) == (1, [])


def test_the_backend_is_left_alone_for_as_long_as_it_asks() -> None:
    time = FakeTime()
    retry(time)(Flaky(UpstreamError("busy", retry_after_s=17.5)))
    assert time.slept == [17.5]


def test_a_backend_that_asks_twice_is_not_waited_for_twice() -> None:
    time = FakeTime()
    busy = (UpstreamError("busy", retry_after_s=7) for _ in range(2))
    with pytest.raises(UpstreamError, match="busy"):
        retry(time)(Flaky(*busy))
    assert time.slept == [7.0]


def test_only_what_ends_within_the_callers_patience_is_waited_for() -> None:
    time = FakeTime()
    call = Flaky(UpstreamError("down"), UpstreamError("busy", retry_after_s=29.9))
    with pytest.raises(UpstreamError, match="busy"):
        retry(time)(call)
    assert call.calls == 2
