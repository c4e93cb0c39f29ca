"""Workers that share what they know: through a stand-in in memory, and through Redis.

The exchanges keep one contract, and the directory over them does the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any

import gevent
import pytest
import redis

from app.bootstrap import build
from app.cluster.colleagues import Colleagues
from app.cluster.directory import Query, Stopped
from app.cluster.exchange import Exchange
from app.cluster.own import OwnStreams
from app.cluster.own_clocks import OwnClocks
from app.cluster.own_helm import OwnHelm
from app.cluster.shared import SharedStreams
from app.cluster.shared_helm import SharedHelm
from app.errors import NotFound, Unavailable
from app.redis.exchange import RedisExchange
from app.redis.link import RedisLink
from app.settings import Secret, Settings
from app.streams.clock import SystemClock
from app.streams.stream import Stream
from app.streams.virtual.clock_book import MemoryClockBook, VirtualClocks
from tests.integration.redis_server import RedisServer, redis_server
from tests.unit.fake_exchange import FakeEngine, FakeExchange
from tests.unit.fakes import FakeBackends, FakeSource, mock_request

Listening = Generator["bytes | None", None, None]


class FakeSide:
    """Exchanges in memory."""

    def __init__(self) -> None:
        self._engine = FakeEngine()
        self.go_away = self._engine.go_away
        self.come_back = self._engine.come_back

    def exchange(self, database: int = 0) -> Exchange:
        return FakeExchange(self._engine if not database else FakeEngine())


class RedisSide:
    """Exchanges through a Redis that is stopped and started."""

    def __init__(self, server: RedisServer) -> None:
        self._url = server.url
        self.go_away = server.stop
        self.come_back = server.start

    def exchange(self, database: int = 0) -> Exchange:
        url = Secret(self._url.removesuffix("0") + str(database))
        return RedisExchange(RedisLink(url, SystemClock()))


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.needs_redis)])
def side(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        yield FakeSide()
    else:
        with redis_server() as server:
            yield RedisSide(server)


def subscribed(exchange: Exchange) -> Listening:
    listening = exchange.listen()
    assert next(listening) is None
    return listening


def heard(listening: Listening) -> bytes:
    with gevent.Timeout(2):
        return next(message for message in listening if message is not None)


def within(seconds: float, check: Callable[[], bool]) -> None:
    with gevent.Timeout(seconds):
        while not check():
            gevent.sleep(0.01)


def works(call: Callable[[], object]) -> bool:
    try:
        call()
    except Unavailable:
        return False
    return True


def test_everyone_who_listens_hears_a_message_the_sender_included(side: Any) -> None:
    first, second = side.exchange(), side.exchange()
    with closing(subscribed(first)) as one, closing(subscribed(second)) as other:
        first.publish(b"who is there?\n\x00\xff")
        assert heard(one) == heard(other) == b"who is there?\n\x00\xff"
        second.publish(b"again")
        assert heard(one) == heard(other) == b"again"


def test_who_listens_is_told_of_a_silence(side: Any) -> None:
    with closing(subscribed(side.exchange())) as listening, gevent.Timeout(2):
        assert next(listening) is None


def test_nothing_is_heard_from_another_database(side: Any) -> None:
    ours, theirs = side.exchange(), side.exchange(database=1)
    with closing(subscribed(ours)) as listening:
        theirs.publish(b"not for you")
        theirs.beat("stranger")
        theirs.reply("desk", b"not for you")
        ours.publish(b"for you")
        assert heard(listening) == b"for you"
    assert ours.present() == set() and ours.next_reply("desk", 0.01) is None


def test_replies_wait_at_their_address_in_the_order_they_came(side: Any) -> None:
    asking, answering = side.exchange(), side.exchange()
    answering.reply("desk", b"first")
    answering.reply("desk", b"second")
    answering.reply("other desk", b"third")
    assert [asking.next_reply("desk", 1) for _ in range(2)] == [b"first", b"second"]
    assert asking.next_reply("other desk", 1) == b"third"


def test_a_reply_is_waited_for_and_no_longer_than_was_said(side: Any) -> None:
    asking, answering = side.exchange(), side.exchange()
    gevent.spawn_later(0.05, answering.reply, "desk", b"late")
    assert asking.next_reply("desk", 1) == b"late"
    with gevent.Timeout(0.5):
        assert asking.next_reply("desk", 0.02) is None
        assert asking.next_reply("desk", 0) is None


def test_who_beats_is_present_until_it_leaves(side: Any) -> None:
    first, second = side.exchange(), side.exchange()
    assert first.beat("one") == {"one"}
    assert second.beat("two") == {"one", "two"}
    assert first.beat("one") == first.present() == {"one", "two"}
    first.leave("one")
    assert second.present() == {"two"}


def test_an_engine_that_is_away_is_unavailable_and_can_come_back(side: Any) -> None:
    exchange = side.exchange()
    listening = subscribed(exchange)
    exchange.beat("one")
    side.go_away()
    with pytest.raises(Unavailable), gevent.Timeout(3):
        for _ in listening:
            pass
    for call in (
        lambda: exchange.beat("one"),
        exchange.present,
        lambda: exchange.leave("one"),
        lambda: exchange.publish(b"x"),
        lambda: exchange.reply("desk", b"x"),
        lambda: exchange.next_reply("desk", 0.1),
        lambda: next(exchange.listen()),
    ):
        with pytest.raises(Unavailable), gevent.Timeout(3):
            call()
    side.come_back()
    within(5, lambda: works(lambda: exchange.beat("one")))
    with closing(subscribed(exchange)) as again:
        exchange.publish(b"hello again")
        assert heard(again) == b"hello again"


@pytest.mark.needs_redis
def test_who_says_no_more_that_it_lives_is_soon_forgotten() -> None:
    with redis_server() as server:
        exchange = RedisSide(server).exchange()
        exchange.beat("killed")
        assert exchange.present() == {"killed"}
        within(6, lambda: exchange.present() == set())


@pytest.mark.needs_redis
def test_a_redis_that_keeps_silent_is_given_up_soon() -> None:
    with redis_server() as server:
        exchange = RedisSide(server).exchange()
        exchange.beat("one")
        server.freeze()
        try:
            with pytest.raises(Unavailable), gevent.Timeout(3):
                exchange.present()
        finally:
            server.thaw()
        within(5, lambda: works(exchange.present))


@pytest.mark.needs_redis
def test_an_answer_that_nobody_fetches_does_not_stay() -> None:
    with redis_server() as server:
        RedisSide(server).exchange().reply("desk", b"x")
        client = redis.Redis.from_url(server.url)
        lives = [client.ttl(key) for key in client.keys("*")]
        assert len(lives) == 1 and 0 < lives[0] <= 10


# The directory of all workers


class Worker:
    """A worker's streams and its directory of all."""

    def __init__(self, exchange: Exchange) -> None:
        source = FakeSource(lambda number: {"n": number})
        backends: Any = FakeBackends(source)
        services = build(Settings(), backends=backends)
        self.streams = services.streams
        self._exchange = exchange
        clock = SystemClock()
        colleagues = Colleagues(exchange, clock=clock, counts=self.streams.counts)
        self.directory = SharedStreams(OwnStreams(self.streams), colleagues)
        services_clocks = OwnClocks(
            self.streams, VirtualClocks(MemoryClockBook(), clock.monotonic)
        )
        own = OwnHelm(
            self.streams, services.feeds, clock, colleagues.worker, services_clocks
        )
        self.helm = SharedHelm(own, colleagues, clock)

    def open(self, path: str = "stocks") -> Stream:
        request = mock_request(path=path, interval_ms=60_000)
        return self.streams.open(request, path="/", client="test", sock=None)

    def knows(self, count: int) -> bool:
        """Whether all of so many workers answer it."""
        found = self.directory.find(Query(limit=1))
        return found.complete and len(self._exchange.present()) == count


