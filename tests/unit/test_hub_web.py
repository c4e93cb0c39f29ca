"""The hub over HTTP, in process: negotiating, sending, polling, and who may."""

from __future__ import annotations

import gc
from itertools import islice

import gevent
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import Services
from app.errors import BackendFailed
from app.hubs.hub import CONNECT_MS
from app.hubs.hub_connection import (
    CLIENT_TIMEOUT_SECONDS,
    HANDSHAKE_SECONDS,
    MAX_MESSAGE_BYTES,
)
from app.settings import Settings
from app.settings.free import Placed
from app.settings.model import CorsSettings, HubContextSettings
from app.settings.place import Place
from app.settings.secret import Secret
from app.streams.stream import Stream
from tests.unit.fakes import FakeClock, FakeSource, fake_services
from tests.unit.hub_client import HANDSHAKE, PollingClient

HUB = "/hub/mock"
KEYS = Settings(api_keys=(Secret("one"), Secret("two")))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def services(clock: FakeClock, settings: Settings) -> Services:
    source = FakeSource(lambda number: {"n": number})
    return fake_services(source, settings=settings, clock=clock)


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services=services)


@pytest.fixture
def hub(client: FlaskClient) -> PollingClient:
    return PollingClient(client)


def test_a_client_is_greeted_with_its_id(hub: PollingClient) -> None:
    greeting = hub.connect()
    assert (greeting["type"], greeting["target"]) == (1, "Connected")
    assert greeting["arguments"][0]["connectionId"] == hub.id


def test_a_client_may_send_before_its_first_poll(hub: PollingClient) -> None:
    assert hub.post(HANDSHAKE) == 200
    assert [hub.poll(), hub.poll()] == [b"", b"{}\x1e"]


def test_the_answer_to_a_post_is_empty(client: FlaskClient, hub: PollingClient) -> None:
    answer = client.post(HUB, query_string={"id": hub.token}, data=HANDSHAKE)
    assert (answer.status_code, answer.data) == (200, b"")


def test_a_method_is_found_in_any_case(hub: PollingClient) -> None:
    hub.connect()
    assert hub.invoke("GET", "stocks") == hub.invoke("get", "stocks")
    assert hub.invoke("Get", "stocks")["result"] == {"n": 0}


def test_a_call_without_an_id_is_not_answered(hub: PollingClient) -> None:
    hub.connect()
    hub.send(type=1, target="Get", arguments=["stocks"])
    hub.send(type=1, target="Nothing", arguments=[])
    assert hub.invoke("Get", "stocks")["invocationId"] == "1"
    assert len(hub._received) == 0


def test_a_stream_completes_after_its_last_item(hub: PollingClient) -> None:
    hub.connect()
    options = {"maxEvents": 3, "interval": 100}
    hub.send(type=4, invocationId="7", target="Stream", arguments=["stocks", options])
    received = [*islice(hub.messages(), 4)]
    assert [message.get("item") for message in received[:3]] == [
        {"n": 0},
        {"n": 1},
        {"n": 2},
    ]
    assert received[3] == {"type": 3, "invocationId": "7"}


def test_a_stream_that_has_ended_goes_without_a_garbage_collection(
    hub: PollingClient,
) -> None:
    hub.connect()
    gc.collect()
    gc.disable()
    try:
        call = ["passing", {"interval": 1, "maxEvents": 2}]
        hub.send(type=4, invocationId="7", target="Stream", arguments=call)
        assert [each["type"] for each in islice(hub.messages(), 3)] == [2, 2, 3]
        gevent.idle()
        streams = [each for each in gc.get_objects() if isinstance(each, Stream)]
        assert "passing" not in {stream.request.path for stream in streams}
    finally:
        gc.enable()


def test_a_stream_that_is_not_continuous_has_one_value(hub: PollingClient) -> None:
    hub.connect()
    options = {"continuous": False}
    hub.send(type=4, invocationId="7", target="Stream", arguments=["stocks", options])
    messages = hub.messages()
    assert next(messages) == {"type": 2, "invocationId": "7", "item": {"n": 0}}
    assert next(messages) == {"type": 3, "invocationId": "7"}


def test_a_cancelled_stream_is_completed(
    services: Services, hub: PollingClient
) -> None:
    hub.connect()
    hub.post(
        b'{"type":4,"invocationId":"7","target":"Stream","arguments":["stocks"]}\x1e'
        b'{"type":5,"invocationId":"7"}\x1e'
    )
    assert hub.next_message() == {"type": 3, "invocationId": "7"}
    assert len(services.streams) == 0


