"""The exchange between workers: the stand-in and the real one keep one contract."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Any

import gevent
import pytest

from app.cluster.exchange import Exchange
from app.cluster.redis_exchange import RedisExchange
from app.contexts.redis_link import RedisLink
from app.errors import Unavailable
from app.settings import Secret
from app.streams.clock import SystemClock
from tests.integration.redis_server import RedisServer, redis_server
from tests.unit.fake_exchange import FakeEngine, FakeExchange

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
