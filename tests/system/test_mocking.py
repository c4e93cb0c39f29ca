"""What the client for tests makes of a test's routes, on a running server."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from app.sse.parser import SseParser
from app.testing import LLMock, MockServerError
from app.testing.llmock import Server as MockServer
from tests.system.server import serve

PRICE = {"symbol": "AAPL", "p": 1.5}


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with serve() as running:
        mock_server = MockServer(running.url)
        with closing(mock_server.api):
            yield mock_server


@pytest.fixture
def llmock(server: MockServer, request: pytest.FixtureRequest) -> Iterator[LLMock]:
    with server.mock(request.node.name) as mock:
        yield mock


class Client:
    """Reads a stream; what has come is read when a test asks for it."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response
        self._parser = SseParser()

    def next(self, count: int) -> list[tuple[str, str]]:
        """Name and data of the next events, fewer at the end of the stream."""
        found: list[tuple[str, str]] = []
        while len(found) < count and (data := self._response.read1(65_536)):
            found += [
                (event.fields.name.decode(), event.data.decode())
                for event in self._parser.feed(data)
                if event.data is not None and event.fields is not None
            ]
        return found


@contextmanager
def reading(url: str) -> Iterator[Client]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    with closing(connection):
        connection.request("GET", parts.path)
        yield Client(connection.getresponse())


@pytest.mark.parametrize(
    ("kinds", "event", "sent"),
    [
        (["price"], None, "price"),
        (["price"], "halt", "halt"),
        (["price"], "", ""),
        ([None], None, ""),
        (["price", "halt"], None, ""),
    ],
)
def test_a_push_has_the_name_of_the_routes_events_where_they_have_one(
    llmock: LLMock, kinds: list[str | None], event: str | None, sent: str
) -> None:
    shapes = [{"Shape": PRICE, "Event": kind} for kind in kinds]
    feed = llmock.stream("/v1/prices", clock="virtual", events=shapes)
    with reading(feed.url) as client:
        feed.wait_for_clients(1)
        feed.push({"p": 9}, event=event)
        assert client.next(1) == [(sent, '{"p":9}')]


def test_an_hour_of_virtual_time_brings_an_hour_of_events(llmock: LLMock) -> None:
    feed = llmock.stream(
        "/v1/prices", PRICE, interval="1m", clock="virtual", max_duration=0
    )
    with reading(feed.url) as client:
        feed.wait_for_clients(1)
        llmock.advance("1h")
        assert len(client.next(61)) == 61


def test_a_stream_lives_as_long_as_its_max_duration(llmock: LLMock) -> None:
    feed = llmock.stream(
        "/v1/prices", PRICE, interval="1m", clock="virtual", max_duration="2h"
    )
    with reading(feed.url) as client:
        feed.wait_for_clients(1)
        llmock.advance("3h")
        assert len(client.next(1_000)) in (120, 121)


def test_a_script_takes_times_as_a_stream_does(llmock: LLMock) -> None:
    steps = [{"data": 1}, {"data": 2, "after_ms": 600_000}]
    feed = llmock.script(
        "/v1/steps",
        steps,
        interval="1m",
        retry="3s",
        max_duration="5m",
        route={"clock": "virtual"},
    )
    with reading(feed.url) as client:
        feed.wait_for_clients(1)
        feed.advance("1h")
        assert client.next(3) == [("", "1")]


def test_a_max_duration_is_whole_seconds(llmock: LLMock) -> None:
    with pytest.raises(ValueError, match="max_duration is '1500ms'; accepted: whole"):
        llmock.stream("/v1/prices", PRICE, max_duration="1500ms")


@pytest.mark.parametrize(
    ("faults", "events"),
    [
        ("cut@3", 3),
        ("drop@1,cut@3", 2),
        ({"fault": "cut", "when": "3"}, 3),
        (["drop@1", "cut@3"], 2),
    ],
)
def test_faults_are_written_as_they_are_everywhere(
    llmock: LLMock, faults: Any, events: int
) -> None:
    feed = llmock.stream("/v1/prices", PRICE, interval="1ms", faults=faults)
    with reading(feed.url) as client:
        assert len(client.next(1_000)) == events


def test_a_list_within_a_list_of_faults_is_refused_at_its_place(
    llmock: LLMock,
) -> None:
    with pytest.raises(MockServerError, match=r"Faults\[0\] is cut at '3,drop@1'"):
        llmock.stream("/v1/prices", PRICE, faults=["cut@3,drop@1"])


@pytest.mark.parametrize("verb", ["push", "step", "pause"])
def test_a_verb_without_a_client_to_see_it_is_said(llmock: LLMock, verb: str) -> None:
    feed = llmock.stream("/v1/prices", PRICE, clock="virtual")
    acts = {"push": lambda: feed.push(1), "step": feed.step, "pause": feed.pause}
    with pytest.raises(MockServerError, match=f"{verb}: no client is connected to"):
        acts[verb]()
    feed.cut()
    feed.end()


@pytest.mark.parametrize(("timeout", "said"), [("30ms", "30ms"), (0.03, "0.03 s")])
def test_clients_that_do_not_come_are_waited_for_as_long_as_said(
    llmock: LLMock, timeout: str | float, said: str
) -> None:
    feed = llmock.stream("/v1/prices", PRICE)
    with pytest.raises(AssertionError, match=f"prices within {said}$"):
        feed.wait_for_clients(1, timeout=timeout)


def answers(url: str, count: int) -> list[str]:
    """What so many requests are answered."""
    return [requests.get(url, timeout=20).text for _ in range(count)]


def test_the_newest_route_answers(llmock: LLMock) -> None:
    llmock.json("/v1/price", 1)
    llmock.json("/v1/price", 2, method="POST")
    url = llmock.json("/v1/price", 3).url
    assert answers(url, 2) == ["3", "3"]
    assert requests.post(url, timeout=20).text == "2"
    llmock.fail(status=500)
    assert requests.get(url, timeout=20).status_code == 500


def test_routes_with_times_are_a_sequence_before_the_newest(llmock: LLMock) -> None:
    llmock.json("/v1/price", 1)
    llmock.json("/v1/price", 2, times=2)
    llmock.json("/v1/price", 3, times=1)
    url = llmock.json("/v1/price", 4).url
    assert answers(url, 5) == ["2", "2", "3", "4", "4"]


def test_a_route_with_times_makes_way_for_the_one_before(llmock: LLMock) -> None:
    llmock.json("/v1/price", 1)
    assert answers(llmock.json("/v1/price", 2, times=1).url, 3) == ["2", "1", "1"]


def test_an_operation_that_is_not_served_is_refused_with_the_reason(
    llmock: LLMock, tmp_path: Path
) -> None:
    responses = {"200": {"description": "ok"}}
    paths = {
        "/served": {"get": {"operationId": "served", "responses": responses}},
        "/traced": {"trace": {"operationId": "traced", "responses": responses}},
    }
    about = {"title": "t", "version": "1"}
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps({"openapi": "3.1.0", "info": about, "paths": paths}))
    api = llmock.spec(file)
    reason = api.unserved["TRACE /traced"]
    with pytest.raises(ValueError) as raised:
        api.operation("traced")
    assert str(raised.value) == f"'traced' is not served: {reason}; accepted: served"
    with pytest.raises(ValueError, match="'other' is not served: the description has"):
        api.operation("other")