@pytest.mark.parametrize(
    ("target", "arguments", "error"),
    [
        ("Nope", [], "Unknown hub method 'Nope'; accepted: SubscribeToContext, Unsub"),
        ("Stream", ["x"], "The method 'Stream' is a stream; use 'stream'."),
        ("Get", [], "The arguments are a path, such as 'stocks/AAPL', and an object"),
        ("Get", [""], "The arguments are a path"),
        ("Get", [7], "The arguments are a path"),
        ("Get", ["x", {}, 1], "The arguments are a path"),
        ("Get", ["x", "y"], "The options are 'y'; accepted: an object of options"),
        ("Get", ["x", {"count": 0}], "The option 'count' is '0'; accepted:"),
        ("Get", ["x", {"shape": "{"}], "The option 'shape' is not JSON"),
        ("Get", ["x", {"error": 404}], "Not Found (404)"),
        ("Get", ["x", {"fault": "cut"}], "Over a hub 'fault' is not accepted."),
    ],
)
def test_what_cannot_be_called_is_told_why(
    hub: PollingClient, target: str, arguments: list[object], error: str
) -> None:
    hub.connect()
    assert hub.invoke(target, *arguments)["error"].startswith(error)


@pytest.mark.parametrize(
    ("target", "options", "error"),
    [
        ("Get", {}, "The method 'Get' has one result; use 'invoke'."),
        ("Stream", {"sseMode": "LlmTokens"}, "Over a hub a stream has whole values."),
        ("Stream", {"clock": "virtual"}, "Over a hub 'clock' is not accepted."),
        ("Nope", {}, "Unknown hub method 'Nope'"),
        ("Strem", {}, "Unknown hub method 'Strem'"),
    ],
)
def test_what_cannot_be_streamed_is_told_why(
    hub: PollingClient, target: str, options: dict[str, object], error: str
) -> None:
    hub.connect()
    hub.send(type=4, invocationId="7", target=target, arguments=["x", options])
    said = hub.next_message()
    assert (said["type"], said["invocationId"]) == (3, "7")
    assert said["error"].startswith(error)
    assert said["error"].endswith("did you mean 'Stream'?") == (target == "Strem")


def test_a_shape_may_be_an_object_or_text(client: FlaskClient) -> None:
    hub = PollingClient(create_app().test_client())
    hub.connect()
    for shape in ({"only": "this"}, '{"only":"this"}'):
        assert [*hub.invoke("Get", "x", {"shape": shape})["result"]] == ["only"]


def test_a_stream_of_failures_ends_with_an_error() -> None:
    source = FakeSource(lambda number: BackendFailed("No answer."))
    settings = Settings(continuous_streaming_max_consecutive_errors=2)
    app = create_app(services=fake_services(source, settings=settings))
    hub = PollingClient(app.test_client())
    hub.connect()
    hub.send(type=4, invocationId="7", target="Stream", arguments=["stocks"])
    assert hub.next_message()["error"] == "Too many consecutive errors."


@pytest.mark.parametrize("sent", [b"nonsense\x1e", b"x" * (MAX_MESSAGE_BYTES + 1)])
def test_a_client_that_sends_no_messages_is_told_and_ended(
    services: Services, hub: PollingClient, sent: bytes
) -> None:
    hub.connect()
    assert hub.post(sent) == 200
    last = [*hub.messages()]
    assert [message["type"] for message in last] == [7]
    assert "error" in last[0] and "allowReconnect" not in last[0]
    assert [*services.hub] == []


def test_a_handshake_that_is_refused_ends_the_connection(hub: PollingClient) -> None:
    hub.poll()
    hub.post(b'{"protocol":"xml","version":1}\x1e')
    assert "xml" in next(hub.messages())["error"]
    assert hub.poll() is None


# -- ids, transports, time -------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_a_request_without_an_id_or_with_a_guessed_one_is_refused(
    client: FlaskClient, hub: PollingClient, method: str
) -> None:
    assert getattr(client, method)(HUB).status_code == 400
    for guess in ("x", hub.id, "A" * 40):
        assert getattr(client, method)(f"{HUB}?id={guess}").status_code == 404


def test_a_token_lasts_as_long_as_it_takes_to_connect(
    clock: FakeClock, client: FlaskClient, hub: PollingClient
) -> None:
    clock.time += CONNECT_MS / 1000 + 1
    assert client.get(HUB, query_string={"id": hub.token}).status_code == 404


def test_a_connection_that_is_over_cannot_be_taken_up_again(
    client: FlaskClient, hub: PollingClient
) -> None:
    hub.connect()
    assert client.delete(HUB, query_string={"id": hub.token}).status_code == 202
    assert hub.poll() is None
    assert hub.post(HANDSHAKE) == 404
    assert client.delete(HUB, query_string={"id": hub.token}).status_code == 404


