from __future__ import annotations

from collections.abc import Callable

import gevent
import pytest

from app.backends.breaker import Breaker, BreakerOpen
from app.llm.chat import UpstreamError, UpstreamRefused
from tests.unit.fake_chat import FakeTime


def breaker(time: FakeTime, threshold: int | None = 3) -> Breaker:
    return Breaker(threshold=threshold, duration_s=30, clock=time)


def ends_with(breaker: Breaker, error: BaseException | None) -> None:
    """One call that ends like that."""
    try:
        with breaker.call():
            if error is not None:
                raise error
    except BaseException as raised:
        if raised is not error:
            raise


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        ends_with(breaker, UpstreamError("down"))


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    it = breaker(FakeTime())
    fail(it, 2)
    ends_with(it, None)
    fail(it, 2)
    assert (it.state, it.ready_in_s) == ("closed", 0)
    fail(it)
    assert (it.state, it.ready_in_s) == ("open", 30)
    with pytest.raises(BreakerOpen) as refused, it.call():
        raise AssertionError("called")
    assert refused.value.retry_after_s == 30
    assert not refused.value.retryable


def test_without_a_threshold_it_never_opens() -> None:
    it = breaker(FakeTime(), threshold=None)
    fail(it, 100)
    assert it.state == "closed"


def test_after_its_time_one_probe_goes_through_and_closes_it() -> None:
    time = FakeTime()
    it = breaker(time)
    fail(it, 3)
    time.sleep(29)
    assert it.ready_in_s == 1
    time.sleep(1)
    assert (it.state, it.ready_in_s) == ("half-open", 0)
    with it.call():
        assert it.ready_in_s > 0
        with pytest.raises(BreakerOpen), it.call():
            raise AssertionError("a second probe")
    assert (it.state, it.ready_in_s) == ("closed", 0)
    fail(it, 2)
    assert it.state == "closed"


def test_a_probe_that_fails_opens_it_for_as_long_again() -> None:
    time = FakeTime()
    it = breaker(time)
    fail(it, 3)
    time.sleep(30)
    fail(it)
    assert (it.state, it.ready_in_s) == ("open", 30)


@pytest.mark.parametrize("cancelled", [gevent.GreenletExit, KeyboardInterrupt])
def test_a_cancelled_call_is_no_failure_and_gives_the_probe_back(
    cancelled: Callable[[], BaseException],
) -> None:
    time = FakeTime()
    it = breaker(time)
    fail(it, 2)
    ends_with(it, cancelled())
    fail(it)
    assert it.state == "open"
    time.sleep(30)
    ends_with(it, cancelled())
    assert (it.state, it.ready_in_s) == ("half-open", 0)


def test_a_call_that_is_closed_between_pieces_was_delivering() -> None:
    it = breaker(FakeTime())
    fail(it, 2)
    ends_with(it, GeneratorExit())
    fail(it, 2)
    assert it.state == "closed"


@pytest.mark.parametrize(("status", "opens"), [(400, False), (401, True), (500, True)])
def test_a_refusal_of_what_was_asked_says_nothing_about_the_backend(
    status: int, opens: bool
) -> None:
    it = breaker(FakeTime())
    for _ in range(3):
        ends_with(it, UpstreamRefused("no", status=status))
    assert it.state == ("open" if opens else "closed")


def test_a_call_from_before_it_opened_changes_nothing_when_it_ends() -> None:
    time = FakeTime()
    it = breaker(time)
    good, bad = it.call(), it.call()
    with good:
        with pytest.raises(UpstreamError), bad:
            fail(it, 3)
            time.sleep(10)
            raise UpstreamError("late")
        assert it.ready_in_s == 20
    assert (it.state, it.ready_in_s) == ("open", 20)
