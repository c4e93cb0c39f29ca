"""Routes that were made at run time, as two servers with one Redis share them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.integration.redis_server import RedisServer, redis_server
from tests.system.server import Server, serve
from tests.system.wire import wait_until

pytestmark = pytest.mark.needs_redis


@dataclass(frozen=True)
class Pair:
    """Two servers, one after the other started, and the Redis of both."""

    redis: RedisServer
    one: Server
    other: Server


@pytest.fixture(scope="module")
def running() -> Iterator[Pair]:
    with redis_server() as engine:
        config = f"MockLlmApi: {{Redis: '{engine.url}'}}"
        with serve(config) as one, serve(config) as other:
            yield Pair(engine, one, other)


@pytest.fixture
def pair(running: Pair) -> Iterator[Pair]:
    """The pair, without routes at the end."""
    yield running
    httpx.delete(f"{running.one.url}/api/manage/routes?all=true").raise_for_status()


def make(server: Server, **route: object) -> int:
    answer = httpx.post(f"{server.url}/api/manage/routes", json=route)
    return answer.status_code


def get(server: Server, path: str) -> str:
    answer = httpx.get(f"{server.url}{path}", timeout=10)
    return answer.text if answer.status_code == 200 else str(answer.status_code)


def test_a_route_made_at_one_is_served_by_the_other_within_100_ms(pair: Pair) -> None:
    waits = []
    with httpx.Client() as asking:
        for number in range(5):
            body, path = f"made {number}", f"/shared/{number}"
            assert make(pair.one, path=path, body=body) == 201
            made = time.monotonic()
            while asking.get(f"{pair.other.url}{path}").status_code != 200:
                assert time.monotonic() - made < 5
            waits.append(time.monotonic() - made)
            assert get(pair.other, path) == body
    assert min(waits) < 0.1
    assert sorted(waits)[2] < 0.1


def test_a_change_and_a_deletion_reach_the_other_too(pair: Pair) -> None:
    assert make(pair.one, name="a", path="/a", body="first") == 201
    wait_until(lambda: get(pair.other, "/a") == "first", 2)
    url = f"{pair.other.url}/api/manage/routes/a"
    httpx.put(url, json={"path": "/a", "body": "second"}).raise_for_status()
    wait_until(lambda: get(pair.one, "/a") == "second", 2)
    httpx.delete(f"{pair.one.url}/api/manage/routes/a").raise_for_status()
    wait_until(lambda: get(pair.other, "/a") == "404", 2)


def test_a_name_that_is_taken_at_one_is_taken_at_the_other(pair: Pair) -> None:
    assert make(pair.one, name="a", path="/a") == 201
    assert make(pair.other, name="a", path="/b") == 409


def test_times_are_counted_by_all_together(pair: Pair) -> None:
    assert make(pair.one, name="few", path="/few", body="yes", times=4) == 201
    assert make(pair.one, name="rest", path="/few", body="no") == 201
    wait_until(lambda: len(listed(pair.other)) == 2, 2)
    found = [get(server, "/few") for server in (pair.one, pair.other) * 3]
    assert found == ["yes"] * 4 + ["no"] * 2
    assert [listed(server)["few"] for server in (pair.one, pair.other)] == [0, 0]


def listed(server: Server) -> dict[str, int | None]:
    """What is left of the ``Times`` of each route."""
    routes = httpx.get(f"{server.url}/api/manage/routes").json()["routes"]
    return {route["name"]: route["timesLeft"] for route in routes}


def test_an_expired_route_is_gone_everywhere(pair: Pair) -> None:
    assert make(pair.one, path="/short", body="yes", expiresSeconds=1) == 201
    wait_until(lambda: get(pair.other, "/short") == "yes", 0.9)
    wait_until(lambda: get(pair.other, "/short") == "404", 3)
    assert get(pair.one, "/short") == "404"


def test_a_server_that_starts_later_serves_what_is_there(pair: Pair) -> None:
    assert make(pair.one, path="/before", body="yes") == 201
    with serve(f"MockLlmApi: {{Redis: '{pair.redis.url}'}}") as late:
        assert get(late, "/before") == "yes"


def test_while_redis_is_away_what_is_known_goes_on(pair: Pair) -> None:
    assert make(pair.one, name="kept", path="/kept", body="yes") == 201
    assert make(pair.one, name="few", path="/few", body="yes", times=2) == 201
    servers = (pair.one, pair.other)
    for server in servers:
        wait_until(lambda server=server: get(server, "/kept") == "yes", 2)
    pair.redis.stop()
    try:
        for server in servers:
            assert get(server, "/kept") == "yes"
            # Each counts for itself.
            assert [get(server, "/few") for _ in range(3)] == ["yes", "yes", "404"]
            url = f"{server.url}/api/manage/routes"
            assert make(server, path="/new") == 503
            assert httpx.delete(f"{url}/kept").status_code == 503
            assert httpx.put(f"{url}/kept", json={"path": "/k"}).status_code == 503
            assert "Retry-After" in httpx.delete(f"{url}?all=true").headers
            assert set(listed(server)) == {"kept", "few"}
    finally:
        pair.redis.start()
    # It came back empty, and so are the routes.
    for server in servers:
        wait_until(lambda server=server: get(server, "/kept") == "404", 5)
        assert make(server, path=f"/{server.address[1]}", body="new") == 201
    for server in servers:
        for other in servers:
            path = f"/{other.address[1]}"
            wait_until(lambda a=server, b=path: get(a, b) == "new", 2)