def test_a_transport_cannot_be_changed(client: FlaskClient, hub: PollingClient) -> None:
    hub.connect()
    events = {"Accept": "text/event-stream"}
    answer = client.get(HUB, query_string={"id": hub.token}, headers=events)
    assert answer.status_code == 400
    assert "LongPolling" in answer.json["detail"]


def test_a_client_without_a_handshake_is_ended(
    clock: FakeClock, services: Services, hub: PollingClient
) -> None:
    hub.poll()
    clock.time += HANDSHAKE_SECONDS
    services.hub.beat()
    assert hub.poll() is None


def test_a_client_that_stops_polling_is_gone(
    clock: FakeClock, services: Services, hub: PollingClient
) -> None:
    hub.connect()
    clock.time += CLIENT_TIMEOUT_SECONDS
    services.hub.beat()
    assert [*services.hub] == []
    assert hub.post(HANDSHAKE) == 404


def test_a_negotiation_of_the_oldest_version_has_an_id_that_is_the_token(
    client: FlaskClient,
) -> None:
    answer = client.post(f"{HUB}/negotiate").json
    assert client.get(f"{HUB}?id={answer['connectionId']}").status_code == 200
    bad = client.post(f"{HUB}/negotiate?negotiateVersion=x")
    assert bad.status_code == 200 and "error" in bad.json
    assert client.get(f"{HUB}/negotiate").status_code == 405


def test_an_event_stream_begins_at_once_and_carries_messages(
    client: FlaskClient, hub: PollingClient
) -> None:
    stream = client.get(
        HUB, query_string={"id": hub.token}, headers={"Accept": "text/event-stream"}
    )
    body = stream.iter_encoded()
    assert next(body).startswith(b":")
    assert hub.post(HANDSHAKE) == 200
    assert next(body).startswith(b"data: {}\x1e\n\n")
    stream.close()
    assert hub.post(HANDSHAKE) == 404


# -- limits, ends ----------------------------------------------------------------


def test_connections_and_their_streams_count_as_streams() -> None:
    settings = Settings(max_streams_per_client=2)
    services = fake_services(FakeSource(lambda n: n), settings=settings)
    client = create_app(services=services).test_client()
    hub = PollingClient(client)
    hub.connect()
    hub.send(type=4, invocationId="7", target="Stream", arguments=["stocks"])
    assert hub.next_message()["type"] == 2
    assert client.get("/api/mock/stream/x?continuous=true").status_code == 503
    second = PollingClient(client)
    answer = client.get(HUB, query_string={"id": second.token})
    assert answer.status_code == 503
    client.delete(HUB, query_string={"id": hub.token})
    assert second.connect()["target"] == "Connected"


def test_what_is_made_for_many_clients_counts_as_no_stream() -> None:
    context = HubContextSettings(name="stocks", interval_ms=20)
    settings = Settings(
        max_concurrent_streams=2,
        hub_contexts=(Placed(context, Place("test", "HubContexts[0]")),),
    )
    services = fake_services(FakeSource(lambda n: n), settings=settings)
    client = create_app(services=services).test_client()
    hubs = [PollingClient(client) for _ in range(2)]
    for hub in hubs:
        hub.connect()
        assert "error" not in hub.invoke("SubscribeToContext", "stocks")
    assert next(hubs[0].messages())["target"] == "DataUpdate"
    full = client.get("/api/mock/stream/x?continuous=true")
    assert full.status_code == 503
    client.delete(HUB, query_string={"id": hubs[0].token})
    assert client.get("/api/mock/stream/x?continuous=true&maxEvents=1").data


def test_a_drained_server_lets_its_clients_reconnect(
    services: Services, client: FlaskClient, hub: PollingClient
) -> None:
    hub.connect()
    services.drain()
    assert [*hub.messages()] == [{"type": 7, "allowReconnect": True}]
    late = PollingClient(client)
    assert client.get(HUB, query_string={"id": late.token}).status_code == 503


def test_an_operator_sees_and_stops_a_client(
    client: FlaskClient, hub: PollingClient
) -> None:
    hub.connect()
    (row,) = client.get("/api/manage/streams?path=hub").json["streams"]
    assert (row["id"], row["transport"]) == (hub.id, "LongPolling")
    assert client.get(f"/api/manage/streams/{hub.id}").json["path"] == "hub/mock"
    assert client.delete(f"/api/manage/streams/{hub.id}").status_code == 204
    assert [*hub.messages()] == [{"type": 7}]


