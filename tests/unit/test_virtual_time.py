"""Streams on a virtual clock: every moment comes when it is called for."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import gevent
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as st

from app import create_app
from app.bootstrap import Services, build
from app.settings import Settings

ROUTE: dict[str, Any] = {
    "Name": "prices",
    "Path": "/v1/prices",
    "Clock": "virtual",
    "Seed": 7,
    "Stream": {
        "IntervalMs": 1000,
        "JitterMs": 0,
        "Events": [
            {"Event": "price", "Shape": {"p": 1.5, "at": "2024-05-01T10:00:00Z"}}
        ],
        "MaxDurationSeconds": 3600,
        "Heartbeat": {"Seconds": 7, "Event": "ping", "Data": "ping"},
    },
}


class World:
    """A service with one virtual route, and readers of it."""

    def __init__(self, route: dict[str, Any] = ROUTE, **settings: Any) -> None:
        self.services: Services = build(Settings(**settings))
        self.app: Flask = create_app(services=self.services)
        self.client: FlaskClient = self.app.test_client()
        made = self.client.post("/api/manage/routes", json=route)
        assert made.status_code == 201, made.data
        self.bodies: list[list[bytes]] = []

    def open(self, path: str = "/v1/prices") -> list[bytes]:
        """Read a stream in the background, as far as the clock lets it come."""
        body: list[bytes] = []
        self.bodies.append(body)
        response = self.client.get(path, buffered=False)
        assert response.status_code == 200, response.data
        gevent.spawn(lambda: body.extend(response.response))
        gevent.sleep(0)
        return body

    def advance(
        self, status: int = 200, query: str = "route=prices", **move: Any
    ) -> Any:
        answer = self.client.post(f"/api/manage/clock/advance?{query}", json=move)
        assert answer.status_code == status, answer.data
        return answer.get_json(force=True)


@pytest.mark.parametrize(
    ("move", "pointer", "detail"),
    [
        ({"tonxt": True}, "/tonxt", "there is no key 'tonxt'; accepted: ms, toNext, s"),
        ({"ms": "1m"}, "/ms", 'ms is "1m"; accepted: an integer from 0 to'),
        ({"set": "2031-05-06"}, "/set", 'set is "2031-05-06"; accepted: a time with'),
        ({"toNext": False}, "/toNext", "toNext is false; accepted: true"),
        ({}, "", "the body has 0 keys; accepted: an object with one of ms"),
        ([1], "", "the body is a list; accepted: an object"),
    ],
)
def test_a_move_that_is_refused_says_what_was_wrong(
    move: Any, pointer: str, detail: str
) -> None:
    answer = World().client.post("/api/manage/clock/advance?route=prices", json=move)
    problem = answer.get_json(force=True)
    assert answer.status_code == 400
    assert detail in problem["detail"]
    assert (problem["pointer"], problem["value"]) == (
        pointer,
        move[pointer[1:]] if pointer else move,
    )


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ("route=pricse", 404, "there is no route 'pricse'; routes with a virtual"),
        ("route=pricse", 404, "clock: prices; did you mean prices?"),
        ("route=plain", 409, "the route plain runs by the real one"),
        ("prefix=/v2", 404, "there is no such route; routes with a virtual clock: pri"),
    ],
)
def test_an_advance_that_chooses_no_virtual_clock_says_which_it_would_be(
    query: str, status: int, detail: str
) -> None:
    world = World()
    plain = {"Name": "plain", "Path": "/plain", "Stream": {}}
    assert world.client.post("/api/manage/routes", json=plain).status_code == 201
    assert detail in world.advance(status, query, ms=1)["detail"]


def test_nothing_happens_until_the_clock_is_advanced() -> None:
    world = World()
    body = world.open()
    gevent.sleep(0.05)
    assert body == [b"retry: 2000\n"]
    first = world.advance(ms=0)
    assert (first["now"], first["events"]) == ("2030-01-01T00:00:00.000Z", 1)
    count = len(body)
    assert b"".join(body).count(b"event: price") == 1
    gevent.sleep(0.05)
    assert len(body) == count
    moved = world.advance(ms=2500)
    assert (moved["now"], moved["events"]) == ("2030-01-01T00:00:02.500Z", 2)
    assert b"".join(body).count(b"event: price") == 3


def test_the_next_thing_due_can_be_called_for() -> None:
    world = World()
    world.open()
    moves = [world.advance(toNext=True) for _ in range(4)]
    assert [move["now"] for move in moves] == [
        f"2030-01-01T00:00:0{second}.000Z" for second in (0, 1, 2, 3)
    ]
    assert [move["events"] for move in moves] == [1, 1, 1, 1]


def test_a_clock_is_set_before_its_streams_and_never_back() -> None:
    world = World()
    assert world.advance(set="2031-05-06T07:08:09Z")["now"].startswith("2031-05-06T07:")
    body = world.open()
    world.advance(ms=7000)
    world.advance(set="2031-05-06T07:08:20Z")
    assert b"".join(body).count(b"event: price") == 12
    assert world.advance(409, set="2030-01-01T00:00:00Z")["status"] == 409


def test_a_stream_that_comes_later_begins_at_the_clocks_now() -> None:
    world = World()
    world.advance(ms=90_000)
    first, second = world.open(), world.open()
    world.advance(ms=1000)
    for body in (first, second):
        assert b"".join(body).count(b"event: price") == 2


def test_events_of_all_streams_of_a_clock_come_in_the_order_of_their_moments() -> None:
    route = {
        **ROUTE,
        "Stream": {
            "Script": [
                {"Data": "a"},
                {"Data": "b", "AfterMs": 300},
                {"Data": "c", "AfterMs": 500},
            ],
            "Then": "hold",
        },
    }
    world = World(route)
    log: list[str] = []
    for name in "xy":
        response = world.client.get("/v1/prices", buffered=False)

        def read(name: str = name, response: Any = response) -> None:
            log.extend(
                name + frame.decode().split("data: ")[1][0]
                for frame in response.response
                if b"data" in frame
            )

        gevent.spawn(read)
        world.advance(ms=100)
    world.advance(ms=2000)
    assert log == ["xa", "ya", "xb", "yb", "xc", "yc"]


def hour(steps: list[int]) -> bytes:
    """An hour of the feed, advanced in steps of so many milliseconds, then the rest."""
    world = World()
    body = world.open()
    for step in steps:
        world.advance(ms=step)
    world.advance(ms=3_700_000)
    gevent.sleep(0)
    return b"".join(frame for frame in body if not frame.startswith(b": keep"))


@pytest.fixture(scope="module")
def at_once() -> bytes:
    return hour([])


@options(max_examples=8, deadline=None)
@given(st.lists(st.one_of(st.integers(1, 3000), st.integers(1, 900_000)), max_size=12))
def test_an_hour_is_the_same_in_steps_of_any_size(
    at_once: bytes, steps: list[int]
) -> None:
    assert hour(steps) == at_once


def test_an_hour_of_a_feed_takes_seconds(at_once: bytes) -> None:
    world = World()
    world.open()
    began = time.process_time()
    assert world.advance(ms=3_599_500)["events"] == 3600
    assert time.process_time() - began < 5
    assert at_once.count(b"event: price") == 3600
    assert len(set(re.findall(rb"id: (\S+)", at_once))) == 3600


def test_heartbeats_of_a_routes_own_form_fall_due_by_its_clock() -> None:
    world = World({**ROUTE, "Stream": {**ROUTE["Stream"], "IntervalMs": 20_000}})
    body = world.open()
    world.advance(toNext=True)
    assert b"".join(body).count(b"event: price") == 1
    counts = []
    for _ in range(6):
        world.advance(toNext=True)
        counts.append(b"".join(body).count(b"event: ping"))
    assert counts == [1, 2, 2, 3, 4, 4]  # at 7, 14, 20, 27, 34 and 40 seconds


def test_comments_keep_a_connection_alive_in_real_time() -> None:
    route = {**ROUTE, "Stream": {**ROUTE["Stream"], "Heartbeat": None}}
    world = World(route, heartbeat_seconds=1)
    body = world.open()
    with gevent.Timeout(10):
        while b": keep-alive\n" not in body:
            gevent.sleep(0.05)
    assert b"event: price" not in b"".join(body)


def test_a_stream_that_nobody_advances_is_stopped() -> None:
    world = World(virtual_idle_seconds=1)
    world.open()
    (stream,) = world.services.streams
    with gevent.Timeout(10):
        while len(world.services.streams):
            gevent.sleep(0.05)
    ended = world.services.streams.ended.get(stream.id)
    assert ended is not None and ended.outcome.value == "stopped"


def test_a_step_advances_to_the_next_batches() -> None:
    world = World()
    body = world.open()
    answer = world.client.post(
        "/api/manage/streams/step?route=prices", json={"batches": 5}
    )
    (stream,) = answer.json["streams"]
    assert stream["done"] and stream["batches"] == 5
    assert b"".join(body).count(b"event: price") == 5
    assert world.advance(ms=0)["now"] == "2030-01-01T00:00:04.000Z"


def test_a_paused_stream_is_not_moved_by_its_clock() -> None:
    world = World({**ROUTE, "Stream": {**ROUTE["Stream"], "Heartbeat": None}})
    body = world.open()
    world.advance(ms=0)
    world.client.post("/api/manage/streams/pause?route=prices", json={})
    world.advance(ms=10_000)
    assert b"".join(body).count(b"event: price") == 1
    world.client.post("/api/manage/streams/resume?route=prices", json={})
    world.advance(ms=3000)
    assert b"".join(body).count(b"event: price") == 4


def prices(body: list[bytes]) -> int:
    return b"".join(body).count(b"event: price")


def steer(world: World, verb: str, **body: Any) -> Any:
    answer = world.client.post(f"/api/manage/streams/{verb}?route=prices", json=body)
    assert answer.status_code == 200, answer.data
    return answer.json["streams"]


def test_what_is_pushed_before_the_clock_moves_brings_no_batch() -> None:
    world = World()
    body = world.open()
    # More than a stream sends before others get their turn.
    steer(world, "push", raw="data: 1\n\n")
    for verb in ("pause", "resume", "push"):
        assert steer(world, verb, **({"data": 2} if verb == "push" else {}))[0]["done"]
    many = [{"data": number} for number in range(40)]
    answer = world.client.post("/api/manage/streams/push?route=prices", json=many)
    assert answer.json["streams"][0]["done"]
    gevent.sleep(0.05)
    assert (b"".join(body).count(b"data: "), prices(body)) == (42, 0)
    world.advance(toNext=True)
    assert prices(body) == 1


def test_a_paused_stream_that_its_clock_never_moved_can_be_stepped() -> None:
    world = World()
    body = world.open()
    steer(world, "pause")
    (stream,) = steer(world, "step", batches=2)
    assert (stream["done"], stream["batches"], prices(body)) == (True, 2, 2)


def test_a_stream_that_comes_later_waits_for_the_next_move_and_no_other_does() -> None:
    world = World()
    first = world.open()
    world.advance(ms=2500)
    second = world.open()
    gevent.sleep(0.05)
    assert (prices(first), prices(second)) == (3, 0)
    assert world.advance(toNext=True)["now"] == "2030-01-01T00:00:02.500Z"
    assert (prices(first), prices(second)) == (3, 1)
    world.advance(ms=1000)
    assert (prices(first), prices(second)) == (4, 2)


def test_a_delay_is_the_first_move_that_a_stream_waits_for() -> None:
    world = World({**ROUTE, "DelayMs": 500})
    opening = gevent.spawn(world.open)
    gevent.sleep(0.05)
    move = world.advance(toNext=True)
    assert (move["now"], move["events"]) == ("2030-01-01T00:00:00.500Z", 1)
    assert prices(opening.get(timeout=10)) == 1


def test_a_stream_without_an_opening_sends_its_headers_before_the_clock_moves() -> None:
    world = World({**ROUTE, "Stream": {"IntervalMs": 1000, "Framing": "ndjson"}})
    with gevent.Timeout(10):
        body = world.open()  # comes back when the headers have
    assert b"{" not in b"".join(body)
    assert world.advance(toNext=True)["events"] == 1
    assert b"".join(body).count(b"{") == 1


def test_a_regular_stream_is_an_answer_and_waits_for_no_clock() -> None:
    world = World()
    path = BUILT_IN.replace("continuous=true", "continuous=false")
    assert b'"done":true' in world.client.get(f"{path}&clock=virtual").data


def test_streams_on_the_real_clock_are_not_moved() -> None:
    world = World()
    world.client.post(
        "/api/manage/routes",
        json={"Name": "real", "Path": "/v1/real", "Stream": {"IntervalMs": 60_000}},
    )
    body = world.open("/v1/real")
    world.open()
    world.advance(query="prefix=/v1", ms=600_000)
    assert b"".join(body).count(b"data: ") == 1


@pytest.mark.parametrize(
    ("query", "move", "status"),
    [
        ("", {"ms": 1}, 400),
        ("route=prices", {}, 400),
        ("route=prices", {"ms": -1}, 400),
        ("route=prices", {"ms": True}, 400),
        ("route=prices", {"ms": 1, "toNext": True}, 400),
        ("route=prices", {"set": "yesterday"}, 400),
        ("route=prices", {"set": "2030-01-01T00:00:00"}, 400),
        ("route=prices&since=1", {"ms": 1}, 400),
        ("route=none", {"ms": 1}, 404),
        ("prefix=/v2", {"ms": 1}, 404),
        ("stream=0123456789abcdef", {"ms": 1}, 404),
    ],
)
def test_a_call_that_cannot_be_followed_says_why(
    query: str, move: Any, status: int
) -> None:
    World().advance(status, query=query, **move)


@pytest.mark.parametrize(
    "route",
    [
        {"Path": "/a", "Clock": "virtual", "Body": {}},
        {**ROUTE, "Name": "other", "Backend": "model"},
        {**ROUTE, "Name": "other", "Blend": True},
    ],
)
def test_only_streams_of_the_built_in_generator_have_a_virtual_clock(
    route: dict[str, Any],
) -> None:
    answer = World().client.post("/api/manage/routes", json=route)
    assert answer.status_code == 400
    assert answer.get_json(force=True)["pointer"] == "/Clock"


BUILT_IN = (
    "/api/mock/stream/stocks?continuous=true&interval=1000&sseMode=CompleteObjects"
)


def test_a_built_in_stream_can_have_a_clock_of_its_own() -> None:
    world = World()
    bodies = [world.open(f"{BUILT_IN}&clock=virtual") for _ in range(2)]
    first = [*world.services.streams][-1]
    answer = world.advance(query=f"stream={first.id}", ms=3000)
    assert (answer["events"], answer["clocks"][0]["stream"]) == (4, first.id)
    assert [b"".join(body).count(b'"index"') for body in bodies] == [4, 0]
    world.advance(query="path=/api/mock/stream/*", ms=1000)
    assert [b"".join(body).count(b'"index"') for body in bodies] == [5, 2]


def test_a_stream_on_the_real_clock_cannot_be_advanced() -> None:
    world = World()
    world.open(BUILT_IN)
    (stream,) = world.services.streams
    world.advance(409, query=f"stream={stream.id}", ms=1)


@pytest.mark.parametrize("path", [f"{BUILT_IN}&clock=virtual&seed=7", "/v1/prices"])
def test_a_seeded_stream_is_the_same_each_time(path: str) -> None:
    bodies = []
    for _ in range(2):
        world = World({**ROUTE, "Stream": {**ROUTE["Stream"], "Ids": "uuid"}})
        body = world.open(path)
        (stream,) = world.services.streams
        query = "route=prices" if path == "/v1/prices" else f"stream={stream.id}"
        world.advance(query=query, ms=30_000)
        bodies.append(b"".join(body))
    assert bodies[0] == bodies[1] and len(bodies[0]) > 1000


def test_the_streams_of_a_seeded_route_differ_in_their_ids_alone() -> None:
    world = World()
    bodies = [world.open(), world.open()]
    ids = [stream.id.encode() for stream in world.services.streams][::-1]
    world.advance(ms=30_000)
    assert ids[0] != ids[1]
    first, second = (b"".join(body) for body in bodies)
    assert first.replace(ids[0], ids[1]) == second


def test_a_route_that_is_made_anew_has_a_new_clock() -> None:
    world = World()
    ids = []
    for _ in range(2):
        assert (
            world.client.put("/api/manage/routes/prices", json=ROUTE).status_code == 200
        )
        world.open()
        ids.append(next(iter(world.services.streams)).id)
        assert world.advance(ms=1000)["now"] == "2030-01-01T00:00:01.000Z"
        world.client.post("/api/manage/streams/end?route=prices", json={})
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        (f"{BUILT_IN}&clock=virtual", {"request_faults": False}),
        (f"{BUILT_IN}&clock=virtual&blend=true", {}),
        (f"{BUILT_IN}&clock=virtual&shared=true", {}),
        (f"{BUILT_IN}&clock=fast", {}),
        ("/api/mock/stocks?clock=virtual", {}),
    ],
)
def test_an_own_clock_is_refused_where_it_has_no_use(
    path: str, settings: dict[str, Any]
) -> None:
    answer = World(**settings).client.get(path)
    assert answer.status_code == 400
    assert answer.get_json(force=True)["parameter"] == "clock"


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    gevent.sleep(0)
