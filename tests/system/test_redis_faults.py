"""A Redis that is stopped, flushed, full, locked or full of garbage: streams go on."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from tests.integration.redis_server import RedisServer, redis_server
from tests.system.server import Server, serve
from tests.system.wire import get_json, open_stream, read_until, wait_until

pytestmark = pytest.mark.needs_redis

SHAPE = "shape={%22id%22:1,%22name%22:%22text%22}"


@contextmanager
def both(workers: int = 2) -> Iterator[tuple[RedisServer, Server]]:
    with (
        redis_server() as engine,
        serve(f"MockLlmApi: {{Redis: '{engine.url}'}}", workers=workers) as server,
    ):
        yield engine, server


def ask(server: Server, session: str, path: str = "users/42") -> dict[str, object]:
    url = f"{server.url}/api/mock/{path}?contextName={session}&{SHAPE}"
    with urllib.request.urlopen(url, timeout=10) as response:
        found: dict[str, object] = json.load(response)
    return found


def calls(server: Server, session: str) -> int:
    found: int = get_json(server, f"/api/manage/contexts/{session}")["calls"]
    return found


def client(engine: RedisServer) -> redis.Redis:
    return redis.Redis.from_url(engine.url)


def test_an_idle_server_says_that_redis_is_back_only_when_it_is() -> None:
    with both(workers=1) as (engine, server):
        engine.stop()
        wait_until(lambda: "Redis cannot be used" in server.log(), 10)
        time.sleep(4)  # several tries of the listener
        assert "Redis is back" not in server.log()
        engine.start()
        wait_until(lambda: "Redis is back" in server.log(), 10)
        assert server.log().count("Redis cannot be used") == 1


def test_a_redis_that_takes_connections_and_is_silent_is_not_back() -> None:
    with both(workers=1) as (engine, server):
        engine.freeze()
        wait_until(lambda: "Redis cannot be used" in server.log(), 15)
        time.sleep(4)
        assert "Redis is back" not in server.log()
        engine.thaw()
        wait_until(lambda: "Redis is back" in server.log(), 10)


def test_a_wrong_password_is_one_warning_and_no_return() -> None:
    with redis_server() as engine:
        client(engine).config_set("requirepass", "right")
        url = engine.url.replace("redis://", "redis://:wrong@")
        with serve(f"MockLlmApi: {{Redis: '{url}'}}") as server:
            wait_until(lambda: "Redis cannot be used" in server.log(), 10)
            assert ask(server, "s")["id"] == 42
            time.sleep(4)
            log = server.log()
            assert log.count("Redis cannot be used") == 1
            assert "Redis is back" not in log and "wrong@" not in log


def test_a_key_of_a_wrong_type_affects_that_key_alone() -> None:
    with both(workers=1) as (engine, server):
        ask(server, "good")
        client(engine).set("llmock:1:context:bad", "garbage")
        for _ in range(5):
            assert ask(server, "bad")["id"] == 42
            ask(server, "good")
        assert calls(server, "good") == 6
        assert get_json(server, "/api/manage/streams")["complete"] is True
        log = server.log()
        assert log.count("Redis refused a request") == 1
        assert "Redis cannot be used" not in log


def test_garbage_in_every_key_stops_no_stream() -> None:
    with both() as (engine, server):
        for session in "abc":
            ask(server, session)
        stream = open_stream(server, f"interval=100&contextName=a&{SHAPE}")
        engine_client = client(engine)
        for key in engine_client.keys("llmock:*"):
            if engine_client.type(key) == b"hash":
                engine_client.hset(key, mapping={"text": b"\xff{", "version": b"?"})
        for _ in range(5):
            read_until(stream, b"\n\n")
        assert ask(server, "a")["id"] == 42
        assert calls(server, "a") >= 1
        stream.close()


def test_a_flush_forgets_what_was_known_and_nothing_else() -> None:
    with both() as (engine, server):
        ask(server, "a")
        stream = open_stream(server, f"interval=100&contextName=a&{SHAPE}")
        client(engine).flushall()
        for _ in range(3):
            read_until(stream, b"\n\n")
        ask(server, "b")
        assert calls(server, "b") == 1
        # The workers say again that they live, and management is whole.
        wait_until(
            lambda: get_json(server, "/api/manage/streams")["complete"] is True, 5
        )
        stream.close()
        assert "Redis cannot be used" not in server.log()


def test_a_redis_that_is_full_still_reads_and_stops_no_stream() -> None:
    with both(workers=1) as (engine, server):
        ask(server, "before")
        client(engine).config_set("maxmemory", "1")
        stream = open_stream(server, f"interval=100&contextName=before&{SHAPE}")
        for _ in range(5):
            read_until(stream, b"\n\n")
        assert ask(server, "other")["id"] == 42
        wait_until(lambda: "Redis refused a request" in server.log(), 5)
        client(engine).config_set("maxmemory", "0")
        before = calls(server, "before")
        wait_until(lambda: calls(server, "before") > before, 5)
        stream.close()
        assert "Redis cannot be used" not in server.log()
