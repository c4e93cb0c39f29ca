"""Seeing and stopping streams on a real server: one worker, and two with a Redis."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.redis_server import RedisServer, redis_server
from tests.system.server import ROOT, Server, environment, serve
from tests.system.wire import get_json, open_stream, read_until, wait_until

STREAMS = "/api/manage/streams"
ASLEEP = "interval=60000&sseMode=CompleteObjects&maxDuration=0"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


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


def delete(server: Server, path: str) -> tuple[int, Any]:
    """Status and JSON of the answer."""
    request = urllib.request.Request(f"{server.url}{path}", method="DELETE")
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            body = response.read()
            return response.status, json.loads(body) if body else None
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def metric(server: Server, name: str, **labels: str) -> float:
    """The sum of the samples that have these labels."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=10) as response:
        text = response.read().decode()
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"llmock_{name}" and labels.items() <= sample.labels.items()
    )


@contextmanager
def asleep(server: Server, count: int, path: str = "stocks") -> Iterator[list[Any]]:
    """Streams that sleep after their first batch."""
    streams = [open_stream(server, ASLEEP, path) for _ in range(count)]
    try:
        wait_until(lambda: all_sleep(server, count, path), 5)
        yield streams
    finally:
        for sock in streams:
            sock.close()
        wait_until(lambda: all_sleep(server, 0, path), 5)


def all_sleep(server: Server, count: int, path: str) -> bool:
    page = get_json(server, f"{STREAMS}?path={path}")
    return [each["batches"] for each in page["streams"]] == [1] * count


def end_of(sock: socket.socket) -> bytes:
    """The event that ends the stream; the connection stays open for a while."""
    return read_until(sock, b'"done":true}\n\n')