def test_an_operator_ends_or_cuts_a_client(
    client: FlaskClient, services: Services, hub: PollingClient
) -> None:
    hub.connect()
    steered = f"/api/manage/streams/{hub.id}"
    for verb in ("pause", "resume", "step"):
        refused = client.post(f"{steered}/{verb}", json={})
        assert refused.status_code == 409, refused.json
    assert client.post(f"{steered}/cut", json={"how": "rst"}).status_code == 409
    assert client.post(f"{steered}/cut", json={}).status_code == 200
    assert [*hub.messages()] == []
    other = PollingClient(client)
    other.connect()
    ended = client.post(f"/api/manage/streams/{other.id}/end", json={})
    assert ended.json["streams"][0]["id"] == other.id
    assert [*other.messages()] == [{"type": 7}]
    assert [*services.hub] == []


def test_metrics_tell_of_clients(client: FlaskClient, hub: PollingClient) -> None:
    hub.connect()
    text = client.get("/metrics").text
    assert 'llmock_hub_connections{transport="LongPolling"} 1.0' in text
    client.delete(HUB, query_string={"id": hub.token})
    ended = 'hub_connections_ended_total{reason="client_gone",transport="LongPolling"}'
    assert f"llmock_{ended} 1.0" in client.get("/metrics").text


def test_the_hub_is_where_the_settings_say() -> None:
    elsewhere = create_app(Settings(hub_path="/live/data")).test_client()
    assert PollingClient(elsewhere, path="/live/data").connect()
    assert elsewhere.post(f"{HUB}/negotiate").status_code == 404
    without = create_app(Settings(enable_signalr=False)).test_client()
    assert without.post(f"{HUB}/negotiate").status_code == 404


# -- who may ---------------------------------------------------------------------


@pytest.mark.parametrize("settings", [KEYS])
def test_a_key_comes_in_a_header_or_in_the_query(client: FlaskClient) -> None:
    negotiate = f"{HUB}/negotiate"
    assert client.post(negotiate).status_code == 401
    assert client.post(f"{negotiate}?access_token=no").status_code == 401
    assert client.post(f"{negotiate}?access_token=one").status_code == 200
    bearer = {"Authorization": "Bearer two"}
    assert client.post(negotiate, headers=bearer).status_code == 200
    assert PollingClient(client, headers=bearer).connect()
    # Only the hub takes a key from there.
    assert client.get("/api/mock/x?access_token=one").status_code == 401


@pytest.mark.parametrize("settings", [KEYS])
def test_a_stolen_id_is_worth_nothing_to_a_client_with_another_key(
    client: FlaskClient,
) -> None:
    hub = PollingClient(client, headers={"X-Api-Key": "one"})
    hub.connect()
    thief = {"X-Api-Key": "two"}
    for method in ("get", "post", "delete"):
        send = getattr(client, method)
        answer = send(HUB, query_string={"id": hub.token}, headers=thief)
        assert answer.status_code == 404


def test_a_page_of_another_origin_gets_its_own_origin_and_credentials(
    client: FlaskClient,
) -> None:
    page = {"Origin": "https://app.example"}
    asking = {
        **page,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-requested-with,x-signalr-user-agent",
    }
    preflight = client.options(f"{HUB}/negotiate", headers=asking)
    answer = client.post(f"{HUB}/negotiate", headers=page)
    for each in (preflight, answer):
        assert each.headers["Access-Control-Allow-Origin"] == "https://app.example"
        assert each.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in each.headers["Vary"]
    allowed = preflight.headers["Access-Control-Allow-Headers"]
    assert "x-signalr-user-agent" in allowed
    # Everything else is as open as ever.
    assert client.get("/api/mock/x", headers=page).headers[
        "Access-Control-Allow-Origin"
    ] == ("*")


@pytest.mark.parametrize(
    "settings", [Settings(cors=CorsSettings(allowed_origins=("https://app.example",)))]
)
def test_a_page_of_an_origin_that_is_not_allowed_gets_none(client: FlaskClient) -> None:
    page = {"Origin": "https://evil.example"}
    answer = client.post(f"{HUB}/negotiate", headers=page)
    assert "Access-Control-Allow-Origin" not in answer.headers
    upgrade = {
        **page,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert client.get(HUB, headers=upgrade).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Key": "short"},
        {"Sec-WebSocket-Key": ""},
    ],
)
def test_a_websocket_that_cannot_be_accepted_is_refused(
    client: FlaskClient, wrong: dict[str, str]
) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **wrong,
    }
    answer = client.get(HUB, headers=upgrade)
    assert answer.status_code == 400
    assert answer.json["parameter"] == next(iter(wrong))
