"""What every store of recordings does, on this machine and in a real Redis."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.recordings.recording import SSE, Entry, Header, entry_line, header_line
from app.redis.link import RedisLink
from app.redis.recordings import RedisRecordingStore
from app.router.recordings import (
    LocalRecordingStore,
    RecordingStore,
    about_recording,
    read_in_turns,
)
from app.settings import Secret
from app.streams.clock import SystemClock
from tests.integration.redis_server import redis_server

HEADER = Header("http://h/feed", SSE, "2026-01-06T12:00:00.000Z")

Two = tuple[RecordingStore, RecordingStore]


@pytest.fixture(params=["local", pytest.param("redis", marks=pytest.mark.needs_redis)])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Two]:
    """Two stores of the same recordings, as two workers have them."""
    with ExitStack() as stack:
        stores: list[RecordingStore]
        if request.param == "local":
            stores = [LocalRecordingStore(SystemClock().now_ms) for _ in range(2)]
        else:
            url = Secret(stack.enter_context(redis_server()).url)
            stores = [
                RedisRecordingStore(RedisLink(url, SystemClock())) for _ in range(2)
            ]
        for store in stores:
            store.open(tmp_path / "routes")
        yield stores[0], stores[1]


def keep(
    store: RecordingStore,
    name: str,
    *data: str,
    most: int = 10,
    life_s: float | None = None,
) -> str:
    """Keep a recording of these events; what is in the way."""
    entries = [Entry(float(number), data=each) for number, each in enumerate(data)]
    content = header_line(HEADER) + b"".join(map(entry_line, entries))
    recording = read_in_turns(content)
    expires_ms = None if life_s is None else int((time.time() + life_s) * 1000)
    about = about_recording(name, recording, len(content), expires_ms)
    return store.add(about, recording, content, most)


def data_of(store: RecordingStore, name: str) -> list[str | None]:
    recording = store.get(name)
    return [] if recording is None else [entry.data for entry in recording.entries]


def test_what_one_keeps_the_other_has_until_it_is_deleted(two: Two) -> None:
    one, other = two
    assert keep(one, "b", "1", "2") == "" and keep(other, "a", "ü") == ""
    for store in two:
        listed = [(about.name, about.header, about.events) for about in store.list()]
        assert listed == [("a", HEADER, 1), ("b", HEADER, 2)]
        assert data_of(store, "b") == ["1", "2"] and data_of(store, "a") == ["ü"]
    assert other.delete("b") is True and one.delete("b") is False
    assert one.get("b") is None and [about.name for about in one.list()] == ["a"]


@pytest.mark.parametrize("name", [".hidden", "..", "a.jsonl", "~"])
def test_any_name_is_one(two: Two, name: str) -> None:
    assert keep(two[0], name, "1") == ""
    for store in two:
        assert [about.name for about in store.list()] == [name]
        assert data_of(store, name) == ["1"]
    assert two[1].delete(name) is True and not two[0].list()


def test_a_name_is_kept_once_and_no_more_than_so_many(two: Two) -> None:
    one, other = two
    assert keep(one, "a", "1", most=2) == ""
    assert keep(other, "a", "2", most=2) == "taken"
    assert keep(other, "b", "2", most=2) == ""
    assert keep(one, "c", "3", most=2) == "full"
    assert data_of(one, "a") == ["1"] and one.get("c") is None


def test_a_recording_expires_and_its_name_is_free_again(two: Two) -> None:
    one, other = two
    assert keep(one, "old", "1", life_s=-1) == ""
    assert keep(one, "new", "2", life_s=3600) == ""
    for store in two:
        (about,) = store.list()
        assert about.name == "new" and about.expires_ms is not None
        assert 3_500_000 < about.expires_ms - time.time() * 1000 <= 3_600_000
        assert store.get("old") is None
    assert other.delete("old") is False
    assert keep(other, "old", "3") == ""
    assert data_of(one, "old") == ["3"]
