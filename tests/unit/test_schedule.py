"""When batches are due, as a pure table: no clock and no stream."""

from __future__ import annotations

import random

import pytest

from app.events.schedule import MAX_BACKOFF, Schedule


def starts(schedule: Schedule, *delays: float) -> list[float]:
    """The moments at which batches start, each so much after it is due."""
    moments = []
    for delay in delays:
        moments.append(schedule.due + delay)
        schedule.started(moments[-1])
    return [round(moment, 6) for moment in moments]


@pytest.mark.parametrize(
    ("interval", "delays", "expected"),
    [
        (1.0, (0, 0, 0), [0, 1, 2]),
        # A little late is the jitter of waking up, and causes no drift.
        (1.0, (0.09, 0.09, 0.0), [0.09, 1.09, 2.0]),
        # Later than that shifts what comes after, without a burst.
        (1.0, (0, 2.5, 0, 0), [0, 3.5, 4.5, 5.5]),
        (0.001, (0, 0.0005, 0), [0, 0.0015, 0.002]),
    ],
)
def test_batches_start_an_interval_apart(
    interval: float, delays: tuple[float, ...], expected: list[float]
) -> None:
    assert starts(Schedule(interval, 0), *delays) == expected


def test_what_is_late_within_the_leeway_shifts_nothing() -> None:
    schedule = Schedule(0.001, 0, leeway=0.02)
    assert starts(schedule, 0.015, 0, 0) == [0.015, 0.001, 0.002]
    assert starts(schedule, 0.025, 0) == [0.028, 0.029]


def test_a_start_tells_how_late_it_is() -> None:
    schedule = Schedule(1.0, 10.0)
    assert schedule.started(10.25) == 0.25


@pytest.mark.parametrize(
    ("failures", "wait"), [(1, 2.0), (2, 4.0), (3, 8.0), (6, 60.0), (500, MAX_BACKOFF)]
)
def test_failures_double_the_wait_up_to_a_minute(failures: int, wait: float) -> None:
    schedule = Schedule(2.0, 0)
    schedule.failed(100.0, failures)
    assert schedule.due == 100.0 + wait


@pytest.mark.parametrize("jitter", [0.2, 1.0])
def test_a_batch_moves_by_half_of_the_jitter_at_most_and_the_rate_stays(
    jitter: float,
) -> None:
    schedule = Schedule(1.0, 0, jitter=jitter, draw=random.Random(7).random)
    moments = starts(schedule, *[0.0] * 1000)
    moved = [moment - number for number, moment in enumerate(moments)]
    assert moved[0] == 0
    assert max(map(abs, moved)) <= jitter / 2 + 1e-6
    assert max(moved) > 0.4 * jitter and min(moved) < -0.4 * jitter
    assert moments == sorted(moments)
