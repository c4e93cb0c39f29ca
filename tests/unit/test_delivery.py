"""One client's delivery of what a producer yields."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from app.errors import BackendTimeout
from app.events.envelope import CONTRACT
from app.events.event import FOREVER, End, EndReason, Event, Step, Wait
from app.sse.frames import SSE, Frames, StreamIds
from app.streams.counts import Counts, Outcome
from app.streams.delivery import Delivery
from app.streams.pause import Pause
from tests.unit.fakes import FakeClock, FakeSleeper


class Scripted:
    """Yields the given steps, or raises them."""

    backend = "scripted"

    def __init__(self, *script: Step | Exception) -> None:
        self.script = script
        self.closed = False

    def steps(self) -> Iterator[Step]:
        try:
            for step in self.script:
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            self.closed = True

    def cancel(self) -> None:
        """Nothing runs."""


class World:
    def __init__(
        self,
        *script: Step | Exception,
        deadline: float = FOREVER,
        heartbeat: float = 10.0,
        max_batches: int | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.producer = Scripted(*script)
        self.pause = Pause(
            self.clock,
            FakeSleeper(self.clock),
            deadline=self.clock.time + deadline,
            heartbeat=heartbeat,
        )
        self.delivery = Delivery(
            "s",
            self.producer,
            pause=self.pause,
            frames=Frames(SSE, StreamIds("s")),
            envelope=CONTRACT,
            counts=Counts(),
            max_batches=max_batches,
        )
        self.closed = 0

    def close(self) -> None:
        self.closed += 1

    def run(self) -> list[bytes]:
        return [*self.delivery.run(self.close)]


ONE = Event(b"1", whole=True)


def test_events_are_numbered_in_the_order_in_which_they_are_sent() -> None:
    world = World(Event(b"1"), Event(b"2", last=True, whole=True))
    assert world.run() == [
        b"id: s-0\nretry: 2000\ndata: 1\n\n",
        b"id: s-1-end\ndata: 2\n\n",
    ]
    delivery = world.delivery
    assert (delivery.events, delivery.batches) == (2, 1)
    assert (delivery.outcome, world.closed) == (Outcome.COMPLETE, 1)


def test_a_long_wait_has_heartbeats_which_are_no_events() -> None:
    world = World(ONE, Wait(1025.0), ONE)
    frames = world.run()
    assert frames[1:3] == [b": keep-alive\n"] * 2
    assert len(frames) == 4 and world.delivery.events == 2
    assert world.delivery.bytes == sum(map(len, frames))


@pytest.mark.parametrize(
    ("world", "reason"),
    [
        (World(ONE, Wait(2000.0), ONE, deadline=5.0), EndReason.MAX_DURATION),
        (World(ONE, End(EndReason.ERRORS), ONE), EndReason.ERRORS),
        (World(ONE, ONE, max_batches=1), EndReason.MAX_EVENTS),
    ],
)
def test_a_stream_that_is_over_leaves_its_producer_and_says_why(
    world: World, reason: EndReason
) -> None:
    frames = world.run()
    assert b"s-1-end" in frames[-1] and reason.code.encode() in frames[-1]
    assert len(frames) == 2 and b'"eventCount":1' in frames[-1]
    assert world.producer.closed


def test_a_client_that_has_left_is_sent_nothing_more() -> None:
    world = World(ONE, Wait(1001.0), ONE)
    frames = world.delivery.run(world.close)
    next(frames)
    world.delivery.lose(stalled=False)
    assert [*frames] == [] and world.closed == 1


def test_a_failure_before_the_first_frame_is_raised() -> None:
    world = World(BackendTimeout("LLM timeout"))
    with pytest.raises(BackendTimeout):
        world.run()
    assert (world.delivery.outcome, world.closed) == (Outcome.FAILED, 1)


def test_a_failure_after_it_is_the_last_event() -> None:
    frames = World(ONE, BackendTimeout("LLM timeout")).run()
    assert b"s-1-end" in frames[1] and b"LLM timeout" in frames[1]


@pytest.mark.parametrize(
    ("error", "outcome"), [(TimeoutError(), Outcome.STALLED), (BrokenPipeError(), None)]
)
def test_a_write_that_fails_tells_how_the_stream_ended(
    error: OSError, outcome: Outcome | None
) -> None:
    def send(frame: bytes) -> None:
        raise error

    world = World(ONE)
    with pytest.raises(type(error)):
        list(world.delivery.run(world.close, SimpleNamespace(send=send)))
    assert (world.delivery.outcome, world.closed) == (outcome, 1)
    assert world.pause.over and world.pause.reason is None


def test_a_connection_gets_the_frames_and_the_server_the_head() -> None:
    sent: list[bytes] = []
    world = World(ONE)
    assert [*world.delivery.run(world.close, SimpleNamespace(send=sent.append))] == [
        b""
    ]
    assert sent == [b"id: s-0\nretry: 2000\ndata: 1\n\n"]
