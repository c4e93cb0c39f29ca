"""Private streams that go on for a client whose connection broke."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app import create_app
from app.bootstrap import Services
from app.settings import Settings
from app.streams.stream import Stream
from app.words import MockRequest, Mode
from tests.unit.fakes import FakeClock, FakeSource, fake_services, mock_request

_ON = Settings(resume_seconds=60, resume_events=4)
_OBJECTS = mock_request(interval_ms=1000, mode=Mode.COMPLETE_OBJECTS)


class Client:
    """Reads one stream after the other of the same service."""

    def __init__(self, settings: Settings = _ON, source: Any = None) -> None:
        self.clock = FakeClock()
        self.source = source or FakeSource(lambda number: {"n": number})
        self.services: Services = fake_services(
            self.source, settings=settings, clock=self.clock
        )
        self.stream: Stream
        self.frames: Iterator[bytes]

    def ask(self, last: str | None = None, *, path: str = "/x", **more: Any) -> None:
        request: MockRequest = replace(_OBJECTS, last_event_id=last, **more)
        self.stream = self.services.streams.open(
            request, path=path, client="me", sock=None
        )
        self.frames = self.stream.frames()

    def take(self, count: int) -> list[bytes]:
        return [next(self.frames) for _ in range(count)]

    def leave(self) -> None:
        self.stream.close()


def id_of(frame: bytes) -> str:
    return frame.removeprefix(b"id: ").partition(b"\n")[0].decode()


def index_of(frame: bytes) -> int:
    return int(frame.partition(b'"index":')[2].partition(b",")[0])


def broken(client: Client, events: int = 6) -> list[bytes]:
    """A stream of that many events whose connection then broke."""
    client.ask()
    frames = client.take(events)
    client.leave()
    return frames


def test_a_client_gets_what_it_missed_and_then_the_next_batch_at_once() -> None:
    client = Client()
    frames = broken(client)
    client.clock.time += 20.5
    began = client.clock.time
    client.ask(id_of(frames[2]))
    assert client.take(3) == frames[3:]
    (following,) = client.take(1)
    assert client.clock.time == began
    assert id_of(following) == f"{client.stream.id}-6"
    assert index_of(following) == 5
    assert client.take(1) and client.clock.time == began + 1.0


def test_a_client_that_missed_nothing_gets_a_comment_so_that_the_response_begins() -> (
    None
):
    client = Client()
    frames = broken(client)
    client.ask(id_of(frames[-1]))
    assert client.take(1) == [b": resumed\n"]
    assert index_of(client.take(1)[0]) == 5


def test_a_stream_goes_on_again_and_again() -> None:
    client = Client()
    frames = broken(client)
    for _ in range(5):
        client.ask(id_of(frames[-2]))
        assert client.take(1) == frames[-1:]
        frames += client.take(3)
        client.leave()
    assert [index_of(frame) for frame in frames[1:]] == [*range(len(frames) - 1)]
    assert len({id_of(frame) for frame in frames}) == len(frames)


@pytest.mark.parametrize(
    "last",
    ["{id}-0", "{id}-6", "{id}-99", "{id}--1", "{id}-01", "{id}", "0" * 16 + "-3"],
)
def test_an_id_that_nothing_is_known_of_begins_a_new_stream(last: str) -> None:
    client = Client()
    frames = broken(client)
    client.ask(last.format(id=client.stream.id))
    assert b'"type":"info"' in client.take(1)[0]
    assert id_of(frames[0]) != f"{client.stream.id}-0"


def test_an_id_of_another_path_begins_a_new_stream() -> None:
    client = Client()
    last = id_of(broken(client)[-1])
    client.ask(last, path="/y")
    assert b'"type":"info"' in client.take(1)[0]
    client.ask(last)
    assert client.take(1) == [b": resumed\n"]


def test_nothing_goes_on_unless_it_is_asked_for() -> None:
    client = Client(Settings())
    client.ask(id_of(broken(client)[-1]))
    assert b'"type":"info"' in client.take(1)[0]


def test_a_stream_is_kept_for_so_long_and_so_many_are() -> None:
    client = Client(replace(_ON, max_parked_streams=2))
    lasts = [id_of(broken(client)[-1]) for _ in range(3)]
    client.ask(lasts[0])
    assert b'"type":"info"' in client.take(1)[0]
    client.ask(lasts[1])
    assert client.take(1) == [b": resumed\n"]
    client.clock.time += 61
    client.ask(lasts[2])
    assert b'"type":"info"' in client.take(1)[0]


def test_a_stream_that_was_ended_does_not_go_on() -> None:
    client = Client()
    client.ask(max_events=2)
    frames = [*client.frames]
    client.ask(id_of(frames[-2]))
    assert b'"type":"info"' in client.take(1)[0]


def test_while_nobody_listens_nothing_is_made_and_no_place_is_taken() -> None:
    client = Client(source=FakeSource(lambda number: {"n": number}, blocking=True))
    frames = broken(client)
    asked = [*client.source.asked]
    assert len(client.services.streams) == 0
    client.clock.time += 30
    assert client.source.asked == asked
    client.ask(id_of(frames[-1]))
    client.take(1)
    (following,) = client.take(1)
    assert id_of(following) == f"{client.stream.id}-6"
    assert client.source.asked[len(asked)] == len(frames) - 1


def test_a_batch_that_was_broken_off_is_completed() -> None:
    settings = replace(
        _ON, streaming_chunk_delay_min_ms=100, streaming_chunk_delay_max_ms=100
    )
    client = Client(settings, FakeSource(lambda number: [1, 2, 3, 4]))
    client.ask(mode=Mode.ARRAY_ITEMS)
    frames = client.take(4)
    client.leave()
    client.ask(id_of(frames[-1]))
    client.take(1)
    rest = client.take(2)
    assert [frame.partition(b'"item":')[2][:1] for frame in rest] == [b"4", b"1"]


def test_each_response_counts_what_it_sent_itself() -> None:
    client = Client()
    frames = broken(client)
    client.ask(id_of(frames[2]))
    client.take(5)
    assert client.stream.events_sent == 4  # the fifth is on its way
    client.leave()
    assert client.services.streams.counts.events == 5 + 4


def test_faults_are_of_one_response_and_what_they_spoilt_comes_whole() -> None:
    app = create_app(replace(_ON, request_faults=True)).test_client()
    target = "/api/mock/stream/x?continuous=true&interval=5&sseMode=CompleteObjects"
    response = app.get(f"{target}&fault=no-id%404")
    frames = iter(response.response)
    received = [next(frames) for _ in range(6)]
    response.close()
    last = id_of(received[3])
    again = iter(app.get(f"{target}&lastEventId={last}").response)
    assert id_of(next(again)) == last[:-1] + "4"  # type: ignore[arg-type]


def test_lateness_does_not_count_the_time_without_a_client() -> None:
    client = Client()
    frames = broken(client)
    client.clock.time += 30
    client.ask(id_of(frames[-1]))
    client.take(4)
    assert client.services.streams.counts.lateness.total < 1
