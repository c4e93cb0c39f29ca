"""Feeds of several workers, over a log in memory: one makes them, all have them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gevent
import orjson
import pytest

from app.bootstrap import Services, build
from app.errors import FeedConflict, TooManyFeeds, Unavailable
from app.events.event import EndReason
from app.generation.saving import load
from app.schema.shapes import example_schema
from app.settings import Settings
from app.sse.parser import SseParser
from app.words import FeedChoice, MockRequest, Shape
from tests.unit.fake_feed_log import FakeFeedLog, FakeLogEngine
from tests.unit.fakes import FakeBackends, FakeSource, mock_request

_EXAMPLE = {"price": 150.0}
TICKER = mock_request(
    path="stocks",
    interval_ms=5,
    feed=FeedChoice("ticker", frozenset()),
    shape=Shape(_EXAMPLE, example_schema(_EXAMPLE), True),
)


class Reader:
    """One subscriber: its events as id and data."""

    def __init__(self, worker: Services, request: MockRequest = TICKER) -> None:
        self.stream = worker.feeds.open(request, path="", client="", sock=None)
        self.frames = self.stream.frames()
        self.parser = SseParser()

    def next(self) -> tuple[str, Any]:
        with gevent.Timeout(10):
            while True:
                for event in self.parser.feed(next(self.frames)):
                    assert event.fields is not None
                    if event.data is not None:
                        last = (event.fields.id or b"").decode()
                        return last, orjson.loads(event.data)

    def take(self, count: int) -> list[tuple[str, Any]]:
        return [self.next() for _ in range(count)]

    def until(self, kind: str) -> tuple[str, Any]:
        """The next event of that type, whatever comes before it."""
        while (found := self.next())[1].get("type") != kind:
            pass
        return found

    def close(self) -> None:
        self.stream.close()


class Workers(list[Services]):
    """Workers of one log."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.engine = FakeLogEngine(
            self.settings.max_feeds,
            self.settings.feed_linger_seconds,
            self.settings.feed_history_seconds,
        )
        self.engine.lease_s = 0.2

    def add(self, backends: Any = None) -> Services:
        worker = build(
            self.settings, backends=backends, feed_log=FakeFeedLog(self.engine)
        )
        self.append(worker)
        return worker


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    monkeypatch.setattr("app.feeds.shared.keeper.CLAIM_SECONDS", 0.05)
    monkeypatch.setattr("app.feeds.shared.keeper.PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr("app.feeds.shared.keeper.RETRY_SECONDS", 0.05)
    monkeypatch.setattr("app.feeds.shared.outlet.RETRY_SECONDS", 0.05)
    made = Workers()
    yield made
    for worker in made:
        worker.feeds.close()


def number_of(last: str) -> int:
    return int(last.rsplit("-", 1)[1])


def numbers(events: list[tuple[str, Any]]) -> list[int]:
    return [number_of(last) for last, _ in events if last]


def producing(workers: Workers) -> list[Services]:
    return [
        each
        for each in workers
        if any(feed.production is not None for feed in each.feeds)
    ]


def fall_silent(worker: Services) -> None:
    """The worker claims no more, as if it were frozen or cut off."""
    keeper = worker.feeds._home._keeper  # type: ignore[attr-defined]
    for greenlet in keeper._greenlets:
        greenlet.kill()


def test_all_workers_have_the_same_events_and_one_makes_them(workers: Workers) -> None:
    sources = [FakeSource(lambda number: {"n": number}) for _ in range(3)]
    readers = [Reader(workers.add(FakeBackends(source))) for source in sources]
    taken = [reader.take(20)[1:] for reader in readers]
    assert len(producing(workers)) == 1
    first = max(events[0] for events in taken)
    same = [events[events.index(first) :][:10] for events in taken]
    assert same[0] == same[1] == same[2]
    assert len([source for source in sources if source.asked]) == 1


def test_a_client_goes_on_at_another_worker(workers: Workers) -> None:
    one, two = Reader(workers.add()), Reader(workers.add())
    last = one.take(5)[-1][0]
    two.take(5)
    one.close()
    seen = [number_of(last)]
    for turn in range(40):
        reader = Reader(workers[turn % 2], replace(TICKER, last_event_id=last))
        events = reader.take(4)[1:]
        reader.close()
        seen += numbers(events)
        last = events[-1][0]
    assert seen == [*range(seen[0], seen[0] + len(seen))]


def test_a_client_that_is_ahead_of_a_worker_waits_for_what_comes_next(
    workers: Workers,
) -> None:
    one, two = Reader(workers.add()), Reader(workers.add())
    two.take(2)
    keeper = workers[1].feeds._home._keeper  # type: ignore[attr-defined]
    keeper._greenlets[1].kill()  # it reads no more
    gevent.sleep(0.1)
    last = one.take(20)[-1][0]
    again = Reader(workers[1], replace(TICKER, last_event_id=last))
    keeper._greenlets[1] = gevent.spawn(keeper._read_for_ever)
    events = again.take(5)[1:]
    assert numbers(events) == [number_of(last) + n for n in range(1, 5)]


def test_a_number_that_no_worker_has_counts_as_none(workers: Workers) -> None:
    epoch = Reader(workers.add()).take(3)[-1][0].split("-")[1]
    last = f"ticker-{epoch}-999999999"
    assert (
        "data" in Reader(workers[0], replace(TICKER, last_event_id=last)).take(2)[1][1]
    )


def test_another_worker_takes_over_and_goes_on_in_numbers_and_values(
    workers: Workers,
) -> None:
    seeded = replace(TICKER, seed=7, feed=FeedChoice("seeded", frozenset()))
    undisturbed = Reader(build(Settings()), seeded)
    reader = Reader(workers.add(), seeded)
    first = reader.take(10)
    other = Reader(workers.add(), seeded)
    fall_silent(workers[0])
    (feed,) = workers[0].feeds
    assert feed.production is not None
    feed.production.end()
    events = other.take(30)[1:]
    joined = dict([*first[1:], *events])
    expected = undisturbed.take(60)[1:]
    values = {number_of(last): data["data"] for last, data in joined.items()}
    assert len(values) >= 30
    for number, (_, data) in enumerate(expected):
        if number in values:
            assert values[number] == data["data"]
    assert workers[1].streams.counts.feed_takeovers == 1


def test_a_worker_that_takes_over_makes_few_of_the_earlier_values_again(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.feeds.shared.outlet.SAVED_EVERY", 20)
    loaded: list[int] = []

    def note(simulation: Any, saved: bytes) -> None:
        load(simulation, saved)
        loaded.append(simulation.number + 1)

    monkeypatch.setattr("app.embedded.backend.load", note)
    seeded = replace(TICKER, seed=7)
    undisturbed = Workers()
    expected = Reader(undisturbed.add(), seeded).take(121)[1:]
    undisturbed[0].feeds.close()
    first = Reader(workers.add(), seeded).take(60)
    other = Reader(workers.add())
    workers[0].feeds.close()
    events = dict([*first[1:], *other.take(70)[1:]])
    assert loaded and loaded[0] >= 40 and loaded[0] % 20 == 0
    values = {number_of(last): data["data"] for last, data in events.items()}
    common = [
        (data["data"], values[number])
        for number, (_, data) in enumerate(expected)
        if number in values
    ]
    assert len(common) > 80
    assert all(one == two for one, two in common)


def test_values_go_on_without_a_seed_as_they_would_have(workers: Workers) -> None:
    first = Reader(workers.add()).take(10)[-1][1]["data"]["price"]
    other = Reader(workers.add())
    other.take(2)
    workers[0].feeds.close()
    later = [data["data"]["price"] for _, data in other.take(10)]
    assert all(abs(each - first) < 10 for each in later)
    assert len({*later}) > 1


def test_a_frozen_producer_that_wakes_cannot_append(workers: Workers) -> None:
    reader = Reader(workers.add())
    reader.take(3)
    other = Reader(workers.add())
    fall_silent(workers[0])  # and its producer goes on
    events = other.take(200)
    assert numbers(events) == [*range(numbers(events)[0], numbers(events)[-1] + 1)]
    assert producing(workers)[-1] is workers[1]
    (feed,) = workers[0].feeds
    assert feed.production is not None and feed.production.is_over


def test_a_worker_that_ends_hands_over_at_once(workers: Workers) -> None:
    workers.engine.lease_s = 60.0
    Reader(workers.add()).take(3)
    other = Reader(workers.add())
    before = other.take(5)
    workers[0].feeds.close()
    after = other.take(20)
    assert numbers(before + after) == [
        *range(numbers(before)[0], numbers(after)[-1] + 1)
    ]
    assert workers[1].streams.counts.feed_takeovers == 0


def test_the_log_is_away_and_subscribers_stay_and_are_told_once(
    workers: Workers,
) -> None:
    reader = Reader(workers.add())
    before = reader.take(5)
    workers.engine.go_away()
    gevent.spawn_later(0.6, workers.engine.come_back)
    between = [*before]
    while between[-1][1].get("type") != "error":
        between.append(reader.next())
    assert between[-1][0] == "" and "shared memory" in between[-1][1]["message"]
    after = reader.take(20)
    assert all(last for last, _ in after)
    events = between + after
    assert numbers(events) == [*range(numbers(events)[0], numbers(events)[-1] + 1)]


def test_who_asks_for_an_unknown_feed_while_the_log_is_away_is_told(
    workers: Workers,
) -> None:
    worker = workers.add()
    workers.engine.go_away()
    with pytest.raises(Unavailable):
        Reader(worker)


def test_a_feed_that_the_log_has_lost_begins_another_epoch(workers: Workers) -> None:
    one, two = Reader(workers.add()), Reader(workers.add())
    before = one.take(10)[-1]
    two.take(3)
    workers.engine.feeds.clear()
    told = [reader.until("gap") for reader in (one, two)]
    assert all(data["missed"] is None for _, data in told)
    ours, theirs = one.next(), two.next()
    assert told[0][1]["oldest"] == ours[0]
    assert ours[0].split("-")[1] == theirs[0].split("-")[1] != before[0].split("-")[1]
    assert ours[1]["index"] >= before[1]["index"]


def test_an_end_at_any_worker_is_the_end_at_all(workers: Workers) -> None:
    readers = [Reader(workers.add()) for _ in range(2)]
    for reader in readers:
        reader.take(3)
    feeds = workers[1].feeds
    feeds.end(feeds.get("ticker"), EndReason.STOPPED, "Enough")
    ends = [reader.until("end") for reader in readers]
    assert ends[0][1]["message"] == ends[1][1]["message"] == "Enough"
    # One may have read an event more than the other when it comes.
    epochs = {end[0].split("-")[1] for end in ends}
    assert len(epochs) == 1 and all(end[0].endswith("-end") for end in ends)
    assert not workers[0].feeds and not workers[1].feeds
    again = Reader(workers[0])
    assert again.take(2)[1][0].split("-")[1] != ends[0][0].split("-")[1]


def test_options_of_another_workers_feed_are_contradicted(workers: Workers) -> None:
    Reader(workers.add()).take(2)
    given = FeedChoice("ticker", frozenset({"interval"}))
    with pytest.raises(FeedConflict, match="interval is 5, not 7"):
        Reader(workers.add(), replace(TICKER, interval_ms=7, feed=given))
    open_options = replace(TICKER, interval_ms=1000)
    info = Reader(workers[1], open_options).next()[1]
    assert info["intervalMs"] == 5


def test_there_are_as_many_feeds_as_may_be_of_all_workers(workers: Workers) -> None:
    workers.engine.max_feeds = 2
    one, two = workers.add(), workers.add()
    for worker, name in ((one, "a"), (two, "b")):
        Reader(worker, replace(TICKER, feed=FeedChoice(name, frozenset()))).take(2)
    with pytest.raises(TooManyFeeds):
        Reader(two, replace(TICKER, feed=FeedChoice("c", frozenset())))
    Reader(two, replace(TICKER, feed=FeedChoice("a", frozenset()))).take(2)


def test_nobody_makes_what_nobody_needs_and_it_goes_on_in_its_numbers(
    workers: Workers,
) -> None:
    workers.engine.linger_s = 0.1
    reader = Reader(workers.add())
    last = reader.take(5)[-1][0]
    reader.close()
    gevent.sleep(0.4)
    assert not producing(workers)
    ((_, feed),) = workers.engine.feeds.items()
    made = feed.stand.number
    gevent.sleep(0.2)
    assert feed.stand.number == made
    events = Reader(workers.add(), replace(TICKER, last_event_id=last)).take(60)[1:]
    first = number_of(last) + 1
    assert numbers(events) == [*range(first, first + 59)]


def test_what_is_missing_in_the_log_is_told(workers: Workers) -> None:
    reader = Reader(workers.add())
    reader.take(3)
    other = Reader(workers.add())
    seen = other.take(3)
    keeper = workers[1].feeds._home._keeper  # type: ignore[attr-defined]
    keeper._greenlets[1].kill()  # it reads no more
    gevent.sleep(1.0)
    ((_, feed),) = workers.engine.feeds.items()
    for number in [*feed.events][:-5]:
        del feed.events[number]
    keeper._greenlets[1] = gevent.spawn(keeper._read_for_ever)
    while not (event := other.next())[1].get("missed"):
        seen.append(event)
    oldest = number_of(event[1]["oldest"])
    assert oldest == number_of(seen[-1][0]) + 1 + event[1]["missed"]
    assert number_of(other.next()[0]) == oldest


def test_one_call_claims_all_feeds_and_one_reads_them(workers: Workers) -> None:
    worker = workers.add()
    readers = [
        Reader(
            worker,
            replace(TICKER, interval_ms=1000, feed=FeedChoice(f"f{n}", frozenset())),
        )
        for n in range(20)
    ]
    for reader in readers:
        reader.take(2)
    before = dict(workers.engine.calls)
    gevent.sleep(0.5)
    calls = workers.engine.calls
    assert calls["hold"] - before["hold"] <= 0.5 / 0.05 + 2
    assert calls["read"] - before["read"] <= 25
