"""What every store of the journal does: the one in memory, and the one in Redis."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from app.errors import Unavailable
from app.journal import store as stores
from app.journal.journal import Journal
from app.journal.store import JournalStore, MemoryJournalStore, Record
from app.redis.journal import RedisJournalStore
from app.redis.link import RedisLink
from app.request.selection import Selection
from app.settings import Secret
from app.streams.clock import SystemClock
from tests.integration.redis_server import RedisServer, redis_server
from tests.unit.test_journal import asked, ended

MakeStore = Callable[[int], JournalStore]


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


def link(redis: RedisServer) -> RedisLink:
    return RedisLink(Secret(redis.url), SystemClock())


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.needs_redis)])
def make(request: pytest.FixtureRequest) -> MakeStore:
    """How to make an empty store of so many requests."""
    if request.param == "memory":
        return MemoryJournalStore
    redis: RedisServer = request.getfixturevalue("redis")
    shared = link(redis)
    shared.run(lambda client: client.flushdb())
    return lambda size: RedisJournalStore(shared, size)


def begin(key: str, text: bytes = b"{}") -> Record:
    return Record(key, text, is_end=False)


def end(key: str, text: bytes = b"[]") -> Record:
    return Record(key, text, is_end=True)


def test_requests_are_numbered_and_read_in_order(make: MakeStore) -> None:
    store = make(10)
    store.append([begin("aa", b"1"), begin("bb", b"2"), end("aa", b"3")])
    store.append([begin("cc", b"4 5")])
    assert [(each.seq, each.text, each.end) for each in store.read(0)] == [
        (1, b"1", b"3"),
        (2, b"2", None),
        (3, b"4 5", None),
    ]
    assert [each.seq for each in store.read(1)] == [2, 3]
    assert [each.seq for each in store.read(1, most=1)] == [2]
    assert store.read(3) == []
    assert store.standing()[:2] == (3, 3)


def test_the_oldest_requests_go_first(make: MakeStore) -> None:
    store = make(3)
    for number in range(10):
        store.append([begin(f"{number:02x}")])
    assert [each.seq for each in store.read(0)] == [8, 9, 10]


def test_the_end_of_what_was_dropped_is_dropped(make: MakeStore) -> None:
    store = make(1)
    store.append([begin("aa"), begin("bb"), end("aa"), end("bb"), end("cc")])
    (left,) = store.read(0)
    assert (left.seq, left.end) == (2, b"[]")


def test_bytes_are_bounded_too(make: MakeStore) -> None:
    store = make(10_000)
    size = stores.MAX_JOURNAL_BYTES // 40
    for number in range(60):
        key = f"{number:02x}"
        store.append([begin(key, b"x" * (size // 2)), end(key, b"y" * (size // 2))])
    kept = store.read(0)
    total = sum(len(each.text) + len(each.end or b"") for each in kept)
    assert 38 <= len(kept) <= 41 and total <= stores.MAX_JOURNAL_BYTES
    assert kept[-1].seq == 60


def test_what_is_deleted_is_gone_and_its_number_is_not_given_again(
    make: MakeStore,
) -> None:
    store = make(10)
    store.append([begin("aa"), begin("bb"), begin("cc")])
    assert store.delete([2, 7]) == 1
    assert [each.seq for each in store.read(0)] == [1, 3]
    assert store.delete(None) == 2
    store.append([end("aa"), begin("dd")])
    assert [(each.seq, each.end) for each in store.read(0)] == [(4, None)]


def test_every_change_is_counted(make: MakeStore) -> None:
    store = make(10)
    seen = {store.standing().changes}
    store.append([begin("aa")])
    seen.add(store.standing().changes)
    store.append([end("aa")])
    seen.add(store.standing().changes)
    store.delete([1])
    seen.add(store.standing().changes)
    assert len(seen) == 4


def test_those_who_share_a_store_share_its_key(make: MakeStore) -> None:
    store = make(10)
    assert len(store.key()) == 32
    assert store.key() == store.key()


@pytest.mark.needs_redis
def test_two_workers_number_their_requests_together(redis: RedisServer) -> None:
    link(redis).run(lambda client: client.flushdb())
    first, second = (
        Journal(RedisJournalStore(link(redis), 100), size=100, on_drop=pytest.fail)
        for _ in range(2)
    )
    keys = [first.begin(asked("/one")), second.begin(asked("/two"))]
    first.flush()
    second.flush()
    first.end(keys[0], ended())
    first.mark(Selection(prefix="/o"), 5)
    for journal in (first, second):
        contents = journal.contents()
        found = [(each.seq, each.asked.path) for each in contents.entries]
        assert found == [(1, "/one"), (2, "/two")]
        assert contents.marks[0].selection.prefix == "/o"
    assert first.contents().entries[0].ended is not None


@pytest.mark.needs_redis
def test_equal_secrets_look_the_same_to_all_workers(redis: RedisServer) -> None:
    link(redis).run(lambda client: client.flushdb())
    request = replace(asked("/x"), headers={"authorization": "Bearer abc"})
    for _ in range(2):
        worker = Journal(RedisJournalStore(link(redis), 9), size=9, on_drop=pytest.fail)
        worker.begin(request)
        worker.flush()
    one, two = worker.contents().entries
    assert one.asked.headers == two.asked.headers
    raw = link(redis).run(lambda client: client.hgetall("llmock:1:journal:texts"))
    assert b"abc" not in str(raw).encode()


@pytest.mark.needs_redis
def test_records_wait_while_redis_is_away() -> None:
    with redis_server() as redis:
        journal = Journal(
            RedisJournalStore(link(redis), 100), size=100, on_drop=pytest.fail
        )
        journal.end(journal.begin(asked("/before")), ended())
        journal.flush()
        redis.stop()
        journal.end(journal.begin(asked("/while")), ended())
        with pytest.raises(Unavailable):
            journal.flush()
        redis.start()
        _until_written(journal)
        paths = [entry.asked.path for entry in journal.contents().entries]
        assert paths == ["/while"]  # Redis has lost what it held


def _until_written(journal: Journal) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            return journal.flush()
        except Unavailable:
            assert time.monotonic() < deadline
            time.sleep(0.05)
