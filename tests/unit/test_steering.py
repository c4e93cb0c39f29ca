"""Verbs to a live stream, on a clock of ours."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from app.errors import BadRequest, Conflict, NotFound
from app.events.event import EndReason
from app.request.verbs import VERBS, read_verb
from app.schema.pointers import follow
from app.sse.frames import SSE
from app.streams.steering.orders import Order
from app.words import Mode
from tests.unit.fakes import FakeClock, FakeSource, fake_services, mock_request


class Run:
    """A stream that is read step by step, and steered in between."""

    def __init__(self, **changes: object) -> None:
        self.clock = FakeClock()
        self.source = FakeSource(lambda number: {"n": number})
        self.services = fake_services(self.source, clock=self.clock)
        self.stream = self.services.streams.open(
            mock_request(**changes), path="/", client="test", sock=None
        )
        self.frames = self.stream.frames()

    def steer(self, verb: str, body: Any = None) -> Order:
        return self.stream.steer(read_verb(verb, body))

    def next(self) -> tuple[float, Any]:
        frame = next(self.frames)
        at = round(self.clock.time - 1000, 3)
        if frame == SSE.keep_alive:
            return at, "beat"
        lines = [line for line in frame.split(b"\n") if line.startswith(b"data: ")]
        data = orjson.loads(lines[0][6:]) if lines else frame
        if isinstance(data, dict) and "index" in data:
            data = data["index"]
        elif isinstance(data, dict) and "type" in data:
            data = data["reason"] if data["type"] == "end" else data["type"]
        return at, data

    def take(self, count: int) -> list[tuple[float, Any]]:
        return [self.next() for _ in range(count)]

    def outcome(self) -> str:
        ended = self.services.streams.ended.get(self.stream.id)
        assert ended is not None
        return ended.outcome.value


def test_a_pause_holds_the_schedule_and_heartbeats_go_on() -> None:
    run = Run()
    run.take(2)
    run.clock.time += 0.25
    order = run.steer("pause")
    assert not order.done.is_set()
    assert run.take(2) == [(15.0, "beat"), (30.0, "beat")]
    assert order.done.is_set() and run.stream.is_paused


def test_after_a_pause_comes_the_rest_of_the_interval() -> None:
    run = Run()
    run.take(2)
    run.clock.time += 0.25
    run.steer("pause")
    run.next()
    run.clock.time += 0.5
    run.steer("resume")
    assert run.take(3) == [(16.25, 1), (17.25, 2), (18.25, 3)]
    assert not run.stream.is_paused


@pytest.mark.parametrize("paused", [0.0, 0.01, 0.3, 7.0])
def test_a_pause_of_any_length_moves_the_schedule_by_its_length(paused: float) -> None:
    run = Run()
    run.take(2)
    run.steer("pause")
    run.steer("stall", {"seconds": paused})
    run.steer("pause")
    run.steer("resume")
    times = [at for at, _ in run.take(3)]
    assert times[1] - times[0] == pytest.approx(1) == times[2] - times[1]


def test_steps_come_at_once_and_then_the_stream_is_paused() -> None:
    run = Run(interval_ms=60_000)
    run.take(2)
    order = run.steer("step", {"batches": 3})
    assert run.take(3) == [(0.0, 1), (0.0, 2), (0.0, 3)]
    assert run.next() == (15.0, "beat")
    assert order.done.is_set()
    run.steer("resume")
    assert [item for item in run.take(10) if item[1] != "beat"] == [
        (75.0, 4),
        (135.0, 5),
    ]


def test_a_step_covers_all_events_of_a_batch() -> None:
    run = Run(mode=Mode.LLM_TOKENS)
    run.next()
    order = run.steer("step")
    while not order.done.is_set():
        at, event = run.next()
    assert run.stream.batches == 1 and at == 15.0 and event == "beat"


def test_pushed_events_come_now_and_are_counted_as_the_others() -> None:
    run = Run()
    run.take(2)
    order = run.steer(
        "push",
        [
            {"event": "price", "data": {"p": 1}},
            {"data": "two\nlines", "id": "mine", "retry": 5, "comment": "note"},
            {"raw": "x: y\n\n"},
        ],
    )
    number = run.stream.id
    assert [next(run.frames) for _ in range(3)] == [
        b'event: price\nid: %b-2\ndata: {"p":1}\n\n' % number.encode(),
        b": note\nid: mine\nretry: 5\ndata: two\ndata: lines\n\n",
        b"x: y\n\n",
    ]
    assert run.take(2) == [(1.0, 1), (2.0, 2)]
    assert order.done.is_set() and run.stream.batches == 2
    assert run.stream.last_id == f"{number}-5"


def test_a_paused_stream_sends_what_is_pushed() -> None:
    run = Run()
    run.take(2)
    run.steer("pause")
    run.steer("push", {"data": 7})
    assert run.take(2) == [(0.0, 7), (15.0, "beat")]


def test_what_is_pushed_to_a_stream_that_has_not_begun_follows_its_opening() -> None:
    run = Run(delay_ms=5000)
    run.steer("push", {"data": 7})
    assert run.take(3) == [(0.0, "info"), (0.0, 7), (5.0, 0)]


def test_a_stall_is_silent_and_what_falls_due_meanwhile_comes_after_it() -> None:
    run = Run(interval_ms=20_000)
    run.take(2)
    run.steer("stall", {"seconds": 50})
    run.steer("push", {"data": 7})
    assert run.take(3) == [(50.0, 7), (50.0, 1), (65.0, "beat")]


def test_a_stall_may_have_heartbeats() -> None:
    run = Run(interval_ms=100_000)
    run.take(2)
    run.steer("stall", {"seconds": 20, "heartbeats": True})
    assert run.take(2) == [(15.0, "beat"), (30.0, "beat")]


@pytest.mark.parametrize("verb", ["pause", "stall"])
def test_the_end_comes_on_time_whatever_holds_the_stream(verb: str) -> None:
    run = Run(max_duration_s=5)
    run.take(2)
    run.steer(verb, {"seconds": 60} if verb == "stall" else None)
    assert run.next() == (5.0, "max_duration")


@pytest.mark.parametrize("verb", ["pause", "stall"])
def test_a_held_stream_can_be_stopped_and_drained(verb: str) -> None:
    for reason in (EndReason.STOPPED, EndReason.SHUTDOWN):
        run = Run()
        run.take(2)
        run.steer(verb, {"seconds": 60} if verb == "stall" else None)
        run.stream.stop(reason)
        assert run.next() == (0.0, reason.code)


def test_an_end_has_its_message() -> None:
    run = Run()
    run.take(2)
    order = run.steer("end", {"message": "Enough"})
    (last,) = [*run.frames]
    end = orjson.loads(last.split(b"data: ")[1])
    assert (end["reason"], end["message"], end["eventCount"]) == (
        "stopped",
        "Enough",
        1,
    )
    assert order.done.is_set() and run.outcome() == "stopped"


def test_a_clean_cut_has_no_end() -> None:
    run = Run()
    run.take(2)
    order = run.steer("cut")
    assert [*run.frames] == []
    assert order.done.is_set() and run.outcome() == "cut"


@pytest.mark.parametrize("events", [1, 2, 5])
def test_a_cut_comes_after_as_many_events_as_it_says(events: int) -> None:
    run = Run()
    run.take(2)
    run.steer("cut", {"after": {"events": events}})
    assert len([*run.frames]) == events and run.stream.events_sent == 2 + events


def test_a_cut_counts_the_opening_too() -> None:
    run = Run()
    run.steer("cut", {"after": {"events": 1}})
    assert [frame.count(b"info") for frame in run.frames] == [1]


@pytest.mark.parametrize(
    "body",
    [{"how": "fin"}, {"how": "rst"}, {"midFrame": True}, {"after": {"bytes": 9}}],
)
def test_a_cut_of_bytes_takes_a_connection_of_the_streams_own(body: Any) -> None:
    with pytest.raises(Conflict):
        Run().steer("cut", body)


def test_orders_of_a_stream_that_closes_are_done() -> None:
    run = Run()
    run.next()
    orders = [
        run.steer("step", {"batches": 9}),
        run.steer("push", {"data": 1}),
        run.steer("pause"),
    ]
    run.stream.close()
    assert all(order.done.is_set() for order in orders)


def test_an_unknown_verb_is_not_found() -> None:
    with pytest.raises(NotFound, match="push, pause"):
        read_verb("jump", None)


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("push", [], ""),
        ("push", None, ""),
        ("push", {}, ""),
        ("push", "x", ""),
        ("push", {"event": "a\nb", "data": 1}, "/event"),
        ("push", {"evnt": "a"}, "/evnt"),
        ("push", [{"data": 1}, {}], "/1"),
        ("push", [{"data": 1}, {"raw": "x", "id": "1"}], "/1/raw"),
        ("pause", {"batches": 1}, "/batches"),
        ("step", {"batches": 0}, "/batches"),
        ("step", {"BATCHES": 0}, "/BATCHES"),
        ("step", [], ""),
        ("cut", {"how": "softly"}, "/how"),
        ("cut", {"after": {"events": -1}}, "/after/events"),
        ("cut", {"after": {"event": 1}}, "/after/event"),
        ("stall", {}, "/seconds"),
        ("stall", {"seconds": 3601}, "/seconds"),
        ("end", {"message": "a\nb"}, "/message"),
        ("fault", {}, "/fault"),
        ("fault", {"fault": []}, "/fault"),
        ("fault", {"fault": ["drop", "dorp"]}, "/fault/1"),
        ("fault", {"fault": "status:500"}, "/fault"),
    ],
)
def test_a_verb_says_what_is_wrong_with_its_body(
    verb: str, body: Any, pointer: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        read_verb(verb, body)
    assert refused.value.pointer == pointer
    assert refused.value.value == value_at(body, pointer)


def value_at(body: Any, pointer: str) -> Any:
    """The value there; None where there is none."""
    try:
        return follow(body, pointer)
    except LookupError:
        return None


@pytest.mark.parametrize(
    ("verb", "body", "detail"),
    [
        ("step", {"batches": 0}, "step cannot be obeyed: batches is 0; accepted: an"),
        ("cut", {"midframe": 1}, "cut cannot be obeyed: midFrame is 1; accepted: "),
        ("cut", {"after": {"event": 1}}, "after.event is 1, but .* mean events"),
        ("push", {"evnt": 1}, "obeyed: evnt is 1, but .* did you mean event"),
        ("push", {}, "the body sends nothing; accepted: one of event, data, id, r"),
        ("push", [], "the body is an empty list; accepted: an event"),
        ("fault", [], "fault cannot be obeyed: the body is a list; accepted: a map"),
        ("pause", {"x": 1}, "x is 1, but there is no such key; accepted: no key"),
    ],
)
def test_a_refused_verb_names_what_was_wrong_as_it_is_written(
    verb: str, body: Any, detail: str
) -> None:
    with pytest.raises(BadRequest, match=detail):
        read_verb(verb, body)


def test_every_verb_can_be_read() -> None:
    bodies: dict[str, Any] = {
        "push": {"data": None},
        "stall": {"seconds": 1},
        "fault": {"fault": "cut"},
    }
    assert all(read_verb(verb, bodies.get(verb)) for verb in VERBS)


def test_silence_counts_from_when_an_event_was_pushed_between_two_looks() -> None:
    run = Run()
    run.take(2)
    run.steer("pause")
    assert run.next() == (15.0, "beat")
    run.steer("push", [{"data": 1}, {"data": 2}])
    run.clock.time += 0.5
    run.next()
    run.clock.time += 0.5
    assert run.take(2) == [(16.0, 2), (31.0, "beat")]


def test_faults_leave_what_the_client_was_told_before() -> None:
    run = Run()
    run.take(3)
    told = run.stream.told()
    assert told.last_id == f"{run.stream.id}-1".encode()  # the third is on its way
    run.steer("fault", {"fault": "no-id"})
    assert run.stream.told() == told
    run.next()
    assert run.stream.last_id == f"{run.stream.id}-2"
    run.next()
    assert run.stream.last_id == f"{run.stream.id}-2"


def test_faults_are_played_from_the_next_event_on() -> None:
    run = Run()
    assert run.take(3) == [(0.0, "info"), (0.0, 0), (1.0, 1)]
    order = run.steer("fault", {"fault": ["drop", {"Fault": "cut", "When": 6}]})
    assert next(run.frames) == b"" and order.done.is_set()
    assert [data for _, data in run.take(2)] == [3, 4]
    assert [*run.frames] == [] and run.outcome() == "cut"
    assert [(each.event, each.text) for each in run.stream.played] == [
        (3, "drop"),
        (6, "cut@6"),
    ]
