"""Sections 4 to 6 of the contract: the life of a stream, on a clock of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import gevent
import orjson
import pytest
from gevent.event import Event

from app.errors import BackendFailed, BackendTimeout, ShuttingDown, TooManyStreams
from app.events.event import EndReason
from app.settings import Settings
from app.sse.frames import SSE
from app.streams.registry import MAX_ENDED
from app.streams.stream import Stream
from app.words import Mode
from tests.unit.fakes import FakeClock, FakeSource, fake_services, mock_request


class Run:
    """A stream that is read step by step; each event has the time it came at."""

    def __init__(
        self,
        source: FakeSource,
        *,
        settings: Settings | None = None,
        on_sleep: Callable[[], None] | None = None,
        **changes: object,
    ) -> None:
        self.clock = FakeClock()
        self.services = fake_services(
            source, settings=settings, clock=self.clock, on_sleep=on_sleep
        )
        self.stream: Stream = self.services.streams.open(
            mock_request(**changes), path="/", client="test", sock=None
        )
        self.frames = self.stream.frames()

    def next(self) -> tuple[float, Any]:
        frame = next(self.frames)
        at = round(self.clock.time - 1000, 3)
        if frame == SSE.keep_alive:
            return at, "beat"
        return at, orjson.loads(frame.split(b"data: ")[1])

    def take(self, count: int) -> list[tuple[float, Any]]:
        return [self.next() for _ in range(count)]

    def rest(self) -> list[tuple[float, Any]]:
        events = []
        while True:
            try:
                events.append(self.next())
            except StopIteration:
                return events


def numbered(number: int) -> object:
    return {"n": number}


def test_info_leaves_before_anything_is_generated() -> None:
    source = FakeSource(numbered)
    run = Run(source, max_duration_s=60)
    at, info = run.next()
    assert (at, info["type"], source.asked) == (0.0, "info", [])


def test_batch_n_comes_n_intervals_after_the_first() -> None:
    run = Run(FakeSource(numbered), interval_ms=250)
    batches = run.take(5)[1:]
    assert [at for at, _ in batches] == [0.0, 0.25, 0.5, 0.75]
    assert [event["index"] for _, event in batches] == [0, 1, 2, 3]
    assert batches[2][1]["timestamp"] == "2025-01-06T12:34:57.289Z"


def test_a_late_batch_moves_the_schedule_and_causes_no_burst() -> None:
    run = Run(FakeSource(numbered), interval_ms=1000)
    run.take(2)
    run.clock.time += 2.5
    assert [at for at, _ in run.take(3)] == [2.5, 3.5, 4.5]


def test_waking_up_a_little_late_causes_no_drift() -> None:
    run = Run(FakeSource(numbered), interval_ms=1000)
    run.take(2)
    for expected in (1.0, 2.0, 3.0):
        assert run.next()[0] == expected
        run.clock.time += 0.004


@pytest.mark.parametrize("mode", list(Mode))
def test_the_end_comes_on_time_while_waiting(mode: Mode) -> None:
    run = Run(FakeSource(numbered), mode=mode, interval_ms=60_000, max_duration_s=5)
    at, end = run.rest()[-1]
    assert at == 5.0
    assert end == {
        "type": "end",
        "message": "Max duration reached",
        "eventCount": 1,
        "reason": "max_duration",
        "done": True,
    }


@pytest.mark.parametrize("mode", list(Mode))
def test_a_stream_ends_after_so_many_batches_as_were_asked_for(mode: Mode) -> None:
    run = Run(FakeSource(numbered), mode=mode, interval_ms=500, max_events=3)
    at, end = run.rest()[-1]
    assert (at, end["reason"], end["eventCount"]) == (1.0, "max_events", 3)


@pytest.mark.parametrize("mode", [Mode.LLM_TOKENS, Mode.ARRAY_ITEMS])
def test_the_end_comes_on_time_in_the_middle_of_a_batch(mode: Mode) -> None:
    slow = Settings(streaming_chunk_delay_min_ms=400, streaming_chunk_delay_max_ms=400)
    source = FakeSource(lambda _: list(range(100)))
    run = Run(source, settings=slow, mode=mode, max_duration_s=1)
    events = run.rest()
    assert len(events) == 1 + 3 + 1
    assert events[-1][0] == 1.0 and events[-1][1]["eventCount"] == 0


@pytest.mark.parametrize(
    ("mode", "pieces", "max_duration_s", "whole"),
    [
        (Mode.COMPLETE_OBJECTS, 1, 1, 1),
        (Mode.ARRAY_ITEMS, 3, 1, 0),
        (Mode.ARRAY_ITEMS, 3, 2, 1),
        (Mode.LLM_TOKENS, 2, 1, 0),
        (Mode.LLM_TOKENS, 2, 2, 1),
    ],
)
def test_a_batch_is_sent_whole_once_its_last_event_is(
    mode: Mode, pieces: int, max_duration_s: int, whole: int
) -> None:
    slow = Settings(streaming_chunk_delay_min_ms=700, streaming_chunk_delay_max_ms=700)
    source = FakeSource(
        lambda _: list(range(3)), pieces=lambda _: [str(n) for n in range(pieces)]
    )
    run = Run(source, settings=slow, mode=mode, max_duration_s=max_duration_s)
    assert run.rest()[-1][1]["eventCount"] == whole == run.stream.batches


def test_the_end_comes_on_time_while_the_backend_thinks() -> None:
    never = Event()
    source = FakeSource(lambda _: never.wait(), blocking=True)
    run = Run(source, max_duration_s=3)
    assert [(at, event["type"]) for at, event in run.rest()] == [
        (0.0, "info"),
        (3.0, "end"),
    ]


def test_chunks_and_elements_keep_the_configured_distance() -> None:
    slow = Settings(streaming_chunk_delay_min_ms=50, streaming_chunk_delay_max_ms=50)
    run = Run(
        FakeSource(lambda _: [1, 2, 3]),
        settings=slow,
        mode=Mode.ARRAY_ITEMS,
        continuous=False,
    )
    assert [at for at, _ in run.rest()] == [0.0, 0.05, 0.1]
    assert run.clock.time == pytest.approx(1000.1)


def test_a_response_waits_for_the_configured_delay() -> None:
    late = Settings(random_request_delay_min_ms=300, random_request_delay_max_ms=300)
    run = Run(FakeSource(numbered), settings=late)
    assert run.next()[0] == 0.3


@pytest.mark.parametrize(("delay_ms", "seconds"), [(1500, 1.5), (0, 0.0)])
def test_a_request_may_ask_for_another_delay(delay_ms: int, seconds: float) -> None:
    late = Settings(random_request_delay_min_ms=300, random_request_delay_max_ms=300)
    run = Run(FakeSource(numbered), settings=late, delay_ms=delay_ms)
    assert run.next()[0] == seconds


def test_an_idle_stream_shows_life() -> None:
    run = Run(
        FakeSource(numbered),
        settings=Settings(heartbeat_seconds=15),
        interval_ms=40_000,
    )
    events = run.take(5)
    assert [(at, event == "beat") for at, event in events] == [
        (0.0, False),
        (0.0, False),
        (15.0, True),
        (30.0, True),
        (40.0, False),
    ]


@pytest.mark.parametrize("mode", list(Mode))
def test_a_stream_whose_backend_thinks_shows_life_too(mode: Mode) -> None:
    never = Event()
    source = FakeSource(lambda _: never.wait(), blocking=True)
    run = Run(source, mode=mode, max_duration_s=40)
    assert [event if event == "beat" else event["type"] for _, event in run.rest()] == [
        "info",
        "beat",
        "beat",
        "end",
    ]


def test_without_a_heartbeat_an_idle_stream_is_silent() -> None:
    run = Run(
        FakeSource(numbered), settings=Settings(heartbeat_seconds=0), interval_ms=90_000
    )
    assert [at for at, _ in run.take(3)] == [0.0, 0.0, 90.0]


def fails_at(*numbers: int) -> Callable[[int], object]:
    def make(number: int) -> object:
        return BackendTimeout("LLM timeout") if number in numbers else {"n": number}

    return make


def test_a_failed_batch_is_said_and_the_stream_goes_on() -> None:
    run = Run(FakeSource(fails_at(1)))
    events = [event for _, event in run.take(4)]
    assert events[2] == {"type": "error", "message": "LLM timeout", "eventCount": 1}
    assert events[3]["data"] == {"n": 2}


def test_failures_in_a_row_wait_longer_and_longer_up_to_a_minute() -> None:
    run = Run(FakeSource(lambda _: BackendFailed("LLM failed")), interval_ms=10_000)
    times = [at for at, event in run.rest() if event != "beat"][1:]
    gaps = [round(b - a) for a, b in zip(times, times[1:])]
    assert gaps[:5] == [10, 20, 40, 60, 60]


def test_too_many_failures_in_a_row_end_the_stream() -> None:
    few = Settings(continuous_streaming_max_consecutive_errors=3)
    run = Run(FakeSource(fails_at(0, 1, 3, 4, 5)), settings=few, interval_ms=10)
    events = [event for _, event in run.rest()]
    assert [event.get("type", "data") for event in events] == [
        "info",
        "error",
        "error",
        "data",
        "error",
        "error",
        "error",
        "end",
    ]
    assert events[-1]["reason"] == "errors" and events[-1]["eventCount"] == 1


def test_zero_permits_failures_for_ever() -> None:
    never = Settings(continuous_streaming_max_consecutive_errors=0)
    run = Run(FakeSource(lambda _: BackendFailed("no")), settings=never, interval_ms=1)
    assert {event["type"] for _, event in run.take(30)[1:] if event != "beat"} == {
        "error"
    }


def test_a_stopped_stream_ends_at_once_even_asleep() -> None:
    run = Run(FakeSource(numbered), interval_ms=60_000)
    run.take(2)
    run.stream.stop(EndReason.STOPPED)
    events = run.rest()
    assert [(at, event["message"]) for at, event in events] == [(0.0, "Stopped")]


def test_a_draining_server_ends_continuous_streams_and_takes_no_new_ones() -> None:
    run = Run(FakeSource(numbered))
    run.take(2)
    run.services.drain()
    assert run.rest()[-1][1]["reason"] == "shutdown"
    with pytest.raises(ShuttingDown):
        run.services.streams.open(mock_request(), path="/", client="", sock=None)


def test_a_regular_stream_survives_a_drain() -> None:
    run = Run(FakeSource(lambda _: [1, 2]), continuous=False)
    run.next()
    run.services.drain()
    assert [event["done"] for _, event in run.rest()] == [True]


def test_a_client_that_left_is_sent_nothing_and_its_slot_is_free() -> None:
    run = Run(FakeSource(numbered))
    run.take(2)
    assert len(run.services.streams) == 1
    run.stream.lose(stalled=False)
    assert run.rest() == []
    assert len(run.services.streams) == 0


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("continuous", [True, False])
def test_a_client_that_leaves_ends_the_generation(mode: Mode, continuous: bool) -> None:
    never = Event()
    killed: list[int] = []

    def think(number: int) -> object:
        try:
            return never.wait()
        finally:
            killed.append(number)

    run = Run(FakeSource(think, blocking=True), mode=mode, continuous=continuous)
    reader = gevent.spawn(run.rest)
    gevent.sleep(0)
    gevent.sleep(0)
    run.stream.lose(stalled=False)
    reader.join(1)
    gevent.sleep(0)
    assert killed == [0]


def test_closing_a_stream_twice_is_closing_it_once() -> None:
    run = Run(FakeSource(numbered))
    run.take(3)
    run.stream.close()
    run.stream.close()
    assert len(run.services.streams) == 0 and run.rest() == []


def test_the_next_value_is_made_while_the_stream_waits() -> None:
    clock_at: list[float] = []
    run: Run

    def think(number: int) -> object:
        clock_at.append(round(run.clock.time - 1000, 3))
        return {"n": number}

    run = Run(FakeSource(think, blocking=True), interval_ms=2000)
    times = [at for at, _ in run.take(4)]
    assert times == [0.0, 0.0, 2.0, 4.0]
    assert clock_at[:3] == [0.0, 0.0, 2.0]


def test_at_most_one_value_is_made_ahead() -> None:
    source = FakeSource(numbered, blocking=True)
    run = Run(source, interval_ms=60_000)
    run.take(2)
    reader = gevent.spawn(run.next)
    for _ in range(5):
        gevent.sleep(0)
    assert source.asked == [0, 1]
    reader.kill()


def test_a_value_that_is_made_in_a_moment_is_made_when_it_is_due() -> None:
    made_at: list[float] = []
    run: Run

    def look(number: int) -> object:
        made_at.append(run.clock.time - 1000)
        return {"n": number}

    source = FakeSource(look, blocking=True)
    source.slow = False
    run = Run(source, interval_ms=2000)
    assert [at for at, _ in run.take(4)] == [0.0, 0.0, 2.0, 4.0]
    assert made_at == [0.0, 2.0, 4.0]


def test_tokens_are_passed_on_while_the_backend_still_writes() -> None:
    more = Event()

    def pieces(number: int) -> Iterator[str]:
        yield "a"
        more.wait()
        yield "b"

    source = FakeSource(numbered, blocking=True, pieces=pieces)
    run = Run(source, mode=Mode.LLM_TOKENS, continuous=False)
    assert run.next()[1]["chunk"] == "a"
    more.set()
    assert [event.get("chunk", "end") for _, event in run.rest()] == ["b", "end"]


def test_a_regular_stream_fails_before_its_first_byte_with_the_error_itself() -> None:
    for mode in Mode:
        run = Run(FakeSource(fails_at(0)), mode=mode, continuous=False)
        with pytest.raises(BackendTimeout):
            run.next()
        assert len(run.services.streams) == 0


def test_a_regular_stream_that_fails_later_says_so_and_closes() -> None:
    def pieces(number: int) -> Iterator[str]:
        yield "a"
        raise BackendFailed("The LLM broke off.")

    for blocking in (False, True):
        source = FakeSource(numbered, blocking=blocking, pieces=pieces)
        run = Run(source, mode=Mode.LLM_TOKENS, continuous=False)
        assert [event for _, event in run.rest()][1:] == [
            {"type": "error", "message": "The LLM broke off.", "eventCount": 0}
        ]


def test_a_batch_whose_tokens_break_off_has_no_end_of_batch() -> None:
    def pieces(number: int) -> Iterator[str]:
        yield "a"
        if number == 0:
            raise BackendFailed("The LLM broke off.")

    source = FakeSource(numbered, blocking=True, pieces=pieces)
    run = Run(source, mode=Mode.LLM_TOKENS)
    events = [event for _, event in run.take(5)]
    assert [e.get("type") or ("chunk" in e and "chunk") or "end" for e in events] == [
        "info",
        "chunk",
        "error",
        "chunk",
        "end",
    ]
    assert [events[i]["batchNumber"] for i in (1, 3, 4)] == [0, 1, 1]


def test_a_fault_of_ours_ends_the_stream_with_an_error_and_a_log_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(number: int) -> object:
        raise ZeroDivisionError("a bug")

    run = Run(FakeSource(broken))
    events = [event for _, event in run.rest()]
    assert events[-1]["message"] == "Internal server error"
    assert "a bug" in caplog.text and "a bug" not in str(events)


def test_the_limit_of_streams_is_kept_and_a_closed_one_makes_room() -> None:
    run = Run(FakeSource(numbered), settings=Settings(max_concurrent_streams=1))
    with pytest.raises(TooManyStreams):
        run.services.streams.open(mock_request(), path="/", client="", sock=None)
    run.stream.close()
    run.services.streams.open(mock_request(), path="/", client="", sock=None)


def test_a_stream_that_is_always_late_still_lets_others_run() -> None:
    turns: list[int] = []
    run = Run(FakeSource(numbered), on_sleep=lambda: turns.append(1), interval_ms=1)
    for _ in range(10):
        run.next()
        run.clock.time += 1
    assert len(turns) >= 8


def test_a_long_batch_lets_others_run_in_between() -> None:
    turns: list[int] = []
    run = Run(
        FakeSource(lambda _: list(range(100))),
        on_sleep=lambda: turns.append(1),
        mode=Mode.ARRAY_ITEMS,
        continuous=False,
    )
    run.rest()
    assert len(turns) >= 5


def test_the_registry_lists_the_newest_first() -> None:
    run = Run(FakeSource(numbered))
    streams = run.services.streams
    second = streams.open(replace(run.stream.request), path="/", client="", sock=None)
    assert [stream.id for stream in streams] == [second.id, run.stream.id]
    assert streams.get(second.id) is second


def test_counters_say_what_was_sent() -> None:
    run = Run(FakeSource(numbered))
    run.take(4)
    run.stream.stop(EndReason.STOPPED)
    assert run.stream.batches == 2
    assert run.stream.events_sent == 3
    assert run.stream.bytes_sent > 300


def test_what_a_stream_was_is_known_after_its_end() -> None:
    run = Run(FakeSource(numbered), max_events=2)
    run.rest()
    ended = run.services.streams.ended.get(run.stream.id)
    assert ended is not None
    assert (ended.outcome.value, ended.number, ended.route) == ("max_events", 1, None)
    assert ended.last_id == f"{run.stream.id}-3-end"
    assert (ended.batches, ended.events) == (2, 4)


def test_only_the_last_thousand_ended_streams_are_known() -> None:
    services = fake_services(FakeSource(numbered))
    ids = []
    for _ in range(MAX_ENDED + 2):
        stream = services.streams.open(
            mock_request(), path="/", client="test", sock=None
        )
        ids.append(stream.id)
        stream.close()
    assert [each.id for each in services.streams.ended] == ids[2:]
    assert services.streams.ended.get(ids[1]) is None
