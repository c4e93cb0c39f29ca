"""The log of shared feeds: a stand-in in memory and Redis Streams keep one contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gevent
import pytest
import redis

from app.errors import Unavailable
from app.feed_log import (
    Addition,
    FeedLog,
    Held,
    Key,
    Logged,
    Offer,
    Opened,
    Part,
    Saved,
    Stand,
)
from app.redis.feed_streams import LEASE_MS, RedisFeedLog
from app.redis.link import RedisLink
from app.settings import Secret
from app.streams.clock import SystemClock
from tests.integration.redis_server import RedisServer, redis_server
from tests.unit.fake_feed_log import FakeFeedLog, FakeLogEngine

MAX_FEEDS = 3
LINGER_S, KEEP_S = 0.2, 0.4

#: Names that stand in keys and in scripts as they are.
NAMES = [
    "ticker",
    "a b",
    "x:0a0b0c0d",
    "'..name",
    "{tag}",
    "Größe\n",
    "$1 %s",
    "💥" * 200,
]


class FakeSide:
    """Logs in memory."""

    def __init__(self) -> None:
        self.engine = FakeLogEngine(MAX_FEEDS, LINGER_S, KEEP_S)
        self.go_away = self.engine.go_away
        self.come_back = self.engine.come_back

    def log(self) -> FeedLog:
        return FakeFeedLog(self.engine)


class RedisSide:
    """Logs in a Redis that is frozen and thawed."""

    def __init__(self, server: RedisServer) -> None:
        self.url = server.url
        self.go_away = server.freeze
        self.come_back = server.thaw

    def log(self) -> FeedLog:
        link = RedisLink(Secret(self.url), SystemClock())
        return RedisFeedLog(link, max_feeds=MAX_FEEDS, linger_s=LINGER_S, keep_s=KEEP_S)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.needs_redis)])
def side(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        yield FakeSide()
    else:
        with redis_server() as server:
            yield RedisSide(server)


def offer(epoch: str = "0a0b0c0d", batch: int = 0) -> Offer:
    return Offer(epoch, b'{"made": "of \xc3\xa4"}', 1_700_000_000_000, batch)


def opened(log: FeedLog, name: str = "ticker", epoch: str = "0a0b0c0d") -> Opened:
    found = log.open(name, offer(epoch))
    assert found is not None
    return found


def held(log: FeedLog, worker: str, key: Key, needs: bool = True) -> Held:
    return log.hold(worker, {key: needs})[key]


def addition(token: int, number: int, count: int, oldest: int = 0) -> Addition:
    data = [b"event %d \x00\xff\r\n" % n for n in range(number, number + count)]
    return Addition(token, number, data, Stand(number + count, number, 2), oldest)


KEY = Key("ticker", "0a0b0c0d")


def produced(log: FeedLog, count: int, worker: str = "one") -> int:
    """The token with which so many events were appended."""
    opened(log)
    token = held(log, worker, KEY).token
    assert log.append(KEY, addition(token, 0, count))
    return token


@pytest.mark.parametrize("name", NAMES)
def test_a_feed_is_made_once_whoever_asks_for_it(side: Any, name: str) -> None:
    one, other = side.log(), side.log()
    first = one.open(name, offer("0a0b0c0d", batch=7))
    again = other.open(name, offer("ffffffff"))
    assert first == again == Opened("0a0b0c0d", *offer()[1:3], Stand(0, 7, 0), [])


def test_what_is_appended_is_read_by_all_in_order(side: Any) -> None:
    one, other = side.log(), side.log()
    token = produced(one, 3)
    assert one.append(KEY, addition(token, 3, 2))
    for log in (one, other):
        events = log.read("reader", {KEY: 0})[KEY]
        assert [each.number for each in events] == [0, 1, 2, 3, 4]
        assert events[4].data == b"event 4 \x00\xff\r\n"
        later = log.read("reader", {KEY: 3})[KEY]
        assert [each.number for each in later] == [3, 4]
    found = opened(other)
    assert found.stand == Stand(5, 3, 2)
    assert [each.number for each in found.kept] == [0, 1, 2, 3, 4]
    assert all(0 <= each.age_ms < 5000 for each in found.kept)


def test_who_reads_waits_for_what_comes(side: Any) -> None:
    one, other = side.log(), side.log()
    token = produced(one, 1)
    reading = gevent.spawn(other.read, "reader", {KEY: 1})
    gevent.sleep(0.1)
    one.append(KEY, addition(token, 1, 1))
    with gevent.Timeout(0.3):
        assert reading.get() == {KEY: [Logged(1, b"event 1 \x00\xff\r\n")]}


def test_who_reads_can_be_woken_and_waits_no_longer_than_a_second(side: Any) -> None:
    log, other = side.log(), side.log()
    produced(other, 1)
    log.read("reader", {KEY: 0})
    log.read("reader", {KEY: 1})
    reading = gevent.spawn(log.read, "reader", {KEY: 1})
    gevent.sleep(0.1)
    log.wake("reader")
    with gevent.Timeout(0.3):
        assert reading.get() == {}
    with gevent.Timeout(1):
        assert log.read("reader", {KEY: 1}) == {}


def test_a_wake_before_the_read_counts(side: Any) -> None:
    log = side.log()
    produced(log, 1)
    log.read("reader", {KEY: 1})
    log.wake("reader")
    gevent.sleep(0.05)
    if isinstance(side, RedisSide):  # in memory nothing comes between
        with gevent.Timeout(0.3):
            assert log.read("reader", {KEY: 1}) == {}


def test_one_worker_at_a_time_produces(side: Any) -> None:
    one, other = side.log(), side.log()
    opened(one)
    assert held(one, "one", KEY) == Held(Part.PRODUCING, 1)
    assert held(other, "other", KEY).part is Part.FOLLOWING
    assert held(one, "one", KEY) == Held(Part.PRODUCING, 1)


def test_who_falls_silent_is_replaced_and_its_token_is_worth_nothing(
    side: Any,
) -> None:
    one, other = side.log(), side.log()
    token = produced(one, 2)
    gevent.sleep(LEASE_MS / 1000 + 0.1)
    opened(other)  # it is still needed
    taken = held(other, "other", KEY)
    assert taken == Held(Part.PRODUCING, token + 1, Stand(2, 0, 2), is_taken=True)
    assert not one.append(KEY, addition(token, 2, 1))
    assert not one.end(KEY, b"end", token)
    assert other.append(KEY, addition(token + 1, 2, 1))
    assert held(one, "one", KEY).part is Part.FOLLOWING


def test_what_was_saved_last_is_for_whoever_takes_over(side: Any) -> None:
    one, other = side.log(), side.log()
    token = produced(one, 1)
    for number in (1, 2):
        saved = Saved(number, b"\x00\xff saved at %d" % number)
        assert one.append(KEY, addition(token, number, 1)._replace(saved=saved))
    assert one.append(KEY, addition(token, 3, 1))
    assert held(one, "one", KEY).saved is None
    one.release("one", [KEY])
    assert held(other, "other", KEY).saved == Saved(2, b"\x00\xff saved at 2")


def test_who_was_silent_and_not_replaced_goes_on_with_its_token(side: Any) -> None:
    log = side.log()
    token = produced(log, 2)
    gevent.sleep(LEASE_MS / 1000 + 0.1)
    assert log.append(KEY, addition(token, 2, 1)) is True
    opened(log)
    assert held(log, "one", KEY).token == token


def test_who_releases_is_replaced_at_once(side: Any) -> None:
    one, other = side.log(), side.log()
    token = produced(one, 2)
    one.release("other", [KEY])
    assert held(other, "other", KEY).part is Part.FOLLOWING
    one.release("one", [KEY, Key("nothing", "00000000")])
    taken = held(other, "other", KEY)
    assert (taken.token, taken.is_taken) == (token + 1, False)


def test_appending_the_same_again_is_done_once(side: Any) -> None:
    log = side.log()
    token = produced(log, 2)
    assert log.append(KEY, addition(token, 0, 2))
    assert log.append(KEY, addition(token, 2, 3))
    assert log.append(KEY, addition(token, 2, 3))
    assert [each.number for each in opened(log).kept] == [0, 1, 2, 3, 4]


def test_a_number_that_is_not_the_next_is_refused(side: Any) -> None:
    log = side.log()
    token = produced(log, 2)
    assert not log.append(KEY, addition(token, 5, 1))
    assert not log.append(KEY, addition(token, 0, 1))
    assert opened(log).stand.number == 2


def test_what_is_too_old_goes(side: Any) -> None:
    log = side.log()
    token = produced(log, 10)
    assert log.append(KEY, addition(token, 10, 2, oldest=9))
    assert [each.number for each in opened(log).kept] == [9, 10, 11]
    assert [each.number for each in log.read("w", {KEY: 0})[KEY]] == [9, 10, 11]


def test_an_end_is_read_after_all_events_and_the_name_is_free(side: Any) -> None:
    one, other = side.log(), side.log()
    token = produced(one, 2)
    assert other.end(KEY, b"the end")
    assert not other.end(KEY, b"the end")
    assert not one.append(KEY, addition(token, 2, 1))
    assert one.read("w", {KEY: 1})[KEY][-1] == Logged(2, b"the end")
    assert held(one, "one", KEY).part is Part.GONE
    assert one.latest("ticker") is None
    assert opened(one, epoch="11111111").epoch == "11111111"
    assert one.latest("ticker") == (Key("ticker", "11111111"), 0)
    assert held(one, "one", KEY).part is Part.GONE


def test_what_nobody_needs_rests_and_is_then_forgotten(side: Any) -> None:
    log = side.log()
    produced(log, 2)
    assert held(log, "one", KEY, needs=False).part is Part.PRODUCING
    gevent.sleep(LINGER_S + 0.1)
    assert held(log, "one", KEY, needs=False).part is Part.RESTING
    again = held(log, "one", KEY)
    assert (again.part, again.token, again.stand.number) == (Part.PRODUCING, 2, 2)
    gevent.sleep(LINGER_S + KEEP_S + 0.1)
    assert held(log, "one", KEY, needs=False).part is Part.GONE
    assert opened(log, epoch="22222222").epoch == "22222222"


def test_there_are_only_as_many_as_may_be_and_a_spare_one_makes_room(
    side: Any,
) -> None:
    log = side.log()
    for name in "abc":
        opened(log, name)
    assert log.open("d", offer()) is None
    assert opened(log, "a").epoch == "0a0b0c0d"
    gevent.sleep(LINGER_S + 0.1)
    log.hold("one", {Key(name, "0a0b0c0d"): True for name in "ac"})
    opened(log, "d")
    gone = held(log, "one", Key("b", "0a0b0c0d"))
    assert gone.part is Part.GONE
    assert held(log, "one", Key("a", "0a0b0c0d")).part is Part.PRODUCING


def test_more_feeds_than_one_script_takes_are_held(side: Any) -> None:
    log = side.log()
    opened(log)
    claims = {Key(f"none{n}", "00000000"): True for n in range(1200)}
    found = log.hold("one", {**claims, KEY: True})
    assert found[KEY].part is Part.PRODUCING
    assert len(found) == 1201


def test_a_log_that_is_away_is_unavailable_and_comes_back(side: Any) -> None:
    log = side.log()
    token = produced(log, 2)
    side.go_away()
    for call in (
        lambda: log.open("ticker", offer()),
        lambda: log.hold("one", {KEY: True}),
        lambda: log.append(KEY, addition(token, 2, 1)),
        lambda: log.end(KEY, b""),
        lambda: log.latest("ticker"),
        lambda: log.read("one", {KEY: 5}),
        lambda: log.wake("one"),
        lambda: log.release("one", [KEY]),
    ):
        with pytest.raises(Unavailable), gevent.Timeout(3):
            call()
    side.come_back()
    with gevent.Timeout(5):
        while not works(log):
            gevent.sleep(0.05)


def works(log: FeedLog) -> bool:
    try:
        log.latest("ticker")
    except Unavailable:
        return False
    return True


@pytest.mark.needs_redis
def test_everything_in_redis_is_gone_by_itself() -> None:
    with redis_server() as server:
        log = RedisSide(server).log()
        token = produced(log, 2)
        log.append(KEY, addition(token, 2, 2))
        log.wake("one")
        log.open("other", offer())
        log.end(Key("other", "0a0b0c0d"), b"the end")
        client = redis.Redis.from_url(server.url)
        keys = [key for key in client.keys("*") if key != b"llmock:1:feeds"]
        assert len(keys) == 4
        assert all(0 < client.pttl(key) <= 61_000 for key in keys)
