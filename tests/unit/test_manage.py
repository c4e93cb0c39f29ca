"""Listing and stopping open streams over HTTP, for one worker."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app import create_app
from app.bootstrap import Services
from app.cluster.colleagues import Colleagues
from app.cluster.directory import covers
from app.cluster.own import OwnStreams
from app.cluster.shared import SharedStreams
from app.streams.stream import Stream
from tests.unit.fake_exchange import FakeEngine, FakeExchange
from tests.unit.fakes import FakeClock, FakeSource, fake_services, mock_request

STREAMS = "/api/manage/streams"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def services(clock: FakeClock) -> Services:
    return fake_services(FakeSource(lambda n: {"n": n}), clock=clock)


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services=services)


def open_stream(services: Services, **changes: object) -> Stream:
    return services.streams.open(
        mock_request(**changes), path="/", client="10.0.0.9", sock=None
    )


def open_at(services: Services, url: str, route: str | None, path: str) -> Stream:
    stream = services.streams.open(
        mock_request(path=path), path=url, client="c", sock=None
    )
    stream.route = route
    return stream


def data(frame: bytes) -> Any:
    return orjson.loads(frame.split(b"data: ")[1])


def ids(page: Any) -> list[str]:
    return [stream["id"] for stream in page["streams"]]


def test_a_stream_shows_what_it_is_and_what_it_did(
    client: FlaskClient, services: Services, clock: FakeClock
) -> None:
    stream = open_stream(services, path="stocks/AAPL", context="c1", interval_ms=2000)
    frames = stream.frames()
    sent = b"".join(next(frames) for _ in range(4))
    clock.time += 1.25
    shown = client.get(f"{STREAMS}/{stream.id}").json
    assert shown == {
        "id": stream.id,
        "path": "stocks/AAPL",
        "url": "/",
        "route": None,
        "feed": None,
        "mode": "CompleteObjects",
        "transport": None,
        "continuous": True,
        "intervalMs": 2000,
        "client": "10.0.0.9",
        "backend": "fake",
        "context": "c1",
        "startedAt": "2025-01-06T12:34:56.789Z",
        "ageSeconds": 5,
        "batches": 2,
        "events": 3,
        "bytes": shown["bytes"],  # the last frame counts once it is written
        "lastEventAt": "2025-01-06T12:34:58.789Z",
        "lastEventId": shown["lastEventId"],
        "paused": False,
    }
    assert 0 < shown["bytes"] < len(sent)
    assert client.get(STREAMS).json == {
        "streams": [shown],
        "total": 1,
        "next": None,
        "complete": True,
    }


def test_a_regular_stream_has_no_interval(
    client: FlaskClient, services: Services
) -> None:
    stream = open_stream(services, continuous=False)
    assert client.get(f"{STREAMS}/{stream.id}").json["intervalMs"] is None


def test_the_newest_is_first(
    client: FlaskClient, services: Services, clock: FakeClock
) -> None:
    opened = []
    for _ in range(3):
        opened.append(open_stream(services).id)
        clock.time += 1
    assert ids(client.get(STREAMS).json) == opened[::-1]


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(st.sampled_from([0.0, 0.0, 0.001, 5.0, -3.0]), max_size=12),
    limit=st.integers(1, 13),
)
def test_pages_joined_are_all_streams_once_and_in_order(
    steps: list[float], limit: int
) -> None:
    clock = FakeClock()
    services = fake_services(FakeSource(lambda n: n), clock=clock)
    client = create_app(services=services).test_client()
    places = []
    for step in steps:  # a step back is a wall clock that was set
        stream = open_stream(services)
        places.append((stream.started_ms, stream.id))
        clock.time += step
    shown: list[str] = []
    query: str | None = ""
    while query is not None and len(shown) <= len(steps):
        page = client.get(f"{STREAMS}?limit={limit}{query}").json
        assert page is not None and page["total"] == len(steps)
        assert len(page["streams"]) <= limit
        shown += ids(page)
        query = page["next"] and f"&cursor={page['next']}"
    assert shown == [stream_id for _, stream_id in sorted(places, reverse=True)]


def test_a_page_is_not_moved_by_streams_that_come_and_go(
    client: FlaskClient, services: Services, clock: FakeClock
) -> None:
    opened = []
    for _ in range(4):
        opened.append(open_stream(services))
        clock.time += 1
    first = client.get(f"{STREAMS}?limit=2").json
    opened[3].close()
    opened[2].close()
    open_stream(services)
    second = client.get(f"{STREAMS}?limit=2&cursor={first['next']}").json
    assert ids(second) == [opened[1].id, opened[0].id] and second["next"] is None


def test_a_page_has_a_hundred_streams_when_the_request_does_not_say(
    client: FlaskClient, services: Services
) -> None:
    for _ in range(101):
        open_stream(services)
    page = client.get(STREAMS).json
    assert len(page["streams"]) == 100 and page["total"] == 101 and page["next"]


@pytest.mark.parametrize(
    ("wanted", "path", "covered"),
    [
        ("", "stocks", True),
        ("stocks", "stocks", True),
        ("stocks", "stocks/AAPL", True),
        ("stocks/AAPL", "stocks", False),
        ("stocks", "stocks-old", False),
        ("stocks", "Stocks", False),
        ("tocks", "stocks", False),
    ],
)
def test_a_path_covers_itself_and_what_lies_below_it(
    wanted: str, path: str, covered: bool
) -> None:
    assert covers(wanted, path) is covered


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"stocks", "stocks/AAPL", "logs", "bücher"}),
        ("?path=", {"stocks", "stocks/AAPL", "logs", "bücher"}),
        ("?path=/", {"stocks", "stocks/AAPL", "logs", "bücher"}),
        ("?path=stocks", {"stocks", "stocks/AAPL"}),
        ("?path=/stocks/", {"stocks", "stocks/AAPL"}),
        ("?path=stocks%2FAAPL", {"stocks/AAPL"}),
        ("?path=b%C3%BCcher", {"bücher"}),
        ("?path=nothing", set()),
    ],
)
def test_a_path_chooses_streams(
    client: FlaskClient, services: Services, query: str, found: set[str]
) -> None:
    for path in ("stocks", "stocks/AAPL", "logs", "bücher"):
        open_stream(services, path=path)
    page = client.get(STREAMS + query).json
    assert {stream["path"] for stream in page["streams"]} == found
    assert page["total"] == len(found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("prefix=/v1", ["/v1/a", "/v1/b"]),
        ("prefix=/nothing", []),
        ("route=ours", ["/v1/b"]),
        ("route=theirs", []),
        ("prefix=/v1&path=stocks&limit=1", ["/v1/a"]),
    ],
)
def test_the_list_is_chosen_as_for_steering(
    client: FlaskClient, services: Services, query: str, found: list[str]
) -> None:
    open_at(services, "/v1/a", None, "stocks")
    open_at(services, "/v1/b", "ours", "")
    open_at(services, "/v2", None, "")
    page = client.get(f"{STREAMS}?{query}").json
    assert sorted(stream["url"] for stream in page["streams"]) == found
    assert page["total"] == len(found)


def test_a_parameter_that_is_not_known_neither_lists_nor_stops(
    client: FlaskClient, services: Services
) -> None:
    stream = open_stream(services)
    for answer in (
        client.get(f"{STREAMS}?prefx=/v1"),
        client.delete(f"{STREAMS}?path=/&prefx=/v1"),
    ):
        assert answer.status_code == 400
        assert orjson.loads(answer.data)["parameter"] == "prefx"
    assert not stream.is_over


@pytest.mark.parametrize(
    ("query", "parameter", "value"),
    [
        ("limit=0", "limit", "0"),
        ("limit=1001", "limit", "1001"),
        ("limit=ten", "limit", "ten"),
        ("cursor=last", "cursor", "last"),
        ("cursor=12-xyz", "cursor", "12-xyz"),
        ("cursor=-1-abc", "cursor", "-1-abc"),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    client: FlaskClient, query: str, parameter: str, value: str
) -> None:
    response = client.get(f"{STREAMS}?{query}")
    assert response.status_code == 400
    problem = orjson.loads(response.data)
    assert (problem["parameter"], problem["value"]) == (parameter, value)
    assert problem["allowed"]


def test_a_stopped_stream_says_so_to_its_client_and_is_gone() -> None:
    answers: list[int] = []

    def stop_while_it_sleeps() -> None:
        answers.append(client.delete(f"{STREAMS}/{stream.id}").status_code)

    services = fake_services(FakeSource(lambda n: n), on_sleep=stop_while_it_sleeps)
    client = create_app(services=services).test_client()
    stream = open_stream(services, interval_ms=60_000)
    events = [data(frame) for frame in stream.frames()]
    assert [event.get("type") for event in events] == ["info", None, "end"]
    assert events[-1] == {
        "type": "end",
        "message": "Stopped",
        "eventCount": 1,
        "reason": "stopped",
        "done": True,
    }
    assert answers == [204]
    assert client.get(f"{STREAMS}/{stream.id}").status_code == 404


def test_a_regular_stream_can_be_stopped_too() -> None:
    services = fake_services(FakeSource(lambda n: [1, 2, 3]))
    client = create_app(services=services).test_client()
    stream = open_stream(services, continuous=False)
    frames = stream.frames()
    assert data(next(frames))["data"] == 1
    assert client.delete(f"{STREAMS}/{stream.id}").status_code == 204
    assert [data(frame)["message"] for frame in frames] == ["Stopped"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_unknown_id_is_a_problem(client: FlaskClient, method: str) -> None:
    response = client.open(f"{STREAMS}/0123456789abcdef", method=method)
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"


def test_all_streams_of_a_path_are_stopped_and_counted(
    client: FlaskClient, services: Services
) -> None:
    opened = [open_stream(services, path=p) for p in ("stocks", "stocks/A", "logs")]
    response = client.delete(f"{STREAMS}?path=stocks")
    assert response.json == {"stopped": 2, "complete": True}
    assert [stream.is_over for stream in opened] == [True, True, False]
    assert client.delete(f"{STREAMS}?path=/").json["stopped"] == 3


@pytest.mark.parametrize("query", ["", "?path=", "?limit=3"])
def test_to_stop_many_a_path_has_to_be_named(
    client: FlaskClient, services: Services, query: str
) -> None:
    stream = open_stream(services)
    response = client.delete(STREAMS + query)
    assert response.status_code == 400
    assert orjson.loads(response.data)["parameter"] == "path"
    assert not stream.is_over


def test_without_the_exchange_a_worker_still_manages_its_own_streams(
    clock: FakeClock,
) -> None:
    engine = FakeEngine()
    engine.go_away()
    services = fake_services(FakeSource(lambda n: n), clock=clock)
    directory = SharedStreams(
        OwnStreams(services.streams),
        Colleagues(FakeExchange(engine), clock=clock, counts=services.streams.counts),
    )
    object.__setattr__(services, "directory", directory)
    client = create_app(services=services).test_client()
    stream = open_stream(services)
    page = client.get(STREAMS).json
    assert page is not None
    assert (ids(page), page["complete"]) == ([stream.id], False)
    assert client.get(f"{STREAMS}/{stream.id}").status_code == 200
    response = client.get(f"{STREAMS}/0123")
    assert response.status_code == 503 and response.headers["Retry-After"] == "1"
    assert client.delete(f"{STREAMS}/0123").status_code == 503
    assert client.delete(f"{STREAMS}?path=/").json == {"stopped": 1, "complete": False}
    assert stream.is_over
