"""Where contexts and shapes are kept: memory and a real Redis keep one contract."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import orjson
import pytest
import redis

from app.contexts.context import Call, Context, from_json, to_json
from app.contexts.sessions import Contexts
from app.errors import NotFound, Unavailable
from app.redis.documents import PREFIX, RedisDocuments
from app.redis.link import RedisLink
from app.settings import Secret
from app.shapes.learned import PathShape, Shapes
from app.store import Documents, MemoryDocuments, Page
from app.streams.clock import SystemClock
from tests.integration.redis_server import RedisServer, redis_server
from tests.unit.fakes import mock_request

Make = Callable[..., Documents[bytes]]

#: Names that would do harm where they became part of a text or of a pattern.
NASTY = [
    "a:b",
    "*",
    "x' return 1 --",
    "{tag}",
    'with "quotes"',
    "Ünïcödé 漢字 🎈",
    "a b\t",
    "$1",
    "context:x",
    "n" * 200,
]


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


class MovingClock(SystemClock):
    """The real clock, and a jump."""

    ahead = 0.0

    def monotonic(self) -> float:
        return SystemClock.monotonic() + self.ahead


class MemorySide:
    """Documents in memory. Every worker of a test is the same one."""

    def __init__(self) -> None:
        self.clock = MovingClock()
        self._made: dict[str, Documents[bytes]] = {}

    def documents(self, kind: str = "thing", **limits: Any) -> Documents[bytes]:
        limits = {"lifetime": 60, "max_values": 100, "max_bytes": 1 << 20, **limits}
        if kind not in self._made:
            self._made[kind] = MemoryDocuments(self.clock, size=len, **limits)
        return self._made[kind]

    def contexts(self) -> Contexts:
        kept = MemoryDocuments[Context](
            self.clock,
            lifetime=60,
            max_values=100,
            max_bytes=1 << 20,
            size=lambda c: c.size,
        )
        return Contexts(kept, self.clock)


class RedisSide:
    """Documents in Redis; every call gives another worker's."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = MovingClock()
        self.links: list[RedisLink] = []

    def link(self) -> RedisLink:
        self.links.append(RedisLink(Secret(self.url), self.clock))
        return self.links[-1]

    def documents(self, kind: str = "thing", **limits: Any) -> Documents[bytes]:
        limits.pop("max_bytes", None)
        limits = {"lifetime": 60, "max_values": 100, **limits}
        return RedisDocuments(
            self.link(), kind, to_bytes=bytes, from_bytes=bytes, **limits
        )

    def contexts(self) -> Contexts:
        kept = RedisDocuments[Context](
            self.link(),
            "context",
            lifetime=60,
            max_values=100,
            to_bytes=to_json,
            from_bytes=from_json,
        )
        return Contexts(kept, self.clock)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.needs_redis)])
