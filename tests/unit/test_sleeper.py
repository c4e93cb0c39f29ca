"""Sleeping on gevent's loop: in order, cut short, and without what is left behind."""

from __future__ import annotations

from math import inf
from time import monotonic

import gevent
import pytest
from gevent.hub import get_hub

from app.streams.sleeper import AlarmClock, AlarmClocks, GeventSleeper


@pytest.fixture(autouse=True)
def present() -> None:
    """The loop's time is that of its last turn, which may be some tests ago."""
    get_hub().loop.update_now()


def test_sleepers_wake_in_the_order_of_their_times() -> None:
    clocks, woken = AlarmClocks(), list[float]()

    def sleep(seconds: float) -> None:
        clocks.sleeper().sleep(monotonic() + seconds)
        woken.append(seconds)

    times = [0.6, 0.2, 0.4, 0.0]
    gevent.joinall([gevent.spawn(sleep, seconds) for seconds in times], timeout=5)
    assert woken == sorted(times)


@pytest.mark.parametrize("seconds", [3600, inf])
def test_a_sleep_is_cut_short(seconds: float) -> None:
    sleeper = GeventSleeper()
    sleeping = gevent.spawn(sleeper.sleep, monotonic() + seconds)
    gevent.sleep(0)
    sleeper.wake()
    sleeping.join(timeout=5)
    assert sleeping.successful()


def test_waking_nobody_is_harmless_and_a_second_wake_too() -> None:
    sleeper = GeventSleeper()
    sleeper.wake()
    sleeping = gevent.spawn(sleeper.sleep, monotonic() + 3600)
    gevent.sleep(0)
    sleeper.wake()
    sleeper.wake()
    sleeping.join(timeout=5)
    gevent.sleep(0)
    assert sleeping.successful()


def test_a_wake_and_an_alarm_in_one_turn_resume_only_the_sleep_that_was_meant() -> None:
    """Whoever is second must not resume a greenlet that waits for something else."""
    sleeper, reached = GeventSleeper(), list[str]()

    def run() -> None:
        sleeper.sleep(monotonic())
        reached.append("slept")
        gevent.sleep(3600)
        reached.append("resumed by mistake")

    running = gevent.spawn(run)
    gevent.sleep(0)
    sleeper.wake()
    for _ in range(5):
        gevent.sleep(0)
    assert reached == ["slept"]
    running.kill()


def test_a_killed_sleeper_is_not_resumed() -> None:
    clocks = AlarmClocks()
    sleeping = gevent.spawn(clocks.sleeper().sleep, monotonic() + 0.01)
    gevent.sleep(0)
    sleeping.kill()
    gevent.spawn(clocks.sleeper().sleep, monotonic() + 0.02).join(timeout=5)
    assert sleeping.dead


def test_sleeps_that_were_cut_short_leave_little_behind() -> None:
    clocks = AlarmClocks()
    clock: AlarmClock = clocks.of(get_hub())
    for turn in range(100):
        sleepers = [clocks.sleeper() for _ in range(50)]
        until = monotonic() + 3600 + turn
        sleeping = [
            gevent.spawn(sleeper.sleep, until + number / 1000)
            for number, sleeper in enumerate(sleepers)
        ]
        gevent.sleep(0)
        for sleeper in sleepers:
            sleeper.wake()
        gevent.joinall(sleeping, timeout=5)
    assert len(clock) <= 1001


def test_sleepers_wake_although_others_are_swept_out() -> None:
    clocks = AlarmClocks()
    first = [
        gevent.spawn(clocks.sleeper().sleep, monotonic() + number / 10_000)
        for number in range(1000)
    ]
    gone = [
        gevent.spawn(clocks.sleeper().sleep, monotonic() + 60 + number / 100)
        for number in range(3000)
    ]
    gevent.sleep(0)
    gevent.killall(gone)
    assert len(gevent.joinall(first, timeout=5)) == 1000


def test_many_that_are_due_at_once_do_not_keep_others_from_running() -> None:
    clocks, order = AlarmClocks(), list[str]()

    def sleep() -> None:
        clocks.sleeper().sleep(monotonic() + 0.01)
        order.append("sleeper")

    def other() -> None:
        while len(order) < 500:
            if order and order[-1] == "sleeper":
                order.append("other")
            gevent.sleep(0)

    sleeping = [gevent.spawn(sleep) for _ in range(1000)]
    gevent.joinall([*sleeping, gevent.spawn(other)], timeout=10)
    assert "other" in order[:500]
