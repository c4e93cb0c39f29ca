"""Hub contexts: the feeds that clients of the hub subscribe to."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import gevent
import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.backends.pool import build_backends
from app.bootstrap import Services, build
from app.embedded.backend import EmbeddedBackend
from app.errors import BackendFailed, SettingsError
from app.settings import Settings
from app.settings.free import Placed, Presence
from app.settings.model import (
    BackendSettings,
    HubContextSettings,
    HubErrorSettings,
    Provider,
)
from app.settings.place import Place
from tests.unit.fake_chat import FakeChat, FakeTime, model
from tests.unit.fakes import EPOCH_MS, FakeClock, FakeSource, fake_services
from tests.unit.hub_client import PollingClient

MANAGED = "/api/manage/hub-contexts"
STOCKS = HubContextSettings(name="Stocks", path="/stocks?kind=all", interval_ms=1000)
BROKEN = HubContextSettings(
    name="broken",
    error_config=HubErrorSettings(status_code=503, message="Closed", details="Lunch"),
)


def settings_of(*contexts: HubContextSettings) -> Settings:
    place = Place("test", "HubContexts[0]")
    return Settings(hub_contexts=tuple(Placed(each, place) for each in contexts))


@pytest.fixture
def services() -> Services:
    return fake_services(
        FakeSource(lambda number: {"n": number}), settings=settings_of(STOCKS, BROKEN)
    )


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services=services)


@pytest.fixture
def hub(client: FlaskClient) -> PollingClient:
    hub = PollingClient(client)
    hub.connect()
    return hub


def told(hub: PollingClient, event: str, count: int = 1) -> list[Any]:
    """The payloads of the next events of that name."""
    found = (each for each in hub.messages() if each.get("target") == event)
    return [message["arguments"][0] for message in islice(found, count)]


def subscribe(hub: PollingClient, name: str) -> None:
    hub.send(type=1, target="SubscribeToContext", arguments=[name])
    assert told(hub, "Subscribed")[0]["context"].lower() == name.lower()


def test_who_subscribes_gets_a_value_each_interval(hub: PollingClient) -> None:
    subscribe(hub, "stocks")
    updates = told(hub, "DataUpdate", 3)
    assert [update["data"] for update in updates] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert updates[0] == {
        "context": "Stocks",
        "method": "GET",
        "path": "/stocks?kind=all",
        "timestamp": EPOCH_MS,
        "data": {"n": 0},
    }
    assert updates[1]["timestamp"] == EPOCH_MS + 1000


def test_everybody_gets_the_same(client: FlaskClient, hub: PollingClient) -> None:
    other = PollingClient(client)
    other.connect()
    subscribe(hub, "stocks")
    subscribe(other, "stocks")
    seen = {update["timestamp"]: update for update in told(hub, "DataUpdate", 5)}
    theirs = told(other, "DataUpdate", 2)
    assert all(seen.get(each["timestamp"], each) == each for each in theirs)
    assert any(each["timestamp"] in seen for each in theirs)


def test_an_error_is_pushed_in_place_of_data(hub: PollingClient) -> None:
    subscribe(hub, "broken")
    update, again = told(hub, "DataUpdate", 2)
    error = {"code": 503, "message": "Closed", "details": "Lunch"}
    assert (update["error"], again["error"]) == (error, error)
    assert "data" not in update


def test_a_failure_is_pushed_as_an_error_and_the_next_value_comes() -> None:
    source = FakeSource(lambda n: {"n": n} if n % 2 else BackendFailed("No answer."))
    services = fake_services(source, settings=settings_of(STOCKS))
    hub = PollingClient(create_app(services=services).test_client())
    hub.connect()
    subscribe(hub, "stocks")
    failed, update = told(hub, "DataUpdate", 2)
    assert failed["error"] == {"code": 502, "message": "No answer."}
    assert update["data"] == {"n": 1}


def test_who_unsubscribes_gets_no_more(services: Services, hub: PollingClient) -> None:
    subscribe(hub, "stocks")
    told(hub, "DataUpdate")
    assert len(services.streams) == 1
    hub.send(type=1, target="UnsubscribeFromContext", arguments=["STOCKS"])
    assert told(hub, "Unsubscribed")[0]["context"] == "Stocks"
    assert hub.invoke("Get", "x")["type"] == 3
    assert hub._received == []
    assert len(services.streams) == 0


def test_nothing_is_generated_for_nobody(
    services: Services, client: FlaskClient, hub: PollingClient
) -> None:
    assert len(services.streams) == 0
    subscribe(hub, "stocks")
    assert client.get(f"{MANAGED}/stocks").json["connectionCount"] == 1
    client.delete("/hub/mock", query_string={"id": hub.token})
    assert client.get(f"{MANAGED}/stocks").json["connectionCount"] == 0
    gevent.idle()
    assert len(services.streams) == 0


@pytest.mark.parametrize("method", ["SubscribeToContext", "UnsubscribeFromContext"])
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["nope"], "Unknown context 'nope'; accepted: Stocks, broken"),
        (
            ["STOCSK"],
            "Unknown context 'STOCSK'; accepted: Stocks, broken; did you mean"
            " 'Stocks'?",
        ),
        ([], "The argument is the name of a hub context, as text."),
        ([7], "The argument is the name of a hub context, as text."),
    ],
)
def test_an_unknown_name_is_an_error(
    hub: PollingClient, method: str, arguments: list[object], error: str
) -> None:
    assert hub.invoke(method, *arguments)["error"] == error


def test_a_context_that_is_made_later_is_not_joined_by_accident(
    client: FlaskClient, hub: PollingClient
) -> None:
    hub.invoke("SubscribeToContext", "later")
    client.post(MANAGED, json={"name": "later", "intervalMs": 10})
    assert client.get(f"{MANAGED}/later").json["connectionCount"] == 0
    subscribe(hub, "later")
    assert told(hub, "DataUpdate")[0]["context"] == "later"
    client.delete(f"{MANAGED}/later")
    client.post(MANAGED, json={"name": "later"})
    assert client.get(f"{MANAGED}/later").json["connectionCount"] == 0


def test_the_names_are_told_as_event_and_as_result(hub: PollingClient) -> None:
    hub.send(type=1, invocationId="1", target="GetAvailableContexts", arguments=[])
    event, completion = islice(hub.messages(), 2)
    assert event["target"] == "AvailableContexts"
    assert event["arguments"] == [{"contexts": ["Stocks", "broken"]}]
    assert completion["result"] == {"contexts": ["Stocks", "broken"]}


def test_a_stopped_context_keeps_its_clients_and_sends_nothing(
    client: FlaskClient, services: Services, hub: PollingClient
) -> None:
    subscribe(hub, "stocks")
    stopped = client.post(f"{MANAGED}/stocks/stop", json={}).json
    assert (stopped["isActive"], stopped["connectionCount"]) == (False, 1)
    gevent.idle()
    assert len(services.streams) == 0
    client.post(f"{MANAGED}/stocks/start", json={})
    assert told(hub, "DataUpdate")


# -- workers ---------------------------------------------------------------------


class Worker:
    """One of several workers that share what is declared at run time."""

    def __init__(self, shared: Path) -> None:
        source = FakeSource(lambda number: {"n": number})
        self.services = fake_services(source, settings=settings_of(STOCKS, BROKEN))
        self.services.hub_contexts.start(shared)
        self.client = create_app(services=self.services).test_client()

    def names(self) -> list[str]:
        self.services.hub_contexts.refresh()  # as it does by itself before long
        listed = self.client.get(MANAGED).json["contexts"]
        return [each["name"] for each in listed]


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[tuple[Worker, Worker]]:
    first, second = Worker(tmp_path / "seat-0"), Worker(tmp_path / "seat-0")
    yield first, second
    for each in (first, second):
        each.services.hub_contexts.close()


def test_what_changes_at_one_worker_changes_at_all(
    workers: tuple[Worker, Worker],
) -> None:
    here, there = workers
    made = here.client.post(
        MANAGED,
        json={"name": "Orders", "shape": {"id": 1}, "seed": 7, "backendName": "fake"},
    )
    shown = there.client.get(f"{MANAGED}/orders").json  # at once
    assert shown == made.json
    assert there.client.post(MANAGED, json={"name": "orders"}).status_code == 409
    assert there.names() == here.names() == ["Stocks", "broken", "Orders"]
    there.client.post(f"{MANAGED}/orders/stop", json={})
    here.names()
    assert here.client.get(f"{MANAGED}/orders").json["isActive"] is False
    here.client.delete(f"{MANAGED}/orders")
    assert there.names() == ["Stocks", "broken"]


def test_a_context_of_the_configuration_is_stopped_and_deleted_for_all(
    workers: tuple[Worker, Worker],
) -> None:
    here, there = workers
    stocks = here.client.get(f"{MANAGED}/stocks").json
    here.client.post(f"{MANAGED}/stocks/stop", json={})
    there.names()
    stopped = there.client.get(f"{MANAGED}/stocks").json
    assert stopped == {**stocks, "isActive": False}
    there.client.delete(f"{MANAGED}/stocks")
    assert here.names() == there.names() == ["broken"]
    assert there.client.get(f"{MANAGED}/stocks").status_code == 404
    assert here.client.post(MANAGED, json={"name": "stocks"}).status_code == 201
    assert there.names() == ["broken", "stocks"]


def test_the_clients_of_another_worker_keep_their_subscription_and_lose_it(
    workers: tuple[Worker, Worker],
) -> None:
    here, there = workers
    here.client.post(MANAGED, json={"name": "orders", "intervalMs": 10})
    hub = PollingClient(there.client)
    hub.connect()
    subscribe(hub, "orders")
    assert told(hub, "DataUpdate")
    here.client.post(f"{MANAGED}/orders/stop", json={})
    there.names()
    gevent.idle()
    assert len(there.services.streams) == 0
    here.client.post(f"{MANAGED}/orders/start", json={})
    there.names()
    assert told(hub, "DataUpdate")
    here.client.delete(f"{MANAGED}/orders")
    here.client.post(MANAGED, json={"name": "orders", "intervalMs": 10})
    there.names()
    assert there.client.get(f"{MANAGED}/orders").json["connectionCount"] == 0


# -- descriptions ----------------------------------------------------------------

SCHEMA = {
    "type": "object",
    "properties": {"altitude": {"type": "integer", "minimum": 0}},
    "required": ["altitude"],
}
FLIGHTS = {"name": "flights", "description": "Aircraft over the sea", "seed": 1}


def with_model(chat: FakeChat, *contexts: HubContextSettings) -> FlaskClient:
    """A service with a model, and a generator for what the model has designed."""
    settings = Settings(
        llm_backends=(
            model("designer"),
            BackendSettings(name="built-in", provider=Provider.EMBEDDED),
        ),
        hub_contexts=settings_of(*contexts).hub_contexts,
    )
    pool = build_backends(
        settings,
        embedded=EmbeddedBackend,
        clock=FakeTime(),
        rng=random.Random(1),
        make_chat=lambda entry, _: chat,
    )
    return create_app(services=build(settings, backends=pool)).test_client()


def designs(chat: FakeChat) -> int:
    """How often a schema was asked for."""
    prompts = [question.messages[0].content for question in chat.asked]
    return sum(prompt.startswith("You design") for prompt in prompts)


def test_a_model_makes_the_schema_of_a_description_once() -> None:
    chat = FakeChat({"no": "schema"}, SCHEMA)
    client = with_model(chat)
    made = client.post(MANAGED, json={**FLIGHTS, "backendNames": ["designer"]})
    assert made.status_code == 201
    assert orjson.loads(made.json["shape"]) == SCHEMA
    assert made.json["isJsonSchema"] is True
    question = chat.asked[0].messages[-1].content
    assert "Aircraft over the sea" in question
    assert "could not be used" in chat.asked[1].messages[-1].content
    assert len(chat.asked) == 2


@pytest.mark.parametrize(
    "answer", ["I cannot help with that.", {"type": "object", "required": 7}]
)
def test_without_a_schema_nothing_is_made(answer: object) -> None:
    client = with_model(FakeChat(answer))
    refused = client.post(MANAGED, json=FLIGHTS)
    assert refused.status_code == 502
    assert client.get(f"{MANAGED}/flights").status_code == 404


def test_a_context_of_the_configuration_gets_its_schema_when_it_is_wanted() -> None:
    chat = FakeChat("I cannot help with that.")
    flights = HubContextSettings(
        name="Flights",
        description="Aircraft over the sea",
        backend_names=("designer", "built-in"),
        interval_ms=200,
    )
    client = with_model(chat, flights)
    assert client.get(f"{MANAGED}/flights").json["shape"] is None
    assert chat.asked == []
    hub = PollingClient(client)
    hub.connect()
    subscribe(hub, "flights")
    (failed,) = told(hub, "DataUpdate")
    assert failed["error"]["code"] == 502
    chat.script = [SCHEMA]
    made = told(hub, "DataUpdate")[0]
    while "error" in made:
        made = told(hub, "DataUpdate")[0]
    assert [*made["data"]] == ["altitude"]
    asked = designs(chat)
    assert orjson.loads(client.get(f"{MANAGED}/flights").json["shape"]) == SCHEMA
    told(hub, "DataUpdate", 2)
    assert designs(chat) == asked


def test_a_shape_or_the_built_in_generator_needs_no_model() -> None:
    chat = FakeChat(AssertionError("asked"))
    client = with_model(chat)
    for name, more in (("a", {"shape": {"n": 1}}), ("b", {"backendName": "built-in"})):
        made = client.post(MANAGED, json={**FLIGHTS, "name": name, **more})
        assert made.status_code == 201
    assert chat.asked == []


# -- management ------------------------------------------------------------------


def test_a_context_is_made_shown_stopped_started_and_deleted(
    client: FlaskClient,
) -> None:
    given = {
        "name": "orders",
        "method": "POST",
        "path": "/orders",
        "body": '{"a":1}',
        "shape": '{"orderId":1}',
        "intervalMs": 500,
        "seed": 7,
        "errorConfig": {"statusCode": 404, "message": "Gone"},
    }
    made = client.post(MANAGED, json=given)
    assert made.status_code == 201
    assert made.json == {
        **given,
        "description": None,
        "isJsonSchema": False,
        "apiContextName": None,
        "backendName": None,
        "backendNames": [],
        "isActive": True,
        "connectionCount": 0,
        "errorConfig": {"statusCode": 404, "message": "Gone", "details": None},
    }
    assert client.get(f"{MANAGED}/ORDERS").json == made.json
    listed = client.get(MANAGED).json
    assert [each["name"] for each in listed["contexts"]] == [
        "Stocks",
        "broken",
        "orders",
    ]
    assert client.delete(f"{MANAGED}/orders").status_code == 204
    assert client.get(f"{MANAGED}/orders").status_code == 404


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Name is missing"),
        ([], "accepted: a mapping of keys to values"),
        ({"name": "a/b"}, "Name is"),
        ({"name": "x", "shape": "{"}, "is not JSON"),
        ({"name": "x", "intervalMs": 0}, "IntervalMs is 0"),
        ({"name": "x", "backendName": "nobody"}, "nobody"),
        ({"name": "x", "backendNames": ["fake", "nobody"]}, "nobody is no backend"),
        ({"name": "x", "shapes": {}}, "did you mean Shape"),
        ({"name": "x", "shape": [1], "isJsonSchema": True}, "a JSON Schema is an"),
        ({"name": "x", "errorConfig": {"statusCode": 200}}, "StatusCode is 200"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(
    client: FlaskClient, given: object, says: str
) -> None:
    refused = client.post(MANAGED, json=given)
    assert refused.status_code == 400
    assert says in refused.json["detail"]
    assert len(client.get(MANAGED).json["contexts"]) == 2


def test_a_name_is_taken_once_in_any_case(client: FlaskClient) -> None:
    assert client.post(MANAGED, json={"name": "STOCKS"}).status_code == 409


def test_an_unknown_context_is_404_for_every_call(client: FlaskClient) -> None:
    for send in (
        client.get(f"{MANAGED}/nope"),
        client.delete(f"{MANAGED}/nope"),
        client.post(f"{MANAGED}/nope/start", json={}),
        client.post(f"{MANAGED}/nope/stop", json={}),
    ):
        assert send.status_code == 404


def test_a_configured_context_that_cannot_be_used_ends_the_start() -> None:
    bad = HubContextSettings(name="x", shape=Presence("{"))
    with pytest.raises(SettingsError, match=r"HubContexts\[0\] cannot be used"):
        build(settings_of(bad), clock=FakeClock())


def test_a_description_chooses_the_data_where_there_is_no_shape() -> None:
    settings = settings_of(
        HubContextSettings(name="weather", description="Live weather from abroad"),
        HubContextSettings(name="users", path="/users"),
        HubContextSettings(
            name="both", description="Weather", shape=Presence({"only": "this"})
        ),
    )
    hub = PollingClient(create_app(settings).test_client())
    hub.connect()
    found = {}
    for name in ("weather", "users", "both"):
        subscribe(hub, name)
        found[name] = told(hub, "DataUpdate")[0]["data"]
        hub.invoke("UnsubscribeFromContext", name)
    assert "temperature" in str(found["weather"]).lower()
    assert found["weather"] != found["users"]
    assert [*found["both"]] == ["only"]
