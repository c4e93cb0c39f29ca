"""The journal of two workers that share a Redis, on a real server."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.integration.redis_server import RedisServer, redis_server
from tests.system.server import Server, serve
from tests.system.wire import connect, get_json, open_stream, wait_until

pytestmark = pytest.mark.needs_redis

JOURNAL = "/api/manage/journal"
ASLEEP = "interval=60000&sseMode=CompleteObjects&maxDuration=0"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture(scope="module")
def pair(redis: RedisServer) -> Iterator[Server]:
    """A server of two workers."""
    with serve(f"MockLlmApi:\n  Redis: {redis.url}\n", workers=2) as running:
        wait_until(lambda: running.log().count("Booting worker") == 2, 10)
        yield running


def entries(server: Server, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get_json(server, f"{JOURNAL}?limit=1000&{query}")[
        "entries"
    ]
    return found


def get(server: Server, path: str) -> None:
    headers = {"User-Agent": "crowd", "Authorization": "Bearer s3cr3t"}
    request = urllib.request.Request(server.url + path, headers=headers)
    urllib.request.urlopen(request, timeout=10).read()


def test_any_worker_tells_of_the_requests_to_all(pair: Server) -> None:
    paths = [f"/api/mock/users/{number}?count=1" for number in range(100)]
    with ThreadPoolExecutor(10) as together:
        list(together.map(lambda path: get(pair, path), paths))
    wanted = {path.partition("?")[0] for path in paths}
    # A worker writes what it has itself before it answers; the other soon.
    for _ in range(10):
        wait_until(
            lambda: _paths(entries(pair, "prefix=/api/mock/users/")) == wanted, 5
        )
    found = entries(pair, "prefix=/api/mock/users/")
    numbers = [entry["seq"] for entry in found]
    assert numbers == sorted(set(numbers)) and len(numbers) == 100
    assert not any(entry["open"] for entry in found)
    (masked,) = {entry["headers"]["authorization"] for entry in found}
    assert masked.startswith("***") and "s3cr3t" not in json.dumps(found)


def _paths(found: list[dict[str, Any]]) -> set[str]:
    return {entry["path"] for entry in found if not entry["open"]}


def test_streams_of_both_workers_end_in_the_journal(pair: Server) -> None:
    path = "/api/mock/stream/both"
    streams = [open_stream(pair, ASLEEP, "both") for _ in range(12)]
    wait_until(lambda: len(entries(pair, f"prefix={path}")) == 12, 5)
    assert all(entry["open"] for entry in entries(pair, f"prefix={path}"))
    for stream in streams:
        stream.close()
    wait_until(lambda: not any(e["open"] for e in entries(pair, f"prefix={path}")), 5)
    ends = {(e["outcome"], e["endedBy"]) for e in entries(pair, f"prefix={path}")}
    assert ends == {("client_gone", "client")}


def test_a_mark_counts_for_all_workers(pair: Server) -> None:
    with open_stream(pair, ASLEEP, "marked"):
        wait_until(lambda: len(entries(pair, "prefix=/api/mock/stream/marked")) == 1, 5)
        about = "prefix=/api/mock/stream/marked"
        request = urllib.request.Request(
            f"{pair.url}/api/manage/verdict/mark?{about}",
            data=b"{}",
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()
        for _ in range(6):  # whichever worker is asked
            wait_until(lambda: _mark(pair, about) == "fail", 5)


def _mark(server: Server, about: str) -> str:
    (client,) = get_json(server, f"/api/manage/verdict?{about}")["clients"]
    results = {rule["rule"]: rule["result"] for rule in client["rules"]}
    return str(results["gone-at-mark"])


def test_requests_are_served_while_redis_is_away_and_told_afterwards(
    pair: Server, redis: RedisServer
) -> None:
    redis.stop()
    for _ in range(20):
        get(pair, "/api/mock/away?count=1")
    redis.start()
    wait_until(lambda: len(_told(pair)) == 20, 15)


def _told(server: Server) -> list[dict[str, Any]]:
    try:
        return entries(server, "prefix=/api/mock/away")
    except urllib.error.HTTPError:  # away for this worker still
        return []


def test_a_client_that_does_not_wait_for_its_answer_has_ended_it(pair: Server) -> None:
    connect(pair, "/api/mock/impatient?delay=60000").close()
    wait_until(lambda: len(entries(pair, "prefix=/api/mock/impatient")) == 1, 10)
    (entry,) = entries(pair, "prefix=/api/mock/impatient")
    assert (entry["outcome"], entry["endedBy"]) == ("client_gone", "client")
