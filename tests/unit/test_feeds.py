"""Shared feeds as a client meets them: subscribing, resuming, ends and refusals."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gevent
import orjson
import pytest
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import build
from app.errors import BackendFailed
from app.events.event import Event
from app.feeds.feed import Feed
from app.feeds.history import History
from app.settings import Settings, load_settings
from app.sse.parser import SseParser
from app.words import FeedChoice
from tests.unit.fakes import FakeBackends, FakeSource, mock_request

_TICKER = (
    "/api/mock/stream/stocks?feed=ticker&interval=5&sseMode=CompleteObjects"
    '&shape={"price":1.5}'
)


class Reader:
    """One response, event by event, as its id, data and bytes."""

    def __init__(self, client: FlaskClient, target: str, **headers: str) -> None:
        self.response = client.get(
            target, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        self.frames: Iterator[bytes] = iter(self.response.response)  # type: ignore
        self.parser = SseParser()

    def next(self) -> tuple[str | None, Any, bytes]:
        frame = next(self.frames)
        ((data, _, _, fields),) = self.parser.feed(frame)
        assert data is not None and fields is not None
        last = None if fields.id is None else fields.id.decode()
        return last, orjson.loads(data), frame

    def next_block(self) -> Event:
        (block,) = self.parser.feed(next(self.frames))
        return block

    def take(self, count: int) -> list[tuple[str | None, Any, bytes]]:
        return [self.next() for _ in range(count)]

    def rest(self) -> list[tuple[str | None, Any, bytes]]:
        found = []
        try:
            while True:
                found.append(self.next())
        except StopIteration:
            return found

    def close(self) -> None:
        self.response.close()


def client_of(**settings: Any) -> FlaskClient:
    return create_app(Settings(**settings)).test_client()


def test_all_subscribers_get_the_same_bytes() -> None:
    client = client_of()
    first, second = Reader(client, _TICKER), Reader(client, _TICKER)
    info = second.next()
    assert (info[0], info[1]["feed"], info[1]["subscribers"]) == (None, "ticker", 2)
    ours = {last: frame for last, _, frame in first.take(20)}
    theirs = {last: frame for last, _, frame in second.take(20)}
    both = ours.keys() & theirs.keys()
    assert len(both) >= 15
    assert all(ours[last] == theirs[last] for last in both)


def test_ids_and_indexes_are_the_feeds() -> None:
    client = client_of()
    events = Reader(client, _TICKER).take(4)[1:]
    name, epoch, _ = (events[0][0] or "").split("-")
    assert name == "ticker" and len(epoch) == 8
    assert [last for last, _, _ in events] == [f"ticker-{epoch}-{n}" for n in range(3)]
    assert [data["index"] for _, data, _ in events] == [0, 1, 2]


def test_a_name_that_is_not_plain_has_a_digest_in_its_ids() -> None:
    reader = Reader(client_of(), _TICKER.replace("=ticker", "=Größe%20-%20x"))
    info, event = reader.take(2)
    assert info[1]["feed"] == "Größe - x"
    assert len((event[0] or "").split("-")[0]) == 16


def test_a_client_that_comes_back_gets_what_it_missed_byte_for_byte() -> None:
    client = client_of()
    keeper, reader = Reader(client, _TICKER), Reader(client, _TICKER)
    last = reader.take(3)[-1][0]
    reader.close()
    missed = [frame for each, _, frame in keeper.take(12) if each is not None]
    again = Reader(client, f"{_TICKER}&lastEventId={last}")
    assert again.next()[1]["type"] == "info"
    position = next(
        at for at, frame in enumerate(missed) if f"{last}\n".encode() in frame
    )
    wanted = missed[position + 1 :]
    assert [frame for _, _, frame in again.take(len(wanted))] == wanted


@pytest.mark.parametrize(
    "last",
    [
        "other-00000000-3",
        "ticker-zzzzzzzz-3",
        "ticker-3",
        "-",
        "--",
        "ticker-00000000-" + "9" * 40,
        "ticker-00000000--1",
        "%00",
        "ticker-00000000-01",
        "💥",
    ],
)
def test_an_id_of_another_feed_or_of_no_form_counts_as_none(last: str) -> None:
    client = client_of()
    Reader(client, _TICKER).take(5)
    info, event = Reader(client, f"{_TICKER}&lastEventId={last}").take(2)
    assert info[1]["type"] == "info"
    assert "data" in event[1]


def test_a_number_that_no_event_has_yet_counts_as_none() -> None:
    client = client_of()
    epoch = (Reader(client, _TICKER).take(5)[-1][0] or "").split("-")[1]
    again = Reader(client, f"{_TICKER}&lastEventId=ticker-{epoch}-999999999")
    assert "data" in again.take(2)[1][1]


def test_what_is_older_than_the_history_is_told_as_a_gap() -> None:
    client = client_of(feed_history=3)
    keeper = Reader(client, _TICKER)
    last = keeper.take(2)[-1][0]
    keeper.take(20)
    _, gap, event = Reader(client, f"{_TICKER}&lastEventId={last}").take(3)
    assert gap[0] is None
    number = int((event[0] or "").rsplit("-", 1)[1])
    assert gap[1] == {"type": "gap", "missed": number - 1, "oldest": event[0]}


def test_an_id_of_another_epoch_is_a_gap_of_unknown_size() -> None:
    client = client_of()
    Reader(client, _TICKER).take(5)
    _, gap, event = Reader(client, f"{_TICKER}&lastEventId=ticker-00000000-1").take(3)
    assert gap[1] == {"type": "gap", "missed": None, "oldest": event[0]}


def test_a_late_joiner_gets_as_many_events_as_it_asks_for() -> None:
    client = client_of()
    keeper = Reader(client, _TICKER)
    newest = keeper.take(30)[-1][1]["index"]
    index = Reader(client, f"{_TICKER}&replay=10").take(2)[1][1]["index"]
    assert newest - 9 <= index


@pytest.mark.parametrize("mode", ["LlmTokens", "ArrayItems"])
def test_a_subscriber_joins_at_the_start_of_a_batch(mode: str) -> None:
    client = client_of(streaming_chunk_delay_min_ms=3, streaming_chunk_delay_max_ms=3)
    target = f"/api/mock/stream/x?feed=f&interval=20&sseMode={mode}&shape=[1,2,3,4,5]"
    Reader(client, target).take(4)
    event = Reader(client, target).take(2)[1][1]
    assert event.get("index") == 0 or event["accumulated"] == event["chunk"]


def test_the_end_names_the_last_event_and_counts_the_feeds_batches() -> None:
    client = client_of()
    Reader(client, _TICKER).take(10)
    events = Reader(client, f"{_TICKER}&maxEvents=2").rest()
    last, end, _ = events[-1]
    assert last == f"{events[-2][0]}-end"
    assert end["reason"] == "max_events"
    assert end["eventCount"] == events[-2][1]["index"] + 1
    assert client.get(f"{_TICKER}&lastEventId={last}").status_code == 204


def test_the_end_at_shutdown_has_no_id() -> None:
    client = client_of()
    reader = Reader(client, _TICKER)
    reader.take(3)
    client.application.extensions["llmock"].drain()
    last, end, _ = reader.rest()[-1]
    assert (last, end["reason"]) == (None, "shutdown")


def test_options_that_contradict_the_feed_are_named_with_its_values() -> None:
    client = client_of()
    Reader(client, _TICKER).take(2)
    refused = client.get(
        '/api/mock/stream/users?feed=ticker&interval=7&seed=1&shape={"x":1}&colour=red'
    )
    assert refused.status_code == 409
    assert refused.get_json()["contradictions"] == [
        {"parameter": "path", "value": "users", "feed": "stocks"},
        {"parameter": "interval", "value": 7, "feed": 5},
        {"parameter": "shape", "value": {"x": 1}, "feed": {"price": 1.5}},
        {"parameter": "seed", "value": 1, "feed": None},
        {"parameter": "colour", "value": "red", "feed": None},
    ]


def test_what_a_subscriber_leaves_open_is_the_feeds() -> None:
    client = client_of()
    Reader(client, _TICKER).take(2)
    info = Reader(client, "/api/mock/stream/stocks", X_Feed="ticker").next()[1]
    assert (info["mode"], info["intervalMs"]) == ("CompleteObjects", 5)


def test_those_who_share_share_by_what_they_ask_for() -> None:
    client = client_of()
    target = "/api/mock/stream/stocks?shared=true&sseMode=CompleteObjects&interval="
    names = [
        Reader(client, f"{target}{interval}").next()[1]["feed"]
        for interval in (50, 50, 60)
    ]
    assert names[0] == names[1] != names[2]


def test_a_feed_is_continuous() -> None:
    refused = client_of().get(f"{_TICKER}&continuous=false")
    assert refused.status_code == 400
    assert refused.get_json()["parameter"] == "continuous"


@pytest.mark.parametrize("name", ["x" * 201, "a%0Ab", "%07"])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    refused = client_of().get(f"/api/mock/stream/stocks?feed={name}")
    assert (refused.status_code, refused.get_json()["parameter"]) == (400, "feed")


def test_there_are_at_most_so_many_feeds_but_those_that_nobody_needs_make_room() -> (
    None
):
    client = client_of(max_feeds=2, feed_linger_seconds=0)
    one = Reader(client, _TICKER.replace("ticker", "one"))
    two = Reader(client, _TICKER.replace("ticker", "two"))
    two.take(2)
    three = _TICKER.replace("ticker", "three")
    assert client.get(three).status_code == 429
    one.close()
    assert Reader(client, three).next()[1]["feed"] == "three"


def test_a_feed_rests_without_subscribers_and_goes_on_in_its_numbers() -> None:
    client = client_of(feed_linger_seconds=0.02)
    reader = Reader(client, _TICKER)
    last = reader.take(3)[-1][0] or ""
    reader.close()
    gevent.sleep(0.2)
    (feed,) = client.application.extensions["llmock"].feeds
    made = feed.history.next
    gevent.sleep(0.1)
    assert feed.history.next == made < 20
    again = Reader(client, f"{_TICKER}&lastEventId={last}")
    assert again.take(2)[1][0] == f"{last[:-1]}2"
    again.close()


def test_a_feed_that_nobody_needs_is_forgotten_with_its_history() -> None:
    client = client_of(feed_linger_seconds=0.02, feed_history_seconds=0.05)
    reader = Reader(client, _TICKER)
    reader.take(3)
    reader.close()
    gevent.sleep(0.3)
    assert len(client.application.extensions["llmock"].feeds) == 0


def test_feeds_that_have_ended_leave_nothing_behind() -> None:
    client = client_of(feed_linger_seconds=0, feed_history_seconds=0)
    before = histories()
    for number in range(20):
        reader = Reader(client, _TICKER.replace("ticker", f"f{number}"))
        reader.take(2)
        reader.close()
    feeds = client.application.extensions["llmock"].feeds
    with gevent.Timeout(10):
        while len(feeds):
            gevent.sleep(0.02)
    assert histories() <= before + 2  # the last reader is still known


def histories() -> int:
    gc.collect()
    # A weak proxy of what is gone would raise at isinstance.
    return sum(type(each) is History for each in gc.get_objects())


def test_a_failed_batch_is_one_event_of_the_feed() -> None:
    source = FakeSource(lambda number: BackendFailed("LLM failed") if number else 1)
    services = build(Settings(), backends=FakeBackends(source))  # type: ignore
    request = mock_request(interval_ms=5, feed=FeedChoice("f", frozenset()))
    frames = [
        services.feeds.open(request, path="", client="", sock=None).frames()
        for _ in range(2)
    ]
    ours, theirs = ([next(each) for _ in range(3)][2] for each in frames)
    assert ours == theirs
    assert ours.startswith(b"id: f-") and b'"message":"LLM failed"' in ours
    services.feeds.close()


def test_an_operator_sees_a_feed_and_ends_it() -> None:
    client = client_of()
    reader = Reader(client, _TICKER)
    reader.take(5)
    (shown,) = client.get("/api/manage/feeds").get_json()["feeds"]
    assert (shown["name"], shown["subscribers"]) == ("ticker", 1)
    assert shown["history"]["last"] == shown["events"] - 1 >= 3
    assert client.get("/api/manage/feeds/ticker").get_json()["path"] == "stocks"
    assert b"llmock_feed_subscribers 1" in client.get("/metrics").data
    assert client.delete("/api/manage/feeds/ticker").status_code == 204
    assert reader.rest()[-1][1]["reason"] == "stopped"
    assert client.get("/api/manage/feeds/ticker").status_code == 404


def test_a_predefined_feed_is_there_by_its_name(tmp_path: Any) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "MockLlmApi:\n  Feeds:\n"
        "    - {Name: t, Path: stocks, Shape: {n: 1}, IntervalMs: 9, Always: true,\n"
        "       SseMode: CompleteObjects, History: 5}\n"
    )
    client = create_app(load_settings(path, {})).test_client()
    refused = client.get("/api/mock/stream/stocks?feed=t&interval=3")
    assert refused.status_code == 409
    info, event = Reader(client, "/api/mock/stream/stocks?feed=t").take(2)
    assert info[1]["intervalMs"] == 9
    assert set(event[1]["data"]) == {"n"}


@pytest.mark.parametrize(
    ("feed", "word"),
    [
        ("{Name: t, Path: x, Shape: {$ref: '#/nowhere'}}", "Feeds[0]"),
        ("{Name: t, Path: x, Backend: nobody}", "embedded"),
        ("{Name: t, Path: x}, {Name: t, Path: y}", "no other feed"),
    ],
)
def test_a_predefined_feed_that_cannot_be_used_stops_the_start(
    tmp_path: Any, feed: str, word: str
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"MockLlmApi:\n  Feeds: [{feed}]\n")
    with pytest.raises(Exception, match="accepted|cannot") as caught:
        create_app(load_settings(path, {}))
    assert word in str(caught.value)


def test_fifty_viewers_of_one_feed_cost_one_value_per_interval() -> None:
    source = FakeSource(numbered, blocking=True)
    services = build(Settings(), backends=FakeBackends(source))  # type: ignore
    request = mock_request(interval_ms=30, feed=FeedChoice("f", frozenset()))
    viewers = [
        services.feeds.open(request, path="", client="", sock=None).frames()
        for _ in range(50)
    ]
    frames = [[next(viewer) for _ in range(5)][1:] for viewer in viewers]
    assert all(each == frames[0] for each in frames)
    # One value may have been begun ahead of its time.
    assert len(source.asked) <= services.feeds.get("f").history.next + 1
    services.feeds.close()


def numbered(number: int) -> object:
    return {"n": number}


def test_the_seam_of_a_resume_has_no_gap_while_events_are_made() -> None:
    """A feed of an event a millisecond; clients that come back at any moment."""
    source = FakeSource(numbered)
    services = build(Settings(), backends=FakeBackends(source))  # type: ignore
    services.feeds.start()
    first = mock_request(interval_ms=1, feed=FeedChoice("f", frozenset()))
    keeper = services.feeds.open(first, path="", client="", sock=None)
    frames = keeper.frames()
    next(frames)
    last = _id_of(next(frames))
    for _ in range(300):
        again = replace(first, last_event_id=last)
        stream = services.feeds.open(again, path="", client="", sock=None)
        frames = stream.frames()
        assert b'"type":"info"' in next(frames)
        for _ in range(3):
            number = int(last.rsplit("-", 1)[1])
            last = _id_of(next(frames))
            assert last.endswith(f"-{number + 1}")
        stream.close()
        gevent.sleep(0)
    services.feeds.close()


def _id_of(frame: bytes) -> str:
    return frame.removeprefix(b"id: ").partition(b"\n")[0].decode()


def test_events_that_are_made_soon_after_each_other_leave_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.feeds.production.GATHER_SECONDS", 0.05)
    client = client_of()
    reader = Reader(client, _TICKER.replace("interval=5", "interval=1"))
    numbers = [data["index"] for _, data, _ in reader.take(301)[1:]]
    assert numbers == [*range(numbers[0], numbers[0] + 300)]
    text = client.get("/metrics").get_data(as_text=True)
    found = dict(line.split() for line in text.splitlines() if line[:1] != "#")
    sent = float(found["llmock_feed_fan_out_seconds_count"])
    assert 0 < sent < float(found["llmock_feed_events_total"]) / 2


def test_a_feed_whose_sends_take_longer_than_its_interval_keeps_its_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flush = Feed.flush

    def slow(self: Feed) -> None:
        time.sleep(0.01)
        flush(self)

    monkeypatch.setattr(Feed, "flush", slow)
    monkeypatch.setattr("app.feeds.production._LEEWAY", 60)
    client = client_of()
    reader = Reader(client, _TICKER.replace("interval=5", "interval=1"))
    reader.take(301)
    text = client.get("/metrics").get_data(as_text=True)
    found = dict(line.split() for line in text.splitlines() if line[:1] != "#")
    # Five fit into what is gathered, and ten are due until the next send.
    assert float(found["llmock_feed_events_total"]) > 7 * float(
        found["llmock_feed_fan_out_seconds_count"]
    )
