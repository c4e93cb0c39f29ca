"""What every store of declarations does, on this machine and in a real Redis."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import gevent
import pytest

from app.errors import Unavailable
from app.redis.declarations import RedisDeclarationStore
from app.redis.link import RedisLink
from app.router.store import DeclarationStore, LocalDeclarationStore
from app.settings import Secret
from app.streams.clock import SystemClock
from tests.integration.redis_server import redis_server

Two = tuple[DeclarationStore, DeclarationStore]


@pytest.fixture(params=["local", pytest.param("redis", marks=pytest.mark.needs_redis)])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Two]:
    """Two stores of the same routes, as two workers have them."""
    clock = SystemClock()
    with ExitStack() as stack:
        stores: list[DeclarationStore]
        if request.param == "local":
            stores = [LocalDeclarationStore(clock.now_ms) for _ in range(2)]
        else:
            url = Secret(stack.enter_context(redis_server()).url)
            stores = [
                RedisDeclarationStore(RedisLink(url, clock), "routes") for _ in range(2)
            ]
        for store in stores:
            stack.callback(store.close)
        stores[0].open(tmp_path / "routes", lambda names: None)
        yield stores[0], stores[1]


@pytest.fixture
def follow(two: Two, tmp_path: Path) -> Callable[[], list[object]]:
    """Opens the second store, and gives what it is told of changes."""
    heard: list[object] = []

    def open_second() -> list[object]:
        two[1].open(tmp_path / "routes", heard.append)
        gevent.sleep(0.2)
        heard.clear()
        return heard

    return open_second


def names(store: DeclarationStore) -> list[str]:
    return [kept.name for kept in sorted(store.load(), key=lambda kept: kept.order)]


def test_routes_are_kept_in_order_and_replaced_in_their_place(two: Two) -> None:
    store, _ = two
    assert store.replace([("b", None, {"n": 1}), ("a", None, {})], create=True) == []
    first, _ = sorted(store.load(), key=lambda kept: kept.order)
    assert not store.replace([("b", None, {"n": [2, "ü"]})], create=False)
    assert names(store) == ["b", "a"]
    (replaced,) = store.load(["b", "nobody"])
    assert (replaced.order, replaced.declaration) == (first.order, {"n": [2, "ü"]})
    assert replaced.revision > first.revision
    assert store.delete(["b", "nobody"]) == 1
    assert names(store) == ["a"]


def test_of_routes_with_a_name_that_is_taken_none_is_made(two: Two) -> None:
    store, _ = two
    store.replace([("a", None, {})], create=True)
    assert [*store.replace([("b", None, {}), ("a", None, {})], create=True)] == ["a"]
    assert names(store) == ["a"]


def test_a_route_expires_and_its_name_is_free_again(two: Two) -> None:
    store, _ = two
    soon = int(time.time() * 1000) + 60
    store.replace([("a", soon, {"n": 1})], create=True)
    assert names(store) == ["a"]
    gevent.sleep(0.1)
    assert names(store) == []
    assert not store.replace([("a", None, {"n": 2})], create=True)
    assert [kept.declaration for kept in store.load()] == [{"n": 2}]


def test_a_route_is_claimed_as_often_as_it_may_be_by_all_together(
    two: Two, follow: Callable[[], list[object]]
) -> None:
    first, second = two
    follow()
    first.replace([("a", None, {})], create=True)
    (kept,) = first.load()
    claims = [
        store.claim("a", kept.revision, 3) for store in (first, second, first, second)
    ]
    assert claims == [True, True, True, False]
    assert [kept.used for kept in second.load()] == [3]
    first.replace([("a", None, {})], create=False)
    assert [kept.used for kept in second.load()] == [0]


def test_what_one_changes_the_other_hears_within_100_ms(
    two: Two, follow: Callable[[], list[object]]
) -> None:
    first, second = two
    heard = follow()
    for change in (
        lambda: first.replace([("a", None, {}), ("b", None, {})], create=True),
        lambda: first.delete(["a", "b"]),
    ):
        change()
        gevent.sleep(0.1)
        assert heard in ([None], [["a", "b"]])
        heard.clear()
    assert names(second) == []


def test_a_file_that_cannot_be_used_is_told_as_unavailable(tmp_path: Path) -> None:
    store = LocalDeclarationStore(SystemClock().now_ms)
    store.open(tmp_path / "routes", lambda names: None)
    locker = LocalDeclarationStore(SystemClock().now_ms)
    locker.open(tmp_path / "routes", lambda names: None)
    with locker._changing():
        with pytest.raises(Unavailable):
            store.replace([("a", None, {})], create=True)
    assert not store.replace([("a", None, {})], create=True)
    store.close()
    locker.close()