def side(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        yield MemorySide()
    else:
        server = request.getfixturevalue("server")
        with redis.Redis.from_url(server.url) as client:
            client.flushdb()
        made = RedisSide(server.url)
        yield made
        for link in made.links:
            link.close()


@pytest.fixture
def shared(server: RedisServer) -> Iterator[RedisSide]:
    with redis.Redis.from_url(server.url) as client:
        client.flushdb()
    made = RedisSide(server.url)
    yield made
    for link in made.links:
        link.close()


def put(value: bytes) -> Callable[[bytes | None], bytes | None]:
    return lambda old: value


# One contract


def test_what_one_worker_writes_another_reads(side: Any) -> None:
    assert side.documents().update("a", put(b"1")) == b"1"
    assert side.documents().read("a") == b"1"
    assert side.documents().read("b") is None


def test_a_change_sees_what_is_there_and_may_leave_it(side: Any) -> None:
    documents = side.documents()
    seen = []

    def change(old: bytes | None) -> bytes | None:
        seen.append(old)
        return b"1" if old is None else None

    assert documents.update("a", change) == b"1"
    assert documents.update("a", change) == b"1"
    assert seen == [None, b"1"]
    assert documents.update("b", lambda old: None) is None
    assert documents.page(0, 10).total == 1


def test_of_many_updates_none_is_lost(side: Any) -> None:
    workers = [side.documents() for _ in range(4)]

    def write(number: int) -> None:
        for turn in range(5):
            item = b"%d.%d," % (number, turn)
            workers[number % 4].update("a", lambda old: (old or b"") + item)

    gevent.joinall([gevent.spawn(write, n) for n in range(50)], raise_error=True)
    kept = side.documents().read("a").split(b",")
    assert sorted(kept) == sorted(
        [b"", *(b"%d.%d" % (n, turn) for n in range(50) for turn in range(5))]
    )


@pytest.mark.parametrize("name", NASTY)
def test_any_name_is_just_a_name(side: Any, name: str) -> None:
    documents = side.documents()
    documents.update("other", put(b"other"))
    documents.update(name, put(b"1"))
    assert documents.read(name) == b"1"
    assert {entry for entry, _ in documents.page(0, 9).entries} == {name, "other"}
    assert documents.delete(name)
    assert documents.read(name) is None
    assert documents.read("other") == b"other"


def test_kinds_are_kept_apart(side: Any) -> None:
    side.documents("one").update("a", put(b"1"))
    assert side.documents("two").read("a") is None
    assert side.documents("two").clear() == 0
    assert side.documents("one").read("a") == b"1"


def test_what_is_deleted_is_gone_for_every_worker(side: Any) -> None:
    one, two = side.documents(), side.documents()
    for name in "abc":
        one.update(name, put(b"1"))
        assert two.read(name) == b"1"
    assert one.delete("a") and not one.delete("a")
    assert two.read("a") is None
    assert two.clear() == 2
    assert one.read("b") is None
    assert one.page(0, 9) == Page([], 0)


def test_a_page_has_the_last_used_first(side: Any) -> None:
    documents = side.documents()
    for name in "abcde":
        documents.update(name, put(name.encode()))
        gevent.sleep(0.002)
    documents.read("b")
    gevent.sleep(0.002)
    documents.read("a", touch=False)
    assert documents.page(0, 2) == Page([("b", b"b"), ("e", b"e")], 5)
    assert documents.page(2, 9) == Page([("d", b"d"), ("c", b"c"), ("a", b"a")], 5)
    assert documents.page(9, 9) == Page([], 5)


def test_the_least_recently_used_goes_first(side: Any) -> None:
    documents = side.documents(max_values=3)
    for name in "abc":
        documents.update(name, put(b"1"))
        gevent.sleep(0.002)
    documents.read("a")
    gevent.sleep(0.002)
    documents.update("d", put(b"1"))
    assert [documents.read(name, touch=False) for name in "abcd"] == [
        b"1",
        None,
        b"1",
        b"1",
    ]
    assert documents.page(0, 9).total == 3


def test_what_is_not_used_is_forgotten_and_what_is_used_stays(side: Any) -> None:
    documents = side.documents(lifetime=0.4)
    documents.update("used", put(b"1"))
    documents.update("idle", put(b"1"))
    for _ in range(8):
        gevent.sleep(0.1)
        assert documents.read("used") == b"1"
        documents.read("idle", touch=False)
    assert documents.read("idle") is None
    assert documents.page(0, 9) == Page([("used", b"1")], 1)
    gevent.sleep(0.5)
    assert documents.page(0, 9) == Page([], 0)


def test_a_limit_of_bytes_holds_in_memory() -> None:
    documents = MemorySide().documents(max_bytes=100)
    for number in range(9):
        documents.update(str(number), put(b"x" * 30))
    assert [name for name, _ in documents.page(0, 9).entries] == ["8", "7", "6"]
    documents.update("8", put(b"x" * 80))
    assert [name for name, _ in documents.page(0, 9).entries] == ["8"]
    documents.update("9", put(b"x" * 101))
    assert documents.page(0, 9) == Page([], 0)


# Contexts over it


def call(number: int, *, is_new: bool = True, value: Any = None) -> Call:
    text = orjson.dumps({"id": number} if value is None else value)
    return Call(str(number), "GET", f"users/{number}", text, number, is_new)


def test_fifty_streams_of_two_workers_lose_nothing(side: Any) -> None:
    first = side.contexts()
    workers = [first, side.contexts() if side.documents().remote else first]
    names = ["one", "two", "three"]

    def stream(number: int) -> None:
        name = names[number % 3]
        request = mock_request(path=f"{name}/{number}")
        memory = workers[number % 2].memory(name, request)
        for batch in range(10):
            memory.view()
            memory.record(orjson.dumps({"id": number, "session": name, "at": batch}))
            gevent.sleep(0)

    gevent.joinall([gevent.spawn(stream, n) for n in range(51)], raise_error=True)
    for worker in workers:
        worker.flush()
    for which, name in enumerate(names):
        context = first.find(name)
        assert context.calls == 17
        texts = [orjson.loads(each.text) for each in context.recent]
        assert len(texts) == 15
        assert all(text["session"] == name and text["at"] == 9 for text in texts)
        ids = sorted(members["id"] for members in context.entities.values())
        assert ids == list(range(which, 51, 3))


def test_a_deleted_context_does_not_come_back_by_itself(side: Any) -> None:
    contexts = side.contexts()
    memory = contexts.memory("s", mock_request(path="users/1"))
    memory.view()
    memory.record(b'{"id":1}')
    memory.view()
    if side.documents().remote:
        memory.record(b'{"id":1,"n":2}')
    contexts.delete("s")
    contexts.flush()
    with pytest.raises(NotFound):
        contexts.find("s")
    with pytest.raises(NotFound):
        contexts.delete("s")
    memory.view()
    memory.record(b'{"id":1,"n":3}')
    assert contexts.find("s").fields["n"] == 3


def test_looking_at_a_context_does_not_keep_it(side: Any) -> None:
    contexts = side.contexts()
    contexts.record("old", call(1))
    gevent.sleep(0.002)
    contexts.record("new", call(2))
    gevent.sleep(0.002)
    contexts.find("old")
    assert [name for name, _ in contexts.page(0, 9).entries] == ["new", "old"]


def test_two_workers_agree_on_the_shape_of_a_path(side: Any) -> None:
    def shapes() -> Shapes:
        if side.documents().remote:
            kept: Documents[PathShape] = RedisDocuments(
                side.link(),
                "shape",
                lifetime=60,
                max_values=10,
                to_bytes=lambda shape: shape.answer,
                from_bytes=PathShape,
            )
        else:
            kept = memory
        return Shapes(kept, max_bytes=100, max_depth=5)

    def given(worker: Shapes, path: str) -> Any:
        shape = worker.give(mock_request(path=path, auto_shape=True))
        return shape and shape.given

    memory = MemoryDocuments[PathShape](
        side.clock, lifetime=60, max_values=10, max_bytes=1000, size=lambda _: 1
    )
    one, two = shapes(), shapes()
    learnt = []

    def learn(worker: Shapes, answer: bytes) -> None:
        known = worker.learn("users/1", answer, renew=False)
        assert known is not None
        learnt.append(known.given["n"])

    answers = [b'{"n":%d}' % n for n in range(20)]
    jobs = [gevent.spawn(learn, (one, two)[n % 2], a) for n, a in enumerate(answers)]
    gevent.joinall(jobs, raise_error=True)
    assert len(set(learnt)) == 1
    assert given(two, "users/99") == {"n": learnt[0]}
    renewed = one.learn("users/2", b'{"m":1}', renew=True)
    assert renewed is not None and renewed.given == {"m": 1}
    assert given(two, "users/3") == {"m": 1}
    for useless in (
        b"5",
        b'"text"',
        b"no json",
        b"[" * 9 + b"]" * 9,
        b"[1]" + b" " * 99,
    ):
        assert one.learn("else", useless, renew=True) is None
    assert given(one, "else") is None


# Redis alone


@pytest.mark.needs_redis
def test_a_value_that_did_not_change_is_not_sent_again(shared: RedisSide) -> None:
    read: list[bytes] = []

    def from_bytes(text: bytes) -> bytes:
        read.append(text)
        return text

    writer = shared.documents()
    reader = RedisDocuments(
        shared.link(),
        "thing",
        lifetime=60,
        max_values=9,
        to_bytes=bytes,
        from_bytes=from_bytes,
    )
    writer.update("a", put(b"1"))
    assert [reader.read("a") for _ in range(3)] == [b"1"] * 3
    assert read == [b"1"]
    writer.update("a", put(b"2"))
    assert reader.read("a") == b"2"
    writer.delete("a")
    writer.update("a", put(b"3"))
    assert reader.read("a") == b"3"


@pytest.mark.needs_redis
def test_a_text_of_others_is_replaced(shared: RedisSide) -> None:
    contexts = shared.contexts()
    with redis.Redis.from_url(shared.url) as client:
        client.hset(f"{PREFIX}context:s", mapping={"version": "1", "text": "{}"})
    assert contexts.read("s") is None
    contexts.record("s", call(1))
    assert contexts.find("s").calls == 1


@pytest.mark.needs_redis
def test_a_greenlet_that_is_killed_takes_nothing_with_it(shared: RedisSide) -> None:
    link = shared.link()
    documents = RedisDocuments(
        link, "thing", lifetime=60, max_values=9, to_bytes=bytes, from_bytes=bytes
    )
    for turn in range(300):
        job = gevent.spawn(documents.update, "a", lambda old: b"x" * 20_000)
        gevent.sleep(0.0001 * (turn % 7))
        job.kill(block=False)
        other = gevent.spawn(documents.update, f"b{turn % 3}", put(b"%d" % turn))
        assert other.get(timeout=5) == b"%d" % turn
    assert documents.read("a") in (None, b"x" * 20_000)
    assert link.available and link.failures == 0


@pytest.mark.needs_redis
def test_while_redis_is_away_there_is_no_memory_one_warning_and_then_memory_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with redis_server() as server:
        side = RedisSide(server.url)
        contexts = side.contexts()
        link = side.links[0]
        memory = contexts.memory("s", mock_request(path="users/1"))
        memory.view()
        memory.record(b'{"id":1}')
        server.stop()
        for batch in range(20):
            assert memory.view().text(100) == ""
            memory.record(b'{"id":1,"batch":%d}' % batch)
        with pytest.raises(Unavailable):
            contexts.find("s")
        assert link.failures >= 20 and not link.available
        server.start()
        side.clock.ahead += 2
        memory.view()
        memory.record(b'{"id":1,"batch":99}')
        assert contexts.find("s").fields["batch"] == 99
        assert link.available
        server.stop()
        memory.view()
        link.close()
    lines = [(each.levelname, each.getMessage()) for each in caplog.records]
    ours = [line for line in lines if "Redis" in line[1]]
    assert [level for level, _ in ours] == ["WARNING", "INFO"]
    assert ours[1][1] == "Redis is back"


@pytest.mark.alone
@pytest.mark.needs_redis
def test_a_redis_that_is_silent_costs_each_stream_a_moment_at_most() -> None:
    with redis_server() as server:
        side = RedisSide(server.url)
        contexts = side.contexts()
        contexts.record("s", call(1))
        server.freeze()
        started = SystemClock.monotonic()
        jobs = [gevent.spawn(contexts.read, "s") for _ in range(60)]
        gevent.joinall(jobs, timeout=10, raise_error=True)
        assert [job.value for job in jobs] == [None] * 60
        assert SystemClock.monotonic() - started < 3
        started = SystemClock.monotonic()
        for _ in range(50):
            assert contexts.read("s") is None
        assert SystemClock.monotonic() - started < 1.5
        server.thaw()
        side.clock.ahead += 2
        assert contexts.read("s") is not None
        side.links[0].close()


@pytest.mark.needs_redis
def test_a_password_is_in_no_log_line(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    url = server.url.replace("redis://", "redis://someone:s3cret@")
    contexts = RedisSide(url).contexts()
    assert contexts.read("s") is None
    with pytest.raises(Unavailable) as raised:
        contexts.find("s")
    assert "s3cret" not in caplog.text and "127.0.0.1" not in raised.value.detail
    assert "AuthenticationError" in caplog.text or "ResponseError" in caplog.text
