"""Routes whose streams are subscriptions to a shared feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.events.event import Event, Fields
from app.feeds.forms import Form
from app.settings import Settings
from app.sse.parser import SseParser

_PRICES = {
    "Path": "/v1/{symbol}/stream",
    "Stream": {
        "Feed": "prices {symbol}",
        "IntervalMs": 5,
        "Events": [{"Event": "price", "Shape": {"p": 1.5}}],
    },
}


@pytest.fixture
def client() -> FlaskClient:
    return create_app(Settings(feed_history=5)).test_client()


def make(client: FlaskClient, route: dict[str, Any]) -> Any:
    made = client.post("/api/manage/routes", json=route)
    return made.get_json(), made.status_code


class Reader:
    """The blocks of one response."""

    def __init__(self, client: FlaskClient, target: str, last: str = "") -> None:
        headers = {"Last-Event-ID": last} if last else {}
        self.response = client.get(target, headers=headers)
        self.frames: Iterator[bytes] = iter(self.response.response)  # type: ignore
        self.parser = SseParser()
        self.blocks: list[Event] = []

    def next(self) -> tuple[Event, Fields]:
        while not self.blocks:
            self.blocks += self.parser.feed(next(self.frames))
        event = self.blocks.pop(0)
        return event, event.fields or Fields()

    def events(self, count: int) -> list[tuple[str, str, Any]]:
        """Events with data, as name, id and data."""
        found: list[tuple[str, str, Any]] = []
        while len(found) < count:
            event, fields = self.next()
            if event.data is not None:
                last = (fields.id or b"").decode()
                found.append((fields.name.decode(), last, json.loads(event.data)))
        return found

    def close(self) -> None:
        self.response.close()


def test_clients_of_a_route_see_the_same_bare_values(client: FlaskClient) -> None:
    assert make(client, _PRICES)[1] == 201
    first, second = Reader(client, "/v1/A/stream"), Reader(client, "/v1/A/stream?x=1")
    ours = {last: data for _, last, data in first.events(20)}
    theirs = {last: (name, data) for name, last, data in second.events(20)}
    both = ours.keys() & theirs.keys()
    assert len(both) > 10
    for last in both:
        assert theirs[last] == ("price", ours[last])
        assert set(ours[last]) == {"p"}
    (feed,) = client.get("/api/manage/feeds").get_json()["feeds"]
    assert (feed["name"], feed["subscribers"]) == ("prices A", 2)


def test_a_parameter_of_the_path_makes_another_feed(client: FlaskClient) -> None:
    make(client, _PRICES)
    readers = [Reader(client, f"/v1/{each}/stream") for each in "AB"]
    names = {reader.events(1)[0][1].split("-")[0] for reader in readers}
    assert len(names) == 2


def test_a_built_in_stream_and_a_route_share_one_feed(client: FlaskClient) -> None:
    make(client, {"Path": "/ours", "Stream": {"Feed": "one", "IntervalMs": 5}})
    built_in = Reader(
        client,
        "/api/mock/stream/x?feed=one&interval=5&sseMode=CompleteObjects"
        '&shape={"n":1.25,"text":"a,\\"index\\":b"}',
    )
    bare = Reader(client, "/ours")
    values = {last: data["data"] for _, last, data in built_in.events(20) if last}
    seen = {last: data for _, last, data in bare.events(15)}
    both = values.keys() & seen.keys()
    assert len(both) > 5 and all(values[last] == seen[last] for last in both)


def test_a_client_of_a_route_resumes_and_hears_of_a_gap(client: FlaskClient) -> None:
    stream = {**_PRICES["Stream"], "GapEvent": "missed"}  # type: ignore[dict-item]
    make(client, {**_PRICES, "Stream": stream})
    keeper = Reader(client, "/v1/A/stream")
    events = keeper.events(3)
    resumed = Reader(client, "/v1/A/stream", last=events[0][1])
    assert resumed.events(2) == events[1:]
    keeper.events(20)
    late = Reader(client, "/v1/A/stream", last=events[0][1])
    name, last, told = late.events(1)[0]
    assert (name, last, told["type"]) == ("missed", "", "gap")
    assert late.events(1)[0][1] == told["oldest"]


def test_a_gap_is_a_comment_where_no_event_is_named(client: FlaskClient) -> None:
    make(client, _PRICES)
    keeper = Reader(client, "/v1/A/stream")
    last = keeper.events(1)[0][1]
    keeper.events(20)
    late = Reader(client, "/v1/A/stream", last=last)
    comments = []
    while True:
        event, fields = late.next()
        if event.data is not None:
            break
        comments.append(fields.comment or b"")
    assert any(each.strip().startswith(b"gap missed=") for each in comments)


def test_the_end_of_a_feed_is_the_end_for_its_client(client: FlaskClient) -> None:
    stream = {"Feed": "one", "IntervalMs": 5, "Envelope": "contract", "MaxEvents": 2}
    make(client, {"Path": "/ours", "Stream": stream})
    reader = Reader(client, "/ours")
    events = reader.events(4)
    assert events[0][2]["feed"] == "one"
    last = events[-1][1]
    assert last == f"{events[-2][1]}-end"
    ended = client.get("/ours", headers={"Last-Event-ID": last})
    assert ended.status_code == 204


def test_faults_of_a_route_are_each_clients_own(client: FlaskClient) -> None:
    make(client, {**_PRICES, "Faults": ["status:503*1", "no-id*1@2"]})
    assert client.get("/v1/A/stream").status_code == 503
    first, second = Reader(client, "/v1/A/stream"), Reader(client, "/v1/A/stream")
    for reader in (first, second):
        ids = [last for _, last, _ in reader.events(5)]
        assert [bool(last) for last in ids] == [True, True, False, True, True]


def test_lines_of_a_feed_are_values(client: FlaskClient) -> None:
    stream = {"Feed": "one", "IntervalMs": 5, "Framing": "ndjson", "Mode": "ArrayItems"}
    make(client, {"Path": "/ours", "Shape": [1, 2, 3], "Stream": stream})
    frames = iter(client.get("/ours").response)
    lines = b"".join(next(frames) for _ in range(6)).split()  # type: ignore[misc]
    assert all(isinstance(json.loads(line), int) for line in lines)


@pytest.mark.parametrize(
    ("change", "place", "word"),
    [
        ({"Stream": {"Feed": "f", "Script": [{"Data": 1}]}}, "Feed", "Script"),
        ({"Stream": {"Feed": "f", "Ids": "counter"}}, "Feed", "Ids"),
        ({"Stream": {"Feed": "f", "Continuous": False}}, "Feed", "Continuous"),
        ({"Stream": {"Feed": "f {what}"}}, "Feed", "{what}"),
        ({"Stream": {"History": 3}}, "History", "without Feed"),
        ({"Stream": {"Feed": "f"}, "Clock": "virtual"}, "Clock", "beside Feed"),
    ],
)
def test_what_a_shared_stream_cannot_have_is_refused(
    client: FlaskClient, change: dict[str, Any], place: str, word: str
) -> None:
    problem, status = make(client, {"Path": "/ours", **change})
    assert status == 400
    assert word in problem["detail"], problem
    assert place in json.dumps(problem)


def test_an_error_event_is_a_comment_and_the_end_of_a_batch_nothing() -> None:
    bare = Form(is_bare=True)
    told = bare.told(Event(b'{"type":"error","message":"no","eventCount":1}'))
    assert told is not None and told.fields == Fields(comment=b"error no")
    assert bare.told(Event(b'{"content":"ab","batchNumber":0}')) is None
    chunk = bare.told(Event(b'{"chunk":"a\\"b","accumulated":"a\\"b"}'))
    assert chunk is not None and chunk.data == b'"a\\"b"'
