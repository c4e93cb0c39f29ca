"""Steering streams over HTTP, for one worker."""

from __future__ import annotations

from typing import Any

import gevent
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import Services
from app.streams.stream import Stream
from tests.unit.fakes import FakeClock, FakeSource, fake_services, mock_request

STREAMS = "/api/manage/streams"


@pytest.fixture
def services() -> Services:
    return fake_services(FakeSource(lambda n: {"n": n}), clock=FakeClock())


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services=services)


def open_stream(services: Services, path: str = "/v1/a") -> Stream:
    return services.streams.open(
        mock_request(interval_ms=60_000), path=path, client="c", sock=None
    )


def post(client: FlaskClient, path: str, body: Any = None) -> Any:
    return client.post(f"{STREAMS}{path}", json=body)


def test_a_verb_answers_with_what_the_stream_has_sent(
    client: FlaskClient, services: Services
) -> None:
    stream = open_stream(services)
    frames = stream.frames()
    next(frames), next(frames)
    answer = post(client, f"/{stream.id}/step?timeoutMs=0", {"batches": 2}).json
    assert answer["streams"] == [
        {
            "id": stream.id,
            "lastEventId": f"{stream.id}-0",
            "batches": 0,  # the last frame counts once it is written
            "done": False,
        }
    ]
    assert answer["complete"] and answer["cursor"]
    assert b'"index":1' in next(frames) and b'"index":2' in next(frames)


def test_a_verb_to_many_chooses_by_path_and_route(
    client: FlaskClient, services: Services
) -> None:
    ours, theirs = open_stream(services), open_stream(services, "/v2/a")
    answer = post(client, "/end?prefix=/v1&timeoutMs=0", {}).json
    assert [each["id"] for each in answer["streams"]] == [ours.id]
    assert [b'"end"' in b"".join(each.frames()) for each in (ours,)] == [True]
    assert not theirs.is_over
    assert post(client, "/end?route=none&timeoutMs=0", {}).json["streams"] == []


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/end?timeoutMs=0", "prefix"),
        ("/end?prefx=/v1", "prefx"),
        ("/end?prefix=/v1&timeoutMs=x", "timeoutMs"),
        ("/0123456789abcdef/end?prefix=/", "prefix"),
        ("/stall?prefix=/", "body"),
    ],
)
def test_a_call_that_is_not_accepted_changes_nothing(
    client: FlaskClient, services: Services, path: str, parameter: str
) -> None:
    stream = open_stream(services)
    answer = post(client, path, {})
    assert (answer.status_code, answer.get_json(force=True)["parameter"]) == (
        400,
        parameter,
    )
    assert not stream.is_over


def test_a_stream_that_is_over_says_how_it_ended(
    client: FlaskClient, services: Services
) -> None:
    stream = open_stream(services)
    stream.close()
    answer = post(client, f"/{stream.id}/pause", {})
    ended = answer.get_json(force=True)["ended"]
    assert answer.status_code == 409
    assert (ended["outcome"], ended["url"]) == ("client_gone", "/v1/a")
    assert post(client, "/0123456789abcdef/pause", {}).status_code == 404
    assert post(client, f"/{stream.id}/jump", {}).status_code == 404


def test_clients_are_counted_since_a_cursor_also_those_that_have_left(
    client: FlaskClient, services: Services
) -> None:
    open_stream(services)
    wait = f"{STREAMS}/wait?prefix=/v1&timeoutMs=0"
    first = client.get(wait).json
    assert (first["met"], first["clients"]) == (True, 1)
    after = f"{wait}&after={first['cursor']}"
    assert client.get(after).json["met"] is False
    open_stream(services).close()
    open_stream(services, "/v2")
    assert client.get(after).json["clients"] == 1
    assert client.get(f"{after}&clients=2").json["met"] is False
    assert client.get(f"{wait}&after=yesterday").status_code == 400


@pytest.mark.parametrize(
    ("until", "met"), [("closed", False), ("paused", False), ("events:2", False)]
)
def test_an_open_stream_is_waited_for(
    client: FlaskClient, services: Services, until: str, met: bool
) -> None:
    stream = open_stream(services)
    frames = stream.frames()
    path = f"{STREAMS}/{stream.id}/wait?timeoutMs=0&until={until}"
    assert client.get(path).json == {
        "met": False,
        "id": stream.id,
        "state": "open",
        "lastEventId": None,
        "batches": 0,
        "events": 0,
    }
    next(frames), next(frames)
    post(client, f"/{stream.id}/pause?timeoutMs=0", {})
    next(frames)
    assert client.get(path).json["met"] is (until != "closed")
    stream.close()
    shown = client.get(path).json
    assert (shown["met"], shown["state"]) == (until != "paused", "closed")


def test_a_server_that_ends_lets_nobody_wait(
    client: FlaskClient, services: Services
) -> None:
    stream = open_stream(services)
    services.drain()
    path = f"{STREAMS}/{stream.id}/wait?until=closed"
    assert client.get(path).status_code == 503
    assert client.get(f"{STREAMS}/wait").status_code == 503
    assert client.get(f"{STREAMS}/{stream.id}/wait").status_code == 400


def test_whoever_waits_when_the_server_ends_is_told_so(
    client: FlaskClient, services: Services
) -> None:
    stream = open_stream(services)

    def end() -> None:
        services.drain()
        stream.close()

    gevent.spawn(end)
    path = f"{STREAMS}/{stream.id}/wait?until=closed"
    assert client.get(path).status_code == 503