@pytest.fixture
def workers(side: Any) -> Iterator[list[Worker]]:
    three = [Worker(side.exchange()) for _ in range(3)]
    for worker in three:
        worker.directory.start()
    within(5, lambda: works(lambda: side.exchange().present()))
    within(5, lambda: three[0].knows(3))
    yield three
    for worker in three:
        worker.directory.close()


EVERYTHING = Query(limit=1000)


def test_every_worker_lists_the_streams_of_all_newest_first(
    workers: list[Worker],
) -> None:
    opened = []
    for number in range(6):
        opened.append(workers[number % 3].open())
        gevent.sleep(0.002)
    expected = [stream.id for stream in reversed(opened)]
    for worker in workers:
        found = worker.directory.find(EVERYTHING)
        assert [entry.description["id"] for entry in found.entries] == expected
        assert (found.total, found.left, found.complete) == (6, 6, True)
        shown = worker.directory.get(opened[0].id)
        assert (shown["path"], shown["client"]) == ("stocks", "test")


def test_pages_go_across_workers(workers: list[Worker]) -> None:
    opened = {workers[number % 3].open().id for number in range(11)}
    workers[0].open("logs")
    shown: list[object] = []
    after = None
    while True:
        query = Query(limit=3, path="stocks", after=after)
        found = workers[1].directory.find(query)
        assert found.total == 11 and found.left == 11 - len(shown)
        shown += [entry.description["id"] for entry in found.entries]
        if found.left <= len(found.entries):
            break
        after = found.entries[-1].place
    assert len(shown) == 11 and set(shown) == opened