def workers_of(server: Server) -> list[int]:
    """The processes that serve."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def held_by(pid: int, streams: list[socket.socket]) -> int:
    """How many of our connections end in the process."""
    ports = {f"{sock.getsockname()[1]:04X}" for sock in streams}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()]
    inodes = {row[9] for row in rows[1:] if row[2].split(":")[1] in ports}
    held = 0
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            held += os.readlink(each)[len("socket:[") : -1] in inodes
    return held


@contextmanager
def spread(server: Server) -> Iterator[list[socket.socket]]:
    """Streams of which each worker has at least two, as the kernel deals them out."""
    pids = workers_of(server)
    streams: list[socket.socket] = []
    try:
        with ThreadPoolExecutor(8) as pool:
            while any(held_by(pid, streams) < 2 for pid in pids):
                assert len(streams) < 200
                streams += pool.map(lambda _: open_stream(server, ASLEEP), range(8))
        yield streams
    finally:
        for sock in streams:
            sock.close()


# One worker


@pytest.mark.alone
def test_a_sleeping_stream_ends_within_two_hundred_milliseconds(server: Server) -> None:
    with asleep(server, 1) as (sock,):
        (listed,) = get_json(server, STREAMS)["streams"]
        began = time.monotonic()
        assert delete(server, f"{STREAMS}/{listed['id']}") == (204, None)
        received = end_of(sock)
        assert time.monotonic() - began < 0.2
        assert b'"message":"Stopped"' in received
        assert delete(server, f"{STREAMS}/{listed['id']}")[0] == 404


def test_all_streams_of_a_path_can_be_stopped(server: Server) -> None:
    with asleep(server, 3, "stocks/AAPL") as stocks, asleep(server, 1, "logs"):
        assert get_json(server, f"{STREAMS}?path=stocks")["total"] == 3
        assert delete(server, f"{STREAMS}?path=stocks")[1] == {
            "stopped": 3,
            "complete": True,
        }
        assert all(b'"reason":"stopped"' in end_of(sock) for sock in stocks)
        assert get_json(server, STREAMS)["total"] == 1


def test_a_server_without_room_for_streams_can_still_be_managed() -> None:
    with serve("MockLlmApi:\n  MaxConcurrentStreams: 2\n") as small:
        with asleep(small, 2) as (first, _):
            with pytest.raises(urllib.error.HTTPError) as refused:
                get_json(small, "/api/mock/stream/a")
            assert refused.value.code == 503
            refused.value.close()
            assert metric(small, "refused_total", cause="too_many_streams") == 1
            newest, oldest = get_json(small, STREAMS)["streams"]
            assert delete(small, f"{STREAMS}/{oldest['id']}")[0] == 204
            assert b'"reason":"stopped"' in end_of(first)


def test_what_a_worker_counted_outlives_it() -> None:
    with serve() as server:
        with asleep(server, 2):
            pass
        for number in (1, 2):
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: server.log().count("Worker exiting") == number, 20)
            wait_until(lambda: server.log().count("Booting worker") == number + 1, 20)
        assert metric(server, "streams_started_total") == 2
        assert metric(server, "streams_ended_total", reason="client_gone") == 2
        assert metric(server, "events_sent_total") == 4
        assert metric(server, "open_streams") == 0


# Two workers


@pytest.mark.alone
@pytest.mark.needs_redis
def test_every_worker_knows_and_stops_the_streams_of_all(pair: Server) -> None:
    with asleep(pair, 8) as streams, asleep(pair, 2, "logs"):
        pages = [get_json(pair, f"{STREAMS}?path=stocks") for _ in range(8)]
        listed = [[each["id"] for each in page["streams"]] for page in pages]
        assert all(page["complete"] and page["total"] == 8 for page in pages)
        assert all(ids == listed[0] for ids in listed) and len(set(listed[0])) == 8

        for stream_id, sock in zip(reversed(listed[0][4:]), streams):
            shown = get_json(pair, f"{STREAMS}/{stream_id}")
            assert (shown["id"], shown["path"]) == (stream_id, "stocks")
            began = time.monotonic()
            assert delete(pair, f"{STREAMS}/{stream_id}")[0] == 204
            assert b'"reason":"stopped"' in end_of(sock)
            assert time.monotonic() - began < 0.2

        stopped = delete(pair, f"{STREAMS}?path=stocks")
        assert stopped == (200, {"stopped": 4, "complete": True})
        assert all(b'"reason":"stopped"' in end_of(sock) for sock in streams[4:])
        assert get_json(pair, STREAMS)["total"] == 2
        assert delete(pair, f"{STREAMS}/0123456789abcdef")[0] == 404


@pytest.mark.needs_redis
def test_metrics_are_those_of_all_workers(pair: Server) -> None:
    # What a worker did shows a second later, at most, where another one is asked.
    time.sleep(1.1)
    before = metric(pair, "streams_ended_total", reason="client_gone")
    with asleep(pair, 6):
        time.sleep(1.1)
        for _ in range(6):
            assert metric(pair, "open_streams", mode="CompleteObjects") == 6
    time.sleep(1.1)
    assert metric(pair, "open_streams") == 0
    gone = metric(pair, "streams_ended_total", reason="client_gone") - before
    assert gone == 6


@pytest.mark.needs_redis
def test_a_worker_that_is_killed_is_soon_forgotten(redis: RedisServer) -> None:
    with serve(f"MockLlmApi:\n  Redis: {redis.url}\n", workers=2) as server:
        wait_until(lambda: server.log().count("Booting worker") == 2, 10)
        with spread(server) as streams:
            wait_until(lambda: settled(server, len(streams)), 3)
            victim = workers_of(server)[0]
            left = len(streams) - held_by(victim, streams)
            assert 2 <= left <= len(streams) - 2
            os.kill(victim, signal.SIGKILL)
            wait_until(lambda: settled(server, left), 8)


def settled(server: Server, count: int) -> bool:
    page = get_json(server, STREAMS)
    found = (page["total"], page["complete"], metric(server, "open_streams"))
    return found == (count, True, count)


@pytest.mark.needs_redis
def test_without_redis_each_worker_manages_its_own_until_it_is_back(
    pair: Server, redis: RedisServer
) -> None:
    losses = metric(pair, "redis_losses_total")
    with spread(pair) as streams:
        wait_until(lambda: settled(pair, len(streams)), 3)
        redis.stop()
        wait_until(lambda: metric(pair, "redis_lost_workers") == 2, 8)
        pages = [get_json(pair, STREAMS) for _ in range(8)]
        assert not any(page["complete"] for page in pages)
        assert all(2 <= page["total"] <= len(streams) - 2 for page in pages)
        assert delete(pair, f"{STREAMS}/0123456789abcdef")[0] == 503
        redis.start()
        wait_until(lambda: metric(pair, "redis_lost_workers") == 0, 8)
        wait_until(lambda: settled(pair, len(streams)), 8)
        wait_until(lambda: metric(pair, "redis_losses_total") == losses + 2, 3)
    assert pair.log().count("Redis cannot be used") <= 2
    assert pair.log().count("Redis is back") <= 2


# Refusing


def test_workers_that_share_nothing_are_refused_with_one_line(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("MockLlmApi: {}\n")
    said = subprocess.run(
        [ROOT / "scripts" / "serve"],
        env=environment({"WORKERS": "2", "PORT": "0", "CONFIG": str(config)}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert (said.returncode, said.stdout) == (2, "")
    (line,) = said.stderr.splitlines()
    assert line.startswith("2 workers need a Redis (MockLlmApi.Redis), or else ")
    assert "MockLlmApi.PerWorkerState: true, with which " in line


def test_a_reload_cannot_take_the_redis_from_several_workers(
    tmp_path: Path,
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("MockLlmApi:\n  PerWorkerState: true\n")
    with serve(env={"CONFIG": str(config)}, workers=2) as server:
        config.write_text("MockLlmApi: {}\n")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "the old configuration stays in force" in server.log(), 10)
        assert "2 workers need a Redis" in server.log()
        assert "Worker exiting" not in server.log()


# Logs


def test_a_log_in_json_is_json_line_for_line() -> None:
    with serve("MockLlmApi:\n  LogFormat: json\n") as server:
        with asleep(server, 1, "a%22%E2%80%A8b"):
            pass
        assert server.stop() == 0
        log = server.log()
    written = log.splitlines()
    lines = [json.loads(line) for line in written if line.startswith("{")]
    others = [line for line in written if line and not line.startswith("{")]
    assert [line.split()[0] for line in others] == ["LLMock", "curl"]
    assert {line["logger"] for line in lines} >= {"gunicorn.error"}
    started, ended = (line for line in lines if line["message"].startswith("stream "))
    assert (started["path"], ended["reason"]) == ('a"\u2028b', "client_gone")
    assert started["id"] == ended["id"] and ended["events"] == 2


def test_a_quiet_log_says_nothing_of_what_is_usual() -> None:
    with serve("MockLlmApi:\n  LogLevel: warning\n") as server:
        with asleep(server, 1):
            pass
        assert server.stop() == 0
        log = server.log()
    assert len([line for line in log.splitlines() if line]) == 2  # the welcome
