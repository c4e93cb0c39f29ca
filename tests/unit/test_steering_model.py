"""Random verbs to one stream, beside a model that says what they come to."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.request.verbs import read_verb
from app.sse.frames import SSE
from app.streams.steering.orders import Order
from tests.unit.fakes import FakeClock, FakeSource, fake_services, mock_request

#: Seconds between two batches, and the longest silence; never due together.
INTERVAL, HEARTBEAT = 1.0, 15.0


class Steered(RuleBasedStateMachine):
    """A stream whose next frame the model foretells, with its moment."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        services = fake_services(FakeSource(lambda number: number), clock=self.clock)
        self.stream = services.streams.open(
            mock_request(), path="/", client="test", sock=None
        )
        self.frames = self.stream.frames()
        next(self.frames), next(self.frames)
        self.orders: list[Order] = []
        # The model: what is queued, and the schedule's own time until its next batch.
        self.pushed: list[int] = []
        self.batch = 1
        self.left = INTERVAL
        self.is_paused = False
        self.steps = 0
        self.now = self.last_sent = self.clock.time

    def steer(self, verb: str, body: Any = None) -> None:
        self.orders.append(self.stream.steer(read_verb(verb, body)))

    @rule(values=st.lists(st.integers(100, 999), min_size=1, max_size=3))
    def push(self, values: list[int]) -> None:
        self.steer("push", [{"data": value} for value in values])
        self.pushed += values

    @rule()
    def pause(self) -> None:
        self.steer("pause")
        self.is_paused = True

    @rule()
    def resume(self) -> None:
        self.steer("resume")
        self.is_paused, self.steps = False, 0

    @rule(batches=st.integers(1, 4))
    def step(self, batches: int) -> None:
        self.steer("step", {"batches": batches})
        self.is_paused = True
        self.steps += batches

    @rule()
    def read(self) -> None:
        """The next frame, and when it comes."""
        frame = next(self.frames)
        expected, after = self.foretell()
        self.now = self.last_sent = self.now + after
        assert abs(self.clock.time - self.now) < 1e-6
        if frame == SSE.keep_alive:
            assert expected == "beat"
            return
        data = orjson.loads(frame.split(b"data: ")[1])
        assert (data["index"] + 1000 if isinstance(data, dict) else data) == expected

    def foretell(self) -> tuple[object, float]:
        """The next frame, and how many seconds it takes."""
        if self.pushed:
            return self.pushed.pop(0), 0.0
        if self.is_paused and not self.steps:
            return "beat", self.last_sent + HEARTBEAT - self.now
        after = 0.0 if self.steps else self.left
        self.steps -= bool(self.steps)
        self.left = INTERVAL
        self.batch += 1
        return self.batch - 1 + 1000, after

    @precondition(lambda self: self.orders)
    @rule(seconds=st.floats(0.01, 0.9))
    def time_goes_by(self, seconds: float) -> None:
        """While a stream is paused; while it runs, reading moves the clock."""
        if self.is_paused and self.stream.is_paused:
            seconds = min(seconds, self.last_sent + HEARTBEAT - self.now - 0.001)
            if seconds > 0:
                self.clock.time += seconds
                self.now += seconds

    @invariant()
    def the_state_is_told(self) -> None:
        if all(order.done.is_set() for order in self.orders) and not self.steps:
            assert self.stream.is_paused is self.is_paused

    def teardown(self) -> None:
        self.stream.close()
        assert all(order.done.is_set() for order in self.orders)


Steered.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None
)
TestSteered = Steered.TestCase
