"""Sessions over two real workers that share a real Redis."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.integration.redis_server import RedisServer, redis_server
from tests.system.server import Server, serve
from tests.system.wire import get_json, wait_until

pytestmark = pytest.mark.needs_redis

SESSIONS = ["ada", "grace", "joan", "mary", "rosa"]
CLIENTS = 50
REQUESTS = 6
SHAPE = json.dumps({"id": 1, "name": "string", "marker": "string", "score": 1.5})


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture(scope="module")
def server(redis: RedisServer) -> Iterator[Server]:
    config = f"MockLlmApi:\n  Redis: {redis.url}\n"
    with serve(config, workers=2) as running:
        yield running


def target(path: str, session: str, **query: str) -> str:
    options = {"contextName": session, "sseMode": "CompleteObjects", **query}
    return f"/api/mock/{path}?{urllib.parse.urlencode(options)}"


def answer(server: Server, path: str, session: str, **query: str) -> Any:
    return get_json(server, target(path, session, **query))


def preset(server: Server, session: str, fields: Any) -> None:
    request = urllib.request.Request(
        f"{server.url}/api/manage/contexts/{session}",
        json.dumps(fields).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()


def continuous(server: Server, path: str, session: str, **query: str) -> list[Any]:
    """The values of a stream of ten."""
    options = {"continuous": "true", "interval": "100", "maxEvents": "10", **query}
    url = server.url + target(f"stream/{path}", session, **options)
    with urllib.request.urlopen(url, timeout=60) as response:
        lines = [line[6:] for line in response if line.startswith(b"data: ")]
    events = [json.loads(line) for line in lines]
    assert events[-1].get("reason") == "max_events"
    return [event["data"] for event in events if "data" in event]


def one_client(server: Server, number: int, start: threading.Barrier) -> str:
    """Streams and requests of one session; each leaves a field of its own."""
    session = SESSIONS[number % len(SESSIONS)]
    start.wait(30)
    marker = {"shape": SHAPE, "marker": f"{session}-{number}"}
    if number % 2:
        values = continuous(server, f"reports/{number}", session, **marker)
        assert len(values) == 10
        assert {value["marker"] for value in values} == {marker["marker"]}
    else:
        for _ in range(REQUESTS):
            made = answer(server, f"reports/{number}", session, **marker)
            assert made["marker"] == marker["marker"]
    order = answer(server, "orders", session, shape='{"userId":1,"userName":"string"}')
    return f"{session} {order['userId']} {order['userName']}"


def test_fifty_streams_and_requests_lose_no_update_and_mix_no_session(
    server: Server,
) -> None:
    users = {
        session: {"id": 100 + number, "name": session.title()}
        for number, session in enumerate(SESSIONS)
    }
    for session, user in users.items():
        preset(server, session, {"user": user})
    busy = BusyWorkers(server)
    start = threading.Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        jobs = [pool.submit(one_client, server, n, start) for n in range(CLIENTS)]
        wait_until(busy.are_both, 30)
        seen = Counter(job.result() for job in jobs)
    assert seen == {
        f"{session} {user['id']} {user['name']}": CLIENTS // len(SESSIONS)
        for session, user in users.items()
    }
    # What a stream made last is written a moment later.
    wait_until(lambda: settled(server) == settled(server), 5)
    for number, session in enumerate(SESSIONS):
        context = get_json(server, f"/api/manage/contexts/{session}")
        clients = range(number, CLIENTS, len(SESSIONS))
        calls = sum(1 if client % 2 else REQUESTS for client in clients)
        assert context["calls"] == calls + len(clients)
        markers = {
            members["marker"]
            for members in context["entities"].values()
            if "marker" in members
        }
        assert markers == {f"{session}-{client}" for client in clients}
        by_path = {each["path"]: each["calls"] for each in context["paths"]}
        assert by_path == {"reports/{id}": calls, "orders": len(clients)}


def settled(server: Server) -> list[Any]:
    return [get_json(server, f"/api/manage/contexts/{each}") for each in SESSIONS]


class BusyWorkers:
    """Whether both workers serve: each has more sockets open than at rest."""

    def __init__(self, server: Server) -> None:
        found = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        self._workers = found.read_text().split()
        assert len(self._workers) == 2
        self._idle = [self._open(worker) for worker in self._workers]

    @staticmethod
    def _open(worker: str) -> int:
        return len(os.listdir(f"/proc/{worker}/fd"))

    def are_both(self) -> bool:
        now = [self._open(worker) for worker in self._workers]
        return all(many > few + 5 for many, few in zip(now, self._idle, strict=True))


def test_a_batch_follows_what_any_worker_was_told_before_it_was_due(
    server: Server,
) -> None:
    url = server.url + target(
        "stream/orders",
        "followed",
        continuous="true",
        interval="200",
        shape='{"orderId":1,"user":{"id":1,"name":"Someone"}}',
    )
    for turn in range(8):
        user = {"id": 7, "name": f"Name {turn}"}
        with urllib.request.urlopen(url, timeout=20) as stream:
            data = (line[6:] for line in stream if line.startswith(b'data: {"data"'))
            next(data)
            preset(server, "followed", {"user": user})
            told = time.time()
            for event in map(json.loads, data):
                if (
                    datetime.fromisoformat(
                        event["timestamp"][:-1] + "+00:00"
                    ).timestamp()
                    > told
                ):
                    break
        assert event["data"]["user"] == user


def test_streams_go_on_while_redis_is_away_and_remember_when_it_is_back() -> None:
    with redis_server() as redis:
        config = f"MockLlmApi:\n  Redis: {redis.url}\n"
        with serve(config, workers=2) as server:
            path = target(
                "stream/users/42", "s", continuous="true", interval="100", shape=SHAPE
            )
            with urllib.request.urlopen(server.url + path, timeout=20) as stream:
                data = (line for line in stream if line.startswith(b'data: {"data"'))
                next(data)
                redis.stop()
                for _ in range(15):
                    next(data)
                with pytest.raises(urllib.error.HTTPError) as refused:
                    get_json(server, "/api/manage/contexts")
                assert refused.value.code == 503
                assert answer(server, "users/42", "s", shape=SHAPE)["id"] == 42
                redis.start()
                for _ in range(15):
                    next(data)
                assert get_json(server, "/api/manage/contexts/s")["calls"] >= 1
            log = server.log()
    assert 1 <= log.count("Redis cannot be used") <= 2
    assert 1 <= log.count("Redis is back") <= 2
