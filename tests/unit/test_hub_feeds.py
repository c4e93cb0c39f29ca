"""Shared feeds over a hub: the events that readers of the feed get."""

from __future__ import annotations

from typing import Any

import gevent
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import Services, build
from app.settings import Settings
from app.settings.free import Placed
from app.settings.model import FeedSettings
from app.settings.place import Place
from app.words import Mode
from tests.unit.fakes import FakeBackends, FakeSource
from tests.unit.hub_client import PollingClient
from tests.unit.test_hub_contexts import told

TICKER = FeedSettings(
    name="ticker", path="stocks", sse_mode=Mode.COMPLETE_OBJECTS, interval_ms=20
)


@pytest.fixture
def services() -> Services:
    source = FakeSource(lambda number: {"n": number})
    return build(
        Settings(feeds=(Placed(TICKER, Place("test", "Feeds[0]")),)),
        backends=FakeBackends(source),  # type: ignore[arg-type]
    )


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services=services)


def hub_of(client: FlaskClient) -> PollingClient:
    hub = PollingClient(client)
    hub.connect()
    return hub


@pytest.fixture
def hub(client: FlaskClient) -> PollingClient:
    return hub_of(client)


def test_who_subscribes_gets_the_events_of_the_feed(hub: PollingClient) -> None:
    assert "error" not in hub.invoke("Subscribe", "ticker")
    events = told(hub, "Event", 4)
    assert {event["feed"] for event in events} == {"ticker"}
    assert events[0]["data"]["type"] == "info"
    values = [event for event in events if "index" in event["data"]]
    assert [event["data"]["data"]["n"] for event in values] == [0, 1, 2]
    ids = [int(event["id"].rpartition("-")[2]) for event in values]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    assert events[0]["event"] == "message"


def test_a_feed_is_read_once_and_only_while_somebody_is_subscribed(
    services: Services, client: FlaskClient, hub: PollingClient
) -> None:
    other = hub_of(client)
    hub.invoke("Subscribe", "ticker")
    other.invoke("Subscribe", "ticker")
    told(other, "Event", 2)
    assert services.feeds.get("ticker").subscribers == 1
    other.invoke("Unsubscribe", "ticker")
    assert told(hub, "Event", 2)
    client.delete("/hub/mock", query_string={"id": hub.token})
    gevent.idle()
    assert services.feeds.get("ticker").subscribers == 0


@pytest.mark.parametrize("method", ["Subscribe", "Unsubscribe"])
def test_a_name_is_one_text(hub: PollingClient, method: str) -> None:
    told = "The argument is the name of a feed or a route, as text."
    for arguments in ([], [7], ["ticker", "ticker"]):
        assert hub.invoke(method, *arguments)["error"] == told


def test_a_feed_that_is_not_known_is_an_error(hub: PollingClient) -> None:
    assert hub.invoke("Subscribe", "nope")["error"] == "Unknown feed or route 'nope'"
    assert "error" not in hub.invoke("Unsubscribe", "nope")


# -- streams -----------------------------------------------------------------------


def streamed(hub: PollingClient, **options: object) -> tuple[list[Any], dict[str, Any]]:
    """The items of a stream of a feed, and its completion."""
    call = ["stocks", {"feed": "ticker", **options}]
    hub.send(type=4, invocationId="s", target="Stream", arguments=call)
    items = []
    for message in hub.messages():
        if message["type"] == 3:
            return items, message
        items.append(message["item"])
    raise AssertionError("the connection has ended")


def test_a_stream_may_subscribe_to_a_feed(
    services: Services, client: FlaskClient, hub: PollingClient
) -> None:
    hub.invoke("Subscribe", "ticker")
    before = told(hub, "Event", 4)[-1]["data"]["data"]["n"]
    assert services.feeds.get("ticker").subscribers == 1
    items, end = streamed(hub_of(client), maxEvents=3)
    first = items[0]["n"]
    # It goes on with what the others get, and does not begin anew.
    assert first > before
    assert items == [{"n": first}, {"n": first + 1}, {"n": first + 2}]
    assert "error" not in end


def test_a_stream_may_begin_with_the_latest_values(hub: PollingClient) -> None:
    hub.invoke("Subscribe", "ticker")
    told(hub, "Event", 4)
    items, _ = streamed(hub_of(hub.client), maxEvents=2, replay=2)
    assert items[1]["n"] == items[0]["n"] + 1


def test_a_stream_that_contradicts_its_feed_is_refused(hub: PollingClient) -> None:
    items, end = streamed(hub, interval=500)
    assert items == []
    assert end["error"] == "The feed is another one: interval is 20, not 500."


# -- routes ------------------------------------------------------------------------


def make_route(client: FlaskClient, name: str, **route: object) -> None:
    declared = {"name": name, "path": f"/v1/{name}", **route}
    made = client.post("/api/manage/routes", json=declared)
    assert made.status_code == 201, made.json


def test_a_route_that_streams_is_made_once_for_all_who_subscribe(
    client: FlaskClient, services: Services, hub: PollingClient
) -> None:
    stream = {"events": [{"event": "tick"}], "intervalMs": 20, "envelope": "bare"}
    make_route(client, "ticks", stream=stream)
    other = hub_of(client)
    for each in (hub, other):
        assert "error" not in each.invoke("Subscribe", "ticks")
    mine, theirs = told(hub, "Event", 3), told(other, "Event", 3)
    assert {(each["feed"], each["event"]) for each in mine} == {("ticks", "tick")}
    assert all("n" in each["data"] for each in mine)
    assert {each["id"] for each in mine} & {each["id"] for each in theirs}
    assert len(services.streams) == 1
    for each in (hub, other):
        each.invoke("Unsubscribe", "ticks")
    gevent.idle()
    assert len(services.streams) == 0


def test_a_route_with_a_feed_has_the_events_of_the_feed(
    client: FlaskClient, services: Services, hub: PollingClient
) -> None:
    stream = {
        "events": [{"event": "tick"}],
        "intervalMs": 20,
        "envelope": "bare",
        "feed": "ticks",
    }
    make_route(client, "ticks-route", stream=stream)
    assert "error" not in hub.invoke("Subscribe", "ticks-route")
    events = [each for each in told(hub, "Event", 3) if "n" in each["data"]]
    assert {each["event"] for each in events} == {"tick"}
    assert services.feeds.get("ticks").subscribers == 1


@pytest.mark.parametrize(
    ("route", "error"),
    [
        ({}, "The route 'odd' answers without a stream."),
        (
            {"path": "/v1/{symbol}", "stream": {}},
            "The path of the route 'odd' has parameters.",
        ),
    ],
)
def test_a_route_that_is_no_feed_is_an_error(
    client: FlaskClient, hub: PollingClient, route: dict[str, object], error: str
) -> None:
    make_route(client, "odd", **route)
    assert hub.invoke("Subscribe", "odd")["error"] == error