@pytest.mark.alone
def test_a_sleeping_stream_of_another_worker_ends_within_two_hundred_milliseconds(
    workers: list[Worker],
) -> None:
    stream = workers[0].open()
    received: list[bytes] = []
    reading = gevent.spawn(lambda: received.extend(stream.frames()))
    within(2, lambda: stream.batches == 1)
    began = time.monotonic()
    workers[2].directory.stop(stream.id)
    reading.join(2)
    assert time.monotonic() - began < 0.2
    assert b'"message":"Stopped"' in stream_end(received)
    with pytest.raises(NotFound):
        workers[2].directory.get(stream.id)


def stream_end(received: list[bytes]) -> bytes:
    """The last frame, which has to be the only one that ends the stream."""
    assert [b"-end\n" in frame for frame in received].index(True) == len(received) - 1
    return received[-1]


def test_all_streams_of_a_path_are_stopped_everywhere(workers: list[Worker]) -> None:
    stocks = [worker.open("stocks/A") for worker in workers]
    logs = [worker.open("logs") for worker in workers]
    assert workers[1].directory.stop_all("stocks") == Stopped(3, True)
    assert all(stream.is_over for stream in stocks)
    assert not any(stream.is_over for stream in logs)


def test_an_id_that_nobody_knows_is_not_found(workers: list[Worker]) -> None:
    for ask in (workers[0].directory.get, workers[0].directory.stop):
        with pytest.raises(NotFound):
            ask("0123456789abcdef")


@pytest.mark.alone
def test_who_has_left_is_not_waited_for(workers: list[Worker]) -> None:
    workers[2].directory.close()
    began = time.monotonic()
    assert workers[0].directory.find(EVERYTHING).complete
    assert time.monotonic() - began < 0.2


@pytest.mark.alone
def test_who_lives_and_does_not_answer_makes_the_answer_incomplete(
    side: Any, workers: list[Worker]
) -> None:
    streams = [worker.open() for worker in workers]
    side.exchange().beat("hangs")
    began = time.monotonic()
    found = workers[0].directory.find(EVERYTHING)
    assert 0.25 < time.monotonic() - began < 0.6
    assert (found.total, found.complete) == (3, False)
    assert workers[0].directory.get(streams[2].id)["id"] == streams[2].id
    with pytest.raises(Unavailable):
        workers[0].directory.get("0123456789abcdef")
    assert workers[0].directory.stop_all("stocks") == Stopped(3, False)


def test_a_question_that_nobody_understands_harms_nobody(
    side: Any, workers: list[Worker]
) -> None:
    strange = side.exchange()
    for message in (b"", b"what?", b"[]", b'{"from":"x"}', b'{"what":{},"from":1}'):
        strange.publish(message)
    found = workers[0].directory.find(EVERYTHING)
    assert found.complete


@pytest.mark.alone
def test_workers_manage_their_own_while_the_engine_is_away_and_then_all_again(
    side: Any, workers: list[Worker], caplog: pytest.LogCaptureFixture
) -> None:
    streams = [worker.open() for worker in workers]
    side.go_away()
    within(5, lambda: all(worker.streams.counts.redis_lost for worker in workers))
    began = time.monotonic()
    found = workers[0].directory.find(EVERYTHING)
    assert time.monotonic() - began < 0.1
    assert [entry.description["id"] for entry in found.entries] == [streams[0].id]
    assert not found.complete
    workers[0].directory.stop(streams[0].id)
    assert streams[0].is_over
    with pytest.raises(Unavailable):
        workers[0].directory.stop(streams[1].id)

    side.come_back()
    within(10, lambda: works_again(workers))
    workers[0].directory.stop(streams[1].id)
    assert streams[1].is_over
    for worker in workers:
        counts = worker.streams.counts
        assert (counts.redis_losses, counts.redis_lost) == (1, False)
    warnings = [each for each in caplog.records if each.levelname == "WARNING"]
    assert len(warnings) <= len(workers)


def works_again(workers: list[Worker]) -> bool:
    try:
        return workers[0].knows(len(workers))
    except Unavailable:
        return False


@pytest.mark.alone
@pytest.mark.needs_redis
def test_nobody_waits_for_a_redis_that_keeps_silent() -> None:
    with redis_server() as server:
        worker = Worker(RedisSide(server).exchange())
        stream = worker.open()
        worker.directory.start()
        within(5, lambda: worker.knows(1))
        server.freeze()
        try:
            within(5, lambda: worker.streams.counts.redis_lost)
            for _ in range(20):
                began = time.monotonic()
                assert worker.directory.find(EVERYTHING).total == 1
                worker.directory.stop(stream.id)
                assert time.monotonic() - began < 0.1
                gevent.sleep(0.1)
        finally:
            server.thaw()
        within(8, lambda: works_again([worker]))
        worker.directory.close()
