"""Steps of streams that share one virtual clock and are at several workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import gevent
import pytest

from app.cluster.colleagues import Colleagues
from app.cluster.helm import Command
from app.cluster.own_clocks import OwnClocks
from app.cluster.own_helm import OwnHelm
from app.cluster.shared_clocks import SharedClocks
from app.cluster.shared_helm import SharedHelm
from app.request.selection import Selection
from app.streams.clock import SystemClock
from tests.unit.fake_exchange import FakeEngine, FakeExchange
from tests.unit.test_virtual_time import ROUTE, World

SHORT = {**ROUTE, "Seed": None, "Stream": {**ROUTE["Stream"], "MaxEvents": 7}}


class Worker:
    """One of the workers that share the clock of a route."""

    def __init__(self, engine: FakeEngine) -> None:
        self.world = World(SHORT)
        streams, clock = self.world.services.streams, SystemClock()
        own_clocks = self.world.services.clocks
        assert isinstance(own_clocks, OwnClocks)
        self.colleagues = Colleagues(
            FakeExchange(engine), clock=clock, counts=streams.counts
        )
        clocks = SharedClocks(own_clocks, self.colleagues, clock)
        feeds = self.world.services.feeds
        own = OwnHelm(streams, feeds, clock, self.colleagues.worker, clocks)
        self.helm = SharedHelm(own, self.colleagues, clock)
        self.colleagues.start()

    def close(self) -> None:
        self.colleagues.close()

    def is_slow_to_hear(self, question: str) -> None:
        answer = self.colleagues.answered_later[question]

        def later(about: Any) -> Any:
            gevent.sleep(0.1)
            return answer(about)

        self.colleagues.answered_later[question] = later


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    engine = FakeEngine()
    with closing(Worker(engine)) as first, closing(Worker(engine)) as second:
        with gevent.Timeout(5):
            while len(engine.present) < 2:
                gevent.sleep(0.01)
        yield [first, second]


def step(worker: Worker, batches: int) -> list[tuple[int, bool]]:
    command = Command("step", {"batches": batches})
    steered = worker.helm.steer_all(Selection(route="prices"), command, 5.0)
    assert steered.complete
    return [(each["batches"], each["done"]) for each in steered.streams]


def test_each_stream_gets_its_batches_also_where_a_worker_is_slow_to_hear_of_it(
    workers: list[Worker],
) -> None:
    for worker in workers:
        worker.world.open(), worker.world.open()
    workers[1].is_slow_to_hear("steerAll")
    assert step(workers[0], 3) == [(3, True)] * 4
    assert step(workers[1], 2) == [(5, True)] * 4


def test_a_stream_that_ends_is_not_stepped_for_ever(workers: list[Worker]) -> None:
    for worker in workers:
        worker.world.open()
    assert step(workers[0], 9) == [(7, True)] * 2
